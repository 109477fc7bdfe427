"""Searching: the index says where the words stand, the visibility queries say who may see it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from dialogues import clock
from dialogues.extensions import db
from dialogues.finding.rules import AnswerState, Sought, months
from dialogues.followup.models import Answer, Commitment
from dialogues.followup.question_views import QuestionView, commitment_views, question_views_by_id
from dialogues.followup.rules import STATES_OF, CommitmentStage
from dialogues.followup.service import (
    CommitmentRow,
    all_commitments,
    at_stage,
    commitment_rows,
    is_answered,
    visible_commitments,
)
from dialogues.paging import Paged
from dialogues.places.models import Unit, Village
from dialogues.places.rules import Field
from dialogues.questions.models import Question
from dialogues.questions.queue import READ_ALL, READ_ORIGINALS, reads_original
from dialogues.questions.rules import ASSIGNABLE, IntakeChannel, QuestionState
from dialogues.questions.service import visible, visible_to
from dialogues.schedule.models import Dialogue
from dialogues.search_index import OFFICE, PROMISE, PUBLIC, Asked, find
from dialogues.search_query import NOTHING, Pieces, Wanted, excerpt, has, marked
from dialogues.staff.models import Staff

MOST = 100
"""So many are counted and can be paged through; who wants others writes one more word."""


@dataclass(frozen=True)
class Search:
    """What is looked for; None and "": not narrowed. `unit_id` and `staff_id`: who is responsible."""

    wanted: Wanted = NOTHING
    sought: Sought = Sought.QUESTIONS
    field: Field | None = None
    village_id: int | None = None
    dialogue_id: int | None = None
    channel: IntakeChannel | None = None
    state: QuestionState | None = None
    answer: AnswerState | None = None
    stage: CommitmentStage | None = None
    unit_id: int | None = None
    staff_id: int | None = None
    first: date | None = None
    last: date | None = None

    @property
    def is_empty(self) -> bool:
        """Nothing is looked for: no words, no filter."""
        return self == Search(sought=self.sought)

    @property
    def is_narrowed(self) -> bool:
        """Filters are chosen beside the words."""
        return self != Search(wanted=self.wanted, sought=self.sought)


@dataclass(frozen=True)
class Found:
    """What a search found: the ids of one page, how many there are, and whether there are even more."""

    page: Paged
    ids: list[int]
    is_cut: bool


@dataclass(frozen=True)
class QuestionHit:
    """A question that residents read, with what was found marked."""

    view: QuestionView
    text: Pieces
    answer: Pieces
    promises: list[tuple[int, Pieces]]


@dataclass(frozen=True)
class OfficeHit:
    """A question as this person of the office may read it; `original` only when the words stand there alone."""

    id: int
    state: QuestionState
    field: Field
    village: str
    channel: IntakeChannel
    received_at: datetime
    dialogue: str
    assigned: str
    text: Pieces
    original: Pieces
    answer: Pieces
    promises: list[tuple[int, Pieces]]


@dataclass(frozen=True)
class PromiseHit:
    """A promise with what was found marked."""

    row: CommitmentRow
    result: Pieces


# -- where it stands --------------------------------------------------------------------------------------------------


def _marks(commune_id: int, search: Search) -> list[list[str]]:
    """The filters that both kinds of rows carry in the index."""
    groups = [[f"k{commune_id}"]]
    for letter, value in (("f_", search.field), ("v", search.village_id), ("d", search.dialogue_id)):
        if value:
            groups.append([f"{letter}{value}"])
    return groups


def _question_marks(commune_id: int, search: Search, zone: str) -> list[list[str]]:
    groups = _marks(commune_id, search)
    if search.channel:
        groups.append([f"c_{search.channel}"])
    if search.state:
        groups.append([f"s_{search.state}"])
    if search.answer:
        groups.append(["a1" if search.answer is AnswerState.ANSWERED else "a0"])
    for letter, row_id in (("u", search.unit_id), ("p", search.staff_id)):
        if row_id:
            groups.append([f"{letter}{row_id}"])
    begin, end = _instants(search, zone)
    period = months(begin, end - timedelta(seconds=1) if end else None)
    return [*groups, period] if period else groups


def _instants(search: Search, zone: str) -> tuple[datetime | None, datetime | None]:
    """The period as instants: from the beginning of its first day to before the day after its last one."""
    midnights = [
        clock.instant(datetime.combine(day, time()), zone) if day else None
        for day in (search.first, search.last + timedelta(days=1) if search.last else None)
    ]
    return midnights[0], midnights[1]


def _in_period(statement: sa.Select[Any], search: Search, zone: str) -> sa.Select[Any]:
    begin, end = _instants(search, zone)
    if begin:
        statement = statement.where(Question.received_at >= begin)
    return statement.where(Question.received_at < end) if end else statement


def find_public(commune_id: int, search: Search, number: int, per_page: int, zone: str) -> Found:
    """Questions that residents may read; two queries."""
    asked = Asked(search.wanted, _question_marks(commune_id, search, zone))
    statement = _in_period(visible(commune_id), search, zone)
    if search.answer:
        statement = statement.where(is_answered() if search.answer is AnswerState.ANSWERED else ~is_answered())
    return _cut(find(PUBLIC, asked, MOST + 1), statement, Question.id, Question.received_at, number, per_page)


def find_for(staff: Staff, search: Search, number: int, per_page: int, zone: str) -> Found:
    """Questions that this person may see, by the words that they may read: the office and leaders in all that stands
    there, departments in the originals of what is theirs to answer, overseers in none. Two queries."""
    common = _question_marks(staff.commune_id, search, zone)
    theirs: list[list[str]] = []
    if not staff.roles & READ_ALL:
        mine = [f"p{staff.id}", *([f"u{staff.unit_id}"] if staff.unit_id is not None else [])]
        theirs = [mine, [f"s_{state}" for state in ASSIGNABLE]]
    asked = Asked(
        search.wanted,
        common,
        with_original=bool(staff.roles & READ_ORIGINALS),
        theirs=theirs,
        shared=[[f"s_{QuestionState.PUBLISHED}"]],
    )
    statement = _in_period(visible_to(staff), search, zone)
    return _cut(find(OFFICE, asked, MOST + 1), statement, Question.id, Question.received_at, number, per_page)


def find_promises(
    commune_id: int, search: Search, today: date, number: int, per_page: int, *, is_public: bool
) -> Found:
    """Promises, for residents or for the office; two queries, three with a department."""
    groups = _marks(commune_id, search)
    if search.stage:
        groups.append([f"t_{state}" for state in STATES_OF.get(search.stage, (search.stage,))])
    people = [search.staff_id] if search.staff_id else []
    if search.unit_id:
        mine = sa.select(Staff.id).where(Staff.unit_id == search.unit_id, Staff.commune_id == commune_id)
        people = list(db.session.scalars(mine)) or [0]
    if people:
        groups.append([f"p{id_}" for id_ in people])
    noon = time(12)
    ends = [datetime.combine(day, noon) if day else None for day in (search.first, search.last)]
    period = months(ends[0], ends[1])
    groups += [period] if period else []
    base = visible_commitments(commune_id) if is_public else all_commitments(commune_id)
    if search.first:
        base = base.where(Commitment.promised_on >= search.first)
    if search.last:
        base = base.where(Commitment.promised_on <= search.last)
    if search.stage:
        base = base.where(at_stage(search.stage, today))
    ids = find(PROMISE, Asked(search.wanted, groups), MOST + 1)
    return _cut(ids, base, Commitment.id, Commitment.promised_on, number, per_page)


def _cut(
    ids: Sequence[int], statement: sa.Select[Any], id_column: Any, at_column: Any, number: int, per_page: int
) -> Found:
    """Of what the index found what a visibility query lets through: the page with this number, in the order of days."""
    allowed = statement.where(id_column.in_(ids)).with_only_columns(id_column, at_column)
    rows = db.session.connection().execute(allowed).all() if ids else []
    newest = sorted(rows, key=lambda row: (row[1], row[0]), reverse=True)[:MOST]
    page = Paged.of(len(newest), number, per_page)
    return Found(page, [row[0] for row in newest[page.skipped : page.skipped + per_page]], len(ids) > MOST)


# -- what stands there ------------------------------------------------------------------------------------------------


def question_hits(commune_id: int, ids: Sequence[int], wanted: Wanted, today: date) -> list[QuestionHit]:
    """These questions as residents read them, in this order; two queries."""
    if not ids:
        return []
    views = {view.id: view for view in question_views_by_id(commune_id, today, ids)}
    return [_question_hit(views[id_], wanted) for id_ in ids if id_ in views]


def _question_hit(view: QuestionView, wanted: Wanted) -> QuestionHit:
    said = [text for text in (view.answer.text, view.answer.final_text) if text] if view.answer else []
    promises = [(c.id, marked(c.result, wanted)) for c in view.commitments if has(c.result, wanted)]
    return QuestionHit(view, excerpt(view.text, wanted), _answer(said, wanted), promises)


def _answer(said: Sequence[str], wanted: Wanted) -> Pieces:
    """The part of an answer in which the words stand."""
    return next((excerpt(text, wanted) for text in said if has(text, wanted)), [])


_ROW = (
    Question.id, Question.state, Question.field, Question.channel, Question.received_at, Question.text,
    Question.public_text, Question.assigned_staff_id, Question.assigned_unit_id,
)  # fmt: skip


def office_hits(staff: Staff, ids: Sequence[int], wanted: Wanted, today: date) -> list[OfficeHit]:
    """These questions as this person may read them, in this order; two queries."""
    if not ids:
        return []
    rows = db.session.connection().execute(
        visible_to(staff)
        .where(Question.id.in_(ids))
        .outerjoin(Village, Village.id == Question.village_id)
        .join(Dialogue, Dialogue.id == Question.dialogue_id)
        .outerjoin(Unit, Unit.id == Question.assigned_unit_id)
        .outerjoin(Staff, Staff.id == Question.assigned_staff_id)
        .outerjoin(Answer, Answer.question_id == Question.id)
        .with_only_columns(
            *_ROW, Village.kind, Village.name, Dialogue.title, Unit.name, Staff.name, Answer.id, Answer.text,
            Answer.final_text,
        )
    ).all()  # fmt: skip
    promises = commitment_views([row[-3] for row in rows if row[-3]], today)
    found = {}
    for q in rows:
        kind, village, dialogue, unit, person, answer_id, said, final = q[len(_ROW) :]
        may_read = reads_original(staff, q, helps=False)
        text = q.text if may_read and q.state is not QuestionState.PUBLISHED else q.public_text
        found[q.id] = OfficeHit(
            id=q.id,
            state=q.state,
            field=q.field,
            village=f"{kind[:1].upper()}{kind[1:]} {village}" if village else "",
            channel=q.channel,
            received_at=q.received_at,
            dialogue=dialogue,
            assigned=person or unit or "",
            text=excerpt(text, wanted),
            original=excerpt(q.text, wanted) if may_read and text != q.text and has(q.text, wanted) else [],
            answer=_answer([said or "", final or ""], wanted),
            promises=[(c.id, marked(c.result, wanted)) for c in promises[answer_id] if has(c.result, wanted)],
        )
    return [found[id_] for id_ in ids if id_ in found]


def promise_hits(
    commune_id: int, ids: Sequence[int], wanted: Wanted, today: date, *, is_public: bool
) -> list[PromiseHit]:
    """These promises, in this order; one query."""
    if not ids:
        return []
    base = visible_commitments(commune_id) if is_public else all_commitments(commune_id)
    rows = {row.id: row for row in commitment_rows(base.where(Commitment.id.in_(ids)), today)}
    return [PromiseHit(rows[id_], excerpt(rows[id_].result, wanted)) for id_ in ids if id_ in rows]


def dialogue_lines(commune_id: int, most: int = 40) -> list[tuple[int, datetime, str]]:
    """(id, start, title) of the dialogues of a commune, the newest first, for the office; one query."""
    newest = sa.select(Dialogue.id, Dialogue.starts_at, Dialogue.title).where(Dialogue.commune_id == commune_id)
    rows = db.session.connection().execute(newest.order_by(Dialogue.starts_at.desc(), Dialogue.id).limit(most))
    return [(id_, starts_at, title) for id_, starts_at, title in rows]


def people_with_promises(commune_id: int) -> list[tuple[int, str]]:
    """Who promised something that residents may read; one query."""
    ids = visible_commitments(commune_id).with_only_columns(Commitment.responsible_id)
    rows = db.session.execute(
        sa.select(Staff.id, Staff.name, Staff.post).where(Staff.id.in_(ids)).order_by(Staff.sort_name, Staff.id)
    )
    return [(id_, f"{name} ({post})" if post else name) for id_, name, post in rows]
