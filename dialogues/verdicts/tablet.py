"""The tablet at the desk works without signing in: a link that says which dialogue it is for and who opened it. It ends
by itself the same day, and when the person's account or password changes."""

import hashlib

from flask import current_app
from itsdangerous import BadSignature, URLSafeTimedSerializer

from dialogues.access import Permission, allowed
from dialogues.extensions import db
from dialogues.schedule.models import Dialogue
from dialogues.staff.models import Staff

VALID_HOURS = 12


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="rating-tablet")


def _mark(staff: Staff) -> str:
    return hashlib.blake2b(staff.session_key.encode(), digest_size=6).hexdigest()


def token(dialogue: Dialogue, staff: Staff) -> str:
    """What stands in the link."""
    return str(_signer().dumps([dialogue.id, staff.id, _mark(staff)]))


def read(text: str) -> tuple[Dialogue, Staff] | None:
    """The dialogue, and who opened the tablet; None when the link has ended or is not ours."""
    try:
        dialogue_id, staff_id, mark = _signer().loads(text, max_age=VALID_HOURS * 3600)
    except (BadSignature, ValueError, TypeError):
        return None
    dialogue, staff = db.session.get(Dialogue, dialogue_id), db.session.get(Staff, staff_id)
    if dialogue is None or staff is None or dialogue.commune_id != staff.commune_id or dialogue.announced_at is None:
        return None
    is_same = staff.is_active and mark == _mark(staff) and allowed(staff, Permission.ENTER_QUESTIONS)
    return (dialogue, staff) if is_same else None
