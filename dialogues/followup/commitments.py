"""Commitments: report progress. How one is made: see `promising`; a later day: `extensions`; done: `done`."""

from datetime import timedelta

from flask_babel import lazy_gettext as _l

from dialogues import clock
from dialogues.access import Permission, allowed
from dialogues.errors import RuleBroken
from dialogues.extensions import db
from dialogues.followup.entries import add as _add
from dialogues.followup.entries import move as _move
from dialogues.followup.entries import record as _record
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
