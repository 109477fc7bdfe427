"""Doubles: which questions ask the same, merging them, and chains of the same matter over years."""
