"""All rows of the database as a copy that a test gets back as often as it likes."""

from __future__ import annotations

import contextlib
import sqlite3
from typing import Any

import sqlalchemy as sa
from flask import Flask

from dialogues.extensions import db

# A second schema holds the rows; a trigger on every table notes that it was written to, whoever did it, also another
# trigger, another process or what empties the database as a replica: what nobody wrote to is as it was.
PREPARE = """
DROP SCHEMA IF EXISTS kept CASCADE;
CREATE SCHEMA kept;
CREATE TABLE kept.written (name text NOT NULL);
CREATE FUNCTION kept.note() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN INSERT INTO kept.written VALUES (TG_TABLE_NAME); RETURN NULL; END $$;
"""
KEEP = """
CREATE TABLE kept."{0}" AS TABLE public."{0}";
CREATE TRIGGER kept_note AFTER INSERT OR UPDATE OR DELETE ON public."{0}" EXECUTE FUNCTION kept.note();
ALTER TABLE public."{0}" ENABLE ALWAYS TRIGGER kept_note;
"""
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version' ORDER BY 1"
NUMBERED = "SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'id'"
NEXT = """SELECT setval(pg_get_serial_sequence('"{0}"', 'id'), (SELECT coalesce(max(id), 0) + 1 FROM kept."{0}"),
  false);"""


class Copy:
    """All rows of the database as they are now; `restore` brings them back with the same ids."""

    def __init__(self) -> None:
        self.file: sqlite3.Connection | None = None
        self.again: dict[str, str] = {}  # by table: what brings its rows and the next number back
        with contextlib.closing(db.engine.raw_connection()) as pooled:
            raw = pooled.driver_connection
            if isinstance(raw, sqlite3.Connection):
                self.file = sqlite3.connect(":memory:")
                raw.backup(self.file)
                return
            raw.execute(PREPARE)
            numbered = {name for (name,) in raw.execute(NUMBERED)}
            for (name,) in raw.execute(TABLES).fetchall():
                raw.execute(KEEP.format(name))
                number = NEXT.format(name) if name in numbered else ""
                self.again[name] = f'DELETE FROM "{name}"; INSERT INTO "{name}" SELECT * FROM kept."{name}"; {number}'
            raw.commit()

    def restore(self, app: Flask) -> None:
        with contextlib.closing(db.engine.raw_connection()) as pooled:
            if self.file is None:
                self._bring_back(pooled.driver_connection)
            else:
                self.file.backup(pooled.driver_connection)
        app.extensions["page_cache"].clear()

    def _bring_back(self, raw: Any) -> None:
        written = [name for (name,) in raw.execute("SELECT DISTINCT name FROM kept.written")]
        if written:
            again = "".join(self.again[name] for name in written)
            # a replica follows no foreign keys, as rows point to each other, and runs no trigger but ours
            raw.execute(f"SET LOCAL session_replication_role = replica; {again} DELETE FROM kept.written;")
        raw.commit()

    def close(self) -> None:
        """The database is as any other again."""
        if self.file is not None:
            self.file.close()
            return
        with db.engine.begin() as connection:
            connection.execute(sa.text("DROP SCHEMA kept CASCADE"))
