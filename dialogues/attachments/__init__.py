"""What a question came in on: its numbered paper, the pile of the day, photos, scans and voice recordings."""
