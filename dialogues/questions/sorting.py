"""Sorting questions: publish, decline, assign, move to the complaint procedure, take back. The original never changes.

Every function takes the `version` that the clerk's form was opened with (None: do not compare) and raises EditConflict
when somebody else saved meanwhile, RuleBroken when the move is not allowed.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from dialogues import clock, formatting
from dialogues.access import ALLOWED, Permission
from dialogues.errors import EditConflict, RuleBroken
from dialogues.extensions import db
from dialogues.places.models import Unit
from dialogues.questions.events import tell
from dialogues.questions.models import PublicWording, Question, QuestionSupport
from dialogues.questions.redaction import findings
from dialogues.questions.rules import ASSIGNABLE, MAX_TEXT, MOVES, DeclineReason, QuestionEvent, QuestionState
from dialogues.staff import trail
from dialogues.staff.models import Staff, StaffRole

Q = QuestionState
_WHY_NOT = {
    Q.QUARANTINED: _l("This question is in quarantine. Release it first."),
    Q.WAITING: _l("This question is waiting to be read already."),
    Q.PUBLISHED: _l("This question is published already."),
    Q.DECLINED: _l("This question was declined. Take it back to waiting first."),
    Q.MOVED_TO_COMPLAINT: _l("This question was moved to the complaint procedure. Take it back to waiting first."),
    Q.WITHDRAWN: _l("The asker withdrew this question, so it stays as it is."),
    Q.SPLIT: _l("This text was split into several questions: go on with those."),
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


def publish(
    *, question: Question, public_text: str, actor: Staff, version: int | None = None, leave_in: bool = False
) -> None:
    """Show `public_text` to residents; of a published question it changes only that wording. `leave_in`: phone numbers,
    e-mail addresses and identity numbers stand in it on purpose."""
    _check(question, version)
    if not public_text:
        raise RuleBroken(_l("Write what residents will read."), "public_text")
    if len(public_text) > MAX_TEXT:
        raise RuleBroken(_l("This is too long: at most %(most)s characters.", most=MAX_TEXT), "public_text")
    is_same = question.state is Q.PUBLISHED and public_text == question.public_text
    if not leave_in and not is_same:
        _check_private(question, public_text)
    if question.state is Q.PUBLISHED:
        if not is_same:
            question.public_text = public_text
            _keep_wording(question, actor)
            _record(question, actor, "redacted")
        return
    _move(question, Q.PUBLISHED)
    question.public_text = public_text
    question.published_at = question.decided_at
    question.decline_reason, question.state_note = None, ""
    _keep_wording(question, actor)
    if public_text != question.own_text:
        _record(question, actor, "redacted")
    _record(question, actor, "published")
    tell(question, QuestionEvent.PUBLISHED)


def office_numbers(question: Question) -> list[str]:
    """Numbers and addresses that are public anyway: those of the office and of the dialogue."""
    commune = question.dialogue.commune
    return [one for one in (commune.hotline, commune.office_email, question.dialogue.hotline) if one]


def _check_private(question: Question, public_text: str) -> None:
    found = findings(public_text, office_numbers(question))
    if found:
        what = ", ".join(one.text for one in found)
        raise RuleBroken(
            _l("This still stands in the text: %(what)s. Leave it out, or tick that it stays on purpose.", what=what),
            "on_purpose",
        )


def _keep_wording(question: Question, actor: Staff) -> None:
    """Every text that residents could read is kept."""
    db.session.add(
        PublicWording(
            commune_id=question.commune_id,
            question_id=question.id,
            text=question.public_text,
            by_id=actor.id,
            at=clock.now(),
        )
    )


def decline(*, question: Question, reason: DeclineReason, note: str, actor: Staff, version: int | None = None) -> None:
    """Refuse it, with a reason of the list and a sentence that the asker reads."""
    _check(question, version)
    if not note:
        raise RuleBroken(_l("Write a sentence to the asker: why, and what they can do."), "note")
    _move(question, Q.DECLINED)
    question.decline_reason, question.state_note, question.published_at = reason, note, None
    _record(question, actor, "declined", note)
    tell(question, QuestionEvent.DECLINED)


def move_to_complaint(*, question: Question, note: str, actor: Staff, version: int | None = None) -> None:
    """Hand it over to the complaint and denunciation procedure: never public, still counted (R10)."""
    _check(question, version)
    _move(question, Q.MOVED_TO_COMPLAINT)
    question.decline_reason, question.state_note, question.published_at = None, note, None
    _record(question, actor, "moved_to_complaint", note)
    tell(question, QuestionEvent.MOVED_TO_COMPLAINT)


def release(*, question: Question, actor: Staff, version: int | None = None) -> None:
    """Out of quarantine: it waits to be read like every other question, and its asker is told as everybody is."""
    _check(question, version)
    if question.state is not Q.QUARANTINED:
        raise RuleBroken(_l("This question is not in quarantine."))
    _move(question, Q.WAITING)
    question.decided_at = None
    _record(question, actor, "released")
    tell(question, QuestionEvent.RECEIVED)


def take_back(*, question: Question, note: str, actor: Staff, version: int | None = None) -> None:
    """Back to waiting: off the public pages, or open again after it was declined or moved."""
    _check(question, version)
    if not note:
        raise RuleBroken(_l("Write why, for those who look at the history later."), "note")
    was_public = question.state is Q.PUBLISHED
    _move(question, Q.WAITING)
    question.decline_reason, question.state_note, question.published_at = None, "", None
    _record(question, actor, "unpublished" if was_public else "reopened", note)
    tell(question, QuestionEvent.TAKEN_BACK)


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
    support_ids: Collection[int] = (),
    due_on: date | None = None,
    actor: Staff,
    version: int | None = None,
) -> None:
    """Ask a department or a person to answer, others to help, by a day; neither takes the assignment away."""
    _check(question, version)
    if question.state not in ASSIGNABLE:
        raise RuleBroken(_WHY_NOT[question.state], "assigned")
    known = assignees(question.commune_id)
    units, people = dict(known.units), dict(known.people)
    if (unit_id is not None and unit_id not in units) or (staff_id is not None and staff_id not in people):
        raise RuleBroken(_l("Choose a department or a person of the list."), "assigned")
    who = units[unit_id] if unit_id else people[staff_id] if staff_id else ""
    helping = {id_ for id_ in support_ids if id_ in units and id_ != unit_id} if who else set()
    due_on = due_on if who else None
    if due_on and due_on != question.answer_due_on and due_on < clock.today(question.dialogue.commune.time_zone):
        raise RuleBroken(_l("This day has passed. Choose a day to come."), "due_on")
    same = (question.assigned_unit_id, question.assigned_staff_id) == (unit_id, staff_id)
    if same and question.answer_due_on == due_on and supporting(question.id) == helping:
        return
    if not same:
        question.assigned_at = clock.now() if who else None
    question.assigned_unit_id, question.assigned_staff_id, question.answer_due_on = unit_id, staff_id, due_on
    set_support(question, helping)
    notes = [who, f"+ {', '.join(units[id_] for id_ in sorted(helping))}" if helping else ""]
    notes.append(f"→ {formatting.short_date(due_on)}" if due_on else "")
    _record(question, actor, "assigned" if who else "assignment_taken_back", " ".join(filter(None, notes)))
    if who and not same:
        tell(question, QuestionEvent.ASSIGNED)


def supporting(question_id: int) -> set[int]:
    """The departments that help to answer a question."""
    ids = sa.select(QuestionSupport.unit_id).where(QuestionSupport.question_id == question_id)
    return set(db.session.scalars(ids))


def helping_units(question_id: int) -> list[str]:
    """Their names."""
    statement = sa.select(Unit.name).join(QuestionSupport, QuestionSupport.unit_id == Unit.id)
    return list(
        db.session.scalars(statement.where(QuestionSupport.question_id == question_id).order_by(Unit.position, Unit.id))
    )


def set_support(question: Question, unit_ids: Collection[int]) -> None:
    """These departments help, no others."""
    now = supporting(question.id)
    if now == set(unit_ids):
        return
    sa.orm.attributes.flag_modified(question, "assigned_unit_id")  # who helps belongs to its version
    db.session.execute(sa.delete(QuestionSupport).where(QuestionSupport.question_id == question.id))
    db.session.add_all(QuestionSupport(question_id=question.id, unit_id=id_) for id_ in sorted(unit_ids))
