"""Dates and rules at the edge of the calendar: a clear sentence, nothing half done, and the proposed last day."""

import pytest

from dialogues.extensions import db
from dialogues.schedule.models import Dialogue
from dialogues.schedule.round_models import Round, Series, VoterRequest
from tests.make import make_round, make_series, make_staff


@pytest.fixture
def office(app, at, sign_in):
    at("2026-11-27 08:00")
    staff = make_staff()
    sign_in(staff)
    return staff


def test_the_last_day_to_hold_a_requested_dialogue_is_proposed_as_a_working_day(office, client):
    """30 days from Friday 27 November end on Sunday 27 December."""
    assert client.get("/office/plan/requests/new").form()["deadline_on"] == "2026-12-28"


@pytest.mark.parametrize("day", ["1900-01-01", "9999-12-31", "0001-01-01", "2026-02-30", "2026-13-01", "x" * 3000, ""])
def test_days_that_no_plan_has_are_refused_everywhere(office, client, day):
    series, one = make_series(), make_round()
    rows = [db.session.query(model).count() for model in (Series, Round, Dialogue, VoterRequest)]
    hours = {"starts": "07:30", "ends": "11:30", "place": "", "address": "", "chair_id": ""}
    rule = {"pattern": "months", "months": "6", "nth": "1", "weekday": "0", "rule": "", "do": "save", "ends_on": ""}
    sent = {
        "/office/plan/series/new": {"title": "A", "starts_on": day, **hours, **rule},
        f"/office/plan/series/{series.id}/end": {"last_on": day, "version": str(series.version)},
        f"/office/plan/rounds/{one.id}/move": {"starts_on": day, **hours, "version": str(one.version)},
        f"/office/plan/rounds/{one.id}/later": {"starts_on": day, **hours, **rule, "version": str(one.version)},
        "/office/plan/rounds/new": {
            "starts_on": day, **hours, "title": "A", "trigger": "necessity", "trigger_reason": "B", "decided_by": "C",
        },
        "/office/plan/requests/new": {
            "received_on": "2026-11-20", "deadline_on": day, "about": "A", "voters": "9", "signatures": "1",
        },
    }  # fmt: skip
    for url, values in sent.items():
        answer = client.post(url, values, status=303 if url.endswith("/later") else 422)
        assert url.endswith("/later") or answer.select(".error-summary")
    db.session.rollback()
    assert rows == [db.session.query(model).count() for model in (Series, Round, Dialogue, VoterRequest)]


@pytest.mark.parametrize("hours", [("11:30", "07:30"), ("07:30", "07:30"), ("25:00", "26:00"), ("", "11:30")])
def test_an_end_before_the_start_is_refused_everywhere(office, client, hours):
    one = make_round()
    times = {"starts_on": "2026-12-09", "starts": hours[0], "ends": hours[1], "place": "", "address": ""}
    url = f"/office/plan/rounds/{one.id}"
    for what in ("move", "open"):
        form = client.get(f"{url}/{what}").form("opening" if what == "open" else None)
        prefix = "p1_" if what == "open" else ""
        named = {f"{prefix}{name}": value for name, value in times.items()}
        assert form.fill(**named).submit(status=422).select(".error-summary")
    db.session.rollback()
    assert db.session.query(Dialogue).count() == 0
