"""The story of a promise, newest line first, as the timeline shows it."""

import enum
from collections.abc import Collection

from flask_babel import gettext as _
from sqlalchemy.orm import joinedload, lazyload, load_only, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from dialogues import words
from dialogues.followup.models import Answer, Commitment, CommitmentEntry, CommitmentSupport
from dialogues.followup.rules import UNTOLD, CommitmentState, EntryKind
from dialogues.language import short_day
from dialogues.questions.models import Question
from dialogues.staff.models import Staff
from dialogues.staff.trail import Line


def with_story() -> tuple[ORMOption, ...]:
    """All that the page of one commitment shows, in four queries."""
    return (
        joinedload(Commitment.responsible).options(lazyload(Staff.commune), lazyload(Staff.role_rows)),
        joinedload(Commitment.dialogue),
        joinedload(Commitment.answer).joinedload(Answer.question).joinedload(Question.village),
        selectinload(Commitment.steps),
        selectinload(Commitment.supports).joinedload(CommitmentSupport.unit),
        selectinload(Commitment.entries)
        .joinedload(CommitmentEntry.author)
        .options(load_only(Staff.name, Staff.post), lazyload(Staff.commune), lazyload(Staff.role_rows)),
    )


def public_story(commitment: Commitment) -> list[Line]:
    """What residents read: a later day that is asked for stands there only when it is decided."""
    return story(commitment, without=UNTOLD)


def story(commitment: Commitment, without: Collection[EntryKind] = ()) -> list[Line]:
    """The dated entries, newest first; an extension names both days."""
    return [
        Line(entry.at, _who(entry), what_of(entry), entry.text)
        for entry in sorted(commitment.entries, key=lambda entry: entry.id, reverse=True)
        if entry.kind not in without
    ]


class Doubt(enum.StrEnum):
    """What speaks against the last report of a promise: somebody says that only a part is done, or it is open again."""

    OBJECTED = "objected"
    REOPENED = "reopened"


def doubt_of(commitment: Commitment) -> Doubt | None:
    """For the pages of a promise, which say it beside its state; None: nothing speaks against it."""
    if commitment.state is CommitmentState.REPORTED_DONE and commitment.objected_on is not None:
        return Doubt.OBJECTED
    if commitment.state is not CommitmentState.IN_PROGRESS:
        return None
    kinds = [entry.kind for entry in sorted(commitment.entries, key=lambda entry: entry.id)]
    return Doubt.REOPENED if EntryKind.REOPENED in kinds else None


_SAID_BY_ASKERS = (EntryKind.CONFIRMED, EntryKind.OBJECTED, EntryKind.REOPENED)
"""Nobody of the commune is the author of these lines."""


def _who(entry: CommitmentEntry) -> str:
    author = entry.author
    if author is None:
        return ""
    return f"{author.name}, {author.post}" if author.post else author.name


def what_of(entry: CommitmentEntry) -> object:
    """What one entry says happened."""
    if entry.kind is EntryKind.EXTENSION and entry.old_due_on and entry.new_due_on:
        return _("Extended from %(old)s to %(new)s", old=short_day(entry.old_due_on), new=short_day(entry.new_due_on))
    if entry.author_id is None and entry.kind in _SAID_BY_ASKERS:
        return {
            EntryKind.CONFIRMED: _("Confirmed: a resident who asked says that it is done"),
            EntryKind.OBJECTED: _("A resident who asked says that only a part is done"),
            EntryKind.REOPENED: _("Reopened: a resident who asked says that it is not done"),
        }[entry.kind]
    if entry.kind in (EntryKind.EXTENSION_ASKED, EntryKind.EXTENSION_REFUSED) and entry.old_due_on and entry.new_due_on:
        days = {"old": short_day(entry.old_due_on), "new": short_day(entry.new_due_on)}
        return f"{words.label(entry.kind)}: {days['old']} → {days['new']}"
    if entry.kind is EntryKind.PLAN_CHANGED and entry.old_due_on and entry.new_due_on:
        return _("Counted anew: %(old)s → %(new)s", old=short_day(entry.old_due_on), new=short_day(entry.new_due_on))
    return words.label(entry.kind)
