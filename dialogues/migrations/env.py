"""Alembic environment: runs inside the app, on `db.engine`."""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import context
from sqlalchemy import Connection

import dialogues.doubles.models
import dialogues.followup.models  # the last of the order: it knows all tables before it
import dialogues.post.models
import dialogues.reminders.models
import dialogues.subscribers.models
import dialogues.verdicts.models  # noqa: F401 (all tables must be known)
from dialogues import search_index
from dialogues.extensions import db


def _render_item(kind: str, item: object, autogen_context: object) -> str | bool:
    """Our column types are written into migrations as the plain types they rest on, so that old migrations never import
    today's code."""
    if kind == "type" and hasattr(item, "impl") and type(item).__module__.startswith("dialogues."):
        impl = item.impl
        return f"sa.String(length={impl.length})" if getattr(impl, "length", None) else "sa.DateTime()"
    return False


def _compare_type(
    _context: object, _column: object, _metadata: object, inspected: object, declared: object
) -> bool | None:
    """Compare our column types by what they rest on."""
    impl = getattr(declared, "impl", None)
    if type(declared).__module__.startswith("dialogues.") and impl is not None:
        return type(inspected).__visit_name__.lower() not in (
            impl.__visit_name__.lower(),
            "varchar",
            "datetime",
            "timestamp",
        )
    return None


def _include_name(name: str | None, kind: str, _parents: object) -> bool:
    """The index of words is no table of a model: see search_index."""
    return not (kind == "table" and (name or "").startswith(search_index.OWN_PREFIX))


def _moves() -> bool:
    """Whether this run changes tables: it has a goal, and the database does not stand there."""
    try:
        goal = context.get_revision_argument()
    except KeyError:
        return False
    goals = {goal} if isinstance(goal, str) else set(goal or ())
    return goals != set(context.get_context().get_current_heads())


@contextmanager
def _tables_may_be_made_anew(connection: Connection) -> Iterator[None]:
    """SQLite changes a table by making it anew and dropping the old one. With foreign keys in force that deletes the
    rows that point to it, or fails; so they are off while tables change, and looked at in the end. The pragma does
    nothing inside a transaction, so it goes past SQLAlchemy, which has not begun one yet."""
    if connection.dialect.name != "sqlite":
        yield
        return
    driver = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        connection.rollback()
        driver.execute("PRAGMA foreign_keys=ON")


def _check_foreign_keys(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if broken is not None:
        raise RuntimeError(f"After the migration a row of {broken[0]} points to nothing; nothing was changed.")


with db.engine.connect() as connection, _tables_may_be_made_anew(connection):
    context.configure(
        connection=connection,
        target_metadata=db.metadata,
        render_as_batch=True,
        compare_type=_compare_type,
        render_item=_render_item,
        include_name=_include_name,
    )
    moves = _moves()
    if moves:
        search_index.take_down(connection)
    connection.commit()
    with context.begin_transaction():
        context.run_migrations()
        if moves:
            _check_foreign_keys(connection)
    is_newest = set(context.get_context().get_current_heads()) == set(context.script.get_heads())
    if is_newest and not search_index.stands(connection):
        search_index.build(connection)
    connection.commit()
