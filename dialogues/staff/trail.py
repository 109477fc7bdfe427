"""The trail: who did what to which thing when."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from dialogues import clock
from dialogues.extensions import db
from dialogues.staff.models import Staff, TrailEntry


def record(*, commune_id: int, actor: Staff | None, thing: str, thing_id: int, action: str, note: str = "") -> None:
    """Add one line. `thing` is a table name, `action` a key of `staff.actions.ACTIONS`; `note` has no asker's data."""
    db.session.add(
        TrailEntry(
            commune_id=commune_id,
            at=clock.now(),
            staff_id=actor.id if actor else None,
            thing=thing,
            thing_id=thing_id,
            action=action,
            note=note[:2000],
        )
    )


@dataclass(frozen=True)
class Line:
    """One line of a history, as the timeline macro shows it."""

    at: datetime
    who: str
    what: object
    note: str


def history(commune_id: int, thing: str, thing_id: int, most: int = 200, only: str | None = None) -> list[Line]:
    """The newest `most` lines of one thing, newest first; `only` those of one action. One query."""
    from dialogues.staff.actions import action_label

    statement = (
        sa.select(TrailEntry.at, Staff.name, TrailEntry.action, TrailEntry.note)
        .outerjoin(Staff, Staff.id == TrailEntry.staff_id)
        .where(TrailEntry.commune_id == commune_id, TrailEntry.thing == thing, TrailEntry.thing_id == thing_id)
        .order_by(TrailEntry.id.desc())
        .limit(most)
    )
    rows = db.session.execute(statement.where(TrailEntry.action == only) if only else statement)
    return [Line(at, name or "", action_label(action), note) for at, name, action, note in rows]
