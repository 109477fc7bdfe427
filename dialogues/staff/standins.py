"""Who stands above a person, and who acts for them while they are away.

The superior is the one whom the account names. Where it names nobody, or somebody whose account is closed: the head of
the commune, which is the leader named as head on the page of the commune, else the first leader by name. The head has
nobody above in the commune. A deputy acts from the first day of an absence to the last, unless the deputy is away too;
then nobody does, and what comes goes to the person.
"""

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from dialogues.access import ALLOWED, Permission, allowed
from dialogues.errors import EditConflict, RuleBroken
from dialogues.extensions import db
from dialogues.formatting import short_date
from dialogues.places.models import Commune
from dialogues.staff import trail
from dialogues.staff.models import Staff, StaffRole
from dialogues.staff.rules import Role, is_away

_READS = Permission.READ_COMMITMENTS


@dataclass(frozen=True)
class Standing:
    """What is written about a person's place: who is above, who acts when they are away. Ids are of their commune."""

    superior_id: int | None = None
    deputy_id: int | None = None
    away_from: date | None = None
    away_until: date | None = None


NOWHERE = Standing()


def head_id(commune: Commune) -> int | None:
    """The head of the commune among its open accounts; one query."""
    is_head = sa.case((Staff.name == commune.head_name, 0), else_=1)
    return db.session.scalar(
        sa.select(Staff.id)
        .join(StaffRole, StaffRole.staff_id == Staff.id)
        .where(Staff.commune_id == commune.id, Staff.is_active, StaffRole.role == Role.LEADER)
        .order_by(is_head, Staff.sort_name, Staff.id)
        .limit(1)
    )


def superior_of(staff: Staff) -> Staff | None:
    """Who decides on this person's extensions, and hears when they are late; None for the head of the commune."""
    named = db.session.get(Staff, staff.superior_id) if staff.superior_id else None
    if named is not None and named.is_active:
        return named
    head = head_id(staff.commune)
    return db.session.get(Staff, head) if head is not None and head != staff.id else None


def acting(staff: Staff, today: date) -> Staff:
    """The deputy of a person who is away, else the person."""
    if staff.deputy_id is None or not is_away(staff.away_from, staff.away_until, today):
        return staff
    deputy = db.session.get(Staff, staff.deputy_id)
    free = deputy is not None and deputy.is_active and not is_away(deputy.away_from, deputy.away_until, today)
    return deputy if deputy is not None and free else staff


def acts_for(staff: Staff, other: Staff, today: date) -> bool:
    """Whether `staff` is the other person, or acts for them today."""
    return staff.id == other.id or (other.deputy_id == staff.id and acting(other, today).id == staff.id)


def others(staff: Staff | None, commune_id: int, *keep: int | None) -> list[tuple[int, str]]:
    """The people with open accounts who read promises but this one, for a choice; `keep` those who are chosen already.
    One query."""
    kept = [id_ for id_ in keep if id_]
    reads = sa.exists().where(StaffRole.staff_id == Staff.id, StaffRole.role.in_(ALLOWED[_READS]))
    rows = db.session.execute(
        sa.select(Staff.id, Staff.name, Staff.post)
        .where(Staff.commune_id == commune_id, sa.or_(sa.and_(Staff.is_active, reads), Staff.id.in_(kept)))
        .order_by(Staff.sort_name, Staff.id)
    )
    return [(id_, f"{name} ({post})" if post else name) for id_, name, post in rows if not staff or id_ != staff.id]


def check(staff: Staff | None, standing: Standing) -> None:
    """Raise RuleBroken with what is wrong; `staff` None for a new account."""
    s = standing
    if staff is not None and s.superior_id == staff.id:
        raise RuleBroken(_l("Nobody is their own superior. Choose somebody else, or nobody."), "superior_id")
    if staff is not None and s.deputy_id == staff.id:
        raise RuleBroken(_l("Nobody is their own deputy. Choose somebody else."), "deputy_id")
    if s.superior_id and s.superior_id != (staff.superior_id if staff else None):
        _check_open(s.superior_id, "superior_id")
    if s.deputy_id and s.deputy_id != (staff.deputy_id if staff else None):
        _check_open(s.deputy_id, "deputy_id")
    if s.away_until is not None and s.away_from is None:
        raise RuleBroken(_l("Write the first day of the absence too."), "away_from")
    if s.away_from and s.away_until and s.away_until < s.away_from:
        raise RuleBroken(_l("The last day of the absence lies before the first one."), "away_until")
    if staff is not None and s.superior_id:
        _check_circle(staff, s.superior_id)


def _check_open(staff_id: int, field: str) -> None:
    found = db.session.get(Staff, staff_id)
    if found is None or not found.is_active:
        raise RuleBroken(_l("This account is closed. Choose somebody whose account is open."), field)
    if not allowed(found, _READS):
        raise RuleBroken(_l("This person has no role that reads promises. Choose somebody else."), field)


def _check_circle(staff: Staff, superior_id: int) -> None:
    """Whoever is above must not be below as well; one query."""
    rows = db.session.execute(sa.select(Staff.id, Staff.superior_id).where(Staff.commune_id == staff.commune_id))
    above: dict[int, int | None] = dict(rows.tuples().all())
    seen: set[int] = set()
    one: int | None = superior_id
    while one is not None and one not in seen:
        if one == staff.id:
            raise RuleBroken(
                _l("That would be a circle: this person is above the one chosen. Choose somebody else."), "superior_id"
            )
        seen.add(one)
        one = above.get(one)


def set_away(*, staff: Staff, version: int, standing: Standing, actor: Staff) -> None:
    """The person writes when they are away and who acts for them; raises EditConflict when somebody saved meanwhile."""
    if staff.version != version:
        raise EditConflict
    check(staff, standing)
    s = standing
    if (staff.away_from, staff.away_until, staff.deputy_id) == (s.away_from, s.away_until, s.deputy_id):
        return
    staff.away_from, staff.away_until, staff.deputy_id = s.away_from, s.away_until, s.deputy_id
    db.session.flush()
    trail.record(
        commune_id=staff.commune_id,
        actor=actor,
        thing="staff",
        thing_id=staff.id,
        action="away_set",
        note=said(standing),
    )


def said(standing: Standing) -> str:
    """The absence in a line of the trail: days, and who acts."""
    if standing.away_from is None:
        return ""
    until = short_date(standing.away_until) if standing.away_until else "…"
    deputy = db.session.get(Staff, standing.deputy_id) if standing.deputy_id else None
    return f"{short_date(standing.away_from)} – {until}" + (f": {deputy.name}" if deputy else "")
