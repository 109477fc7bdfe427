"""The public record: how many promises were kept by their first day, counted openly, by year and by body."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
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
class Share:
    """The promises of one body or year. `key`: id of the body (NO_BODY: none) or year; None where all stand together.
    `confirmed`: of the done ones, how many a second voice confirmed. `days_late`: half of the late ones took at most so
    many days longer."""

    key: int | None
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
def _shares(by: str, of_year: bool, _dialect: str) -> sa.Select[Any]:
    """One row for each group. The median is that of the row in the middle, or of both that stand there."""
    today = value("today")
    counted = sa.case(*((counts_as(keeping, today), keeping.value) for keeping in Keeping))
    key = {
        "body": sa.func.coalesce(Staff.unit_id, NO_BODY),
        "year": promised_in,
        "": sa.literal(0, sa.Integer),
    }[by]
    base = visible_commitments(value("commune_id")).join(Staff, Staff.id == Commitment.responsible_id)
    if of_year:
        base = base.where(promised_in == value("year"))
    confirmed = sa.case((Commitment.state == CommitmentState.CONFIRMED, 1), else_=0)
    one = base.with_only_columns(
        key.label("key"), counted.label("counted"), confirmed.label("confirmed"), _days_late().label("days")
    ).subquery()
    alike = (one.c.key, one.c.counted, one.c.days.is_(None))
    ranked = sa.select(
        one,
        sa.func.row_number().over(partition_by=alike, order_by=one.c.days).label("place"),
        sa.func.count().over(partition_by=alike).label("among"),
    ).subquery()
    r = ranked.c

    def number(keeping: Keeping) -> sa.ColumnElement[int]:
        return sa.func.sum(sa.case((r.counted == keeping.value, 1), else_=0))

    late = sa.and_(r.counted == Keeping.LATE.value, r.days.is_not(None))
    is_middle = sa.and_(late, 2 * r.place >= r.among, 2 * r.place <= r.among + 2)
    return sa.select(
        r.key, *(number(keeping) for keeping in Keeping), sa.func.sum(r.confirmed),
        sa.func.avg(sa.case((is_middle, r.days))),
    ).group_by(r.key)  # fmt: skip


def _read(commune_id: int, today: date, by: str, year: int | None) -> list[Share]:
    statement = _shares(by, year is not None, db.engine.dialect.name)
    values: dict[str, Any] = {"commune_id": commune_id, "today": today, "year": year}
    if year is None:
        del values["year"]
    rows = db.session.connection().execute(statement, values)
    return [_share([int(number) for number in numbers], days) for *numbers, days in rows]


def _share(numbers: Sequence[int], days: Any) -> Share:
    key, on_time, late, not_done_late, not_done, withdrawn, confirmed = numbers
    middle = None if days is None else float(days)
    return Share(key, on_time, late, not_done_late, not_done, withdrawn, confirmed, middle)


def together(commune_id: int, today: date, year: int | None = None) -> Share:
    """All promises that residents may read, or those of one year; one query."""
    found = _read(commune_id, today, "", year)
    return found[0] if found else Share(None)


def by_year(commune_id: int, today: date) -> list[Share]:
    """One for each year in which something was promised, the newest first; one query."""
    return sorted(_read(commune_id, today, "year", None), key=lambda share: -(share.key or 0))


def by_body(commune_id: int, today: date, year: int | None = None) -> list[tuple[str, Share]]:
    """(name, share) of each body in the order of the bodies, last those who belong to none (name ""); two queries."""
    shares = {share.key: share for share in _read(commune_id, today, "body", year)}
    bodies = sa.select(Unit.id, Unit.name).where(Unit.commune_id == commune_id).order_by(Unit.position, Unit.id)
    found = [(name, shares[id_]) for id_, name in db.session.execute(bodies) if id_ in shares]
    return [*found, *([("", shares[NO_BODY])] if NO_BODY in shares else [])]
