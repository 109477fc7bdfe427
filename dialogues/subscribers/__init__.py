"""Residents who left an e-mail address for news of the dialogues of their village or commune."""
