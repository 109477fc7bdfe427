"""Alembic environment: runs inside the app, on `db.engine`."""

from alembic import context

import dialogues.doubles.models
import dialogues.followup.models  # the last of the order: it knows all tables before it
import dialogues.post.models
import dialogues.subscribers.models  # noqa: F401 (all tables must be known)
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


with db.engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=db.metadata,
        render_as_batch=True,
        compare_type=_compare_type,
        render_item=_render_item,
    )
    with context.begin_transaction():
        context.run_migrations()
