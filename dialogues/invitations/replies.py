"""Answers of guests: by the link of the mail, by a clerk, by a calendar program."""

import hashlib
import hmac
import re
import secrets
from datetime import datetime

import sqlalchemy as sa
from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import joinedload

from dialogues import clock
from dialogues.errors import RuleBroken
from dialogues.extensions import db
from dialogues.invitations.guest_models import Guest
from dialogues.invitations.guest_rules import INVITING, Reply, ReplyWay
from dialogues.schedule.models import Dialogue
from dialogues.schedule.told import OFF
from dialogues.staff import trail
from dialogues.staff.models import Staff
from dialogues.words import label

_TOKEN = re.compile(r"([1-9][0-9]{0,8})k([0-9a-f]{32})")


def new_reply_key() -> str:
    """A random key for `Guest.reply_key`: a new one ends the old link."""
    return secrets.token_hex(12)


def _proof(guest_id: int, key: str) -> str:
    """What only this program can make: the database alone gives no links away."""
    secret = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(secret, f"guest-reply:{guest_id}:{key}".encode(), hashlib.sha256).hexdigest()[:32]


def token_of(guest: Guest) -> str:
    """The last part of the guest's own address: letters and digits only, so that no mail program breaks it."""
    return f"{guest.id}k{_proof(guest.id, guest.reply_key)}"


def reply_url(guest: Guest) -> str:
    """The guest's own address."""
    return f"{current_app.config['SETTINGS'].base_url}/r/{token_of(guest)}"


def guest_by_token(token: str) -> Guest | None:
    """Whose link this is, removed guests too; None for a forged one. One query."""
    found = _TOKEN.fullmatch(token.lower())
    if found is None:
        return None
    guest = db.session.scalar(
        sa.select(Guest)
        .where(Guest.id == int(found[1]))
        .options(joinedload(Guest.dialogue).joinedload(Dialogue.commune))
    )
    if guest is None or not hmac.compare_digest(_proof(guest.id, guest.reply_key), found[2]):
        return None
    return guest


def closed_because(guest: Guest, now: datetime) -> object | None:
    """Why this guest cannot answer any more; None when an answer is welcome."""
    dialogue = guest.dialogue
    if guest.removed_at is not None:
        return _l("This invitation was withdrawn.")
    if dialogue.state in OFF:
        return _l("This dialogue does not take place on that day, so no answer is needed.")
    if dialogue.state not in INVITING or dialogue.ends_at <= now:
        return _l("This dialogue is over.")
    return None


def record(*, guest: Guest, reply: Reply, note: str, way: ReplyWay, actor: Staff | None = None) -> None:
    """Keep the answer; a later one replaces it. A clerk may also take one back (WAITING), and write one down late."""
    now = clock.now()
    closed = closed_because(guest, now)
    if guest.removed_at is not None or (closed is not None and way is not ReplyWay.CLERK):
        raise RuleBroken(closed)
    if reply is Reply.WAITING and way is not ReplyWay.CLERK:
        raise RuleBroken(_l("Choose yes, no or maybe."), "reply")
    if (guest.reply, guest.reply_note, guest.reply_way) == (reply, note, way):
        return
    guest.reply, guest.reply_note, guest.earlier_reply = reply, note, None
    guest.reply_way = None if reply is Reply.WAITING else way
    guest.replied_at = None if reply is Reply.WAITING else now
    db.session.flush()
    tell_trail(guest, actor, f"{label(reply)} ({label(way)})")


def tell_trail(guest: Guest, actor: Staff | None, note: str, action: str = "guest_replied") -> None:
    """One line in the history of this guest."""
    trail.record(commune_id=guest.commune_id, actor=actor, thing="guest", thing_id=guest.id, action=action, note=note)


def is_proven(guest: Guest) -> bool:
    """Whether the guest has answered in a way that nobody else could."""
    return guest.reply is not Reply.WAITING and guest.reply_way is not ReplyWay.CALENDAR_UNPROVEN


def outdate(guest: Guest) -> None:
    """The time changed: an answer for the earlier one says nothing about the new one, but stays readable."""
    if guest.reply is not Reply.WAITING:
        guest.earlier_reply, guest.reply = guest.reply, Reply.WAITING


def renew(guest: Guest) -> None:
    """The time is the earlier one again before anybody was told: so is the answer."""
    if guest.earlier_reply is not None and guest.reply is Reply.WAITING:
        guest.reply, guest.earlier_reply = guest.earlier_reply, None
