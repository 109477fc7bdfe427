"""Answers: who may write, draft, publish, take back; the later answer; what the office sees of one question."""

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from dialogues import clock, formatting
from dialogues.access import Permission, allowed
from dialogues.errors import EditConflict, RuleBroken
from dialogues.extensions import db
from dialogues.followup.models import Answer
from dialogues.followup.question_views import CommitmentView, commitment_views
from dialogues.followup.rules import LATER, AnswerStage, Outcome, answer_stage, missing_in_answer
from dialogues.questions import queue, sorting
from dialogues.questions.events import tell
from dialogues.questions.models import Question
from dialogues.questions.rules import QuestionEvent, QuestionState
from dialogues.staff import trail
from dialogues.staff.models import Staff

MISSING = {
    "text": _l("Write the answer."),
    "due_on": _l("Choose the day by which the written answer comes."),
    "escalated_to": _l("Name the body that the matter was passed up to."),
}
_ANSWERABLE = (QuestionState.WAITING, QuestionState.PUBLISHED)


def is_theirs(staff: Staff, question: Question) -> bool:
    """Whether this question is assigned to the person or to their unit, or their unit helps."""
    return queue.is_asked(staff, question)


def may_answer(staff: Staff, question: Question) -> bool:
    """Office: all of the commune. Leaders and departments: what is assigned to them or their unit, and what they
    answered themselves: the written answer that they promised waits on their "My work"."""
    if staff.commune_id != question.commune_id:
        return False
    if allowed(staff, Permission.PUBLISH_ANSWERS):
        return True
    if not allowed(staff, Permission.ANSWER_QUESTIONS):
        return False
    return is_theirs(staff, question) or _answered_it(staff, question)


def _answered_it(staff: Staff, question: Question) -> bool:
    own = sa.exists().where(Answer.question_id == question.id, Answer.answered_by_id == staff.id)
    return bool(db.session.scalar(sa.select(own)))


def answer_of(question: Question) -> Answer | None:
    """The answer of a question, with who gave it."""
    return db.session.scalar(
        sa.select(Answer).options(joinedload(Answer.answered_by)).where(Answer.question_id == question.id)
    )


def _check_version(answer: Answer | None, version: int) -> None:
    """`version` 0: there was no answer when the form was opened."""
    if (answer.version if answer else 0) != version:
        raise EditConflict


def _check_may_change(answer: Answer | None, actor: Staff) -> None:
    if answer is not None and answer.published_at is not None and not allowed(actor, Permission.PUBLISH_ANSWERS):
        raise RuleBroken(_l("Residents read this answer already. Only the office changes it now: please ask them."))


def save_answer(
    *,
    question: Question,
    answer: Answer | None,
    version: int,
    outcome: Outcome,
    text: str,
    answered_by_id: int | None,
    answered_on: date | None,
    due_on: date | None,
    escalated_to: str,
    actor: Staff,
) -> Answer:
    """Save a draft, or the new wording of a published answer. `version` is that of the form (0: no answer yet)."""
    if question.state not in _ANSWERABLE:
        raise RuleBroken(_l("This question was declined, withdrawn or moved away: it gets no answer here."))
    _check_version(answer, version)
    _check_may_change(answer, actor)
    if answered_on is None:
        raise RuleBroken(_l("Choose the day of the answer."), "answered_on")
    _check_days(question, outcome, answered_on, due_on)
    missing = missing_in_answer(outcome, text, due_on, escalated_to)
    if missing:
        raise RuleBroken(MISSING[missing], missing)
    if answer is not None:
        _check_outcome(answer, outcome)
    note = ""
    if answer is not None and answer.due_on and due_on and due_on != answer.due_on:
        note = f"{formatting.short_date(answer.due_on)} → {formatting.short_date(due_on)}"
    is_new, was = answer is None, _said(answer)
    if answer is None:
        answer = Answer(commune_id=question.commune_id, question_id=question.id)
    answer.outcome = outcome
    answer.text = text
    answer.answered_by_id = answered_by_id
    answer.answered_on = answered_on
    answer.due_on = due_on if outcome is Outcome.IN_WRITING else None
    answer.escalated_to = escalated_to if outcome is Outcome.ESCALATED else ""
    answer.changed_at = clock.now()
    if is_new:
        try:
            with db.session.begin_nested():
                db.session.add(answer)
        except IntegrityError:
            raise EditConflict from None
    db.session.flush()
    action = "changed" if answer.published_at else "answer_drafted"
    _record(answer, actor, action, note)
    if was and was != _said(answer) and question.state is QuestionState.PUBLISHED:
        tell(question, QuestionEvent.ANSWERED)
    return answer


def _said(answer: Answer | None) -> tuple[Outcome, date | None, str] | None:
    """What askers were told of a published answer beside its words: how it ended, by when, to whom it was passed."""
    if answer is None or answer.published_at is None:
        return None
    return answer.outcome, answer.due_on, answer.escalated_to


def _check_days(question: Question, outcome: Outcome, answered_on: date, due_on: date | None) -> None:
    zone = question.dialogue.commune.time_zone
    if answered_on > clock.today(zone):
        raise RuleBroken(_l("The day of the answer cannot be in the future."), "answered_on")
    if answered_on < clock.local(question.received_at, zone).date():
        raise RuleBroken(_l("The answer cannot be older than the question."), "answered_on")
    if outcome is Outcome.IN_WRITING and due_on and due_on < answered_on:
        raise RuleBroken(_l("The written answer cannot be due before the day it was promised."), "due_on")


def _check_outcome(answer: Answer, outcome: Outcome) -> None:
    """What stands already keeps some ways of ending closed."""
    if outcome is Outcome.MOVED_TO_COMPLAINT and answer.published_at is not None:
        raise RuleBroken(_l("Take the published answer back first: the complaint procedure is not public."), "outcome")
    if outcome is Outcome.MOVED_TO_COMPLAINT and answer.commitments:
        raise RuleBroken(_l("There are commitments in this answer, so it cannot move away."), "outcome")
    if outcome not in LATER and answer.final_text:
        raise RuleBroken(_l("A later answer is written here: keep “in writing” or “passed up”."), "outcome")


def _record(answer: Answer, actor: Staff, action: str, note: str = "") -> None:
    trail.record(
        commune_id=answer.commune_id, actor=actor, thing="answer", thing_id=answer.id, action=action, note=note
    )


def publish_fault(answer: Answer, question: Question) -> object | None:
    """Why this answer cannot be published now, as a sentence; None when it can."""
    if answer.outcome is Outcome.MOVED_TO_COMPLAINT:
        return _l("What goes to the complaint procedure is never public.")
    if question.state is not QuestionState.PUBLISHED:
        return _l("Publish the question first: residents cannot read an answer to a question that they do not see.")
    missing = missing_in_answer(answer.outcome, answer.text, answer.due_on, answer.escalated_to)
    return MISSING[missing] if missing else None


def publish_answer(*, question: Question, answer: Answer, version: int, actor: Staff) -> None:
    """Show the answer to residents."""
    _check_version(answer, version)
    if answer.published_at is not None:
        raise RuleBroken(_l("This answer is published already."))
    fault = publish_fault(answer, question)
    if fault:
        raise RuleBroken(fault)
    answer.published_at = answer.changed_at = clock.now()
    db.session.flush()
    _record(answer, actor, "answer_published")
    tell(question, QuestionEvent.ANSWERED)


def take_back_answer(*, answer: Answer, version: int, actor: Staff) -> None:
    """Make the answer a draft again. One with commitments stays: residents never lose sight of a promise."""
    _check_version(answer, version)
    if answer.published_at is None:
        raise RuleBroken(_l("This answer is not public."))
    if answer.commitments:
        raise RuleBroken(
            _l("Commitments were made in this answer, so residents keep seeing it. Change its wording instead.")
        )
    answer.published_at = None
    answer.changed_at = clock.now()
    db.session.flush()
    _record(answer, actor, "answer_taken_back")
    tell(answer.question, QuestionEvent.ANSWER_TAKEN_BACK)


def save_later_answer(
    *, question: Question, answer: Answer, version: int, text: str, final_on: date | None, actor: Staff
) -> None:
    """The answer that came in writing or from the higher body. Its day makes it count, and only the office gives it the
    day: what a department writes waits as a draft without day."""
    if answer.outcome not in LATER:
        raise RuleBroken(_l("Only what was promised in writing or passed up gets a later answer."))
    _check_version(answer, version)
    if not text:
        raise RuleBroken(_l("Write the later answer."), "final_text")
    if allowed(actor, Permission.PUBLISH_ANSWERS):
        zone = question.dialogue.commune.time_zone
        if final_on is None:
            raise RuleBroken(_l("Choose the day on which the later answer was given."), "final_on")
        if not answer.answered_on <= final_on <= clock.today(zone):
            raise RuleBroken(
                _l("The day lies between the first answer and today."),
                "final_on",
            )
    else:
        if answer.final_on is not None:
            raise RuleBroken(_l("The later answer is given already. Only the office changes it now: please ask them."))
        final_on = None
    is_given_now = final_on is not None and answer.final_on is None and answer.published_at is not None
    answer.final_text = text
    answer.final_on = final_on
    answer.changed_at = clock.now()
    db.session.flush()
    _record(answer, actor, "final_answer" if final_on else "final_drafted")
    if is_given_now:
        tell(question, QuestionEvent.ANSWERED)


def move_to_complaint(*, question: Question, note: str, actor: Staff) -> None:
    """Hand the question over to the complaint procedure; it leaves the public pages."""
    if not note:
        raise RuleBroken(_l("Write one sentence to the asker: where the matter went, and why."), "note")
    sorting.move_to_complaint(question=question, note=note, actor=actor)


# -- what the office sees ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class AnswerPanel:
    """All that the question page of the office shows about the answer, and what this person may do with it."""

    answer: Answer | None
    stage: AnswerStage
    commitments: list[CommitmentView]
    history: list[trail.Line]
    may_write: bool
    may_publish: bool
    may_promise: bool
    publish_fault: object | None

    @property
    def is_public(self) -> bool:
        return self.answer is not None and self.answer.published_at is not None

    @property
    def is_moved(self) -> bool:
        return self.answer is not None and self.answer.outcome is Outcome.MOVED_TO_COMPLAINT

    @property
    def wants_later(self) -> bool:
        return self.answer is not None and self.answer.outcome in LATER


def answer_panel(question: Question, staff: Staff) -> AnswerPanel:
    """Three queries: the answer, its commitments, its history."""
    answer = answer_of(question)
    may_write = may_answer(staff, question) and question.state in _ANSWERABLE
    today = clock.today(staff.commune.time_zone)
    if answer is None:
        return AnswerPanel(None, AnswerStage.UNANSWERED, [], [], may_write, False, False, None)
    is_moved = answer.outcome is Outcome.MOVED_TO_COMPLAINT
    is_public = answer.published_at is not None
    may_publish = allowed(staff, Permission.PUBLISH_ANSWERS)
    return AnswerPanel(
        answer=answer,
        stage=answer_stage(answer.outcome, is_public, answer.due_on, answer.final_on, today),
        commitments=commitment_views([answer.id], today)[answer.id],
        history=trail.history(question.commune_id, "answer", answer.id, 50),
        may_write=may_write and (may_publish or not is_public),
        may_publish=may_publish,
        may_promise=may_write and not is_moved,
        publish_fault=publish_fault(answer, question),
    )
