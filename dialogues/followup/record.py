"""The public record: how many promises were kept by their first day, counted openly, by year and by body."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from statistics import median
from typing import Any

import sqlalchemy as sa

from dialogues.extensions import db, value
from dialogues.followup.models import Commitment
from dialogues.followup.rules import UNFINISHED, CommitmentState, Keeping
from dialogues.followup.service import visible_commitments
from dialogues.places.models import Unit
from dialogues.staff.models import Staff

promised_in = sa.cast(sa.extract("year", Commitment.promised_on), sa.Integer)
"""The year in which a promise was made: it counts there for ever, however late it is kept."""
NO_BODY = 0
"""Instead of the id of a body: promises of people who belong to none."""


@dataclass(frozen=True)
class Alike:
    """So many promises (`number`) that count alike: of one body and year, confirmed or not, late by as many days."""

    unit_id: int
    year: int
    keeping: Keeping
    is_confirmed: bool
    days_late: int | None
    number: int


@dataclass(frozen=True)
class Share:
    """How promises were kept. `confirmed`: of the done ones, how many a second voice confirmed. `days_late`: half of
    the late ones took at most so many days longer."""

    on_time: int = 0
    late: int = 0
    not_done_late: int = 0
    not_done: int = 0
    withdrawn: int = 0
    confirmed: int = 0
    days_late: float | None = None

    @property
    def total(self) -> int:
        """Every promise, the withdrawn ones too."""
        return self.on_time + self.late + self.unfinished + self.withdrawn

    @property
    def unfinished(self) -> int:
        return self.not_done_late + self.not_done


def share_of(lines: Iterable[Alike]) -> Share:
    """Added up."""
    counts: Counter[str] = Counter()
    days: Counter[int] = Counter()
    for line in lines:
        counts[line.keeping.value] += line.number
        counts["confirmed"] += line.number if line.is_confirmed else 0
        if line.keeping is Keeping.LATE and line.days_late is not None:
            days[line.days_late] += line.number
    return Share(**counts, days_late=median(days.elements()) if days else None)


def by_year(lines: Iterable[Alike]) -> list[tuple[int, Share]]:
    """One for each year in which something was promised, the newest first."""
    return sorted(_by(lines, "year").items(), reverse=True)


def by_body(lines: Iterable[Alike], bodies: Iterable[tuple[int, str]]) -> list[tuple[int, str, Share]]:
    """(id, name, share) of each body in the order of the bodies, last those who belong to none."""
    shares = _by(lines, "unit_id")
    return [(id_, name, shares[id_]) for id_, name in (*bodies, (NO_BODY, "")) if id_ in shares]


def _by(lines: Iterable[Alike], name: str) -> dict[int, Share]:
    found: dict[int, list[Alike]] = {}
    for line in lines:
        found.setdefault(getattr(line, name), []).append(line)
    return {key: share_of(some) for key, some in found.items()}


def counts_as(keeping: Keeping, today: Any) -> sa.ColumnElement[bool]:
    """The condition of `rules.keeping`."""
    c = Commitment
    done = c.state.in_((CommitmentState.REPORTED_DONE, CommitmentState.CONFIRMED))
    in_time = sa.func.coalesce(c.reported_done_on, c.confirmed_on) <= c.first_due_on
    conditions: Mapping[Keeping, sa.ColumnElement[bool]] = {
        Keeping.WITHDRAWN: c.state == CommitmentState.WITHDRAWN,
        Keeping.ON_TIME: sa.and_(done, in_time),
        Keeping.LATE: sa.and_(done, sa.func.coalesce(sa.not_(in_time), sa.true())),
        Keeping.NOT_DONE_LATE: sa.and_(c.state.in_(UNFINISHED), c.first_due_on < today),
        Keeping.NOT_DONE: sa.and_(c.state.in_(UNFINISHED), c.first_due_on >= today),
    }
    return conditions[keeping]


def of_body(unit_id: int) -> sa.ColumnElement[bool]:
    """Condition on Commitment: who is responsible belongs to this body, or to none."""
    people = sa.select(Staff.id).where(Staff.unit_id.is_(None) if unit_id == NO_BODY else Staff.unit_id == unit_id)
    return Commitment.responsible_id.in_(people)


def _days_late() -> sa.ColumnElement[Any]:
    """Whole days from the first day to the one on which it was done."""
    done_on = sa.func.coalesce(Commitment.reported_done_on, Commitment.confirmed_on)
    if db.engine.dialect.name == "sqlite":
        return sa.cast(sa.func.julianday(done_on) - sa.func.julianday(Commitment.first_due_on), sa.Integer)
    return sa.cast(done_on, sa.Date) - Commitment.first_due_on


@cache
def _counted(_dialect: str) -> sa.Select[Any]:
    counted = sa.case(*((counts_as(keeping, value("today")), keeping.value) for keeping in Keeping))
    confirmed = sa.case((Commitment.state == CommitmentState.CONFIRMED, 1), else_=0)
    late = sa.case((counts_as(Keeping.LATE, value("today")), _days_late()))
    base = visible_commitments(value("commune_id")).join(Staff, Staff.id == Commitment.responsible_id)
    one = base.with_only_columns(
        sa.func.coalesce(Staff.unit_id, NO_BODY).label("unit_id"), promised_in.label("year"),
        counted.label("counted"), confirmed.label("confirmed"), late.label("days"),
    ).subquery()  # fmt: skip
    columns = (one.c.unit_id, one.c.year, one.c.counted, one.c.confirmed, one.c.days)
    return sa.select(*columns, sa.func.count()).group_by(*columns)


def record(commune_id: int, today: date) -> list[Alike]:
    """All promises that residents may read, counted; one query."""
    values = {"commune_id": commune_id, "today": today}
    rows = db.session.connection().execute(_counted(db.engine.dialect.name), values)
    return [
        Alike(unit_id, year, Keeping(counted), bool(confirmed), None if days is None else int(days), number)
        for unit_id, year, counted, confirmed, days, number in rows
    ]


def bodies(commune_id: int) -> list[tuple[int, str]]:
    """(id, name) of the bodies in their order; one query."""
    units = sa.select(Unit.id, Unit.name).where(Unit.commune_id == commune_id).order_by(Unit.position, Unit.id)
    return [(id_, name) for id_, name in db.session.execute(units)]
