"""Questions that belong together: merged ones with the one that is answered, and the same matter over the years."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from dialogues.extensions import db
from dialogues.questions.models import Asker, Question
from dialogues.questions.rules import QuestionState
from dialogues.schedule.models import Dialogue


def lead_of(question: Question) -> Question | None:
    """The question that speaks for this merged one; None when it stands alone."""
    return db.session.get(Question, question.lead_id) if question.lead_id else None


def people_of(question: Question) -> int:
    """How many ask it, merged and joined ones counted; one query."""
    return db.session.scalar(sa.select(PEOPLE).where(Question.id == question.id)) or 0


_member = aliased(Question)
PEOPLE = (
    sa.select(sa.func.count(Asker.id))
    .join(_member, _member.id == Asker.question_id)
    .where(sa.or_(_member.id == Question.id, _member.lead_id == Question.id), Asker.left_at.is_(None))
    .correlate(Question)
    .scalar_subquery()
)
"""Of a question in a statement: how many asked it, merged and joined ones counted."""

CHAIN = sa.func.coalesce(
    Question.chain_id,
    sa.select(sa.func.min(_member.chain_id))
    .where(_member.lead_id == Question.id)
    .correlate(Question)
    .scalar_subquery(),
)
"""Of a question in a statement: its chain over the years, or that of one which was merged into it."""


@dataclass(frozen=True)
class Asking:
    """One time that a matter was asked."""

    id: int
    dialogue: str
    dialogue_code: str
    starts_at: datetime


@cache
def _chains() -> sa.Select[Any]:
    lead = aliased(Question)
    return (
        sa.select(Question.chain_id, lead.id, Dialogue.title, Dialogue.code, Dialogue.starts_at, lead.state)
        .join(lead, lead.id == sa.func.coalesce(Question.lead_id, Question.id))
        .join(Dialogue, Dialogue.id == lead.dialogue_id)
        .where(
            Question.chain_id.in_(sa.bindparam("ids", expanding=True)),
            lead.public_text != "",
            Dialogue.announced_at.is_not(None),
        )
        .distinct()
        .order_by(Dialogue.starts_at, lead.id)
    )


def public_chains(chain_ids: Collection[int]) -> dict[int, tuple[Asking, ...]]:
    """The published askings of each chain, the oldest first; one query."""
    found: dict[int, list[Asking]] = defaultdict(list)
    if chain_ids:
        for chain_id, id_, title, code, starts_at, state in db.session.connection().execute(
            _chains(), {"ids": sorted(chain_ids)}
        ):
            if state is QuestionState.PUBLISHED:
                found[chain_id].append(Asking(id_, title, code, starts_at))
    return {chain_id: tuple(askings) for chain_id, askings in found.items()}


def chain_of(question: Question) -> list[Question]:
    """The questions that asked the same over the years, this one too, the oldest first; merged ones are told by the one
    that is answered. [] when it was asked once. Two queries at most."""
    chain_id = db.session.scalar(sa.select(CHAIN).where(Question.id == (question.lead_id or question.id)))
    if chain_id is None:
        return []
    members = sa.select(sa.func.coalesce(Question.lead_id, Question.id)).where(Question.chain_id == chain_id)
    statement = sa.select(Question).join(Dialogue, Dialogue.id == Question.dialogue_id).where(Question.id.in_(members))
    found = list(db.session.scalars(statement.order_by(Dialogue.starts_at, Question.id)))
    return found if len(found) > 1 else []
