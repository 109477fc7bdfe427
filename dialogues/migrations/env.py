"""Alembic environment: runs inside the app, on `db.engine`."""

from alembic import context

import dialogues.doubles.models
import dialogues.followup.models  # the last of the order: it knows all tables before it
import dialogues.post.models
import dialogues.subscribers.models  # noqa: F401 (all tables must be known)
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


with db.engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=db.metadata,
        render_as_batch=True,
        compare_type=_compare_type,
        render_item=_render_item,
        include_name=_include_name,
    )
    if _moves():
        search_index.take_down(connection)
    connection.commit()
    with context.begin_transaction():
        context.run_migrations()
    is_newest = set(context.get_context().get_current_heads()) == set(context.script.get_heads())
    if is_newest and not search_index.stands(connection):
        search_index.build(connection)
    connection.commit()
