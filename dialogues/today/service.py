"""Today: everything that is late, due today or due this week, grouped, each with the place where it is done."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from dialogues import clock
from dialogues.access import Permission, allowed
from dialogues.language import short_day
from dialogues.places import calendar
from dialogues.places.models import Commune
from dialogues.post import service as post
from dialogues.reminders import nightly
from dialogues.schedule import duty, rounds
from dialogues.schedule.round_rules import YearCount
from dialogues.schedule.rules import DialogueState
from dialogues.staff.models import Staff
from dialogues.today import deadlines
from dialogues.today.duties import Duty, Subject, of_office, of_person
from dialogues.today.models import PeriodReport
from dialogues.today.rules import Slot
from dialogues.verdicts import asking

SHOWN = 5
"""Lines of one group; the rest stand in its list."""
LISTS: dict[Subject, tuple[object, str, dict[str, Any]]] = {
    Subject.DIALOGUES: (_l("Dialogues"), "schedule_office.listing", {}),
    Subject.REQUESTS: (_l("Requests of voters"), "plan_office.request_list", {}),
    Subject.ASKERS: (_l("First word to the askers"), "questions_office.queue", {}),
    Subject.WORDS: (_l("To tell by phone or on paper"), "askers_office.to_tell", {}),
    Subject.DATA: (_l("Requests about personal data"), "askers_office.register", {}),
    Subject.REPORTS: (_l("Periodic reports"), "", {}),
    Subject.ANSWERS: (_l("Promised answers"), "followup_office.answer_list", {}),
    Subject.COMMITMENTS: (_l("Commitments"), "followup_office.commitments", {}),
    Subject.GUESTS: (_l("Guests"), "", {}),
}
"""The heading of a group, and the list that holds all of it."""


@dataclass(frozen=True)
class Group:
    """The lines of one subject in one slot; `hidden` more stand in the list at `endpoint`."""

    subject: Subject
    title: object
    duties: list[Duty]
    hidden: int
    endpoint: str
    values: dict[str, Any]

    @property
    def total(self) -> int:
        return len(self.duties) + self.hidden


@dataclass(frozen=True)
class Warning:
    """A sentence without a day, and where something can be done about it."""

    sentence: str
    endpoint: str
    values: dict[str, Any]


@dataclass(frozen=True)
class Today:
    """The page."""

    slots: dict[Slot, list[Group]]
    warnings: list[Warning]
    failed: int
    sent: list[PeriodReport]

    @property
    def is_empty(self) -> bool:
        return not any(self.slots.values())

    def total(self, slot: Slot) -> int:
        """How many lines a slot has, shown or not."""
        return sum(group.total for group in self.slots[slot])


def page(staff: Staff, now: datetime) -> Today:
    """Everything for who runs the office; for others what is their own. A bounded number of queries."""
    commune = staff.commune
    today = clock.local(now, commune.time_zone).date()
    runs_office = allowed(staff, Permission.PLAN_DIALOGUES)
    duties = of_office(commune, now, today) if runs_office else of_person(staff, now, today)
    return Today(
        slots={slot: _groups([duty for duty in duties if duty.slot is slot]) for slot in Slot},
        warnings=_warnings(commune, now, today) if runs_office else [],
        failed=post.failed(commune.id) if runs_office else 0,
        sent=deadlines.sent_reports(commune.id, today - deadlines.REPORTS_BACK)[:3] if runs_office else [],
    )


def _groups(duties: list[Duty]) -> list[Group]:
    found = []
    for subject, (title, endpoint, values) in LISTS.items():
        mine = sorted((duty for duty in duties if duty.subject is subject), key=lambda duty: duty.due)
        shown = SHOWN if endpoint else len(mine)
        if mine:
            found.append(Group(subject, title, mine[:shown], max(0, len(mine) - shown), endpoint, values))
    return found


def _warnings(commune: Commune, now: datetime, today: date) -> list[Warning]:
    found = []
    held_up = post.held_up(commune.id, now)
    if held_up:
        sentence = ngettext(
            "%(num)s letter has waited for more than an hour: no mail goes out. Tell the administrator.",
            "%(num)s letters have waited for more than an hour: no mail goes out. Tell the administrator.",
            held_up,
        )
        found.append(Warning(sentence, "post_office.listing", {"state": "waiting"}))
    missed = nightly.missed_since(commune, now)
    if missed:
        sentence = _(
            "Nobody has been reminded of promises since %(day)s: the morning round does not run. Tell the administrator"
            " to start “deliver”, or “remind” every morning.",
            day=short_day(missed),
        )
        found.append(Warning(sentence, "reminders_office.steps", {}))
    unread = asking.unread_count(commune.id)
    if unread:
        sentence = ngettext(
            "%(num)s asker wrote about a commitment that is reported done: read it, so that residents can.",
            "%(num)s askers wrote about commitments that are reported done: read it, so that residents can.",
            unread,
        )
        found.append(Warning(sentence, "verdicts_office.unread", {}))
    count = duty.year_count(commune, today.year, rounds.year_lines(commune, today.year, now))
    if count.missing:
        found.append(Warning(_year(count), "plan_office.planner", {"year": today.year}))
    without_day = deadlines.postponed(commune.id)
    if without_day:
        sentence = ngettext(
            "%(num)s postponed dialogue has no new day: set it, or cancel the dialogue.",
            "%(num)s postponed dialogues have no new day: set it, or cancel them.",
            without_day,
        )
        found.append(Warning(sentence, "schedule_office.listing", {"state": DialogueState.POSTPONED.value}))
    year = calendar.year_to_fill(commune, today)
    if year:
        sentence = _(
            "The days off of %(year)s are not complete: enter the days of Tet when they are decided.", year=year
        )
        found.append(Warning(sentence, "places_calendar.days_off", {"year": year}))
    return found


def _year(count: YearCount) -> str:
    missing = ngettext("%(num)s round is missing", "%(num)s rounds are missing", count.missing)
    return _(
        "The year %(year)s demands %(demanded)s: %(missing)s. Plan in time, the announcement alone takes a week.",
        year=count.year, demanded=count.demanded, missing=missing,
    )  # fmt: skip
