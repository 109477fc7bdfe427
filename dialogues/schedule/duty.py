"""The duty of a year (R1): what a commune owes, has planned and has held, and how all communes of a province stand."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from dialogues import clock
from dialogues.extensions import db
from dialogues.places import service as places
from dialogues.places.models import Commune, Province
from dialogues.places.rules import RULES, RuleName
from dialogues.schedule.models import Dialogue
from dialogues.schedule.round_models import Round
from dialogues.schedule.round_rules import LATE, NOT_ANNOUNCED, RoundStage, RoundState, YearCount, count_year, stage
from dialogues.schedule.rounds import PlanLine
from dialogues.schedule.rules import DialogueState

S = DialogueState


def year_count(commune: Commune, year: int, lines: Iterable[PlanLine]) -> YearCount:
    """The duty of the year by the rule in force at its end."""
    demanded = places.rule_value(commune, RuleName.DIALOGUES_A_YEAR, date(year, 12, 31))
    return count_year(year, demanded, (line.stage for line in lines))


def first_year(commune: Commune) -> int:
    """The first year that is kept here: nothing can be said to be missing before. One query."""
    first = db.session.scalar(sa.select(sa.func.min(Dialogue.starts_at)).where(Dialogue.commune_id == commune.id))
    today = clock.today(commune.time_zone)
    return min(clock.local(first, commune.time_zone).year, today.year) if first else today.year


@dataclass(frozen=True)
class CommuneLine:
    """The duty of one commune as every office of the province may know it: numbers of rounds, no titles and no days.
    `planned` ones are not announced yet; `demanded` is nothing in the years before its first dialogue here."""

    name: str
    kind: Any
    slug: str
    province: str
    demanded: int
    planned: int
    announced: int
    held: int
    late: int

    @property
    def missing(self) -> int:
        return max(0, self.demanded - self.held - self.announced - self.planned)


def communes_of_year(year: int, commune: Commune) -> list[CommuneLine]:
    """All communes of the same province by bare numbers. What the law demands of all stands here, not what a commune
    asks of itself. Four queries."""
    zone = commune.time_zone
    first, last = (clock.instant(datetime(year + n, 1, 1), zone) for n in (0, 1))  # noqa: DTZ001
    today = clock.today(zone)
    ours = sa.select(Commune.id).where(Commune.province_id == commune.province_id)
    communes = db.session.execute(
        sa.select(Commune.id, Commune.name, Commune.kind, Commune.slug, Province.name)
        .join(Province)
        .where(Commune.province_id == commune.province_id)
    ).all()
    begun = db.session.execute(
        sa.select(Dialogue.commune_id, sa.func.min(Dialogue.starts_at))
        .where(Dialogue.commune_id.in_(ours), Dialogue.announced_at.is_not(None))
        .group_by(Dialogue.commune_id)
    )
    years = {id_: clock.local(starts_at, zone).year for id_, starts_at in begun}
    stages = _stages(ours, first, last, zone)
    law = RULES[RuleName.DIALOGUES_A_YEAR].on(date(year, 12, 31))
    lines = []
    for id_, name, kind, slug, province in communes:
        found = stages[id_]
        demanded = law if year >= min(years.get(id_, today.year), today.year) else 0
        lines.append(
            CommuneLine(
                name, kind, slug, province, demanded,
                planned=sum(one in NOT_ANNOUNCED for one in found),
                announced=found.count(RoundStage.ANNOUNCED),
                held=found.count(RoundStage.HELD),
                late=sum(one in LATE for one in found),
            )
        )  # fmt: skip
    return sorted(lines, key=lambda line: (-line.missing, line.name))


def _stages(communes: Any, first: datetime, last: datetime, zone: str) -> dict[int, list[RoundStage]]:
    """Where the rounds of these days stand, by commune. Two queries."""
    d, r, today = Dialogue, Round, clock.today(zone)
    rows = db.session.execute(
        sa.select(d.id, d.commune_id, d.round_id, d.state, d.starts_at)
        .where(d.commune_id.in_(communes), d.state != S.CANCELLED, d.starts_at >= first, d.starts_at < last)
    )  # fmt: skip
    opened: dict[tuple[int, str, int], list[tuple[DialogueState, date]]] = defaultdict(list)
    for row in rows:
        key = (row.commune_id, "round", row.round_id) if row.round_id else (row.commune_id, "dialogue", row.id)
        opened[key].append((row.state, clock.local(row.starts_at, zone).date()))
    found: dict[int, list[RoundStage]] = defaultdict(list)
    for (commune_id, *_key), days in opened.items():
        found[commune_id].append(stage(RoundState.OPENED, days[0][1], days, today))
    planned = sa.select(r.commune_id, r.starts_at).where(
        r.commune_id.in_(communes), r.state == RoundState.PLANNED, r.starts_at >= first, r.starts_at < last
    )
    for commune_id, starts_at in db.session.execute(planned):
        found[commune_id].append(stage(RoundState.PLANNED, clock.local(starts_at, zone).date(), (), today))
    return found
