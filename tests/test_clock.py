from datetime import UTC, date, datetime

from dialogues import clock


def test_the_day_is_the_communes_day(at):
    at("2026-11-22 00:30")
    assert clock.now().date() == date(2026, 11, 21)
    assert clock.today() == date(2026, 11, 22)


def test_wall_time_and_instant_turn_into_each_other():
    moment = clock.instant(datetime(2026, 11, 22, 7, 30))
    assert moment == datetime(2026, 11, 22, 0, 30, tzinfo=UTC)
    assert clock.local(moment).hour == 7


def test_the_clock_can_run_ahead_to_try_out_what_time_brings(at):
    at("2026-11-22 09:00")
    clock.run_ahead(30)
    try:
        assert clock.today() == date(2026, 12, 22)
    finally:
        clock.run_ahead(0)
    assert clock.today() == date(2026, 11, 22)
