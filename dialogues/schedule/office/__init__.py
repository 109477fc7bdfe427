"""Dialogues for signed-in people: one blueprint; reading and planning in one file of views, moves in another."""

from flask import Blueprint, url_for
from sqlalchemy.orm.interfaces import ORMOption

from dialogues import clock
from dialogues.access import me
from dialogues.places import service as places
from dialogues.schedule import service
from dialogues.schedule.models import Dialogue
from dialogues.schedule.rules import MOVES, REQUIRED, AnnouncementCheck, DialogueState

bp = Blueprint("schedule_office", __name__, url_prefix="/office/dialogues")
plan_bp = Blueprint("plan_office", __name__, url_prefix="/office/plan")
"""The year plan: series, rounds, requests of voters."""


def dialogue_or_404(dialogue_id: int, *options: ORMOption) -> Dialogue:
    """The dialogue of the signed-in person's commune."""
    return places.row_or_404(Dialogue, me().commune_id, dialogue_id, *(options or service.with_details()))


def page_of(dialogue: Dialogue) -> str:
    """The address of its page."""
    return url_for("schedule_office.detail", dialogue_id=dialogue.id)


def legal_moves(dialogue: Dialogue) -> set[str]:
    """The names of the moves that are legal now; an announced dialogue can be held once it has begun."""
    found = {state.value for state in MOVES[dialogue.state]}
    if dialogue.state is DialogueState.ANNOUNCED and clock.now() < dialogue.starts_at:
        found.discard(DialogueState.HELD.value)
    return found


def checked(missing: list[AnnouncementCheck]) -> list[tuple[AnnouncementCheck, bool, bool]]:
    """Every check with whether it is missing and whether it must be there."""
    return [(check, check in missing, check in REQUIRED) for check in AnnouncementCheck]


from dialogues.schedule.office import (  # noqa: E402 (their views join the blueprints)
    moves,  # noqa: F401
    opening,  # noqa: F401
    planner,  # noqa: F401
    planning,  # noqa: F401
    requests,  # noqa: F401
    round_common,  # noqa: F401
    rounds,  # noqa: F401
    series,  # noqa: F401
    steps,  # noqa: F401
)
