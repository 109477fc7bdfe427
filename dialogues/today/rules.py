"""When something is shown, and the periods that reports are written for. Pure."""

import enum
from datetime import date, timedelta

WEEK = timedelta(days=7)


class Slot(enum.StrEnum):
    """How soon something must be done. What is due after the week is not shown."""

    LATE = "late"
    TODAY = "today"
    WEEK = "week"


def slot(due: date, today: date) -> Slot | None:
    """In which group a last day falls."""
    if due < today:
        return Slot.LATE
    if due == today:
        return Slot.TODAY
    return Slot.WEEK if due <= today + WEEK else None


class Period(enum.StrEnum):
    """What reports are written for (215-KL/TW): exactly these (R9)."""

    MONTH = "month"
    QUARTER_1 = "quarter_1"
    HALF_YEAR = "half_year"
    NINE_MONTHS = "nine_months"
    YEAR = "year"


_SINCE_NEW_YEAR = {3: Period.QUARTER_1, 6: Period.HALF_YEAR, 9: Period.NINE_MONTHS, 12: Period.YEAR}


def periods_ending(first: date, last: date) -> list[tuple[Period, date]]:
    """The periods whose last day lies from `first` to `last`, with that day, oldest first. In March, June, September
    and December the report of the longer period holds that of the month: one paper, one duty."""
    found = []
    day = _month_end(first)
    while day <= last:
        found.append((_SINCE_NEW_YEAR.get(day.month, Period.MONTH), day))
        day = _month_end(day + timedelta(days=1))
    return found


def _month_end(day: date) -> date:
    """The last day of a day's month."""
    following = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
    return following - timedelta(days=1)


def last_months(today: date, number: int) -> list[date]:
    """The first days of the last months, the oldest first, this month last."""
    found = [today.replace(day=1)]
    while len(found) < number:
        found.append((found[-1] - timedelta(days=1)).replace(day=1))
    return found[::-1]
