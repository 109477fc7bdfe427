"""How a matter ends, how a commitment moves, when something is overdue. Pure."""

import enum
from datetime import date, timedelta


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


class CommitmentKind(enum.StrEnum):
    """What is promised: something that can be looked at, a written answer, or to pass it up and report back."""

    DO = "do"
    ANSWER_IN_WRITING = "answer_in_writing"
    PASS_UP = "pass_up"  # noqa: S105 (no password)


class DayCount(enum.StrEnum):
    """How the due day was set: a day of the calendar, so many days, so many working days from the promise on."""

    DAY = "day"
    DAYS = "days"
    WORKING_DAYS = "working_days"


class CommitmentState(enum.StrEnum):
    """What people said of a promise. "Reported done" is not "confirmed"; a withdrawn one stays in every count."""

    OPEN = "open"
    IN_PROGRESS = "in_progress"
    REPORTED_DONE = "reported_done"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"


C = CommitmentState
MOVES: dict[CommitmentState, tuple[CommitmentState, ...]] = {
    C.OPEN: (C.IN_PROGRESS, C.REPORTED_DONE, C.WITHDRAWN),
    C.IN_PROGRESS: (C.REPORTED_DONE, C.WITHDRAWN),
    C.REPORTED_DONE: (C.CONFIRMED, C.IN_PROGRESS),
    C.CONFIRMED: (C.IN_PROGRESS, C.REPORTED_DONE),  # somebody says later that it is not true, or only in part
    C.WITHDRAWN: (),
}
UNFINISHED = (C.OPEN, C.IN_PROGRESS)


class EntryKind(enum.StrEnum):
    """What an entry in a commitment's story says."""

    PROGRESS = "progress"
    PLAN_CHANGED = "plan_changed"
    STEP_DONE = "step_done"
    EXTENSION_ASKED = "extension_asked"
    EXTENSION_REFUSED = "extension_refused"
    EXTENSION = "extension"
    HANDED_OVER = "handed_over"
    REPORTED_DONE = "reported_done"
    OBJECTED = "objected"
    REOPENED = "reopened"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"


UNTOLD = (EntryKind.EXTENSION_ASKED,)
"""Entries that residents do not read: a later day that is asked for stands there when it is decided."""


class EvidenceKind(enum.StrEnum):
    """What shows that a promise was kept. PHOTO_DURING shows the work while it goes on: it came with a report of
    progress and proves nothing yet."""

    PHOTO_BEFORE = "photo_before"
    PHOTO_DURING = "photo_during"
    PHOTO_AFTER = "photo_after"
    PAPER = "paper"
    DECISION = "decision"


class ExtensionState(enum.StrEnum):
    """What became of a request for a later day."""

    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"


def is_overdue(state: CommitmentState, due_on: date, today: date) -> bool:
    """Overdue from the day after the due date, while it is not reported done."""
    return state in UNFINISHED and today > due_on


SILENT_DAYS = 30
"""So many days without a word after "reported done", and nobody has objected. That is not "confirmed"."""


def not_objected_from(reported_done_on: date) -> date:
    """The first day on which a report that nobody spoke about counts as not objected."""
    return reported_done_on + timedelta(days=SILENT_DAYS + 1)


class CommitmentStage(enum.StrEnum):
    """What residents read about a promise: the state, that it is overdue, or that nobody objected; derived, never
    stored."""

    OVERDUE = "overdue"
    OPEN = "open"
    IN_PROGRESS = "in_progress"
    REPORTED_DONE = "reported_done"
    NOT_OBJECTED = "not_objected"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"


STATES_OF = {
    CommitmentStage.OVERDUE: UNFINISHED,
    CommitmentStage.NOT_OBJECTED: (CommitmentState.REPORTED_DONE,),
}
"""The states of a stage that does not have the name of its state."""


def commitment_stage(
    state: CommitmentState,
    due_on: date,
    today: date,
    reported_done_on: date | None = None,
    objected_on: date | None = None,
) -> CommitmentStage:
    """The stage on `today`. `objected_on`: when somebody last said of this report that it is done only in part."""
    if is_overdue(state, due_on, today):
        return CommitmentStage.OVERDUE
    silent = state is C.REPORTED_DONE and reported_done_on is not None and objected_on is None
    if silent and reported_done_on and today >= not_objected_from(reported_done_on):
        return CommitmentStage.NOT_OBJECTED
    return CommitmentStage(state.value)


class Keeping(enum.StrEnum):
    """What the public record counts of a promise: kept by its FIRST day, done after it, not done yet (before or after
    that day), or withdrawn. Each promise counts in one of them."""

    ON_TIME = "on_time"
    LATE = "late"
    NOT_DONE_LATE = "not_done_late"
    NOT_DONE = "not_done"
    WITHDRAWN = "withdrawn"


def keeping(
    state: CommitmentState, first_due_on: date, reported_done_on: date | None, confirmed_on: date | None, today: date
) -> Keeping:
    """How it counts on `today`. Later days move nothing: the first one counts. It is done on the day on which it was
    reported done; one that was reopened is not done."""
    if state is C.WITHDRAWN:
        return Keeping.WITHDRAWN
    if state in UNFINISHED:
        return Keeping.NOT_DONE_LATE if today > first_due_on else Keeping.NOT_DONE
    done_on = reported_done_on or confirmed_on
    return Keeping.ON_TIME if done_on is not None and done_on <= first_due_on else Keeping.LATE


def may_move(state: CommitmentState, to: CommitmentState) -> bool:
    """Whether a promise may go from `state` to `to`."""
    return to in MOVES[state]


def is_weekend(day: date) -> bool:
    """Saturday or Sunday."""
    return day.weekday() >= 5
