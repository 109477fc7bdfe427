"""Who was reminded of a promise when, and what comes next."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from dialogues.extensions import db
from dialogues.followup.models import Commitment
from dialogues.followup.rules import UNFINISHED
from dialogues.places.service import days_off
from dialogues.reminders import ladder
from dialogues.reminders.models import Reminder
from dialogues.reminders.rules import RemindedAs, told_on
from dialogues.staff.models import Staff

MOST = 50


@dataclass(frozen=True)
class Told:
    """One reminder. `commitment_id` and `what` where many promises stand in one list."""

    on: date
    name: str
    days: int
    reminded_as: RemindedAs
    due_on: date
    commitment_id: int = 0
    what: str = ""

    @property
    def when(self) -> str:
        return ladder.when(self.days)


@dataclass(frozen=True)
class Next:
    """A step that is still to come."""

    on: date
    days: int
    reminded_as: RemindedAs

    @property
    def when(self) -> str:
        return ladder.when(self.days)


@dataclass(frozen=True)
class Reminded:
    """The reminders of one promise, the newest first, and the next step; None when there is none to come."""

    told: list[Told]
    next: Next | None


def of_commitment(commitment: Commitment, today: date) -> Reminded:
    """For the office's page of one promise; two queries, one more for the days off."""
    r = Reminder
    rows = db.session.execute(
        sa.select(r.told_on, Staff.name, r.days, r.reminded_as, r.due_on)
        .join(Staff, Staff.id == r.staff_id)
        .where(r.commitment_id == commitment.id)
        .order_by(r.told_on.desc(), r.id.desc())
        .limit(MOST)
    )
    return Reminded([Told(*row) for row in rows], next_step(commitment, today))


def next_step(commitment: Commitment, today: date) -> Next | None:
    """The first step after today; none for what is done or withdrawn."""
    if commitment.state not in UNFINISHED:
        return None
    commune = commitment.dialogue.commune
    off = days_off(commune)
    coming = [Next(told_on(commitment.due_on, days, off), days, who) for days, who in ladder.steps(commune.id)]
    return min((one for one in coming if one.on > today), key=lambda one: (one.on, -one.days), default=None)


def last_told(commitment_ids: Collection[int]) -> dict[int, Told]:
    """The newest reminder of each of these promises, for a list; one query."""
    r = Reminder
    if not commitment_ids:
        return {}
    newest = sa.select(sa.func.max(r.id)).where(r.commitment_id.in_(list(commitment_ids))).group_by(r.commitment_id)
    rows = db.session.execute(
        sa.select(r.told_on, Staff.name, r.days, r.reminded_as, r.due_on, r.commitment_id)
        .join(Staff, Staff.id == r.staff_id)
        .where(r.id.in_(newest))
    )
    return {row.commitment_id: Told(*row) for row in rows}


def told_to(staff: Staff, most: int = 20) -> list[Told]:
    """What this person was reminded of, the newest first; one query."""
    r = Reminder
    rows = db.session.execute(
        sa.select(r.told_on, Staff.name, r.days, r.reminded_as, r.due_on, r.commitment_id, Commitment.result)
        .join(Staff, Staff.id == r.staff_id)
        .join(Commitment, Commitment.id == r.commitment_id)
        .where(r.staff_id == staff.id)
        .order_by(r.told_on.desc(), r.id.desc())
        .limit(most)
    )
    return [Told(*row) for row in rows]
