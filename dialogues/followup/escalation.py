"""Passing a question up to a named body in one act: it stays open, and everybody sees since when it waits (R8)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from dialogues.errors import EditConflict, RuleBroken
from dialogues.extensions import db
from dialogues.followup.answers import answer_of, publish_answer, publish_fault, save_answer
from dialogues.followup.models import Answer, Commitment
from dialogues.followup.rules import Outcome
from dialogues.questions import events
from dialogues.questions.models import Question
from dialogues.questions.rules import ASSIGNABLE, QuestionEvent, QuestionState
from dialogues.staff import trail
from dialogues.staff.models import Staff, TrailEntry


@dataclass(frozen=True)
class Waiting:
    """A body that a question was passed up to and that has not answered."""

    body: str
    since: date


def escalate(
    *, question: Question, body: str, on: date | None, note: str, actor: Staff, version: int | None = None
) -> None:
    """Record that the matter went to `body` on a day. Of a public question residents read it at once; of one that waits
    the asker does, and residents when it is published."""
    if version is not None and version != question.version:
        raise EditConflict
    if question.state not in ASSIGNABLE:
        raise RuleBroken(_l("Only a question that waits or is public can be passed up."))
    if not body:
        raise RuleBroken(_l("Name the body that the matter was passed up to."), "body")
    if answer_of(question) is not None:
        raise RuleBroken(_l("An answer is written already. Choose “passed up” there."))
    try:
        answer = save_answer(
            question=question, answer=None, version=0, outcome=Outcome.ESCALATED, text=note, answered_by_id=None,
            answered_on=on, due_on=None, escalated_to=body, actor=actor,
        )  # fmt: skip
    except RuleBroken as broken:
        raise RuleBroken(broken.message, "on" if broken.field == "answered_on" else broken.field) from None
    is_public = question.state is QuestionState.PUBLISHED
    if is_public:
        publish_answer(question=question, answer=answer, version=answer.version, actor=actor)
    sa.orm.attributes.flag_modified(question, "state_note")  # the act belongs to the question's version
    _record(question, actor, "escalated", body)
    if not is_public:  # the published answer says it
        events.tell(question, QuestionEvent.ESCALATED)


def publish_with(question: Question, actor: Staff) -> None:
    """The question became public: residents also read to whom the office passed it up while it waited. What a
    department only drafted stays a draft."""
    answer = answer_of(question)
    if answer is None or answer.outcome is not Outcome.ESCALATED or answer.published_at is not None:
        return
    if _by_office(question.id) and publish_fault(answer, question) is None:
        publish_answer(question=question, answer=answer, version=answer.version, actor=actor)


def _by_office(question_id: int) -> bool:
    """Whether the office passed it up; a department may only have drafted that."""
    t = TrailEntry
    by_office = sa.exists().where(t.thing == "question", t.thing_id == question_id, t.action == "escalated")
    return bool(db.session.scalar(sa.select(by_office)))


def told_while_waiting(question: Question) -> Waiting | None:
    """To whom the office passed a question up that is not public yet: its asker reads that already."""
    if question.state is not QuestionState.WAITING:
        return None
    found = waiting_of([question.id]).get(question.id)
    return found if found and _by_office(question.id) else None


def take_back(question: Question) -> None:
    """For undo: the answer that said so goes."""
    answer = answer_of(question)
    if answer is not None:
        db.session.delete(answer)
        db.session.flush()
        events.tell(question, QuestionEvent.ANSWER_TAKEN_BACK)


def built_since(question_id: int, at: datetime) -> bool:
    """Whether an answer was written or changed, or something promised, after this moment."""
    changed = sa.exists().where(Answer.question_id == question_id, Answer.changed_at > at)
    promised = sa.exists().where(
        Commitment.answer_id == Answer.id, Answer.question_id == question_id, Commitment.created_at > at
    )
    return bool(db.session.scalar(sa.select(sa.or_(changed, promised))))


def waiting_of(question_ids: Collection[int]) -> dict[int, Waiting]:
    """Which of these questions wait for which body since when; one query."""
    if not question_ids:
        return {}
    rows = db.session.execute(
        sa.select(Answer.question_id, Answer.escalated_to, Answer.answered_on).where(
            Answer.question_id.in_(question_ids), is_waiting()
        )
    )
    return {id_: Waiting(body, since) for id_, body, since in rows}


def is_waiting() -> sa.ColumnElement[bool]:
    """Condition on Answer: passed up and not answered."""
    return sa.and_(Answer.outcome == Outcome.ESCALATED, Answer.final_on.is_(None))


def _record(question: Question, actor: Staff, action: str, note: str) -> None:
    db.session.flush()
    trail.record(
        commune_id=question.commune_id, actor=actor, thing="question", thing_id=question.id, action=action, note=note
    )
    db.session.flush()
