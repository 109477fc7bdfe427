"""The rule of a series in words."""

from datetime import date

from flask_babel import gettext as _

from dialogues.schedule.recurrence import Pattern, plain
from dialogues.schedule.round_forms import EVERY, MONTHS, NTH, WEEKDAYS


def in_words(rule: str, starts_on: date) -> str:
    """`first Saturday of June, December`; `every 6 months, on day 15 of the month`; an own rule as it is written."""
    found = plain(rule)
    if found.pattern is Pattern.MONTHS:
        every = str(dict(EVERY)[str(found.months)])
        return _("%(every)s, on day %(day)s of the month", every=every, day=starts_on.day)
    if found.pattern is Pattern.WEEKDAY:
        return _(
            "%(nth)s %(weekday)s of %(months)s",
            nth=str(dict(NTH)[str(found.nth)]),
            weekday=str(dict(WEEKDAYS)[str(found.weekday)]),
            months=", ".join(str(dict(MONTHS)[str(month)]) for month in found.of_months),
        )
    return rule
