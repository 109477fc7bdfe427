"""What stays open without a promise: matters that were only noted, and those that were passed up and wait."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from dialogues.extensions import db
from dialogues.followup.models import Answer, Commitment
from dialogues.followup.rules import CommitmentState, Outcome
from dialogues.places.models import Village
from dialogues.places.rules import Field
from dialogues.questions.merges import PEOPLE
from dialogues.questions.models import Question
from dialogues.questions.service import visible
from dialogues.schedule.models import Dialogue


@dataclass(frozen=True)
class OpenMatter:
    """A question that was answered with "noted", or passed up without word yet. `people`: how many asked it."""

    question_id: int
    text: str
    field: Field
    village: str
    outcome: Outcome
    escalated_to: str
    since: date
    dialogue_code: str
    dialogue: str
    people: int

    def days(self, today: date) -> int:
        """How long it has been open."""
        return max((today - self.since).days, 0)


def waiting(commune_id: int) -> sa.Select[tuple[Question]]:
    """The questions that residents may read, whose published answer settles nothing and promises nothing. A promise
    that was withdrawn is none."""
    promised = sa.exists().where(Commitment.answer_id == Answer.id, Commitment.state != CommitmentState.WITHDRAWN)
    return (
        visible(commune_id)
        .join(Answer, Answer.question_id == Question.id)
        .where(
            Answer.commune_id == commune_id,
            Answer.published_at.is_not(None),
            Answer.final_on.is_(None),
            Answer.outcome.in_((Outcome.NOTED, Outcome.ESCALATED)),
            ~promised,
        )
    )


def count(statement: sa.Select[tuple[Question]]) -> int:
    """How many they are; one query."""
    return db.session.scalar(statement.with_only_columns(sa.func.count())) or 0


def matters(statement: sa.Select[tuple[Question]]) -> Sequence[OpenMatter]:
    """A `waiting` statement, ready to show, what waits longest first; one query."""
    rows: Any = db.session.connection().execute(
        statement.outerjoin(Village, Village.id == Question.village_id)
        .with_only_columns(
            Question.id, Question.public_text, Question.field, Village.kind, Village.name, Answer.outcome,
            Answer.escalated_to, Answer.answered_on, Dialogue.code, Dialogue.title, PEOPLE,
        )
        .order_by(Answer.answered_on, Question.id)
    )  # fmt: skip
    found = []
    for id_, text, field, kind, village, outcome, escalated_to, since, code, title, people in rows:
        place = f"{kind[:1].upper()}{kind[1:]} {village}" if village else ""
        found.append(OpenMatter(id_, text, field, place, outcome, escalated_to, since, code, title, people))
    return found
