"""The round of every working day: who is reminded of what, and one message for each of them.

It is done once a day and commune, from 7:00 on; whoever comes first, the worker or the command `remind`, takes the day
with one statement, and everybody else finds nothing left to do. Missed days need no making up for: the next round says
what was reached meanwhile.
"""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa
from flask_babel import force_locale
from flask_babel import gettext as _

from dialogues import clock
from dialogues.extensions import db, insert
from dialogues.followup.models import Commitment, ExtensionRequest
from dialogues.followup.rules import UNFINISHED, ExtensionState
from dialogues.places.days import is_day_off, last_working_day
from dialogues.places.models import Commune
from dialogues.places.service import days_off
from dialogues.post import service as post
from dialogues.post.rules import Kind, MessageState
from dialogues.post.service import Letter, Rounds
from dialogues.reminders import morning, reached
from dialogues.reminders.contents import contents_for
from dialogues.reminders.models import LadderDay, LadderStep, Reminder
from dialogues.reminders.rules import FROM_HOUR, LADDER, ONE
from dialogues.staff.models import Staff

FARTHEST_AHEAD = timedelta(days=7)
"""A day further ahead was taken while the clock of the server was wrong. The rounds go on without waiting for it:
otherwise a commune would be silent for months. What was said stays said."""
SURELY_DONE = time(9)
"""By now the round of this morning is done, or nothing does it."""


def listen() -> None:
    """Offer the round and the look at sending to the post."""
    post.register_check(Kind.MORNING, morning.check)
    post.register_rounds("reminders", Rounds(waiting, write))


def waiting(now: datetime) -> list[int]:
    """The communes whose morning has come and whose round of today is not done; one query that takes no lock."""
    rows = sa.select(Commune.id, Commune.time_zone, LadderDay.on_day).outerjoin(
        LadderDay, LadderDay.commune_id == Commune.id
    )
    with db.engine.connect().execution_options(reads=True) as connection:
        found = connection.execute(rows.order_by(Commune.id)).all()
    return [id_ for id_, zone, done_on in found if _is_due(clock.local(now, zone), done_on)]


def _is_due(wall: datetime, done_on: date | None) -> bool:
    today = wall.date()
    is_open = done_on is None or done_on < today or done_on > today + FARTHEST_AHEAD
    return wall.time() >= FROM_HOUR and is_open


def _take(commune: Commune, today: date) -> LadderDay | None:
    """Take the day for this transaction; None when it is taken."""
    is_open = sa.or_(LadderDay.on_day < today, LadderDay.on_day > today + FARTHEST_AHEAD)
    statement = (
        insert(LadderDay)
        .values(commune_id=commune.id, on_day=today, reminders=0, letters=0)
        .on_conflict_do_update(index_elements=[LadderDay.commune_id], set_={"on_day": today}, where=is_open)
        .returning(LadderDay.commune_id)
    )
    if db.session.scalar(statement) is None:
        return None
    return db.session.get_one(LadderDay, commune.id, populate_existing=True)


def write(commune_id: int, now: datetime) -> int:
    """Remind the people of one commune; how many messages. Nothing on a day off, and nothing twice on one day."""
    commune = db.session.get_one(Commune, commune_id)
    today = clock.local(now, commune.time_zone).date()
    day = _take(commune, today)
    if day is None or is_day_off(today, days_off(commune)):
        return 0
    before = clock.local(day.at, commune.time_zone).date() if day.at else None
    day.at, day.reminders = now, reached.tell(commune, today, now)
    day.letters = post.put_many(commune=commune, letters=_letters(commune, today, before))
    db.session.flush()
    return day.letters


def _letters(commune: Commune, today: date, before: date | None) -> Iterable[Letter]:
    """One for each person with something new. A message of an earlier day that never left is taken up into it."""
    told = set(
        db.session.scalars(
            sa.select(Reminder.staff_id)
            .join(Staff, Staff.id == Reminder.staff_id)
            .where(Staff.commune_id == commune.id, Reminder.told_on == today)
            .distinct()
        )
    )
    told |= _newly_asked(commune, today, before)
    if not told:
        return
    since = _left_behind(commune, told, today)
    fresh = told - since.keys()
    people = db.session.scalars(sa.select(Staff).where(Staff.id.in_(told)).order_by(Staff.id)).all()
    said = contents_for(commune, fresh, today, today, today)
    for staff in people:
        first = since.get(staff.id, today)
        own = said.get(staff.id) if first == today else None
        if first != today:
            own = contents_for(commune, [staff.id], first, today, today).get(staff.id)
        if own:
            yield morning.keeping_since(morning.letter(staff, own, today, today), first, today)


def _newly_asked(commune: Commune, today: date, before: date | None) -> set[int]:
    """Who is to decide on a later day that was asked for on the day of the last round or after it, before today."""

    def begin(day: date) -> datetime:
        return clock.instant(datetime.combine(day, time()), commune.time_zone)

    r = ExtensionRequest
    asked = sa.select(r.id).where(
        r.commune_id == commune.id, r.state == ExtensionState.ASKED, r.asked_at < begin(today)
    )
    new = set(db.session.scalars(asked.where(r.asked_at >= begin(before)) if before else asked))
    return {who for id_, who in reached.deciders(commune, today).items() if id_ in new} if new else set()


def _left_behind(commune: Commune, told: set[int], today: date) -> dict[int, date]:
    """Drop the messages of earlier days to these people that still wait; from which day on the new one speaks."""
    since: dict[int, date] = {}
    things = {morning.thing(id_): id_ for id_ in told}
    for message in post.waiting_among(commune.id, [Kind.MORNING], things):
        if message.version > today.toordinal():  # of a day that a wrong clock brought too early
            continue
        first = date.fromisoformat((message.held or {}).get("since", date.fromordinal(message.version).isoformat()))
        id_ = things[message.thing]
        since[id_] = min(first, since.get(id_, first))
        with force_locale("vi"):
            message.state, message.ended_at = MessageState.DROPPED, clock.now()
            message.drop_reason = _("The message of the next day says it too.")
    return since


def missed_since(commune: Commune, now: datetime) -> date | None:
    """The last day that was done, when a morning is missing although somebody has a promise that may need a reminder;
    None: all is well. A commune whose rounds never ran: the day of its oldest such promise. At most two queries."""
    wall, off = clock.local(now, commune.time_zone), days_off(commune)
    ready = wall.date() if wall.time() >= SURELY_DONE else wall.date() - ONE
    wanted = last_working_day(ready, off)
    done_on, own_step = db.session.execute(
        sa.select(
            sa.select(LadderDay.on_day).where(LadderDay.commune_id == commune.id).scalar_subquery(),
            sa.select(sa.func.min(LadderStep.days)).where(LadderStep.commune_id == commune.id).scalar_subquery(),
        )
    ).one()
    if done_on is not None and done_on >= wanted:
        return None
    first_step = min(days for days, _who in LADDER) if own_step is None else own_step
    begin = clock.instant(datetime.combine(wanted, FROM_HOUR), commune.time_zone)
    oldest = db.session.scalar(
        sa.select(sa.func.min(Commitment.created_at)).where(
            Commitment.commune_id == commune.id,
            Commitment.state.in_(UNFINISHED),
            Commitment.due_on <= wanted - timedelta(days=first_step),
            Commitment.created_at < begin,
        )
    )
    if oldest is None:
        return None
    return done_on or clock.local(oldest, commune.time_zone).date()


def last_round(commune_id: int) -> LadderDay | None:
    """The newest round of a commune, for the page of the ladder; one query."""
    return db.session.get(LadderDay, commune_id)
