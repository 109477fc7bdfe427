"""Counting days as offices do: days off, calendar deadlines, working deadlines. Pure.

The first day is not counted; an end on a day off moves to the next working day (Civil Code 2015, Art. 147, 148).
A Saturday or Sunday that is worked in exchange for a bridge day is a working day like any other.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class DaysOff:
    """The table: days `off`, which `in` asks for, and the Saturdays and Sundays that are `worked` in exchange."""

    off: frozenset[date] = frozenset()
    worked: frozenset[date] = frozenset()

    def __contains__(self, day: date) -> bool:
        return day in self.off


ONE = timedelta(days=1)
MOST_DAYS = 1000
"""No rule of ours is longer; keeps sums away from the end of the calendar."""

_FIXED = ((1, 1, "Tết Dương lịch"), (4, 30, "Ngày Chiến thắng"), (5, 1, "Quốc tế lao động"), (9, 2, "Quốc khánh"))
_TET, _HUNG, _BRIDGE = "Tết Nguyên đán", "Giỗ Tổ Hùng Vương", "Nghỉ hoán đổi"
_NATIONAL, _COMPENSATION = "Quốc khánh (ngày liền kề)", "Nghỉ bù Giỗ Tổ Hùng Vương"
CONFIRMED_UNTIL = 2026
"""The last year whose Tet days were decided when this table was written; later ones follow the moon only."""


def _run(first: date, last: date, name: str) -> dict[date, str]:
    return {first + n * ONE: name for n in range((last - first).days + 1)}


_MOVING: dict[date, str] = {
    **_run(date(2024, 2, 8), date(2024, 2, 14), _TET),
    date(2024, 4, 18): _HUNG,
    date(2024, 4, 29): _BRIDGE,
    date(2024, 9, 3): _NATIONAL,
    **_run(date(2025, 1, 27), date(2025, 1, 31), _TET),
    date(2025, 4, 7): _HUNG,
    date(2025, 5, 2): _BRIDGE,
    date(2025, 9, 1): _NATIONAL,
    date(2026, 1, 2): _BRIDGE,
    **_run(date(2026, 2, 16), date(2026, 2, 20), _TET),
    date(2026, 4, 26): _HUNG,
    date(2026, 4, 27): _COMPENSATION,
    date(2026, 8, 31): _BRIDGE,
    date(2026, 9, 1): _NATIONAL,
    **_run(date(2027, 2, 5), date(2027, 2, 9), _TET),
    date(2027, 4, 16): _HUNG,
    date(2027, 5, 3): "Nghỉ bù Quốc tế lao động",
    date(2027, 9, 3): _NATIONAL,
}
YEARS = range(2024, 2028)
HOLIDAYS: dict[date, str] = dict(
    sorted({**{date(year, month, day): name for year in YEARS for month, day, name in _FIXED}, **_MOVING}.items())
)
"""Public holidays (Labour Code 2019, Art. 112) and bridge days of the years that are known."""
WORKED: dict[date, date] = {
    date(2024, 5, 4): date(2024, 4, 29), date(2025, 4, 26): date(2025, 5, 2),
    date(2026, 1, 10): date(2026, 1, 2), date(2026, 8, 22): date(2026, 8, 31),
}  # fmt: skip
"""Saturdays that offices work, each for a bridge day."""
NATIONWIDE = DaysOff(frozenset(HOLIDAYS), frozenset(WORKED))
CULTURE_DAY, CULTURE_DAY_SINCE = (11, 24), 2026
"""Resolution 80-NQ/TW (7 January 2026) wants it as a day off; it counts as one when the commune enters it, as the law
that makes it one could not be looked up."""


def is_sure(day: date) -> bool:
    """Whether a day of HOLIDAYS stands as it is: set by the law to the day, or decided for its year."""
    return day.year <= CONFIRMED_UNTIL or (day.month, day.day) in {(month, number) for month, number, _name in _FIXED}


@dataclass(frozen=True)
class Deadline:
    """A last day, and how it was found.

    `amount` days from `start` (not counted); `working`: only working days were counted, and `skipped` are the days off
    of the table that were passed over (not Saturdays and Sundays), `worked` the weekend days that were counted.
    `moved_from`: where a calendar deadline fell before it was moved off a day off. `before`: counted back from `start`,
    an event; such a day never moves.
    """

    on: date
    start: date
    amount: int
    working: bool
    skipped: tuple[date, ...] = ()
    moved_from: date | None = None
    before: bool = False
    worked: tuple[date, ...] = ()


def is_day_off(day: date, days_off: DaysOff) -> bool:
    """Saturday or Sunday that is not worked, or in the table."""
    return day in days_off or (day.weekday() >= 5 and day not in days_off.worked)


def next_working_day(day: date, days_off: DaysOff) -> date:
    """The day itself when it is one, else the first after it."""
    while is_day_off(day, days_off):
        day += ONE
    return day


def last_working_day(day: date, days_off: DaysOff) -> date:
    """The day itself when it is one, else the last before it."""
    while is_day_off(day, days_off):
        day -= ONE
    return day


def calendar_deadline(start: date, days: int, days_off: DaysOff, moves: bool = True) -> Deadline:
    """`days` calendar days after `start`; an end on a day off moves to the next working day, unless not `moves`."""
    plain = start + _days(days)
    on = next_working_day(plain, days_off) if moves else plain
    skipped = _between(plain - ONE, on, days_off)
    return Deadline(on, start, days, working=False, skipped=skipped, moved_from=plain if on != plain else None)


def working_deadline(start: date, days: int, days_off: DaysOff) -> Deadline:
    """The `days`-th working day after `start`."""
    _days(days)
    on, left = start, days
    while left:
        on += ONE
        left -= not is_day_off(on, days_off)
    worked = tuple(sorted(day for day in days_off.worked if start < day <= on and not is_day_off(day, days_off)))
    return Deadline(on, start, days, working=True, skipped=_between(start, on, days_off), worked=worked)


def days_before(event: date, days: int) -> Deadline:
    """The last day that leaves `days` days before `event`; never moved, as later would be too late."""
    return Deadline(event - _days(days), event, days, working=False, before=True)


def lacks_tet(year: int, own: Collection[date]) -> bool:
    """Whether the days of Tet of a year are not known for sure: neither decided here nor entered by the commune."""
    return year > CONFIRMED_UNTIL and not any(date(year, 1, 15) <= day <= date(year, 2, 28) for day in own)


def _days(days: int) -> timedelta:
    if not 0 <= days <= MOST_DAYS:
        raise ValueError(f"{days} days cannot be counted: 0 to {MOST_DAYS}")
    return timedelta(days=days)


def _between(after: date, until: date, days_off: DaysOff) -> tuple[date, ...]:
    """Days of the table after `after`, up to and with `until`, that a weekend does not hold already."""
    found = (after + n * ONE for n in range(1, (until - after).days + 1))
    return tuple(day for day in found if day.weekday() < 5 and day in days_off)
