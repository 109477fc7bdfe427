"""What a leader sees at once: own promises, those of the people below, what waits for a word, twelve months, what comes
next. A fixed number of queries, however many promises there are."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from dialogues import clock
from dialogues.extensions import db
from dialogues.followup.extension_list import count_waiting, waiting_for
from dialogues.followup.models import Commitment, ExtensionRequest
from dialogues.followup.rules import UNFINISHED, CommitmentState
from dialogues.followup.service import (
    CommitmentRow,
    all_commitments,
    commitment_rows,
    most_urgent_first,
    overdue_on,
)
from dialogues.followup.work import WorkCounts, work_counts
from dialogues.schedule.service import DialogueCard, coming
from dialogues.staff.models import Staff
from dialogues.staff.standins import head_id
from dialogues.today.rules import WEEK, last_months

SHOWN = 5
MONTHS = 12
NEXT = 2


@dataclass(frozen=True)
class Some:
    """The first of a list, and how many there are."""

    rows: list[CommitmentRow]
    total: int

    @property
    def hidden(self) -> int:
        return self.total - len(self.rows)


@dataclass(frozen=True)
class ToDecide:
    """Somebody asks for a later day, and this leader decides."""

    commitment_id: int
    result: str
    asked_by: str
    reason: str
    old_due_on: date
    new_due_on: date


@dataclass(frozen=True)
class Month:
    """`made`: promised in this month. Of those whose first day lay in it: kept by that day, or not (`late`)."""

    first: date
    made: int = 0
    kept: int = 0
    late: int = 0


@dataclass(frozen=True)
class Leading:
    """The page, and the weekly letter."""

    late: Some
    soon: Some
    people_late: Some
    has_people: bool
    to_decide: list[ToDecide]
    deciding: int
    """How many requests wait for this person; `to_decide` has the first of them."""
    reported: int
    """Reported done by the leader or the people, and not confirmed."""
    work: WorkCounts
    months: list[Month]
    coming: list[DialogueCard]

    @property
    def is_quiet(self) -> bool:
        """Whether there is nothing to write a letter about."""
        waits = self.late.total + self.soon.total + self.people_late.total + self.deciding + self.reported
        return not waits and not any(month.made or month.kept or month.late for month in self.months)


def page(staff: Staff, now: datetime) -> Leading:
    """Everything of this leader."""
    today = clock.local(now, staff.commune.time_zone).date()
    people = _people(staff)
    mine = Commitment.responsible_id == staff.id
    theirs = Commitment.responsible_id.in_(people)
    unfinished = Commitment.state.in_(UNFINISHED)
    to_decide, deciding = _to_decide(staff, today)
    soon = sa.and_(mine, unfinished, Commitment.due_on >= today, Commitment.due_on <= today + WEEK)
    return Leading(
        late=_some(staff, sa.and_(mine, overdue_on(today)), today),
        soon=_some(staff, soon, today),
        people_late=_some(staff, sa.and_(theirs, overdue_on(today)), today),
        has_people=db.session.scalar(people.limit(1)) is not None,
        to_decide=to_decide,
        deciding=deciding,
        reported=_reported(staff, sa.or_(mine, theirs)),
        work=work_counts(staff, today),
        months=_months(staff, sa.or_(mine, theirs), today),
        coming=coming(staff.commune_id, now, NEXT),
    )


def _people(staff: Staff) -> sa.Select[Any]:
    """The ids of those whose superior this person is (see `staff.standins`), of those below them, and of the own unit
    without the own superior."""
    direct = sa.select(Staff.id).where(_is_directly_below(staff), Staff.commune_id == staff.commune_id)
    below = direct.cte("below", recursive=True)
    deeper = aliased(Staff)
    below = below.union(sa.select(deeper.id).where(deeper.superior_id == below.c.id))
    found = sa.or_(Staff.id.in_(sa.select(below.c.id)), _unit_of(staff))
    return sa.select(Staff.id).where(Staff.commune_id == staff.commune_id, Staff.id != staff.id, found)


def _is_directly_below(staff: Staff) -> sa.ColumnElement[bool]:
    named = Staff.superior_id == staff.id
    if head_id(staff.commune) != staff.id:
        return named
    closed = sa.select(_above.id).where(_above.commune_id == staff.commune_id, ~_above.is_active)
    return sa.or_(named, Staff.superior_id.is_(None), Staff.superior_id.in_(closed))


_above = aliased(Staff)


def _unit_of(staff: Staff) -> sa.ColumnElement[bool]:
    if staff.unit_id is None:
        return sa.false()
    return sa.and_(Staff.unit_id == staff.unit_id, Staff.id != (staff.superior_id or 0))


def _some(staff: Staff, condition: sa.ColumnElement[bool], today: date) -> Some:
    """Two queries; the most urgent first."""
    statement = all_commitments(staff.commune_id).where(condition)
    total = db.session.scalar(statement.with_only_columns(sa.func.count())) or 0
    rows = commitment_rows(most_urgent_first(statement, today).limit(SHOWN), today) if total else []
    return Some(rows, total)


def _to_decide(staff: Staff, today: date) -> tuple[list[ToDecide], int]:
    """The first requests that wait for this person, and how many there are; two queries beside who decides."""
    r, c, asked_by = ExtensionRequest, Commitment, aliased(Staff)
    waiting = waiting_for(staff, today)
    rows = db.session.execute(
        waiting.join(asked_by, asked_by.id == r.asked_by_id)
        .with_only_columns(c.id, c.result, asked_by.name, r.reason, r.old_due_on, r.new_due_on)
        .order_by(r.old_due_on, r.id)
        .limit(SHOWN)
    )
    return [ToDecide(*row) for row in rows], count_waiting(staff, today)


def _reported(staff: Staff, whose: sa.ColumnElement[bool]) -> int:
    statement = all_commitments(staff.commune_id).where(whose, Commitment.state == CommitmentState.REPORTED_DONE)
    return db.session.scalar(statement.with_only_columns(sa.func.count())) or 0


def _months(staff: Staff, whose: sa.ColumnElement[bool], today: date) -> list[Month]:
    """The last twelve months, this one too; two queries."""
    c, firsts = Commitment, last_months(today, MONTHS)
    own = sa.select(c).where(c.commune_id == staff.commune_id, whose)
    end = (firsts[-1] + timedelta(days=32)).replace(day=1)
    kept = sa.and_(c.reported_done_on.is_not(None), c.reported_done_on <= c.first_due_on)

    def by_month(day: Any, *sums: Any) -> dict[tuple[int, int], tuple[int, ...]]:
        year, month = sa.extract("year", day), sa.extract("month", day)
        statement = own.where(day >= firsts[0], day < end).with_only_columns(year, month, *sums).group_by(year, month)
        rows = db.session.execute(statement)
        return {(int(row[0]), int(row[1])): tuple(int(number or 0) for number in row[2:]) for row in rows}

    made = by_month(c.promised_on, sa.func.count())
    came = by_month(
        c.first_due_on,
        sa.func.sum(sa.case((kept, 1), else_=0)),
        sa.func.sum(sa.case((sa.and_(c.first_due_on < today, sa.not_(kept)), 1), else_=0)),
    )
    return [
        Month(first, *made.get((first.year, first.month), (0,)), *came.get((first.year, first.month), (0, 0)))
        for first in firsts
    ]
