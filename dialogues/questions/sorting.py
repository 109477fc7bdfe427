"""Sorting questions: publish, decline, assign, move to the complaint procedure, take back. The original never changes.

Every function takes the `version` that the clerk's form was opened with (None: do not compare) and raises EditConflict
when somebody else saved meanwhile, RuleBroken when the move is not allowed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from dialogues import clock
from dialogues.access import ALLOWED, Permission
from dialogues.errors import EditConflict, RuleBroken
from dialogues.extensions import db
from dialogues.places.models import Unit
from dialogues.questions.models import Question
from dialogues.questions.rules import ASSIGNABLE, MAX_TEXT, MOVES, DeclineReason, QuestionState
from dialogues.staff import trail
from dialogues.staff.models import Staff, StaffRole

Q = QuestionState
_WHY_NOT = {
    Q.WAITING: _l("This question is waiting to be read already."),
    Q.PUBLISHED: _l("This question is published already."),
    Q.DECLINED: _l("This question was declined. Take it back to waiting first."),
    Q.MOVED_TO_COMPLAINT: _l("This question was moved to the complaint procedure. Take it back to waiting first."),
    Q.WITHDRAWN: _l("The asker withdrew this question, so it stays as it is."),
    Q.MERGED: _l("This question was merged into another one. Take it out of there first."),
}


def _check(question: Question, version: int | None) -> None:
    if version is not None and version != question.version:
        raise EditConflict


def _move(question: Question, state: QuestionState) -> None:
    if state not in MOVES[question.state]:
        raise RuleBroken(_WHY_NOT[question.state])
    question.state = state
    question.decided_at = clock.now()


def _record(question: Question, actor: Staff | None, action: str, note: str = "") -> None:
    db.session.flush()
    trail.record(
        commune_id=question.commune_id,
        actor=actor,
        thing="question",
        thing_id=question.id,
        action=action,
        note=note,
    )
    db.session.flush()


def publish(*, question: Question, public_text: str, actor: Staff, version: int | None = None) -> None:
    """Show `public_text` to residents; of a published question it changes only that wording."""
    _check(question, version)
    if not public_text:
        raise RuleBroken(_l("Write what residents will read."), "public_text")
    if len(public_text) > MAX_TEXT:
        raise RuleBroken(_l("This is too long: at most %(most)s characters.", most=MAX_TEXT), "public_text")
    if question.state is Q.PUBLISHED:
        if public_text != question.public_text:
            question.public_text = public_text
            _record(question, actor, "redacted")
        return
    _move(question, Q.PUBLISHED)
    question.public_text = public_text
    question.published_at = question.decided_at
    question.decline_reason, question.state_note = None, ""
    if public_text != question.text:
        _record(question, actor, "redacted")
    _record(question, actor, "published")


def decline(*, question: Question, reason: DeclineReason, note: str, actor: Staff, version: int | None = None) -> None:
    """Refuse it, with a reason of the list and a sentence that the asker reads."""
    _check(question, version)
    if not note:
        raise RuleBroken(_l("Write a sentence to the asker: why, and what they can do."), "note")
    _move(question, Q.DECLINED)
    question.decline_reason, question.state_note, question.published_at = reason, note, None
    _record(question, actor, "declined", note)


def move_to_complaint(*, question: Question, note: str, actor: Staff, version: int | None = None) -> None:
    """Hand it over to the complaint and denunciation procedure: never public, still counted (R10)."""
    _check(question, version)
    _move(question, Q.MOVED_TO_COMPLAINT)
    question.decline_reason, question.state_note, question.published_at = None, note, None
    _record(question, actor, "moved_to_complaint", note)


def take_back(*, question: Question, note: str, actor: Staff, version: int | None = None) -> None:
    """Back to waiting: off the public pages, or open again after it was declined or moved."""
    _check(question, version)
    if not note:
        raise RuleBroken(_l("Write why, for those who look at the history later."), "note")
    was_public = question.state is Q.PUBLISHED
    _move(question, Q.WAITING)
    question.decline_reason, question.state_note, question.published_at = None, "", None
    _record(question, actor, "unpublished" if was_public else "reopened", note)


@dataclass(frozen=True)
class Assignees:
    """Who can be asked to answer: (id, words) of the departments and of the people."""

    units: Sequence[tuple[int, str]]
    people: Sequence[tuple[int, str]]


def assignees(commune_id: int) -> Assignees:
    """The open departments, and the people who answer questions; two queries."""
    units = db.session.execute(
        sa.select(Unit.id, Unit.name)
        .where(Unit.commune_id == commune_id, Unit.is_active)
        .order_by(Unit.position, Unit.id)
    )
    can_answer = sa.select(StaffRole.staff_id).where(StaffRole.role.in_(ALLOWED[Permission.ANSWER_QUESTIONS]))
    people = db.session.execute(
        sa.select(Staff.id, Staff.name, Staff.post)
        .where(Staff.commune_id == commune_id, Staff.is_active, Staff.id.in_(can_answer))
        .order_by(Staff.sort_name, Staff.id)
    )
    return Assignees(
        [(id_, name) for id_, name in units],
        [(id_, f"{name}, {post}" if post else name) for id_, name, post in people],
    )


def assign(
    *,
    question: Question,
    unit_id: int | None = None,
    staff_id: int | None = None,
    actor: Staff,
    version: int | None = None,
) -> None:
    """Ask a department or a person to answer; neither takes the assignment away."""
    _check(question, version)
    if question.state not in ASSIGNABLE:
        raise RuleBroken(_WHY_NOT[question.state], "assigned")
    known = assignees(question.commune_id)
    units, people = dict(known.units), dict(known.people)
    if (unit_id is not None and unit_id not in units) or (staff_id is not None and staff_id not in people):
        raise RuleBroken(_l("Choose a department or a person of the list."), "assigned")
    if (question.assigned_unit_id, question.assigned_staff_id) == (unit_id, staff_id):
        return
    question.assigned_unit_id, question.assigned_staff_id = unit_id, staff_id
    who = units[unit_id] if unit_id else people[staff_id] if staff_id else ""
    question.assigned_at = clock.now() if who else None
    _record(question, actor, "assigned" if who else "assignment_taken_back", who)
