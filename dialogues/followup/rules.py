"""How a matter ends, how a commitment moves, when something is overdue. Pure."""

import enum
from datetime import date


class Outcome(enum.StrEnum):
    """How a matter ends at a dialogue. NOTED ("tiếp thu, ghi nhận") is not an answer: it stays open."""

    ANSWERED_ON_SPOT = "answered_on_spot"
    IN_WRITING = "in_writing"
    ESCALATED = "escalated"
    MOVED_TO_COMPLAINT = "moved_to_complaint"
    NOTED = "noted"


class AnswerStage(enum.StrEnum):
    """What residents read about the answer of a question, derived from the answer and the day."""

    UNANSWERED = "unanswered"
    DRAFTED = "drafted"
    ANSWERED = "answered"
    WRITTEN_PROMISED = "written_promised"
    WRITTEN_OVERDUE = "written_overdue"
    WRITTEN_GIVEN = "written_given"
    ESCALATED = "escalated"
    ESCALATED_ANSWERED = "escalated_answered"
    NOTED = "noted"


def answer_stage(
    outcome: Outcome | None, is_published: bool, due_on: date | None, final_on: date | None, today: date
) -> AnswerStage:
    """The stage on `today`; a draft says nothing to residents yet. Overdue from the day after `due_on`."""
    if outcome is None or outcome is Outcome.MOVED_TO_COMPLAINT:
        return AnswerStage.UNANSWERED
    if not is_published:
        return AnswerStage.DRAFTED
    if outcome is Outcome.ANSWERED_ON_SPOT:
        return AnswerStage.ANSWERED
    if outcome is Outcome.NOTED:
        return AnswerStage.NOTED
    if outcome is Outcome.ESCALATED:
        return AnswerStage.ESCALATED_ANSWERED if final_on else AnswerStage.ESCALATED
    if final_on:
        return AnswerStage.WRITTEN_GIVEN
    return AnswerStage.WRITTEN_OVERDUE if due_on and today > due_on else AnswerStage.WRITTEN_PROMISED


LATER = (Outcome.IN_WRITING, Outcome.ESCALATED)
"""Outcomes that a later answer completes."""


def missing_in_answer(outcome: Outcome, text: str, due_on: date | None, escalated_to: str) -> str:
    """The field that this outcome cannot do without and that is empty, or ""."""
    if outcome in (Outcome.ANSWERED_ON_SPOT, Outcome.NOTED) and not text:
        return "text"
    if outcome is Outcome.IN_WRITING and due_on is None:
        return "due_on"
    if outcome is Outcome.ESCALATED and not escalated_to:
        return "escalated_to"
    return ""


class CommitmentState(enum.StrEnum):
    """What people said of a promise. "Reported done" is not "confirmed"."""

    OPEN = "open"
    IN_PROGRESS = "in_progress"
    REPORTED_DONE = "reported_done"
    CONFIRMED = "confirmed"


C = CommitmentState
MOVES: dict[CommitmentState, tuple[CommitmentState, ...]] = {
    C.OPEN: (C.IN_PROGRESS, C.REPORTED_DONE),
    C.IN_PROGRESS: (C.REPORTED_DONE,),
    C.REPORTED_DONE: (C.CONFIRMED, C.IN_PROGRESS),
    C.CONFIRMED: (),
}
UNFINISHED = (C.OPEN, C.IN_PROGRESS)


class EntryKind(enum.StrEnum):
    """What an entry in a commitment's story says."""

    PROGRESS = "progress"
    EXTENSION = "extension"
    REPORTED_DONE = "reported_done"
    REOPENED = "reopened"
    CONFIRMED = "confirmed"


def is_overdue(state: CommitmentState, due_on: date, today: date) -> bool:
    """Overdue from the day after the due date, while it is not reported done."""
    return state in UNFINISHED and today > due_on


class CommitmentStage(enum.StrEnum):
    """What residents read about a promise: the state, or that it is overdue; derived, never stored."""

    OVERDUE = "overdue"
    OPEN = "open"
    IN_PROGRESS = "in_progress"
    REPORTED_DONE = "reported_done"
    CONFIRMED = "confirmed"


def commitment_stage(state: CommitmentState, due_on: date, today: date) -> CommitmentStage:
    """The stage on `today`."""
    return CommitmentStage.OVERDUE if is_overdue(state, due_on, today) else CommitmentStage(state.value)


def may_move(state: CommitmentState, to: CommitmentState) -> bool:
    """Whether a promise may go from `state` to `to`."""
    return to in MOVES[state]


def is_weekend(day: date) -> bool:
    """Saturday or Sunday."""
    return day.weekday() >= 5
