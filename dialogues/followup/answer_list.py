"""The office's list of published questions by the stage of their answer."""

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from dialogues import clock
from dialogues.extensions import db
from dialogues.followup.models import Answer
from dialogues.followup.rules import AnswerStage
from dialogues.followup.service import answer_stage_column
from dialogues.paging import Paged, paged
from dialogues.places.models import Unit, Village
from dialogues.places.rules import Field
from dialogues.questions.models import Question
from dialogues.questions.rules import QuestionState
from dialogues.schedule.models import Dialogue
from dialogues.staff.models import Staff


@dataclass(frozen=True)
class AnswerRow:
    """A published question in the office's list of answers."""

    question_id: int
    text: str
    field: Field
    village: str
    dialogue: str
    received_on: date
    stage: AnswerStage
    assigned: str
    due_on: date | None
    since: date | None
    escalated_to: str
    is_later_drafted: bool


_FAR = date(9999, 1, 1)
_BY_URGENCY = (
    AnswerStage.WRITTEN_OVERDUE,
    AnswerStage.UNANSWERED,
    AnswerStage.DRAFTED,
    AnswerStage.WRITTEN_PROMISED,
    AnswerStage.ESCALATED,
    AnswerStage.NOTED,
)


def _urgency(stage: sa.ColumnElement[str]) -> sa.ColumnElement[int]:
    """What is late, what waits, what is answered."""
    return sa.case(*((stage == one.value, place) for place, one in enumerate(_BY_URGENCY)), else_=len(_BY_URGENCY))


def answer_list(
    commune_id: int, today: date, zone: str, number: int, stage: AnswerStage | None, dialogue_id: int | None
) -> tuple[list[AnswerRow], Paged, dict[AnswerStage, int]]:
    """Published questions by the stage of their answer: one page (late ones first, then those that wait, oldest first),
    and how many stand at each stage; three queries."""
    at = answer_stage_column(today)
    base = (
        sa.select(Question)
        .outerjoin(Answer, Answer.question_id == Question.id)
        .where(Question.commune_id == commune_id, Question.state == QuestionState.PUBLISHED)
    )
    if dialogue_id is not None:
        base = base.where(Question.dialogue_id == dialogue_id)
    counted = db.session.execute(base.with_only_columns(at.label("stage"), sa.func.count()).group_by(at.label("stage")))
    counts = {AnswerStage(name): amount for name, amount in counted}
    if stage is not None:
        base = base.where(at == stage.value)
    page = paged(base, number)
    by_day = sa.func.coalesce(Answer.due_on, _FAR)
    rows = db.session.execute(
        page.slice(base.order_by(_urgency(at), by_day, Question.received_at, Question.id))
        .join(Dialogue, Dialogue.id == Question.dialogue_id)
        .outerjoin(Village, Village.id == Question.village_id)
        .outerjoin(Unit, Unit.id == Question.assigned_unit_id)
        .outerjoin(Staff, Staff.id == Question.assigned_staff_id)
        .with_only_columns(
            Question.id, Question.public_text, Question.field, Village.kind, Village.name, Dialogue.title,
            Question.received_at, at, Staff.name, Unit.name, Answer.due_on, Answer.answered_on, Answer.escalated_to,
            Answer.final_text, Answer.final_on,
        )
    ).all()  # fmt: skip
    found = [
        AnswerRow(
            id_, text, field, f"{kind[:1].upper()}{kind[1:]} {village}" if village else "", dialogue,
            clock.local(received_at, zone).date(), AnswerStage(name), person or unit or "", due_on, answered_on,
            escalated_to or "", bool(final_text) and final_on is None,
        )
        for id_, text, field, kind, village, dialogue, received_at, name, person, unit, due_on, answered_on,
        escalated_to, final_text, final_on in rows
    ]  # fmt: skip
    return found, page, counts
