"""The mail box of calendar replies, read through a real connection."""

import pytest

from dialogues.extensions import db
from dialogues.invitations import mail, reply_box
from dialogues.invitations.guest_rules import Reply, Verdict
from tests.invitations.box_server import BoxServer
from tests.invitations.guest_make import make_guest, sent, the_office
from tests.invitations.test_receive import calendar_of, mail_of
from tests.make import make_dialogue

ORDINARY = b"From: ai@x.example\r\nTo: van-phong@minh-tam.example\r\nSubject: Xin chao\r\n\r\nThu thuong\r\n"


@pytest.fixture
def guest(app, at):
    at("2026-11-22 09:00")
    row = make_guest(make_dialogue(), email="an@xa.example")
    mail.invite(dialogue=row.dialogue, guests=[row], actor=the_office())
    db.session.commit()
    sent()
    return row


@pytest.fixture
def box():
    made = []

    def open_box(*mails, **more):
        made.append(BoxServer([mail.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n") for mail in mails], **more))
        return made[-1]

    yield open_box
    for one in made:
        one.close()


def test_replies_are_taken_once_and_other_mails_stay_unread(guest, box):
    server = box(ORDINARY, mail_of(calendar_of(guest)), mail_of(calendar_of(guest, UID="fremd")))
    found = reply_box.read(server.url(), db.session.commit)
    assert found == {Verdict.RECORDED: 1, Verdict.UNKNOWN_DIALOGUE: 1}
    assert guest.reply is Reply.YES
    assert server.flags(1) == {reply_box.LOOKED_AT}
    assert server.flags(2) == server.flags(3) == {"\\Seen"}
    assert not reply_box.read(server.url(), db.session.commit)
    assert sorted(server.fetched_whole) == [1, 2, 3]


def test_a_server_without_flags_of_others_is_no_trouble(guest, box):
    server = box(ORDINARY, mail_of(calendar_of(guest)), keeps_flags=False)
    assert reply_box.read(server.url(), db.session.commit) == {Verdict.RECORDED: 1}
    assert server.flags(1) == set()


def test_a_huge_mail_is_never_fetched_whole(guest, box):
    huge = b"From: an@xa.example\r\nContent-Type: text/calendar; method=REPLY\r\n\r\n" + b"x" * 2_000_000
    server = box(huge, ORDINARY + b"y" * 2_000_000)
    assert reply_box.read(server.url(), db.session.commit) == {Verdict.TOO_LARGE: 1}
    assert server.fetched_whole == []
    assert server.flags(1) == {"\\Seen"}


def test_a_full_box_is_read_in_bounded_runs_until_nothing_is_left(guest, box, monkeypatch):
    monkeypatch.setattr(reply_box, "AT_ONCE", 20)
    server = box(mail_of(calendar_of(guest)), *[ORDINARY] * 25, *[mail_of(calendar_of(guest, UID="la"))] * 10)
    looked_at = []
    for _run in range(3):
        before = len(server.fetched_whole)
        reply_box.read(server.url(), db.session.commit)
        looked_at.append(len(server.fetched_whole) - before)
    assert looked_at == [20, 16, 0]
    assert guest.reply is Reply.YES, "what lies below the newest is read by the next run"


def test_a_box_that_does_not_open_is_one_sentence_without_the_password(app, box):
    server = box()
    with pytest.raises(reply_box.BoxTrouble) as trouble:
        reply_box.read(server.url("falsch-geheim"), db.session.commit)
    assert "falsch" not in str(trouble.value)
    server.close()
    with pytest.raises(reply_box.BoxTrouble):
        reply_box.read("imap://a:b@127.0.0.1:9/INBOX", db.session.commit)
