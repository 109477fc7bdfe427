"""Questions with their answers and promises, as residents read them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from dialogues.extensions import db, value
from dialogues.followup.models import Answer, Commitment
from dialogues.followup.rules import (
    AnswerStage,
    CommitmentStage,
    CommitmentState,
    Outcome,
    answer_stage,
    commitment_stage,
)
from dialogues.followup.service import SHOWN, is_an_answer
from dialogues.paging import Paged
from dialogues.places.models import Village
from dialogues.places.rules import Field
from dialogues.questions.merges import CHAIN, PEOPLE, Asking, public_chains
from dialogues.questions.models import Asker, Question
from dialogues.questions.service import visible
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


@cache
def _newly_answered() -> sa.Select[Any]:
    """From the newest answer on: as a condition, `visible` cannot lead SQLite to go through all questions."""
    shown = visible(value("commune_id")).where(Question.id == Answer.question_id).correlate(Answer).exists()
    own = aliased(Question)
    return (
        sa.select(own.id, own.shown_version)
        .select_from(Answer)
        .join(own, own.id == Answer.question_id)
        .where(Answer.commune_id == value("commune_id"), is_an_answer(), shown)
        .order_by(Answer.published_at.desc(), Answer.question_id.desc())
        .limit(value("most"))
    )


def newly_answered(commune_id: int, most: int) -> Versions:
    """The questions whose answers were published last; one query, from the newest answer on."""
    return db.session.connection().execute(_newly_answered(), {"commune_id": commune_id, "most": most}).all()
