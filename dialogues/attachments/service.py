"""Attaching files to questions, and who may see them: the office, and who entered the question for its village."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import joinedload, lazyload, load_only

from dialogues import clock, photos, uploads
from dialogues.access import ALLOWED, Permission
from dialogues.attachments.models import Attachment
from dialogues.attachments.rules import MOST_FILES, AttachmentKind, FileFault, sort_of
from dialogues.errors import RuleBroken
from dialogues.extensions import db
from dialogues.questions.models import Question
from dialogues.staff import trail
from dialogues.staff.models import Staff
from dialogues.staff.rules import Role
from dialogues.text import clean_line
from dialogues.words import label

FIELD = "file"
"""The field of the forms that bring a file."""


@dataclass(frozen=True)
class Checked:
    """A file that may be kept: photos drawn anew, all others as they came."""

    kind: AttachmentKind
    ending: str
    data: bytes
    title: str


def checked(data: bytes, name: str) -> Checked:
    """Look at what was sent; raises RuleBroken with what to do. `name` is only remembered."""
    sort = sort_of(data)
    if isinstance(sort, FileFault):
        raise RuleBroken(label(sort), FIELD)
    title = clean_line(name.replace("\\", "/").rsplit("/", 1)[-1])[:120]
    if sort.kind is not AttachmentKind.PHOTO:
        return Checked(sort.kind, sort.ending, data, title)
    try:
        return Checked(sort.kind, "jpg", photos.redrawn(data), title)
    except RuleBroken as broken:
        raise RuleBroken(broken.message, FIELD) from None


def add(*, question: Question, file: Checked, actor: Staff) -> Attachment:
    """Keep the file with its question."""
    counted = sa.select(sa.func.count()).select_from(Attachment).where(Attachment.question_id == question.id)
    if (db.session.scalar(counted) or 0) >= MOST_FILES:
        raise RuleBroken(
            _l("This question has %(most)s files already. Put several pages into one PDF.", most=MOST_FILES), FIELD
        )
    attachment = Attachment(
        commune_id=question.commune_id,
        question_id=question.id,
        kind=file.kind,
        file=uploads.keep(question.commune_id, file.data, file.ending),
        title=file.title,
        size=len(file.data),
        added_by_id=actor.id,
        added_at=clock.now(),
    )
    db.session.add(attachment)
    _record(question.commune_id, question.id, actor, "attachment_added", attachment.kind)
    return attachment


def remove(*, attachment: Attachment, actor: Staff) -> None:
    """Delete the file; the history keeps that there was one."""
    uploads.remove_after_commit(attachment.commune_id, attachment.file)
    db.session.delete(attachment)
    _record(attachment.commune_id, attachment.question_id, actor, "attachment_removed", attachment.kind)


def erase_for(question_ids: Collection[int]) -> int:
    """Delete all files of these questions together with the personal data of their askers, and give their number. The
    caller records the erasing. The paper's number stays: it says nothing about a person."""
    found = list(db.session.scalars(sa.select(Attachment).where(Attachment.question_id.in_(sorted(question_ids)))))
    for attachment in found:
        uploads.remove_after_commit(attachment.commune_id, attachment.file)
        db.session.delete(attachment)
    db.session.flush()
    return len(found)


def _record(commune_id: int, question_id: int, actor: Staff, action: str, kind: AttachmentKind) -> None:
    db.session.flush()
    trail.record(
        commune_id=commune_id,
        actor=actor,
        thing="question",
        thing_id=question_id,
        action=action,
        note=str(label(kind)),
    )
    db.session.flush()


# -- who may see them -------------------------------------------------------------------------------------------------


def sees_all(staff: Staff) -> bool:
    """Whether this person reads who asks, and so what they handed in."""
    return bool(staff.roles & ALLOWED[Permission.READ_ASKERS])


def question_of(staff: Staff, question_id: int) -> Question | None:
    """The question to which this person may attach files and read them: the office any of the commune, a village head
    the own entries of the own village."""
    statement = sa.select(Question).where(Question.commune_id == staff.commune_id, Question.id == question_id)
    if not sees_all(staff):
        if Role.VILLAGE_HEAD not in staff.roles:
            return None
        statement = statement.where(Question.entered_by_id == staff.id, Question.village_id == staff.village_id)
    return db.session.scalar(statement)


def listed(question_id: int) -> Sequence[Attachment]:
    """The files of a question, oldest first; one query."""
    return db.session.scalars(
        sa.select(Attachment)
        .where(Attachment.question_id == question_id)
        .options(
            lazyload(Attachment.question),
            joinedload(Attachment.added_by).options(
                load_only(Staff.name), lazyload(Staff.commune), lazyload(Staff.role_rows)
            ),
        )
        .order_by(Attachment.id)
    ).all()


def one_of(question: Question, attachment_id: int) -> Attachment | None:
    """This file of this question."""
    return db.session.scalar(
        sa.select(Attachment).where(Attachment.id == attachment_id, Attachment.question_id == question.id)
    )
