"""How many questions and promises a dialogue has: figures for pages about dialogues."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import sqlalchemy as sa

from dialogues.extensions import db, value
from dialogues.followup.models import Answer, Commitment
from dialogues.followup.rules import UNFINISHED, CommitmentState, Outcome
from dialogues.questions.lineage import is_received_text
from dialogues.questions.models import Question
from dialogues.questions.rules import QuestionState
from dialogues.questions.service import is_visible
from dialogues.schedule.models import Dialogue


@dataclass(frozen=True)
class PublicFigures:
    """What residents read about the work on a dialogue. `received` counts every text that came in, published or not, as
    the account of moderation does; those in quarantine are among them."""

    received: int
    published: int
    answered: int
    quarantined: int = 0


@dataclass(frozen=True)
class CommitmentFigures:
    """The promises of a dialogue by state; `overdue` ones are counted in their state too."""

    by_state: dict[CommitmentState, int]
    overdue: int

    @property
    def total(self) -> int:
        return sum(self.by_state.values())


@cache
def _public_figures() -> sa.Select[Any]:
    answered = sa.and_(
        Answer.published_at.is_not(None),
        sa.or_(
            Answer.outcome == Outcome.ANSWERED_ON_SPOT,
            sa.and_(Answer.outcome.in_([Outcome.IN_WRITING, Outcome.ESCALATED]), Answer.final_on.is_not(None)),
        ),
    )

    def number(*conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
        return sa.func.coalesce(sa.func.sum(sa.case((sa.and_(*conditions), 1), else_=0)), 0)

    return (
        sa.select(
            number(is_received_text()),
            number(*is_visible()),
            number(*is_visible(), answered),
            number(Question.state == QuestionState.QUARANTINED),
        )
        .select_from(Question)
        .join(Dialogue, Dialogue.id == Question.dialogue_id)
        .outerjoin(Answer, Answer.question_id == Question.id)
        .where(Question.dialogue_id == value("dialogue_id"))
    )


def public_figures(dialogue_id: int) -> PublicFigures:
    """One query. Answered: a published answer that is more than a promise to answer later, or a note."""
    return PublicFigures(*db.session.connection().execute(_public_figures(), {"dialogue_id": dialogue_id}).one())


def questions_by_state(dialogue_ids: Collection[int]) -> dict[int, dict[QuestionState, int]]:
    """How many questions of each state these dialogues have; one query."""
    found: dict[int, dict[QuestionState, int]] = defaultdict(dict)
    if dialogue_ids:
        for dialogue_id, state, number in db.session.execute(
            sa.select(Question.dialogue_id, Question.state, sa.func.count())
            .where(Question.dialogue_id.in_(dialogue_ids))
            .group_by(Question.dialogue_id, Question.state)
        ):
            found[dialogue_id][state] = number
    return found


def received_texts(dialogue_id: int) -> int:
    """How many texts came in for a dialogue: one that was split counts once, whatever became of it. One query."""
    received = sa.select(sa.func.count()).where(Question.dialogue_id == dialogue_id, is_received_text())
    return db.session.scalar(received) or 0


def commitments(dialogue_id: int, today: date) -> CommitmentFigures:
    """How many promises of each state a dialogue has, and how many of them are overdue; one query."""
    late = sa.case((sa.and_(Commitment.state.in_(UNFINISHED), Commitment.due_on < today), 1), else_=0)
    rows = db.session.execute(
        sa.select(Commitment.state, sa.func.count(), sa.func.sum(late))
        .where(Commitment.dialogue_id == dialogue_id)
        .group_by(Commitment.state)
    ).all()
    return CommitmentFigures({state: number for state, number, _ in rows}, sum(overdue for _, _, overdue in rows))
