"""A letter of apology to the askers of a promise that takes longer: prepared, read by the office, sent once."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, time

import sqlalchemy as sa
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import joinedload

from dialogues import clock
from dialogues.askers import letters
from dialogues.askers.rules import Way
from dialogues.askers.standing import day
from dialogues.askers.wording import Said
from dialogues.errors import RuleBroken
from dialogues.extensions import db
from dialogues.followup import service
from dialogues.followup.entries import record
from dialogues.followup.models import Commitment
from dialogues.followup.rules import UNFINISHED, EntryKind, is_overdue
from dialogues.questions.lineage import askers_of
from dialogues.questions.models import Question
from dialogues.questions.rules import QuestionEvent
from dialogues.staff.models import Staff, TrailEntry

E = QuestionEvent


@dataclass(frozen=True)
class Sheet:
    """The letter to one asker whom no message reaches, to print and hand over."""

    asker_id: int
    name: str
    village: str
    code: str


@dataclass(frozen=True)
class Apology:
    """What is prepared: the words, how many askers hear of it which way, and who gets it on paper. `sent_at`: when one
    was sent for this delay; the words are those then."""

    text: str
    people: int
    ways: dict[Way, int]
    sheets: list[Sheet]
    sent_at: datetime | None


def fault(commitment: Commitment) -> object | None:
    """Why no apology can be sent, as a sentence; None when one can."""
    today = clock.today(commitment.dialogue.commune.time_zone)
    extended = any(entry.kind is EntryKind.EXTENSION for entry in commitment.entries)
    if commitment.state not in UNFINISHED or not (extended or is_overdue(commitment.state, commitment.due_on, today)):
        return _l("Only for a promise that is late or was extended an apology is due.")
    if not service.is_public(commitment):
        return _l("Residents do not see this promise yet: there is nobody to apologise to.")
    return None


def _since(commitment: Commitment) -> datetime:
    """When the delay began that an apology is for: the last extension, or the day after the due day."""
    due_ends = datetime.combine(commitment.due_on, time(23, 59, 59))
    late = clock.instant(due_ends, commitment.dialogue.commune.time_zone)
    moments = [entry.at for entry in commitment.entries if entry.kind is EntryKind.EXTENSION]
    return late if late < clock.now() else max(moments, default=late)


def prepared(commitment: Commitment) -> Apology:
    """The letter as the program would write it, in Vietnamese, or as it was sent for this delay."""
    askers = [one for one in askers_of(commitment.answer.question) if one.erased_at is None]
    ids = {one.question_id for one in askers}
    asked = db.session.scalars(sa.select(Question).where(Question.id.in_(ids)).options(joinedload(Question.village)))
    villages = {one.id: one.village.label if one.village else "" for one in asked.all()}
    ways = {one.id: letters.way_of(one, E.COMMITMENT_APOLOGY) for one in askers}
    sheets = [
        Sheet(one.id, one.name, villages[one.question_id], one.code) for one in askers if ways[one.id] is Way.BY_HAND
    ]
    sent = _sent(commitment)
    text, sent_at = (sent.note, sent.at) if sent else (_text(commitment), None)
    return Apology(text, len(askers), dict(Counter(ways.values())), sheets, sent_at)


def _sent(commitment: Commitment) -> TrailEntry | None:
    """The line of the trail of the apology for this delay; it holds its words."""
    t = TrailEntry
    return db.session.scalar(
        sa.select(t)
        .where(t.commune_id == commitment.commune_id, t.thing == "commitment", t.thing_id == commitment.id)
        .where(t.action == "apology_sent", t.at >= _since(commitment))
        .order_by(t.id.desc())
        .limit(1)
    )


def _text(commitment: Commitment) -> str:
    c = commitment
    today = clock.today(c.dialogue.commune.time_zone)
    reasons = [entry.text for entry in c.entries if entry.kind is EntryKind.EXTENSION]
    with force_locale("vi"):
        first = {"day": day(c.first_due_on)}
        late = _("It should have been done by %(day)s, and is not done yet.", **first)
        longer = _("We promised it by %(day)s, and it takes longer.", **first)
        lines = [
            _("We apologise to you. We promised: %(what)s.", what=c.shown.rstrip(".")),
            late if c.first_due_on < today else longer,
            _("The reason: %(reason)s", reason=reasons[-1]) if reasons else "",
            _("The new day is %(day)s.", day=day(c.due_on)) if c.due_on >= today else "",
            _("Thank you for bearing with us."),
        ]
    return "\n".join(line for line in lines if line)


def send(*, commitment: Commitment, text: str, people: int, actor: Staff) -> int:
    """Tell every asker by the own channel, once for each delay; how many. `people`: as many as the person who presses
    the button has read."""
    # Of two presses at once the second waits here, and finds the letter sent.
    db.session.refresh(commitment, ["state", "due_on", "version"], with_for_update={"of": Commitment})
    wrong = fault(commitment)
    if wrong:
        raise RuleBroken(wrong)
    if not text:
        raise RuleBroken(_l("Write the apology."), "text")
    letter = prepared(commitment)
    if letter.sent_at is not None:
        raise RuleBroken(_l("The apology for this delay was sent already."))
    if letter.people != people:
        raise RuleBroken(
            _l("Meanwhile it goes to %(number)s people. Look at the number, then send again.", number=letter.people)
        )
    with force_locale("vi"):
        letters.apologise(commitment, Said(_("Letter of apology"), " ".join(text.split())))
    record(commitment, actor, "apology_sent", text)
    return people
