"""How the numbers that residents read move: in steps. Who looks before and after one rating must not see what it says,
so a rating, or a change of one, waits until as many wait for the same body as may be shown at all."""

from typing import Any

import sqlalchemy as sa

from dialogues.extensions import db
from dialogues.followup.models import Answer
from dialogues.page_cache import raise_public_version
from dialogues.places.models import Unit
from dialogues.questions.models import Question
from dialogues.schedule.models import Dialogue
from dialogues.staff.models import Staff
from dialogues.verdicts.models import AnswerRating
from dialogues.verdicts.rating_rules import LEAST

BODY = sa.func.coalesce(Staff.unit_id, Question.assigned_unit_id)
"""Of a rating in a statement of `with_body`: the body of who answered, else the one that was asked to answer."""


def with_body(ratings: sa.Select[Any]) -> sa.Select[Any]:
    """A statement with the answer and the question of each rating, and with the body."""
    return ratings.outerjoin(Staff, Staff.id == Answer.answered_by_id).outerjoin(Unit, Unit.id == BODY)


def of_dialogue(dialogue: Dialogue) -> sa.Select[tuple[AnswerRating]]:
    """The ratings of a dialogue's answers, with the answer and its question."""
    return (
        sa.select(AnswerRating)
        .join(Answer, Answer.id == AnswerRating.answer_id)
        .join(Question, Question.id == Answer.question_id)
        .where(Question.dialogue_id == dialogue.id, AnswerRating.commune_id == dialogue.commune_id)
    )


def count_in(dialogue: Dialogue) -> None:
    """Put what waits into the numbers of each body for which enough waits; one statement more when there is some."""
    waiting = with_body(of_dialogue(dialogue)).where(AnswerRating.counted.is_distinct_from(AnswerRating.rating))
    body = sa.func.coalesce(BODY, 0)
    enough = waiting.with_only_columns(body).group_by(body).having(sa.func.count() >= LEAST)
    bodies = list(db.session.scalars(enough))
    if not bodies:
        return
    ids = waiting.where(body.in_(bodies)).with_only_columns(AnswerRating.id)
    statement = sa.update(AnswerRating).where(AnswerRating.id.in_(ids)).values(counted=AnswerRating.rating)
    db.session.execute(statement, execution_options={"synchronize_session": False})
    show_anew(dialogue.commune_id)


def show_anew(commune_id: int) -> None:
    """Residents' pages show the numbers, no kept part of a page does."""
    raise_public_version(db.session(), commune_id, ())
