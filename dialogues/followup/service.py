"""Answers and commitments: what residents may see of them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa

from dialogues.extensions import db, value
from dialogues.followup.models import Answer, Commitment, CommitmentEntry
from dialogues.followup.rules import (
    SILENT_DAYS,
    UNFINISHED,
    AnswerStage,
    CommitmentKind,
    CommitmentStage,
    CommitmentState,
    EntryKind,
    Outcome,
    commitment_stage,
)
from dialogues.places.models import Village
from dialogues.places.rules import Field
from dialogues.questions.models import Question
from dialogues.questions.rules import QuestionState
from dialogues.questions.service import visible
from dialogues.schedule.models import Dialogue
from dialogues.staff.models import Staff


def visible_commitments(commune_id: int) -> sa.Select[tuple[Commitment]]:
    """The commitments that residents may read: those of a published answer. A promise made in public stays in sight
    when its question is withdrawn or taken back, without the words of the question; only the complaint procedure hides
    it (R10)."""
    return all_commitments(commune_id).where(
        Answer.published_at.is_not(None),
        Answer.outcome != Outcome.MOVED_TO_COMPLAINT,
        Question.state != QuestionState.MOVED_TO_COMPLAINT,
        Dialogue.announced_at.is_not(None),
    )


def all_commitments(commune_id: int) -> sa.Select[tuple[Commitment]]:
    """The commitments of a commune, public or not, with the answer, question and dialogue they come from; for the
    office."""
    return (
        sa.select(Commitment)
        .join(Answer, Answer.id == Commitment.answer_id)
        .join(Question, Question.id == Answer.question_id)
        .join(Dialogue, Dialogue.id == Question.dialogue_id)
        .where(Commitment.commune_id == commune_id)
    )


# -- commitments, listed ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CommitmentRow:
    """A promise in a list: with the question and the dialogue it comes from. `question` and `village` are "" when
    residents cannot read the question."""

    id: int
    result: str
    responsible_id: int
    responsible: str
    post: str
    promised_on: date
    due_on: date
    first_due_on: date
    state: CommitmentState
    stage: CommitmentStage
    reported_done_on: date | None
    question_id: int
    question: str
    field: Field
    village: str
    dialogue_code: str
    dialogue: str
    kind: CommitmentKind
    place: str
    times_extended: int

    @property
    def is_overdue(self) -> bool:
        return self.stage is CommitmentStage.OVERDUE


@dataclass(frozen=True)
class CommitmentCounts:
    """How a commune keeps its promises: by stage, and of those whose first day has come, how many kept it."""

    overdue: int = 0
    open: int = 0
    in_progress: int = 0
    reported_done: int = 0
    not_objected: int = 0
    confirmed: int = 0
    withdrawn: int = 0
    come_due: int = 0
    kept: int = 0

    @property
    def total(self) -> int:
        finished = self.reported_done + self.not_objected + self.confirmed + self.withdrawn
        return self.overdue + self.at_work + finished

    @property
    def at_work(self) -> int:
        """Not done, and not late."""
        return self.open + self.in_progress


SHOWN = sa.func.coalesce(sa.func.nullif(Commitment.public_text, ""), Commitment.result)
"""The words of a promise that residents read: `Commitment.shown`."""
TIMES_EXTENDED = (
    sa.select(sa.func.count())
    .where(CommitmentEntry.commitment_id == Commitment.id, CommitmentEntry.kind == EntryKind.EXTENSION)
    .correlate(Commitment)
    .scalar_subquery()
)
"""Of a promise in a statement: how often its day was moved."""
NOT_OBJECTED_AFTER = timedelta(days=SILENT_DAYS + 1)


def overdue_on(today: date) -> sa.ColumnElement[bool]:
    """The condition of `rules.is_overdue`."""
    return sa.and_(Commitment.state.in_(UNFINISHED), Commitment.due_on < today)


def at_stage(stage: CommitmentStage, today: date, reported_until: Any = None) -> sa.ColumnElement[bool]:
    """The condition of `rules.commitment_stage`. `reported_until`: the last day of a report that was silent long
    enough, for a statement whose `today` comes with each run."""
    if reported_until is None:
        reported_until = today - NOT_OBJECTED_AFTER
    if stage is CommitmentStage.OVERDUE:
        return overdue_on(today)
    if stage in (CommitmentStage.REPORTED_DONE, CommitmentStage.NOT_OBJECTED):
        reported = Commitment.state == CommitmentState.REPORTED_DONE
        c = Commitment
        silent = sa.and_(c.objected_on.is_(None), c.reported_done_on.is_not(None), c.reported_done_on <= reported_until)
        return sa.and_(reported, silent if stage is CommitmentStage.NOT_OBJECTED else sa.not_(silent))
    same = Commitment.state == CommitmentState(stage.value)
    return sa.and_(same, Commitment.due_on >= today) if CommitmentState(stage.value) in UNFINISHED else same


def most_urgent_first(statement: sa.Select[tuple[Commitment]], today: date) -> sa.Select[tuple[Commitment]]:
    """Overdue ones (the longest first), those at work by their day, those to confirm, then the finished ones."""
    rank = sa.case(
        (overdue_on(today), 0),
        (Commitment.state.in_(UNFINISHED), 1),
        (Commitment.state == CommitmentState.REPORTED_DONE, 2),
        else_=3,
    )
    newest_finished = sa.case((Commitment.state == CommitmentState.CONFIRMED, Commitment.due_on))
    return statement.order_by(rank, newest_finished.desc(), Commitment.due_on, Commitment.id)


def narrowed(
    statement: sa.Select[tuple[Commitment]],
    today: date,
    *,
    stage: CommitmentStage | None = None,
    field: Field | None = None,
    village_id: int | None = None,
    dialogue_id: int | None = None,
    responsible_id: int | None = None,
) -> sa.Select[tuple[Commitment]]:
    """A commitments' statement with the filters of the lists; None means all."""
    if stage is not None:
        statement = statement.where(at_stage(stage, today))
    if field is not None:
        statement = statement.where(Question.field == field)
    if village_id is not None:
        statement = statement.where(Question.village_id == village_id)
    if dialogue_id is not None:
        statement = statement.where(Commitment.dialogue_id == dialogue_id)
    if responsible_id is not None:
        statement = statement.where(Commitment.responsible_id == responsible_id)
    return statement


def commitment_rows(statement: sa.Select[tuple[Commitment]], today: date) -> list[CommitmentRow]:
    """The commitments of an `all_commitments` statement, ready to list, in its order; one query."""
    c = Commitment
    public_words = sa.case((Question.state == QuestionState.PUBLISHED, Question.public_text), else_="")
    found = db.session.execute(
        statement.join(Staff, Staff.id == c.responsible_id)
        .outerjoin(Village, Village.id == Question.village_id)
        .with_only_columns(
            c.id, SHOWN, c.responsible_id, Staff.name, Staff.post, c.promised_on, c.due_on, c.first_due_on, c.state,
            c.reported_done_on, c.objected_on, Question.id, public_words, Question.field, Village.kind, Village.name,
            Dialogue.code, Dialogue.title, c.kind, c.place, TIMES_EXTENDED,
        )
    )  # fmt: skip
    return [
        CommitmentRow(
            id_, result, responsible_id, name, post, promised_on, due_on, first_due_on, state,
            commitment_stage(state, due_on, today, reported_done_on, objected_on), reported_done_on, question_id,
            question, field,
            f"{kind[:1].upper()}{kind[1:]} {village}" if village and question else "", code, title,
            of_kind, place, times,
        )
        for id_, result, responsible_id, name, post, promised_on, due_on, first_due_on, state, reported_done_on,
        objected_on, question_id, question, field, kind, village, code, title, of_kind, place, times
        in found
    ]  # fmt: skip


def commitment_counts(statement: sa.Select[tuple[Commitment]], today: date) -> CommitmentCounts:
    """Counts over a commitments' statement; one query."""
    return _counts(_for_counts(statement), {}, today)


def public_commitment_counts(commune_id: int, today: date) -> CommitmentCounts:
    """Counts over everything that residents may read of a commune's commitments; one query."""
    return _counts(_public_counts(), {"commune_id": commune_id}, today)


@cache
def _public_counts() -> sa.Select[Any]:
    return _for_counts(visible_commitments(value("commune_id")))


def _for_counts(statement: sa.Select[tuple[Commitment]]) -> sa.Select[Any]:
    c, today, reported_until = Commitment, value("today"), value("reported_until")

    def number(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
        return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)

    return statement.order_by(None).with_only_columns(
        *(number(at_stage(stage, today, reported_until)) for stage in CommitmentStage),
        number(sa.or_(c.first_due_on < today, c.reported_done_on.is_not(None))),
        number(c.reported_done_on <= c.first_due_on),
    )


def _counts(statement: sa.Select[Any], values: dict[str, Any], today: date) -> CommitmentCounts:
    values = {**values, "today": today, "reported_until": today - NOT_OBJECTED_AFTER}
    return CommitmentCounts(*(int(number) for number in db.session.execute(statement, values).one()))


def dialogues_with_commitments(statement: sa.Select[tuple[Commitment]]) -> list[tuple[int, str, str, datetime]]:
    """(id, code, title, start) of the dialogues that a commitments' statement touches, newest first; one query."""
    ids = statement.order_by(None).with_only_columns(Commitment.dialogue_id)
    rows = db.session.execute(
        sa.select(Dialogue.id, Dialogue.code, Dialogue.title, Dialogue.starts_at)
        .where(Dialogue.id.in_(ids))
        .order_by(Dialogue.starts_at.desc(), Dialogue.id)
    )
    return [(id_, code, title, starts_at) for id_, code, title, starts_at in rows]


# -- answers, listed --------------------------------------------------------------------------------------------------


def answer_stage_column(today: date) -> sa.ColumnElement[str]:
    """`rules.answer_stage` as an expression over Question left joined with Answer; its values are AnswerStage's."""
    a, s = Answer, AnswerStage
    return sa.case(
        (sa.or_(a.id.is_(None), a.outcome == Outcome.MOVED_TO_COMPLAINT), s.UNANSWERED.value),
        (a.published_at.is_(None), s.DRAFTED.value),
        (a.outcome == Outcome.ANSWERED_ON_SPOT, s.ANSWERED.value),
        (a.outcome == Outcome.NOTED, s.NOTED.value),
        (sa.and_(a.outcome == Outcome.ESCALATED, a.final_on.is_not(None)), s.ESCALATED_ANSWERED.value),
        (a.outcome == Outcome.ESCALATED, s.ESCALATED.value),
        (a.final_on.is_not(None), s.WRITTEN_GIVEN.value),
        (a.due_on < today, s.WRITTEN_OVERDUE.value),
        else_=s.WRITTEN_PROMISED.value,
    )


def dialogues_with_answers(commune_id: int) -> list[tuple[int, str, str]]:
    """(id, code, title) of the dialogues that have published questions, newest first; one query."""
    ids = visible(commune_id).with_only_columns(Question.dialogue_id)
    rows = db.session.execute(
        sa.select(Dialogue.id, Dialogue.code, Dialogue.title)
        .where(Dialogue.id.in_(ids))
        .order_by(Dialogue.starts_at.desc(), Dialogue.id)
    )
    return [(id_, code, title) for id_, code, title in rows]


def stage_of(commitment: Commitment, today: date) -> CommitmentStage:
    """What its badge shows on `today`."""
    c = commitment
    return commitment_stage(c.state, c.due_on, today, c.reported_done_on, c.objected_on)


def is_public(commitment: Commitment) -> bool:
    """Whether residents may read this one; one query."""
    statement = visible_commitments(commitment.commune_id).where(Commitment.id == commitment.id)
    return db.session.scalar(statement.with_only_columns(Commitment.id)) is not None


def is_an_answer() -> sa.ColumnElement[bool]:
    """Condition on Answer: residents can read it, and it is one ("noted" is none, a promised one not yet)."""
    return sa.and_(
        Answer.published_at.is_not(None),
        sa.or_(
            Answer.outcome == Outcome.ANSWERED_ON_SPOT,
            sa.and_(Answer.outcome.in_((Outcome.IN_WRITING, Outcome.ESCALATED)), Answer.final_on.is_not(None)),
        ),
    )


def is_answered() -> sa.ColumnElement[bool]:
    """Condition on Question: residents can read its answer (see `is_an_answer`)."""
    found = sa.exists().where(Answer.question_id == Question.id, is_an_answer())
    return found.correlate(Question)  # not with Answer, which `question_views` joins
