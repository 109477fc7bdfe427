"""When a letter is tried again, and when people sleep."""

from datetime import UTC, datetime, timedelta

import pytest

from dialogues.post.rules import GIVE_UP_AFTER, end_of_quiet, next_try

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


def test_pauses_grow_from_a_minute_to_hours():
    pauses = [next_try(tries, NOW, NOW) - NOW for tries in range(1, 9)]
    assert pauses == sorted(pauses)
    assert pauses[0] == timedelta(minutes=1)
    assert pauses[-1] == timedelta(hours=6)


def test_after_three_days_a_letter_has_failed():
    last = NOW + GIVE_UP_AFTER - timedelta(hours=6)
    assert next_try(20, NOW, last) is not None
    assert next_try(20, NOW, last + timedelta(seconds=1)) is None


@pytest.mark.parametrize(
    ("hour", "quiet", "until"),
    [
        ("20:59", (21, 7), None),
        ("21:00", (21, 7), "2026-11-23 07:00"),
        ("23:59", (21, 7), "2026-11-23 07:00"),
        ("00:00", (21, 7), "2026-11-22 07:00"),
        ("06:59", (21, 7), "2026-11-22 07:00"),
        ("07:00", (21, 7), None),
        ("12:30", (12, 14), "2026-11-22 14:00"),
        ("14:00", (12, 14), None),
        ("03:00", (0, 0), None),
        ("03:00", (22, 22), None),
        ("03:00", (0, 5), "2026-11-22 05:00"),
        ("23:30", (22, 0), "2026-11-23 00:00"),
    ],
)
def test_quiet_hours(hour, quiet, until):
    found = end_of_quiet(datetime.fromisoformat(f"2026-11-22 {hour}"), *quiet)
    assert found == (datetime.fromisoformat(until) if until else None)
