"""The file that came with a form, and the room that its body needs."""

from flask import request
from flask_login import current_user

from dialogues.access import Permission, allowed
from dialogues.attachments.rules import MOST_BODY_BYTES, MOST_BYTES
from dialogues.attachments.service import FIELD, Checked, checked


def make_room() -> None:
    """Larger bodies than elsewhere, for a form with a file of those who may send one; before the form is read."""
    if request.mimetype == "multipart/form-data":
        staff = current_user._get_current_object() if current_user.is_authenticated else None
        if allowed(staff, Permission.ENTER_QUESTIONS):
            request.max_content_length = max(MOST_BODY_BYTES, request.max_content_length or 0)


def has_file() -> bool:
    """Whether one was chosen; after a mistake elsewhere in the form the browser has let go of it."""
    file = request.files.get(FIELD)
    return file is not None and bool(file.filename)


def sent_file() -> Checked | None:
    """The file that was chosen, looked at; None when none was. Raises RuleBroken."""
    if not has_file():
        return None
    file = request.files[FIELD]
    return checked(file.stream.read(MOST_BYTES + 1), file.filename or "")
