"""Templates are compiled once for all processes of a test run and for the next runs, as Python does with modules."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from jinja2 import FileSystemBytecodeCache

FOLDER = Path(__file__).parent.parent / ".pytest_cache" / "templates"


def keep_compiled(app: Flask) -> None:
    """Compiled templates of this app are read from the folder, and put there; a changed one is compiled anew."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(FOLDER))
