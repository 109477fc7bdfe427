"""The migrations build exactly what the models say, on the database of this run."""

import flask_migrate
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask

from dialogues.extensions import db


def test_migrations_are_equal_to_the_models(app: Flask) -> None:
    db.session.rollback()
    flask_migrate.check()  # raises with the difference


def test_migrations_have_one_head_and_the_database_stands_on_it(app: Flask) -> None:
    script = ScriptDirectory.from_config(app.extensions["migrate"].migrate.get_config())
    with db.engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_heads()
    assert list(current) == script.get_heads()
    assert len(current) == 1
