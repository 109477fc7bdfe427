"""Who has an account in the commune: the list, new ones, changed ones, closed ones."""

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload, selectinload

from dialogues.errors import EditConflict, RuleBroken
from dialogues.extensions import db
from dialogues.places.models import Commune, Unit, Village
from dialogues.staff import standins, trail
from dialogues.staff.models import PasswordReset, Staff, StaffRole
from dialogues.staff.rules import Role
from dialogues.staff.service import new_session_key
from dialogues.staff.standins import NOWHERE, Standing
from dialogues.text import name_key
from dialogues.words import label


@dataclass(frozen=True)
class Person:
    """What the administrator writes about a person. The ids are of the person's commune: the form offers no others."""

    name: str
    post: str
    email: str
    unit_id: int | None
    village_id: int | None
    roles: frozenset[Role]
    standing: Standing = NOWHERE
    remind_phone: str = ""


def people(commune_id: int) -> list[Staff]:
    """Everybody of the commune in the order of names, open accounts first; three queries."""
    return list(
        db.session.scalars(
            sa.select(Staff)
            .options(joinedload(Staff.unit), joinedload(Staff.village), selectinload(Staff.role_rows))
            .where(Staff.commune_id == commune_id)
            .order_by(Staff.is_active.desc(), Staff.sort_name, Staff.id)
        )
    )


def add(*, commune: Commune, person: Person, actor: Staff | None) -> Staff:
    """A new account without password: the administrator then makes a link for it. `actor` None: the command line."""
    _check(person)
    standins.check(None, person.standing)
    staff = Staff(
        commune_id=commune.id,
        name=person.name,
        sort_name=name_key(person.name),
        post=person.post,
        email=person.email.casefold(),
        unit_id=person.unit_id,
        village_id=person.village_id,
        session_key=new_session_key(),
        role_rows=[StaffRole(role=role) for role in sorted(person.roles)],
    )
    _place(staff, person)
    _refuse_taken_email(staff.email, None)
    try:
        with db.session.begin_nested():
            db.session.add(staff)
            db.session.flush()
    except IntegrityError:
        raise RuleBroken(_EMAIL_TAKEN, "email") from None
    trail.record(commune_id=commune.id, actor=actor, thing="staff", thing_id=staff.id, action="created")
    return staff


def change(*, staff: Staff, version: int, person: Person, actor: Staff) -> None:
    """Save what the administrator wrote; raises EditConflict when somebody else saved meanwhile."""
    if staff.version != version:
        raise EditConflict
    _check(person)
    standins.check(staff, person.standing)
    if Role.ADMIN not in person.roles:
        _keep_an_admin(staff, "roles")
    email = person.email.casefold()
    _refuse_taken_email(email, staff.id)
    note = _what_changes(staff, person, email)
    kept = {row.role: row for row in staff.role_rows}
    try:
        with db.session.begin_nested():
            staff.name, staff.sort_name, staff.post = person.name, name_key(person.name), person.post
            staff.email, staff.unit_id, staff.village_id = email, person.unit_id, person.village_id
            _place(staff, person)
            if staff.roles != person.roles:
                staff.role_rows = [kept.get(role) or StaffRole(role=role) for role in sorted(person.roles)]
            db.session.flush()
    except IntegrityError:
        raise RuleBroken(_EMAIL_TAKEN, "email") from None
    if note:
        trail.record(
            commune_id=staff.commune_id, actor=actor, thing="staff", thing_id=staff.id, action="changed", note=note
        )


def _place(staff: Staff, person: Person) -> None:
    """Who is above, who acts for the person when, and where reminders go."""
    s = person.standing
    staff.superior_id, staff.deputy_id = s.superior_id, s.deputy_id
    staff.away_from, staff.away_until = s.away_from, s.away_until
    staff.remind_phone = person.remind_phone


def close(*, staff: Staff, actor: Staff) -> None:
    """No more sign-in; every session, link and private calendar of the person ends. The name stays where it stands."""
    if staff.id == actor.id:
        raise RuleBroken(_l("You cannot close your own account. Ask another administrator."))
    _keep_an_admin(staff, "")
    if not staff.is_active:
        return
    staff.is_active = False
    staff.session_key = new_session_key()
    staff.feed_key, staff.remind_phone = None, ""
    db.session.execute(sa.delete(PasswordReset).where(PasswordReset.staff_id == staff.id))
    trail.record(commune_id=staff.commune_id, actor=actor, thing="staff", thing_id=staff.id, action="account_closed")


def reopen(*, staff: Staff, actor: Staff) -> None:
    """The person may sign in again, with the old password or a new link."""
    if staff.is_active:
        return
    staff.is_active = True
    trail.record(commune_id=staff.commune_id, actor=actor, thing="staff", thing_id=staff.id, action="account_opened")


_EMAIL_TAKEN = _l("There is an account with this e-mail already. Use another address.")


def _check(person: Person) -> None:
    if not person.roles:
        raise RuleBroken(_l("Choose at least one role."), "roles")
    if Role.VILLAGE_HEAD in person.roles and person.village_id is None:
        raise RuleBroken(_l("Choose the village of this village head."), "village_id")


def _refuse_taken_email(email: str, but: int | None) -> None:
    """Taken in another commune counts too; the sentence does not tell where."""
    taken = db.session.scalar(sa.select(Staff.id).where(Staff.email == email))
    if taken is not None and taken != but:
        raise RuleBroken(_EMAIL_TAKEN, "email")


def _keep_an_admin(staff: Staff, field: str) -> None:
    """Somebody who can sign in must stay able to manage accounts."""
    if Role.ADMIN not in staff.roles or not staff.is_active:
        return
    others = db.session.scalar(
        sa.select(sa.func.count())
        .select_from(Staff)
        .join(StaffRole, StaffRole.staff_id == Staff.id)
        .where(
            Staff.commune_id == staff.commune_id,
            Staff.id != staff.id,
            Staff.is_active,
            Staff.password_hash != "",
            StaffRole.role == Role.ADMIN,
        )
    )
    if not others:
        raise RuleBroken(
            _l(
                "This is the only administrator who can sign in. Make another one first, "
                "and let that person set a password."
            ),
            field,
        )


def _what_changes(staff: Staff, person: Person, email: str) -> str:
    """`old → new` of everything that differs, for the trail."""
    old_unit, new_unit = _unit_name(staff.unit_id), _unit_name(person.unit_id)
    old_village, new_village = _village_name(staff.village_id), _village_name(person.village_id)
    pairs = (
        (staff.name, person.name),
        (staff.post, person.post),
        (staff.email, email),
        (old_unit, new_unit),
        (old_village, new_village),
        (_role_names(staff.roles), _role_names(person.roles)),
        (_staff_name(staff.superior_id), _staff_name(person.standing.superior_id)),
        (_staff_name(staff.deputy_id), _staff_name(person.standing.deputy_id)),
        (_absence(staff), _absence(person.standing)),
        (staff.remind_phone, person.remind_phone),
    )
    return "; ".join(f"{old or '–'} → {new or '–'}" for old, new in pairs if old != new)


def _unit_name(unit_id: int | None) -> str:
    unit = db.session.get(Unit, unit_id) if unit_id else None
    return unit.name if unit else ""


def _village_name(village_id: int | None) -> str:
    village = db.session.get(Village, village_id) if village_id else None
    return village.label if village else ""


def _staff_name(staff_id: int | None) -> str:
    found = db.session.get(Staff, staff_id) if staff_id else None
    return found.name if found else ""


def _absence(one: Staff | Standing) -> str:
    return standins.said(Standing(away_from=one.away_from, away_until=one.away_until))


def _role_names(roles: Collection[Role]) -> str:
    return " · ".join(str(label(role)) for role in sorted(roles))  # "Phòng, ban" is one role: no commas
