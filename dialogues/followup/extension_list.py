"""Later days that wait for a word, for who gives it, who asked, the office and overseers; and the last decided."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from dialogues.access import Permission, allowed
from dialogues.extensions import db
from dialogues.followup.models import Commitment, ExtensionRequest
from dialogues.followup.rules import UNFINISHED, ExtensionState
from dialogues.staff.models import Staff
from dialogues.staff.rules import Role
from dialogues.staff.standins import acts_for, head_id

MOST = 100


@dataclass(frozen=True)
class Requests:
    """What a person finds on the page of later days."""

    mine: list[ExtensionRequest]
    """Those that wait for this person's word, the one whose old day comes first on top."""
    others: list[ExtensionRequest]
    """Those that wait for somebody else, as far as this person may see them."""
    decided: list[ExtensionRequest]
    """The last that were decided."""


def waiting_for(staff: Staff, today: date) -> sa.Select[tuple[ExtensionRequest]]:
    """The requests that wait for this person as superior, or as deputy of one who is away."""
    return _waiting(staff.commune_id).where(_decides(staff, today), ExtensionRequest.asked_by_id != staff.id)


def _waiting(commune_id: int) -> sa.Select[tuple[ExtensionRequest]]:
    r, c = ExtensionRequest, Commitment
    return (
        sa.select(r)
        .join(c, c.id == r.commitment_id)
        .join(Staff, Staff.id == c.responsible_id)
        .where(r.commune_id == commune_id, r.state == ExtensionState.ASKED, c.state.in_(UNFINISHED))
    )


def _decides(staff: Staff, today: date) -> sa.ColumnElement[bool]:
    """Condition on the responsible person (Staff): this one is their superior, or acts for the superior today."""
    closed = sa.select(Staff.id).where(Staff.commune_id == staff.commune_id, ~Staff.is_active)
    acted_for = _acted_for(staff, today)
    above: sa.ColumnElement[bool] = Staff.superior_id.in_(acted_for)
    if (len(acted_for) > 1 or Role.LEADER in staff.roles) and head_id(staff.commune) in acted_for:
        above = sa.or_(above, Staff.superior_id.is_(None), Staff.superior_id.in_(closed))
    return sa.and_(above, Staff.id != staff.id)


def _acted_for(staff: Staff, today: date) -> list[int]:
    """The ids of the person and of those whose deputy they are today."""
    away = db.session.scalars(sa.select(Staff).where(Staff.deputy_id == staff.id, Staff.is_active))
    return [staff.id, *(one.id for one in away if acts_for(staff, one, today))]


def count_waiting(staff: Staff, today: date) -> int:
    """How many later days wait for this person's word."""
    found = waiting_for(staff, today).with_only_columns(sa.func.count())
    return db.session.scalar(found) or 0


def requests_of(staff: Staff, today: date) -> Requests:
    """The page of later days: the office and overseers see those of others too."""
    r = ExtensionRequest
    shown = (
        joinedload(r.commitment).joinedload(Commitment.responsible),
        joinedload(r.asked_by),
        joinedload(r.decided_by),
    )

    def rows(statement: sa.Select[tuple[ExtensionRequest]], *order: Any) -> list[ExtensionRequest]:
        return list(db.session.scalars(statement.options(*shown).order_by(*order).limit(MOST)).unique())

    mine = rows(waiting_for(staff, today), r.old_due_on.asc(), r.id.asc())
    sees_all = allowed(staff, Permission.PUBLISH_ANSWERS) or allowed(staff, Permission.CONFIRM_COMMITMENTS)
    own = sa.or_(r.asked_by_id == staff.id, Commitment.responsible_id == staff.id)
    others = _waiting(staff.commune_id) if sees_all else _waiting(staff.commune_id).where(own)
    decided = sa.select(r).join(Commitment).where(r.commune_id == staff.commune_id, r.state != ExtensionState.ASKED)
    if not sees_all:
        decided = decided.where(sa.or_(own, r.decided_by_id == staff.id))
    ids = {one.id for one in mine}
    return Requests(
        mine,
        [one for one in rows(others, r.old_due_on.asc(), r.id.asc()) if one.id not in ids],
        list(db.session.scalars(decided.options(*shown).order_by(r.decided_at.desc(), r.id.desc()).limit(20)).unique()),
    )
