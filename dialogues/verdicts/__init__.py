"""The second voice: what askers and overseers say of what was reported done, and how residents rate answers."""
