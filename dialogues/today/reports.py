"""Periodic reports: their names, and marking one as sent."""

from datetime import date

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError

from dialogues import clock
from dialogues.errors import RuleBroken
from dialogues.extensions import db
from dialogues.places.models import Commune
from dialogues.staff import trail
from dialogues.staff.models import Staff
from dialogues.today import deadlines
from dialogues.today.models import PeriodReport
from dialogues.today.rules import Period

PERIODS: dict[Period, object] = {
    Period.MONTH: _l("Report of month %(month)s/%(year)s"),
    Period.QUARTER_1: _l("Report of the first quarter of %(year)s, with month %(month)s"),
    Period.HALF_YEAR: _l("Report of the first six months of %(year)s, with month %(month)s"),
    Period.NINE_MONTHS: _l("Report of nine months of %(year)s, with month %(month)s"),
    Period.YEAR: _l("Report of the year %(year)s, with month %(month)s"),
}


def period_name(period: Period, ends_on: date) -> str:
    """`Report of month 11/2026`."""
    return str(PERIODS[period]) % {"month": ends_on.month, "year": ends_on.year}


def mark_sent(*, commune: Commune, period: Period, ends_on: date, actor: Staff) -> None:
    """Write down that the report of a period was sent. Twice is once."""
    today = clock.today(commune.time_zone)
    if (period, ends_on) not in {(one.period, one.ends_on) for one in deadlines.reports_due(commune, today)}:
        if _report(commune.id, period, ends_on) is not None:
            return
        raise RuleBroken(_l("No report of this period is due."))
    try:
        with db.session.begin_nested():
            row = PeriodReport(commune_id=commune.id, period=period, ends_on=ends_on, sent_on=today, staff_id=actor.id)
            db.session.add(row)
            db.session.flush()
    except IntegrityError:
        return
    _record(actor, "period_report_sent", period, ends_on)


def take_back(*, commune: Commune, period: Period, ends_on: date, actor: Staff) -> None:
    """The report was not sent after all."""
    row = _report(commune.id, period, ends_on)
    if row is None:
        raise RuleBroken(_l("This report is not marked as sent any more."))
    db.session.delete(row)
    db.session.flush()
    _record(actor, "period_report_undone", period, ends_on)


def _report(commune_id: int, period: Period, ends_on: date) -> PeriodReport | None:
    r = PeriodReport
    return db.session.scalar(sa.select(r).where(r.commune_id == commune_id, r.period == period, r.ends_on == ends_on))


def _record(actor: Staff, action: str, period: Period, ends_on: date) -> None:
    trail.record(
        commune_id=actor.commune_id, actor=actor, thing="period_report", thing_id=actor.commune_id, action=action,
        note=period_name(period, ends_on),
    )  # fmt: skip
