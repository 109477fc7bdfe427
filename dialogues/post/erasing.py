"""Erasing whom letters went to and what they said, when nobody needs it any more. The line stays: that a letter of this
kind went out, when, and that it was erased by rule (Law 91/2025/QH15 on personal data: no longer than needed)."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from dialogues import clock
from dialogues.extensions import db
from dialogues.post.models import Message
from dialogues.post.rules import MessageState

S = MessageState
KEPT_FOR = timedelta(days=730)
"""24 months from the day on which a letter was sent or given up."""


def erase_old() -> int:
    """Erase the letters whose term is over, also those that never found a way out; how many."""
    return erase(sa.func.coalesce(Message.ended_at, Message.created_at) < clock.now() - KEPT_FOR)


def erase(*which: sa.ColumnElement[bool]) -> int:
    """Erase the letters that these conditions name, except those in the hand of a worker. One that still waited or had
    failed can no longer be sent. The recipient's place is taken by the letter's own number: keys stay unique."""
    now = clock.now()
    free = sa.or_(Message.lease_until.is_(None), Message.lease_until < now)
    is_open = Message.state.in_([S.WAITING, S.FAILED])
    statement = (
        sa.update(Message)
        .where(*which, Message.erased_at.is_(None), free)
        .values(
            recipient=sa.literal("erased:") + sa.cast(Message.id, sa.String),
            recipient_name="",
            subject="",
            text="",
            html="",
            calendar=b"",
            reply_to="",
            why="",
            unsubscribe_url="",
            held=None,
            last_error="",
            state=sa.case((is_open, sa.literal(S.DROPPED, Message.state.type)), else_=Message.state),
            ended_at=sa.func.coalesce(Message.ended_at, sa.literal(now, Message.ended_at.type)),
            erased_at=now,
        )
        .execution_options(synchronize_session=False)
    )
    result: Any = db.session.execute(statement)
    db.session.expire_all()
    return int(result.rowcount)
