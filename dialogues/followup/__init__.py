"""Answers, commitments, progress."""
