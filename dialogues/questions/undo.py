"""Taking an act back until the next step builds on it: how a question stood before is kept with its version after."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import joinedload

from dialogues import clock
from dialogues.errors import RuleBroken
from dialogues.extensions import db
from dialogues.questions import events, sorting
from dialogues.questions.models import Question, QuestionUndo
from dialogues.questions.rules import DeclineReason, QuestionEvent, QuestionState
from dialogues.staff import trail
from dialogues.staff.models import Staff

TOO_LATE = _l("Something was done with it since, so this cannot be undone any more. Change it by hand.")
_PLAIN = ("public_text", "state_note", "assigned_unit_id", "assigned_staff_id", "dialogue_id")
_MOMENTS = ("decided_at", "published_at", "assigned_at")
_EVENTS = {
    QuestionState.WAITING: QuestionEvent.TAKEN_BACK,
    QuestionState.PUBLISHED: QuestionEvent.PUBLISHED,
    QuestionState.DECLINED: QuestionEvent.DECLINED,
    QuestionState.MOVED_TO_COMPLAINT: QuestionEvent.MOVED_TO_COMPLAINT,
}


def how_it_stands(question: Question) -> dict[str, Any]:
    """Everything that an act may change, as it can be kept."""
    moments = {name: getattr(question, name) for name in _MOMENTS}
    due = question.answer_due_on
    return {
        **{name: getattr(question, name) for name in _PLAIN},
        **{name: moment.isoformat() if moment else None for name, moment in moments.items()},
        "state": question.state.value,
        "decline_reason": question.decline_reason.value if question.decline_reason else None,
        "answer_due_on": due.isoformat() if due else None,
        "support": sorted(sorting.supporting(question.id)),
    }


@contextmanager
def kept(question: Question, act: str, actor: Staff, batch: str = "") -> Iterator[None]:
    """What is done inside can be undone later; nothing is kept of an act that changed nothing."""
    before, version = how_it_stands(question), question.version
    yield
    db.session.flush()
    if question.version == version:
        return
    db.session.execute(sa.delete(QuestionUndo).where(QuestionUndo.question_id == question.id))
    db.session.add(
        QuestionUndo(
            commune_id=question.commune_id, question_id=question.id, act=act, before=before,
            version_after=question.version, batch=batch, by_id=actor.id, at=clock.now(),
        )
    )  # fmt: skip
    db.session.flush()


def of(question: Question) -> QuestionUndo | None:
    """The act that can be undone now, if nothing was saved since."""
    return db.session.scalar(
        sa.select(QuestionUndo)
        .where(QuestionUndo.question_id == question.id, QuestionUndo.version_after == question.version)
        .options(joinedload(QuestionUndo.by))
    )


def of_batch(commune_id: int, batch: str) -> list[QuestionUndo]:
    """The acts of one press on many questions, those that can still be undone; one query."""
    if not batch:
        return []
    return list(
        db.session.scalars(
            sa.select(QuestionUndo)
            .join(QuestionUndo.question)
            .where(
                QuestionUndo.commune_id == commune_id,
                QuestionUndo.batch == batch,
                QuestionUndo.version_after == Question.version,
            )
            .options(joinedload(QuestionUndo.question))
            .order_by(QuestionUndo.question_id)
        )
    )


def restore(question: Question, one: QuestionUndo, actor: Staff) -> None:
    """Put the question back to how it stood before; the history keeps which act it was, for readers of any language."""
    if one.version_after != question.version:
        raise RuleBroken(TOO_LATE)
    before, state, dialogue_id = one.before, question.state, question.dialogue_id
    for name in _PLAIN:
        setattr(question, name, before[name])
    for name in _MOMENTS:
        setattr(question, name, datetime.fromisoformat(before[name]) if before[name] else None)
    question.state = QuestionState(before["state"])
    question.decline_reason = DeclineReason(before["decline_reason"]) if before["decline_reason"] else None
    question.answer_due_on = date.fromisoformat(before["answer_due_on"]) if before["answer_due_on"] else None
    sorting.set_support(question, before["support"])
    db.session.delete(one)
    db.session.flush()
    trail.record(
        commune_id=question.commune_id,
        actor=actor,
        thing="question",
        thing_id=question.id,
        action="undone",
        note=one.act,
    )
    db.session.flush()
    db.session.refresh(question)
    if question.state is not state and question.state in _EVENTS:
        events.tell(question, _EVENTS[question.state])
    elif question.dialogue_id != dialogue_id:
        events.tell(question, QuestionEvent.DEFERRED)
