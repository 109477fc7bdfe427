"""Every question on its way, with the day of each step: for those who look whether none gets lost. No personal data:
of the words only those that residents read."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from dialogues import clock
from dialogues.extensions import db
from dialogues.followup.models import Answer, Commitment
from dialogues.followup.question_views import CommitmentView, commitment_views
from dialogues.followup.rules import LATER, UNFINISHED, CommitmentState, Outcome
from dialogues.followup.service import is_an_answer
from dialogues.oversight.rules import UNREAD, WayStep
from dialogues.paging import Paged, paged
from dialogues.questions.models import Question
from dialogues.questions.rules import QuestionState
from dialogues.questions.service import visible_to
from dialogues.schedule.models import Dialogue
from dialogues.staff.models import Staff


@dataclass(frozen=True)
class Filters:
    """What the list is narrowed to; None: not."""

    step: WayStep | None = None
    state: QuestionState | None = None
    dialogue_id: int | None = None
    year: int | None = None


@dataclass(frozen=True)
class Way:
    """One question with the days of its steps. `lead_id`: it was merged into that one, whose answer and promises these
    are; `parts`: what it was split into."""

    id: int
    text: str
    state: QuestionState
    dialogue: str
    step: WayStep
    received_on: date
    sorted_on: date | None
    answered_on: date | None
    promises: tuple[CommitmentView, ...]
    done_on: date | None
    lead_id: int | None
    parts: tuple[int, ...]

    @property
    def is_sorted(self) -> bool:
        """Whether somebody has decided what becomes of it."""
        return self.state.value not in UNREAD


@dataclass(frozen=True)
class Waiting:
    """How many questions stand at a step, and for how many days the oldest of them."""

    number: int = 0
    oldest_days: int = 0


_lead = aliased(Question)
"""The question that is answered: the one it was merged into, else itself."""


def _step() -> sa.ColumnElement[str]:
    """Where a question stands, as an expression over `_base`; its values are WayStep's. A merged one stands where its
    lead stands."""

    def has(*states: CommitmentState) -> sa.ColumnElement[bool]:
        found = sa.exists().where(Commitment.answer_id == Answer.id, Commitment.state.in_(states))
        return found.correlate(Answer)

    is_public = _lead.state == QuestionState.PUBLISHED
    return sa.case(
        (sa.cast(_lead.state, sa.String).in_(sorted(UNREAD)), WayStep.READING.value),
        (~is_public, WayStep.ENDED.value),
        (~sa.func.coalesce(is_an_answer(), sa.false()), WayStep.ANSWERING.value),
        (has(*UNFINISHED), WayStep.KEEPING.value),
        (has(CommitmentState.REPORTED_DONE), WayStep.CONFIRMING.value),
        else_=WayStep.ENDED.value,
    )


def _base(staff: Staff, filters: Filters, zone: str) -> sa.Select[Any]:
    statement = visible_to(staff).join(_lead, _lead.id == sa.func.coalesce(Question.lead_id, Question.id))
    statement = statement.outerjoin(Answer, Answer.question_id == _lead.id)
    if filters.state:
        statement = statement.where(Question.state == filters.state)
    if filters.dialogue_id:
        statement = statement.where(Question.dialogue_id == filters.dialogue_id)
    if filters.year:
        begin, end = (clock.instant(datetime.combine(date(filters.year + n, 1, 1), time()), zone) for n in (0, 1))
        statement = statement.where(Question.received_at >= begin, Question.received_at < end)
    return statement


def waiting(staff: Staff, filters: Filters, today: date, zone: str) -> dict[WayStep, Waiting]:
    """How many stand at each step with these filters, and how long; one query."""
    steps = _base(staff, filters, zone).with_only_columns(_step().label("step"), Question.received_at).subquery()
    rows = db.session.execute(
        sa.select(steps.c.step, sa.func.count(), sa.func.min(steps.c.received_at)).group_by(steps.c.step)
    )
    found = {
        WayStep(step): Waiting(number, (today - clock.local(oldest_at, zone).date()).days)
        for step, number, oldest_at in rows
    }
    return {step: found.get(step, Waiting()) for step in WayStep}


def ways(staff: Staff, filters: Filters, number: int, today: date, zone: str) -> tuple[Paged, list[Way]]:
    """One page: what has not come to its end first, the oldest first; four queries."""
    step = _step()
    statement = _base(staff, filters, zone)
    if filters.step:
        statement = statement.where(step == filters.step.value)
    page = paged(statement, number)
    is_ended = sa.case((step == WayStep.ENDED.value, 1), else_=0)
    rows = db.session.execute(
        page.slice(statement.order_by(is_ended, Question.received_at, Question.id))
        .join(Dialogue, Dialogue.id == Question.dialogue_id)
        .with_only_columns(
            Question.id, Question.public_text, Question.state, Dialogue.title, step, Question.received_at,
            Question.decided_at, Answer.id, Answer.published_at, Answer.outcome, Answer.answered_on, Answer.final_on,
            Question.lead_id,
        )
    ).all()  # fmt: skip
    promises = commitment_views([row[7] for row in rows if row[8]], today)
    done = _done([row[7] for row in rows if row[8]])
    parts = _parts([row[0] for row in rows if row[2] is QuestionState.SPLIT])
    return page, [
        Way(
            id=id_,
            text=text,
            state=state,
            dialogue=dialogue,
            step=WayStep(name),
            received_on=clock.local(received_at, zone).date(),
            sorted_on=clock.local(decided_at, zone).date() if decided_at and state.value not in UNREAD else None,
            answered_on=_answered_on(outcome, answered_on, final_on) if published_at else None,
            promises=tuple(promises[answer_id]) if published_at else (),
            done_on=done.get(answer_id),
            lead_id=lead_id,
            parts=tuple(parts.get(id_, ())),
        )
        for (
            id_, text, state, dialogue, name, received_at, decided_at, answer_id, published_at, outcome, answered_on,
            final_on, lead_id,
        ) in rows
    ]  # fmt: skip


def _answered_on(outcome: Outcome, answered_on: date, final_on: date | None) -> date | None:
    """The day of what counts as an answer: "noted" does not, a promised one not before it came."""
    if outcome is Outcome.ANSWERED_ON_SPOT:
        return answered_on
    return final_on if outcome in LATER else None


def _parts(split_ids: list[int]) -> dict[int, list[int]]:
    """What became of texts that were split; one query."""
    found: dict[int, list[int]] = {}
    if split_ids:
        rows = sa.select(Question.split_from_id, Question.id).where(Question.split_from_id.in_(split_ids))
        for whole, part in db.session.execute(rows.order_by(Question.id)):
            found.setdefault(whole, []).append(part)
    return found


def _done(answer_ids: list[int]) -> dict[int, date]:
    """When the last promise of an answer was confirmed, where all of them are; one query."""
    if not answer_ids:
        return {}
    c = Commitment
    rows = db.session.execute(
        sa.select(c.answer_id, sa.func.max(c.confirmed_on))
        .where(c.answer_id.in_(answer_ids))
        .group_by(c.answer_id)
        .having(sa.func.count() == sa.func.count(c.confirmed_on))
    )
    return {row[0]: row[1] for row in rows}


def years(staff: Staff, zone: str) -> list[int]:
    """From the year of the newest question back to that of the oldest; one query."""
    ends = visible_to(staff).with_only_columns(sa.func.min(Question.received_at), sa.func.max(Question.received_at))
    first, last = db.session.execute(ends).one()
    return list(range(clock.local(last, zone).year, clock.local(first, zone).year - 1, -1)) if first else []
