"""Rounds: the lines of the year plan, and what speaks against a day. Writes stand in `round_moves`."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, lazyload, load_only, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from dialogues import clock
from dialogues.extensions import db
from dialogues.places import service as places
from dialogues.places.models import Commune, Village
from dialogues.places.rules import Field
from dialogues.schedule.models import Dialogue
from dialogues.schedule.round_models import Round, Series
from dialogues.schedule.round_plan import Busy, Note, Part, RoundPlan, clashes, day_notes
from dialogues.schedule.round_rules import RoundStage, RoundState, stage
from dialogues.schedule.rules import DialogueState, HoldingForm, Trigger
from dialogues.staff.models import Staff

S = DialogueState
ALIVE = (S.DRAFT, S.ANNOUNCED)


@dataclass(frozen=True)
class DialogueOfRound:
    """One dialogue in the line of its round."""

    id: int
    title: str
    state: DialogueState
    starts_at: datetime
    place: str


@dataclass(frozen=True)
class PlanLine:
    """One round in the year plan; a dialogue without round (`round_id` empty) is a round of its own."""

    round_id: int | None
    title: str
    starts_at: datetime
    ends_at: datetime
    on: date
    stage: RoundStage
    trigger: Trigger
    place: str
    chair: str
    is_moved: bool
    dialogues: tuple[DialogueOfRound, ...]
    notes: tuple[Note, ...]


def planned(commune_id: int, until: datetime) -> list[Round]:
    """The rounds that are only planned, from now to `until`, soonest first; for calendars of the staff. One query."""
    return list(
        db.session.scalars(
            sa.select(Round)
            .where(
                Round.commune_id == commune_id,
                Round.state == RoundState.PLANNED,
                Round.ends_at > clock.now(),
                Round.starts_at <= until,
            )
            .order_by(Round.starts_at, Round.id)
            .options(_chair(Round.chair))
        )
    )


def _chair(relation: Any) -> ORMOption:
    return joinedload(relation).options(
        load_only(Staff.name, Staff.post), lazyload(Staff.commune), lazyload(Staff.role_rows)
    )


def with_details() -> tuple[ORMOption, ...]:
    """Everything that the page of one round shows."""
    return (
        joinedload(Round.commune),
        _chair(Round.chair),
        joinedload(Round.series).selectinload(Series.topic_rows),
        joinedload(Round.series).selectinload(Series.villages),
        selectinload(Round.topic_rows),
        selectinload(Round.papers),
        selectinload(Round.dialogues).selectinload(Dialogue.villages),
    )


def topics_of(one: Round) -> list[Field]:
    """Its common fields; as long as it has none of its own, those of the template."""
    return one.topics or (one.series.topics if one.series and one.state is not RoundState.OPENED else [])


def year_lines(commune: Commune, year: int, now: datetime) -> list[PlanLine]:
    """All rounds of a year by day, with what speaks against the days still to come; seven queries at most."""
    zone = commune.time_zone
    first, last = (clock.instant(datetime(year + n, 1, 1), zone) for n in (0, 1))  # noqa: DTZ001
    return lines_between(commune, first, last, now)


def lines_between(commune: Commune, first: datetime, last: datetime, now: datetime) -> list[PlanLine]:
    """The rounds whose first day lies from `first` to before `last`."""
    zone, today = commune.time_zone, clock.local(now, commune.time_zone).date()
    dialogues = _dialogues(commune.id, first, last)
    by_round: dict[int, list[Any]] = defaultdict(list)
    for row in dialogues:
        if row.round_id:
            by_round[row.round_id].append(row)
    rounds = _rounds(commune.id, first, last, by_round)
    notes = _notes(commune, first, last, now)
    found = [_line_of_round(row, by_round.get(row.id, []), notes, zone, today) for row in rounds]
    found += [_line_of_dialogue(row, notes, zone, today) for row in dialogues if not row.round_id]
    return sorted(
        (one for one in found if first <= one.starts_at < last), key=lambda one: (one.starts_at, one.round_id or 0)
    )


def _dialogues(commune_id: int, first: datetime, last: datetime) -> list[Any]:
    """Dialogues of these days, and all others of their rounds and of the rounds of these days."""
    d = Dialogue
    mine = sa.select(Round.id).where(Round.commune_id == commune_id, Round.starts_at >= first, Round.starts_at < last)
    touched = sa.select(d.round_id).where(
        d.commune_id == commune_id, d.starts_at >= first, d.starts_at < last, d.round_id.is_not(None)
    )
    here = sa.and_(d.starts_at >= first, d.starts_at < last)
    statement = (
        sa.select(
            d.id, d.round_id, d.title, d.state, d.starts_at, d.ends_at, d.place, d.trigger, d.announced_at,
            Staff.name.label("chair"),
        )
        .outerjoin(Staff, Staff.id == d.chair_id)
        .where(d.commune_id == commune_id, sa.or_(here, d.round_id.in_(mine), d.round_id.in_(touched)))
        .order_by(d.starts_at, d.id)
    )  # fmt: skip
    return list(db.session.execute(statement))


def _rounds(commune_id: int, first: datetime, last: datetime, with_ids: Collection[int]) -> list[Any]:
    r = Round
    here = sa.and_(r.starts_at >= first, r.starts_at < last)
    statement = (
        sa.select(
            r.id, r.title, r.state, r.starts_at, r.ends_at, r.place, r.trigger, r.is_moved, Staff.name.label("chair")
        )
        .outerjoin(Staff, Staff.id == r.chair_id)
        .where(r.commune_id == commune_id, sa.or_(here, r.id.in_(with_ids)))
    )
    return list(db.session.execute(statement))


def _line_of_round(
    row: Any, dialogues: list[Any], notes: dict[tuple[str, int], list[Note]], zone: str, today: date
) -> PlanLine:
    alive = [one for one in dialogues if one.state is not S.CANCELLED] or dialogues
    starts_at = alive[0].starts_at if alive and row.state is RoundState.OPENED else row.starts_at
    ends_at = alive[0].ends_at if alive and row.state is RoundState.OPENED else row.ends_at
    on = clock.local(starts_at, zone).date()
    spoken = [
        *notes.get(("round", row.id), ()),
        *(note for one in dialogues for note in notes.get(("dialogue", one.id), ())),
    ]
    return PlanLine(
        round_id=row.id, title=row.title, starts_at=starts_at, ends_at=ends_at, on=on,
        stage=stage(row.state, on, [(one.state, clock.local(one.starts_at, zone).date()) for one in dialogues], today),
        trigger=row.trigger, place=row.place, chair=row.chair or "", is_moved=row.is_moved,
        dialogues=tuple(DialogueOfRound(one.id, one.title, one.state, one.starts_at, one.place) for one in dialogues),
        notes=tuple(dict.fromkeys(spoken)),
    )  # fmt: skip


def _line_of_dialogue(row: Any, notes: dict[tuple[str, int], list[Note]], zone: str, today: date) -> PlanLine:
    on = clock.local(row.starts_at, zone).date()
    return PlanLine(
        round_id=None, title=row.title, starts_at=row.starts_at, ends_at=row.ends_at, on=on,
        stage=stage(RoundState.OPENED, on, [(row.state, on)], today),
        trigger=row.trigger, place=row.place, chair=row.chair or "", is_moved=False,
        dialogues=(DialogueOfRound(row.id, row.title, row.state, row.starts_at, row.place),),
        notes=tuple(notes.get(("dialogue", row.id), ())),
    )  # fmt: skip


def busy_between(commune_id: int, first: datetime, last: datetime, without_rounds: Collection[int] = ()) -> list[Busy]:
    """Planned rounds and dialogues that are prepared or announced, in these days. Two queries."""
    rounds = db.session.execute(
        sa.select(Round.id, Round.title, Round.starts_at, Round.ends_at, Round.chair_id, Round.place).where(
            Round.commune_id == commune_id, Round.state == RoundState.PLANNED,
            Round.starts_at < last, Round.starts_at >= first, Round.id.not_in(without_rounds),
        )
    )  # fmt: skip
    found = [
        Busy(("round", row.id), row.title, row.starts_at, row.ends_at, _people(row.chair_id), row.place)
        for row in rounds
    ]
    d = Dialogue
    dialogues = db.session.execute(
        sa.select(
            d.id, d.title, d.starts_at, d.ends_at, d.chair_id, d.co_chair_id, d.secretary_id, d.place, d.form
        ).where(d.commune_id == commune_id, d.state.in_(ALIVE), d.starts_at < last, d.starts_at >= first)
    )
    for row in dialogues:
        place = "" if row.form is HoldingForm.ONLINE else row.place
        people = _people(row.chair_id, row.co_chair_id, row.secretary_id)
        found.append(Busy(("dialogue", row.id), row.title, row.starts_at, row.ends_at, people, place))
    return found


def _people(*ids: int | None) -> frozenset[int]:
    return frozenset(one for one in ids if one)


def _notes(commune: Commune, first: datetime, last: datetime, now: datetime) -> dict[tuple[str, int], list[Note]]:
    """What speaks against the days still to come, by round and dialogue."""
    start = max(first, now)
    if start >= last:
        return {}
    busy = busy_between(commune.id, start - timedelta(days=1), last + timedelta(days=1))
    found = clashes(busy)
    days_off = places.days_off(commune)
    for one in busy:
        if one.starts_at > now:
            found[one.key] = [
                *day_notes(clock.local(one.starts_at, commune.time_zone).date(), days_off), *found.get(one.key, [])
            ]  # fmt: skip
    return found


def notes_on(commune: Commune, wanted: list[Busy], without_rounds: Collection[int] = ()) -> list[list[Note]]:
    """What speaks against each of these wanted times, also among themselves; for previews. Three queries."""
    if not wanted:
        return []
    day = timedelta(days=1)
    first, last = min(one.starts_at for one in wanted) - day, max(one.ends_at for one in wanted) + day
    found = clashes([*busy_between(commune.id, first, last, without_rounds), *wanted])
    days_off = places.days_off(commune)
    return [
        [*day_notes(clock.local(one.starts_at, commune.time_zone).date(), days_off), *found.get(one.key, [])]
        for one in wanted
    ]


def notes_of(one: Round) -> list[Note]:
    """What speaks against the day of a planned round."""
    return notes_of_all(one.commune, [one])[one.id]


def notes_of_all(commune: Commune, planned: Sequence[Round]) -> dict[int, list[Note]]:
    """What speaks against the day of each of these planned rounds, by their ids. Three queries."""
    wanted = [
        Busy(("round", one.id), one.title, one.starts_at, one.ends_at, _people(one.chair_id), one.place)
        for one in planned
    ]
    ids = [one.id for one in planned]
    return dict(zip(ids, notes_on(commune, wanted, ids), strict=True))


def wanted(number: int, title: str, plan: Part | RoundPlan) -> Busy:
    """A round or dialogue that somebody types just now, to be held against all others."""
    return Busy(("typed", number), title, plan.starts_at, plan.ends_at, _people(plan.chair_id), plan.place)


def villages_to_split(one: Round) -> list[Village]:
    """The villages that the round is for: those of the template, or all that are open."""
    found = one.series.villages if one.series else []
    return [village for village in found if village.is_active] or places.villages(one.commune_id)
