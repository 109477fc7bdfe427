"""Word back to those who ask: letters, the list to tell by phone or on paper, and their own data."""
