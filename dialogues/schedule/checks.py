"""What every plan is held to, whether of a series, a round or a dialogue: hours, people, villages; fields in order."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, time
from typing import Any, TypeVar

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from dialogues import clock
from dialogues.errors import RuleBroken
from dialogues.extensions import Base, db
from dialogues.places.models import Village
from dialogues.places.rules import Field
from dialogues.staff.models import Staff

USUAL_START, USUAL_END = time(7, 30), time(11, 30)
END_AFTER_START = _l("The end must be later than the start, on the same day.")


Row = TypeVar("Row", bound=Base)
"""One field of a series, round or dialogue, with its `position`."""


def check_hours(starts_at: datetime, ends_at: datetime, zone: str, from_today_on: bool = True) -> None:
    """A day from today on, and an end after the start on it."""
    starts, ends = clock.local(starts_at, zone), clock.local(ends_at, zone)
    if from_today_on and starts.date() < clock.today(zone):
        raise RuleBroken(_l("Choose a day from today on."), "starts_on")
    if ends_at <= starts_at or ends.date() != starts.date():
        raise RuleBroken(END_AFTER_START, "ends")


def check_people(commune_id: int, named: Mapping[str, int | None]) -> None:
    """Everybody named is of this commune; the keys are the fields of the form."""
    ids = [id_ for id_ in named.values() if id_]
    if not ids:
        return
    ours = set(db.session.scalars(sa.select(Staff.id).where(Staff.commune_id == commune_id, Staff.id.in_(ids))))
    for field, id_ in named.items():
        if id_ and id_ not in ours:
            raise RuleBroken(_l("Choose one of the list."), field)


def villages_of(commune_id: int, ids: Collection[int], field: str = "villages") -> list[Village]:
    """These villages, all of this commune; raises RuleBroken."""
    if not ids:
        return []
    found = db.session.scalars(sa.select(Village).where(Village.commune_id == commune_id, Village.id.in_(ids))).all()
    if len(found) != len(set(ids)):
        raise RuleBroken(_l("Choose from the list."), field)
    return list(found)


def in_order(rows: Sequence[Row], kind: type[Row], topics: Sequence[Field]) -> list[Row]:
    """The rows of these fields in this order: those that stand are kept, missing ones are made."""
    known: dict[Field, Any] = {row.field: row for row in rows}  # type: ignore[attr-defined]
    found: list[Any] = [known.get(topic) or kind(field=topic) for topic in topics]
    for position, row in enumerate(found):
        row.position = position
    return found
