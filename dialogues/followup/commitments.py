"""Commitments: report, confirm, reopen. How one is made: see `promising`; a later day: `extensions`."""

from datetime import timedelta

from flask_babel import lazy_gettext as _l

from dialogues import clock
from dialogues.access import Permission, allowed
from dialogues.errors import RuleBroken
from dialogues.extensions import db
from dialogues.followup.entries import add as _add
from dialogues.followup.entries import check_version as _check_version
from dialogues.followup.entries import move as _move
from dialogues.followup.entries import record as _record
from dialogues.followup.entries import refused
from dialogues.followup.events import tell
from dialogues.followup.models import Commitment
from dialogues.followup.rules import UNFINISHED, CommitmentState, EntryKind
from dialogues.questions.rules import QuestionEvent
from dialogues.schedule import service as schedule
from dialogues.staff.models import Staff
from dialogues.staff.standins import acts_for


def staff_choices(commune_id: int, none: object, keep_id: int | None = None) -> list[tuple[int | None, str]]:
    """Active people of the commune in the order of their names, for a form; and the one chosen earlier."""
    people = [(p.id, f"{p.name} ({p.post})" if p.post else p.name) for p in schedule.people(commune_id, [keep_id])]
    return [(None, str(none)), *people]


SENT_TWICE = timedelta(minutes=10)
"""The same words of the same person within this time are one form sent twice."""


# -- who may do what --------------------------------------------------------------------------------------------------


def may_report(staff: Staff, commitment: Commitment) -> bool:
    """The responsible person or who acts for them, people of the same unit, the office."""
    same_unit = staff.unit_id is not None and commitment.responsible.unit_id == staff.unit_id
    own = acts_for(staff, commitment.responsible, clock.today(staff.commune.time_zone))
    works = allowed(staff, Permission.WORK)
    return works and (own or same_unit or allowed(staff, Permission.PUBLISH_ANSWERS))


def confirm_fault(staff: Staff, commitment: Commitment) -> object | None:
    """Why this person cannot confirm it, as a sentence; None when they can. "Done" needs a second voice."""
    if staff.id == commitment.responsible_id:
        return _l("This is your own commitment: somebody else confirms that it is done.")
    reports = [entry for entry in commitment.entries if entry.kind is EntryKind.REPORTED_DONE]
    if reports and reports[-1].author_id == staff.id:
        return _l("You reported this as done yourself: somebody else confirms it.")
    return None


def may_reopen(staff: Staff, commitment: Commitment) -> bool:
    """Who checks, and who reported too early."""
    return allowed(staff, Permission.CONFIRM_COMMITMENTS) or may_report(staff, commitment)


# -- the story --------------------------------------------------------------------------------------------------------


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


def report_done(*, commitment: Commitment, version: int, text: str, actor: Staff) -> None:
    """Say that it is done, with what can be seen now."""
    _check_version(commitment, version)
    _check_reporter(actor, commitment)
    if not text:
        raise RuleBroken(_l("Write what is there now, so that somebody can go and look."), "text")
    _move(commitment, CommitmentState.REPORTED_DONE)
    commitment.reported_done_on = clock.today(actor.commune.time_zone)
    commitment.objected_on = None
    _add(commitment, actor, EntryKind.REPORTED_DONE, text)
    db.session.flush()
    _record(commitment, actor, "reported_done", text)
    tell(commitment, QuestionEvent.COMMITMENT_DONE)


def confirm(*, commitment: Commitment, version: int, text: str, actor: Staff) -> None:
    """A second voice says that it is really done."""
    _check_version(commitment, version)
    fault = confirm_fault(actor, commitment)
    if fault:
        raise RuleBroken(fault)
    _move(commitment, CommitmentState.CONFIRMED)
    commitment.confirmed_on = clock.today(actor.commune.time_zone)
    _add(commitment, actor, EntryKind.CONFIRMED, text)
    db.session.flush()
    _record(commitment, actor, "confirmed", text)
    tell(commitment, QuestionEvent.COMMITMENT_CONFIRMED)


def reopen(*, commitment: Commitment, version: int, reason: str, actor: Staff) -> None:
    """It was reported done, and is not."""
    _check_version(commitment, version)
    if not may_reopen(actor, commitment):
        raise RuleBroken(_l("Only who checks or reports on this commitment reopens it."))
    if commitment.state is not CommitmentState.REPORTED_DONE:
        raise RuleBroken(refused(CommitmentState.IN_PROGRESS))
    if not reason:
        raise RuleBroken(_l("Write what is still missing."), "reason")
    _move(commitment, CommitmentState.IN_PROGRESS)
    commitment.reported_done_on = None
    _add(commitment, actor, EntryKind.REOPENED, reason)
    db.session.flush()
    _record(commitment, actor, "reopened", reason)
    tell(commitment, QuestionEvent.COMMITMENT_REOPENED)
