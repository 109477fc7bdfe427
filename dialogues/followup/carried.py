"""Back to the table: what was promised at earlier dialogues and comes first on the next one, by itself.

The rule. EARLIER dialogues of a dialogue: those of the commune that were held before it and are of its series, or are
for one of its villages (a dialogue without villages is for all of them). The LAST ones: the newest of these, and the
others of its round. Of a dialogue for some villages only matters from these villages count, and those that name none.
Back come, of all earlier dialogues: promises that are not done (late ones first, then those that were reopened), and
promises whose matter was asked again later, even where they were reported done; and what was only noted or passed up
and still waits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from dialogues.extensions import db, value
from dialogues.followup import open_matters, service
from dialogues.followup.models import Commitment, CommitmentEntry
from dialogues.followup.open_matters import OpenMatter
from dialogues.followup.public_list import rows_of
from dialogues.followup.rules import UNFINISHED, UNTOLD, CommitmentState, EntryKind
from dialogues.followup.service import CommitmentCounts, CommitmentRow
from dialogues.questions.models import Question
from dialogues.questions.rules import QuestionState
from dialogues.schedule.models import Dialogue, DialogueVillage
from dialogues.schedule.round_models import Round
from dialogues.schedule.service import AFTER_SESSION
from dialogues.staff.models import Staff

SHOWN = 5
"""So many promises stand on the page of the next dialogue itself."""
MOST = 100
"""So many of each list; beyond it their number is said."""


@dataclass(frozen=True)
class Session:
    """An earlier dialogue."""

    id: int
    code: str
    title: str
    starts_at: datetime
    round_id: int | None


@dataclass(frozen=True)
class Said:
    """The last word on a promise: `text` of whom, on which day."""

    kind: EntryKind
    text: str
    by: str
    at: datetime


@dataclass(frozen=True)
class Carried:
    """A promise on the table again. `reason`: the words with which its day was moved last; `said`: of each kind the
    newest entry, the newest first."""

    row: CommitmentRow
    is_reopened: bool
    is_asked_again: bool
    reason: Said | None = None
    said: tuple[Said, ...] = ()


@dataclass(frozen=True)
class LastResults:
    """Results of the last dialogue(s): `counts` of what was promised there; `back`: what comes back, of all earlier
    ones, `number_back` in all; `done`: what was done of the last ones; `waiting`: noted or passed up, `number_waiting`
    in all."""

    today: date
    last: tuple[Session, ...]
    counts: CommitmentCounts
    back: tuple[Carried, ...]
    number_back: int
    done: tuple[Carried, ...] = ()
    waiting: tuple[OpenMatter, ...] = ()
    number_waiting: int = 0

    @property
    def is_empty(self) -> bool:
        """Nothing was promised, nothing is open."""
        return not (self.counts.total or self.number_back or self.number_waiting)


@cache
def _earlier() -> sa.Select[Any]:
    this, own_round, its_round = aliased(Dialogue), aliased(Round), aliased(Round)
    mine = aliased(DialogueVillage)
    my_villages = sa.select(mine.village_id).where(mine.dialogue_id == value("dialogue_id"))
    theirs = sa.select(DialogueVillage.village_id).where(DialogueVillage.dialogue_id == Dialogue.id)
    shares_village = sa.or_(
        ~my_villages.exists(), ~theirs.exists(), theirs.where(DialogueVillage.village_id.in_(my_villages)).exists()
    )
    d = Dialogue
    return (
        sa.select(d.id, d.code, d.title, d.starts_at, d.round_id)
        .join(this, sa.and_(this.id == value("dialogue_id"), this.commune_id == d.commune_id))
        .outerjoin(own_round, own_round.id == this.round_id)
        .outerjoin(its_round, its_round.id == d.round_id)
        .where(
            d.state.in_(AFTER_SESSION),
            d.announced_at.is_not(None),
            d.starts_at < this.starts_at,
            sa.or_(shares_village, its_round.series_id == own_round.series_id),
        )
        .order_by(d.starts_at.desc(), d.id.desc())
    )


def earlier(dialogue_id: int) -> list[Session]:
    """The earlier dialogues, the newest first; one query."""
    rows = db.session.connection().execute(_earlier(), {"dialogue_id": dialogue_id})
    return [Session(*row) for row in rows]


def last_of(sessions: Sequence[Session]) -> tuple[Session, ...]:
    """The last one and the others of its round, the oldest first."""
    if not sessions:
        return ()
    newest = sessions[0]
    return tuple(
        one
        for one in reversed(sessions)
        if one == newest or (newest.round_id is not None and one.round_id == newest.round_id)
    )


def last_results(commune_id: int, dialogue_id: int, today: date, most: int = MOST) -> LastResults:
    """Everything about it; at most nine queries."""
    sessions = earlier(dialogue_id)
    if not sessions:
        return LastResults(today, (), CommitmentCounts(), (), 0)
    short = summary(commune_id, dialogue_id, today, most, sessions)
    last_ids = [one.id for one in short.last]
    done_ids = list(db.session.scalars(_done(_promises(commune_id, dialogue_id, last_ids)).limit(most)))
    said = _said([one.row.id for one in short.back] + done_ids)
    open_ones = open_matters.waiting(commune_id).where(*_of(dialogue_id, [one.id for one in sessions]))
    number = open_matters.count(open_ones)
    return LastResults(
        today,
        short.last,
        short.counts,
        tuple(_with_words(one, said) for one in short.back),
        short.number_back,
        tuple(_with_words(Carried(row, False, False), said) for row in rows_of(commune_id, done_ids, today)),
        tuple(open_matters.matters(open_ones.limit(most))) if number else (),
        number,
    )


def summary(
    commune_id: int, dialogue_id: int, today: date, most: int, sessions: Sequence[Session] | None = None
) -> LastResults:
    """The numbers, and the first promises that come back, without the words that were said of them; four queries."""
    found = earlier(dialogue_id) if sessions is None else sessions
    if not found:
        return LastResults(today, (), CommitmentCounts(), (), 0)
    last = last_of(found)
    counts = service.commitment_counts(_promises(commune_id, dialogue_id, [one.id for one in last]), today)
    promises = _promises(commune_id, dialogue_id, [one.id for one in found])
    rows = db.session.connection().execute(_back(promises, today).limit(most)).all()
    marks = {id_: (bool(is_reopened), bool(is_again)) for id_, is_reopened, is_again, _number in rows}
    back = tuple(Carried(row, *marks[row.id]) for row in rows_of(commune_id, list(marks), today))
    return LastResults(today, last, counts, back, rows[0][3] if rows else 0)


def _of(dialogue_id: int, session_ids: Sequence[int]) -> tuple[sa.ColumnElement[bool], ...]:
    """Conditions on Question: from these dialogues, and from a village that this one is for."""
    mine = sa.select(DialogueVillage.village_id).where(DialogueVillage.dialogue_id == dialogue_id)
    here = sa.or_(~mine.exists(), Question.village_id.is_(None), Question.village_id.in_(mine))
    return Question.dialogue_id.in_(session_ids), here


def _promises(commune_id: int, dialogue_id: int, session_ids: Sequence[int]) -> sa.Select[tuple[Commitment]]:
    return service.visible_commitments(commune_id).where(*_of(dialogue_id, session_ids))


def _asked_again() -> sa.ColumnElement[bool]:
    """The matter of this promise was asked again at a later dialogue."""
    again, later = aliased(Question), aliased(Dialogue)
    return (
        sa.select(again.id)
        .join(later, later.id == again.dialogue_id)
        .where(
            again.chain_id == Question.chain_id,
            again.state == QuestionState.PUBLISHED,
            again.public_text != "",
            later.announced_at.is_not(None),
            later.starts_at > Dialogue.starts_at,
        )
        .correlate(Question, Dialogue)
        .exists()
    )


def _back(statement: sa.Select[tuple[Commitment]], today: date) -> sa.Select[Any]:
    """(id, reopened, asked again, how many in all), late ones first, then reopened, asked again, the others by day."""
    reopened = (
        sa.select(CommitmentEntry.id)
        .where(CommitmentEntry.commitment_id == Commitment.id, CommitmentEntry.kind == EntryKind.REOPENED)
        .correlate(Commitment)
        .exists()
    )
    unfinished, again = Commitment.state.in_(UNFINISHED), _asked_again()
    rank = sa.case((service.overdue_on(today), 0), (sa.and_(unfinished, reopened), 1), (again, 2), else_=3)
    return (
        statement.where(sa.or_(unfinished, sa.and_(Commitment.state != CommitmentState.WITHDRAWN, again)))
        .with_only_columns(
            Commitment.id, sa.case((sa.and_(unfinished, reopened), 1), else_=0), sa.case((again, 1), else_=0),
            sa.func.count().over(),
        )
        .order_by(rank, Commitment.due_on, Commitment.id)
    )  # fmt: skip


def _done(statement: sa.Select[tuple[Commitment]]) -> sa.Select[tuple[int]]:
    """Those that were done and not asked again, in the order of their days."""
    is_done = Commitment.state.in_((CommitmentState.REPORTED_DONE, CommitmentState.CONFIRMED))
    done = statement.where(is_done, ~_asked_again())
    return done.with_only_columns(Commitment.id).order_by(Commitment.due_on, Commitment.id)


def _said(commitment_ids: Sequence[int]) -> dict[int, dict[EntryKind, Said]]:
    """Of each promise the newest entry of each kind; one query."""
    found: dict[int, dict[EntryKind, Said]] = {}
    if not commitment_ids:
        return found
    e = CommitmentEntry
    told = sa.and_(e.commitment_id.in_(commitment_ids), e.kind.not_in(UNTOLD))
    newest = sa.select(sa.func.max(e.id)).where(told).group_by(e.commitment_id, e.kind)
    rows: Any = db.session.execute(
        sa.select(e.commitment_id, e.kind, e.text, Staff.name, Staff.post, e.at)
        .outerjoin(Staff, Staff.id == e.author_id)
        .where(e.id.in_(newest))
        .order_by(e.id)
    )
    for id_, kind, text, name, post, at in rows:
        by = ", ".join(part for part in (name, post) if part)
        found.setdefault(id_, {})[kind] = Said(kind, text, by, at)
    return found


def _with_words(one: Carried, said: dict[int, dict[EntryKind, Said]]) -> Carried:
    words = said.get(one.row.id, {})
    newest_first = tuple(reversed(words.values()))  # they stand in the order of their rows
    return Carried(one.row, one.is_reopened, one.is_asked_again, words.get(EntryKind.EXTENSION), newest_first)
