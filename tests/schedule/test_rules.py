"""Dialogues: phases at every border, moves, the days of the law. No app, no database."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from dialogues.places.days import days_before
from dialogues.schedule.plan import Plan, Times, facts_to_check
from dialogues.schedule.rules import (
    MOVES,
    PUBLIC_STATES,
    REQUIRED,
    AnnouncementCheck,
    DialogueKind,
    DialogueState,
    HoldingForm,
    Phase,
    Trigger,
    missing_for_announcement,
    phase,
    takes_questions,
)

S, C = DialogueState, AnnouncementCheck
STARTS = datetime(2026, 11, 22, 0, 30, tzinfo=UTC)
ENDS = STARTS + timedelta(hours=4)
CLOSES = STARTS - timedelta(days=5)
MOMENT = timedelta(microseconds=1)


RESULT_ON = STARTS.date() + timedelta(days=10)


def announced(now, deadline=CLOSES):
    return phase(S.ANNOUNCED, STARTS, ENDS, deadline, now, now.date(), RESULT_ON, True)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (CLOSES - MOMENT, Phase.COLLECTING),
        (CLOSES, Phase.CLOSED_FOR_QUESTIONS),
        (CLOSES + MOMENT, Phase.CLOSED_FOR_QUESTIONS),
        (STARTS - MOMENT, Phase.CLOSED_FOR_QUESTIONS),
        (STARTS, Phase.RUNNING),
        (ENDS - MOMENT, Phase.RUNNING),
        (ENDS, Phase.AWAITING_RECORD),
        (ENDS + timedelta(days=10), Phase.AWAITING_RECORD),
        (ENDS + timedelta(days=11), Phase.RESULT_OVERDUE),
        (ENDS + timedelta(days=400), Phase.RESULT_OVERDUE),
    ],
)
def test_an_announced_dialogue_follows_the_clock(now, expected):
    assert announced(now) is expected


def test_without_deadline_questions_are_taken_until_the_start():
    assert announced(STARTS - MOMENT, None) is Phase.COLLECTING
    assert announced(STARTS, None) is Phase.RUNNING


@pytest.mark.parametrize("state", [S.HELD, S.CONCLUDED, S.PUBLISHED])
@pytest.mark.parametrize(("days", "is_overdue"), [(0, False), (9, False), (10, False), (11, True)])
def test_a_result_is_overdue_from_the_eleventh_day(state, days, is_overdue):
    """R5: public within 10 days by all three ways, not on this site alone; the day of the session is not counted."""
    today = STARTS.date() + timedelta(days=days)
    found = phase(state, STARTS, ENDS, CLOSES, ENDS + timedelta(days=days), today, RESULT_ON, False)
    assert (found is Phase.RESULT_OVERDUE) == is_overdue
    assert is_overdue or found is (Phase.CONCLUDED if state is S.PUBLISHED else Phase(state.value))


@pytest.mark.parametrize("state", [S.DRAFT, S.PUBLISHED, S.POSTPONED, S.CANCELLED])
def test_other_states_do_not_follow_the_clock(state):
    for now in (CLOSES, STARTS, ENDS, ENDS + timedelta(days=99)):
        assert phase(state, STARTS, ENDS, CLOSES, now, now.date(), RESULT_ON, True) is Phase(state.value)


@pytest.mark.parametrize(
    ("state", "now", "takes"),
    [
        (S.ANNOUNCED, CLOSES - MOMENT, True),
        (S.ANNOUNCED, CLOSES, False),
        (S.POSTPONED, ENDS + timedelta(days=30), True),
        (S.DRAFT, CLOSES - MOMENT, False),
        (S.CANCELLED, CLOSES - MOMENT, False),
        (S.HELD, ENDS, False),
    ],
)
def test_questions_are_taken_while_collecting_and_while_postponed(state, now, takes):
    assert takes_questions(state, STARTS, CLOSES, now) is takes


def test_moves_are_exactly_these():
    moves = {(before, after) for before, targets in MOVES.items() for after in targets}
    assert moves == {
        (S.DRAFT, S.ANNOUNCED),
        (S.DRAFT, S.CANCELLED),
        (S.ANNOUNCED, S.HELD),
        (S.ANNOUNCED, S.POSTPONED),
        (S.ANNOUNCED, S.CANCELLED),
        (S.POSTPONED, S.ANNOUNCED),
        (S.POSTPONED, S.CANCELLED),
        (S.HELD, S.CONCLUDED),
        (S.CONCLUDED, S.PUBLISHED),
        (S.CONCLUDED, S.HELD),
    }
    assert set(MOVES) == set(S)


def test_a_draft_is_the_only_state_that_residents_never_see():
    assert set(S) - PUBLIC_STATES == {S.DRAFT}


COMPLETE = Plan(
    kind=DialogueKind.REGULAR,
    trigger=Trigger.REGULAR,
    trigger_reason="",
    form=HoldingForm.IN_PERSON,
    title="Đối thoại",
    purpose="Nghe Nhân dân.",
    topics=("roads",),
    village_ids=(),
    place="Hội trường",
    address="",
    online_link="",
    times=Times(STARTS, ENDS, CLOSES),
    chair_id=1,
    co_chair_id=2,
    secretary_id=None,
    mttq_partner="MTTQ xã",
    party_invited=True,
    hotline="",
    how_to_attend="Ai cũng được vào.",
)
SESSION_ON = STARTS.date()
LONG_BEFORE = STARTS - timedelta(days=30)


def missing(now=LONG_BEFORE, session_on=SESSION_ON, **changes):
    plan = facts_to_check(replace(COMPLETE, **changes), days_before(session_on, 7).on)
    return missing_for_announcement(plan, now, now.date())


def test_a_complete_plan_misses_nothing():
    assert missing() == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"times": None}, C.TIME),
        ({"place": ""}, C.PLACE),
        ({"form": HoldingForm.ONLINE}, C.PLACE),
        ({"form": HoldingForm.HYBRID}, C.PLACE),
        ({"form": HoldingForm.HYBRID, "online_link": "https://x.example", "place": ""}, C.PLACE),
        ({"purpose": ""}, C.CONTENT),
        ({"topics": ()}, C.CONTENT),
        ({"how_to_attend": ""}, C.HOW_TO_ATTEND),
        ({"mttq_partner": ""}, C.MTTQ),
        ({"chair_id": None}, C.CHAIR),
        ({"co_chair_id": None}, C.CO_CHAIR),
        ({"party_invited": False}, C.PARTY),
    ],
)
def test_each_missing_part_is_named(changes, expected):
    assert missing(**changes) == [expected]


def test_an_online_dialogue_needs_its_link_and_no_place():
    assert missing(form=HoldingForm.ONLINE, place="", online_link="https://x.example") == []


def test_a_start_that_has_come_is_no_time_and_is_late():
    assert missing(now=STARTS) == [C.TIME, C.NOTICE]
    assert missing(now=STARTS - MOMENT, session_on=date(2026, 12, 31)) == []


@pytest.mark.parametrize(("days", "is_late"), [(8, False), (7, False), (6, True), (0, True)])
def test_an_announcement_is_late_with_less_than_seven_days(days, is_late):
    """R4: on the 15th for the 22nd is still in time."""
    now = STARTS - timedelta(days=days, hours=0 if days else 1)
    assert (C.NOTICE in missing(now=now)) is is_late


def test_what_the_law_names_cannot_be_answered_with_a_reason():
    assert {C.TIME, C.PLACE, C.CONTENT, C.HOW_TO_ATTEND} == REQUIRED
