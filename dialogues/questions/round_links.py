"""The questions that made a round necessary."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from dialogues.extensions import db
from dialogues.questions import queue
from dialogues.questions.models import Question
from dialogues.questions.rules import QuestionState
from dialogues.schedule.round_models import Round, RoundQuestion
from dialogues.staff import trail
from dialogues.staff.models import Staff
from dialogues.text import search_words

MOST_FOUND = 20


@dataclass(frozen=True)
class QuestionLine:
    """A question by what may be read of it: its public wording; of others only the number."""

    id: int
    text: str
    state: QuestionState
    received_at: datetime


def _lines(statement: sa.Select[tuple[Question]]) -> list[QuestionLine]:
    columns = statement.with_only_columns(Question.id, Question.public_text, Question.state, Question.received_at)
    return [QuestionLine(*row) for row in db.session.execute(columns)]


def linked(one: Round, reader: Staff) -> list[QuestionLine]:
    """The questions linked to a round that this person may see, oldest first."""
    return _lines(
        queue.visible_to(reader)
        .join(RoundQuestion, RoundQuestion.question_id == Question.id)
        .where(Question.commune_id == one.commune_id, RoundQuestion.round_id == one.id)
        .order_by(Question.received_at, Question.id)
    )


def search(one: Round, words: str) -> list[QuestionLine]:
    """The newest questions of the commune with these words in their public wording, or with this number."""
    statement = sa.select(Question).where(
        Question.commune_id == one.commune_id,
        Question.id.not_in(sa.select(RoundQuestion.question_id).where(RoundQuestion.round_id == one.id)),
    )
    if words.isascii() and words.isdigit() and len(words) < 10:
        return _lines(statement.where(Question.id == int(words)))
    wanted = search_words(words)
    if not wanted:
        return []
    for word in wanted:
        statement = statement.where(Question.public_folded.contains(word, autoescape=True))
    return _lines(statement.order_by(Question.received_at.desc(), Question.id.desc()).limit(MOST_FOUND))


def is_ours(commune_id: int, question_id: int) -> bool:
    """Whether this commune has a question with this number."""
    found = sa.select(Question.id).where(Question.commune_id == commune_id, Question.id == question_id)
    return db.session.scalar(found) is not None


def _is_linked(one: Round, question_id: int) -> bool:
    found = sa.select(RoundQuestion.round_id).where(
        RoundQuestion.round_id == one.id, RoundQuestion.question_id == question_id
    )
    return db.session.scalar(found) is not None


def link(*, one: Round, question_id: int, actor: Staff) -> None:
    """Link a question of the same commune; nothing when it is linked."""
    if not _is_linked(one, question_id):
        db.session.add(RoundQuestion(round_id=one.id, question_id=question_id))
        _record(one, actor, "question_linked", question_id)


def unlink(*, one: Round, question_id: int, actor: Staff) -> None:
    """Take the link away; nothing when there is none."""
    if _is_linked(one, question_id):
        db.session.execute(
            sa.delete(RoundQuestion).where(RoundQuestion.round_id == one.id, RoundQuestion.question_id == question_id)
        )
        _record(one, actor, "question_unlinked", question_id)


def _record(one: Round, actor: Staff, action: str, question_id: int) -> None:
    db.session.flush()
    trail.record(
        commune_id=one.commune_id, actor=actor, thing="round", thing_id=one.id, action=action, note=str(question_id)
    )
