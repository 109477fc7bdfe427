"""Rules of series: read or refused, and every expansion ends."""

import time
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialogues.schedule.recurrence import (
    MOST,
    BadRule,
    Fault,
    Pattern,
    days,
    every_months,
    left_out,
    months_later,
    nth_weekday,
    plain,
    preview,
    read,
    weeks,
)

TODAY = date(2026, 11, 23)
LAST = months_later(TODAY, 18)


def faulted(text, ends_on=None):
    with pytest.raises(BadRule) as refused:
        preview(read(text), TODAY, ends_on, TODAY, LAST)
    return refused.value.fault


def test_first_saturday_of_june_and_december():
    rule = nth_weekday(1, 5, (12, 6))
    assert days(rule, TODAY, TODAY, LAST) == [date(2026, 12, 5), date(2027, 6, 5), date(2027, 12, 4)]
    assert plain(rule).of_months == (6, 12)


@pytest.mark.parametrize(("months", "expected"), [(3, 7), (6, 4), (12, 2)])
def test_every_so_many_months_is_on_the_day_of_the_first(months, expected):
    found = days(every_months(months), TODAY, TODAY, LAST)
    assert len(found) == expected
    assert {day.day for day in found} == {23}
    assert plain(every_months(months)).pattern is Pattern.MONTHS


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", Fault.EMPTY),
        ("   \n ", Fault.EMPTY),
        ("every Tuesday", Fault.UNREADABLE),
        ("FREQ=MONTHLY;INTERVAL=0", Fault.UNREADABLE),
        ("FREQ=MONTHLY;INTERVAL=-1", Fault.UNREADABLE),
        ("FREQ=MONTHLY;INTERVAL=99999999999999", Fault.UNREADABLE),
        ("FREQ=MONTHLY;INTERVAL=١٢", Fault.UNREADABLE),
        ("FREQ=MONTHLY;FREQ=YEARLY", Fault.UNREADABLE),
        ("FREQ=MONTHLY;BYDAY=9XX", Fault.UNREADABLE),
        ("FREQ=MONTHLY;BYEASTER=1", Fault.UNREADABLE),
        ("FREQ=MONTHLY;BYSETPOS=1", Fault.UNREADABLE),
        ("FREQ=MONTHLY;COUNT=3;UNTIL=20300101", Fault.UNREADABLE),
        ("FREQ=MONTHLY;UNTIL=20301399", Fault.UNREADABLE),
        ("A" * 5000, Fault.UNREADABLE),
        ("FREQ=SECONDLY", Fault.TOO_FAST),
        ("FREQ=MINUTELY;INTERVAL=5", Fault.TOO_FAST),
        ("RRULE:FREQ=HOURLY", Fault.TOO_FAST),
        ("FREQ=MONTHLY;BYHOUR=8", Fault.HOURS),
        ("DTSTART:20260101T000000\nRRULE:FREQ=MONTHLY", Fault.SEVERAL),
        ("FREQ=WEEKLY;BYSETPOS=1;BYDAY=MO", Fault.NOT_HERE),
        ("FREQ=MONTHLY;BYWEEKNO=5", Fault.NOT_HERE),
        ("FREQ=DAILY", Fault.TOO_OFTEN),
        ("FREQ=WEEKLY", Fault.TOO_OFTEN),
        ("FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30", Fault.NO_DAY),
        ("FREQ=DAILY;INTERVAL=7;BYDAY=SU", Fault.NO_DAY),
        ("FREQ=YEARLY;UNTIL=20200101", Fault.ENDS_BEFORE_START),
    ],
)
def test_what_makes_no_plan_is_refused_with_its_reason(text, fault):
    assert faulted(text) is fault


def test_an_end_before_the_first_day_is_refused():
    assert faulted("FREQ=MONTHLY;INTERVAL=6", TODAY - timedelta(days=1)) is Fault.ENDS_BEFORE_START


def test_a_rule_without_end_stops_at_the_last_day_asked_for():
    found = days("FREQ=MONTHLY", TODAY, TODAY, date(9999, 12, 31), most=MOST)
    assert len(found) == MOST


def test_until_holds_the_last_day_and_count_counts_from_the_first():
    assert days(read("FREQ=MONTHLY;UNTIL=20270123T235959Z"), TODAY, TODAY, LAST)[-1] == date(2027, 1, 23)
    assert len(days(read("FREQ=MONTHLY;COUNT=2"), TODAY, TODAY, LAST)) == 2
    assert days(read("FREQ=MONTHLY;COUNT=2"), TODAY, date(2027, 6, 1), LAST) == []


def test_a_rule_on_day_31_says_which_months_it_leaves_out():
    start = date(2026, 8, 31)
    assert left_out(every_months(3), start, start, date(2027, 12, 31)) == [
        date(2026, 11, 1), date(2027, 2, 1), date(2027, 11, 1),
    ]  # fmt: skip
    assert left_out(every_months(3), date(2026, 8, 28), start, LAST) == []
    assert left_out("FREQ=YEARLY", date(2028, 2, 29), date(2028, 2, 29), date(2030, 12, 31)) == [
        date(2029, 2, 1), date(2030, 2, 1),
    ]  # fmt: skip


def test_weeks_of_a_month_begin_on_monday_and_hold_all_its_days():
    for month in range(1, 13):
        found = weeks(2027, month)
        flat = [day for week in found for day in week]
        assert found[0][0].weekday() == 0
        assert flat == [flat[0] + timedelta(days=n) for n in range(len(flat))]
        assert sum(day.month == month for day in flat) in (28, 30, 31)


NUMBERS = st.lists(st.integers(-5, 40), min_size=1, max_size=3).map(lambda found: ",".join(map(str, found)))
WEEKDAYS = st.sampled_from(["MO", "TU,TH", "1SA", "-1FR", "5MO", "SU", "53WE"])
PARTS = st.fixed_dictionaries(
    {"FREQ": st.sampled_from(["YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "SECONDLY", "OFTEN"])},
    optional={
        "INTERVAL": st.integers(-1, 500).map(str),
        "COUNT": st.integers(0, 1200).map(str),
        "UNTIL": st.sampled_from(["19000101", "20270601", "99991231", "20270601T120000Z", "2027"]),
        "BYMONTH": NUMBERS,
        "BYMONTHDAY": NUMBERS,
        "BYDAY": WEEKDAYS,
        "BYSETPOS": NUMBERS,
        "BYYEARDAY": NUMBERS,
        "WKST": st.sampled_from(["MO", "SU", "XX"]),
    },
)


@settings(max_examples=80, deadline=None)
@given(PARTS, st.dates(date(2024, 1, 1), date(2030, 12, 31)))
def test_every_rule_is_refused_or_gives_few_days_in_order_within_bounds_soon(parts, starts_on):
    begun = time.perf_counter()
    try:
        found = preview(
            read(";".join(f"{name}={value}" for name, value in parts.items())), starts_on, None, TODAY, LAST
        )
    except BadRule:
        pass
    else:
        assert found == sorted(set(found))
        assert len(found) <= MOST
        assert all(max(TODAY, starts_on) <= day <= LAST for day in found)
    assert time.perf_counter() - begun < 5


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_junk_is_refused_and_never_crashes(text):
    try:
        read(text)
    except BadRule:
        return
    assert text.strip().upper().removeprefix("RRULE:").startswith("FREQ")


@given(st.sampled_from([1, 2, 3, 4, -1]), st.integers(0, 6), st.sets(st.integers(1, 12), min_size=1))
def test_a_rule_in_plain_words_reads_back_as_it_was_chosen(nth, weekday, months):
    rule = nth_weekday(nth, weekday, tuple(months))
    assert read(rule) == rule
    found = plain(rule)
    assert (found.nth, found.weekday, set(found.of_months)) == (nth, weekday, months)
