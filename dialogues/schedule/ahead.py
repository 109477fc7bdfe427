"""Planning ahead: every series keeps its rounds of the next 18 months."""

from collections.abc import Collection, Iterator
from datetime import date, datetime
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.dialects import postgresql, sqlite

from dialogues import clock
from dialogues.extensions import db
from dialogues.places.models import Commune
from dialogues.schedule import recurrence
from dialogues.schedule.round_models import Round, Series
from dialogues.schedule.round_rules import PLAN_MONTHS
from dialogues.staff.models import Staff, TrailEntry

ROWS_AT_ONCE = 1000


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
