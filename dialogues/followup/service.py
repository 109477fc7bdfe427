"""Answers and commitments: what residents may see of them."""

from collections import defaultdict
from collections.abc import Sequence
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
    answer_stage,
    commitment_stage,
)
from dialogues.paging import Paged
from dialogues.places.models import Village
from dialogues.places.rules import Field
from dialogues.questions.merges import CHAIN, PEOPLE, Asking, public_chains
from dialogues.questions.models import Asker, Question
from dialogues.questions.rules import QuestionState
from dialogues.questions.service import visible
from dialogues.schedule.models import Dialogue
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
    stage: CommitmentStage
    """What the badge shows."""

    @property
    def is_overdue(self) -> bool:
        return self.stage is CommitmentStage.OVERDUE


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
    """Empty until it has its day: a later answer without day is still a draft."""
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
    people: int = 1
    """How many asked it: merged questions and residents who joined are counted."""
    askings: tuple[Asking, ...] = ()
    """Each time that the matter was asked over the years, this one too, the oldest first; empty when it was once."""


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


# Built once: putting a statement of this size together takes longer than running it.
_NAMED_ASKER = (
    sa.select(sa.func.min(Asker.id))
    .where(
        Asker.question_id == sa.func.coalesce(Question.split_from_id, Question.id),
        Asker.may_publish_name,
        Asker.name != "",
        ~Asker.is_supporter,
    )
    .correlate(Question)
    .scalar_subquery()
)
_VIEW_COLUMNS: tuple[Any, ...] = (
    Question.id, Question.dialogue_id, Question.public_text, Question.field, Question.received_at,
    Village.kind, Village.name, Asker.name, Answer.id, Answer.outcome, Answer.text, Answer.answered_on,
    Answer.due_on, Answer.escalated_to, Answer.final_text, Answer.final_on, Answer.published_at,
    Staff.name, Staff.post, PEOPLE, CHAIN,
)  # fmt: skip
_VIEW_JOINS: tuple[tuple[Any, sa.ColumnElement[bool]], ...] = (
    (Village, Village.id == Question.village_id),
    (Asker, Asker.id == _NAMED_ASKER),
    (Answer, Answer.question_id == Question.id),
    (Staff, Staff.id == Answer.answered_by_id),
)


def question_views(statement: sa.Select[tuple[Question]], today: date) -> list[QuestionView]:
    """The questions of a `visible(...)` statement, ready to show, in its order; two queries, however many rows.

    The name of an asker comes out only with their consent; of several askers the first consenting one.
    """
    return _views(_for_views(statement), {}, today)


def _for_views(statement: sa.Select[tuple[Question]]) -> sa.Select[Any]:
    joined: sa.Select[Any] = statement.with_only_columns(*_VIEW_COLUMNS)
    for model, condition in _VIEW_JOINS:
        joined = joined.outerjoin(model, condition)
    return joined


Versions = Sequence[sa.Row[tuple[int, int]]]
"""(id, version) of questions in the order in which they are shown: see `fragments.kept_rows`."""


def versions_of(statement: sa.Select[tuple[Question]], values: dict[str, Any] | None = None) -> Versions:
    """The questions of a `visible(...)` statement with these values, in its order; one query."""
    return db.session.connection().execute(only_versions(statement), values or {}).all()


def only_versions(statement: sa.Select[tuple[Question]]) -> sa.Select[tuple[int, int]]:
    """The same questions as rows of `Versions`."""
    return statement.with_only_columns(Question.id, Question.shown_version)


@cache
def _of_dialogue() -> sa.Select[Any]:
    mine = visible(value("commune_id")).where(Question.dialogue_id == value("dialogue_id"))
    newest_first = mine.order_by(Question.published_at.desc(), Question.id.desc())
    page = newest_first.limit(value("most")).offset(value("skipped"))
    return only_versions(page)


def questions_of_dialogue(commune_id: int, dialogue_id: int, page: Paged) -> Versions:
    """A page of the published questions of one dialogue, newest first; one query."""
    values = {
        "commune_id": commune_id,
        "dialogue_id": dialogue_id,
        "most": page.per_page,
        "skipped": page.skipped,
    }
    return db.session.connection().execute(_of_dialogue(), values).all()


@cache
def _by_ids() -> sa.Select[Any]:
    return _for_views(visible(value("commune_id")).where(Question.id.in_(sa.bindparam("ids", expanding=True))))


def question_views_by_id(
    commune_id: int, today: date, ids: Sequence[int], with_commitments: bool = True
) -> list[QuestionView]:
    """Those of these questions that residents may read, in any order; two queries, without commitments one."""
    return _views(_by_ids(), {"commune_id": commune_id, "ids": list(ids)}, today, with_commitments)


def _views(
    joined: sa.Select[Any], values: dict[str, Any], today: date, with_commitments: bool = True
) -> list[QuestionView]:
    rows = db.session.connection().execute(joined, values).all()
    promises = commitment_views([row[8] for row in rows if with_commitments and row[8] and row[16]], today)
    chains = public_chains({row[20] for row in rows if row[20]})
    found = []
    for (
        id_, dialogue_id, text, field, received_at, kind, village, name, answer_id, outcome, said, answered_on,
        due_on, escalated_to, final_text, final_on, published_at, by, post, people, chain_id,
    ) in rows:  # fmt: skip
        shown = published_at is not None and outcome is not Outcome.MOVED_TO_COMPLAINT
        askings = chains.get(chain_id, ())
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
                    outcome,
                    said,
                    by or "",
                    post or "",
                    answered_on,
                    due_on,
                    escalated_to,
                    final_text if final_on else "",
                    final_on,
                )
                if shown
                else None,
                commitments=tuple(promises[answer_id]) if shown else (),
                people=people,
                askings=askings if len(askings) > 1 else (),
            )
        )
    return found


@cache
def _commitments_of() -> sa.Select[Any]:
    c = Commitment
    return (
        sa.select(
            c.answer_id, c.id, SHOWN, c.due_on, c.first_due_on, c.state, c.reported_done_on, c.objected_on, Staff.name,
            Staff.post,
        )
        .join(Staff, Staff.id == c.responsible_id)
        .where(c.answer_id.in_(sa.bindparam("answer_ids", expanding=True)))
        .order_by(c.due_on, c.id)
    )  # fmt: skip


def commitment_views(answer_ids: Sequence[int], today: date) -> dict[int, list[CommitmentView]]:
    """The commitments of these answers by answer id; one query. The caller makes sure that the answers are public."""
    found: dict[int, list[CommitmentView]] = defaultdict(list)
    if not answer_ids:
        return found
    rows = db.session.connection().execute(_commitments_of(), {"answer_ids": list(answer_ids)})
    for answer_id, id_, result, due_on, first_due_on, state, reported_done_on, objected_on, name, post in rows:
        stage = commitment_stage(state, due_on, today, reported_done_on, objected_on)
        found[answer_id].append(CommitmentView(id_, result, name, post, due_on, first_due_on, state, stage))
    return found


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


@cache
def _newly_answered() -> sa.Select[Any]:
    found = visible(value("commune_id")).join(Answer, Answer.question_id == Question.id)
    found = found.where(Answer.commune_id == value("commune_id"), is_an_answer())
    newest = found.order_by(Answer.published_at.desc(), Question.id.desc()).limit(value("most"))
    return only_versions(newest)


def newly_answered(commune_id: int, most: int) -> Versions:
    """The questions whose answers were published last; one query, from the newest answer on."""
    return db.session.connection().execute(_newly_answered(), {"commune_id": commune_id, "most": most}).all()
