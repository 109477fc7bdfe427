"""Who stands above whom in the demo commune, who is away, and the reminders that went out so far."""

from datetime import date, datetime, time, timedelta

import sqlalchemy as sa

from dialogues import clock
from dialogues.demo.book import Book
from dialogues.extensions import db
from dialogues.followup.models import Commitment
from dialogues.followup.rules import UNFINISHED
from dialogues.places.days import NATIONWIDE
from dialogues.reminders.models import LadderDay, Reminder
from dialogues.reminders.rules import FROM_HOUR, LADDER, RemindedAs, told_on
from dialogues.staff.models import Staff
from dialogues.staff.rules import Role

VICE, ECONOMY, AWAY, DEPUTY = "hung.dm", "toan.nb", "tham.vth", "hung.dm"
"""By the part before @ in staff.csv: the leader above the economy department, its head; who is away from next Monday
and who acts for them."""


def add_reminders(book: Book) -> int:
    """Set who is above and away, and write the reminders of unfinished promises up to today; how many."""
    people = {email.split("@")[0]: one for email, one in book.people.staff.items()}
    for one in people.values():
        if one.unit is not None and one.unit is people[ECONOMY].unit:
            one.superior_id = people[VICE].id
    monday = book.days.today + timedelta(days=7 - book.days.today.weekday())
    away = people[AWAY]
    away.away_from, away.away_until, away.deputy_id = monday, monday + timedelta(days=4), people[DEPUTY].id
    db.session.flush()
    rows = [row for promise in _unfinished(book) for row in _told(book, people, promise)]
    db.session.add_all(rows)
    last = book.days.last_working
    newest = [row for row in rows if row.told_on == last]
    db.session.add(
        LadderDay(
            commune_id=book.commune_id, on_day=book.days.today, at=_at(book, last), reminders=len(newest),
            letters=len({row.staff_id for row in newest}),
        )
    )  # fmt: skip
    db.session.flush()
    return len(rows)


def _unfinished(book: Book) -> list[Commitment]:
    mine = sa.select(Commitment).where(Commitment.commune_id == book.commune_id, Commitment.state.in_(UNFINISHED))
    return list(db.session.scalars(mine.order_by(Commitment.due_on, Commitment.uid)))


def _told(book: Book, people: dict[str, Staff], promise: Commitment) -> list[Reminder]:
    """The steps since it was promised, one a day and person: the newest."""
    found: dict[tuple[date, int], Reminder] = {}
    for days, who in LADDER:
        on = told_on(promise.due_on, days, NATIONWIDE)
        if promise.promised_on < on <= book.days.last_working:
            for one in _hearers(people, promise, who):
                found[on, one.id] = Reminder(
                    commune_id=book.commune_id, commitment_id=promise.id, staff_id=one.id, due_on=promise.due_on,
                    days=days, reminded_as=who, told_on=on, at=_at(book, on),
                )  # fmt: skip
    return list(found.values())


def _hearers(people: dict[str, Staff], promise: Commitment, who: RemindedAs) -> list[Staff]:
    if who is RemindedAs.RESPONSIBLE:
        return [promise.responsible]
    if who is RemindedAs.OVERSEER:
        return [one for one in people.values() if Role.OVERSEER in one.roles]
    by_id = {one.id: one for one in people.values()}
    head = next(one for one in people.values() if one.name == promise.dialogue.commune.head_name)
    above = by_id[promise.responsible.superior_id] if promise.responsible.superior_id else head
    return [above] if above is not promise.responsible else []


def _at(book: Book, day: date) -> datetime:
    """Just after seven of that day."""
    return clock.instant(datetime.combine(day, time(FROM_HOUR.hour, 1)), book.days.zone)
