"""Who may still say whether a promise is kept: the promises of an asker, and the list to ask at the door."""

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, lazyload, selectinload

from dialogues import clock
from dialogues.extensions import db
from dialogues.followup.models import Answer, Commitment, CommitmentEntry
from dialogues.followup.rules import CommitmentState
from dialogues.followup.service import visible_commitments
from dialogues.paging import Paged, paged
from dialogues.questions import lineage
from dialogues.questions.intake import is_bound_to_village
from dialogues.questions.merges import lead_of
from dialogues.questions.models import Asker, Question
from dialogues.questions.rules import QuestionState
from dialogues.staff.models import Staff
from dialogues.verdicts.models import CommitmentVerdict
from dialogues.verdicts.rules import Judgement, is_too_late
from dialogues.verdicts.saying import report_of

S = CommitmentState
PER_PAGE = 20


@dataclass(frozen=True)
class Promise:
    """A promise that an asker may speak about, with the report and what this asker said of it."""

    commitment: Commitment
    report: CommitmentEntry
    mine: CommitmentVerdict | None


def _with_reports() -> tuple[sa.orm.interfaces.ORMOption, ...]:
    plain = lazyload(Staff.commune), lazyload(Staff.role_rows)
    return (
        joinedload(Commitment.responsible).options(*plain),
        joinedload(Commitment.dialogue),
        joinedload(Commitment.answer).joinedload(Answer.question).joinedload(Question.village),
        selectinload(Commitment.entries),
    )


def _verdicts(commitments: list[Commitment]) -> list[CommitmentVerdict]:
    mine = sa.select(CommitmentVerdict).where(CommitmentVerdict.commitment_id.in_([one.id for one in commitments]))
    return list(db.session.scalars(mine.order_by(CommitmentVerdict.id)))


def promises_of(asker: Asker) -> list[Promise]:
    """The public promises about what this asker asked that are reported done, or were not long ago; few queries."""
    if asker.left_at is not None:
        return []
    question = asker.question
    answered = lead_of(question) or question
    ids = {answered.id, *(part.id for part in lineage.parts_of(question))}
    if answered.state is QuestionState.SPLIT:
        ids.update(part.id for part in lineage.parts_of(answered))
    found = visible_commitments(asker.commune_id).where(
        Answer.question_id.in_(ids), Commitment.state.in_((S.REPORTED_DONE, S.CONFIRMED, S.IN_PROGRESS))
    )
    commitments = list(db.session.scalars(found.options(*_with_reports()).order_by(Commitment.id)))
    said = _verdicts(commitments) if commitments else []
    today = clock.today(question.dialogue.commune.time_zone)
    promises = []
    for one in commitments:
        report = report_of(one, [verdict for verdict in said if verdict.commitment_id == one.id])
        if report is None or is_too_late(one.confirmed_on, today):
            continue
        mine = (v for v in said if v.entry_id == report.id and v.asker_id == asker.id)
        promises.append(Promise(one, report, next(mine, None)))
    return promises


def promise_of(asker: Asker, commitment_id: int) -> Promise | None:
    """One of them."""
    return next((one for one in promises_of(asker) if one.commitment.id == commitment_id), None)


# -- at the door ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class AtTheDoor:
    """An asker to be asked; `said`: what was said already. Only of those whom the reader knows."""

    asker_id: int
    name: str
    village: str
    said: Judgement | None


@dataclass(frozen=True)
class ToAsk:
    """A promise with those who may be asked; `others`: so many more asked it, whom only the office knows."""

    id: int
    text: str
    responsible: str
    village: str
    reported_on: date | None
    said: str
    people: list[AtTheDoor]
    others: int


def knows(staff: Staff, asker: Asker) -> bool:
    """Whether this person may know who asks: the office everybody, a village head the people whom they entered."""
    if not is_bound_to_village(staff):
        return True
    own = asker.question
    mine = (own.entered_by_id, own.village_id) == (staff.id, staff.village_id)
    return mine and not asker.is_supporter


def to_ask(staff: Staff, number: int) -> tuple[Paged, list[ToAsk]]:
    """What is reported done and not confirmed, longest first; of a village head's own village. The number of queries
    does not grow."""
    statement = visible_commitments(staff.commune_id).where(Commitment.state == S.REPORTED_DONE)
    if is_bound_to_village(staff):
        statement = statement.where(Question.village_id == staff.village_id)
    page = paged(statement, number, PER_PAGE)
    ordered = statement.order_by(Commitment.reported_done_on, Commitment.id).options(*_with_reports())
    commitments = list(db.session.scalars(page.slice(ordered)))
    said = _verdicts(commitments) if commitments else []
    askers = lineage.askers_of_each([one.answer.question_id for one in commitments]) if commitments else {}
    return page, [_to_ask(staff, one, said, askers[one.answer.question_id]) for one in commitments]


def _to_ask(staff: Staff, commitment: Commitment, said: list[CommitmentVerdict], askers: list[Asker]) -> ToAsk:
    report = report_of(commitment, said)
    verdicts = {one.asker_id: one.judgement for one in said if report is not None and one.entry_id == report.id}
    known = [asker for asker in askers if asker.erased_at is None and knows(staff, asker)]
    person, village = commitment.responsible, commitment.answer.question.village
    return ToAsk(
        id=commitment.id,
        text=commitment.shown,
        responsible=f"{person.name}, {person.post}" if person.post else person.name,
        village=village.label if village else "",
        reported_on=commitment.reported_done_on,
        said=report.text if report else "",
        people=[AtTheDoor(one.id, one.name, "", verdicts.get(one.id)) for one in known if report is not None],
        others=len(askers) - len(known),
    )


# -- what waits for the office ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Unread:
    """A sentence of an asker that nobody of the office has read."""

    id: int
    commitment_id: int
    promise: str
    judgement: Judgement
    text: str
    at: datetime


def _unread(commune_id: int) -> sa.Select[tuple[CommitmentVerdict]]:
    v = CommitmentVerdict
    return sa.select(v).where(
        v.commune_id == commune_id, v.asker_id.is_not(None), v.text != "", v.published_at.is_(None)
    )


def unread_count(commune_id: int) -> int:
    """How many sentences wait; one query."""
    return db.session.scalar(_unread(commune_id).with_only_columns(sa.func.count())) or 0


def unread(commune_id: int, number: int) -> tuple[Paged, list[Unread]]:
    """The sentences that wait, oldest first; two queries."""
    page = paged(_unread(commune_id), number, PER_PAGE)
    ordered = _unread(commune_id).order_by(CommitmentVerdict.at, CommitmentVerdict.id)
    rows = db.session.scalars(page.slice(ordered).options(joinedload(CommitmentVerdict.commitment)))
    return page, [
        Unread(one.id, one.commitment_id, one.commitment.shown, one.judgement, one.text, one.at) for one in rows
    ]
