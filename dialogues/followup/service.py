"""Answers and commitments: what residents may see of them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from dialogues.extensions import db
from dialogues.followup.models import Answer, Commitment
from dialogues.followup.rules import AnswerStage, CommitmentState, Outcome, answer_stage, is_overdue
from dialogues.places.models import Village
from dialogues.places.rules import Field
from dialogues.questions.models import Asker, Question
from dialogues.questions.service import visible
from dialogues.staff.models import Staff


@dataclass(frozen=True)
class CommitmentView:
    """A promise as residents read it."""

    id: int
    result: str
    responsible: str
    post: str
    due_on: date
    first_due_on: date
    state: CommitmentState
    is_overdue: bool


@dataclass(frozen=True)
class AnswerView:
    """A published answer as residents read it."""

    outcome: Outcome
    text: str
    by: str
    post: str
    answered_on: date
    due_on: date | None
    escalated_to: str
    final_text: str
    final_on: date | None


@dataclass(frozen=True)
class QuestionView:
    """A published question as residents read it, with its answer and commitments."""

    id: int
    dialogue_id: int
    text: str
    field: Field
    village: str
    asker: str
    received_at: datetime
    stage: AnswerStage
    answer: AnswerView | None
    commitments: tuple[CommitmentView, ...]


def visible_commitments(commune_id: int) -> sa.Select[tuple[Commitment]]:
    """The commitments that residents may read: those of a published answer to a visible question; starts from
    `questions.service.visible`, so that nothing hidden there comes in here."""
    return (
        sa.select(Commitment)
        .join(Answer, Answer.id == Commitment.answer_id)
        .where(
            Commitment.commune_id == commune_id,
            Answer.published_at.is_not(None),
            Answer.outcome != Outcome.MOVED_TO_COMPLAINT,
            Answer.question_id.in_(visible(commune_id).with_only_columns(Question.id)),
        )
    )


def question_views(statement: sa.Select[tuple[Question]], today: date) -> list[QuestionView]:
    """The questions of a `visible(...)` statement, ready to show, in its order; two queries, however many rows.

    The name of an asker comes out only with their consent; of several askers the first consenting one.
    """
    asker = (
        sa.select(sa.func.min(Asker.id))
        .where(Asker.question_id == Question.id, Asker.may_publish_name, Asker.name != "")
        .correlate(Question)
        .scalar_subquery()
    )
    rows = db.session.execute(
        statement.with_only_columns(
            Question.id, Question.dialogue_id, Question.public_text, Question.field, Question.received_at,
            Village.kind, Village.name, Asker.name, Answer.id, Answer.outcome, Answer.text, Answer.answered_on,
            Answer.due_on, Answer.escalated_to, Answer.final_text, Answer.final_on, Answer.published_at,
            Staff.name, Staff.post,
        )
        .outerjoin(Village, Village.id == Question.village_id)
        .outerjoin(Asker, Asker.id == asker)
        .outerjoin(Answer, Answer.question_id == Question.id)
        .outerjoin(Staff, Staff.id == Answer.answered_by_id)
    ).all()  # fmt: skip
    promises = commitment_views([row[8] for row in rows if row[8] and row[16]], today)
    found = []
    for (
        id_, dialogue_id, text, field, received_at, kind, village, name, answer_id, outcome, said, answered_on,
        due_on, escalated_to, final_text, final_on, published_at, by, post,
    ) in rows:  # fmt: skip
        shown = published_at is not None and outcome is not Outcome.MOVED_TO_COMPLAINT
        found.append(
            QuestionView(
                id=id_,
                dialogue_id=dialogue_id,
                text=text,
                field=field,
                village=f"{kind[:1].upper()}{kind[1:]} {village}" if village else "",
                asker=name or "",
                received_at=received_at,
                stage=answer_stage(outcome, published_at is not None, due_on, final_on, today),
                answer=AnswerView(
                    outcome, said, by or "", post or "", answered_on, due_on, escalated_to, final_text, final_on
                )
                if shown
                else None,
                commitments=tuple(promises[answer_id]) if shown else (),
            )
        )
    return found


def commitment_views(answer_ids: Sequence[int], today: date) -> dict[int, list[CommitmentView]]:
    """The commitments of these answers by answer id; one query. The caller makes sure that the answers are public."""
    found: dict[int, list[CommitmentView]] = defaultdict(list)
    if not answer_ids:
        return found
    c = Commitment
    for answer_id, id_, result, due_on, first_due_on, state, name, post in db.session.execute(
        sa.select(c.answer_id, c.id, c.result, c.due_on, c.first_due_on, c.state, Staff.name, Staff.post)
        .join(Staff, Staff.id == c.responsible_id)
        .where(c.answer_id.in_(answer_ids))
        .order_by(c.due_on, c.id)
    ):
        found[answer_id].append(
            CommitmentView(id_, result, name, post, due_on, first_due_on, state, is_overdue(state, due_on, today))
        )
    return found
