"""What letters hold of people goes when its term is over; the line stays and says so."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from dialogues import clock
from dialogues.extensions import db
from dialogues.invitations.guest_models import ReceivedReply
from dialogues.invitations.guest_rules import Verdict
from dialogues.post import erasing, listing
from dialogues.post.models import Message
from dialogues.post.rules import Kind, MessageState
from dialogues.subscribers import service as subscribers
from dialogues.subscribers.models import Subscriber
from tests.make import make_message, make_staff, make_subscriber, save, the_commune
from tests.post.letters import reread

S = MessageState
PERSONAL = {
    "recipient": "ba-tam@rieng-tu.example",
    "recipient_name": "Bà Tám Riêng Tư",
    "subject": "Kính mời bà Tám",
    "text": "Bà Tám ơi",
    "html": "<p>Bà Tám ơi</p>",
    "calendar": b"ATTENDEE:mailto:ba-tam@rieng-tu.example",
    "reply_to": "ba-tam@rieng-tu.example",
    "why": "Vì bà Tám xin tin",
    "unsubscribe_url": "http://localhost/minh-tam/news/ba-tam",
    "last_error": "550 ba-tam@rieng-tu.example",
    "held": {"title": "Bà Tám"},
}


@pytest.fixture(autouse=True)
def now(at):
    return at("2026-11-22 09:00")


def old_letter(state=S.SENT, days=731, **over):
    when = clock.now() - timedelta(days=days)
    ended = None if state is S.WAITING else when
    values = {**PERSONAL, "kind": Kind.INVITATION, "state": state, "created_at": when, "ended_at": ended}
    return make_message(**{**values, **over})


def tidied():
    found = erasing.erase_old()
    db.session.commit()
    return found


@pytest.mark.parametrize("state", list(S))
def test_two_years_later_nothing_of_a_person_is_left_and_the_line_stays(app, state):
    old_letter(state)
    assert tidied() == 1
    (letter,) = reread()
    row = db.session.execute(sa.select(Message.__table__)).mappings().one()
    assert not [name for name, value in row.items() if "tam@" in str(value) or "Tám" in str(value)]
    assert letter.erased_at == clock.now()
    assert letter.state is (S.DROPPED if state in (S.WAITING, S.FAILED) else state)
    assert tidied() == 0


def test_younger_letters_and_the_one_in_the_hand_of_a_worker_stay(app):
    old_letter(days=729)
    old_letter(S.WAITING, recipient="b@c.example", lease_until=clock.now() + timedelta(minutes=5))
    assert tidied() == 0
    assert [one.text for one in reread()] == ["Bà Tám ơi"] * 2


def test_many_letters_about_one_thing_keep_keys_of_their_own(app):
    for number in range(3):
        old_letter(recipient=f"a-{number}@b.example")
    assert tidied() == 3
    assert len({one.recipient for one in reread()}) == 3


def test_an_erased_letter_is_never_sent_again(app):
    old_letter(S.FAILED)
    tidied()
    assert listing.resend_failed(commune_id=the_commune().id) == 0


def test_the_pages_say_that_it_was_erased(client, sign_in):
    sign_in(make_staff())
    letter = old_letter()
    tidied()
    for url in ("/office/post", f"/office/post/{letter.id}"):
        page = client.get(url)
        assert "22/11/2026" in page.text
        assert "erased:" not in page.source
    assert not client.get(f"/office/post/{letter.id}").soup.select("#text")


def test_letters_to_those_who_want_no_news_any_more_are_erased_the_next_day(app):
    gone, stays = make_subscriber(email="di@rieng-tu.example"), make_subscriber(email="o@rieng-tu.example")
    never = make_subscriber(
        email="chua@rieng-tu.example", confirmed_at=None, created_at=clock.now() - timedelta(days=8)
    )
    for one in (gone, stays):
        make_message(recipient=one.email, state=S.SENT, ended_at=clock.now())
    make_message(kind=Kind.SUBSCRIBER_CONFIRM, recipient=never.email, state=S.SENT, ended_at=clock.now())
    make_message(kind=Kind.INVITATION, recipient=gone.email, state=S.SENT, ended_at=clock.now())
    assert subscribers.erase_letters() == 0
    subscribers.end(subscriber=gone, reason="")
    assert subscribers.sweep() == 1
    assert subscribers.erase_letters() == 2
    db.session.commit()
    kept = {(one.kind, one.recipient) for one in reread() if one.erased_at is None}
    assert kept == {(Kind.SUBSCRIBER_NEWS, "o@rieng-tu.example"), (Kind.INVITATION, "di@rieng-tu.example")}


def test_tidy_does_all_of_it(app, session):
    old_letter()
    make_subscriber(confirmed_at=None, created_at=clock.now() - timedelta(days=8))
    for days in (179, 181):
        at = clock.now() - timedelta(days=days)
        save(ReceivedReply(commune_id=the_commune().id, at=at, sender="a@b.example", verdict=Verdict.STALE))
    session.commit()
    said = app.test_cli_runner().invoke(args=["tidy"]).output
    assert "1 addresses of readers deleted, 1 letters erased, 1 received replies deleted, " in said
    assert db.session.scalar(sa.select(sa.func.count()).select_from(ReceivedReply)) == 1
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Subscriber)) == 0
