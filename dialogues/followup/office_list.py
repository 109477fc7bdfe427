"""The office's list of what was promised: promises, and the matters that an answer left open (a written answer that is
still to come, what was passed up, what was only noted), each with its own clock.

A matter stands for itself until a promise does: see `matters`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from dialogues.extensions import db
from dialogues.followup.models import Answer, Commitment, CommitmentSupport
from dialogues.followup.rules import (
    LATER,
    UNFINISHED,
    AnswerStage,
    CommitmentKind,
    CommitmentStage,
    CommitmentState,
    Outcome,
    answer_stage,
)
from dialogues.followup.service import CommitmentRow, all_commitments, commitment_rows, narrowed, overdue_on
from dialogues.paging import OFFICE_ROWS, Paged
from dialogues.places.models import Unit
from dialogues.places.rules import Field
from dialogues.questions.models import Question
from dialogues.questions.queue import is_helped_by
from dialogues.questions.rules import QuestionState
from dialogues.schedule.models import Dialogue
from dialogues.staff.models import Staff, TrailEntry


@dataclass(frozen=True)
class Wanted:
    """The filters; None means all."""

    stage: CommitmentStage | None = None
    kind: CommitmentKind | None = None
    outcome: Outcome | None = None
    field: Field | None = None
    dialogue_id: int | None = None
    responsible_id: int | None = None
    unit_id: int | None = None
    year: int | None = None
    is_open_matter: bool = False
    """Nothing that was promised, only what was left open."""
    is_promise: bool = False
    """Nothing that was left open, only what was promised."""


@dataclass(frozen=True)
class MatterRow:
    """What an answer left open, since when. `question` is "" while residents cannot read it."""

    question_id: int
    question: str
    outcome: Outcome
    stage: AnswerStage
    since: date
    due_on: date | None
    body: str
    responsible: str
    field: Field
    dialogue: str

    @property
    def is_overdue(self) -> bool:
        return self.stage is AnswerStage.WRITTEN_OVERDUE


@dataclass(frozen=True)
class Listed:
    """One line: a promise with its kind, or a matter."""

    commitment: CommitmentRow | None = None
    kind: CommitmentKind | None = None
    matter: MatterRow | None = None


def matters(commune_id: int) -> sa.Select[tuple[Answer]]:
    """Answers that left something open and that no promise stands for: a written answer to come without a promise of
    one at work, passed up without a promise to report back at work, noted without any promise."""

    def has_promise(*conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
        return sa.exists().where(Commitment.answer_id == Answer.id, *conditions).correlate(Answer)

    def at_work(kind: CommitmentKind) -> sa.ColumnElement[bool]:
        return has_promise(Commitment.kind == kind, Commitment.state.in_(UNFINISHED))

    t = TrailEntry
    by_office = sa.exists().where(t.thing == "question", t.thing_id == Question.id, t.action == "escalated")
    return (
        sa.select(Answer)
        .join(Question, Question.id == Answer.question_id)
        .join(Dialogue, Dialogue.id == Question.dialogue_id)
        .where(
            Answer.commune_id == commune_id,
            Question.state.in_((QuestionState.WAITING, QuestionState.PUBLISHED)),
            sa.or_(Answer.published_at.is_not(None), sa.and_(Answer.outcome == Outcome.ESCALATED, by_office)),
            sa.or_(
                sa.and_(Answer.outcome == Outcome.IN_WRITING, ~at_work(CommitmentKind.ANSWER_IN_WRITING)),
                sa.and_(Answer.outcome == Outcome.ESCALATED, ~at_work(CommitmentKind.PASS_UP)),
                sa.and_(Answer.outcome == Outcome.NOTED, ~has_promise(Commitment.state != CommitmentState.WITHDRAWN)),
            ),
            sa.or_(Answer.outcome.not_in(LATER), Answer.final_on.is_(None)),
        )
    )


def _promises(commune_id: int, today: date, wanted: Wanted) -> sa.Select[tuple[Commitment]]:
    w, c = wanted, Commitment
    found = narrowed(
        all_commitments(commune_id),
        today,
        stage=w.stage,
        field=w.field,
        dialogue_id=w.dialogue_id,
        responsible_id=w.responsible_id,
    )
    if w.outcome is not None or w.is_open_matter:
        return found.where(sa.false())
    if w.kind is not None:
        found = found.where(c.kind == w.kind)
    if w.unit_id is not None:
        own = sa.select(Staff.id).where(Staff.unit_id == w.unit_id, Staff.commune_id == commune_id)
        helps = sa.exists().where(CommitmentSupport.commitment_id == c.id, CommitmentSupport.unit_id == w.unit_id)
        found = found.where(sa.or_(c.responsible_id.in_(own), helps))
    if w.year is not None:
        found = found.where(_in_year(c.promised_on, w.year))
    return found


def _open_matters(commune_id: int, today: date, wanted: Wanted) -> sa.Select[tuple[Answer]]:
    w, a, found = wanted, Answer, matters(commune_id)
    if w.is_promise or w.kind is not None or w.stage not in (None, CommitmentStage.OVERDUE):
        return found.where(sa.false())
    if w.stage is CommitmentStage.OVERDUE:
        found = found.where(_is_late(today))
    if w.outcome is not None:
        found = found.where(a.outcome == w.outcome)
    if w.field is not None:
        found = found.where(Question.field == w.field)
    if w.dialogue_id is not None:
        found = found.where(Question.dialogue_id == w.dialogue_id)
    if w.responsible_id is not None:
        found = found.where(
            sa.or_(a.answered_by_id == w.responsible_id, Question.assigned_staff_id == w.responsible_id)
        )
    if w.unit_id is not None:
        found = found.where(sa.or_(Question.assigned_unit_id == w.unit_id, is_helped_by(w.unit_id)))
    if w.year is not None:
        found = found.where(_in_year(a.answered_on, w.year))
    return found


def _in_year(column: Any, year: int) -> sa.ColumnElement[bool]:
    found: sa.ColumnElement[bool] = column.between(date(year, 1, 1), date(year, 12, 31))
    return found


def _is_late(today: date) -> sa.ColumnElement[bool]:
    return sa.and_(Answer.outcome == Outcome.IN_WRITING, Answer.due_on < today)


# Ranks of the list: overdue, at work by day, waiting without a day (the longest first), to confirm, finished (newest
# first).
_OVERDUE, _AT_WORK, _WAITING, _REPORTED, _FINISHED = range(5)


def _lines(commune_id: int, today: date, wanted: Wanted) -> sa.Subquery:
    """(rank, day of a finished one, day, what it is, id) of all that is wanted."""
    c, a, no_day = Commitment, Answer, sa.cast(sa.null(), sa.Date)
    rank = sa.case(
        (overdue_on(today), _OVERDUE),
        (c.state.in_(UNFINISHED), _AT_WORK),
        (c.state == CommitmentState.REPORTED_DONE, _REPORTED),
        else_=_FINISHED,
    )
    finished = c.state.in_((CommitmentState.CONFIRMED, CommitmentState.WITHDRAWN))
    promises = _promises(commune_id, today, wanted).with_only_columns(
        rank.label("rank"),
        sa.case((finished, c.due_on), else_=no_day).label("finished"),
        c.due_on.label("day"),
        sa.type_coerce(c.kind, sa.String).label("what"),
        c.id.label("id"),
    )
    waits = sa.case((_is_late(today), _OVERDUE), (a.outcome == Outcome.IN_WRITING, _AT_WORK), else_=_WAITING)
    left_open = _open_matters(commune_id, today, wanted).with_only_columns(
        waits, no_day, sa.func.coalesce(a.due_on, a.answered_on), sa.type_coerce(a.outcome, sa.String), a.id
    )
    return sa.union_all(promises, left_open).subquery()


def office_page(commune_id: int, today: date, wanted: Wanted, number: int) -> tuple[Paged, list[Listed]]:
    """One page of the list; four queries."""
    lines = _lines(commune_id, today, wanted)
    total = db.session.scalar(sa.select(sa.func.count()).select_from(lines)) or 0
    page = Paged.of(total, number, OFFICE_ROWS)
    found = db.session.execute(
        page.slice(
            sa.select(lines.c.what, lines.c.id).order_by(
                lines.c.rank, lines.c.finished.desc(), lines.c.day, lines.c.what, lines.c.id
            )
        )
    ).all()
    kinds = {kind.value: kind for kind in CommitmentKind}
    promised = _promise_rows(commune_id, [id_ for what, id_ in found if what in kinds], today)
    waiting = _matter_rows([id_ for what, id_ in found if what not in kinds], today)
    return page, [
        Listed(commitment=promised[id_], kind=kinds[what]) if what in kinds else Listed(matter=waiting[id_])
        for what, id_ in found
    ]


def _promise_rows(commune_id: int, ids: Sequence[int], today: date) -> dict[int, CommitmentRow]:
    if not ids:
        return {}
    return {row.id: row for row in commitment_rows(all_commitments(commune_id).where(Commitment.id.in_(ids)), today)}


def _matter_rows(ids: Sequence[int], today: date) -> dict[int, MatterRow]:
    if not ids:
        return {}
    public_words = sa.case((Question.state == QuestionState.PUBLISHED, Question.public_text), else_="")
    rows = db.session.execute(
        sa.select(
            Answer.id, Question.id, public_words, Answer.outcome, Answer.answered_on, Answer.due_on,
             Answer.final_on, Answer.escalated_to, Staff.name, Unit.name, Question.field, Dialogue.title,
        )
        .join(Question, Question.id == Answer.question_id)
        .join(Dialogue, Dialogue.id == Question.dialogue_id)
        .outerjoin(Staff, Staff.id == Answer.answered_by_id)
        .outerjoin(Unit, Unit.id == Question.assigned_unit_id)
        .where(Answer.id.in_(ids))
    )  # fmt: skip
    return {
        id_: MatterRow(
            question_id=question_id,
            question=question,
            outcome=outcome,
            stage=answer_stage(outcome, True, due_on, final_on, today),
            since=since,
            due_on=due_on,
            body=body if outcome is Outcome.ESCALATED else "",
            responsible=unit or name or "",
            field=field,
            dialogue=dialogue,
        )
        for id_, question_id, question, outcome, since, due_on, final_on, body, name, unit, field, dialogue
        in rows
    }  # fmt: skip


def count_matters(commune_id: int) -> int:
    """How many matters wait; one query."""
    waiting = matters(commune_id).with_only_columns(sa.func.count(Answer.id))
    return db.session.scalar(waiting) or 0


def dialogues_of(commune_id: int) -> list[tuple[int, str, str, datetime]]:
    """(id, code, title, start) of the dialogues that the list touches, newest first; one query."""
    promised = sa.select(Commitment.dialogue_id).where(Commitment.commune_id == commune_id)
    left_open = matters(commune_id).with_only_columns(Question.dialogue_id)
    rows = db.session.execute(
        sa.select(Dialogue.id, Dialogue.code, Dialogue.title, Dialogue.starts_at)
        .where(Dialogue.commune_id == commune_id, sa.or_(Dialogue.id.in_(promised), Dialogue.id.in_(left_open)))
        .order_by(Dialogue.starts_at.desc(), Dialogue.id)
    )
    return [(id_, code, title, starts_at) for id_, code, title, starts_at in rows]


def years_of(starts: Sequence[datetime], today: date) -> list[int]:
    """The years to choose from, newest first: from the first of these dialogues to this one."""
    first = min((start.year for start in starts), default=today.year)
    return list(range(today.year, min(first, today.year) - 1, -1))
