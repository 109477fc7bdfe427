"""Dialogues: finding them, what residents may see, lists, legal days. Writes stand in `moves`."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa
from flask_babel import ngettext
from sqlalchemy.orm import joinedload, lazyload, load_only, selectinload
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.interfaces import ORMOption

from dialogues import clock, codes
from dialogues.extensions import db, value
from dialogues.paging import OFFICE_ROWS, PUBLIC_ROWS, Paged, paged
from dialogues.places import service as places
from dialogues.places.days import last_working_day
from dialogues.places.models import Commune, Village
from dialogues.places.rules import Field, RuleName
from dialogues.schedule.deadlines import result_due_on
from dialogues.schedule.models import AnnouncementReason, Dialogue, DialogueTopic, DialogueVillage
from dialogues.schedule.rules import (
    AWAITING_RESULT,
    DialogueKind,
    DialogueState,
    HoldingForm,
    Phase,
    phase,
    question_deadline,
    takes_questions,
)
from dialogues.staff.models import Staff
from dialogues.text import fold, search_words

S = DialogueState
AFTER_SESSION = (S.HELD, S.CONCLUDED, S.PUBLISHED)
VILLAGES_SHOWN = 3


@dataclass(frozen=True)
class DialogueCard:
    """A dialogue in a list. `villages` is "" for the whole commune; `place` is "" for an online one."""

    id: int
    code: str
    title: str
    kind: DialogueKind
    form: HoldingForm
    state: DialogueState
    phase: Phase
    starts_at: datetime
    ends_at: datetime
    deadline_at: datetime
    place: str
    villages: str
    is_past: bool
    takes_questions: bool


@dataclass(frozen=True)
class Filters:
    """What a list of dialogues is narrowed to; empty values narrow nothing."""

    text: str = ""
    village_id: int | None = None
    field: Field | None = None
    period: str = ""
    """"coming", "past", or a year."""
    state: DialogueState | Phase | None = None


def visible(commune_id: int) -> sa.Select[tuple[Dialogue]]:
    """THE visibility query: the dialogues that residents may see. Drafts, and dialogues cancelled before they were
    announced, never come out of it; lists, home, feeds, exports and open data start from it."""
    return sa.select(Dialogue).where(
        Dialogue.commune_id == commune_id, Dialogue.state != S.DRAFT, Dialogue.announced_at.is_not(None)
    )


def every(commune_id: int) -> sa.Select[tuple[Dialogue]]:
    """All dialogues of a commune, for its own staff."""
    return sa.select(Dialogue).where(Dialogue.commune_id == commune_id)


def _person(relation: Any) -> ORMOption:
    """Name and post of somebody at a dialogue, in the same query, without roles and commune."""
    return joinedload(relation).options(
        load_only(Staff.name, Staff.post), lazyload(Staff.commune), lazyload(Staff.role_rows)
    )


def with_details() -> tuple[ORMOption, ...]:
    """Everything that the page of one dialogue shows, in a fixed number of queries."""
    return (
        joinedload(Dialogue.commune),
        joinedload(Dialogue.round),
        _person(Dialogue.chair),
        _person(Dialogue.co_chair),
        _person(Dialogue.secretary),
        selectinload(Dialogue.topic_rows),
        selectinload(Dialogue.villages),
        selectinload(Dialogue.announcement_reasons),
    )


@cache
def _announced_by_code() -> tuple[sa.Select[tuple[Dialogue]], dict[str, sa.Select[Any]]]:
    """The dialogue with its commune and people, and its collections by their names."""
    one = sa.select(Dialogue).where(
        Dialogue.code == value("code"), Dialogue.state != S.DRAFT, Dialogue.announced_at.is_not(None)
    )
    people = (_person(Dialogue.chair), _person(Dialogue.co_chair), _person(Dialogue.secretary))
    mine = value("dialogue_id")
    topics = sa.select(DialogueTopic).where(DialogueTopic.dialogue_id == mine).order_by(DialogueTopic.position)
    reasons = sa.select(AnnouncementReason).where(AnnouncementReason.dialogue_id == mine)
    villages = (
        sa.select(Village)
        .join(DialogueVillage, DialogueVillage.village_id == Village.id)
        .where(DialogueVillage.dialogue_id == mine)
    )
    return one.options(joinedload(Dialogue.commune), *people), {
        "topic_rows": topics,
        "villages": villages.order_by(Village.position),
        "announcement_reasons": reasons.order_by(AnnouncementReason.id),
    }


def announced_by_code(code: str) -> Dialogue | None:
    """The dialogue with this code (any writing of it) as residents may see it, with all that its page shows; four
    queries (`selectinload` would take the same, at four times the cost)."""
    one, collections = _announced_by_code()
    found = db.session.scalar(one, {"code": codes.normalise(code)})
    if found is not None:
        for name, statement in collections.items():
            rows = db.session.scalars(statement, {"dialogue_id": found.id}).all()
            set_committed_value(found, name, list(rows))
    return found


@dataclass(frozen=True)
class DialogueHead:
    """As much of a dialogue as tells whether its page must be made anew."""

    commune: Commune
    id: int
    code: str
    title: str
    starts_at: datetime
    place: str
    state: DialogueState

    @property
    def is_to_come(self) -> bool:
        """Announced, and not recorded as held."""
        return self.state in (S.ANNOUNCED, S.POSTPONED)


@cache
def _announced_head() -> sa.Select[Any]:
    d = Dialogue
    public = sa.select(Commune, d.id, d.code, d.title, d.starts_at, d.place, d.state).join(
        d, d.commune_id == Commune.id
    )
    return public.where(d.code == value("code"), d.state != S.DRAFT, d.announced_at.is_not(None))


def announced_head(code: str) -> DialogueHead | None:
    """The head of the dialogue with this code (any writing of it) as residents may see it; one query."""
    row = db.session.execute(_announced_head(), {"code": codes.normalise(code)}).one_or_none()
    return DialogueHead(*row) if row else None


def phase_of(dialogue: Dialogue, now: datetime) -> Phase:
    """The phase at `now`, in the days of the commune."""
    return _phase(
        dialogue.state,
        dialogue.starts_at,
        dialogue.ends_at,
        dialogue.question_deadline_at,
        dialogue.result_public_on is not None,
        now,
        dialogue.commune,
    )


def _phase(
    state: DialogueState,
    starts_at: datetime,
    ends_at: datetime,
    deadline_at: datetime | None,
    is_result_public: bool,
    now: datetime,
    commune: Commune,
) -> Phase:
    """As `rules.phase`, whose days are those of the session's wall clock: in UTC a morning may be the day before. The
    days off are read only for a dialogue whose day has passed and whose result is not public."""
    held_on, today = (clock.local(instant, commune.time_zone).date() for instant in (starts_at, now))
    result_on = held_on
    if (state in AWAITING_RESULT or (state is S.PUBLISHED and not is_result_public)) and today > held_on:
        result_on = result_due_on(commune, held_on)
    return phase(state, starts_at, ends_at, deadline_at, now, today, result_on, is_result_public)


def session_on(dialogue: Dialogue) -> date:
    """The commune's day of the session."""
    return clock.local(dialogue.starts_at, dialogue.commune.time_zone).date()


# -- lists ------------------------------------------------------------------------------------------------------------


def _is_coming(now: datetime) -> sa.ColumnElement[bool]:
    """Still to come or running; also a cancelled one whose day has not passed, so that nobody goes there in vain."""
    return sa.or_(
        Dialogue.state.in_([S.DRAFT, S.POSTPONED]),
        sa.and_(Dialogue.ends_at > now, Dialogue.state.in_([S.ANNOUNCED, S.CANCELLED])),
    )


def _is_overdue(now: datetime, commune: Commune) -> sa.ColumnElement[bool]:
    """The session lies so long ago that its result should be public (R5). An end on a day off moves to the next working
    day, so the last day that counts is the last working day before today."""
    today = clock.local(now, commune.time_zone).date()
    last = last_working_day(today - timedelta(days=1), places.days_off(commune))
    spans = []
    for since, until, number in places.rule_spans(commune, RuleName.RESULT_DAYS):
        first_in_time = last - timedelta(days=number - 1)
        span = [Dialogue.starts_at < _midnight(min(first_in_time, until) if until else first_in_time, commune)]
        spans.append(sa.and_(*span, Dialogue.starts_at >= _midnight(since, commune)) if since else span[0])
    return sa.and_(sa.or_(Dialogue.state.in_(AWAITING_RESULT), _on_this_site_only()), sa.or_(*spans))


def _on_this_site_only() -> sa.ColumnElement[bool]:
    """The result was published here, but not yet by all three ways of R5."""
    return sa.and_(Dialogue.state == S.PUBLISHED, Dialogue.result_public_on.is_(None))


def _midnight(day: date, commune: Commune) -> datetime:
    return clock.instant(datetime.combine(day, time()), commune.time_zone)


def in_state(wanted: DialogueState | Phase, now: datetime, commune: Commune) -> sa.ColumnElement[bool]:
    """The rows in a state, or in a phase: `rules.phase` said in SQL (a test holds the two together)."""
    if not isinstance(wanted, Phase):
        return Dialogue.state == wanted
    announced = Dialogue.state == S.ANNOUNCED
    closes_at = sa.func.coalesce(Dialogue.question_deadline_at, Dialogue.starts_at)
    of_the_clock = {
        Phase.COLLECTING: sa.and_(announced, Dialogue.starts_at > now, closes_at > now),
        Phase.CLOSED_FOR_QUESTIONS: sa.and_(announced, Dialogue.starts_at > now, closes_at <= now),
        Phase.RUNNING: sa.and_(announced, Dialogue.starts_at <= now, Dialogue.ends_at > now),
        Phase.AWAITING_RECORD: sa.and_(announced, Dialogue.ends_at <= now, ~_is_overdue(now, commune)),
        Phase.RESULT_OVERDUE: _is_overdue(now, commune),
    }
    if wanted in of_the_clock:
        return of_the_clock[wanted]
    if wanted is Phase.PUBLISHED:
        return sa.and_(Dialogue.state == S.PUBLISHED, Dialogue.result_public_on.is_not(None))
    same = Dialogue.state == DialogueState(wanted.value)
    if wanted is Phase.CONCLUDED:
        same = sa.or_(same, _on_this_site_only())
    return sa.and_(same, ~_is_overdue(now, commune)) if wanted in (Phase.HELD, Phase.CONCLUDED) else same


def cards(statement: sa.Select[tuple[Dialogue]], now: datetime) -> list[DialogueCard]:
    """The dialogues of a statement, ready for a list, in its order; two queries, however many rows."""
    return _cards(_for_cards(statement), {}, now)


def _for_cards(statement: sa.Select[tuple[Dialogue]]) -> sa.Select[Any]:
    d = Dialogue
    return statement.with_only_columns(
        d.id, d.code, d.title, d.kind, d.form, d.state, d.starts_at, d.ends_at, d.question_deadline_at, d.place,
        d.commune_id, d.result_public_on,
    )  # fmt: skip


def _cards(statement: sa.Select[Any], values: dict[str, Any], now: datetime) -> list[DialogueCard]:
    rows = db.session.connection().execute(statement, values).all()
    villages = _village_names([row.id for row in rows])
    of = {id_: db.session.get_one(Commune, id_) for id_ in {row.commune_id for row in rows}}
    return [
        DialogueCard(
            id=row.id,
            code=row.code,
            title=row.title,
            kind=row.kind,
            form=row.form,
            state=row.state,
            phase=_phase(
                row.state,
                row.starts_at,
                row.ends_at,
                row.question_deadline_at,
                row.result_public_on is not None,
                now,
                of[row.commune_id],
            ),
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            deadline_at=question_deadline(row.starts_at, row.question_deadline_at),
            place=row.place,
            villages=in_short(villages[row.id]),
            is_past=row.state in AFTER_SESSION or (row.state in (S.ANNOUNCED, S.CANCELLED) and row.ends_at <= now),
            takes_questions=takes_questions(row.state, row.starts_at, row.question_deadline_at, now),
        )
        for row in rows
    ]


@cache
def _villages_of() -> sa.Select[tuple[int, str, str]]:
    return (
        sa.select(DialogueVillage.dialogue_id, Village.kind, Village.name)
        .join(Village, Village.id == DialogueVillage.village_id)
        .where(DialogueVillage.dialogue_id.in_(sa.bindparam("dialogue_ids", expanding=True)))
        .order_by(Village.position, Village.id)
    )


def _village_names(dialogue_ids: Collection[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    if dialogue_ids:
        for dialogue_id, kind, name in db.session.connection().execute(
            _villages_of(), {"dialogue_ids": list(dialogue_ids)}
        ):
            found[dialogue_id].append(f"{kind[:1].upper()}{kind[1:]} {name}")
    return found


def in_short(names: list[str]) -> str:
    """`Thôn Đồng, Thôn Trung, Thôn Hạ and 4 more`."""
    shown, rest = ", ".join(names[:VILLAGES_SHOWN]), len(names) - VILLAGES_SHOWN
    if rest <= 0:
        return shown
    return str(ngettext("%(shown)s and %(num)s more", "%(shown)s and %(num)s more", rest, shown=shown))


@cache
def _coming() -> sa.Select[Any]:
    statement = visible(value("commune_id")).where(_is_coming(value("now")), Dialogue.state != S.CANCELLED)
    is_postponed = sa.case((Dialogue.state == S.POSTPONED, 1), else_=0)
    return _for_cards(statement.order_by(is_postponed, Dialogue.starts_at, Dialogue.id).limit(value("most")))


@cache
def _recent() -> sa.Select[Any]:
    statement = visible(value("commune_id")).where(~_is_coming(value("now")), Dialogue.state != S.CANCELLED)
    return _for_cards(statement.order_by(Dialogue.starts_at.desc(), Dialogue.id.desc()).limit(value("most")))


def coming(commune_id: int, now: datetime, limit: int = 3) -> list[DialogueCard]:
    """The next dialogues, soonest first, postponed ones without a new day last."""
    return _cards(_coming(), {"commune_id": commune_id, "now": now, "most": limit}, now)


def recent(commune_id: int, now: datetime, limit: int = 3) -> list[DialogueCard]:
    """The latest dialogues that took place, newest first."""
    return _cards(_recent(), {"commune_id": commune_id, "now": now, "most": limit}, now)


def _narrowed(
    statement: sa.Select[tuple[Dialogue]], filters: Filters, now: datetime, commune: Commune
) -> sa.Select[tuple[Dialogue]]:
    if filters.village_id:
        named = sa.select(DialogueVillage.dialogue_id).where(DialogueVillage.dialogue_id == Dialogue.id)
        here = named.where(DialogueVillage.village_id == filters.village_id)
        statement = statement.where(sa.or_(here.exists(), ~named.exists()))
    if filters.field:
        about = sa.select(DialogueTopic.dialogue_id).where(DialogueTopic.field == filters.field)
        statement = statement.where(Dialogue.id.in_(about))
    if filters.state:
        statement = statement.where(in_state(filters.state, now, commune))
    if filters.period == "coming":
        statement = statement.where(_is_coming(now))
    elif filters.period == "past":
        statement = statement.where(~_is_coming(now))
    elif filters.period.isdigit():
        first, last = (_midnight(date(int(filters.period) + n, 1, 1), commune) for n in (0, 1))
        statement = statement.where(Dialogue.starts_at >= first, Dialogue.starts_at < last)
    words = search_words(filters.text)
    if words:
        statement = statement.where(Dialogue.id.in_(_ids_with_words(statement, words)))
    return statement


def _ids_with_words(statement: sa.Select[tuple[Dialogue]], words: list[str]) -> list[int]:
    """Dialogues that hold every word. A commune has some dozens of them, so they are read and folded here."""
    d = Dialogue
    rows = db.session.execute(statement.with_only_columns(d.id, d.code, d.title, d.place, d.address, d.purpose))
    return [row.id for row in rows if all(word in fold(" ".join(row[1:])) for word in words)]


def listing(
    commune: Commune, filters: Filters, now: datetime, number: int = 1, per_page: int = PUBLIC_ROWS
) -> tuple[Paged, list[DialogueCard]]:
    """The public list: what comes first, soonest on top; then the past, newest on top."""
    statement = _narrowed(visible(commune.id), filters, now, commune)
    page = paged(statement, number, per_page)
    coming_ = _is_coming(now)
    group = sa.case((sa.and_(coming_, Dialogue.state == S.POSTPONED), 1), (coming_, 0), else_=2)
    ordered = statement.order_by(
        group, sa.case((coming_, Dialogue.starts_at)), Dialogue.starts_at.desc(), Dialogue.id.desc()
    )
    return page, cards(page.slice(ordered), now)


def office_listing(
    commune: Commune, filters: Filters, now: datetime, number: int = 1, per_page: int = OFFICE_ROWS
) -> tuple[Paged, list[DialogueCard]]:
    """All dialogues for the office: overdue results first, then those that wait for their record, then by day."""
    statement = _narrowed(every(commune.id), filters, now, commune)
    page = paged(statement, number, per_page)
    urgency = sa.case((_is_overdue(now, commune), 0), (in_state(Phase.AWAITING_RECORD, now, commune), 1), else_=2)
    return page, cards(page.slice(statement.order_by(urgency, Dialogue.starts_at.desc(), Dialogue.id.desc())), now)


def years(statement: sa.Select[tuple[Dialogue]], zone: str) -> list[int]:
    """The years in which the dialogues of a statement lie, newest first."""
    first, last = db.session.execute(
        statement.with_only_columns(sa.func.min(Dialogue.starts_at), sa.func.max(Dialogue.starts_at))
    ).one()
    if first is None:
        return []
    return list(range(clock.local(last, zone).year, clock.local(first, zone).year - 1, -1))


def people(commune_id: int, with_ids: Collection[int | None] = ()) -> list[Staff]:
    """Who can chair or write: the active staff by name, and those already named (`with_ids`)."""
    known = [id_ for id_ in with_ids if id_]
    return list(
        db.session.scalars(
            sa.select(Staff)
            .where(Staff.commune_id == commune_id, sa.or_(Staff.is_active, Staff.id.in_(known)))
            .order_by(Staff.sort_name, Staff.id)
            .options(load_only(Staff.name, Staff.post), lazyload(Staff.commune), lazyload(Staff.role_rows))
        )
    )
