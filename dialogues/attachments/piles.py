"""Piles of papers: which questions were copied in one go, and the number that stands on each paper."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import joinedload

from dialogues.attachments.models import PaperEntry
from dialogues.errors import RuleBroken
from dialogues.extensions import db
from dialogues.questions.models import Asker, Question
from dialogues.questions.rules import QuestionState
from dialogues.staff.models import Staff
from dialogues.text import fold

MOST_RECEIPTS = 200


def check_number(*, dialogue_id: int, village_id: int | None, number: str) -> None:
    """Refuse a number that a paper of this village has already; what was taken back does not count."""
    same_village = PaperEntry.village_id == village_id if village_id else PaperEntry.village_id.is_(None)
    twin = db.session.scalar(
        sa.select(PaperEntry.question_id)
        .join(Question, Question.id == PaperEntry.question_id)
        .where(PaperEntry.dialogue_id == dialogue_id, same_village, PaperEntry.number == fold(number).upper())
        .where(Question.state != QuestionState.WITHDRAWN)
        .limit(1)
    )
    if twin is not None:
        raise RuleBroken(
            _l("The paper with this number was entered already, as question %(id)s. Look which one it is.", id=twin),
            "number",
        )


def record(*, question: Question, pile: str, number: str, actor: Staff) -> None:
    """Remember on which paper of which pile this question stood."""
    entry = PaperEntry(
        question_id=question.id,
        commune_id=question.commune_id,
        dialogue_id=question.dialogue_id,
        village_id=question.village_id,
        staff_id=actor.id,
        pile=pile,
        number=fold(number).upper(),
    )
    db.session.add(entry)
    db.session.flush()


@dataclass(frozen=True)
class Pile:
    """How far a pile is: how many papers are entered, and the last one."""

    number: int
    last_id: int | None
    last_text: str


def _of(pile: str, staff: Staff) -> tuple[sa.ColumnElement[bool], ...]:
    return PaperEntry.pile == pile, PaperEntry.staff_id == staff.id, Question.state != QuestionState.WITHDRAWN


def pile_of(pile: str, staff: Staff) -> Pile:
    """The pile of this person with this key; two queries."""
    join = PaperEntry.question_id == Question.id
    number = db.session.scalar(
        sa.select(sa.func.count()).select_from(PaperEntry).join(Question, join).where(*_of(pile, staff))
    )
    last = db.session.execute(
        sa.select(Question.id, Question.text)
        .join(PaperEntry, join)
        .where(*_of(pile, staff))
        .order_by(Question.id.desc())
        .limit(1)
    ).first()
    return Pile(number or 0, last.id if last else None, last.text if last else "")


def askers_of(pile: str, staff: Staff) -> Sequence[Asker]:
    """The askers of a pile in the order of its papers, for their receipts."""
    in_pile = sa.select(PaperEntry.question_id).join(Question, Question.id == PaperEntry.question_id)
    return _askers(Question.id.in_(in_pile.where(*_of(pile, staff))))


def numbers_of(question_ids: Sequence[int]) -> dict[int, str]:
    """The numbers on the papers of these questions; one query."""
    found = sa.select(PaperEntry.question_id, PaperEntry.number).where(PaperEntry.question_id.in_(question_ids))
    return dict(db.session.execute(found.where(PaperEntry.number != "")).all())  # type: ignore[arg-type]


def askers_since(since: datetime, staff: Staff) -> Sequence[Asker]:
    """The askers of what this person entered since then, on whatever way it came in."""
    return _askers(
        sa.and_(
            Question.commune_id == staff.commune_id,
            Question.entered_by_id == staff.id,
            Question.state != QuestionState.WITHDRAWN,
            Question.received_at >= since,
        )
    )


def _askers(condition: sa.ColumnElement[bool]) -> Sequence[Asker]:
    statement = sa.select(Asker).join(Asker.question).where(condition)
    question = joinedload(Asker.question)
    whole = question.joinedload(Question.dialogue), question.joinedload(Question.village)
    return db.session.scalars(statement.options(*whole).order_by(Question.id, Asker.id).limit(MOST_RECEIPTS)).all()
