"""What every act on a promise does: look at the version, move the state, add a dated line, tell the trail."""

from datetime import date

from flask_babel import lazy_gettext as _l

from dialogues import clock
from dialogues.access import Permission, allowed
from dialogues.errors import EditConflict, RuleBroken
from dialogues.followup.models import Commitment, CommitmentEntry
from dialogues.followup.rules import CommitmentState, EntryKind, may_move
from dialogues.staff import trail
from dialogues.staff.models import Staff

_REFUSED = {
    CommitmentState.OPEN: _l("A commitment that was begun does not become “not started” again."),
    CommitmentState.IN_PROGRESS: _l("Only what was reported done can be reopened."),
    CommitmentState.REPORTED_DONE: _l("This commitment is reported done already."),
    CommitmentState.CONFIRMED: _l("Only what was reported done can be confirmed."),
    CommitmentState.WITHDRAWN: _l("Only a commitment that is not done can be withdrawn."),
}


def may_plan(staff: Staff, commitment: Commitment) -> bool:
    """Who changes the plan of a promise and its steps: the responsible person, or the office."""
    own = staff.id == commitment.responsible_id
    return allowed(staff, Permission.WORK) and (own or allowed(staff, Permission.PUBLISH_ANSWERS))


def check_version(commitment: Commitment, version: int) -> None:
    """Nobody overwrites what somebody else saved meanwhile."""
    if commitment.version != version:
        raise EditConflict


def add(commitment: Commitment, actor: Staff | None, kind: EntryKind, text: str, **dates: date) -> None:
    """One dated line more in the story. `actor` None: the program itself."""
    author_id = actor.id if actor else None
    commitment.entries.append(
        CommitmentEntry(
            commune_id=commitment.commune_id, kind=kind, at=clock.now(), author_id=author_id, text=text, **dates
        )
    )


def move(commitment: Commitment, to: CommitmentState) -> None:
    """To another state: calendars hear of it."""
    if not may_move(commitment.state, to):
        raise RuleBroken(refused(to))
    commitment.state = to
    calendars_hear(commitment)


def refused(to: CommitmentState) -> object:
    """Why a promise cannot go to this state."""
    return _REFUSED[to]


def calendars_hear(commitment: Commitment) -> None:
    """Its day, its words or its state changed."""
    commitment.sequence += 1
    commitment.changed_at = clock.now()


def record(commitment: Commitment, actor: Staff | None, action: str, note: str = "") -> None:
    """For the trail."""
    trail.record(
        commune_id=commitment.commune_id,
        actor=actor,
        thing="commitment",
        thing_id=commitment.id,
        action=action,
        note=note,
    )
