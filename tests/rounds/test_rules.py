"""How a year is counted, where a round stands, who clashes with whom, how villages are split. No database."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogues.places.days import DaysOff
from dialogues.schedule.round_plan import Busy, VillageFacts, clashes, day_notes, propose
from dialogues.schedule.round_rules import (
    DayNote,
    RoundStage,
    RoundState,
    Split,
    count_year,
    needed_signatures,
    needs_warning,
    share_reached,
    stage,
)
from dialogues.schedule.rules import DialogueState

S, G = DialogueState, RoundStage
TODAY = date(2026, 11, 23)
PAST, AHEAD = TODAY - timedelta(days=3), TODAY + timedelta(days=40)


@pytest.mark.parametrize(
    ("state", "on", "dialogues", "expected"),
    [
        (RoundState.PLANNED, AHEAD, [], G.PLANNED),
        (RoundState.PLANNED, TODAY + timedelta(days=20), [], G.TO_OPEN),
        (RoundState.PLANNED, TODAY + timedelta(days=21), [], G.PLANNED),
        (RoundState.PLANNED, TODAY, [], G.TO_OPEN),
        (RoundState.PLANNED, PAST, [], G.MISSED),
        (RoundState.SKIPPED, PAST, [], G.SKIPPED),
        (RoundState.OPENED, AHEAD, [], G.CANCELLED),
        (RoundState.OPENED, AHEAD, [(S.DRAFT, AHEAD)], G.PREPARED),
        (RoundState.OPENED, AHEAD, [(S.DRAFT, AHEAD), (S.ANNOUNCED, AHEAD)], G.ANNOUNCED),
        (RoundState.OPENED, PAST, [(S.ANNOUNCED, PAST)], G.NOT_RECORDED),
        (RoundState.OPENED, PAST, [(S.HELD, PAST), (S.ANNOUNCED, AHEAD)], G.ANNOUNCED),
        (RoundState.OPENED, PAST, [(S.HELD, PAST), (S.CANCELLED, PAST)], G.HELD),
        (RoundState.OPENED, PAST, [(S.PUBLISHED, PAST), (S.CONCLUDED, PAST)], G.HELD),
        (RoundState.OPENED, PAST, [(S.CANCELLED, PAST)], G.CANCELLED),
        (RoundState.OPENED, PAST, [(S.POSTPONED, PAST)], G.POSTPONED),
        (RoundState.OPENED, PAST, [(S.POSTPONED, PAST), (S.PUBLISHED, PAST)], G.POSTPONED),
    ],
)
def test_where_a_round_stands(state, on, dialogues, expected):
    assert stage(state, on, dialogues, TODAY) is expected


def test_the_year_counts_rounds_and_says_what_is_missing():
    count = count_year(2026, 4, [G.HELD, G.PLANNED, G.MISSED, G.SKIPPED, G.CANCELLED])
    assert (count.held, count.planned, count.late, count.missing) == (1, 1, 1, 2)
    assert not count.is_fulfilled
    assert count_year(2026, 1, [G.HELD, G.HELD]).missing == 0


def test_the_warning_comes_ninety_days_before_the_year_ends():
    count = count_year(2026, 1, [])
    assert not needs_warning(count, date(2026, 10, 1))
    assert needs_warning(count, date(2026, 10, 2))
    assert not needs_warning(count_year(2026, 1, [G.HELD]), date(2026, 12, 31))


@pytest.mark.parametrize(
    ("valid", "voters", "reached"), [(686, 6868, False), (687, 6868, True), (0, 0, False), (1, 10, True)]
)
def test_the_share_is_exact(valid, voters, reached):
    assert share_reached(valid, voters, 10) is reached


@given(st.integers(1, 10**7), st.integers(1, 100))
def test_needed_signatures_are_the_fewest_that_reach_the_share(voters, percent):
    needed = needed_signatures(voters, percent)
    assert share_reached(needed, voters, percent)
    assert not share_reached(needed - 1, voters, percent)


def busy(number, start, hours=4, people=(), place=""):
    at = datetime(2026, 12, 5, start, tzinfo=UTC)
    return Busy(("round", number), f"Đợt {number}", at, at + timedelta(hours=hours), frozenset(people), place)


def test_same_chair_or_same_place_at_the_same_time_clash():
    found = clashes(
        [busy(1, 7, people=[5], place="Hội trường"), busy(2, 9, people=[5]), busy(3, 10, place="HỘI TRƯỜNG")]
    )
    assert [note.kind for note in found["round", 1]] == [DayNote.SAME_CHAIR, DayNote.SAME_PLACE]
    assert [note.other for note in found["round", 2]] == ["Đợt 1"]


def test_one_after_the_other_and_nothing_in_common_do_not_clash():
    assert clashes([busy(1, 7, people=[5], place="A"), busy(2, 11, people=[5], place="A")]) == {}
    assert clashes([busy(1, 7, people=[5], place="A"), busy(2, 8, people=[6], place="B"), busy(3, 8)]) == {}


def test_holiday_counts_before_weekend():
    saturday = date(2026, 12, 5)
    assert [note.kind for note in day_notes(saturday, DaysOff())] == [DayNote.WEEKEND]
    assert [note.kind for note in day_notes(saturday, DaysOff(frozenset({saturday})))] == [DayNote.HOLIDAY]
    assert day_notes(date(2026, 12, 4), DaysOff()) == []


def test_former_communes_stay_together():
    villages = [VillageFacts(1, "xã Minh Khê", 5), VillageFacts(2, "xã Tâm Phú", 5), VillageFacts(3, "xã Minh Khê", 5)]
    assert propose(villages, Split.FORMER_COMMUNE) == {1: 1, 2: 2, 3: 1}
    assert set(propose(villages, Split.WHOLE).values()) == {1}


@given(st.lists(st.one_of(st.none(), st.integers(0, 3000)), min_size=1, max_size=40), st.integers(1, 12))
def test_split_by_voters_gives_every_village_one_part_and_leaves_none_empty(voters, parts):
    found = propose([VillageFacts(n, "", count) for n, count in enumerate(voters)], Split.VOTERS, parts)
    numbers = list(found.values())
    assert numbers == sorted(numbers)
    assert set(numbers) == set(range(1, min(parts, len(voters)) + 1))


def test_split_by_voters_is_about_even():
    found = propose([VillageFacts(n, "", 100) for n in range(14)], Split.VOTERS, 4)
    sizes = [list(found.values()).count(number) for number in range(1, 5)]
    assert max(sizes) - min(sizes) <= 1
