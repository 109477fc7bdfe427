"""How a last day was worked out, in words."""

from datetime import date

from flask_babel import gettext as _
from flask_babel import ngettext

from dialogues import formatting
from dialogues.language import current_language
from dialogues.places.days import HOLIDAYS, Deadline


def explain(deadline: Deadline) -> str:
    """`10 working days from 22/04/2026, not counting that day, Saturdays, Sundays and 27/04, 30/04, 01/05.`"""
    language = current_language()
    start, amount = formatting.short_date(deadline.start, language), deadline.amount
    if deadline.before:
        return ngettext("%(num)s day before %(start)s.", "%(num)s days before %(start)s.", amount, start=start)
    if deadline.working:
        return _working(deadline, start)
    found = ngettext(
        "%(num)s day from %(start)s: that day is not counted.", "%(num)s days from %(start)s: that day is not counted.",
        amount, start=start,
    )  # fmt: skip
    if deadline.moved_from is None:
        return found
    moved = _(
        "The last of them, %(day)s, is a day off (%(why)s), so it ends on the next working day.",
        day=formatting.short_date(deadline.moved_from, language), why=why_off(deadline.moved_from, language),
    )  # fmt: skip
    return f"{found} {moved}"


def _working(deadline: Deadline, start: str) -> str:
    amount, passed = deadline.amount, ", ".join(_short(day) for day in deadline.skipped)
    if passed:
        found = ngettext(
            "%(num)s working day from %(start)s: that day, Saturdays, Sundays and %(passed)s are not counted.",
            "%(num)s working days from %(start)s: that day, Saturdays, Sundays and %(passed)s are not counted.",
            amount, start=start, passed=passed,
        )  # fmt: skip
    else:
        found = ngettext(
            "%(num)s working day from %(start)s: that day, Saturdays and Sundays are not counted.",
            "%(num)s working days from %(start)s: that day, Saturdays and Sundays are not counted.",
            amount, start=start,
        )  # fmt: skip
    if not deadline.worked:
        return found
    worked = ", ".join(_short(day) for day in deadline.worked)
    return f"{found} " + _("%(worked)s was worked in exchange and counts.", worked=worked)


def _short(day: date) -> str:
    return f"{day:%d/%m}"


def why_off(day: date, language: str) -> str:
    """The weekday of a weekend, or what is celebrated."""
    if day.weekday() >= 5:
        return formatting.weekday(day, language)
    return HOLIDAYS.get(day) or _("day off of the commune")
