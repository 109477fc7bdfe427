"""Who is reminded of what today, written in a few statements a commune, however many promises it has.

Of each unfinished promise the newest step that is reached is said once: to the responsible person, the superior, the
overseers, or to the deputy of one who is away. It counts as said when the person or the deputy was told, so that nobody
hears it a second time on coming back; a successor hears it anew. What the responsible person cannot be told, because
the account is closed, goes to the superior.
"""

from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from dialogues.extensions import db, insert, value
from dialogues.followup.models import Commitment, ExtensionRequest
from dialogues.followup.rules import UNFINISHED, ExtensionState
from dialogues.places.models import Commune
from dialogues.places.service import days_off
from dialogues.reminders import ladder
from dialogues.reminders.models import Reminder
from dialogues.reminders.rules import RemindedAs, windows
from dialogues.staff.models import Staff, StaffRole
from dialogues.staff.rules import Role
from dialogues.staff.standins import head_id


class People(NamedTuple):
    """Who is told: `person` by the place, `told` the one who hears it."""

    statement: sa.Select[Any]
    person: Any
    told: Any


def _is_away(one: Any) -> sa.ColumnElement[bool]:
    """The condition of `staff.rules.is_away` for a row; today comes with each run."""
    today = value("today")
    until = sa.or_(one.away_until.is_(None), one.away_until >= today)
    return sa.and_(one.away_from.is_not(None), one.away_from <= today, until)


def with_people(statement: sa.Select[Any], who: RemindedAs) -> People:
    """Join a statement over Commitment with those who hear of it: `staff.standins` as SQL."""
    responsible, named = aliased(Staff, name="responsible"), aliased(Staff, name="named_superior")
    person, deputy = aliased(Staff, name="person"), aliased(Staff, name="deputy")
    statement = statement.join(responsible, responsible.id == Commitment.responsible_id)
    if who is RemindedAs.OVERSEER:
        overseers = sa.select(StaffRole.staff_id).where(StaffRole.role == Role.OVERSEER)
        is_person = sa.and_(person.commune_id == Commitment.commune_id, person.id.in_(overseers))
    else:
        statement = statement.outerjoin(named, named.id == responsible.superior_id)
        head = sa.bindparam("head_id", type_=sa.Integer)
        superior = sa.case((named.is_active, named.id), (responsible.id != head, head))
        own = sa.case((responsible.is_active, responsible.id), else_=superior)
        is_person = person.id == (own if who is RemindedAs.RESPONSIBLE else superior)
    statement = statement.join(person, sa.and_(is_person, person.is_active)).outerjoin(
        deputy,
        sa.and_(
            deputy.id == person.deputy_id,
            deputy.is_active,
            _is_away(person),
            ~sa.func.coalesce(_is_away(deputy), sa.false()),
            sa.true() if who is RemindedAs.RESPONSIBLE else deputy.id != responsible.id,
        ),
    )
    return People(statement, person, sa.func.coalesce(deputy.id, person.id))


@cache
def _newly_reached(who: RemindedAs) -> Any:
    table: Any = Reminder.__table__
    c, to = Commitment, table.c
    columns = [
        to.commune_id, to.commitment_id, to.staff_id, to.due_on, to.days, to.reminded_as, to.told_on, to.at,
    ]  # fmt: skip
    people = with_people(sa.select(c.id), who)
    said = aliased(Reminder)
    was_said = sa.exists().where(
        said.commitment_id == c.id,
        said.due_on == c.due_on,
        said.reminded_as == who,
        said.days >= sa.bindparam("days", type_=sa.Integer),
        said.staff_id.in_([people.person.id, people.person.deputy_id]),
    )
    rows = people.statement.where(
        c.commune_id == value("commune_id"),
        c.state.in_(UNFINISHED),
        c.due_on <= value("until"),
        c.due_on > value("after"),
        ~was_said,
    ).with_only_columns(
        c.commune_id,
        c.id,
        people.told,
        c.due_on,
        sa.bindparam("days", type_=sa.Integer),
        sa.literal(who, to.reminded_as.type),
        sa.bindparam("today", type_=sa.Date),
        sa.bindparam("now", type_=to.at.type),
        maintain_column_froms=True,
    )
    return insert(table).from_select(columns, rows, include_defaults=False).on_conflict_do_nothing()


def tell(commune: Commune, today: date, now: datetime) -> int:
    """Write down what is said on the working day `today`; how many reminders. Some statements for each step."""
    found, off = ladder.steps(commune.id), days_off(commune)
    values = {"commune_id": commune.id, "head_id": head_id(commune), "today": today, "now": now}
    told = 0
    for who in RemindedAs:
        for window in windows(ladder.days_for(found, who), today, off):
            result: Any = db.session.connection().execute(
                _newly_reached(who),
                {**values, "days": window.days, "after": window.after or date.min, "until": window.until},
            )
            told += result.rowcount
    return told


@cache
def _waiting_requests() -> sa.Select[Any]:
    c, r = Commitment, ExtensionRequest
    people = with_people(sa.select(r.id).join(c, c.id == r.commitment_id), RemindedAs.SUPERIOR)
    return people.statement.where(
        c.commune_id == value("commune_id"), r.state == ExtensionState.ASKED, c.state.in_(UNFINISHED)
    ).with_only_columns(people.told.label("staff_id"), r.id, maintain_column_froms=True)


def deciders(commune: Commune, today: date) -> dict[int, int]:
    """Who decides today on each request for a later day that waits: request id → staff id; two queries."""
    values = {"commune_id": commune.id, "head_id": head_id(commune), "today": today}
    return {request_id: staff_id for staff_id, request_id in db.session.execute(_waiting_requests(), values)}
