"""Ratings counted: for residents without small numbers, for the office and the overseers all of them with sentences."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from dialogues.extensions import db, value
from dialogues.followup.models import Answer
from dialogues.followup.service import is_answered
from dialogues.paging import Paged, paged
from dialogues.places.models import Unit
from dialogues.questions.models import Question
from dialogues.questions.service import visible
from dialogues.schedule.models import Dialogue
from dialogues.verdicts.models import AnswerRating
from dialogues.verdicts.rating_rules import Figures, Shown, for_residents
from dialogues.verdicts.rating_steps import of_dialogue, with_body
from dialogues.verdicts.rules import Rating, RatingWay


@cache
def _public() -> sa.Select[Any]:
    """(body, rating, number) of the answers of a dialogue that residents can read, as far as they are counted in."""
    counted = _by_body(visible(value("commune_id")).where(is_answered()), AnswerRating.counted)
    return counted.where(AnswerRating.counted.is_not(None))


def _by_body(questions: sa.Select[tuple[Question]], rating: Any) -> sa.Select[Any]:
    of_these: sa.Select[Any] = (
        questions.where(Question.dialogue_id == value("dialogue_id"))
        .join(Answer, Answer.question_id == Question.id)
        .join(AnswerRating, AnswerRating.answer_id == Answer.id)
    )
    return with_body(of_these).with_only_columns(Unit.name, rating, sa.func.count()).group_by(Unit.name, rating)


def _figures(statement: sa.Select[Any], **values: int) -> list[Figures]:
    found: dict[str, dict[Rating, int]] = defaultdict(dict)
    for name, rating, number in db.session.connection().execute(statement, values):
        found[name or ""][rating] = number
    return [Figures.of(counts, name) for name, counts in found.items()]


def public(commune_id: int, dialogue_id: int) -> Shown:
    """What residents read; one query."""
    return for_residents(_figures(_public(), commune_id=commune_id, dialogue_id=dialogue_id))


@cache
def _all() -> sa.Select[Any]:
    return _by_body(sa.select(Question).where(Question.commune_id == value("commune_id")), AnswerRating.rating)


def all_of(dialogue: Dialogue) -> list[Figures]:
    """All by body, the most first; one query."""
    found = _figures(_all(), commune_id=dialogue.commune_id, dialogue_id=dialogue.id)
    return sorted(found, key=lambda one: (-one.total, one.name))


def by_way(dialogue: Dialogue) -> dict[RatingWay, int]:
    """How many came how; one query."""
    way = AnswerRating.way
    rows = db.session.execute(of_dialogue(dialogue).with_only_columns(way, sa.func.count()).group_by(way).order_by(way))
    return dict(rows.tuples().all())


@dataclass(frozen=True)
class Sentence:
    """What somebody wrote beside a rating."""

    question_id: int
    question: str
    rating: Rating
    way: RatingWay
    text: str
    at: datetime


def sentences(dialogue: Dialogue, number: int) -> tuple[Paged, list[Sentence]]:
    """A page of them, the newest first; two queries. For the office and the overseers: nobody has read them."""
    r = AnswerRating
    written = of_dialogue(dialogue).where(r.text != "")
    page = paged(written, number)
    rows = db.session.execute(
        page.slice(written.order_by(r.at.desc(), r.id.desc())).with_only_columns(
            Question.id, sa.func.coalesce(sa.func.nullif(Question.public_text, ""), Question.text), r.rating, r.way,
            r.text, r.at,
        )
    )  # fmt: skip
    return page, [Sentence(*row) for row in rows]
