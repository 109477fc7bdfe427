"""The commune's own days off and its own numbers of rules: what it may add, and never what the law says."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError

from dialogues import formatting
from dialogues.errors import RuleBroken
from dialogues.extensions import db
from dialogues.language import current_language
from dialogues.places import service
from dialogues.places.days import CULTURE_DAY, CULTURE_DAY_SINCE, HOLIDAYS, WORKED, YEARS, is_sure, lacks_tet
from dialogues.places.models import Commune, Holiday, RuleValue
from dialogues.places.rules import RULES, Rule, RuleName

MOST_AT_ONCE = 15
YEARS_AHEAD = 2
REMINDER_FROM_MONTH = 10


@dataclass(frozen=True)
class DayOff:
    """A line of the table. `id`: only of a day that the commune entered itself. `worked_for`: the bridge day that a
    worked weekend stands for. What is not `is_sure` must be held against the official notice."""

    on: date
    name: str
    id: int | None
    is_worked: bool = False
    worked_for: date | None = None
    is_sure: bool = True


def years(today: date) -> range:
    """The years whose days off can be looked at and entered."""
    return range(YEARS[0], max(today.year + YEARS_AHEAD, YEARS[-1]) + 1)


def table(commune: Commune, year: int) -> list[DayOff]:
    """All days off of a year but weekends, and the weekends that are worked; one query."""
    law = [DayOff(on, name, None, is_sure=is_sure(on)) for on, name in HOLIDAYS.items() if on.year == year]
    law += [DayOff(on, "", None, is_worked=True, worked_for=bridge) for on, bridge in WORKED.items() if on.year == year]
    rows = db.session.scalars(
        sa.select(Holiday).where(
            sa.or_(Holiday.commune_id == commune.id, Holiday.commune_id.is_(None)),
            Holiday.on_day >= date(year, 1, 1),
            Holiday.on_day <= date(year, 12, 31),
        )
    )
    own = [DayOff(row.on_day, row.name, row.id if row.commune_id else None, row.is_worked) for row in rows]
    return sorted(law + own, key=lambda day: day.on)


def year_to_fill(commune: Commune, today: date) -> int | None:
    """From October on the next year, as long as its Tet is not known for sure; one query."""
    if today.month < REMINDER_FROM_MONTH or not lacks_tet(today.year + 1, ()):
        return None
    own = {day.on for day in table(commune, today.year + 1) if day.on not in HOLIDAYS and not day.is_worked}
    return today.year + 1 if lacks_tet(today.year + 1, own) else None


def lacks_culture_day(year: int, days: Iterable[DayOff]) -> bool:
    """Whether the office should look if 24 November is a day off by now."""
    return year >= CULTURE_DAY_SINCE and CULTURE_DAY not in {(day.on.month, day.on.day) for day in days}


def add_days_off(
    *, commune: Commune, first: date, last: date | None, name: str, today: date, are_worked: bool = False
) -> list[Holiday]:
    """Enter a day off, or all days from `first` to `last`; or a weekend that is worked in exchange."""
    last = last or first
    if last < first:
        raise RuleBroken(_l("The last day must not be before the first."), "last")
    if (last - first).days >= MOST_AT_ONCE:
        raise RuleBroken(_l("At most %(most)s days at once. Enter the rest separately.", most=MOST_AT_ONCE), "last")
    allowed = years(today)
    if first.year not in allowed or last.year not in allowed:
        raise RuleBroken(
            _l("Choose a day of the years %(first)s to %(last)s.", first=allowed[0], last=allowed[-1]), "first"
        )
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    if are_worked and any(day.weekday() < 5 for day in days):
        raise RuleBroken(_l("Only a Saturday or Sunday can be made a working day."), "first")
    known = {day.on for year in {first.year, last.year} for day in table(commune, year)}
    for day in days:
        if day in known:
            raise RuleBroken(_twice(day), "first")
    rows = [Holiday(commune_id=commune.id, on_day=day, name=name, is_worked=are_worked) for day in days]
    try:
        with db.session.begin_nested():
            db.session.add_all(rows)
            db.session.flush()
    except IntegrityError:
        raise RuleBroken(_twice(first), "first") from None
    return rows


def _twice(day: date) -> object:
    shown = formatting.short_date(day, current_language())
    return _l("%(day)s is in the table already. Choose other days.", day=shown)


def remove_day_off(*, holiday: Holiday) -> None:
    """Take out a day that the commune entered."""
    db.session.delete(holiday)
    db.session.flush()


@dataclass(frozen=True)
class Number:
    """One rule as the commune's page shows it: what binds today, and what comes later."""

    name: RuleName
    rule: Rule
    value: int
    law: int
    coming: tuple[tuple[date, int], ...]


def numbers(commune: Commune, today: date) -> list[Number]:
    """All rules in their order."""
    found = []
    for name, rule in RULES.items():
        spans = service.rule_spans(commune, name)
        coming = tuple((since, value) for since, _until, value in spans if since and since > today)
        found.append(Number(name, rule, service.rule_value(commune, name, today), rule.on(today), coming))
    return found


def set_number(*, commune: Commune, name: RuleName, value: int, valid_from: date, today: date) -> None:
    """From a day on, the commune asks for this number; what was before stays as it was."""
    rule = RULES[name]
    if not rule.is_settable:
        raise RuleBroken(_l("This number is fixed by the law."), "value")
    if not today <= valid_from <= today + timedelta(days=730):
        raise RuleBroken(
            _l("Choose a day from today on, within two years. What was before stays as it was."), "valid_from"
        )
    low, high = rule.bounds(valid_from)
    if not low <= value <= high:
        raise RuleBroken(_l("Write a number from %(low)s to %(high)s.", low=low, high=high), "value")
    same = sa.select(RuleValue).where(
        RuleValue.commune_id == commune.id, RuleValue.rule == name, RuleValue.valid_from == valid_from
    )
    row = db.session.scalar(same)
    try:
        with db.session.begin_nested():
            if row is None:
                row = RuleValue(commune_id=commune.id, rule=name, valid_from=valid_from, value=value)
                db.session.add(row)
            row.value = value
            db.session.flush()
    except IntegrityError:
        raise RuleBroken(_l("Somebody else set this number just now. Look at it, then try again."), "value") from None


def moved(before: Mapping[object, date], after: Mapping[object, date]) -> int:
    """How many last days differ."""
    return sum(after.get(key) != day for key, day in before.items())
