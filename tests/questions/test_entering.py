"""Entering on behalf: by the office, by village heads, with consents recorded and a receipt to hand over."""

import pytest
import sqlalchemy as sa

from dialogues import clock
from dialogues.extensions import db
from dialogues.questions.models import Asker, ConsentChange, Question
from dialogues.questions.rules import Consent, ConsentHow, IntakeChannel
from dialogues.schedule.rules import DialogueState
from dialogues.staff.models import TrailEntry
from dialogues.staff.rules import Role
from tests.make import make_commune, make_dialogue, make_question, make_staff, make_village

URL = "/office/questions/new"
TEXT = "Bà Sáu hỏi bao giờ có nước sạch."


@pytest.fixture(autouse=True)
def _evening(at):
    at("2026-11-22 18:00")


@pytest.fixture
def clerk(sign_in):
    staff = make_staff(Role.OFFICE)
    sign_in(staff)
    return staff


@pytest.fixture
def dialogue():
    return make_dialogue()


def filled(client, **fields):
    return client.get(URL).form().fill(**{"text": TEXT, "field": "water", "channel": "paper_form", **fields})


def the_question():
    return db.session.scalars(sa.select(Question)).one()


def test_the_clerk_enters_and_the_same_form_comes_again_for_the_next(client, clerk, dialogue):
    village = make_village()
    page = filled(client, village=str(village.id), received_on="2026-11-20").submit().follow()
    question = the_question()
    assert (question.channel, question.entered_by_id) == (IntakeChannel.PAPER_FORM, clerk.id)
    assert clock.local(question.received_at).date().isoformat() == "2026-11-20"
    code = question.askers[0].code
    assert f"{code[:4]}-{code[4:8]}-{code[8:]}" in page.notice
    form = page.form()
    assert form["text"].strip() == ""
    kept = (form["dialogue"], form["channel"], form["field"], form["village"], form["received_on"])
    assert kept == (str(dialogue.id), "paper_form", "water", str(village.id), "2026-11-20")
    assert page.select("textarea[autofocus]")
    assert db.session.scalars(sa.select(TrailEntry.action).where(TrailEntry.thing == "question")).one() == "entered"
    assert f"/office/questions/{question.id}/receipt" in page.links()


def test_the_dialogue_that_collects_is_chosen_beforehand(client, clerk):
    make_dialogue(state=DialogueState.PUBLISHED)
    make_dialogue(state=DialogueState.DRAFT)
    collecting = make_dialogue()
    assert client.get(URL).form()["dialogue"] == str(collecting.id)


def test_without_a_collecting_dialogue_the_newest_announced_one_is_chosen(client, clerk):
    past = make_dialogue(state=DialogueState.HELD)
    make_dialogue(state=DialogueState.DRAFT)
    assert client.get(URL).form()["dialogue"] == str(past.id)


def test_consents_on_behalf_are_recorded_with_the_clerk_and_the_way(client, clerk, dialogue):
    filled(client, name="Bà Sáu", phone="0900 000 101", contact=True, publish_name=True, how="spoken").submit()
    changes = db.session.scalars(sa.select(ConsentChange).order_by(ConsentChange.id)).all()
    assert {(c.consent, c.how, c.staff_id) for c in changes} == {
        (Consent.CONTACT, ConsentHow.SPOKEN, clerk.id),
        (Consent.PUBLISH_NAME, ConsentHow.SPOKEN, clerk.id),
    }


def test_consents_need_the_way_they_were_given(client, clerk, dialogue):
    page = filled(client, name="Bà Sáu", publish_name=True).submit(status=422)
    assert page.errors
    assert page.form()["text"].strip() == TEXT
    assert page.select("#publish_name[checked]")


@pytest.mark.parametrize(
    "fields",
    [
        {"received_on": "2026-11-23"},
        {"received_on": "31/02/2026"},
        {"received_on": ""},
        {"received_on": "0001-01-01"},
        {"text": ""},
        {"field": ""},
        {"channel": ""},
        {"phone": "abc"},
        {"message": True, "how": "paper"},
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(client, clerk, dialogue, fields):
    page = filled(client, name="Bà Sáu", **fields).submit(status=422)
    assert page.errors
    assert page.form()["name"] == "Bà Sáu"
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Question)) == 0


@pytest.mark.parametrize("fields", [{"channel": "portal"}, {"dialogue": ""}])
def test_values_outside_the_lists_are_refused(client, clerk, dialogue, fields):
    data = {
        "text": TEXT, "field": "water", "channel": "desk", "dialogue": dialogue.id, "received_on": "2026-11-22",
        **fields,
    }  # fmt: skip
    assert client.post(URL, data, status=422).errors


def test_rows_of_another_commune_are_not_there_like_unknown_ones(client, clerk, dialogue):
    foreign = make_commune()
    theirs = {"dialogue": make_dialogue(commune=foreign).id}, {"village": make_village(foreign).id}
    for fields in (*theirs, {"dialogue": "999999"}, {"village": "999999"}):
        data = {
            "text": TEXT, "field": "water", "channel": "desk", "dialogue": dialogue.id, "received_on": "2026-11-22",
            **fields,
        }  # fmt: skip
        client.post(URL, data, status=404)


def test_a_village_that_was_closed_meanwhile_is_refused_with_a_sentence(client, clerk, dialogue):
    closed = make_village(is_active=False)
    data = {"text": TEXT, "field": "water", "channel": "desk", "dialogue": dialogue.id, "village": closed.id}
    page = client.post(URL, {**data, "received_on": "2026-11-22"}, status=422)
    assert page.errors
    assert TEXT in page.source


def test_a_double_press_enters_once(client, clerk, dialogue):
    form = filled(client)
    assert form.submit().location == form.submit().location
    the_question()


def test_a_strange_address_of_the_form_is_no_harm(client, clerk, dialogue):
    client.get(f"{URL}?dialogue=x&channel=x&field=x&village=-1&on=31/02/2026&saved=99999999")
    client.get(f"{URL}?on=2099-01-01")


def test_without_any_dialogue_the_page_says_what_to_do(client, clerk):
    assert not client.get(URL).select("main form")


def test_a_receipt_is_printed_with_code_and_picture(client, clerk):
    question = make_question()
    page = client.get(f"/office/questions/{question.id}/receipt")
    assert question.askers[0].code[:4] in page.main
    assert page.select("main img")


# -- village heads


@pytest.fixture
def head(sign_in):
    staff = make_staff(Role.VILLAGE_HEAD)
    sign_in(staff)
    return staff


def test_a_village_head_enters_for_the_own_village_only(client, head, dialogue):
    other = make_village()
    page = client.get(URL)
    assert [option["value"] for option in page.select("#village option")] == [str(head.village_id)]
    data = {
        "text": TEXT, "field": "water", "channel": "village_meeting", "dialogue": dialogue.id,
        "received_on": "2026-11-22",
    }  # fmt: skip
    client.post(URL, {**data, "village": other.id}, status=422)
    client.post(URL, {**data, "village": ""}, status=422)
    client.post(URL, {**data, "village": head.village_id, "channel": "hotline"}, status=422)
    client.post(URL, {**data, "village": head.village_id})
    assert the_question().village_id == head.village_id


def test_a_village_head_sees_the_own_entries_with_their_state_and_nothing_else(client, head, dialogue):
    mine = make_question(village_id=head.village_id, entered_by_id=head.id, text="Tôi nhập giúp")
    strange = make_question(village_id=head.village_id, text="Người khác gửi", asker={"name": "Kín"})
    page = client.get(URL)
    assert "Tôi nhập giúp" in page.main
    assert "Người khác gửi" not in page.source
    client.get(f"/office/questions/{mine.id}/receipt")
    client.get(f"/office/questions/{strange.id}/receipt", status=404)
    assert not client.get(f"{URL}?saved={strange.id}").notice


def test_a_village_head_does_not_see_drafts_of_dialogues(client, head):
    make_dialogue(state=DialogueState.DRAFT)
    assert not client.get(URL).select("main form")


def test_a_village_head_without_village_is_told_whom_to_ask(client, sign_in, dialogue):
    sign_in(make_staff(Role.VILLAGE_HEAD, village_id=None))
    page = client.get(URL)
    assert not page.select("main form")
    data = {
        "text": TEXT, "field": "water", "channel": "village_meeting", "dialogue": dialogue.id,
        "received_on": "2026-11-22",
    }  # fmt: skip
    client.post(URL, data, status=422)


def test_the_office_may_also_be_a_village_head(client, sign_in, dialogue):
    village = make_village()
    sign_in(make_staff(roles=[Role.OFFICE, Role.VILLAGE_HEAD], village_id=make_village().id))
    filled(client, village=str(village.id), channel="hotline").submit()
    assert db.session.scalars(sa.select(Asker)).one().question.village_id == village.id
