"""The year plan: the duty of the year, the list, the month, and all communes by what everybody may know."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from flask import Response, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from dialogues import clock
from dialogues.access import Permission, me, requires
from dialogues.extensions import db
from dialogues.places import service as places
from dialogues.places.days import HOLIDAYS, DaysOff, is_day_off
from dialogues.schedule import duty, recurrence, requests, rounds, series
from dialogues.schedule.office import plan_bp
from dialogues.schedule.round_rules import PLAN_MONTHS, needs_warning
from dialogues.schedule.rounds import PlanLine
from dialogues.web import query_number, query_text, render, saved

FIRST_YEAR, LAST_YEAR = 2000, 2099


@dataclass(frozen=True)
class DayCell:
    """One day of the month view."""

    day: date
    is_here: bool
    is_today: bool
    is_off: bool
    holiday: str
    lines: tuple[PlanLine, ...]


@plan_bp.get("")
@requires(Permission.READ_DIALOGUES)
def planner() -> Response:
    commune = me().commune
    now, today = clock.now(), clock.today(commune.time_zone)
    year = _year(today)
    lines = rounds.year_lines(commune, year, now)
    count = duty.year_count(commune, year, lines)
    return render(
        "schedule/plan/planner.html",
        year=year,
        today=today,
        lines=lines,
        count=count,
        is_urgent=needs_warning(count, today),
        is_past=year < today.year,
        is_unknown=year < duty.first_year(commune),
        is_far=date(year, 12, 31) > recurrence.months_later(today, PLAN_MONTHS),
        late_requests=requests.overdue(requests.listing(commune)),
        has_series=bool(series.listing(commune.id, now)),
        first_year=FIRST_YEAR,
        last_year=LAST_YEAR,
        plan_until=recurrence.months_later(today, PLAN_MONTHS),
    )


def _year(today: date) -> int:
    year = query_number("year", today.year)
    return year if FIRST_YEAR <= year <= LAST_YEAR else today.year


@plan_bp.get("/month")
@requires(Permission.READ_DIALOGUES)
def month() -> Response:
    commune = me().commune
    now, today = clock.now(), clock.today(commune.time_zone)
    first = _month(today)
    weeks = recurrence.weeks(first.year, first.month)
    zone = commune.time_zone
    start = clock.instant(datetime.combine(weeks[0][0], time()), zone)
    end = clock.instant(datetime.combine(weeks[-1][-1] + timedelta(days=1), time()), zone)
    by_day: dict[date, list[PlanLine]] = {}
    for line in rounds.lines_between(commune, start, end, now):
        by_day.setdefault(line.on, []).append(line)
    days_off = places.days_off(commune)
    cells = [
        [
            DayCell(
                day=day,
                is_here=day.month == first.month,
                is_today=day == today,
                is_off=is_day_off(day, days_off),
                holiday=_named_day(day, days_off),
                lines=tuple(by_day.get(day, ())),
            )
            for day in week
        ]
        for week in weeks
    ]
    return render(
        "schedule/plan/month.html",
        first=first,
        today=today,
        weeks=cells,
        previous=_named(recurrence.months_later(first, -1)),
        following=_named(recurrence.months_later(first, 1)),
    )


def _named_day(day: date, days_off: DaysOff) -> str:
    """What stands at a day of the table."""
    if day in days_off:
        return HOLIDAYS.get(day) or _("Day off")
    return _("worked") if day in days_off.worked else ""


def _month(today: date) -> date:
    """The first day of the month named `2026-12` in the address, else of this month."""
    year, hyphen, number = query_text("on", 7).partition("-")
    readable = hyphen and all(part.isascii() and part.isdigit() for part in (year, number))
    if readable and FIRST_YEAR <= int(year) <= LAST_YEAR and 1 <= int(number) <= 12:
        return date(int(year), int(number), 1)
    return today.replace(day=1)


def _named(first: date) -> str:
    """The name of a month in addresses; "" beyond the years that can be shown."""
    return f"{first:%Y-%m}" if FIRST_YEAR <= first.year <= LAST_YEAR else ""


@plan_bp.get("/communes")
@requires(Permission.READ_DIALOGUES)
def communes() -> Response:
    commune = me().commune
    year = _year(clock.today(commune.time_zone))
    lines = duty.communes_of_year(year, commune)
    return render("schedule/plan/communes.html", year=year, lines=lines, first_year=FIRST_YEAR, last_year=LAST_YEAR)


@plan_bp.post("/extend")
@requires(Permission.PLAN_DIALOGUES)
def extend() -> Response:
    staff = me()
    added = series.extend(commune_ids=[staff.commune_id], actor=staff)
    db.session.commit()
    said = ngettext("%(num)s round was planned.", "%(num)s rounds were planned.", added) if added else _(
        "Nothing was missing: all rounds of the next 18 months are planned."
    )  # fmt: skip
    return saved(url_for("plan_office.planner"), said)
