"""What is said of a report, by whom and how; how an answer is rated. Pure."""

import enum
from collections.abc import Collection, Sequence
from datetime import date, timedelta

from dialogues.followup.rules import CommitmentState, EntryKind


class Judgement(enum.StrEnum):
    """What somebody says who looked at what was reported done."""

    DONE = "done"
    PARTLY = "partly"
    NOT_DONE = "not_done"


NEEDS_WORDS = (Judgement.PARTLY, Judgement.NOT_DONE)
"""What is missing has to be said, or nobody can do it."""
REOPENS_WITHIN = timedelta(days=90)
"""So long after it was confirmed somebody may still say that it is not true; later it is a new matter."""
ASKED_AGAIN_AFTER = timedelta(weeks=4)
"""So long after the report those who have said nothing are asked a second time."""
_SAME_ROUND = frozenset({EntryKind.OBJECTED, EntryKind.REOPENED, EntryKind.CONFIRMED, EntryKind.HANDED_OVER})


def standing_report(kinds: Sequence[EntryKind]) -> int | None:
    """The place of the report that verdicts are about, in the kinds of a story from the first entry on: the last one,
    until the next step is taken. None: there is none."""
    for place in range(len(kinds) - 1, -1, -1):
        if kinds[place] is EntryKind.REPORTED_DONE:
            return place
        if kinds[place] not in _SAME_ROUND:
            return None
    return None


def state_after(state: CommitmentState, judgements: Collection[Judgement]) -> CommitmentState:
    """What becomes of a promise in `state` when this is all that was said of its report. Who says "not done" is enough
    to open it again; "done" confirms while nobody says so; "in part" leaves it reported."""
    if Judgement.NOT_DONE in judgements:
        return CommitmentState.IN_PROGRESS
    if Judgement.DONE in judgements:
        return CommitmentState.CONFIRMED
    if state is CommitmentState.IN_PROGRESS:
        return state  # opened again, and something is still missing
    return CommitmentState.REPORTED_DONE


def is_too_late(confirmed_on: date | None, today: date) -> bool:
    """Whether a promise was confirmed so long ago that it is not opened again."""
    return confirmed_on is not None and today > confirmed_on + REOPENS_WITHIN


class VerdictWay(enum.StrEnum):
    """How a verdict came: with the tracking code, by the link of a message, told to the village head or the office, or
    from the overseer."""

    CODE = "code"
    LINK = "link"
    AT_THE_DOOR = "at_the_door"
    OVERSEER = "overseer"


class Rating(enum.StrEnum):
    """What a resident thinks of an answer."""

    SATISFIED = "satisfied"
    NEUTRAL = "neutral"
    NOT_SATISFIED = "not_satisfied"


class RatingWay(enum.StrEnum):
    """How a rating came: with the tracking code, on the tablet at the desk, or on paper."""

    CODE = "code"
    DESK = "desk"
    PAPER = "paper"
