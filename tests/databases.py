"""The databases that the tests run on: a temporary SQLite file, or a private PostgreSQL cluster."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import tempfile
from pathlib import Path

import psycopg
from sqlalchemy import MetaData

MISSING = "PostgreSQL was not found: install the Debian package postgresql (apt install postgresql) to run these tests."

# Runs until its standard input closes, so the cluster goes away with the tests however they end.
KEEPER = """
set -eu
"$BIN/initdb" -D "$DIR/data" -U tests -A trust -E UTF8 --locale=C.UTF-8 --no-sync >"$DIR/log" 2>&1
"$BIN/pg_ctl" -D "$DIR/data" -w -t 60 -l "$DIR/log" -o "-k $DIR -c listen_addresses= -c fsync=off \
-c synchronous_commit=off -c full_page_writes=off -c max_connections=60" start >"$DIR/start" 2>&1
echo ready
read -r _ || true
"$BIN/pg_ctl" -D "$DIR/data" -m immediate stop >/dev/null 2>&1 || true
cd / && rm -rf "$DIR"
"""


def postgresql_programs() -> Path | None:
    """The folder with initdb and pg_ctl, the newest where several are installed; None where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    on_path = shutil.which("initdb")
    candidates = [path.parent for path in reversed(found)] + ([Path(on_path).parent] if on_path else [])
    return next((folder for folder in candidates if (folder / "pg_ctl").exists()), None)


class Cluster:
    """A PostgreSQL of our own: reached through a socket in its folder only, nothing is written through to the disk."""

    def __init__(self, programs: Path) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp" if len(tempfile.gettempdir()) > 60 else None))
        as_postgres: dict[str, object] = {}
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            shutil.chown(self.folder, "postgres", "postgres")
            as_postgres = {"user": "postgres", "group": "postgres", "extra_groups": []}
        self.keeper = subprocess.Popen(
            ["sh", "-c", KEEPER],
            cwd=self.folder,
            env={"PATH": os.environ["PATH"], "BIN": str(programs), "DIR": str(self.folder)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is for the tests; the cluster follows them
            **as_postgres,
        )
        if self.keeper.stdout.readline() != b"ready\n":
            logs = "".join(
                (self.folder / name).read_text() for name in ("log", "start") if (self.folder / name).exists()
            )
            self.stop()
            raise RuntimeError(f"The private PostgreSQL cluster did not start:\n{logs}")

    def stop(self) -> None:
        self.keeper.stdin.close()
        self.keeper.stdout.close()
        self.keeper.wait(timeout=60)
        shutil.rmtree(self.folder, ignore_errors=True)


class SQLiteDatabase:
    """One temporary file."""

    name = "sqlite"

    def __init__(self, folder: Path) -> None:
        self.path = folder / "tests.db"
        self.url = f"sqlite:///{self.path}"
        self.connection: sqlite3.Connection | None = None

    def close(self) -> None:
        if self.connection is not None:
            self.connection.close()
        for suffix in ("", "-wal", "-shm"):
            Path(f"{self.path}{suffix}").unlink(missing_ok=True)

    def remember(self, metadata: MetaData) -> None:
        """Note what the migrations filled in, so that empty() brings it back."""
        self.names = [table.name for table in reversed(metadata.sorted_tables)]
        # one for the whole run: a new one reads the schema first, which takes longer than the work
        self.connection = sqlite3.connect(self.path, timeout=5, isolation_level=None)
        self.connection.execute("PRAGMA synchronous=OFF")
        self.connection.execute("PRAGMA foreign_keys=OFF")
        kept = {name: self.connection.execute(f'SELECT * FROM "{name}"').fetchall() for name in self.names}
        self.kept = {name: rows for name, rows in kept.items() if rows}
        self.written = "SELECT " + ", ".join(f'EXISTS (SELECT 1 FROM "{name}")' for name in self.names)

    def empty(self) -> None:
        connection = self.connection
        connection.execute("BEGIN IMMEDIATE")
        try:
            for name, is_written in zip(self.names, connection.execute(self.written).fetchone(), strict=True):
                if is_written:
                    connection.execute(f'DELETE FROM "{name}"')
            for name, rows in self.kept.items():
                connection.executemany(f'INSERT INTO "{name}" VALUES ({",".join("?" * len(rows[0]))})', rows)
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")


class PostgreSQLDatabase:
    """One database in the private cluster, made for one test process."""

    name = "postgresql"

    def __init__(self, socket: str, database: str) -> None:
        self.socket = socket
        self.database = database
        self.url = f"postgresql+psycopg://tests@/{database}?host={socket}"
        with self._connect("postgres") as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
            connection.execute(f'CREATE DATABASE "{database}" TEMPLATE template0')
        self.connection = self._connect(database)

    def _connect(self, database: str) -> psycopg.Connection:
        return psycopg.connect(host=self.socket, user="tests", dbname=database, autocommit=True)

    def close(self) -> None:
        self.connection.close()
        with self._connect("postgres") as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{self.database}" WITH (FORCE)')

    def remember(self, metadata: MetaData) -> None:
        """Note what the migrations filled in, so that empty() brings it back."""
        self.names = [table.name for table in reversed(metadata.sorted_tables)]
        of_index = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename LIKE 'search\\_%'"
        self.names += [name for (name,) in self.connection.execute(of_index)]  # no trigger runs while it is emptied
        kept = {name: self.connection.execute(f'SELECT * FROM "{name}"').fetchall() for name in self.names}
        self.kept = {name: rows for name, rows in kept.items() if rows}
        self.written = "SELECT " + ", ".join(f'EXISTS (SELECT 1 FROM "{name}")' for name in self.names)

    def empty(self) -> None:
        found = self.connection.execute(self.written, prepare=True).fetchone()
        deletes = [f'DELETE FROM "{name}"' for name, is_written in zip(self.names, found, strict=True) if is_written]
        if deletes:
            settings = "SET LOCAL lock_timeout = '5s'; SET LOCAL session_replication_role = replica"
            self.connection.execute(f"BEGIN; {settings}; {'; '.join(deletes)}; COMMIT")
        for name, rows in self.kept.items():
            with self.connection.cursor() as cursor:
                cursor.executemany(f'INSERT INTO "{name}" VALUES ({",".join(["%s"] * len(rows[0]))})', rows)
