"""What the head or a helper of a village sees of it: the own entries, numbers by state, and what is public."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from dialogues.extensions import db
from dialogues.questions.models import Asker, Question
from dialogues.questions.rules import IntakeChannel, QuestionState
from dialogues.questions.service import newest_first, visible
from dialogues.staff.models import Staff

MOST_ENTRIES, MOST_PUBLIC = 60, 40


@dataclass(frozen=True)
class Entry:
    """A question that this person entered, with the name that was typed."""

    id: int
    text: str
    name: str
    state: QuestionState
    state_note: str
    channel: IntakeChannel
    received_at: datetime


def entries(staff: Staff) -> list[Entry]:
    """What this person entered for the own village, newest first; one query."""
    q = Question
    name = sa.select(Asker.name).where(Asker.question_id == q.id).order_by(Asker.id).limit(1).scalar_subquery()
    rows = db.session.execute(
        sa.select(q.id, q.text, name, q.state, q.state_note, q.channel, q.received_at)
        .where(q.commune_id == staff.commune_id, q.entered_by_id == staff.id, q.village_id == staff.village_id)
        .order_by(q.id.desc())
        .limit(MOST_ENTRIES)
    )
    return [Entry(*row) for row in rows]


def counts(staff: Staff) -> dict[QuestionState, int]:
    """How many questions came from the own village, by state; from whomever, without their words. One query."""
    rows = db.session.execute(
        sa.select(Question.state, sa.func.count())
        .where(Question.commune_id == staff.commune_id, Question.village_id == staff.village_id)
        .group_by(Question.state)
    ).all()
    found: dict[QuestionState, int] = dict(rows)  # type: ignore[arg-type]
    return {state: found.get(state, 0) for state in QuestionState}


def public_ones(staff: Staff) -> sa.Select[tuple[Question]]:
    """The questions of the own village that everybody may read, newest first."""
    return newest_first(visible(staff.commune_id).where(Question.village_id == staff.village_id))
