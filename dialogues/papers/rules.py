"""Where an announcement is used, what became of it, and on which days the loudspeaker reads it. Pure."""

import enum
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

READING_DAYS = 3
"""Listed public information is read on the loudspeaker so many days running (Law 10/2022/QH15, Art. 13)."""


class NoticeChannel(enum.StrEnum):
    """Where an announcement was used."""

    LOUDSPEAKER = "loudspeaker"
    VILLAGE_HEADS = "village_heads"
    ZALO = "zalo"
    BOARD = "board"
    SMS = "sms"
    SITE = "site"
    PRESS = "press"
    OTHER = "other"


class Occasion(enum.StrEnum):
    """What the texts have to say."""

    NEW = "new"
    CHANGED = "changed"
    POSTPONED = "postponed"
    CANCELLED = "cancelled"


class UseStage(enum.StrEnum):
    """What a recorded use is worth now; never stored."""

    CURRENT = "current"
    BEFORE_CHANGE = "before_change"
    TAKEN_BACK = "taken_back"


class Reading(enum.StrEnum):
    """One of the loudspeaker days."""

    READ = "read"
    TODAY = "today"
    MISSED = "missed"
    TO_COME = "to_come"


@dataclass(frozen=True)
class ReadingDay:
    """A day on which the loudspeaker reads."""

    on: date
    reading: Reading


@dataclass(frozen=True)
class ReadingPlan:
    """The days running on which the loudspeaker reads, and what is wrong with them."""

    days: tuple[ReadingDay, ...]
    is_done: bool = False
    """Read on all three days."""
    is_short: bool = False
    """Fewer than three days are left before the session."""
    is_late: bool = False
    """The last reading comes after the last day for announcing (R4)."""


def _last_run(days: Collection[date]) -> tuple[date, ...]:
    """The newest run of days that follow one another."""
    run: list[date] = []
    for day in sorted(set(days)):
        run = [*run, day] if run and day - run[-1] == timedelta(1) else [day]
    return tuple(run)


def _full_run(days: Collection[date]) -> tuple[date, ...]:
    """The first three days read one after the other; none when there are no such."""
    read = set(days)
    for day in sorted(read):
        run = tuple(day + timedelta(n) for n in range(READING_DAYS))
        if read.issuperset(run):
            return run
    return ()


def reading_plan(
    *, session_on: date, announced_on: date, announce_by: date, today: date, read_on: Collection[date]
) -> ReadingPlan:
    """Three days running, all of them on or before the last day for announcing when there is time for it, never on the
    day of the session. `read_on` are the days recorded as read with what is valid now; a gap begins the count again."""
    last_day = session_on - timedelta(days=1)
    full = _full_run([day for day in read_on if day <= last_day])
    if full:
        return ReadingPlan(
            tuple(ReadingDay(day, Reading.READ) for day in full), is_done=True, is_late=full[-1] > announce_by
        )
    run = _last_run([day for day in read_on if day <= min(today, last_day)])
    if run and today - run[-1] <= timedelta(1):
        start = run[0]
    else:
        start = max(announce_by - timedelta(days=READING_DAYS - 1), announced_on, today)
    wanted = [start + timedelta(n) for n in range(READING_DAYS)]
    days = tuple(ReadingDay(day, _reading(day, today, read_on)) for day in wanted if day <= last_day)
    is_late = not days or days[-1].on > announce_by
    return ReadingPlan(days, is_short=len(days) < READING_DAYS, is_late=is_late)


def _reading(day: date, today: date, read_on: Collection[date]) -> Reading:
    if day in read_on:
        return Reading.READ
    if day == today:
        return Reading.TODAY
    return Reading.MISSED if day < today else Reading.TO_COME


class Said(enum.StrEnum):
    """Parts of a short message that may be left out whole when it is too long."""

    DEADLINE = "deadline"
    ADDRESS = "address"
    HOTLINE = "hotline"
    LINK = "link"
    PLACE = "place"
    LATER = "later"
