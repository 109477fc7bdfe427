"""A letter of apology to the askers of a promise that takes longer: prepared, read by the office, sent once."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, time

import sqlalchemy as sa
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from dialogues import clock
from dialogues.askers import letters
from dialogues.askers.models import Word
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
from dialogues.questions.rules import QuestionEvent
from dialogues.staff.models import Staff
from dialogues.words import commune_title

E = QuestionEvent


@dataclass(frozen=True)
class Apology:
    """What is prepared: the words, how many askers hear of it which way, and when one was sent for this delay."""

    text: str
    people: int
    ways: dict[Way, int]
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
    """The letter as the program would write it, in Vietnamese; three queries, however many askers."""
    askers = [one for one in askers_of(commitment.answer.question) if one.erased_at is None]
    ways = Counter(letters.way_of(one, E.COMMITMENT_APOLOGY) for one in askers)
    sent_at = db.session.scalar(
        sa.select(sa.func.max(Word.at)).where(
            Word.question_id == commitment.answer.question_id,
            Word.event == E.COMMITMENT_APOLOGY,
            Word.at >= _since(commitment),
        )
    )
    return Apology(_text(commitment), len(askers), dict(ways), sent_at)


def _text(commitment: Commitment) -> str:
    c = commitment
    commune = c.dialogue.commune
    reasons = [entry.text for entry in c.entries if entry.kind is EntryKind.EXTENSION]
    with force_locale("vi"):
        lines = [
            _("We promised you: %(what)s", what=c.shown),
            _("It should have been done by %(day)s. It is not, and we are sorry.", day=day(c.first_due_on)),
        ]
        if reasons:
            lines.append(_("The reason: %(reason)s", reason=reasons[-1]))
        if c.due_on >= clock.today(commune.time_zone):
            lines.append(_("The new day is %(day)s.", day=day(c.due_on)))
        lines.append(
            _("We apologise to you, and thank you for your patience. %(commune)s", commune=commune_title(commune))
        )
    return "\n".join(lines)


def send(*, commitment: Commitment, text: str, actor: Staff) -> int:
    """Tell every asker by the own channel, once for each delay; how many."""
    wrong = fault(commitment)
    if wrong:
        raise RuleBroken(wrong)
    if not text:
        raise RuleBroken(_l("Write the apology."), "text")
    if prepared(commitment).sent_at is not None:
        raise RuleBroken(_l("The apology for this delay was sent already."))
    question = commitment.answer.question
    askers = [one for one in askers_of(question) if one.erased_at is None]
    with force_locale("vi"):
        said = Said(_("We apologise"), " ".join(text.split()))
        for one in askers:
            letters.tell_one(one, question, E.COMMITMENT_APOLOGY, said)
    record(commitment, actor, "apology_sent", str(len(askers)))
    return len(askers)
