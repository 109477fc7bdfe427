"""The migrations build exactly what the models say, on the database of this run."""

from datetime import date, datetime, time
from pathlib import Path

import flask_migrate
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask

from dialogues import create_app
from dialogues.extensions import db
from dialogues.search_index import OWN_PREFIX


def test_migrations_are_equal_to_the_models(app: Flask) -> None:
    db.session.rollback()
    flask_migrate.check()  # raises with the difference


def test_migrations_have_one_head_and_the_database_stands_on_it(app: Flask) -> None:
    script = ScriptDirectory.from_config(app.extensions["migrate"].migrate.get_config())
    with db.engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_heads()
    assert list(current) == script.get_heads()
    assert len(current) == 1


DAY = datetime(2026, 1, 5, 8)
FIRST = {int: 1, str: "1", bool: False, bytes: b"1", dict: {}, date: DAY.date(), time: DAY.time(), datetime: DAY}


def fill(connection: sa.Connection) -> dict[str, int]:
    """One row in every empty table that stands now, each pointing to the first row of the others; how many each has."""
    found = sa.MetaData()
    found.reflect(connection)
    own = [table for table in found.sorted_tables if not table.name.startswith((OWN_PREFIX, "alembic"))]
    for table in own:
        if not connection.scalar(sa.select(sa.func.count()).select_from(table)):
            connection.execute(table.insert(), {one.name: FIRST[one.type.python_type] for one in table.columns})
    return {table.name: connection.scalar(sa.select(sa.func.count()).select_from(table)) for table in own}


def test_an_upgrade_loses_no_row(tmp_path: Path) -> None:
    """From every schema that stood once; SQLite makes a table anew to change it, and what points to it must stay."""
    settings = {"TESTING": True, "SECRET_KEY": "x" * 40, "DATABASE_URL": f"sqlite:///{tmp_path}/a.db"}
    app = create_app({**settings, "INSTANCE": str(tmp_path)})
    with app.app_context():
        had: dict[str, int] = {}
        script = ScriptDirectory.from_config(app.extensions["migrate"].migrate.get_config())
        for revision in reversed([one.revision for one in script.walk_revisions()]):
            flask_migrate.upgrade(revision=revision)
            with db.engine.connect() as connection:
                has = fill(connection)
                connection.commit()
                assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
            assert {name: has.get(name) for name in had} == had, revision
            had = has
        db.engine.dispose()
