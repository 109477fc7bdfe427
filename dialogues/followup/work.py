""" "My work": what waits for one person, oldest and overdue first."""

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from dialogues import clock
from dialogues.access import Permission, allowed
from dialogues.extensions import db
from dialogues.followup.models import Answer, Commitment, CommitmentSupport
from dialogues.followup.rules import LATER, UNFINISHED, AnswerStage, CommitmentState, Outcome
from dialogues.followup.service import (
    CommitmentRow,
    all_commitments,
    answer_stage_column,
    commitment_rows,
    most_urgent_first,
    overdue_on,
)
from dialogues.places.models import Unit, Village
from dialogues.places.rules import Field
from dialogues.questions.models import Question
from dialogues.questions.queue import is_helped_by
from dialogues.questions.rules import QuestionState
from dialogues.schedule.models import Dialogue
from dialogues.staff.models import Staff

MOST = 60
FEW = 10
"""So many of each list until all are asked for."""
_OPEN_STATES = (QuestionState.WAITING, QuestionState.PUBLISHED)
_OWN_TEXT = sa.func.coalesce(sa.func.nullif(Question.corrected_text, ""), Question.text)
_LEFT_OPEN = (AnswerStage.NOTED, AnswerStage.ESCALATED)
_NOT_ANSWERED = (AnswerStage.UNANSWERED.value, AnswerStage.NOTED.value)


@dataclass(frozen=True)
class QuestionToDo:
    """A question that waits for this person's answer; `due_on` for one that was promised later."""

    id: int
    text: str
    field: Field
    village: str
    dialogue: str
    received_on: date
    days: int
    stage: AnswerStage
    due_on: date | None
    escalated_to: str
    outcome: Outcome | None
    is_drafted: bool
    answer_by: date | None = None
    """The day that the office set when it assigned the question."""
    lead: str = ""
    """Who leads, when it is somebody else."""
    since: date | None = None
    """Since when it is noted or passed up."""


@dataclass(frozen=True)
class Work:
    """The lists of the page; each holds at most MOST, the counts beside are of all."""

    questions: list[QuestionToDo]
    later: list[QuestionToDo]
    commitments: list[CommitmentRow]
    reported: list[CommitmentRow]
    to_publish: list[QuestionToDo]
    """For who publishes: drafts of published questions, later answers without day, proposed moves."""
    counts: "WorkCounts"


@dataclass(frozen=True)
class WorkCounts:
    """How much waits for one person."""

    questions: int
    oldest_at: datetime | None
    later: int
    later_overdue: int
    commitments: int
    overdue: int
    reported: int
    to_publish: int


def questions_of(staff: Staff) -> sa.ColumnElement[bool]:
    """Assigned to the person or to their unit, or their unit helps."""
    mine = Question.assigned_staff_id == staff.id
    if staff.unit_id is None:
        return mine
    return sa.or_(mine, Question.assigned_unit_id == staff.unit_id, is_helped_by(staff.unit_id))


def _commitments_of(staff: Staff) -> sa.ColumnElement[bool]:
    """Promised by the person or by somebody of their unit, or their unit helps."""
    mine = Commitment.responsible_id == staff.id
    if staff.unit_id is None:
        return mine
    unit = sa.select(Staff.id).where(Staff.unit_id == staff.unit_id, Staff.commune_id == staff.commune_id)
    helps = sa.exists().where(
        CommitmentSupport.commitment_id == Commitment.id, CommitmentSupport.unit_id == staff.unit_id
    )
    return sa.or_(mine, Commitment.responsible_id.in_(unit), helps)


def _publishes(staff: Staff) -> bool:
    return allowed(staff, Permission.PUBLISH_ANSWERS)


def _to_answer(staff: Staff, today: date) -> sa.Select[tuple[Question]]:
    return (
        sa.select(Question)
        .outerjoin(Answer, Answer.question_id == Question.id)
        .where(
            Question.commune_id == staff.commune_id,
            Question.state.in_(_OPEN_STATES),
            questions_of(staff),
            answer_stage_column(today).in_(_NOT_ANSWERED),
        )
    )


def _to_answer_later(staff: Staff) -> sa.Select[tuple[Question]]:
    return (
        sa.select(Question)
        .join(Answer, Answer.question_id == Question.id)
        .where(
            Question.commune_id == staff.commune_id,
            Question.state.in_(_OPEN_STATES),
            sa.or_(questions_of(staff), Answer.answered_by_id == staff.id),
            Answer.outcome.in_(LATER),
            Answer.final_on.is_(None),
        )
    )


def to_publish(commune_id: int) -> sa.Select[tuple[Question]]:
    """What departments wrote and the office has to read: first answers, later answers, proposed moves away."""
    moved = Answer.outcome == Outcome.MOVED_TO_COMPLAINT
    published = Question.state == QuestionState.PUBLISHED
    return (
        sa.select(Question)
        .join(Answer, Answer.question_id == Question.id)
        .where(
            Question.commune_id == commune_id,
            sa.or_(
                sa.and_(moved, Question.state.in_(_OPEN_STATES)),
                sa.and_(published, ~moved, Answer.published_at.is_(None)),
                sa.and_(published, Answer.final_text != "", Answer.final_on.is_(None)),
            ),
        )
    )


def work_counts(staff: Staff, today: date) -> WorkCounts:
    """One query."""
    to_answer, later = _to_answer(staff, today), _to_answer_later(staff)
    promised = all_commitments(staff.commune_id).where(_commitments_of(staff))
    unfinished = promised.where(Commitment.state.in_(UNFINISHED))

    def number(statement: sa.Select[tuple[Question]] | sa.Select[tuple[Commitment]]) -> sa.ScalarSelect[int]:
        return statement.with_only_columns(sa.func.count()).scalar_subquery()

    row = db.session.execute(
        sa.select(
            number(to_answer),
            to_answer.with_only_columns(sa.func.min(Question.received_at)).scalar_subquery(),
            number(later),
            number(later.where(Answer.due_on < today)),
            number(unfinished),
            number(promised.where(overdue_on(today))),
            number(promised.where(Commitment.state == CommitmentState.REPORTED_DONE)),
            number(to_publish(staff.commune_id)) if _publishes(staff) else sa.literal(0),
        )
    ).one()
    return WorkCounts(*row)


def work_of(staff: Staff, today: date) -> Work:
    """Everything on the page; five queries, six for who publishes."""
    zone = staff.commune.time_zone
    promised = all_commitments(staff.commune_id).where(_commitments_of(staff))
    unfinished = most_urgent_first(promised.where(Commitment.state.in_(UNFINISHED)), today)
    reported = most_urgent_first(promised.where(Commitment.state == CommitmentState.REPORTED_DONE), today)
    return Work(
        questions=_to_do(
            _to_answer(staff, today).order_by(
                Question.answer_due_on.is_(None), Question.answer_due_on, Question.received_at, Question.id
            ),
            today,
            zone,
            staff,
        ),
        later=_to_do(
            _to_answer_later(staff).order_by(Answer.due_on.is_(None), Answer.due_on, Answer.answered_on, Question.id),
            today,
            zone,
        ),
        commitments=commitment_rows(unfinished.limit(MOST), today),
        reported=commitment_rows(reported.limit(MOST), today),
        to_publish=_to_do(to_publish(staff.commune_id).order_by(Answer.changed_at, Question.id), today, zone)
        if _publishes(staff)
        else [],
        counts=work_counts(staff, today),
    )


def _to_do(
    statement: sa.Select[tuple[Question]], today: date, zone: str, reader: Staff | None = None
) -> list[QuestionToDo]:
    """The questions of a statement as cards; for `reader` with who leads where their department only helps."""
    rows = db.session.execute(
        statement.limit(MOST)
        .join(Dialogue, Dialogue.id == Question.dialogue_id)
        .outerjoin(Village, Village.id == Question.village_id)
        .outerjoin(Unit, Unit.id == Question.assigned_unit_id)
        .with_only_columns(
            Question.id, _OWN_TEXT, Question.public_text, Question.field, Village.kind, Village.name,
            Dialogue.title, Question.received_at, answer_stage_column(today), Answer.due_on, Answer.escalated_to,
            Answer.final_text, Answer.outcome, Answer.answered_on, Question.answer_due_on, Unit.id, Unit.name,
        )
    )  # fmt: skip
    found = []
    for (
        id_, text, public_text, field, kind, village, dialogue, received_at, stage, due_on, escalated_to, final_text,
        outcome, answered_on, answer_by, unit_id, unit,
    ) in rows:  # fmt: skip
        received_on = clock.local(received_at, zone).date()
        found.append(
            QuestionToDo(
                id=id_,
                text=public_text or text,
                field=field,
                village=f"{kind[:1].upper()}{kind[1:]} {village}" if village else "",
                dialogue=dialogue,
                received_on=received_on,
                days=(today - received_on).days,
                stage=AnswerStage(stage),
                due_on=due_on,
                escalated_to=escalated_to or "",
                outcome=outcome,
                is_drafted=bool(final_text),
                answer_by=answer_by,
                lead=unit or "" if reader is not None and unit_id != reader.unit_id else "",
                since=answered_on if AnswerStage(stage) in _LEFT_OPEN else None,
            )
        )
    return found
