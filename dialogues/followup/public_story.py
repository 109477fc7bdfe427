"""The story of a promise as residents read it, from the question on: asked, answered, promised, what was done, and the
day that is to come."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from operator import attrgetter

from flask_babel import gettext as _
from flask_babel import ngettext

from dialogues import clock
from dialogues.followup import story
from dialogues.followup.models import Commitment
from dialogues.followup.question_views import QuestionView
from dialogues.followup.rules import UNFINISHED
from dialogues.language import short_day
from dialogues.words import label


@dataclass(frozen=True)
class Moment:
    """One line: on which day what happened, who did it, and in which words. `is_to_come`: a day that was set."""

    on: date
    what: object
    who: str = ""
    note: str = ""
    is_to_come: bool = False


def public_story(commitment: Commitment, question: QuestionView | None, zone: str) -> list[Moment]:
    """The oldest first, those of one day as they happened. `question`: None when residents may not read it."""
    past = sorted(_past(commitment, question, zone), key=attrgetter("on"))
    if commitment.state not in UNFINISHED:
        return past
    if commitment.due_on < clock.today(zone):
        return sorted([*past, Moment(commitment.due_on, _("Due, and not done"))], key=attrgetter("on"))
    return [*past, Moment(commitment.due_on, _("Day by which it is to be done"), is_to_come=True)]


def _past(c: Commitment, question: QuestionView | None, zone: str) -> Iterator[Moment]:
    if question is not None:
        people = ngettext("%(num)s person asks this", "%(num)s people ask this", question.people)
        yield Moment(clock.local(question.received_at, zone).date(), _("Asked"), question.village, people)
        by = ", ".join(part for part in (question.answer.by, question.answer.post) if part) if question.answer else ""
        yield Moment(c.answer.answered_on, _("Answered: %(how)s", how=str(label(c.answer.outcome)).lower()), by)
    yield Moment(c.promised_on, _("Promised, to be done by %(day)s", day=short_day(c.first_due_on)))
    for line in reversed(story.public_story(c)):
        yield Moment(clock.local(line.at, zone).date(), line.what, line.who, line.note)
