"""Reminding people of their promises: the ladder, the morning message, the links in it, the weekly summary."""
