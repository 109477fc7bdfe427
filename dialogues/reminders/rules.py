"""The ladder: how many days before or after the due day who is reminded. Pure.

People are reminded on working days only. What falls on a day off is said on the next working day; only the reminder "on
the day" comes before it, on the last working day. Of several steps that were passed, as after a day off or an outage,
the newest is said and the others are not made up for.
"""

import enum
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta

from dialogues.places.days import DaysOff, last_working_day, next_working_day


class RemindedAs(enum.StrEnum):
    """As what a person is reminded of a promise."""

    RESPONSIBLE = "responsible"
    SUPERIOR = "superior"
    OVERSEER = "overseer"


R = RemindedAs
LADDER: tuple[tuple[int, RemindedAs], ...] = (
    (-14, R.RESPONSIBLE), (-7, R.RESPONSIBLE), (-1, R.RESPONSIBLE), (0, R.RESPONSIBLE), (3, R.RESPONSIBLE),
    (7, R.RESPONSIBLE), (14, R.RESPONSIBLE), (14, R.SUPERIOR), (21, R.OVERSEER),
)  # fmt: skip
"""(days after the due day, who) as long as a commune has not set its own; negative: before it."""
FROM_HOUR = time(7)
"""The morning message is written from this time of a working day on."""
LINK_LIFETIME = timedelta(days=7)
"""So long the link in a morning message works."""
MOST_STEPS = 30
FARTHEST = 365
"""Days before or after the due day that a step may lie."""
ONE = timedelta(days=1)


@dataclass(frozen=True)
class Window:
    """The due days for which a step is the newest one reached: after `after` (None: from ever), up to `until`."""

    days: int
    after: date | None
    until: date


def told_on(due_on: date, days: int, days_off: DaysOff) -> date:
    """The working day on which a step is said."""
    day = due_on + timedelta(days=days)
    return last_working_day(day, days_off) if days == 0 else next_working_day(day, days_off)


def reached(days: int, today: date, days_off: DaysOff) -> date:
    """On the working day `today` the step is reached by promises due up to this day."""
    if days == 0:
        return next_working_day(today + ONE, days_off) - ONE
    return today - timedelta(days=days)


def windows(steps: Iterable[int], today: date, days_off: DaysOff) -> Iterator[Window]:
    """The steps of one kind of person, the latest first, each with the due days for which it is the newest reached on
    the working day `today`; a step that is the newest for no day is left out."""
    after: date | None = None
    for days in sorted(set(steps), reverse=True):
        until = reached(days, today, days_off)
        if after is None or until > after:
            yield Window(days, after, until)
            after = until
