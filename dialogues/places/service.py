"""Finding and keeping communes, villages and units; every look-up is scoped to its commune.

Writes give back the sentence for the trail (`old → new`), which the view records: the trail stands above this feature.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, TypeVar

import sqlalchemy as sa
from flask import g
from flask_babel import lazy_gettext as _l
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound

from dialogues.errors import EditConflict, RuleBroken
from dialogues.extensions import Base, db, value
from dialogues.places.days import NATIONWIDE, DaysOff
from dialogues.places.models import Commune, Holiday, Province, RuleValue, Unit, Village
from dialogues.places.rules import RULES, CommuneKind, RuleName, binding, is_free_slug, is_time_zone
from dialogues.text import clean_line, fold, search_words

Row = TypeVar("Row", bound=Base)
COMMUNE_FIELDS = (
    "kind", "name", "address", "hotline", "office_email", "voters", "time_zone", "head_name", "head_post",
    "quiet_from", "quiet_to",
)  # fmt: skip
VILLAGE_FIELDS = ("kind", "name", "former_commune", "old_names", "head_name", "head_phone", "households", "voters")
UNIT_FIELDS = ("name",)


@dataclass(frozen=True)
class CommuneLine:
    """A commune in the directory."""

    kind: CommuneKind
    name: str
    slug: str
    province: str
    address: str
    head_name: str
    head_post: str
    hotline: str


def directory(query: str = "") -> list[CommuneLine]:
    """All communes of this installation by name; with words to search for, those whose names hold all of them."""
    rows = db.session.execute(
        sa.select(
            Commune.kind, Commune.name, Commune.slug, Province.name,
            Commune.address, Commune.head_name, Commune.head_post, Commune.hotline,
        ).join(Province)
    )  # fmt: skip
    wanted = search_words(query)
    lines = [CommuneLine(*row) for row in rows]
    found = [line for line in lines if all(word in fold(f"{line.name} {line.province}") for word in wanted)]
    return sorted(found, key=lambda line: (fold(line.name), line.name, line.slug))


def only_commune() -> Commune | None:
    """The commune, if this installation serves exactly one."""
    found = db.session.scalars(sa.select(Commune).limit(2)).all()
    return found[0] if len(found) == 1 else None


@cache
def _at() -> sa.Select[tuple[Commune]]:
    return sa.select(Commune).where(Commune.slug == value("slug"))


def commune_at(slug: str) -> Commune | None:
    """The commune at this address."""
    return db.session.scalar(_at(), {"slug": slug})


def commune_or_404(slug: str) -> Commune:
    """The commune at this address, as the one that the page is about."""
    commune = commune_at(slug)
    if commune is None:
        raise NotFound
    return speak_of(commune)


def speak_of(commune: Commune) -> Commune:
    """Make this commune the one whose name, contacts and time zone the page uses."""
    g.commune = commune
    g.time_zone = commune.time_zone
    return commune


def row_or_404(model: type[Row], commune_id: int, row_id: int, *options: object) -> Row:
    """The row with this id if it belongs to this commune, else 404: staff of one commune never see that it exists."""
    statement = sa.select(model).where(model.id == row_id, model.commune_id == commune_id)  # type: ignore[attr-defined]
    row = db.session.scalar(statement.options(*options))  # type: ignore[arg-type]
    if row is None:
        raise NotFound
    return row


def villages(commune_id: int, with_closed: bool = False) -> list[Village]:
    """The villages in their order."""
    statement = sa.select(Village).where(Village.commune_id == commune_id).order_by(Village.position, Village.id)
    return list(db.session.scalars(statement if with_closed else statement.where(Village.is_active)))


def units(commune_id: int, with_closed: bool = False) -> list[Unit]:
    """The departments and bodies in their order."""
    statement = sa.select(Unit).where(Unit.commune_id == commune_id).order_by(Unit.position, Unit.id)
    return list(db.session.scalars(statement if with_closed else statement.where(Unit.is_active)))


def village_choices(commune_id: int, none: object) -> list[tuple[int | None, object]]:
    """Choices for a form; `none` are the words of the empty choice."""
    return [(None, none), *((village.id, village.label) for village in villages(commune_id))]


def days_off(commune: Commune) -> DaysOff:
    """The public holidays, the commune's own days off, and the weekends that are worked. One query a transaction."""
    found = _kept("days_off")
    if commune.id not in found:
        days_of, _numbers = _calendar()
        rows = db.session.execute(days_of, {"commune_id": commune.id}).all()
        found[commune.id] = DaysOff(
            NATIONWIDE.off.union(on for on, is_worked in rows if not is_worked),
            NATIONWIDE.worked.union(on for on, is_worked in rows if is_worked),
        )
    days: DaysOff = found[commune.id]
    return days


def rule_value(commune: Commune, rule: RuleName, on: date) -> int:
    """The number that binds this commune on a day: its own, never looser than the law. One query a transaction."""
    law, ours = _law_and_own(commune, rule)
    return binding(RULES[rule], law, ours, on)


def rule_spans(commune: Commune, rule: RuleName) -> list[tuple[date | None, date | None, int]]:
    """All numbers of a rule as (first day, first day of the next, number); None: since or for ever."""
    law, ours = _law_and_own(commune, rule)
    turns = sorted({since for since, _number in (*sorted(law)[1:], *ours)})
    edges = [None, *turns, None]
    starts = [date(1, 1, 1), *turns]
    return [(edges[n], edges[n + 1], binding(RULES[rule], law, ours, day)) for n, day in enumerate(starts)]


def _law_and_own(commune: Commune, rule: RuleName) -> tuple[list[tuple[date, int]], list[tuple[date, int]]]:
    found = _kept("rule_values")
    if commune.id not in found:
        _days, numbers_of = _calendar()
        found[commune.id] = db.session.execute(numbers_of, {"commune_id": commune.id}).all()
    law, ours = list(RULES[rule].values), list[tuple[date, int]]()
    for commune_id, name, since, number in found[commune.id]:
        if name is rule:
            (ours if commune_id else law).append((since, number))
    return law, ours


@cache
def _calendar() -> tuple[sa.Select[Any], sa.Select[Any]]:
    """Days off, and numbers of rules, of one commune and of all."""

    def own_or_common(model: type[Holiday] | type[RuleValue]) -> sa.ColumnElement[bool]:
        return sa.or_(model.commune_id == value("commune_id"), model.commune_id.is_(None))

    numbers = sa.select(RuleValue.commune_id, RuleValue.rule, RuleValue.valid_from, RuleValue.value)
    days = sa.select(Holiday.on_day, Holiday.is_worked)
    return days.where(own_or_common(Holiday)), numbers.where(own_or_common(RuleValue))


def _kept(name: str) -> dict[int, Any]:
    """What was read once in this transaction; a write of such rows and its end forget it."""
    kept: dict[int, Any] = db.session().info.setdefault(name, {})
    return kept


@event.listens_for(Session, "after_flush")
def _forget_written(session: Session, _context: object) -> None:
    if any(isinstance(row, (Holiday, RuleValue)) for row in (*session.new, *session.dirty, *session.deleted)):
        _forget(session)


@event.listens_for(Session, "after_transaction_end")
def _forget(session: Session, _transaction: object = None) -> None:
    session.info.pop("days_off", None)
    session.info.pop("rule_values", None)


def is_answering() -> bool:
    """Whether the database answers."""
    return bool(db.session.scalar(sa.select(1)) == 1)


# -- writes -----------------------------------------------------------------------------------------------------------


def create_commune(*, kind: CommuneKind, name: str, slug: str, province: str) -> Commune:
    """A new commune, with its province if that is new too; raises RuleBroken."""
    name, province = clean_line(name), clean_line(province)
    if not name or not province:
        raise RuleBroken(_l("Name the commune and its province."), "name")
    if not is_free_slug(slug):
        raise RuleBroken(
            _l(
                "Choose another address: small letters, digits and single hyphens, and none of the program's own words."
            ),
            "slug",
        )
    if db.session.scalar(sa.select(Commune.id).where(Commune.slug == slug)):
        raise RuleBroken(_l("There is a commune with this address already. Choose another one."), "slug")
    found = db.session.scalar(sa.select(Province).where(Province.name == province)) or Province(name=province)
    commune = Commune(kind=kind, name=name, slug=slug, province=found)
    db.session.add(commune)
    db.session.flush()
    return commune


def change_commune(*, commune: Commune, version: int, values: Mapping[str, Any]) -> str:
    """Save the commune's data (COMMUNE_FIELDS); never its address, which stands on posters."""
    if not is_time_zone(values["time_zone"]):
        raise RuleBroken(_l("Write a time zone of the table, for example Asia/Ho_Chi_Minh."), "time_zone")
    return _change(commune, version, COMMUNE_FIELDS, values)


def _change(row: Any, version: int, fields: Sequence[str], values: Mapping[str, Any]) -> str:
    """Set what differs; the sentence for the trail, empty when nothing does."""
    if row.version != version:
        raise EditConflict
    changes = []
    for field in fields:
        old, new = getattr(row, field), values[field]
        if old != new:
            setattr(row, field, new)
            changes.append(f"{'–' if old in (None, '') else old} → {'–' if new in (None, '') else new}")
    db.session.flush()
    return "; ".join(changes)


def add_village(*, commune: Commune, values: Mapping[str, Any]) -> Village:
    """A new village at the end of the list."""
    _refuse_second_village(commune.id, values)
    village = Village(
        commune_id=commune.id,
        position=_next_position(Village, commune.id),
        **{field: values[field] for field in VILLAGE_FIELDS},
    )
    _insert(village, _village_twice(values))
    return village


def change_village(*, village: Village, version: int, values: Mapping[str, Any]) -> str:
    """Save a village's data (VILLAGE_FIELDS)."""
    if village.version == version:
        _refuse_second_village(village.commune_id, values, village.id)
    return _change(village, version, VILLAGE_FIELDS, values)


def _refuse_second_village(commune_id: int, values: Mapping[str, Any], but: int | None = None) -> None:
    """Accents decide, capitals do not: Bãi and Bái are two villages, Bãi and bãi are one."""
    wanted = (values["kind"].casefold(), values["name"].casefold())
    for other in villages(commune_id, with_closed=True):
        if other.id != but and (other.kind.casefold(), other.name.casefold()) == wanted:
            raise RuleBroken(_village_twice(values), "name")


def _village_twice(values: Mapping[str, Any]) -> object:
    return _l(
        "%(village)s is in the list already. Change that one, or give this one another name.",
        village=f"{values['kind']} {values['name']}",
    )


def add_unit(*, commune: Commune, values: Mapping[str, Any]) -> Unit:
    """A new department or body at the end of the list."""
    _refuse_second_unit(commune.id, values["name"])
    unit = Unit(commune_id=commune.id, name=values["name"], position=_next_position(Unit, commune.id))
    _insert(unit, _unit_twice(values["name"]))
    return unit


def change_unit(*, unit: Unit, version: int, values: Mapping[str, Any]) -> str:
    """Save a unit's data (UNIT_FIELDS)."""
    if unit.version == version:
        _refuse_second_unit(unit.commune_id, values["name"], unit.id)
    return _change(unit, version, UNIT_FIELDS, values)


def _refuse_second_unit(commune_id: int, name: str, but: int | None = None) -> None:
    for other in units(commune_id, with_closed=True):
        if other.id != but and other.name.casefold() == name.casefold():
            raise RuleBroken(_unit_twice(name), "name")


def _unit_twice(name: str) -> object:
    return _l("%(unit)s is in the list already. Change that one, or give this one another name.", unit=name)


def _insert(row: Village | Unit, twice: object) -> None:
    """Insert, also when somebody else just inserted the same."""
    try:
        with db.session.begin_nested():
            db.session.add(row)
            db.session.flush()
    except IntegrityError:
        raise RuleBroken(twice, "name") from None


def _next_position(model: type[Village] | type[Unit], commune_id: int) -> int:
    last = db.session.scalar(sa.select(sa.func.max(model.position)).where(model.commune_id == commune_id))
    return (last or 0) + 1


def set_active(*, row: Village | Unit, is_active: bool) -> None:
    """Close a village or unit (it stays where it is named, and can be chosen no more), or open it again."""
    row.is_active = is_active
    db.session.flush()


def move(*, row: Village | Unit, up: bool) -> bool:
    """Change places with the neighbour above or below; False at the end of the list, where nothing happens."""
    find = villages if isinstance(row, Village) else units
    ordered: list[Any] = list(find(row.commune_id, with_closed=True))
    here = ordered.index(row)
    there = here + (-1 if up else 1)
    has_neighbour = 0 <= there < len(ordered)
    if has_neighbour:
        ordered[here], ordered[there] = ordered[there], ordered[here]
    for position, one in enumerate(ordered, 1):
        one.position = position
    db.session.flush()
    return has_neighbour
