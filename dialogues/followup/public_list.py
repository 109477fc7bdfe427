"""The list of promises for residents: narrowed by words and filters, the most urgent first."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from dialogues.extensions import db
from dialogues.followup import service
from dialogues.followup.models import Commitment
from dialogues.followup.record import counts_as, of_body, promised_in
from dialogues.followup.rules import CommitmentStage, Keeping
from dialogues.followup.service import CommitmentRow
from dialogues.paging import PUBLIC_ROWS, Paged
from dialogues.places.models import Unit
from dialogues.places.rules import Field
from dialogues.questions.models import Question
from dialogues.questions.rules import QuestionState
from dialogues.schedule.models import Dialogue
from dialogues.search_index import PROMISE, Asked, find
from dialogues.search_query import NOTHING, Wanted, marked
from dialogues.staff.models import Staff

MOST_FOUND = 500
"""So many promises with the same words are looked at, the newest; who wants others writes one more word."""


@dataclass(frozen=True)
class Narrowing:
    """What the list is narrowed to; empty values narrow nothing. `unit_id`: the body of who is responsible (NO_BODY: of
    none), `year`: in which it was promised, `keeping`: how it counts in the record."""

    wanted: Wanted = NOTHING
    stage: CommitmentStage | None = None
    keeping: Keeping | None = None
    field: Field | None = None
    village_id: int | None = None
    dialogue_code: str = ""
    unit_id: int | None = None
    year: int | None = None

    def __bool__(self) -> bool:
        return self != Narrowing()


@dataclass(frozen=True)
class Listed:
    """One page of the list: the rows with what was found in them marked. `is_cut`: more fit the words than were looked
    at."""

    page: Paged
    rows: list[tuple[CommitmentRow, tuple[tuple[str, bool], ...]]]
    is_cut: bool


def of_village(village_id: int) -> sa.ColumnElement[bool]:
    """Condition on Question: it came from this village, and residents may know that."""
    return sa.and_(Question.village_id == village_id, Question.state == QuestionState.PUBLISHED)


def narrowed(commune_id: int, by: Narrowing, today: date) -> tuple[sa.Select[tuple[Commitment]], bool]:
    """The promises that residents may read and that fit, and whether words were found in more than were looked at; one
    query when there are words."""
    statement = service.narrowed(service.visible_commitments(commune_id), today, stage=by.stage, field=by.field)
    if by.dialogue_code:
        statement = statement.where(Dialogue.code == by.dialogue_code)
    if by.village_id is not None:
        statement = statement.where(of_village(by.village_id))
    if by.keeping is not None:
        statement = statement.where(counts_as(by.keeping, today))
    if by.unit_id is not None:
        statement = statement.where(of_body(by.unit_id))
    if by.year is not None:
        statement = statement.where(promised_in == by.year)
    if not by.wanted:
        return statement, False
    marks = [[f"k{commune_id}"]]
    for letter, chosen in (("f_", by.field), ("v", by.village_id), ("y", by.year)):
        marks += [[f"{letter}{chosen}"]] if chosen else []
    ids = find(PROMISE, Asked(by.wanted, marks), MOST_FOUND + 1)
    return statement.where(Commitment.id.in_(ids)), len(ids) > MOST_FOUND


def in_order(commune_id: int, by: Narrowing, today: date) -> tuple[list[int], bool]:
    """The ids of all that fit, the most urgent first, and whether more fit the words than were looked at. What a row
    shows is put together only for those that stand on a page. One query, two with words."""
    statement, is_cut = narrowed(commune_id, by, today)
    urgent = service.most_urgent_first(statement, today).with_only_columns(Commitment.id)
    return list(db.session.connection().scalars(urgent)), is_cut


def listed(commune_id: int, by: Narrowing, today: date, number: int, found: tuple[list[int], bool]) -> Listed:
    """The page with this number of what `in_order` found; one query."""
    ids, is_cut = found
    page = Paged.of(len(ids), number, PUBLIC_ROWS)
    rows = rows_of(commune_id, ids[page.skipped : page.skipped + page.per_page], today)
    return Listed(page, [(row, tuple(marked(row.result, by.wanted))) for row in rows], is_cut)


def rows_of(commune_id: int, ids: list[int], today: date) -> list[CommitmentRow]:
    """These promises as far as residents may read them, in this order; one query."""
    if not ids:
        return []
    these = service.visible_commitments(commune_id).where(Commitment.id.in_(ids))
    found = {row.id: row for row in service.commitment_rows(these, today)}
    return [found[id_] for id_ in ids if id_ in found]


def years(commune_id: int) -> list[int]:
    """The years in which something was promised, the newest first; one query."""
    found = service.visible_commitments(commune_id).with_only_columns(promised_in).distinct()
    return sorted(db.session.scalars(found), reverse=True)


def bodies(commune_id: int) -> list[tuple[int | None, str]]:
    """(id, name) of the bodies whose people promised something, and (None, "") when people of none did; one query."""
    people = service.visible_commitments(commune_id).with_only_columns(Commitment.responsible_id)
    rows: Any = db.session.execute(
        sa.select(Unit.id, Unit.name, Unit.position)
        .select_from(Staff)
        .outerjoin(Unit, Unit.id == Staff.unit_id)
        .where(Staff.id.in_(people))
        .distinct()
    )
    found = sorted(rows, key=lambda row: (row[0] is None, row[2] or 0, row[0] or 0))
    return [(id_, name or "") for id_, name, _position in found]
