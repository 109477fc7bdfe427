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


def sent_file() -> Checked | None:
    """The file that was chosen, looked at; None when none was. Raises RuleBroken."""
    file = request.files.get(FIELD)
    if file is None or not file.filename:
        return None
    return checked(file.stream.read(MOST_BYTES + 1), file.filename)
