"""The link in a morning message, with which its reader reports on the own promises without signing in.

Only a hash is kept, made of the link and of the person's session key: a new password, a closed account, all that ends
the sessions of a person ends the links too.
"""

import hashlib
import re
import secrets

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import joinedload

from dialogues import clock
from dialogues.extensions import db
from dialogues.reminders.models import PromiseLink
from dialogues.reminders.rules import LINK_LIFETIME
from dialogues.staff import trail
from dialogues.staff.models import Staff

_TOKEN = re.compile(r"([1-9][0-9]{0,8})k([0-9a-f]{40})")


def _hash(token: str, staff: Staff) -> str:
    return hashlib.sha256(f"promise-link:{token}:{staff.session_key}".encode()).hexdigest()


def make(staff: Staff) -> str:
    """The address for a message that goes to this person now."""
    token = f"{staff.id}k{secrets.token_hex(20)}"
    now = clock.now()
    db.session.add(
        PromiseLink(
            commune_id=staff.commune_id,
            staff_id=staff.id,
            token_hash=_hash(token, staff),
            created_at=now,
            expires_at=now + LINK_LIFETIME,
        )
    )
    db.session.flush()
    return f"{current_app.config['SETTINGS'].base_url}/p/{token}"


def by_token(token: str) -> PromiseLink | None:
    """The link with this token while it works; two queries."""
    found = _TOKEN.fullmatch(token)
    staff = db.session.get(Staff, int(found[1])) if found else None
    if staff is None or not staff.is_active:
        return None
    return db.session.scalar(
        sa.select(PromiseLink)
        .where(PromiseLink.token_hash == _hash(token, staff), PromiseLink.staff_id == staff.id, *_working())
        .options(joinedload(PromiseLink.staff))
    )


def _working() -> tuple[sa.ColumnElement[bool], ...]:
    return PromiseLink.revoked_at.is_(None), PromiseLink.expires_at > clock.now()


def note_use(link: PromiseLink) -> None:
    """Something was reported by it; the first time stands in the history of the person."""
    if link.used_at is None:
        link.used_at = clock.now()
        _record(link.staff, link.staff, "promise_link_used")


def working(staff: Staff) -> int:
    """How many links of this person work now, as far as the rows tell; one query."""
    mine = sa.select(sa.func.count()).select_from(PromiseLink)
    return db.session.scalar(mine.where(PromiseLink.staff_id == staff.id, *_working())) or 0


def revoke(*, staff: Staff, actor: Staff) -> int:
    """End all links of this person; how many."""
    statement = sa.update(PromiseLink).where(PromiseLink.staff_id == staff.id, *_working())
    ended = int(db.session.execute(statement.values(revoked_at=clock.now())).rowcount)  # type: ignore[attr-defined]
    if ended:
        _record(staff, actor, "promise_links_revoked", str(ended))
    return ended


def _record(staff: Staff, actor: Staff, action: str, note: str = "") -> None:
    commune_id = staff.commune_id
    trail.record(commune_id=commune_id, actor=actor, thing="staff", thing_id=staff.id, action=action, note=note)


def sweep() -> int:
    """Delete links that ended a month ago; part of `flask --app wsgi tidy`."""
    old = sa.delete(PromiseLink).where(PromiseLink.expires_at < clock.now() - 4 * LINK_LIFETIME)
    return int(db.session.execute(old).rowcount)  # type: ignore[attr-defined]
