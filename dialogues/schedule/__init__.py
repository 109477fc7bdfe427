"""Dialogues: plan, announce, move, cancel, close."""
