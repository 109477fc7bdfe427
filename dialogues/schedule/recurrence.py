"""Rules of series as RRULE texts (RFC 5545, 3.3.10): read, refused, expanded within bounds. Pure.

Every expansion ends: it is cut at a last day, and no rule is expanded whose steps could go on without finding a day.
"""

import calendar
import enum
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice, takewhile

from dateutil.relativedelta import relativedelta
from dateutil.rrule import rrulestr

MOST = 40
"""More rounds in the planned months are no plan of dialogues but a mistake."""
MOST_STEPS = 20_000
CENTURIES, LAST_YEAR = 7600, 2399
"""The calendar repeats every 400 years, weekdays too. Moved so far ahead, a rule that never meets a day is given up
after four centuries, where dateutil would look on until the year 9999."""
LONGEST = 200
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
FREQUENCIES = ("YEARLY", "MONTHLY", "WEEKLY", "DAILY")
TOO_FAST = ("HOURLY", "MINUTELY", "SECONDLY")
_PARTS = frozenset("FREQ INTERVAL COUNT UNTIL BYMONTH BYMONTHDAY BYDAY BYSETPOS BYYEARDAY BYWEEKNO WKST".split())
_SIMPLE_PARTS = frozenset("FREQ INTERVAL COUNT UNTIL BYMONTH BYMONTHDAY BYDAY WKST".split())
_HOURS = frozenset("BYHOUR BYMINUTE BYSECOND".split())
_RANGES = {"BYMONTH": (1, 12), "BYMONTHDAY": (1, 31), "BYSETPOS": (1, 366), "BYYEARDAY": (1, 366), "BYWEEKNO": (1, 53)}
_NEGATIVE = frozenset({"BYMONTHDAY", "BYSETPOS", "BYYEARDAY", "BYWEEKNO"})
_DAY = re.compile(r"([+-]?[1-9][0-9]?)?(MO|TU|WE|TH|FR|SA|SU)")
_UNTIL = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})(?:T[0-9]{6}Z?)?")


class Fault(enum.StrEnum):
    """Why a rule is refused."""

    EMPTY = "empty"
    UNREADABLE = "unreadable"
    SEVERAL = "several"
    TOO_FAST = "too_fast"
    HOURS = "hours"
    NOT_HERE = "not_here"
    ENDS_BEFORE_START = "ends_before_start"
    NO_DAY = "no_day"
    TOO_OFTEN = "too_often"


class BadRule(ValueError):
    """The rule is refused; `fault` says why, `part` names the part of the rule when there is one."""

    def __init__(self, fault: Fault, part: str = "") -> None:
        super().__init__(fault.value)
        self.fault, self.part = fault, part


class Pattern(enum.StrEnum):
    """How a rule is chosen."""

    MONTHS = "months"
    WEEKDAY = "weekday"
    OWN = "own"


@dataclass(frozen=True)
class Plain:
    """A rule in the terms of the form: every `months` months; or the `nth` `weekday` (0: Monday) of `of_months`."""

    pattern: Pattern
    months: int = 6
    nth: int = 1
    weekday: int = 0
    of_months: tuple[int, ...] = ()


def every_months(months: int) -> str:
    """Every so many months, on the day of the month on which the series begins."""
    return f"FREQ=MONTHLY;INTERVAL={months}"


def nth_weekday(nth: int, weekday: int, months: tuple[int, ...]) -> str:
    """The nth (-1: last) weekday (0: Monday) of these months."""
    if not months:
        raise BadRule(Fault.EMPTY)
    return f"FREQ=MONTHLY;BYMONTH={','.join(map(str, sorted(set(months))))};BYDAY={nth}{WEEKDAYS[weekday]}"


def plain(rule: str) -> Plain:
    """How a kept rule was chosen."""
    found = re.fullmatch(r"FREQ=MONTHLY;INTERVAL=(3|6|12)", rule)
    if found:
        return Plain(Pattern.MONTHS, months=int(found[1]))
    found = re.fullmatch(r"FREQ=MONTHLY;BYMONTH=([0-9,]+);BYDAY=(-1|[1-4])([A-Z]{2})", rule)
    if found:
        months = tuple(int(month) for month in found[1].split(","))
        return Plain(Pattern.WEEKDAY, nth=int(found[2]), weekday=WEEKDAYS.index(found[3]), of_months=months)
    return Plain(Pattern.OWN)


def read(text: str) -> str:
    """The rule as it is kept: one line, capitals, known parts with numbers in their range; raises BadRule."""
    lines = [line.strip() for line in text.strip().upper().splitlines() if line.strip()]
    if not lines:
        raise BadRule(Fault.EMPTY)
    if len(lines) > 1:
        raise BadRule(Fault.SEVERAL)
    line = lines[0].removeprefix("RRULE:").replace(" ", "").strip(";")
    if len(line) > LONGEST or not line.isascii():
        raise BadRule(Fault.UNREADABLE)
    if ":" in line:
        raise BadRule(Fault.SEVERAL)
    parts: dict[str, str] = {}
    for part in line.split(";"):
        name, equals, value = part.partition("=")
        if not equals or not value or name in parts:
            raise BadRule(Fault.UNREADABLE, part[:40])
        parts[name] = value
    _check(parts)
    return ";".join(f"{name}={value}" for name, value in parts.items())


def _check(parts: dict[str, str]) -> None:
    frequency = parts.get("FREQ", "")
    if frequency in TOO_FAST:
        raise BadRule(Fault.TOO_FAST, frequency)
    if frequency not in FREQUENCIES:
        raise BadRule(Fault.UNREADABLE, f"FREQ={frequency}"[:40])
    for name, value in parts.items():
        if name in _HOURS:
            raise BadRule(Fault.HOURS, name)
        if name not in _PARTS:
            raise BadRule(Fault.UNREADABLE, name[:40])
        if frequency in ("WEEKLY", "DAILY") and name not in _SIMPLE_PARTS:
            raise BadRule(Fault.NOT_HERE, name)
        _check_value(name, value, frequency)
    if "COUNT" in parts and "UNTIL" in parts:
        raise BadRule(Fault.UNREADABLE, "COUNT")
    if "BYSETPOS" in parts and not any(part.startswith("BY") and part != "BYSETPOS" for part in parts):
        raise BadRule(Fault.UNREADABLE, "BYSETPOS")
    if "BYWEEKNO" in parts and frequency != "YEARLY":
        raise BadRule(Fault.NOT_HERE, "BYWEEKNO")


def _check_value(name: str, value: str, frequency: str) -> None:
    good = True
    if name in ("INTERVAL", "COUNT"):
        good = _is_number(value, 1, 400 if name == "INTERVAL" else 1000)
    elif name == "UNTIL":
        good = _until(value) is not None
    elif name == "WKST":
        good = value in WEEKDAYS
    elif name == "BYDAY":
        found = [_DAY.fullmatch(day) for day in value.split(",")]
        good = all(found) and len(found) <= 35
        numbered = any(day and day[1] for day in found)
        if good and numbered and frequency in ("WEEKLY", "DAILY"):
            raise BadRule(Fault.NOT_HERE, name)
    elif name in _RANGES:
        least, most = _RANGES[name]
        numbers = [number.removeprefix("-") if name in _NEGATIVE else number for number in value.split(",")]
        good = len(numbers) <= 31 and all(_is_number(number, least, most) for number in numbers)
    if not good:
        raise BadRule(Fault.UNREADABLE, f"{name}={value}"[:40])


def _is_number(value: str, least: int, most: int) -> bool:
    return value.isascii() and value.isdigit() and len(value) < 5 and least <= int(value) <= most


def _until(value: str) -> date | None:
    """The last day that UNTIL allows; its hour is that of no round."""
    found = _UNTIL.fullmatch(value)
    try:
        return date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        return None


def _parts(rule: str) -> dict[str, str]:
    return dict(part.split("=", 1) for part in rule.split(";"))


def days(rule: str, starts_on: date, first: date, last: date, most: int = MOST) -> list[date]:
    """The days of a read rule from `first` to `last`, at most `most` of them; the rule begins on `starts_on`."""
    parts = _parts(rule)
    until = _until(parts.pop("UNTIL")) if "UNTIL" in parts else None
    end = min(last, until) if until else last
    found = takewhile(lambda day: day <= end, islice(_steps(parts, starts_on, end), MOST_STEPS))
    try:
        return list(islice((day for day in found if day >= first), most))
    except (ValueError, TypeError, OverflowError, IndexError):  # dateutil trips over some numbered weekdays
        raise BadRule(Fault.UNREADABLE) from None


def _steps(parts: dict[str, str], starts_on: date, last: date) -> Iterator[date]:
    """Days of the rule, endless for a rule without end: the caller stops.

    Days and weeks are stepped through without their filters, which are put to each day here: there are too many of
    them to look for a day that no step ever meets.
    """
    filters = {}
    if parts["FREQ"] in ("WEEKLY", "DAILY"):
        names = ("BYMONTH", "BYMONTHDAY") if parts["FREQ"] == "WEEKLY" else ("BYMONTH", "BYMONTHDAY", "BYDAY")
        filters = {name: parts[name].split(",") for name in names if name in parts}
    count = int(parts.get("COUNT", MOST_STEPS))
    kept = {name: value for name, value in parts.items() if name not in filters and name != "COUNT"}
    kept["UNTIL"] = f"{_ahead(min(last, date(LAST_YEAR, 12, 31))):%Y%m%d}T235959"
    text = ";".join(f"{name}={value}" for name, value in kept.items())
    try:
        found = rrulestr(text, dtstart=datetime.combine(_ahead(starts_on), time()))
    except (ValueError, TypeError, OverflowError):
        raise BadRule(Fault.UNREADABLE) from None
    steps = (step.date().replace(year=step.year - CENTURIES) for step in found)
    return islice((day for day in steps if _passes(day, filters)), count)


def _ahead(day: date) -> date:
    return day.replace(year=day.year + CENTURIES)


def _passes(day: date, filters: dict[str, list[str]]) -> bool:
    from_end = day.day - calendar.monthrange(day.year, day.month)[1] - 1
    return (
        ("BYMONTH" not in filters or str(day.month) in [month.lstrip("0") for month in filters["BYMONTH"]])
        and ("BYMONTHDAY" not in filters or {day.day, from_end} & {int(one) for one in filters["BYMONTHDAY"]} != set())
        and ("BYDAY" not in filters or WEEKDAYS[day.weekday()] in filters["BYDAY"])
    )


def preview(rule: str, starts_on: date, ends_on: date | None, first: date, last: date) -> list[date]:
    """The days that a series would plan.

    Raises BadRule when it ends before it begins, finds no day within five years, or
    finds too many.
    """
    until = _until(_parts(rule).get("UNTIL", ""))
    if (ends_on and ends_on < starts_on) or (until and until < starts_on):
        raise BadRule(Fault.ENDS_BEFORE_START)
    begin = max(first, starts_on)
    stop = ends_on or date.max
    if not days(rule, starts_on, begin, min(stop, begin + relativedelta(years=5)), most=1):
        raise BadRule(Fault.NO_DAY)
    found = days(rule, starts_on, begin, min(stop, last), most=MOST + 1)
    if len(found) > MOST:
        raise BadRule(Fault.TOO_OFTEN)
    return found


def left_out(rule: str, starts_on: date, first: date, last: date) -> list[date]:
    """The first days of months that a rule by day of the month leaves out, as they have no day 29, 30 or 31."""
    parts = _parts(rule)
    if parts["FREQ"] not in ("MONTHLY", "YEARLY") or {"BYDAY", "BYSETPOS", "BYYEARDAY", "BYWEEKNO"} & set(parts):
        return []
    wanted = [int(day) for day in parts.get("BYMONTHDAY", str(starts_on.day)).split(",")]
    latest = max(wanted)
    if latest < 29 or any(day < 29 for day in wanted):
        return []
    step = int(parts.get("INTERVAL", "1")) * (12 if parts["FREQ"] == "YEARLY" else 1)
    only = {int(month) for month in parts["BYMONTH"].split(",")} if "BYMONTH" in parts else None
    if parts["FREQ"] == "YEARLY" and only:
        step = 1  # the named months of every year; a longer INTERVAL only says it more often
    found, month = [], starts_on.replace(day=1)
    while month <= last:
        short = calendar.monthrange(month.year, month.month)[1] < min(wanted)
        if month >= first.replace(day=1) and short and (only is None or month.month in only):
            found.append(month)
        month += relativedelta(months=step)
    return found


def months_later(day: date, months: int) -> date:
    """The same day so many months later, or the last one of that month."""
    return day + relativedelta(months=months)


def weeks(year: int, month: int) -> list[list[date]]:
    """The weeks that hold a month, Monday first, with the days of its neighbours."""
    first = date(year, month, 1)
    monday = first - timedelta(days=first.weekday())
    last = first + relativedelta(months=1, days=-1)
    count = ((last - monday).days // 7) + 1
    return [[monday + timedelta(days=7 * week + day) for day in range(7)] for week in range(count)]
