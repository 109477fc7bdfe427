"""Rating answers: by the asker with the code, at the desk, from paper. Every way out counts once, however often it is
sent; residents see numbers only, and these move in steps."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from dialogues import clock
from dialogues.errors import RuleBroken
from dialogues.extensions import db, insert
from dialogues.followup.models import Answer
from dialogues.followup.service import is_answered
from dialogues.questions import lineage
from dialogues.questions.models import Asker, Question
from dialogues.questions.rules import QuestionState
from dialogues.questions.service import visible
from dialogues.schedule.models import Dialogue
from dialogues.staff import trail
from dialogues.staff.models import Staff
from dialogues.verdicts import rating_steps
from dialogues.verdicts.models import AnswerRating
from dialogues.verdicts.rating_steps import of_dialogue
from dialogues.verdicts.rules import Rating, RatingWay

T = TypeVar("T")
MOST_ON_PAPER = 2000
"""So many papers one form may hold."""
AT_ONCE = 500
TEXTS_KEPT = timedelta(days=730)
"""Sentences are erased after 24 months; the ratings stay."""


@dataclass(frozen=True)
class Answered:
    """A question whose answer can be rated; `number` is its place among those of the dialogue."""

    number: int
    question_id: int
    answer_id: int
    text: str


@dataclass(frozen=True)
class OwnRating:
    """An answer that an asker may rate, and how they did."""

    answer_id: int
    text: str
    rating: Rating | None
    sentence: str


def answered(dialogue: Dialogue) -> list[Answered]:
    """The questions of a dialogue that residents can read with an answer, in the order they came in; one query."""
    rows = db.session.execute(
        visible(dialogue.commune_id)
        .join(Answer, Answer.question_id == Question.id)
        .where(Question.dialogue_id == dialogue.id, is_answered())
        .order_by(Question.id)
        .with_only_columns(Question.id, Answer.id, Question.public_text)
    )
    return [Answered(number, *row) for number, row in enumerate(rows, 1)]


# -- with the code ----------------------------------------------------------------------------------------------------


def of_asker(asker: Asker) -> list[OwnRating]:
    """The answers to what this asker asked, whatever became of the text, with their own rating; one query, for a text
    that was split two more."""
    if asker.left_at is not None:
        return []
    question = asker.question
    of = [question, *(lineage.parts_of(question) if question.state is QuestionState.SPLIT else [])]
    ids = {one.lead_id or one.id for one in of}
    mine = sa.and_(AnswerRating.answer_id == Answer.id, AnswerRating.asker_id == asker.id)
    rows = db.session.execute(
        visible(asker.commune_id)
        .join(Answer, Answer.question_id == Question.id)
        .outerjoin(AnswerRating, mine)
        .where(Question.id.in_(ids), is_answered())
        .order_by(Question.id)
        .with_only_columns(Answer.id, Question.public_text, AnswerRating.rating, AnswerRating.text)
    )
    return [OwnRating(answer_id, text, rating, sentence or "") for answer_id, text, rating, sentence in rows]


def rate(*, asker: Asker, answer_id: int | None, rating: Rating, text: str) -> None:
    """What an asker thinks of the answer; a later one takes the place of the earlier."""
    own = {one.answer_id: one for one in of_asker(asker)}.get(answer_id or 0)
    if own is None:
        raise RuleBroken(_l("This answer cannot be rated any more. Look at your question once more."), "rating")
    if (own.rating, own.sentence) == (rating, text):
        return
    values = {"rating": rating, "text": text, "at": clock.now()}
    db.session.execute(
        insert(AnswerRating)
        .values(
            commune_id=asker.commune_id,
            answer_id=own.answer_id,
            asker_id=asker.id,
            way=RatingWay.CODE,
            sheet="",
            position=0,
            **values,
        )
        .on_conflict_do_update(index_elements=[AnswerRating.answer_id, AnswerRating.asker_id], set_=values)
    )
    answer = db.session.get_one(Answer, own.answer_id)
    rating_steps.count_in(answer.question.dialogue)


# -- at the desk and on paper -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Said:
    """One rating without asker."""

    answer_id: int
    rating: Rating
    text: str = ""


def add(*, dialogue: Dialogue, way: RatingWay, sheet: str, said: Sequence[Said], staff: Staff) -> int:
    """Ratings of one sheet, all or none; a sheet that came already is left alone. How many were new."""
    known = {one.answer_id for one in answered(dialogue)}
    if not said:
        raise RuleBroken(_l("Write at least one number."))
    if any(one.answer_id not in known for one in said):
        raise RuleBroken(_l("One of these answers is not public any more. Open the page once more."))
    if len(said) > MOST_ON_PAPER:
        raise RuleBroken(_l("At most %(most)s ratings in one go. Enter the rest after them.", most=MOST_ON_PAPER))
    if _is_in(sheet):
        return 0
    rows = [
        {
            "commune_id": dialogue.commune_id,
            "answer_id": one.answer_id,
            "asker_id": None,
            "staff_id": staff.id,
            "way": way,
            "rating": one.rating,
            "text": one.text,
            "sheet": sheet,
            "position": position,
            "at": clock.now(),
        }
        for position, one in enumerate(said)
    ]
    count = 0
    for batch in _batches(rows):
        statement = insert(AnswerRating).values(batch).on_conflict_do_nothing().returning(AnswerRating.id)
        count += len(db.session.execute(statement).all())
    if count and way is RatingWay.PAPER:
        _record(dialogue, staff, "ratings_entered", count)
    rating_steps.count_in(dialogue)
    return count


def _batches(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    return (rows[start : start + AT_ONCE] for start in range(0, len(rows), AT_ONCE))


def _is_in(sheet: str) -> bool:
    return db.session.scalar(sa.select(AnswerRating.id).where(AnswerRating.sheet == sheet).limit(1)) is not None


def _record(dialogue: Dialogue, staff: Staff, action: str, count: int) -> None:
    trail.record(
        commune_id=dialogue.commune_id,
        actor=staff,
        thing="dialogue",
        thing_id=dialogue.id,
        action=action,
        note=str(count),
    )


@dataclass(frozen=True)
class Sheet:
    """Papers that were keyed in together."""

    sheet: str
    at: datetime
    by: str
    count: int


def sheets(dialogue: Dialogue, most: int = 20) -> list[Sheet]:
    """What was keyed in from paper, the newest first; one query."""
    r = AnswerRating
    rows = db.session.execute(
        of_dialogue(dialogue)
        .where(r.way == RatingWay.PAPER)
        .outerjoin(Staff, Staff.id == r.staff_id)
        .with_only_columns(r.sheet, sa.func.min(r.at), sa.func.min(Staff.name), sa.func.count())
        .group_by(r.sheet)
        .order_by(sa.func.min(r.id).desc())
        .limit(most)
    )
    return [Sheet(sheet, at, by or "", count) for sheet, at, by, count in rows]


def take_back(*, dialogue: Dialogue, sheet: str, actor: Staff) -> int:
    """Papers that were keyed in by mistake; twice is once. How many."""
    ids = list(
        db.session.scalars(
            of_dialogue(dialogue)
            .where(AnswerRating.way == RatingWay.PAPER, AnswerRating.sheet == sheet, AnswerRating.sheet != "")
            .with_only_columns(AnswerRating.id)
        )
    )
    for batch in _batches(ids):
        db.session.execute(sa.delete(AnswerRating).where(AnswerRating.id.in_(batch)))
    if ids:
        _record(dialogue, actor, "ratings_taken_back", len(ids))
        rating_steps.show_anew(dialogue.commune_id)
    return len(ids)


# -- erasing ----------------------------------------------------------------------------------------------------------


def erase_texts_of(asker: Asker) -> None:
    """The sentences of this asker: they may name people. The ratings stay."""
    db.session.execute(sa.update(AnswerRating).where(AnswerRating.asker_id == asker.id).values(text=""))


def erase_old() -> int:
    """Sentences whose term is over; how many. Part of `tidy`."""
    old = sa.and_(AnswerRating.at < clock.now() - TEXTS_KEPT, AnswerRating.text != "")
    result = db.session.execute(sa.update(AnswerRating).where(old).values(text=""))
    return int(result.rowcount)  # type: ignore[attr-defined]
