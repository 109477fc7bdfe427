"""Which report is spoken about, and what becomes of a promise by what is said of it."""

from datetime import date

import pytest

from dialogues.followup.rules import CommitmentState, EntryKind
from dialogues.verdicts.rules import Judgement, is_too_late, standing_report, state_after

E, J, S = EntryKind, Judgement, CommitmentState


@pytest.mark.parametrize(
    ("kinds", "place"),
    [
        ([], None),
        ([E.PROGRESS], None),
        ([E.PROGRESS, E.REPORTED_DONE], 1),
        ([E.REPORTED_DONE, E.CONFIRMED], 0),
        ([E.REPORTED_DONE, E.OBJECTED, E.REOPENED, E.CONFIRMED], 0),
        ([E.REPORTED_DONE, E.REOPENED, E.PROGRESS], None),
        ([E.REPORTED_DONE, E.REOPENED, E.EXTENSION], None),
        ([E.REPORTED_DONE, E.HANDED_OVER], 0),
        ([E.REPORTED_DONE, E.WITHDRAWN], None),
        ([E.REPORTED_DONE, E.REOPENED, E.REPORTED_DONE], 2),
    ],
)
def test_the_last_report_stands_until_the_next_step(kinds, place):
    assert standing_report(kinds) == place


@pytest.mark.parametrize(
    ("state", "judgements", "then"),
    [
        (S.REPORTED_DONE, [J.DONE], S.CONFIRMED),
        (S.REPORTED_DONE, [J.DONE, J.PARTLY], S.CONFIRMED),
        (S.REPORTED_DONE, [J.PARTLY], S.REPORTED_DONE),
        (S.REPORTED_DONE, [J.DONE, J.NOT_DONE], S.IN_PROGRESS),
        (S.CONFIRMED, [J.DONE, J.NOT_DONE], S.IN_PROGRESS),
        (S.CONFIRMED, [J.PARTLY], S.REPORTED_DONE),
        (S.IN_PROGRESS, [J.DONE], S.CONFIRMED),
        (S.IN_PROGRESS, [J.PARTLY], S.IN_PROGRESS),
    ],
)
def test_one_not_done_opens_it_again_and_done_confirms_only_while_nobody_says_so(state, judgements, then):
    assert state_after(state, judgements) is then


def test_a_promise_is_opened_again_within_ninety_days():
    assert not is_too_late(None, date(2026, 11, 20))
    assert not is_too_late(date(2026, 8, 22), date(2026, 11, 20))
    assert is_too_late(date(2026, 8, 21), date(2026, 11, 20))
