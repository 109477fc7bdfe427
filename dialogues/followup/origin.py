"""Where a promise comes from: the question, those that were merged into it, and how many people ask it."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from dialogues.extensions import db
from dialogues.places.models import Village
from dialogues.questions.merges import people_of
from dialogues.questions.models import Question


@dataclass(frozen=True)
class Merged:
    """A question that was merged, without its words: who may read those opens it."""

    id: int
    received_at: datetime
    village: str


@dataclass(frozen=True)
class Origin:
    """`people`: everybody who asked, merged and joined ones counted."""

    people: int
    merged: tuple[Merged, ...]


def origin_of(question: Question) -> Origin:
    """Two queries."""
    rows = db.session.execute(
        sa.select(Question.id, Question.received_at, Village.kind, Village.name)
        .outerjoin(Village, Village.id == Question.village_id)
        .where(Question.lead_id == question.id)
        .order_by(Question.received_at, Question.id)
    )
    merged = tuple(Merged(id_, at, f"{kind} {name}" if name else "") for id_, at, kind, name in rows)
    return Origin(people_of(question), merged)
