"""The short text to the village heads: who gets it, never twice, not when it is no longer true; without a gateway."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from dialogues import clock
from dialogues.extensions import db
from dialogues.papers import village_heads
from dialogues.papers.models import NoticeUse
from dialogues.papers.rules import NoticeChannel
from dialogues.papers.village_heads import mobile
from dialogues.post import service as post
from dialogues.post.delivery import Deliverer
from dialogues.post.gateway import Gateway
from dialogues.post.models import Message
from dialogues.post.rules import Channel, Kind, MessageState
from dialogues.schedule import moves
from dialogues.schedule.models import DialogueVillage
from dialogues.schedule.rules import DialogueState
from dialogues.staff.rules import Role
from tests.invitations.guest_make import change
from tests.make import make_commune, make_dialogue, make_message, make_staff, make_village, save, wall
from tests.post.test_gateway import SECRET, Receiver

S = DialogueState


@pytest.fixture
def office(client, sign_in, at):
    at("2026-11-22 08:00")
    staff = make_staff(name="Lý Thị Mai")
    sign_in(staff)
    return staff


@pytest.fixture
def gateway(app, monkeypatch):
    """A gateway on this machine; `round()` is what the worker does."""
    made = Receiver()
    made.thread.start()
    settings = replace(app.config["SETTINGS"], gateway_url=made.url, gateway_secret=SECRET, gateway_allow_private=True)
    monkeypatch.setitem(app.config, "SETTINGS", settings)
    worker = Deliverer(settings, gateway=Gateway(made.url, SECRET, allow_private=True, timeout=5))
    made.round = worker.round
    yield made
    made.server.shutdown()
    made.thread.join()
    made.server.server_close()


def url(dialogue):
    return f"/office/dialogues/{dialogue.id}/kit/village-heads"


def heads():
    """Two villages with one head, one with another, one without a number, one with a landline."""
    make_village(name="Đồng", head_name="Tống Văn Đồng", head_phone="0900 000 101")
    make_village(name="Bãi", head_name="Tống Văn Đồng", head_phone="+84 900.000.101")
    make_village(name="Núi", head_name="Lê Thị Núi", head_phone="0900 000 102")
    make_village(name="Xa", head_name="Vi Văn Xa", head_phone="")
    make_village(name="Phố", head_name="Đỗ Thị Phố", head_phone="0204 3 000 103")
    make_village(name="Cũ", head_phone="0900 000 109", is_active=False)


def shown(client, dialogue):
    page = client.get(url(dialogue))
    return {name: page.one(f'input[name="{name}"]')["value"] for name in ("version", "text")}


def letters():
    db.session.expire_all()
    return list(db.session.scalars(sa.select(Message).order_by(Message.id)))


def got(gateway):
    return [json.loads(body) for _path, _headers, body in gateway.got]


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("0900 000 101", "0900000101"), ("+84 900.000.101", "0900000101"), ("84900000101", "0900000101"),
        ("0084-900-000-101", "0900000101"), ("(0900) 000101", "0900000101"), ("", None), ("113", None),
        ("0204 3000 103", None), ("09000001011", None), ("+1 202 555 0100", None), ("không có", None),
        ("٠٩٠٠٠٠٠١٠١", None), ("0900000101; 0900000102", None),
    ],
)  # fmt: skip
def test_only_numbers_of_mobile_phones_are_numbers(written, number):
    assert mobile(written) == number


def test_each_phone_gets_the_text_once_and_it_is_recorded_as_a_use(office, client, gateway):
    heads()
    dialogue = make_dialogue()
    page = client.get(url(dialogue))
    assert "Vi Văn Xa" in page.text
    assert "0204 3 000 103" in page.text
    assert "0900000109" not in page.text
    assert letters() == []
    values = shown(client, dialogue)
    client.post(url(dialogue), values)
    sent = letters()
    assert [one.recipient for one in sent] == ["0900000101", "0900000102"]
    assert {(one.kind, one.channel, one.version) for one in sent} == {(Kind.VILLAGE_HEADS, Channel.GATEWAY, 0)}
    use = db.session.scalars(sa.select(NoticeUse)).one()
    assert (use.channel, use.done_by) == (NoticeChannel.SMS, "Lý Thị Mai")
    gateway.round()
    assert {(one["to"], one["text"]) for one in got(gateway)} == {(number.recipient, values["text"]) for number in sent}
    assert "Tống Văn Đồng (Thôn Đồng), Tống Văn Đồng (Thôn Bãi)" in {one["name"] for one in got(gateway)}
    client.post(url(dialogue), values, status=422)
    gateway.round()
    assert len(got(gateway)) == 2
    assert db.session.scalar(sa.select(sa.func.count()).select_from(NoticeUse)) == 1


def test_only_the_villages_of_the_dialogue_are_told(office, client, gateway):
    heads()
    here = make_village(head_phone="0912345678")
    dialogue = make_dialogue()
    save(DialogueVillage(dialogue_id=dialogue.id, village_id=here.id))
    client.post(url(dialogue), shown(client, dialogue))
    assert [one.recipient for one in letters()] == ["0912345678"]


def test_a_head_written_down_later_is_told_alone(office, client, gateway):
    heads()
    dialogue = make_dialogue()
    client.post(url(dialogue), shown(client, dialogue))
    make_village(head_phone="0912345678")
    client.post(url(dialogue), shown(client, dialogue))
    assert [one.recipient for one in letters()] == ["0900000101", "0900000102", "0912345678"]


def test_after_a_move_they_are_told_again_and_the_waiting_text_is_not_sent(office, client, gateway):
    heads()
    dialogue = make_dialogue()
    client.post(url(dialogue), shown(client, dialogue))
    old = {"version": "0", "text": letters()[0].text}
    change(dialogue, starts_at=wall(15))
    client.post(url(dialogue), old, status=422)
    client.post(url(dialogue), shown(client, dialogue))
    gateway.round()
    assert [one.state for one in letters()] == [MessageState.DROPPED] * 2 + [MessageState.SENT] * 2
    assert all(one.drop_reason for one in letters()[:2])
    assert {one["text"] for one in got(gateway)}.isdisjoint({old["text"]})


@pytest.mark.parametrize("act", [moves.cancel, moves.postpone], ids=["cancelled", "postponed"])
def test_what_is_called_off_before_it_went_out_is_not_sent_and_can_be_told(office, client, gateway, act):
    heads()
    dialogue = make_dialogue()
    client.post(url(dialogue), shown(client, dialogue))
    act(dialogue=dialogue, reason="Bão.", actor=office)
    db.session.commit()
    gateway.round()
    assert got(gateway) == []
    assert {one.state for one in letters()} == {MessageState.DROPPED}
    assert {one.drop_reason for one in letters()} == {village_heads.reason_not_to_send(letters()[0])}
    client.post(url(dialogue), shown(client, dialogue))
    gateway.round()
    assert len(got(gateway)) == 2


def test_a_text_that_waited_too_long_is_not_sent(app, at):
    at("2026-11-22 08:00")
    dialogue = make_dialogue()
    letter = make_message(kind=Kind.VILLAGE_HEADS, thing=f"dialogue:{dialogue.id}", version=dialogue.sequence)
    assert village_heads.reason_not_to_send(letter) is None
    at(str((clock.local(dialogue.ends_at) + timedelta(hours=1)).strftime("%Y-%m-%d %H:%M")))
    assert village_heads.reason_not_to_send(letter)
    assert post.CHECKS[Kind.VILLAGE_HEADS] is village_heads.reason_not_to_send


def test_without_a_gateway_the_page_gives_text_and_numbers_to_copy_and_sends_nothing(office, client):
    heads()
    dialogue = make_dialogue()
    page = client.get(url(dialogue))
    assert "0900000101\n0900000102" in page.one("#numbers-text").text
    assert not page.soup.select('input[name="text"]')
    sms = page.one("#sms-text").text.strip()
    client.post(url(dialogue), {"version": "0", "text": sms}, status=422)
    assert letters() == []
    assert not db.session.scalars(sa.select(NoticeUse)).all()


@pytest.mark.parametrize(
    "changed", [{"text": "Mời bà con mua hàng."}, {"version": "7"}, {"version": "x"}, {"text": ""}]
)
def test_nothing_else_than_what_was_shown_is_sent(office, client, gateway, changed):
    heads()
    dialogue = make_dialogue()
    client.post(url(dialogue), {**shown(client, dialogue), **changed}, status=422)
    assert letters() == []


def test_a_draft_or_a_dialogue_without_numbers_is_told_to_nobody(office, client, gateway):
    bare, draft = make_dialogue(), make_dialogue(state=S.DRAFT)
    client.post(url(bare), {"version": "0", "text": client.get(url(bare)).one("#sms-text").text.strip()}, status=422)
    heads()
    client.post(url(draft), {"version": "0", "text": client.get(url(draft)).one("#sms-text").text.strip()}, status=422)
    client.get(url(make_dialogue(state=S.PUBLISHED)), status=303)
    assert letters() == []


def test_only_the_own_office_may_do_it(office, client, sign_in):
    other = make_dialogue(commune=make_commune())
    client.get(url(other), status=404)
    mine = make_dialogue()
    sign_in(make_staff(Role.LEADER))
    client.get(url(mine), status=403)
