"""Searching questions, answers and promises, for residents and for the office."""
