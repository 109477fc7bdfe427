"""Correcting a question before it is published: by the asker, or by a clerk on behalf. The original never changes."""

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from dialogues import clock
from dialogues.errors import RuleBroken
from dialogues.extensions import db
from dialogues.questions.correction_models import QuestionCorrection
from dialogues.questions.models import Question
from dialogues.questions.rules import MAX_TEXT, ConsentHow, QuestionState
from dialogues.staff import trail
from dialogues.staff.models import Staff

TOO_LATE = _l("The office has read this question already, so its words stay as they are. Call the office if needed.")


def can_correct(question: Question) -> bool:
    """Only while it waits to be read."""
    return question.state is QuestionState.WAITING


def correct(
    *, question: Question, text: str, how: ConsentHow = ConsentHow.WEB, actor: Staff | None = None
) -> QuestionCorrection | None:
    """Take the new words; None when they are the words that stand already."""
    if not can_correct(question):
        raise RuleBroken(TOO_LATE, "text")
    if not text or len(text) > MAX_TEXT:
        raise RuleBroken(_l("Write the question: at least a word, at most %(most)s characters.", most=MAX_TEXT), "text")
    if text == question.own_text:
        return None
    made = QuestionCorrection(
        commune_id=question.commune_id,
        question_id=question.id,
        text=text,
        at=clock.now(),
        how=how,
        staff_id=actor.id if actor else None,
    )
    question.corrected_text = text
    db.session.add(made)
    db.session.flush()
    trail.record(
        commune_id=question.commune_id, actor=actor, thing="question", thing_id=question.id, action="text_corrected"
    )
    db.session.flush()
    return made


def corrections_of(question: Question) -> list[QuestionCorrection]:
    """All of them, oldest first; one query."""
    c = QuestionCorrection
    return list(db.session.scalars(sa.select(c).where(c.question_id == question.id).order_by(c.id)))
