"""Following a promise by e-mail: asked first, told of what happens, ended in one click, forgotten in time."""

import re
from datetime import timedelta

import pytest

from dialogues import clock
from dialogues.extensions import db
from dialogues.followup import commitments as acts
from dialogues.followup import done, extensions, handing_over, plans
from dialogues.followup.models import Commitment
from dialogues.followup.rules import CommitmentState, Outcome
from dialogues.post import service as post
from dialogues.post.models import Message
from dialogues.post.rules import Kind, MessageState
from dialogues.staff.rules import Role
from dialogues.subscribers import following, promise_news
from dialogues.subscribers.models import Follower
from dialogues.verdicts import saying
from dialogues.verdicts.rules import Judgement, VerdictWay
from tests.make import make_commitment, make_commune, make_evidence, make_follower, make_staff

S = MessageState
C = CommitmentState


def letters(kind=Kind.FOLLOWER_NEWS, state=None):
    db.session.rollback()
    found = db.session.query(Message).filter_by(kind=kind).order_by(Message.id).all()
    return [one for one in found if state is None or one.state is state]


def checked(message):
    """Why a letter would not be sent now."""
    return post.CHECKS[message.kind](message)


def link(message):
    return re.search(r"/[a-z-]+/following/\S+", message.text)[0]


@pytest.fixture
def promise(app, at):
    at("2026-11-23 09:00")
    make_commune()
    return make_commitment(responsible=make_staff(Role.DEPARTMENT))


def follow_url(promise):
    return f"/minh-tam/commitments/{promise.id}/follow"


def act(what, **facts):
    what(**facts)
    db.session.commit()


def progress(promise, text="Thợ đã đổ xong đá dăm."):
    act(acts.add_progress, commitment=promise, text=text, actor=promise.responsible)


def sent(*messages):
    for message in messages:
        message.state, message.tries = S.SENT, 1
    db.session.commit()


# -- ordering ---------------------------------------------------------------------------------------------------------


def test_an_address_follows_only_after_its_owner_pressed_the_button(client, promise):
    page = client.get(f"/minh-tam/commitments/{promise.id}")
    form = page.form("Theo dõi qua thư điện tử")
    form.fill("email", "Ba-Con@minh-tam.example")
    assert "hộp thư" in form.submit().follow().main
    (question,) = letters(Kind.FOLLOWER_CONFIRM)
    assert question.recipient == "ba-con@minh-tam.example"
    assert promise.shown in question.text
    assert checked(question) is None
    client.get(link(question))
    assert following.followers(promise) == [], "a mail scanner opens every link"
    client.get(link(question)).form().submit()
    assert [one.email for one in following.followers(promise)] == ["ba-con@minh-tam.example"]
    assert checked(letters(Kind.FOLLOWER_CONFIRM)[0]), "nobody is asked again"


def test_the_page_never_tells_whether_an_address_follows(client, promise):
    known = make_follower(promise).email
    pages = [
        client.post(follow_url(promise), {"email": email}, csrf=False, status=303)
        for email in (known, "moi@minh-tam.example")
    ]
    assert pages[0].location == pages[1].location
    assert [one.recipient for one in letters(Kind.FOLLOWER_CONFIRM)] == ["moi@minh-tam.example"]


def test_pressing_twice_sends_one_question_a_day(client, promise):
    for _ in range(3):
        client.post(follow_url(promise), {"email": "ba-con@minh-tam.example"}, csrf=False, status=303)
    assert len(letters(Kind.FOLLOWER_CONFIRM)) == 1
    assert db.session.query(Follower).count() == 1


def test_one_client_cannot_make_us_write_to_the_whole_world(client, promise):
    for number in range(20):
        client.post(follow_url(promise), {"email": f"nguoi-{number}@minh-tam.example"}, csrf=False, status=303)
    page = client.post(follow_url(promise), {"email": "them@minh-tam.example"}, csrf=False, status=429)
    assert page.errors
    assert page.one("#email")["value"] == "them@minh-tam.example"
    assert len(letters(Kind.FOLLOWER_CONFIRM)) == 20


@pytest.mark.parametrize("bad", ["", "khong-phai", f"a@{'b' * 300}.vn", "a@b.vn\r\nBcc: c@d.vn", "a@b.vn, c@d.vn"])
def test_bad_input_gets_a_sentence_and_writes_nothing(client, promise, bad):
    page = client.post(follow_url(promise), {"email": bad}, csrf=False, status=422)
    assert page.errors
    assert not any("để trống" in error for error in page.errors)  # here it cannot be left empty
    assert db.session.query(Follower).count() == 0


def test_a_program_that_fills_every_field_gets_no_letter(client, promise):
    client.post(follow_url(promise), {"email": "a@minh-tam.example", "website": "x"}, csrf=False, status=303)
    assert db.session.query(Follower).count() == 0


def test_a_promise_that_residents_cannot_read_cannot_be_followed(client, promise):
    promise.answer.published_at = None
    db.session.commit()
    client.get(follow_url(promise), status=404)
    client.post(follow_url(promise), {"email": "a@minh-tam.example"}, csrf=False, status=404)


def test_one_that_has_ended_says_so(client, promise):
    promise.state, promise.confirmed_on = C.CONFIRMED, clock.today()
    db.session.commit()
    assert client.get(f"/minh-tam/commitments/{promise.id}").select("#follow") == []
    client.post(follow_url(promise), {"email": "a@minh-tam.example"}, csrf=False, status=409)
    assert db.session.query(Follower).count() == 0


# -- news -------------------------------------------------------------------------------------------------------------


def reported(promise, text):
    make_evidence(promise)
    facts = {"text": text, "to_asker": "Cảm ơn ông/bà.", "actor": promise.responsible}
    act(done.report_done, commitment=promise, version=promise.version, **facts)


def test_followers_hear_of_every_step_once_and_unconfirmed_ones_of_none(promise, at):
    make_follower(promise, email="theo@minh-tam.example")
    make_follower(promise, email="chua@minh-tam.example", confirmed_at=None)
    office, asker = make_staff(Role.OFFICE), promise.answer.question.askers[0]
    at("2026-11-24 09:00")
    progress(promise)
    sent(*letters())
    at("2026-11-25 09:00")
    later = promise.due_on + timedelta(days=10)
    version = promise.version
    act(extensions.extend, commitment=promise, version=version, actor=office, reason="Mưa lũ.", new_due_on=later)
    sent(*letters())
    at("2026-11-26 09:00")
    reported(promise, "Đã xong.")
    sent(*letters())
    at("2026-11-27 09:00")
    voice = saying.Voice(VerdictWay.CODE, asker=asker)
    act(saying.say, commitment=promise, judgement=Judgement.NOT_DONE, text="Ông Sáu nói dối.", voice=voice)
    sent(*letters())
    assert {one.recipient for one in letters()} == {"theo@minh-tam.example"}
    said = [one.text for one in letters()]
    assert len(said) == 4
    assert "Thợ đã đổ" in said[0]
    assert "Mưa lũ" in said[1]
    assert "Thợ đã đổ" not in said[1], "what was told is not told again"
    assert "Đã xong" in said[2]
    assert "người hỏi" in said[3]
    assert "Ông Sáu" not in said[3], "nobody has read these words yet"
    assert letters()[0].unsubscribe_url.startswith("http://localhost/minh-tam/following/")


def test_followers_hear_that_it_is_withdrawn_or_handed_over(promise, at):
    make_follower(promise)
    office = make_staff(Role.OFFICE)
    at("2026-11-24 09:00")
    new = make_staff(Role.DEPARTMENT, name="Đinh Thị Lệ")
    act(handing_over.hand_over, person=promise.responsible, successor=new, actor=office)
    (first,) = letters()
    assert "Đinh Thị Lệ" in first.text
    sent(first)
    at("2026-11-25 09:00")
    act(plans.withdraw, commitment=promise, version=promise.version, reason="Tỉnh làm rồi.", actor=office)
    assert "Tỉnh làm rồi." in letters()[-1].text


def test_a_request_that_nobody_decided_is_no_news(promise):
    make_follower(promise)
    day = promise.due_on + timedelta(days=9)
    act(extensions.ask, commitment=promise, new_due_on=day, reason="Chờ đá.", actor=promise.responsible)
    assert letters() == []


def test_what_happens_within_minutes_comes_as_one_letter(promise, at):
    make_follower(promise)
    progress(promise, "Thợ đã đến.")
    at("2026-11-23 09:06")
    reported(promise, "Đường đã phẳng.")
    (message,) = letters(state=S.WAITING)
    assert "Thợ đã đến." in message.text
    assert "Đường đã phẳng." in message.text
    assert message.next_try_at == clock.now() + promise_news.GATHER
    sent(message)
    promise_news.tell(db.session.get(Commitment, promise.id))
    db.session.commit()
    assert len(letters()) == 1, "the same event twice is one letter"


def test_who_begins_to_follow_later_hears_only_what_comes(promise, at):
    progress(promise)
    at("2026-11-23 10:00")
    make_follower(promise, confirmed_at=clock.now())
    promise_news.tell(promise)
    db.session.commit()
    assert letters() == []


def test_a_letter_is_checked_again_when_it_goes_out(promise):
    gone, stays = make_follower(promise), make_follower(promise)
    progress(promise)
    following.end(follower=gone, reason="Thôi.")
    db.session.commit()
    dropped, waits = letters()
    assert (dropped.recipient, dropped.state) == (dropped.recipient, S.DROPPED)
    assert (waits.recipient, checked(waits)) == (stays.email, None)
    promise.answer.outcome = Outcome.MOVED_TO_COMPLAINT
    db.session.commit()
    assert checked(waits)


# -- ending -----------------------------------------------------------------------------------------------------------


def test_a_mail_program_ends_it_with_one_post(client, promise):
    follower = make_follower(promise)
    url = f"/minh-tam/following/{follower.key}"
    client.get(url)
    assert db.session.query(Follower).count() == 1
    answer = client.post(url, {"List-Unsubscribe": "One-Click"}, csrf=False, status=200)
    assert answer.source == "OK"
    assert db.session.query(Follower).count() == 0
    assert "không còn dùng nữa" in client.get(url).main
    client.get("/minh-tam/following/khong-co")


def test_the_own_page_does_not_show_what_residents_may_not_read(client, promise):
    follower = make_follower(promise)
    assert promise.shown in client.get(f"/minh-tam/following/{follower.key}").main
    promise.answer.outcome = Outcome.MOVED_TO_COMPLAINT
    db.session.commit()
    assert promise.shown not in client.get(f"/minh-tam/following/{follower.key}").main


def test_addresses_are_forgotten_in_time(promise, at):
    kept = make_follower(promise, email="con@minh-tam.example").email
    make_follower(promise, email="chua@minh-tam.example", confirmed_at=None, created_at=clock.now() - timedelta(days=8))
    today = clock.today()
    for state, days, fields in (
        (C.CONFIRMED, 91, ("reported_done_on", "confirmed_on")),
        (C.WITHDRAWN, 91, ("withdrawn_on",)),
        (C.REPORTED_DONE, 121, ("reported_done_on",)),
    ):
        for ago in (days - 1, days):
            ended = make_commitment(promise.answer, responsible=promise.responsible, state=state)
            for field in fields:
                setattr(ended, field, today - timedelta(days=ago))
            make_follower(ended, email=f"{state.value}-{ago}@minh-tam.example")
    assert following.sweep() == 4
    left = {one.email.split("@")[0] for one in db.session.query(Follower)}
    assert left == {kept.split("@")[0], "confirmed-90", "withdrawn-90", "reported_done-120"}


def test_letters_to_who_follows_nothing_are_erased(promise):
    follower = make_follower(promise)
    progress(promise)
    assert following.erase_letters() == 0
    db.session.delete(follower)
    db.session.commit()
    assert following.erase_letters() == 1
