"""Finding communes, villages and units; every look-up is scoped to its commune."""

from typing import TypeVar

import sqlalchemy as sa
from flask import abort, g

from dialogues.extensions import Base, db
from dialogues.places.models import Commune, Unit, Village

Row = TypeVar("Row", bound=Base)


def communes() -> list[Commune]:
    """All communes of this installation, by name; for the directory."""
    return list(db.session.scalars(sa.select(Commune).order_by(Commune.name)))


def only_commune() -> Commune | None:
    """The commune, if this installation serves exactly one."""
    found = db.session.scalars(sa.select(Commune).limit(2)).all()
    return found[0] if len(found) == 1 else None


def commune_or_404(slug: str) -> Commune:
    """The commune at this address, as the one that the page is about."""
    commune = db.session.scalar(sa.select(Commune).where(Commune.slug == slug))
    if commune is None:
        abort(404)
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
        abort(404)
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
