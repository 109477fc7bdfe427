"""Accounts: sign in, passwords, reset links."""

import hashlib
import secrets
from datetime import timedelta
from functools import cache

import sqlalchemy as sa
from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import joinedload
from werkzeug.security import check_password_hash, generate_password_hash

from dialogues import clock
from dialogues.errors import RuleBroken
from dialogues.extensions import db
from dialogues.staff import throttle, trail
from dialogues.staff.models import PasswordReset, Staff
from dialogues.staff.rules import MIN_PASSWORD, RESET_LIFETIME
from dialogues.text import clean_line

METHOD = "scrypt:32768:8:3"
PER_ADDRESS, PER_ACCOUNT, WINDOW = 60, 10, timedelta(minutes=15)


# Every request of the office begins with it: put together once, one statement with the roles.
_BY_SESSION_KEY = (
    sa.select(Staff)
    .options(joinedload(Staff.role_rows))
    .where(Staff.session_key == sa.bindparam("key"), Staff.is_active)
)


def new_session_key() -> str:
    """A random key for `Staff.session_key`."""
    return secrets.token_urlsafe(32)


def hash_password(password: str) -> str:
    """scrypt, with a salt of its own."""
    return generate_password_hash(password, METHOD)


@cache
def _nobodys_hash() -> str:
    """Checked where there is no account, so that the time of an answer does not tell."""
    return hash_password(secrets.token_urlsafe())


def staff_by_session_key(key: str) -> Staff | None:
    """The active person whose session this is; nobody for a demo account outside this computer."""
    staff = db.session.execute(_BY_SESSION_KEY, {"key": key}).unique().scalar()
    return None if staff and staff.is_demo and not current_app.config["SETTINGS"].on_loopback else staff


def staff_by_email(email: str) -> Staff | None:
    """The person with this address, however it was typed."""
    return db.session.scalar(sa.select(Staff).where(Staff.email == clean_line(email).casefold()))


def sign_in(*, email: str, password: str, address: str) -> Staff:
    """The person with this e-mail and password; raises RuleBroken with the same sentence whatever was wrong.

    Counts by address and by account: a village shares one mobile address, an attacker has many.
    """
    email = clean_line(email).casefold()
    account = f"sign-in:{email}"
    if throttle.is_throttled(f"sign-in-address:{address}", PER_ADDRESS, WINDOW) or throttle.is_throttled(
        account, PER_ACCOUNT, WINDOW
    ):
        raise RuleBroken(_l("Too many tries. Please wait 15 minutes, then try again."))
    staff = staff_by_email(email)
    known = staff is not None and staff.is_active and bool(staff.password_hash)
    right = check_password_hash(staff.password_hash if staff and known else _nobodys_hash(), password)
    if staff is None or not known or not right:
        raise RuleBroken(_l("The e-mail or the password is not right. Check both and try again."))
    if staff.is_demo and not current_app.config["SETTINGS"].on_loopback:
        raise RuleBroken(_l("Demo accounts work only on the computer where the program runs."))
    throttle.forget(account)
    trail.record(commune_id=staff.commune_id, actor=staff, thing="staff", thing_id=staff.id, action="signed_in")
    return staff


def check_new_password(password: str, staff: Staff) -> None:
    """Long is enough (no digits-and-signs rule); not the own name or address. Raises RuleBroken."""
    if len(password) < MIN_PASSWORD:
        raise RuleBroken(
            _l(
                "Choose a longer password: at least %(least)s characters. Three or four words are good.",
                least=MIN_PASSWORD,
            ),
            "new_password",
        )
    if password.casefold() in {staff.email, staff.email.split("@")[0], staff.name.casefold()}:
        raise RuleBroken(_l("Choose a password that is not your name or e-mail."), "new_password")


def change_password(*, staff: Staff, current: str, new: str) -> None:
    """Set a new password; every other session of this person ends."""
    if throttle.is_throttled(f"password:{staff.id}", PER_ACCOUNT, WINDOW):
        raise RuleBroken(_l("Too many tries. Please wait 15 minutes, then try again."), "current")
    if not check_password_hash(staff.password_hash, current):
        raise RuleBroken(_l("The present password is not right."), "current")
    check_new_password(new, staff)
    staff.password_hash = hash_password(new)
    staff.session_key = new_session_key()
    trail.record(commune_id=staff.commune_id, actor=staff, thing="staff", thing_id=staff.id, action="password_changed")


def _token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def make_reset_link(*, staff: Staff, actor: Staff | None) -> str:
    """A token for `/office/reset/<token>`: one use, RESET_LIFETIME long; earlier ones of this person end."""
    if not staff.is_active:
        raise RuleBroken(_l("This account is closed. Open it again first."))
    db.session.execute(sa.delete(PasswordReset).where(PasswordReset.staff_id == staff.id))
    token = secrets.token_urlsafe(32).replace("-", "a").replace("_", "b")
    db.session.add(
        PasswordReset(
            commune_id=staff.commune_id,
            staff_id=staff.id,
            token_hash=_token_hash(token),
            expires_at=clock.now() + RESET_LIFETIME,
        )
    )
    trail.record(commune_id=staff.commune_id, actor=actor, thing="staff", thing_id=staff.id, action="reset_link_made")
    return token


def reset_by_token(token: str) -> PasswordReset | None:
    """The unused, unexpired link with this token."""
    return db.session.scalar(
        sa.select(PasswordReset)
        .join(Staff)
        .where(
            Staff.is_active,
            PasswordReset.token_hash == _token_hash(token),
            PasswordReset.used_at.is_(None),
            PasswordReset.expires_at > clock.now(),
        )
    )


def use_reset(*, reset: PasswordReset, new: str) -> None:
    """Set the password by a link; the link and all sessions of the person end."""
    check_new_password(new, reset.staff)
    reset.used_at = clock.now()
    reset.staff.password_hash = hash_password(new)
    reset.staff.session_key = new_session_key()
    trail.record(
        commune_id=reset.commune_id, actor=reset.staff, thing="staff", thing_id=reset.staff_id, action="password_reset"
    )
