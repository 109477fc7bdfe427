"""Stages, overdue at its borders, moves: without app or database."""

from datetime import date, timedelta

import pytest

from dialogues.followup.rules import (
    MOVES,
    AnswerStage,
    CommitmentStage,
    CommitmentState,
    Outcome,
    answer_stage,
    commitment_stage,
    is_overdue,
    is_weekend,
    may_move,
    missing_in_answer,
)

DUE = date(2026, 11, 20)
C, S = CommitmentState, AnswerStage


def days(number):
    return timedelta(days=number)


@pytest.mark.parametrize("state", [C.OPEN, C.IN_PROGRESS])
def test_unfinished_is_overdue_from_the_day_after(state):
    assert not is_overdue(state, DUE, DUE - days(1))
    assert not is_overdue(state, DUE, DUE)
    assert is_overdue(state, DUE, DUE + days(1))


@pytest.mark.parametrize("state", [C.REPORTED_DONE, C.CONFIRMED])
def test_done_is_never_overdue(state):
    assert not is_overdue(state, DUE, DUE + days(400))


def test_stage_is_the_state_until_the_day_has_passed():
    assert commitment_stage(C.OPEN, DUE, DUE) is CommitmentStage.OPEN
    assert commitment_stage(C.OPEN, DUE, DUE + days(1)) is CommitmentStage.OVERDUE
    assert commitment_stage(C.REPORTED_DONE, DUE, DUE + days(1)) is CommitmentStage.REPORTED_DONE


@pytest.mark.parametrize(("after", "silent"), [(0, False), (30, False), (31, True), (400, True)])
def test_thirty_silent_days_are_no_objection_but_no_confirmation(after, silent):
    stage = commitment_stage(C.REPORTED_DONE, DUE, DUE + days(after), DUE, None)
    assert stage is (CommitmentStage.NOT_OBJECTED if silent else CommitmentStage.REPORTED_DONE)
    spoken = commitment_stage(C.REPORTED_DONE, DUE, DUE + days(after), DUE, DUE + days(2))
    assert spoken is CommitmentStage.REPORTED_DONE


@pytest.mark.parametrize(
    ("outcome", "published", "final_on", "today", "stage"),
    [
        (None, False, None, DUE, S.UNANSWERED),
        (Outcome.MOVED_TO_COMPLAINT, True, None, DUE, S.UNANSWERED),
        (Outcome.ANSWERED_ON_SPOT, False, None, DUE, S.DRAFTED),
        (Outcome.IN_WRITING, False, DUE, DUE, S.DRAFTED),
        (Outcome.ANSWERED_ON_SPOT, True, None, DUE, S.ANSWERED),
        (Outcome.NOTED, True, None, DUE, S.NOTED),
        (Outcome.IN_WRITING, True, None, DUE, S.WRITTEN_PROMISED),
        (Outcome.IN_WRITING, True, None, DUE + days(1), S.WRITTEN_OVERDUE),
        (Outcome.IN_WRITING, True, DUE, DUE + days(1), S.WRITTEN_GIVEN),
        (Outcome.ESCALATED, True, None, DUE + days(90), S.ESCALATED),
        (Outcome.ESCALATED, True, DUE, DUE, S.ESCALATED_ANSWERED),
    ],
)
def test_answer_stage(outcome, published, final_on, today, stage):
    assert answer_stage(outcome, published, DUE, final_on, today) is stage


def test_every_move_but_these_is_refused():
    allowed = {
        (C.OPEN, C.IN_PROGRESS),
        (C.OPEN, C.REPORTED_DONE),
        (C.IN_PROGRESS, C.REPORTED_DONE),
        (C.REPORTED_DONE, C.CONFIRMED),
        (C.REPORTED_DONE, C.IN_PROGRESS),
        (C.CONFIRMED, C.IN_PROGRESS),
        (C.CONFIRMED, C.REPORTED_DONE),
        (C.OPEN, C.WITHDRAWN),
        (C.IN_PROGRESS, C.WITHDRAWN),
    }
    assert {(a, b) for a in C for b in C if may_move(a, b)} == allowed
    assert set(MOVES) == set(C)


@pytest.mark.parametrize(
    ("outcome", "text", "due_on", "body", "field"),
    [
        (Outcome.ANSWERED_ON_SPOT, "", None, "", "text"),
        (Outcome.NOTED, "", None, "", "text"),
        (Outcome.IN_WRITING, "", None, "", "due_on"),
        (Outcome.IN_WRITING, "", DUE, "", ""),
        (Outcome.ESCALATED, "", None, "", "escalated_to"),
        (Outcome.ESCALATED, "", None, "UBND tỉnh", ""),
        (Outcome.MOVED_TO_COMPLAINT, "", None, "", ""),
    ],
)
def test_each_outcome_asks_for_its_own(outcome, text, due_on, body, field):
    assert missing_in_answer(outcome, text, due_on, body) == field


def test_weekend():
    assert [is_weekend(date(2026, 11, 20) + days(n)) for n in range(4)] == [False, True, True, False]
