"""Series: the rules that keep planned rounds ahead, and their template."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from dialogues import clock
from dialogues.errors import EditConflict, RuleBroken
from dialogues.extensions import db
from dialogues.places.models import Commune, Village
from dialogues.schedule import recurrence
from dialogues.schedule.recurrence import BadRule, Fault
from dialogues.schedule.round_models import Round, Series, SeriesTopic, VoterRequest
from dialogues.schedule.round_plan import SeriesPlan
from dialogues.schedule.round_rules import PLAN_MONTHS, RoundState
from dialogues.staff import trail
from dialogues.staff.models import Staff, TrailEntry

ROWS_AT_ONCE = 1000
SENTENCES: dict[Fault, object] = {
    Fault.EMPTY: _l("Say when the rounds are: choose at least one month, or write the rule."),
    Fault.UNREADABLE: _l(
        "This rule cannot be read. Write it like FREQ=MONTHLY;INTERVAL=6, or choose it in plain words."
    ),
    Fault.SEVERAL: _l(
        "Write one rule only, without DTSTART and exceptions. Single rounds can be moved or skipped later."
    ),
    Fault.TOO_FAST: _l("A rule by hours, minutes or seconds makes no plan of dialogues. Choose months or weeks."),
    Fault.HOURS: _l("Leave the hour out of the rule: it is written in the field for the start."),
    Fault.NOT_HERE: _l("This rule mixes parts that do not belong together. Choose months instead of days or weeks."),
    Fault.ENDS_BEFORE_START: _l("The last day lies before the first. Choose a later last day, or leave it empty."),
    Fault.NO_DAY: _l("This rule finds no day within five years. Choose another one."),
    Fault.TOO_OFTEN: _l("This rule makes more than 40 rounds in 18 months. Choose a longer interval."),
}
FIELDS_OF_FAULTS = {Fault.ENDS_BEFORE_START: "ends_on"}
TEMPLATE = ("title", "place", "address", "chair_id")
"""What a planned round takes over as it is."""


@dataclass(frozen=True)
class SeriesLine:
    """A series in the list."""

    id: int
    title: str
    rule: str
    starts_on: date
    ends_on: date | None
    next_at: datetime | None
    planned: int


def with_details() -> tuple[ORMOption, ...]:
    """Everything that the page of one series shows."""
    return (
        joinedload(Series.commune),
        joinedload(Series.chair),
        selectinload(Series.topic_rows),
        selectinload(Series.villages),
    )


def listing(commune_id: int, now: datetime) -> list[SeriesLine]:
    """The series of a commune with their next round; those that ended stand last. One query."""
    ahead = sa.and_(Round.state == RoundState.PLANNED, Round.starts_at > now)
    statement = (
        sa.select(
            Series.id, Series.title, Series.rule, Series.starts_on, Series.ends_on,
            sa.func.min(sa.case((ahead, Round.starts_at))), sa.func.count(sa.case((ahead, Round.id))),
        )
        .outerjoin(Round, Round.series_id == Series.id)
        .where(Series.commune_id == commune_id)
        .group_by(Series.id)
        .order_by(Series.ends_on.is_not(None), Series.id)
    )  # fmt: skip
    return [SeriesLine(*row) for row in db.session.execute(statement)]


def rounds_of(series: Series) -> list[Round]:
    """Its rounds by day, newest last."""
    return list(
        db.session.scalars(
            sa.select(Round)
            .where(Round.commune_id == series.commune_id, Round.series_id == series.id)
            .order_by(Round.starts_at)
        )
    )


def read_rule(text: str) -> str:
    """The rule that somebody wrote, as it is kept; raises RuleBroken."""
    try:
        return recurrence.read(text)
    except BadRule as bad:
        raise RuleBroken(SENTENCES[bad.fault], "rule") from None


def dates(values: SeriesPlan, today: date) -> list[date]:
    """The days that this series would plan from today on; raises RuleBroken."""
    _check_hours(values)
    if abs((values.starts_on - today).days) > 5 * 366:
        raise RuleBroken(_l("Choose a first day within five years of today."), "starts_on")
    last = recurrence.months_later(today, PLAN_MONTHS)
    try:
        return recurrence.preview(values.rule, values.starts_on, values.ends_on, today, last)
    except BadRule as bad:
        raise RuleBroken(SENTENCES[bad.fault], FIELDS_OF_FAULTS.get(bad.fault, "rule")) from None


def left_out(values: SeriesPlan, today: date) -> list[date]:
    """The months that the rule leaves out, as they are too short."""
    last = recurrence.months_later(today, PLAN_MONTHS)
    return recurrence.left_out(values.rule, values.starts_on, max(today, values.starts_on), values.ends_on or last)


def _check_hours(values: SeriesPlan) -> None:
    if values.ends <= values.starts:
        raise RuleBroken(_l("The end must be later than the start, on the same day."), "ends")


# -- writes -----------------------------------------------------------------------------------------------------------


def create(*, commune: Commune, values: SeriesPlan, actor: Staff, follows_id: int | None = None) -> Series:
    """A new series with its planned rounds; the one that stands already when the form was sent twice."""
    dates(values, clock.today(commune.time_zone))
    villages = _checked(commune.id, values)
    twin = _twin(commune.id, values, follows_id)
    if twin is not None:
        return twin
    series = Series(
        commune_id=commune.id, commune=commune, follows_id=follows_id, created_at=clock.now(),
        **{name: getattr(values, name) for name in ("title", "rule", "starts_on", "ends_on", "starts", "ends")},
        place=values.place, address=values.address, chair_id=values.chair_id,
    )  # fmt: skip
    _write_lists(series, values, villages)
    db.session.add(series)
    db.session.flush()
    _record(series, actor, "created", values.rule)
    extend(commune_ids=[commune.id], actor=actor)
    return series


def _twin(commune_id: int, values: SeriesPlan, follows_id: int | None) -> Series | None:
    same = {name: getattr(values, name) for name in ("title", "rule", "starts_on", "ends_on", "starts", "place")}
    return db.session.scalars(
        sa.select(Series).filter_by(commune_id=commune_id, follows_id=follows_id, **same).limit(1)
    ).first()


def change(*, series: Series, values: SeriesPlan, version: int, actor: Staff) -> None:
    """Save rule and template. Planned rounds follow, except those moved by hand; what was opened never changes."""
    if series.version != version:
        raise EditConflict
    today = clock.today(series.commune.time_zone)
    dates(values, today)
    villages = _checked(series.commune_id, values)
    is_new_rule = (series.rule, series.starts_on, series.ends_on) != (values.rule, values.starts_on, values.ends_on)
    for name in ("title", "rule", "starts_on", "ends_on", "starts", "ends", "place", "address", "chair_id"):
        setattr(series, name, getattr(values, name))
    _write_lists(series, values, villages)
    db.session.flush()
    if is_new_rule:
        _drop_planned(series, today, set(dates(values, today)))
    _follow_template(series, today)
    _record(series, actor, "changed", values.rule if is_new_rule else "")
    extend(commune_ids=[series.commune_id], actor=actor)


def change_later(*, first: Round, values: SeriesPlan, version: int, actor: Staff) -> Series:
    """This round and all later ones go by a new series; the old one ends the day before. What was opened stays."""
    series = first.series
    if series is None or first.slot_on is None or first.state is not RoundState.PLANNED:
        raise RuleBroken(_l("Only a planned round of a series can be changed with all later ones."))
    if first.version != version:
        raise EditConflict
    last_on = first.slot_on - timedelta(days=1)
    today = clock.today(series.commune.time_zone)
    if not dates(values, today) and not values.ends_on:
        raise RuleBroken(SENTENCES[Fault.NO_DAY], "rule")
    _checked(series.commune_id, values)
    _drop_planned(series, first.slot_on)
    series.ends_on = last_on
    db.session.flush()
    _record(series, actor, "series_ended", f"{last_on:%d/%m/%Y}")
    return create(commune=series.commune, values=values, actor=actor, follows_id=series.id)


def end(*, series: Series, last_on: date, version: int, actor: Staff) -> int:
    """No planned rounds after this day; the number of those taken out of the plan."""
    if series.version != version:
        raise EditConflict
    if series.ends_on is not None and series.ends_on <= last_on:
        raise RuleBroken(_l("This series ends on that day already, or before."), "last_on")
    series.ends_on = max(last_on, series.starts_on - timedelta(days=1))
    dropped = _drop_planned(series, last_on + timedelta(days=1))
    db.session.flush()
    _record(series, actor, "series_ended", f"{last_on:%d/%m/%Y}")
    return dropped


def _drop_planned(series: Series, from_day: date, kept: set[date] | None = None) -> int:
    """Take planned rounds from `from_day` on out of the plan, but never one that voters asked for.

    All that nobody opened or skipped; with `kept`, only those that nobody moved and whose day is not among them.
    """
    statement = sa.delete(Round).where(
        Round.commune_id == series.commune_id,
        Round.series_id == series.id,
        Round.state == RoundState.PLANNED,
        Round.slot_on >= from_day,
        Round.id.not_in(sa.select(VoterRequest.round_id).where(VoterRequest.round_id.is_not(None))),
    )
    if kept is not None:
        statement = statement.where(Round.is_moved.is_(False), Round.slot_on.not_in(kept))
    found: Any = db.session.execute(statement, execution_options={"synchronize_session": "fetch"})
    return int(found.rowcount)


def _follow_template(series: Series, today: date) -> None:
    """Bring the planned rounds that nobody moved to the template: title, place, chair, hours."""
    zone, now = series.commune.time_zone, clock.now()
    for one in rounds_of(series):
        if one.state is not RoundState.PLANNED or one.is_moved or one.slot_on is None or one.slot_on < today:
            continue
        before = (one.starts_at, one.ends_at, one.title, one.place, one.address)
        one.starts_at = clock.instant(datetime.combine(one.slot_on, series.starts), zone)
        one.ends_at = clock.instant(datetime.combine(one.slot_on, series.ends), zone)
        for name in TEMPLATE:
            setattr(one, name, getattr(series, name))
        if before != (one.starts_at, one.ends_at, one.title, one.place, one.address):
            one.sequence += 1
            one.changed_at = now
    db.session.flush()


def _checked(commune_id: int, values: SeriesPlan) -> list[Village]:
    check_chair(commune_id, values.chair_id)
    return villages_of(commune_id, values.village_ids)


def check_chair(commune_id: int, chair_id: int | None, field: str = "chair_id") -> None:
    """The chair is of this commune."""
    if chair_id is not None and not db.session.scalar(
        sa.select(Staff.id).where(Staff.commune_id == commune_id, Staff.id == chair_id)
    ):
        raise RuleBroken(_l("Choose one of the list."), field)


def villages_of(commune_id: int, ids: Collection[int], field: str = "villages") -> list[Village]:
    """These villages, all of this commune; raises RuleBroken."""
    if not ids:
        return []
    found = db.session.scalars(sa.select(Village).where(Village.commune_id == commune_id, Village.id.in_(ids))).all()
    if len(found) != len(set(ids)):
        raise RuleBroken(_l("Choose from the list."), field)
    return list(found)


def _write_lists(series: Series, values: SeriesPlan, villages: list[Village]) -> None:
    series.villages = villages
    rows = {row.field: row for row in series.topic_rows}
    series.topic_rows = [rows.get(topic) or SeriesTopic(field=topic) for topic in values.topics]
    for position, row in enumerate(series.topic_rows):
        row.position = position


def _record(series: Series, actor: Staff | None, action: str, note: str = "") -> None:
    trail.record(
        commune_id=series.commune_id, actor=actor, thing="series", thing_id=series.id, action=action, note=note
    )


# -- planning ahead ---------------------------------------------------------------------------------------------------


def extend(*, commune_ids: Collection[int] | None = None, actor: Staff | None = None) -> int:
    """Plan what is missing of the next 18 months, for all communes or these; how many rounds were added. Running it
    again adds nothing: a round stands for its day in the rule, also when it was moved or skipped."""
    rows = _series_rows(commune_ids)
    if not rows:
        return 0
    db.session.flush()
    today_by_zone = {zone: clock.today(zone) for zone in {row.time_zone for row in rows}}
    known = _known_slots(min(today_by_zone.values()), commune_ids)
    missing = list(_missing(rows, known, today_by_zone))
    insert: Any = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}[db.session.connection().dialect.name]
    # Somebody may be planning the same just now: the day in the rule is unique, the second one is not written.
    statement = insert(Round).on_conflict_do_nothing(index_elements=["series_id", "slot_on"])
    for first in range(0, len(missing), ROWS_AT_ONCE):
        db.session.execute(statement, missing[first : first + ROWS_AT_ONCE])
    _record_planned(missing, actor)
    return len(missing)


def _series_rows(commune_ids: Collection[int] | None) -> list[Any]:
    statement = sa.select(
        Series.id, Series.commune_id, Series.rule, Series.starts_on, Series.ends_on, Series.starts, Series.ends,
        Series.title, Series.place, Series.address, Series.chair_id, Commune.time_zone,
    ).join(Commune, Commune.id == Series.commune_id)  # fmt: skip
    if commune_ids is not None:
        statement = statement.where(Series.commune_id.in_(commune_ids))
    return list(db.session.execute(statement.order_by(Series.id)))


def _known_slots(from_day: date, commune_ids: Collection[int] | None) -> set[tuple[int, date]]:
    statement = sa.select(Round.series_id, Round.slot_on).where(Round.series_id.is_not(None), Round.slot_on >= from_day)
    if commune_ids is not None:
        statement = statement.where(Round.commune_id.in_(commune_ids))
    return {(series_id, slot) for series_id, slot in db.session.execute(statement)}


def _missing(rows: list[Any], known: set[tuple[int, date]], today_by_zone: dict[str, date]) -> Iterator[dict[str, Any]]:
    now, host = clock.now(), current_app.config["SETTINGS"].base_host
    for row in rows:
        today = today_by_zone[row.time_zone]
        last = recurrence.months_later(today, PLAN_MONTHS)
        last = min(last, row.ends_on) if row.ends_on else last
        for day in recurrence.days(row.rule, row.starts_on, max(today, row.starts_on), last):
            if (row.id, day) in known:
                continue
            yield {
                "commune_id": row.commune_id,
                "series_id": row.id,
                "slot_on": day,
                "uid": f"round-{uuid4().hex}@{host}",
                "title": row.title,
                "starts_at": clock.instant(datetime.combine(day, row.starts), row.time_zone),
                "ends_at": clock.instant(datetime.combine(day, row.ends), row.time_zone),
                "place": row.place,
                "address": row.address,
                "chair_id": row.chair_id,
                "created_at": now,
                "changed_at": now,
            }


def _record_planned(missing: list[dict[str, Any]], actor: Staff | None) -> None:
    """One line of the trail for each series that got rounds."""
    numbers: dict[tuple[int, int], int] = {}
    for one in missing:
        key = (one["commune_id"], one["series_id"])
        numbers[key] = numbers.get(key, 0) + 1
    now = clock.now()
    lines = [
        {
            "commune_id": commune_id,
            "at": now,
            "staff_id": actor.id if actor else None,
            "thing": "series",
            "thing_id": series_id,
            "action": "rounds_planned",
            "note": str(number),
        }
        for (commune_id, series_id), number in numbers.items()
    ]
    if lines:
        db.session.execute(sa.insert(TrailEntry), lines)
