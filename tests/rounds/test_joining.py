"""A dialogue that stands already is put into a round, or taken out: the year counts rounds."""

import pytest

from dialogues import clock
from dialogues.extensions import db
from dialogues.schedule import duty, rounds
from dialogues.schedule.models import Dialogue
from dialogues.schedule.round_models import Round
from dialogues.schedule.round_rules import RequestState, RoundState
from dialogues.schedule.rules import DialogueState
from tests.make import (
    make_commune,
    make_dialogue,
    make_request,
    make_round,
    make_series,
    make_staff,
    make_village,
    the_commune,
    wall,
)


@pytest.fixture(autouse=True)
def monday(at):
    at("2026-11-23 08:00")


@pytest.fixture
def office(app, sign_in):
    staff = make_staff()
    sign_in(staff)
    return staff


def join(client, dialogue, one, status=303):
    page = client.get(f"/office/plan/dialogues/{dialogue.id}/round")
    found = page.form().fill(round_id=str(one.id) if one else "").submit(status=status)
    db.session.expire_all()
    return found


def held(year=2026):
    lines = rounds.year_lines(the_commune(), year, clock.now())
    return duty.year_count(the_commune(), year, lines).held


def test_two_dialogues_put_into_one_round_count_once(office, client):
    here, there = make_village(), make_village()
    one, two = (make_dialogue(state=DialogueState.HELD, villages=[village]) for village in (here, there))
    assert held() == 2
    planned = make_round(series=make_series(), starts_at=wall(10))
    join(client, one, planned)
    join(client, two, planned)
    assert planned.state is RoundState.OPENED
    assert {dialogue.id for dialogue in planned.dialogues} == {one.id, two.id}
    assert planned.starts_at == one.starts_at
    assert held() == 1
    assert "Đợt đối thoại" in client.get(f"/office/dialogues/{one.id}").text


def test_a_round_that_loses_its_last_dialogue_is_planned_again_or_skipped(office, client):
    ahead, past = make_dialogue(), make_dialogue(state=DialogueState.HELD)
    for dialogue, state in ((ahead, RoundState.PLANNED), (past, RoundState.SKIPPED)):
        one = make_round(state=RoundState.OPENED, starts_at=dialogue.starts_at, dialogues=[dialogue])
        join(client, dialogue, None)
        assert dialogue.round is None
        assert one.state is state


def test_a_request_of_voters_goes_along_with_its_dialogue(office, client):
    dialogue, other = make_dialogue(), make_round(starts_at=wall(12))
    old = make_round(state=RoundState.OPENED, starts_at=dialogue.starts_at, dialogues=[dialogue])
    asked = make_request(state=RequestState.ACCEPTED, round_id=old.id)
    join(client, dialogue, other)
    assert asked.round_id == other.id


def test_a_village_stands_in_one_dialogue_of_a_round_only(office, client):
    village = make_village()
    one = make_dialogue(villages=[village])
    full = make_round(state=RoundState.OPENED, starts_at=wall(10), dialogues=[make_dialogue(villages=[village])])
    join(client, one, full, status=422)
    join(client, make_dialogue(), full, status=422)
    cancelled = make_dialogue(state=DialogueState.CANCELLED, villages=[village])
    join(client, cancelled, full)


def test_rounds_of_others_skipped_ones_and_far_ones_are_no_choice(office, client):
    dialogue = make_dialogue()
    strangers = [
        make_round(commune=make_commune(), starts_at=wall(10)),
        make_round(starts_at=wall(10), state=RoundState.SKIPPED),
        make_round(starts_at=wall(300)),
    ]
    url = f"/office/plan/dialogues/{dialogue.id}/round"
    for one in strangers:
        status = 422 if one.commune_id == dialogue.commune_id else 404
        client.post(url, {"round_id": str(one.id), "version": str(dialogue.version)}, status=status)
    foreign = make_dialogue(commune=make_commune())
    client.get(f"/office/plan/dialogues/{foreign.id}/round", status=404)
    db.session.expire_all()
    assert db.session.query(Dialogue).filter(Dialogue.round_id.is_not(None)).count() == 0
    assert db.session.query(Round).filter_by(state=RoundState.OPENED).count() == 0


def test_two_people_choosing_a_round_at_once_conflict(office, client):
    dialogue, one, two = make_dialogue(), make_round(starts_at=wall(9)), make_round(starts_at=wall(11))
    url, version = f"/office/plan/dialogues/{dialogue.id}/round", str(dialogue.version)
    client.post(url, {"round_id": str(one.id), "version": version}, status=303)
    client.post(url, {"round_id": str(two.id), "version": version}, status=409)
