"""The files that came with a form of evidence, and the room that its body needs."""

from flask import request
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.datastructures import FileStorage

from dialogues import photos
from dialogues.access import Permission, allowed
from dialogues.errors import RuleBroken
from dialogues.followup import evidence
from dialogues.followup.evidence import FIELDS, MOST_BYTES, MOST_FILES, Proof
from dialogues.followup.evidence_forms import MOST_ALT, Files
from dialogues.followup.rules import EvidenceKind
from dialogues.text import clean_line

BODY_BYTES = MOST_BYTES + 4_000_000
"""A form with all of them; what is larger does not come in at all."""
_FILES = (EvidenceKind.PHOTO_BEFORE, EvidenceKind.PHOTO_AFTER, EvidenceKind.PAPER)


def make_room() -> None:
    """Larger bodies than elsewhere, for those who may report; before the form is read."""
    if request.mimetype == "multipart/form-data":
        staff = current_user._get_current_object() if current_user.is_authenticated else None
        if allowed(staff, Permission.WORK):
            request.max_content_length = max(BODY_BYTES, request.max_content_length or 0)


def _sent(kind: EvidenceKind) -> list[FileStorage]:
    return [file for file in request.files.getlist(FIELDS[kind]) if file.filename]


def proofs(form: Files) -> list[Proof]:
    """What was chosen and typed, looked at; raises RuleBroken. Decoding ten photos takes seconds: no transaction should
    be open meanwhile."""
    sent = {kind: _sent(kind) for kind in _FILES}
    if sum(map(len, sent.values())) > MOST_FILES:
        first = max(sent, key=lambda kind: len(sent[kind]))
        raise RuleBroken(evidence.too_many(), FIELDS[first])
    found, left = [], MOST_BYTES
    for kind, files in sent.items():
        for file, alt in zip(files, _alts(form, kind, len(files)), strict=True):
            data = file.stream.read(photos.MOST_BYTES + 1)
            left -= len(data)
            if left < 0:
                raise RuleBroken(_l("These files have more than 60 MB together. Choose fewer."), FIELDS[kind])
            found.append(evidence.looked_at(kind, data, alt))
    number = form.number.data or ""
    return [*found, *([evidence.decision(number)] if number else [])]


def _alts(form: Files, kind: EvidenceKind, number: int) -> list[str]:
    """What each file shows: one line for all of them, or a line for each."""
    if not number:
        return []
    name = f"{FIELDS[kind]}_alt"
    lines = [line for line in map(clean_line, (form[name].data or "").splitlines()) if line]  # type: ignore[index]
    if not lines:
        raise RuleBroken(_l("Write what these files show, for people who cannot see them."), name)
    if any(len(line) > MOST_ALT for line in lines):
        raise RuleBroken(_l("Each line has at most %(most)s characters.", most=MOST_ALT), name)
    if len(lines) not in (1, number):
        raise RuleBroken(
            _l("There are %(files)s files and %(lines)s lines. Write one line for all, or one for each.",
               files=number, lines=len(lines)),
            name,
        )  # fmt: skip
    if len(lines) == number:
        return lines
    return [f"{lines[0][: MOST_ALT - 8]} ({place}/{number})" for place in range(1, number + 1)]
