"""Spreadsheets of questions as offices keep them: upload, guess, preview, import, undo."""
