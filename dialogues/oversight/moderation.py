"""The public account of moderation: what became of the questions of a dialogue and of a year, in numbers alone."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from dialogues import clock
from dialogues.extensions import db
from dialogues.questions.models import Question
from dialogues.questions.rules import DeclineReason, QuestionState
from dialogues.schedule import service as schedule
from dialogues.schedule.models import Dialogue
from dialogues.staff.models import TrailEntry

FIRST_STEPS = ("published", "declined", "moved_to_complaint", "merged", "split", "withdrawn")
"""Lines of the trail that end the waiting of a question."""
TAKEN_BACK = ("unpublished", "reopened", "unmerged", "undone")
FEW = 5
"""So many decided questions are needed for a middle one; of fewer the longest wait is told."""


@dataclass
class Account:
    """Of how many questions what became. A text that was split counts once as `received`; `parts` are the matters that
    came out of it, each with a state of its own. `days`: how many waited so many days for their first decision."""

    received: int = 0
    parts: int = 0
    states: Counter[QuestionState] = field(default_factory=Counter)
    reasons: Counter[DeclineReason] = field(default_factory=Counter)
    days: Counter[int] = field(default_factory=Counter)

    def add(
        self, state: QuestionState, reason: DeclineReason | None, days: int | None, is_part: bool, number: int
    ) -> None:
        """Count so many questions of one kind."""
        if is_part:
            self.parts += number
        else:
            self.received += number
        self.states[state] += number
        if state is QuestionState.DECLINED and reason:
            self.reasons[reason] += number
        if days is not None:
            self.days[max(days, 0)] += number

    @property
    def median_days(self) -> int | None:
        """The waiting time that half of the decided questions did not exceed; None before the first decision."""
        place, passed = (self.days.total() + 1) // 2, 0
        for days, number in sorted(self.days.items()):
            passed += number
            if passed >= place:
                return days
        return None

    @property
    def longest_days(self) -> int | None:
        """The longest wait, where too few questions were decided for a middle one."""
        return max(self.days) if 0 < self.days.total() < FEW else None


@dataclass
class DialogueAccount:
    """The account of one dialogue."""

    code: str
    title: str
    starts_at: datetime
    account: Account = field(default_factory=Account)


@dataclass
class YearAccount:
    """The account of the dialogues of one year, the newest first, and of all of them together."""

    year: int
    dialogues: list[DialogueAccount] = field(default_factory=list)
    account: Account = field(default_factory=Account)


def accounts(commune_id: int, zone: str) -> list[YearAccount]:
    """The years that have questions, the newest first; two queries, whose rows grow with the dialogues."""
    by_dialogue: dict[int, DialogueAccount] = {}
    for id_, code, title, starts_at, state, reason, days, is_part, number in db.session.execute(_counted(commune_id)):
        one = by_dialogue.setdefault(id_, DialogueAccount(code, title, starts_at))
        one.account.add(state, reason, None if days is None else int(days), bool(is_part), number)
    for id_, received_at, decided_at in db.session.execute(_decided_again(commune_id)):
        if id_ in by_dialogue:
            by_dialogue[id_].account.days[max((decided_at - received_at).days, 0)] += 1
    return _years(by_dialogue.values(), zone)


def _years(dialogues: Iterable[DialogueAccount], zone: str) -> list[YearAccount]:
    found: dict[int, YearAccount] = {}
    for one in sorted(dialogues, key=lambda one: (one.starts_at, one.code), reverse=True):
        number = clock.local(one.starts_at, zone).year
        year = found.setdefault(number, YearAccount(number))
        year.dialogues.append(one)
        whole = year.account
        whole.received += one.account.received
        whole.parts += one.account.parts
        whole.states += one.account.states
        whole.reasons += one.account.reasons
        whole.days += one.account.days
    return list(found.values())


def _taken_back(commune_id: int) -> sa.Select[tuple[int]]:
    t = TrailEntry
    return sa.select(t.thing_id).where(
        t.commune_id == commune_id, t.thing == "question", t.action.in_(TAKEN_BACK)
    )  # fmt: skip


def _counted(commune_id: int) -> sa.Select[Any]:
    """How many questions of each dialogue stand in each state, by reason and by days of waiting. Those that were taken
    back are counted without days: their row knows the last decision only."""
    q = Question
    days = sa.case((q.id.not_in(_taken_back(commune_id)), _whole_days()))
    is_part = q.split_from_id.is_not(None)
    columns = (Dialogue.id, Dialogue.code, Dialogue.title, Dialogue.starts_at, q.state, q.decline_reason, days, is_part)
    return (
        schedule.visible(commune_id)
        .join(q, q.dialogue_id == Dialogue.id)
        .with_only_columns(*columns, sa.func.count())
        .group_by(*columns)
    )


def _whole_days() -> sa.ColumnElement[Any]:
    if db.engine.dialect.name == "sqlite":
        days = sa.func.julianday(Question.decided_at) - sa.func.julianday(Question.received_at)
        return sa.cast(days + 0.00001, sa.Integer)
    return sa.func.floor(sa.func.extract("epoch", Question.decided_at - Question.received_at) / 86400)


def _decided_again(commune_id: int) -> sa.Select[Any]:
    """(dialogue, received, first decision) of the questions that were taken back once."""
    q, t = Question, TrailEntry
    return (
        sa.select(q.dialogue_id, q.received_at, sa.func.min(t.at))
        .join(t, sa.and_(t.commune_id == commune_id, t.thing == "question", t.thing_id == q.id))
        .where(q.commune_id == commune_id, q.id.in_(_taken_back(commune_id)), t.action.in_(FIRST_STEPS))
        .group_by(q.id, q.dialogue_id, q.received_at)
    )
