"""News by e-mail for residents: asked twice, ended in one click, sent only while it is true."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from dialogues import clock
from dialogues.extensions import db
from dialogues.post import service as post
from dialogues.post.delivery import Deliverer
from dialogues.post.models import Message
from dialogues.post.rules import Kind, MessageState
from dialogues.schedule import moves, told
from dialogues.schedule.models import Dialogue
from dialogues.schedule.rules import AnnouncementCheck, DialogueState
from dialogues.subscribers import news, service
from dialogues.subscribers.models import Subscriber
from tests.invitations.guest_make import plan_of
from tests.make import make_commune, make_dialogue, make_staff, make_village, save, the_commune

S = MessageState


def subscriber(email="ba-con@minh-tam.example", *, commune=None, village=None, confirmed=True, **over):
    values = {
        "commune_id": (commune or the_commune()).id,
        "email": email,
        "village_id": village.id if village else None,
        "key": f"key-{email.replace('@', '-')}-{village.id if village else 0}",
        "created_at": clock.now(),
        "confirmed_at": clock.now() if confirmed else None,
    }
    return save(Subscriber(**{**values, **over}))


def letters(kind=Kind.SUBSCRIBER_NEWS, state=None):
    db.session.rollback()
    found = db.session.query(Message).filter_by(kind=kind).order_by(Message.id).all()
    return [one for one in found if state is None or one.state is state]


def checked(message):
    """Why a letter would not be sent now."""
    return post.CHECKS[message.kind](message)


def link(message):
    return re.search(r"/[a-z-]+/news/\S+", message.text)[0]


# -- ordering ---------------------------------------------------------------------------------------------------------


def test_an_address_gets_news_only_after_its_owner_pressed_the_button(client):
    make_commune()
    client.post("/minh-tam/news", {"email": "Ba-Con@minh-tam.example"}, csrf=False, status=303)
    (question,) = letters(Kind.SUBSCRIBER_CONFIRM)
    assert question.recipient == "ba-con@minh-tam.example"
    assert checked(question) is None
    dialogue = make_dialogue()
    assert service.readers(dialogue) == []
    client.get(link(question))
    assert service.readers(dialogue) == [], "a mail scanner opens every link"
    client.post(link(question), {"act": "confirm"}, csrf=False)
    db.session.rollback()
    assert [one.email for one in service.readers(dialogue)] == ["ba-con@minh-tam.example"]
    assert checked(letters(Kind.SUBSCRIBER_CONFIRM)[0]), "nobody is asked again"


def test_the_page_never_tells_whether_an_address_is_known(client):
    subscriber("ba-con@minh-tam.example")
    known = client.post("/minh-tam/news", {"email": "ba-con@minh-tam.example"}, csrf=False, status=303)
    unknown = client.post("/minh-tam/news", {"email": "moi@minh-tam.example"}, csrf=False, status=303)
    assert known.location == unknown.location
    assert known.follow().main == unknown.follow().main
    assert [one.recipient for one in letters(Kind.SUBSCRIBER_CONFIRM)] == ["moi@minh-tam.example"]


def test_asking_again_sends_one_question_a_day(client, at):
    at("2026-11-22 09:00")
    make_commune()
    for _ in range(4):
        client.post("/minh-tam/news", {"email": "ba-con@minh-tam.example"}, csrf=False, status=303)
    assert len(letters(Kind.SUBSCRIBER_CONFIRM)) == 1
    at("2026-11-23 09:30")
    client.post("/minh-tam/news", {"email": "ba-con@minh-tam.example"}, csrf=False, status=303)
    assert len(letters(Kind.SUBSCRIBER_CONFIRM)) == 2
    assert db.session.query(Subscriber).count() == 1


def test_one_client_cannot_make_us_write_to_the_whole_world(client):
    make_commune()
    for number in range(10):
        client.post("/minh-tam/news", {"email": f"nguoi-{number}@minh-tam.example"}, csrf=False, status=303)
    client.post("/minh-tam/news", {"email": "nguoi-11@minh-tam.example"}, csrf=False, status=429)
    assert len(letters(Kind.SUBSCRIBER_CONFIRM)) == 10


@pytest.mark.parametrize(
    "bad",
    [
        {}, {"email": ""}, {"email": "khong-phai"}, {"email": "a@b.example, c@d.example"},
        {"email": "a@" + "b" * 300 + ".vn"},
        {"email": "a@b.example\r\nBcc: c@d.example"}, {"email": "a@b.example", "village": "x"},
        {"email": "a@b.example", "village": "-1"}, {"email": "a@b.example", "village": "9" * 30},
    ],
)  # fmt: skip
def test_bad_input_gets_a_sentence_and_writes_nothing(client, bad):
    make_commune()
    page = client.post("/minh-tam/news", bad, csrf=False, status=None)
    assert page.status in (404, 422)
    assert db.session.query(Subscriber).count() == 0
    assert letters(Kind.SUBSCRIBER_CONFIRM) == []


def test_a_village_of_another_commune_is_refused(client):
    make_commune()
    foreign = make_village(make_commune())
    page = client.post(
        "/minh-tam/news", {"email": "a@minh-tam.example", "village": foreign.id}, csrf=False, status=None
    )
    assert page.status in (404, 422)
    assert db.session.query(Subscriber).count() == 0


def test_a_program_that_fills_every_field_gets_no_letter(client):
    make_commune()
    client.post("/minh-tam/news", {"email": "a@minh-tam.example", "website": "x"}, csrf=False, status=303)
    assert db.session.query(Subscriber).count() == 0


def test_without_a_mail_server_nothing_can_be_ordered(app, client, monkeypatch):
    make_commune()
    monkeypatch.setattr(type(app.config["SETTINGS"]), "on_loopback", property(lambda self: False))
    assert not client.get("/minh-tam/news").select("form[method=post] input[name=email]")
    client.post("/minh-tam/news", {"email": "a@minh-tam.example"}, csrf=False, status=409)
    assert db.session.query(Subscriber).count() == 0


def test_addresses_that_were_never_confirmed_are_forgotten(app, at):
    at("2026-11-01 09:00")
    subscriber("a@minh-tam.example", confirmed=False)
    subscriber("b@minh-tam.example")
    at("2026-11-09 09:00")
    assert service.sweep() == 1
    assert [one.email for one in db.session.query(Subscriber)] == ["b@minh-tam.example"]


# -- ending -----------------------------------------------------------------------------------------------------------


def test_one_click_in_the_mail_program_ends_all_and_forgets_the_address(client):
    reader = subscriber(village=make_village())
    subscriber()
    path = f"/minh-tam/news/{reader.key}"
    waiting = save_news(reader.email)
    client.get(path)
    assert db.session.query(Subscriber).count() == 2
    client.post(path, {"List-Unsubscribe": "One-Click"}, csrf=False, status=200)
    db.session.rollback()
    assert db.session.query(Subscriber).count() == 0
    assert db.session.get(Message, waiting).state is S.DROPPED
    client.post(path, {"List-Unsubscribe": "One-Click"}, csrf=False, status=200)  # pressing twice is no error


def save_news(recipient):
    letter = post.Letter(kind=Kind.SUBSCRIBER_NEWS, thing="dialogue:1", recipient=recipient, version=1, text="x")
    message = post.put(commune=the_commune(), letter=letter)
    db.session.commit()
    return message.id


def test_a_post_that_says_nothing_changes_nothing(client):
    reader = subscriber(confirmed=False)
    client.post(f"/minh-tam/news/{reader.key}", {}, csrf=False)
    client.post(f"/minh-tam/news/{reader.key}", {"act": "x", "List-Unsubscribe": "no"}, csrf=False)
    db.session.rollback()
    assert db.session.query(Subscriber).one().confirmed_at is None


@pytest.mark.parametrize("key", ["nonsense", "x" * 500, "%00", "%F0%A0%80%8B", "..%2f"])
def test_a_wrong_link_says_the_same_as_an_old_one(client, key):
    make_commune()
    assert client.get(f"/minh-tam/news/{key}", status=None).status in (200, 404)


def test_a_link_works_only_in_its_own_commune(client):
    make_commune()
    foreign = subscriber(commune=make_commune(slug="xa-khac"))
    client.post(f"/minh-tam/news/{foreign.key}", {"act": "end"}, csrf=False)
    db.session.rollback()
    assert db.session.query(Subscriber).count() == 1


# -- news -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def story(app, at):
    """An announced dialogue of two villages, and who reads what."""
    at("2026-11-22 09:00")
    here, there = make_village(), make_village()
    dialogue = make_dialogue(villages=[here], title="Đối thoại về đường")
    subscriber("ca-xa@minh-tam.example")
    subscriber("thon-nay@minh-tam.example", village=here)
    subscriber("thon-khac@minh-tam.example", village=there)
    subscriber("chua-xac-nhan@minh-tam.example", village=here, confirmed=False)
    subscriber("xa-khac@minh-tam.example", commune=make_commune())
    return dialogue


READERS = ["ca-xa@minh-tam.example", "thon-nay@minh-tam.example"]


def test_the_readers_of_a_dialogue(story):
    assert [one.email for one in service.readers(story)] == READERS
    story.villages = []
    db.session.flush()
    assert {one.email for one in service.readers(story)} == {*READERS, "thon-khac@minh-tam.example"}


def test_a_postponement_is_told_to_its_readers_once_in_the_same_transaction(story):
    moves.postpone(dialogue=story, reason="Bão số 9", actor=make_staff())
    db.session.rollback()
    assert letters() == []
    moves.postpone(dialogue=db.session.get(Dialogue, story.id), reason="Bão số 9", actor=make_staff())
    db.session.commit()
    found = letters()
    assert sorted(one.recipient for one in found) == READERS
    assert "Bão số 9" in found[0].text
    assert found[0].unsubscribe_url in found[0].text
    assert found[0].next_try_at == clock.now() + news.GATHER


def test_two_changes_within_minutes_are_one_letter(story, at):
    actor = make_staff()
    moves.postpone(dialogue=story, reason="Bão số 9", actor=actor)
    moves.cancel(dialogue=story, reason="Bão chưa tan", actor=actor)
    db.session.commit()
    assert {one.state for one in letters() if "Bão số 9" in one.text} == {S.DROPPED}
    waiting = letters(state=S.WAITING)
    assert sorted(one.recipient for one in waiting) == READERS
    assert all("Bão chưa tan" in one.text for one in waiting)


def moved(story, **over):
    """The dialogue was moved by a plan that says otherwise."""
    plan = plan_of(story, **over)
    moves.change(dialogue=story, values=plan, version=story.version, actor=make_staff())
    db.session.commit()


def sent_out():
    """What waits went out."""
    for one in letters(state=S.WAITING):
        one.state = S.SENT
    db.session.commit()


def test_news_says_old_and_new(story):
    old = story.place
    moved(story, place="Nhà văn hóa thôn Bãi")
    for one in letters():
        assert f"* Địa điểm: {old}" in one.text
        assert "→ Nhà văn hóa thôn Bãi" in one.text
        assert "* Thời gian" not in one.text


def test_two_moves_within_minutes_are_told_from_what_the_reader_knows(story):
    old = story.place
    moved(story, place="Sân đình")
    moved(story, place="Nhà văn hóa thôn Bãi")
    for one in letters(state=S.WAITING):
        assert f"* Địa điểm: {old}" in one.text
        assert "→ Nhà văn hóa thôn Bãi" in one.text
        assert "Sân đình" not in one.text
    sent_out()
    moved(story, place="Sân đình")
    assert all("* Địa điểm: Nhà văn hóa thôn Bãi" in one.text for one in letters(state=S.WAITING))


def test_another_title_alone_is_no_news_but_a_letter_that_waits_says_it(story):
    moved(story, title="Đối thoại về nước")
    assert letters() == []
    moved(story, place="Sân đình")
    moved(story, title="Đối thoại về điện")
    assert len(letters(state=S.WAITING)) == len(READERS)
    assert all("Đối thoại về điện" in one.text and checked(one) is None for one in letters(state=S.WAITING))


def test_a_move_taken_back_before_it_was_told_is_told_to_nobody(story):
    old = story.place
    moved(story, place="Sân đình")
    moved(story, place=old)
    assert letters(state=S.WAITING) == []


def test_who_never_heard_of_it_gets_an_announcement_or_nothing(story):
    story.state, story.announced_at = DialogueState.DRAFT, None
    db.session.flush()
    reasons = dict.fromkeys(AnnouncementCheck, "Đã trao đổi")
    moves.announce(dialogue=story, reasons=reasons, version=story.version, actor=make_staff())
    db.session.commit()
    moved(story, place="Sân đình")
    assert all(one.subject.startswith("Thông báo") and "→" not in one.text for one in letters(state=S.WAITING))
    moves.cancel(dialogue=story, reason="Trùng lịch", actor=make_staff())
    db.session.commit()
    assert letters(state=S.WAITING) == []


def test_a_postponed_day_is_named_and_so_is_the_new_one(story):
    moves.postpone(dialogue=story, reason="Bão số 9", actor=make_staff())
    db.session.commit()
    was = told.moment(story.starts_at, story.commune.time_zone, "vi")
    assert all(was in one.text for one in letters())
    sent_out()
    times = plan_of(story).times
    times = replace(times, starts_at=times.starts_at + timedelta(days=14), ends_at=times.ends_at + timedelta(days=14))
    reasons = dict.fromkeys(AnnouncementCheck, "Đã trao đổi")
    moves.announce(dialogue=story, reasons=reasons, version=story.version, actor=make_staff(), times=times)
    db.session.commit()
    waiting = letters(state=S.WAITING)
    assert waiting
    assert all(f"{was} –" in one.text.split("→")[0] for one in waiting)


def test_a_draft_is_nobodys_news(app):
    subscriber()
    dialogue = make_dialogue(state=DialogueState.DRAFT)
    moves.cancel(dialogue=dialogue, reason="Không cần nữa", actor=make_staff())
    db.session.commit()
    assert letters() == []


def test_a_published_result_is_news_and_holding_is_not(story, at):
    at("2026-12-02 13:00")
    story.state, story.conclusion, story.concluded_at = DialogueState.CONCLUDED, "Xã nhận hai việc.", clock.now()
    db.session.flush()
    before = {"state": DialogueState.CONCLUDED, **{name: getattr(story, name) for name in ("title", *news.MOVES)}}
    news.tell(story, before)
    assert letters() == []
    story = db.session.get(Dialogue, story.id)
    story.state = DialogueState.PUBLISHED
    news.tell(story, before)
    db.session.commit()
    found = letters()
    assert sorted(one.recipient for one in found) == READERS
    assert f"/d/{story.code}/results" in found[0].text


def test_news_is_not_sent_when_it_is_not_true_any_more(story):
    moves.postpone(dialogue=story, reason="Bão số 9", actor=make_staff())
    db.session.commit()
    message = letters()[0]
    assert checked(message) is None
    story.sequence += 1
    db.session.flush()
    assert checked(message)


def test_news_is_not_sent_to_somebody_who_ended_it(story):
    moves.postpone(dialogue=story, reason="Bão số 9", actor=make_staff())
    db.session.commit()
    message = letters()[0]
    reader = db.session.query(Subscriber).filter_by(email=message.recipient).one()
    service.end(subscriber=reader, reason="x")
    db.session.commit()
    assert letters()[0].state is S.DROPPED


# -- reminders --------------------------------------------------------------------------------------------------------


def remind(app):
    db.session.rollback()
    return Deliverer(app.config["SETTINGS"]).round().reminded


def test_the_reminder_comes_the_day_before_once_and_says_why(app, story, at):
    at("2026-12-01 07:59")
    assert remind(app) == 0
    at("2026-12-01 08:00")
    assert remind(app) == 2
    assert remind(app) == 0
    found = letters(Kind.SUBSCRIBER_REMINDER)
    assert sorted(one.recipient for one in found) == READERS
    assert all(one.why and one.respects_quiet_hours for one in found)


def test_after_an_outage_the_reminder_still_comes_that_day(app, story, at):
    at("2026-12-01 20:30")
    assert remind(app) == 2


def test_a_reminder_of_a_dialogue_that_was_cancelled_meanwhile_is_not_sent(app, story, at):
    at("2026-12-01 08:00")
    remind(app)
    moves.cancel(dialogue=db.session.get(Dialogue, story.id), reason="Bão", actor=make_staff())
    db.session.commit()
    assert {one.state for one in letters(Kind.SUBSCRIBER_REMINDER)} == {S.DROPPED}


def test_a_reminder_that_comes_too_late_is_not_sent(app, story, at):
    at("2026-12-01 20:00")
    remind(app)
    message = letters(Kind.SUBSCRIBER_REMINDER)[0]
    assert checked(message) is None
    at("2026-12-02 07:31")
    assert checked(message)


def test_readers_in_english_get_english(app, story, at):
    db.session.query(Subscriber).filter_by(email=READERS[0]).one().language = "en"
    db.session.commit()
    at("2026-12-01 08:00")
    remind(app)
    texts = {one.recipient: one.text for one in letters(Kind.SUBSCRIBER_REMINDER)}
    assert "Wednesday, 2 December 2026" in texts[READERS[0]]
    assert "thứ Tư, 02/12/2026" in texts[READERS[1]]


def test_reminders_of_many_readers_cost_a_few_queries(app, at, queries, monkeypatch):
    monkeypatch.setattr(post, "REMINDERS", {"subscribers": news.due_reminders})  # others cost what they cost
    monkeypatch.setattr("dialogues.post.delivery.do_rounds", lambda _now, _stop: 0)
    at("2026-11-22 09:00")
    make_dialogue()
    for number in range(40):
        subscriber(f"nguoi-{number}@minh-tam.example")
    at("2026-12-01 08:00")
    with queries() as seen:
        assert remind(app) == 40
    assert seen.count <= 12


def test_due_dates_of_the_days_between_cost_nothing(app, story, at):
    at("2026-11-25 10:00")
    assert list(news.due_reminders(clock.now())) == []
