"""Days off that are entered later move counted days of open promises, and the story says so."""

from datetime import date

import pytest

from dialogues.followup.models import Commitment
from dialogues.followup.recount import recount
from dialogues.followup.rules import CommitmentState, DayCount, EntryKind
from dialogues.places.models import Holiday
from dialogues.staff.rules import Role
from tests.make import make_answer, make_commitment, make_holiday, make_staff, save, the_commune


@pytest.fixture(autouse=True)
def now(at):
    at("2026-11-20 09:00")  # a Friday


@pytest.fixture
def office(app, now, sign_in):
    staff = make_staff(Role.OFFICE)
    sign_in(staff)
    return staff


COUNTED = {"due_counts": DayCount.WORKING_DAYS, "due_days": 10, "due_on": date(2026, 12, 4)}


def add_day_off(client, day="2026-11-25"):
    values = {"kind": "off", "first": day, "last": "", "name": "Lễ hội làng"}
    return client.post("/office/commune/days-off", values).follow()


def test_a_counted_day_moves_and_the_story_says_why(client, office, session):
    counted, chosen = make_commitment(**COUNTED), make_commitment(due_on=date(2026, 12, 4))
    page = add_day_off(client)
    assert "1 thời hạn" in page.notice
    session.expire_all()
    found = session.get(Commitment, counted.id)
    assert (found.due_on, found.first_due_on, found.sequence) == (date(2026, 12, 7), date(2026, 12, 4), 1)
    entry = found.entries[0]
    assert (entry.kind, entry.old_due_on, entry.new_due_on) == (
        EntryKind.PLAN_CHANGED, date(2026, 12, 4), date(2026, 12, 7),
    )  # fmt: skip
    story = client.get(f"/minh-tam/commitments/{found.id}").select("#story")[0].get_text(" ", strip=True)
    assert "04/12/2026 → 07/12/2026" in story
    assert "25/11" in story
    assert session.get(Commitment, chosen.id).due_on == date(2026, 12, 4)


def test_taking_the_day_off_out_again_brings_the_day_back(client, office, session):
    counted = make_commitment(**COUNTED)
    row = make_holiday(counted.dialogue.commune, on_day=date(2026, 11, 25))
    counted.due_on = date(2026, 12, 7)
    session.commit()
    client.post(f"/office/commune/days-off/{row.id}/remove", {}).follow()
    session.expire_all()
    assert session.get(Commitment, counted.id).due_on == date(2026, 12, 4)


def test_days_off_that_came_with_the_program_move_it_too(app, session):
    """No page was opened: the table of all communes changed, and the daily command counts anew, once."""
    counted, chosen = make_commitment(**COUNTED), make_commitment(due_on=date(2026, 12, 4))
    save(Holiday(commune_id=None, on_day=date(2026, 11, 25), name="Nghỉ bù"))
    session.commit()
    run = app.test_cli_runner()
    assert "1 counted days of promises worked out anew" in run.invoke(args=["tidy"]).output
    assert "worked out anew" not in run.invoke(args=["tidy"]).output
    session.expire_all()
    found = session.get(Commitment, counted.id)
    assert (found.due_on, found.first_due_on) == (date(2026, 12, 7), date(2026, 12, 4))
    assert [(entry.kind, entry.author_id) for entry in found.entries] == [(EntryKind.PLAN_CHANGED, None)]
    assert session.get(Commitment, chosen.id).due_on == date(2026, 12, 4)


def test_only_promises_that_move_are_read(app, session, queries):
    for _ in range(3):
        make_commitment(**COUNTED)
    with queries() as seen:
        assert recount(the_commune(), None) == 0
    assert seen.count <= 3


@pytest.mark.parametrize("state", [CommitmentState.REPORTED_DONE, CommitmentState.CONFIRMED, CommitmentState.WITHDRAWN])
def test_what_is_finished_keeps_its_day(client, office, session, state):
    finished = make_commitment(**COUNTED, state=state)
    add_day_off(client)
    session.expire_all()
    assert session.get(Commitment, finished.id).due_on == date(2026, 12, 4)


def test_an_extended_promise_has_a_chosen_day(client, office, session):
    answer = make_answer()
    extended = make_commitment(answer, **COUNTED)
    values = {"version": extended.version, "new_due_on": "2026-12-15", "reason": "Mưa."}
    client.post(f"/office/commitments/{extended.id}/extend", values).follow()
    add_day_off(client)
    session.expire_all()
    assert session.get(Commitment, extended.id).due_on == date(2026, 12, 15)
