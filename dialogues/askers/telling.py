"""Telling by phone or on paper: the list of who is still to be told, marking and taking the mark back, and what each
asker was told so far."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import aliased, joinedload, load_only

from dialogues import clock
from dialogues.access import Permission, allowed
from dialogues.askers.models import Word
from dialogues.askers.rules import TellHow, Way
from dialogues.errors import RuleBroken
from dialogues.extensions import db
from dialogues.formatting import short_date
from dialogues.language import spoken_language
from dialogues.paging import Paged, paged
from dialogues.places import service as places
from dialogues.places.days import Deadline, working_deadline
from dialogues.places.models import Commune
from dialogues.places.rules import Field, RuleName
from dialogues.post.models import Message
from dialogues.post.rules import MessageState
from dialogues.questions.intake import is_bound_to_village
from dialogues.questions.models import Asker, Question
from dialogues.questions.rules import QuestionEvent
from dialogues.schedule.models import Dialogue
from dialogues.staff import trail
from dialogues.staff.models import Staff
from dialogues.today.deadlines import first_word_due
from dialogues.words import label

SLIPS = 60
"""So many slips are printed at once."""


# -- who is still to be told ------------------------------------------------------------------------------------------


def _reachable() -> sa.ColumnElement[bool]:
    """Who still allows it; who left neither number nor address is told on paper."""
    nowhere = sa.and_(Asker.phone == "", Asker.email == "", Asker.name != "")
    return sa.and_(Asker.erased_at.is_(None), sa.or_(Asker.may_message, Asker.may_contact, nowhere))


def _may_still_be_told(asker: Asker) -> bool:
    """The same of one asker."""
    is_nowhere = not asker.phone and not asker.email and bool(asker.name)
    return asker.erased_at is None and (asker.may_message or asker.may_contact or is_nowhere)


def _by_hand() -> sa.ColumnElement[bool]:
    """By hand from the start, or because the letter could not be sent."""
    return sa.or_(Word.way == Way.BY_HAND, Message.state == MessageState.FAILED)


def _words(commune_id: int) -> sa.Select[tuple[Word]]:
    return (
        sa.select(Word)
        .join(Asker, Asker.id == Word.asker_id)
        .join(Question, Question.id == Word.question_id)
        .outerjoin(Message, Message.id == Word.message_id)
        .where(Word.commune_id == commune_id)
    )


def _open(commune_id: int) -> sa.Select[tuple[Word]]:
    return _words(commune_id).where(Word.told_at.is_(None), _by_hand(), _reachable())


def _of(staff: Staff, statement: sa.Select[tuple[Word]]) -> sa.Select[tuple[Word]]:
    """Those that this person may tell: village heads only the people of their village whom they entered, as only the
    office was promised to know the others."""
    return statement.where(_entered_by(staff)) if is_bound_to_village(staff) else statement


def _entered_by(staff: Staff) -> sa.ColumnElement[bool]:
    """Condition on Asker: this village head wrote down the question that they asked themselves, not the one that is
    answered for it, and not one that they joined."""
    own = aliased(Question)
    mine = sa.exists().where(
        own.id == Asker.question_id, own.village_id == staff.village_id, own.entered_by_id == staff.id
    )
    return sa.and_(mine, ~Asker.is_supporter)


@dataclass(frozen=True)
class Filters:
    """What the list is narrowed to. `reach`: "phone", "paper" or ""."""

    village_id: int | None = None
    reach: str = ""
    is_told: bool = False


def _narrowed(staff: Staff, filters: Filters) -> sa.Select[tuple[Word]]:
    commune_id = staff.commune_id
    statement = _words(commune_id).where(Word.told_at.is_not(None)) if filters.is_told else _open(commune_id)
    if filters.village_id:
        statement = statement.where(Question.village_id == filters.village_id)
    if filters.reach:
        statement = statement.where(Asker.phone != "" if filters.reach == "phone" else Asker.phone == "")
    return _of(staff, statement)


@dataclass(frozen=True)
class Line:
    """One thing to tell."""

    id: int
    event: QuestionEvent
    text: str
    at: datetime


@dataclass(frozen=True)
class Row:
    """One asker with everything to tell (or told in one go). `phone` only for who may read it and may call."""

    asker_id: int
    question_id: int
    code: str
    name: str
    phone: str
    village: str
    field: Field
    lines: list[Line]
    due: Deadline
    is_late: bool
    told_on: date | None
    told_how: TellHow | None
    told_by: str
    is_newest: bool

    @property
    def upto(self) -> int:
        """The newest thing that the list showed: only what was seen is marked."""
        return self.lines[-1].id


def due(commune: Commune, word: Word, received_at: datetime) -> Deadline:
    """The last day to tell it: some working days, and for the first word not later than R8 says."""
    on = clock.local(word.at, commune.time_zone).date()
    number = places.rule_value(commune, RuleName.TELL_DAYS, on)
    own = working_deadline(on, number, places.days_off(commune))
    if not word.is_first:
        return own
    law = first_word_due(commune, clock.local(received_at, commune.time_zone).date())
    return min(own, law, key=lambda one: one.on)


def page(staff: Staff, filters: Filters, number: int) -> tuple[Paged, list[Row]]:
    """One page of the list: who waits longest first, or told last first; three queries."""
    statement = _narrowed(staff, filters)
    batch = Word.told_at if filters.is_told else sa.null()
    groups = statement.with_only_columns(
        Word.asker_id, batch.label("batch"), sa.func.min(Word.at).label("since"), maintain_column_froms=True
    ).group_by(Word.asker_id, *([Word.told_at] if filters.is_told else []))
    cut = paged(groups, number)
    order = [Word.told_at.desc(), Word.asker_id] if filters.is_told else [sa.func.min(Word.at), Word.asker_id]
    found = db.session.execute(cut.slice(groups.order_by(*order))).all()
    wanted = [(row.asker_id, row.batch) for row in found]
    return cut, _rows(staff, statement, wanted, filters.is_told)


def first(staff: Staff, filters: Filters, most: int) -> list[Row]:
    """The first of the list: for slips; two queries."""
    statement = _narrowed(staff, filters)
    longest_first = (
        statement.with_only_columns(Word.asker_id, maintain_column_froms=True)
        .group_by(Word.asker_id)
        .order_by(sa.func.min(Word.at), Word.asker_id)
    )
    ids = db.session.scalars(longest_first.limit(most)).all()
    return _rows(staff, statement, [(asker_id, None) for asker_id in ids], is_told=False)


def _rows(staff: Staff, statement: sa.Select[tuple[Word]], wanted: Sequence[Any], is_told: bool) -> list[Row]:
    asker = joinedload(Word.asker)
    rows = db.session.scalars(
        statement.where(Word.asker_id.in_({asker_id for asker_id, _batch in wanted}))
        .options(
            asker.joinedload(Asker.question).joinedload(Question.village),
            joinedload(Word.told_by).load_only(Staff.name),
        )
        .order_by(Word.id)
    ).all()
    groups: dict[Any, list[Word]] = {key: [] for key in wanted}
    newest: dict[int, datetime] = {}
    for word in rows:
        key = (word.asker_id, word.told_at if is_told else None)
        if key in groups:
            groups[key].append(word)
        if word.told_at is not None:
            newest[word.asker_id] = max(word.told_at, newest.get(word.asker_id, word.told_at))
    return [_row(staff, words, newest) for words in groups.values() if words]


def _row(staff: Staff, words: list[Word], newest: dict[int, datetime]) -> Row:
    first, commune = words[0], staff.commune
    asker, question = first.asker, first.asker.question
    last = min((due(commune, word, question.received_at) for word in words), key=lambda one: one.on)
    may_call = allowed(staff, Permission.READ_ASKERS) and (asker.may_contact or asker.may_message)
    return Row(
        asker_id=asker.id,
        question_id=question.id,
        code=asker.code,
        name=asker.name,
        phone=asker.phone if may_call else "",
        village=question.village.label if question.village else "",
        field=question.field,
        lines=[Line(word.id, word.event, word.text, word.at) for word in words],
        due=last,
        is_late=first.told_at is None and clock.today(commune.time_zone) > last.on,
        told_on=first.told_on,
        told_how=first.told_how,
        told_by=first.told_by.name if first.told_by else "",
        is_newest=first.told_at is not None and newest.get(asker.id) == first.told_at,
    )


def count_open(staff: Staff) -> int:
    """How many people are still to be told; one query."""
    people = _of(staff, _open(staff.commune_id)).with_only_columns(sa.func.count(Word.asker_id.distinct()))
    return db.session.scalar(people) or 0


@dataclass(frozen=True)
class DueLine:
    """One asker to be told by hand, and by when."""

    asker_id: int
    due: Deadline


def due_lines(commune: Commune, most: int = 500) -> list[DueLine]:
    """Everybody who is to be told by hand, for the page of today; one query."""
    statement = _open(commune.id).add_columns(Question.received_at).order_by(Word.at).limit(most)
    statement = statement.options(load_only(Word.asker_id, Word.at, Word.is_first))
    found: dict[int, Deadline] = {}
    for word, received_at in db.session.execute(statement):
        last = due(commune, word, received_at)
        if word.asker_id not in found or last.on < found[word.asker_id].on:
            found[word.asker_id] = last
    return [DueLine(asker_id, last) for asker_id, last in found.items()]


# -- telling ----------------------------------------------------------------------------------------------------------


def asker_for(staff: Staff, asker_id: int) -> Asker | None:
    """The asker whom this person may tell; village heads only people whom they entered. One query."""
    statement = (
        sa.select(Asker)
        .join(Asker.question)
        .where(Asker.commune_id == staff.commune_id, Asker.id == asker_id)
        .options(joinedload(Asker.question).joinedload(Question.dialogue).joinedload(Dialogue.commune))
        .options(joinedload(Asker.question).joinedload(Question.village))
    )
    if is_bound_to_village(staff):
        statement = statement.where(_entered_by(staff))
    return db.session.scalar(statement)


def row_of(staff: Staff, asker: Asker) -> Row | None:
    """What this asker is still to be told; None when there is nothing."""
    rows = _rows(staff, _of(staff, _open(staff.commune_id)), [(asker.id, None)], is_told=False)
    return rows[0] if rows else None


def mark_told(*, asker: Asker, upto: int, how: TellHow, on: date | None, actor: Staff) -> int:
    """Somebody told this asker everything up to the word `upto` that the list showed; how many words."""
    if on is None:
        raise RuleBroken(_l("Choose the day on which the person was told."), "on")
    if on > clock.today(actor.commune.time_zone):
        raise RuleBroken(_l("This day is still to come."), "on")
    mine = _of(actor, _open(actor.commune_id)).where(Word.asker_id == asker.id, Word.id <= upto)
    words = list(db.session.scalars(mine.order_by(Word.id)))
    if not words:
        raise RuleBroken(_l("Somebody marked this already, or it need not be told any more."))
    now = clock.now()
    for word in words:
        word.told_at, word.told_on, word.told_how, word.told_by_id = now, on, how, actor.id
    _record(asker, actor, "asker_told")
    return len(words)


def take_back(*, asker: Asker, actor: Staff) -> int:
    """The newest mark of this asker was a mistake: it stands on the list again; how many words."""
    mine = sa.select(Word).where(Word.asker_id == asker.id, Word.told_at.is_not(None))
    words = list(db.session.scalars(mine))
    newest = max((word.told_at for word in words if word.told_at), default=None)
    if newest is None:
        raise RuleBroken(_l("Nothing is marked as told here."))
    marked = [word for word in words if word.told_at == newest]
    for word in marked:
        word.told_at = word.told_on = word.told_how = word.told_by_id = None
    _record(asker, actor, "asker_untold")
    return len(marked)


def _record(asker: Asker, actor: Staff, action: str) -> None:
    db.session.flush()
    trail.record(commune_id=asker.commune_id, actor=actor, thing="question", thing_id=asker.question_id, action=action)
    db.session.flush()


# -- what was told ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ToldLine:
    """One word in the story of an asker: what, when, and how it was or will be told."""

    at: datetime
    event: QuestionEvent
    text: str
    how: str
    way: Way


def told_lines(asker: Asker) -> list[ToldLine]:
    """Everything this asker was told, newest first; one query."""
    mine = sa.select(Word).where(Word.asker_id == asker.id)
    with_letter = mine.options(joinedload(Word.message).load_only(Message.state, Message.ended_at))
    return [
        ToldLine(word.at, word.event, word.text, _how(word), word.way)
        for word in db.session.scalars(with_letter.order_by(Word.id.desc()))
    ]


def _how(word: Word) -> str:
    """In words of the page: by which way, and whether it went out."""
    if word.told_on is not None and word.told_how is not None:
        day = short_date(word.told_on, spoken_language() or "vi")
        return _("%(how)s on %(day)s", how=label(word.told_how), day=day)
    way = str(label(word.way))
    if word.way is not Way.OWN_PAGE and word.message is None and not _may_still_be_told(word.asker):
        return _("%(way)s, not told: it is not allowed any more", way=way)
    if word.way is Way.BY_HAND:
        return _("%(way)s, still to be told", way=way)
    if word.way is Way.OWN_PAGE:
        return way
    if word.message is None:
        return _("%(way)s, waits until the address is confirmed", way=way)
    return f"{way}: {str(label(word.message.state)).lower()}"


def village_choices(staff: Staff) -> list[tuple[int | None, object]]:
    """What the list can be narrowed to."""
    found = places.village_choices(staff.commune_id, _("All villages"))
    return [one for one in found if one[0] == staff.village_id] if is_bound_to_village(staff) else found
