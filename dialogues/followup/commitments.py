"""Commitments: make one from an answer, report progress, extend. Done and reopened: see `done`."""

from datetime import date, timedelta
from uuid import uuid4

from flask import current_app
from flask_babel import lazy_gettext as _l

from dialogues import clock, formatting
from dialogues.access import Permission, allowed
from dialogues.errors import EditConflict, RuleBroken
from dialogues.extensions import db
from dialogues.followup.events import tell
from dialogues.followup.models import Answer, Commitment, CommitmentEntry
from dialogues.followup.rules import UNFINISHED, CommitmentState, EntryKind, Outcome, may_move
from dialogues.questions.models import Question
from dialogues.questions.rules import QuestionEvent
from dialogues.schedule import service as schedule
from dialogues.staff import trail
from dialogues.staff.models import Staff


def staff_choices(commune_id: int, none: object, keep_id: int | None = None) -> list[tuple[int | None, str]]:
    """Active people of the commune in the order of their names, for a form; and the one chosen earlier."""
    people = [(p.id, f"{p.name} ({p.post})" if p.post else p.name) for p in schedule.people(commune_id, [keep_id])]
    return [(None, str(none)), *people]


SENT_TWICE = timedelta(minutes=10)
"""The same words of the same person within this time are one form sent twice."""


def make_commitment(
    *,
    question: Question,
    answer: Answer | None,
    responsible: Staff | None,
    result: str,
    due_on: date | None,
    actor: Staff,
) -> Commitment:
    """A promise made in an answer. Never without a person, something to check and a day."""
    if answer is None:
        raise RuleBroken(_l("Write the answer first: a commitment is made in an answer."))
    if answer.outcome is Outcome.MOVED_TO_COMPLAINT:
        raise RuleBroken(_l("What goes to the complaint procedure gets no public commitment."))
    if responsible is None or not responsible.is_active or responsible.commune_id != question.commune_id:
        raise RuleBroken(_l("Choose the person who is responsible."), "responsible_id")
    if not result:
        raise RuleBroken(_l("Write what will be there in the end, so that anybody can check it."), "result")
    if due_on is None:
        raise RuleBroken(_l("Choose the day by which it is done."), "due_on")
    if due_on < clock.today(actor.commune.time_zone):
        raise RuleBroken(_l("The due day has passed already. Choose today or a later day."), "due_on")
    same = [c for c in answer.commitments if (c.responsible_id, c.result, c.due_on) == (responsible.id, result, due_on)]
    if same:
        return same[0]  # the form was sent twice
    commitment = Commitment(
        commune_id=question.commune_id,
        dialogue_id=question.dialogue_id,
        answer_id=answer.id,
        responsible_id=responsible.id,
        result=result,
        promised_on=answer.answered_on,
        first_due_on=due_on,
        due_on=due_on,
        uid=f"commitment-{uuid4().hex}@{current_app.config['SETTINGS'].base_host}",
        created_at=clock.now(),
        changed_at=clock.now(),
    )
    db.session.add(commitment)
    db.session.flush()
    _record(commitment, actor, "commitment_made", f"{responsible.name}, {formatting.short_date(due_on)}")
    tell(commitment, QuestionEvent.COMMITMENT_MADE)
    return commitment


# -- who may do what --------------------------------------------------------------------------------------------------


def may_report(staff: Staff, commitment: Commitment) -> bool:
    """The responsible person, people of the same unit, the office."""
    same_unit = staff.unit_id is not None and commitment.responsible.unit_id == staff.unit_id
    own = staff.id == commitment.responsible_id
    works = allowed(staff, Permission.WORK)
    return works and (own or same_unit or allowed(staff, Permission.PUBLISH_ANSWERS))


def may_extend(staff: Staff, commitment: Commitment) -> bool:
    """The responsible person, or the office."""
    own = staff.id == commitment.responsible_id
    return allowed(staff, Permission.WORK) and (own or allowed(staff, Permission.PUBLISH_ANSWERS))


# -- the story --------------------------------------------------------------------------------------------------------


def _check_version(commitment: Commitment, version: int) -> None:
    if commitment.version != version:
        raise EditConflict


def _add(commitment: Commitment, actor: Staff, kind: EntryKind, text: str, **dates: date) -> None:
    commitment.entries.append(
        CommitmentEntry(
            commune_id=commitment.commune_id, kind=kind, at=clock.now(), author_id=actor.id, text=text, **dates
        )
    )


def _move(commitment: Commitment, to: CommitmentState) -> None:
    """To another state: calendars hear of it."""
    if not may_move(commitment.state, to):
        raise RuleBroken(_REFUSED[to])
    commitment.state = to
    _calendars_hear(commitment)


_REFUSED = {
    CommitmentState.OPEN: _l("A commitment that was begun does not become “not started” again."),
    CommitmentState.IN_PROGRESS: _l("Only what was reported done can be reopened."),
    CommitmentState.REPORTED_DONE: _l("This commitment is reported done already."),
    CommitmentState.CONFIRMED: _l("Only what was reported done can be confirmed."),
    CommitmentState.WITHDRAWN: _l("Only a commitment that is not done can be withdrawn."),
}


def _calendars_hear(commitment: Commitment) -> None:
    commitment.sequence += 1
    commitment.changed_at = clock.now()


def _record(commitment: Commitment, actor: Staff, action: str, note: str = "") -> None:
    trail.record(
        commune_id=commitment.commune_id,
        actor=actor,
        thing="commitment",
        thing_id=commitment.id,
        action=action,
        note=note,
    )


def _check_reporter(actor: Staff, commitment: Commitment) -> None:
    if not may_report(actor, commitment):
        raise RuleBroken(_l("Only the responsible person, their unit and the office report on this commitment."))


def add_progress(*, commitment: Commitment, text: str, actor: Staff) -> None:
    """A line of progress; the first one starts the work. It overwrites nothing, so it needs no version."""
    _check_reporter(actor, commitment)
    if commitment.state not in UNFINISHED:
        raise RuleBroken(_l("This commitment is reported done. Reopen it before you add progress."), "text")
    if not text:
        raise RuleBroken(_l("Write what was done."), "text")
    last = commitment.entries[-1] if commitment.entries else None
    same = last and (last.kind, last.author_id, last.text) == (EntryKind.PROGRESS, actor.id, text)
    if last and same and clock.now() - last.at < SENT_TWICE:
        return
    if commitment.state is CommitmentState.OPEN:
        _move(commitment, CommitmentState.IN_PROGRESS)
    _add(commitment, actor, EntryKind.PROGRESS, text)
    db.session.flush()
    _record(commitment, actor, "progress", text)
    tell(commitment, QuestionEvent.COMMITMENT_PROGRESS)


def extend(*, commitment: Commitment, version: int, new_due_on: date | None, reason: str, actor: Staff) -> None:
    """Give it a later day. The first day and every reason stay visible for ever."""
    _check_version(commitment, version)
    if not may_extend(actor, commitment):
        raise RuleBroken(_l("Only the responsible person and the office extend a commitment."))
    if commitment.state not in UNFINISHED:
        raise RuleBroken(_l("This commitment is reported done: there is nothing to extend."), "new_due_on")
    if new_due_on is None:
        raise RuleBroken(_l("Choose the new day."), "new_due_on")
    if new_due_on <= commitment.due_on:
        raise RuleBroken(_l("The new day must be later than the present one."), "new_due_on")
    if new_due_on < clock.today(actor.commune.time_zone):
        raise RuleBroken(_l("The due day has passed already. Choose today or a later day."), "new_due_on")
    if not reason:
        raise RuleBroken(_l("Write why it takes longer. Residents read the reason."), "reason")
    old = commitment.due_on
    commitment.due_on = new_due_on
    _calendars_hear(commitment)
    _add(commitment, actor, EntryKind.EXTENSION, reason, old_due_on=old, new_due_on=new_due_on)
    db.session.flush()
    days = f"{formatting.short_date(old)} → {formatting.short_date(new_due_on)}"
    _record(commitment, actor, "extended", f"{days}: {reason}")
    tell(commitment, QuestionEvent.COMMITMENT_EXTENDED)
