"""The office's list of questions: who may see which, what is filtered, how many there are in each state."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from dialogues import clock
from dialogues.extensions import db
from dialogues.paging import Paged, paged
from dialogues.places.models import Unit, Village
from dialogues.places.rules import Field
from dialogues.questions import sorting
from dialogues.questions.models import Question, QuestionSupport
from dialogues.questions.rules import ASSIGNABLE, UNREAD, IntakeChannel, QuestionKind, QuestionState, Suspicion
from dialogues.questions.splitting import Procedure, looks_like
from dialogues.schedule.models import Dialogue
from dialogues.staff.models import Staff
from dialogues.staff.rules import Role
from dialogues.text import fold, search_words

READ_ALL = frozenset({Role.OFFICE, Role.LEADER, Role.OVERSEER})
READ_ORIGINALS = frozenset({Role.OFFICE, Role.LEADER})
"""Who reads every original. Overseers do not: it may say what a neighbour did, with the name (Law 91/2025/QH15)."""


def _assigned_to(staff: Staff) -> sa.ColumnElement[bool]:
    """Questions that this person or their department was asked to answer."""
    mine = [Question.assigned_staff_id == staff.id]
    if staff.unit_id is not None:
        mine += [Question.assigned_unit_id == staff.unit_id, is_helped_by(staff.unit_id)]
    return sa.and_(Question.state.in_(ASSIGNABLE), sa.or_(*mine))


def is_helped_by(unit_id: int) -> sa.ColumnElement[bool]:
    """Condition on Question: this department helps to answer it."""
    return sa.exists().where(QuestionSupport.question_id == Question.id, QuestionSupport.unit_id == unit_id)


def visible_to(staff: Staff) -> sa.Select[tuple[Question]]:
    """THE query of the office: the questions of the own commune that this person may see. Office, leaders and overseers
    all of them; departments the published ones and those assigned to them or their unit; others none."""
    statement = sa.select(Question).where(Question.commune_id == staff.commune_id)
    if staff.roles & READ_ALL:
        return statement
    if Role.DEPARTMENT in staff.roles:
        return statement.where(sa.or_(Question.state == QuestionState.PUBLISHED, _assigned_to(staff)))
    return statement.where(sa.false())


def reads_original(staff: Staff, question: Question | sa.Row[Any], helps: bool | None = None) -> bool:
    """Whether this person reads what was brought in; otherwise only the public wording. `helps`: whether their
    department helps to answer it, None when that is not known yet."""
    if staff.roles & READ_ORIGINALS:
        return True
    return question.state in ASSIGNABLE and is_asked(staff, question, helps)


def is_asked(staff: Staff, question: Question | sa.Row[Any], helps: bool | None = None) -> bool:
    """Whether this person or their department was asked to answer, or to help."""
    if question.assigned_staff_id == staff.id:
        return True
    if staff.unit_id is None:
        return False
    if question.assigned_unit_id == staff.unit_id:
        return True
    return staff.unit_id in sorting.supporting(question.id) if helps is None else helps


@dataclass(frozen=True)
class Filters:
    """What the list is narrowed to; None: not. `assigned` is "none", "me", "u:<unit id>" or "s:<staff id>"."""

    state: QuestionState | None = QuestionState.WAITING
    dialogue_id: int | None = None
    field: Field | None = None
    village_id: int | None = None
    channel: IntakeChannel | None = None
    assigned: str = ""
    words: str = ""


@dataclass(frozen=True)
class QueueRow:
    """One question in the list; `text` is what residents read if it is published, else the original, if this person may
    read it; "" when there is nothing that they may read."""

    id: int
    version: int
    text: str
    state: QuestionState
    kind: QuestionKind
    field: Field
    village: str
    channel: IntakeChannel
    received_at: datetime
    age_days: int
    dialogue: str
    assigned: str
    signs: list[Suspicion]
    answer_due_on: date | None = None
    hint: Procedure | None = None
    is_untold: bool = False
    """Nobody was asked yet, so that the clock of the first word runs (R8)."""

    @property
    def key(self) -> str:
        """The question with the version that was looked at, for acts on many."""
        return f"{self.version}:{self.id}"


def _narrowed(statement: sa.Select[tuple[Question]], staff: Staff, filters: Filters) -> sa.Select[tuple[Question]]:
    q = Question
    if filters.dialogue_id:
        statement = statement.where(q.dialogue_id == filters.dialogue_id)
    if filters.field:
        statement = statement.where(q.field == filters.field)
    if filters.village_id:
        statement = statement.where(q.village_id == filters.village_id)
    if filters.channel:
        statement = statement.where(q.channel == filters.channel)
    if filters.assigned == "none":
        statement = statement.where(q.assigned_unit_id.is_(None), q.assigned_staff_id.is_(None))
    elif filters.assigned == "me":
        statement = statement.where(_assigned_to(staff))
    elif filters.assigned[:2] in ("u:", "s:"):
        column = q.assigned_unit_id if filters.assigned[0] == "u" else q.assigned_staff_id
        statement = statement.where(column == int(filters.assigned[2:]))
    for word in words_of(filters.words):
        found = q.folded.contains(word, autoescape=True)
        if not staff.roles & READ_ORIGINALS:
            found = sa.or_(sa.and_(found, _assigned_to(staff)), q.public_folded.contains(word, autoescape=True))
        statement = statement.where(found)
    return statement


def words_of(query: str) -> list[str]:
    """The folded words that must all occur; of a query without letters the query itself."""
    return search_words(query) or ([fold(query)] if query else [])


def counts(staff: Staff, filters: Filters) -> dict[QuestionState, int]:
    """How many questions this person finds in each state with the other filters; one query."""
    ids = _narrowed(visible_to(staff), staff, filters).with_only_columns(Question.id, Question.state).subquery()
    rows = db.session.execute(sa.select(ids.c.state, sa.func.count()).group_by(ids.c.state)).all()
    found: dict[QuestionState, int] = dict(rows)  # type: ignore[arg-type]
    return {state: found.get(state, 0) for state in QuestionState}


def page(staff: Staff, filters: Filters, number: int, today: date, zone: str) -> tuple[Paged, list[QueueRow]]:
    """One page of the list: waiting ones oldest first, others newest first; two queries."""
    statement = _narrowed(visible_to(staff), staff, filters)
    if filters.state:
        statement = statement.where(Question.state == filters.state)
    cut = paged(statement, number)
    order = Question.received_at if filters.state in UNREAD else Question.received_at.desc()
    return cut, rows(cut.slice(statement.order_by(order, Question.id)), staff, today, zone)


def rows(statement: sa.Select[tuple[Question]], staff: Staff, today: date, zone: str) -> list[QueueRow]:
    """The questions of a `visible_to` statement as rows of the list; one query."""
    helps = is_helped_by(staff.unit_id) if staff.unit_id is not None else sa.literal(False)
    found = db.session.execute(
        statement.outerjoin(Village, Village.id == Question.village_id)
        .join(Dialogue, Dialogue.id == Question.dialogue_id)
        .outerjoin(Unit, Unit.id == Question.assigned_unit_id)
        .outerjoin(Staff, Staff.id == Question.assigned_staff_id)
        .with_only_columns(Question, Village.kind, Village.name, Dialogue.title, Unit.name, Staff.name, helps)
    )
    return [
        QueueRow(
            id=q.id,
            version=q.version,
            text=q.own_text if reads and q.state is not QuestionState.PUBLISHED else q.public_text,
            state=q.state,
            kind=q.kind,
            field=q.field,
            village=f"{kind[:1].upper()}{kind[1:]} {village}" if village else "",
            channel=q.channel,
            received_at=q.received_at,
            age_days=(today - clock.local(q.received_at, zone).date()).days,
            dialogue=title,
            assigned=person or unit or "",
            signs=q.signs if q.state is QuestionState.QUARANTINED else [],
            answer_due_on=q.answer_due_on,
            hint=looks_like(q.text) if reads and q.state is QuestionState.WAITING else None,
            is_untold=q.state is QuestionState.WAITING and q.assigned_at is None,
        )
        for q, kind, village, title, unit, person, is_helping in found
        for reads in (reads_original(staff, q, bool(is_helping)),)
    ]
