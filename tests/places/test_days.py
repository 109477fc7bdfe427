"""Counting days: every border, and what must hold for any day and any table. No app, no database."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogues.places.days import (
    HOLIDAYS,
    NATIONWIDE,
    WORKED,
    YEARS,
    DaysOff,
    calendar_deadline,
    days_before,
    is_day_off,
    is_sure,
    lacks_tet,
    last_working_day,
    next_working_day,
    working_deadline,
)
from dialogues.places.rules import RULES, RuleName, Stricter, binding

NONE = DaysOff()
DAYS = st.dates(date(1990, 1, 1), date(2100, 12, 31))
TABLES = st.frozensets(st.dates(date(2026, 1, 1), date(2026, 12, 31)), max_size=60).map(DaysOff)


@pytest.mark.parametrize(
    ("day", "off"),
    [
        (date(2026, 4, 24), False),
        (date(2026, 4, 25), True),
        (date(2026, 4, 26), True),
        (date(2026, 4, 27), True),
        (date(2026, 4, 28), False),
        (date(2026, 4, 30), True),
        (date(2026, 5, 1), True),
        (date(2026, 5, 4), False),
        (date(2026, 9, 1), True),
        (date(2026, 9, 2), True),
        (date(2026, 9, 3), False),
    ],
)
def test_weekends_and_the_table_are_days_off(day, off):
    assert is_day_off(day, NATIONWIDE) is off


def test_ten_working_days_pass_over_weekends_and_holidays():
    """22 April to 11 May 2026: not counted are the first day, three weekends, 27 and 30 April and 1 May."""
    found = working_deadline(date(2026, 4, 22), 10, NATIONWIDE)
    assert found.on == date(2026, 5, 11)
    assert found.skipped == (date(2026, 4, 27), date(2026, 4, 30), date(2026, 5, 1))
    assert working_deadline(date(2026, 4, 22), 10, NONE).on == date(2026, 5, 6)


@pytest.mark.parametrize(
    ("start", "on", "moved_from"),
    [
        (date(2026, 11, 10), date(2026, 11, 20), None),
        (date(2026, 11, 11), date(2026, 11, 23), date(2026, 11, 21)),
        (date(2026, 11, 12), date(2026, 11, 23), date(2026, 11, 22)),
        (date(2026, 11, 13), date(2026, 11, 23), None),
        (date(2026, 2, 6), date(2026, 2, 23), date(2026, 2, 16)),
        (date(2024, 2, 19), date(2024, 2, 29), None),
    ],
)
def test_an_end_on_a_day_off_moves_to_the_next_working_day(start, on, moved_from):
    found = calendar_deadline(start, 10, NATIONWIDE)
    assert (found.on, found.moved_from) == (on, moved_from)


def test_a_last_day_before_an_event_never_moves():
    assert days_before(date(2026, 11, 28), 7).on == date(2026, 11, 21)


def test_the_holidays_of_every_known_year_are_there():
    for year in YEARS:
        for month, day in ((1, 1), (4, 30), (5, 1), (9, 2)):
            assert date(year, month, day) in HOLIDAYS
        names = [name for day, name in HOLIDAYS.items() if day.year == year]
        assert names.count("Tết Nguyên đán") >= 5
        assert names.count("Giỗ Tổ Hùng Vương") == 1


def test_tet_of_a_year_is_known_when_it_was_decided_or_entered():
    assert not lacks_tet(2026, ())
    assert lacks_tet(2027, ())
    assert lacks_tet(2027, frozenset({date(2027, 4, 30)}))
    assert not lacks_tet(2027, frozenset({date(2027, 2, 10)}))


@pytest.mark.parametrize("amount", [-1, 1001, 10**9])
def test_numbers_of_days_that_no_rule_has_are_refused(amount):
    for count in (working_deadline, calendar_deadline):
        with pytest.raises(ValueError, match="cannot be counted"):
            count(date(2026, 1, 1), amount, NONE)
    with pytest.raises(ValueError, match="cannot be counted"):
        days_before(date(2026, 1, 1), amount)


@given(DAYS, st.integers(0, 60), TABLES)
def test_a_working_deadline_counts_exactly_its_working_days(start, amount, table):
    found = working_deadline(start, amount, table)
    passed = [start + timedelta(days=n) for n in range(1, (found.on - start).days + 1)]
    assert sum(not is_day_off(day, table) for day in passed) == amount
    assert amount == 0 or not is_day_off(found.on, table)
    assert set(found.skipped) <= table.off


@given(DAYS, st.integers(0, 60), TABLES)
def test_a_calendar_deadline_is_a_working_day_and_never_earlier(start, amount, table):
    found = calendar_deadline(start, amount, table)
    plain = start + timedelta(days=amount)
    assert found.on >= plain
    assert not is_day_off(found.on, table)
    assert (found.moved_from is None) == (found.on == plain)
    assert all(is_day_off(plain + timedelta(days=n), table) for n in range((found.on - plain).days))
    assert calendar_deadline(start, amount, table, moves=False).on == plain


def test_a_worked_saturday_is_a_working_day():
    """22 August 2026 was worked for the bridge day of 31 August."""
    assert not is_day_off(date(2026, 8, 22), NATIONWIDE)
    found = working_deadline(date(2026, 8, 20), 2, NATIONWIDE)
    assert (found.on, found.worked) == (date(2026, 8, 22), (date(2026, 8, 22),))
    assert calendar_deadline(date(2026, 8, 12), 10, NATIONWIDE).on == date(2026, 8, 22)
    for worked, bridge in WORKED.items():
        assert worked.weekday() >= 5
        assert bridge.weekday() < 5
        assert bridge in HOLIDAYS


def test_days_of_undecided_years_are_to_be_checked():
    assert all(is_sure(day) for day in HOLIDAYS if day.year <= 2026)
    assert {day for day in HOLIDAYS if day.year == 2027 and is_sure(day)} == {
        date(2027, 1, 1), date(2027, 4, 30), date(2027, 5, 1), date(2027, 9, 2),
    }  # fmt: skip


@given(DAYS, TABLES)
def test_next_and_last_working_day_agree(day, table):
    after, before = next_working_day(day, table), last_working_day(day, table)
    assert before <= day <= after
    assert (before == after == day) is not is_day_off(day, table)


@given(DAYS, st.integers(0, 40), TABLES, st.dates(date(2026, 1, 1), date(2026, 12, 31)))
def test_one_more_day_off_never_makes_a_deadline_earlier(start, amount, table, extra):
    for count in (working_deadline, calendar_deadline):
        assert count(start, amount, DaysOff(table.off | {extra})).on >= count(start, amount, table).on


# -- numbers ----------------------------------------------------------------------------------------------------------


def test_the_numbers_of_the_law_are_these():
    today = date(2026, 11, 22)
    assert {name.value: rule.on(today) for name, rule in RULES.items() if rule.is_law} == {
        "dialogues_a_year": 1,
        "voter_share": 10,
        "notice_days": 7,
        "result_days": 10,
        "data_answer_days": 2,
        "data_stop_days": 15,
        "data_show_days": 10,
        "data_erase_days": 20,
        "first_word_days": 10,
    }
    assert set(RULES) == set(RuleName)


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        (RuleName.RESULT_DAYS, 1, 10),
        (RuleName.NOTICE_DAYS, 7, 7),
        (RuleName.DIALOGUES_A_YEAR, 1, 12),
        (RuleName.VOTER_SHARE, 1, 10),
        (RuleName.FIRST_WORD_DAYS, 1, 10),
    ],
)
def test_what_the_law_says_can_only_be_made_stricter(name, low, high):
    assert RULES[name].bounds(date(2026, 11, 22)) == (low, high)


@given(st.sampled_from([n for n, r in RULES.items() if r.is_law]), st.integers(-5, 500), DAYS, DAYS)
def test_no_row_in_the_table_loosens_the_law(name, value, since, day):
    """Also not a row that stands there from a time when the law was another."""
    rule = RULES[name]
    found = binding(rule, rule.values, [(since, value)], day)
    assert found >= rule.on(day) if rule.stricter is Stricter.MORE else found <= rule.on(day)


def test_a_stricter_law_that_comes_later_wins_over_the_commune():
    rule = RULES[RuleName.RESULT_DAYS]
    law = [*rule.values, (date(2027, 1, 1), 5)]
    own = [(date(2026, 6, 1), 8)]
    days = (date(2026, 5, 31), date(2026, 6, 1), date(2026, 12, 31), date(2027, 1, 1))
    assert [binding(rule, law, own, day) for day in days] == [10, 8, 8, 5]
