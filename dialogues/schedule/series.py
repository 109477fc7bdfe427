"""Series: the rules that keep planned rounds ahead, and their template."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from dialogues import clock
from dialogues.errors import EditConflict, RuleBroken
from dialogues.extensions import db
from dialogues.language import short_day
from dialogues.places.models import Commune, Village
from dialogues.schedule import checks, recurrence
from dialogues.schedule.ahead import extend
from dialogues.schedule.recurrence import BadRule, Fault
from dialogues.schedule.round_models import Round, Series, SeriesTopic, VoterRequest
from dialogues.schedule.round_plan import SeriesPlan
from dialogues.schedule.round_rules import PLAN_MONTHS, RoundState
from dialogues.staff import trail
from dialogues.staff.models import Staff

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
        raise RuleBroken(checks.END_AFTER_START, "ends")


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
    check_first_day(first, values)
    _checked(series.commune_id, values)
    _drop_planned(series, first.slot_on)
    series.ends_on = last_on
    db.session.flush()
    _record(series, actor, "series_ended", f"{last_on:%d/%m/%Y}")
    return create(commune=series.commune, values=values, actor=actor, follows_id=series.id)


def check_first_day(first: Round, values: SeriesPlan) -> None:
    """Rounds before `first` stay in the plan, so the new series begins after the last of them: no time is planned
    twice."""
    kept = db.session.scalar(
        sa.select(sa.func.max(Round.slot_on)).where(
            Round.commune_id == first.commune_id, Round.series_id == first.series_id, Round.slot_on < first.slot_on
        )
    )
    if kept is not None and values.starts_on <= kept:
        raise RuleBroken(
            _l("Earlier rounds stay as they are. Choose a first day after %(day)s.", day=short_day(kept)),
            "starts_on",
        )


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
    checks.check_people(commune_id, {"chair_id": values.chair_id})
    return checks.villages_of(commune_id, values.village_ids)


def _write_lists(series: Series, values: SeriesPlan, villages: list[Village]) -> None:
    series.villages = villages
    series.topic_rows = checks.in_order(series.topic_rows, SeriesTopic, values.topics)


def _record(series: Series, actor: Staff | None, action: str, note: str = "") -> None:
    trail.record(
        commune_id=series.commune_id, actor=actor, thing="series", thing_id=series.id, action=action, note=note
    )
