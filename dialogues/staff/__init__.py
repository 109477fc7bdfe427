"""Accounts, roles, sign-in, and the trail of who did what."""
