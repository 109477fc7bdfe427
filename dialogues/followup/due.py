"""The day of a promise: chosen, or counted from the promise on; and what speaks against it."""

from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from dialogues import formatting
from dialogues.errors import RuleBroken
from dialogues.followup.models import Commitment
from dialogues.followup.rules import DayCount
from dialogues.language import current_language
from dialogues.places import service as places
from dialogues.places.counting import explain, why_off
from dialogues.places.days import Deadline, calendar_deadline, is_day_off, next_working_day, working_deadline
from dialogues.places.models import Commune

MOST_DAYS = 730
"""Nobody promises for longer than two years: what takes longer has its first part before."""


@dataclass(frozen=True)
class Due:
    """When a promise is due. `counted`: how, for a day that nobody chose."""

    on: date | None
    counted: Deadline | None = None

    @property
    def how(self) -> str:
        """`10 working days from 22/04/2026: ...`, or ""."""
        return explain(self.counted) if self.counted else ""


def due_of(commune: Commune, promised_on: date, counts: DayCount, on: date | None, days: int | None) -> Due:
    """The day as a form says it. Counted days end on a working day."""
    if counts is DayCount.DAY:
        return Due(on)
    if not days or days > MOST_DAYS:
        return Due(None)
    count = working_deadline if counts is DayCount.WORKING_DAYS else calendar_deadline
    counted = count(promised_on, days, places.days_off(commune))
    return Due(counted.on, counted)


def counted_of(commitment: Commitment, commune: Commune) -> Due:
    """How the day of a promise is counted with the days off known by now."""
    c = commitment
    return due_of(commune, c.promised_on, c.due_counts, c.due_on, c.due_days)


def how_counted(commitment: Commitment, commune: Commune) -> str:
    """In words, for who reads the promise; "" for a day that was chosen, and for an extended one whose day is no
    counted one any more."""
    due = counted_of(commitment, commune)
    return due.how if due.on in (commitment.due_on, commitment.first_due_on) else ""


def check_due(due: Due, counts: DayCount, today: date) -> date:
    """The day, if it can be promised."""
    if due.on is None:
        if counts is DayCount.DAY:
            raise RuleBroken(_l("Choose the day by which it is done."), "due_on")
        raise RuleBroken(_l("Write a number of days from 1 to %(most)s.", most=MOST_DAYS), "due_days")
    if due.on >= today:
        return due.on
    if counts is DayCount.DAY:
        raise RuleBroken(_l("The due day has passed already. Choose today or a later day."), "due_on")
    day = formatting.short_date(due.on, current_language())
    raise RuleBroken(_l("So counted it was due on %(day)s, which has passed. Write more days.", day=day), "due_days")


def day_off_note(commune: Commune, on: date | None) -> str:
    """Said beside a later day that is a day off: allowed, and mostly a slip; "" for a working day."""
    days_off = places.days_off(commune)
    if on is None or not is_day_off(on, days_off):
        return ""
    language = current_language()
    return _(
        "Please note: %(day)s is a day off (%(why)s). The next working day is %(next)s.",
        day=formatting.short_date(on, language),
        why=why_off(on, language),
        next=formatting.short_date(next_working_day(on, days_off), language),
    )


def day_off_doubt(commune: Commune, on: date | None) -> str:
    """Why a chosen day is mostly a slip, with a better one; "" for a working day."""
    days_off = places.days_off(commune)
    if on is None or not is_day_off(on, days_off):
        return ""
    language = current_language()
    return _(
        "%(day)s is a day off (%(why)s). The next working day is %(next)s. Choose that one, or tick that the day"
        " stays.",
        day=formatting.short_date(on, language),
        why=why_off(on, language),
        next=formatting.short_date(next_working_day(on, days_off), language),
    )
