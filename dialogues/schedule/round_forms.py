"""What the office types about series, rounds and requests of voters."""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from flask_babel import lazy_gettext as _l

from dialogues import clock
from dialogues.forms import (
    BaseForm,
    CheckboxList,
    Day,
    Hidden,
    Hour,
    Line,
    Number,
    Optional,
    Paragraphs,
    RadioField,
    Select,
    Version,
    needed,
)
from dialogues.places.rules import Field
from dialogues.schedule import recurrence
from dialogues.schedule.forms import Link
from dialogues.schedule.recurrence import Pattern
from dialogues.schedule.round_plan import Busy, Part, RoundPlan, SeriesPlan
from dialogues.schedule.rules import Trigger
from dialogues.words import choices

PATTERNS = (
    (Pattern.MONTHS.value, _l("Every so many months")),
    (Pattern.WEEKDAY.value, _l("A weekday of chosen months")),
    (Pattern.OWN.value, _l("A rule of your own (RRULE)")),
)
EVERY = (("3", _l("every 3 months")), ("6", _l("every 6 months")), ("12", _l("every 12 months")))
NTH = (("1", _l("first")), ("2", _l("second")), ("3", _l("third")), ("4", _l("fourth")), ("-1", _l("last")))
WEEKDAYS = (
    ("0", _l("Monday")), ("1", _l("Tuesday")), ("2", _l("Wednesday")), ("3", _l("Thursday")), ("4", _l("Friday")),
    ("5", _l("Saturday")), ("6", _l("Sunday")),
)  # fmt: skip
MONTHS = (
    ("1", _l("January")), ("2", _l("February")), ("3", _l("March")), ("4", _l("April")), ("5", _l("May")),
    ("6", _l("June")), ("7", _l("July")), ("8", _l("August")), ("9", _l("September")), ("10", _l("October")),
    ("11", _l("November")), ("12", _l("December")),
)  # fmt: skip


def topics(form: Any) -> tuple[Field, ...]:
    """The ticked fields in their usual order."""
    return tuple(field for field in Field if field.value in (form.topics.data or ()))


def instant(day: date, hour: Any, zone: str) -> datetime:
    """A typed day and hour on the commune's clock."""
    return clock.instant(datetime.combine(day, hour), zone)


class WarnedForm(BaseForm):
    """A form that says once what speaks against the typed days before it is saved."""

    seen = Hidden()

    def was_warned(self, wanted: Sequence[Busy]) -> bool:
        """Whether the warning of exactly these days, places and people was shown; from now on it was."""
        typed = [(one.starts_at.isoformat(), one.ends_at.isoformat(), one.place, sorted(one.people)) for one in wanted]
        mark = hashlib.sha256(repr(typed).encode()).hexdigest()[:16]
        is_same, self.seen.data = self.seen.data == mark, mark
        return is_same


class TimesForm(WarnedForm):
    """Day and hours."""

    starts_on = Day(_l("Day"), [needed(_l("Choose the day."))])
    starts = Hour(_l("Start"), [needed(_l("Write when it begins, for example 7:30."))])
    ends = Hour(_l("End"), [needed(_l("Write when it ends, for example 11:30."))])

    def instants(self, zone: str) -> tuple[datetime, datetime]:
        """Start and end."""
        typed: dict[str, Any] = self.data
        day = typed["starts_on"]
        return instant(day, typed["starts"], zone), instant(day, typed["ends"], zone)


class SeriesForm(BaseForm):
    """The rule in plain words, and the template of its rounds."""

    version = Version()
    title = Line(_l("Title"), [needed(_l("Write a title."))], most=300)
    pattern = RadioField(_l("How often"), choices=PATTERNS, validators=[needed(_l("Choose how often."))])
    months = Select(_l("Interval"), choices=EVERY)
    nth = Select(_l("Which one"), choices=NTH)
    weekday = Select(_l("Weekday"), choices=WEEKDAYS)
    of_months = CheckboxList(_l("Months"), choices=MONTHS)
    rule = Line(_l("Rule"), most=400)
    starts_on = Day(_l("First day"), [needed(_l("Choose the day from which the series counts."))])
    ends_on = Day(_l("Last day"), [Optional()])
    starts = Hour(_l("Start"), [needed(_l("Write when it begins, for example 7:30."))])
    ends = Hour(_l("End"), [needed(_l("Write when it ends, for example 11:30."))])
    topics = CheckboxList(_l("Fields"), choices=choices(Field))
    villages = CheckboxList(_l("Villages"), ids="village")
    place = Line(_l("Place"), most=200)
    address = Line(_l("Address"), most=300)
    chair_id = Select(_l("Chair"), ids="staff")

    def written_rule(self) -> str:
        """The rule that was chosen, not yet checked when it is an own one; raises recurrence.BadRule."""
        if self.pattern.data == Pattern.MONTHS:
            return recurrence.every_months(int(self.months.data))
        if self.pattern.data == Pattern.WEEKDAY:
            months = tuple(int(month) for month in self.of_months.data or ())
            return recurrence.nth_weekday(int(self.nth.data), int(self.weekday.data), months)
        return recurrence.read(self.rule.data or "")

    def plan(self, rule: str) -> SeriesPlan:
        """What was typed, as values."""
        typed: dict[str, Any] = self.data
        return SeriesPlan(
            title=typed["title"],
            rule=rule,
            starts_on=typed["starts_on"],
            ends_on=typed["ends_on"],
            starts=typed["starts"],
            ends=typed["ends"],
            place=self.place.data or "",
            address=self.address.data or "",
            chair_id=self.chair_id.data,
            topics=topics(self),
            village_ids=tuple(sorted(set(self.villages.data or ()))),
        )


def rule_fields(rule: str) -> dict[str, Any]:
    """A kept rule as the fields of SeriesForm show it."""
    found = recurrence.plain(rule)
    return {
        "pattern": found.pattern.value,
        "months": str(found.months),
        "nth": str(found.nth),
        "weekday": str(found.weekday),
        "of_months": [str(month) for month in found.of_months],
        "rule": rule if found.pattern is Pattern.OWN else "",
    }


class EndForm(BaseForm):
    """No more rounds after a day."""

    version = Version()
    last_on = Day(_l("Last day of the series"), [needed(_l("Choose the last day."))])


class MoveForm(TimesForm):
    """One planned round at another time, place, or with another chair."""

    version = Version()
    place = Line(_l("Place"), most=200)
    address = Line(_l("Address"), most=300)
    chair_id = Select(_l("Chair"), ids="staff")

    def part(self, zone: str) -> Part:
        """What was typed, as values."""
        place, address = self.place.data or "", self.address.data or ""
        return Part((), place, address, *self.instants(zone), self.chair_id.data)


class SkipForm(BaseForm):
    """Why a round is left out."""

    version = Version()
    reason = Paragraphs(_l("Reason"), [needed(_l("Write the reason."))], most=1000)


class RoundForm(TimesForm):
    """A round planned by hand."""

    title = Line(_l("Title"), [needed(_l("Write a title."))], most=300)
    trigger = RadioField(
        _l("Why it is held"), choices=choices(Trigger), validators=[needed(_l("Choose why it is held."))]
    )
    trigger_reason = Paragraphs(_l("Why it is necessary"), most=1000)
    decided_by = Line(_l("Who decided it"), most=200)
    request_id = Select(_l("Request of voters"), ids="voter_request")
    topics = CheckboxList(_l("Fields"), choices=choices(Field))
    place = Line(_l("Place"), most=200)
    address = Line(_l("Address"), most=300)
    chair_id = Select(_l("Chair"), ids="staff")

    def plan(self, zone: str) -> RoundPlan:
        """What was typed, as values."""
        starts_at, ends_at = self.instants(zone)
        trigger = Trigger(self.trigger.data)
        return RoundPlan(
            title=self.title.data,
            trigger=trigger,
            trigger_reason=self.trigger_reason.data or "",
            decided_by=self.decided_by.data or "",
            starts_at=starts_at,
            ends_at=ends_at,
            place=self.place.data or "",
            address=self.address.data or "",
            chair_id=self.chair_id.data,
            topics=topics(self),
            request_id=self.request_id.data if trigger is Trigger.VOTER_REQUEST else None,
        )


class CommonForm(BaseForm):
    """What all dialogues of a round share."""

    version = Version()
    title = Line(_l("Title"), [needed(_l("Write a title."))], most=300)
    topics = CheckboxList(_l("Fields"), choices=choices(Field))
    results = Paragraphs(_l("Results of the round"), most=8000)


class PaperForm(BaseForm):
    """A text or link for the whole round."""

    title = Line(_l("Name of the paper"), [needed(_l("Write the name of the paper."))], most=200)
    link = Link(_l("Link"), most=500)
    text = Paragraphs(_l("Text"), most=8000)


class QuestionLinkForm(BaseForm):
    """A question that made the round necessary."""

    number = Number(_l("Number of the question"), [needed(_l("Write the number of the question."))], low=1)
