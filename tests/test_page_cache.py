"""Pages for residents are kept until something in them changes, and never shown to the wrong visitor."""

import gzip

import pytest
from flask import g

from dialogues.questions.rules import QuestionState
from tests.make import (
    make_answer,
    make_commitment,
    make_commune,
    make_dialogue,
    make_question,
    make_staff,
    make_village,
)

HOME = "/minh-tam/"


@pytest.fixture
def dialogue(at):
    at("2026-11-22 09:00")
    return make_dialogue(title="Đối thoại quý bốn")


def test_a_kept_page_costs_one_statement(client, dialogue, queries):
    first = client.get(HOME)
    with queries() as seen:
        second = client.get(HOME)
    assert seen.count == 1
    assert second.text == first.text


def test_the_same_page_is_not_sent_twice(client, dialogue, queries):
    etag = client.get(HOME).headers["ETag"]
    with queries() as seen:
        page = client.get(HOME, status=304, headers={"If-None-Match": etag})
    assert seen.count == 1
    assert page.data == b""


def test_a_rebuilt_page_that_did_not_change_is_not_sent_twice_either(client, dialogue, at):
    etag = client.get(HOME).headers["ETag"]
    at("2026-11-22 09:01")
    client.get(HOME, status=304, headers={"If-None-Match": etag})


def test_a_change_to_a_public_row_is_seen_at_once(client, dialogue, session):
    client.get(HOME)
    dialogue.title = "Đối thoại về nước sạch"
    session.commit()
    assert "Đối thoại về nước sạch" in client.get(HOME).text


def _promised(dialogue):
    question = make_question(
        dialogue, state=QuestionState.PUBLISHED, public_text="Đường liên thôn hỏng", village=make_village(),
        asker={"name": "Bà Tư", "may_publish_name": True},
    )  # fmt: skip
    return make_commitment(make_answer(question, answered_by=make_staff()), result="Rải đá mặt đường")


CHANGES = {
    "the words": lambda c: setattr(c.answer.question, "public_text", "Đường đã đổi"),
    "the asker's name": lambda c: setattr(c.answer.question.askers[0], "name", "Ông đã đổi"),
    "the answer": lambda c: setattr(c.answer, "text", "Trả lời đã đổi"),
    "the promise": lambda c: setattr(c, "result", "Cam kết đã đổi"),
    "the village": lambda c: setattr(c.answer.question.village, "name", "Xóm đã đổi"),
    "who answered": lambda c: setattr(c.answer.answered_by, "name", "Người đã đổi"),
    "who promised": lambda c: setattr(c.responsible, "name", "Chủ đã đổi"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_every_page_shows_a_change_of_a_question_and_its_answer_at_once(client, dialogue, session, what):
    promise = _promised(dialogue)
    other = _promised(dialogue)
    pages = [f"/d/{dialogue.code}", "/minh-tam/questions", f"/minh-tam/questions/{promise.answer.question_id}"]
    for page in pages:
        assert "đã đổi" not in client.get(page).main
    CHANGES[what](promise)
    session.commit()
    for page in pages:
        assert client.get(page).main.count("đã đổi") >= 1, page
    assert "đã đổi" not in client.get(f"/minh-tam/questions/{other.answer.question_id}").main


def test_a_question_taken_back_leaves_every_page_at_once(client, dialogue, session):
    promise = _promised(dialogue)
    pages = [f"/d/{dialogue.code}", "/minh-tam/questions", "/minh-tam/questions?q=lien+thon", "/minh-tam/"]
    for page in pages:
        assert "Đường liên thôn hỏng" in client.get(page).main, page
    promise.answer.question.state = QuestionState.WITHDRAWN
    session.commit()
    for page in pages:
        assert "Đường liên thôn hỏng" not in client.get(page).main, page


def test_a_renamed_dialogue_is_renamed_on_every_page(client, dialogue, session):
    pages = [f"/d/{dialogue.code}", "/minh-tam/questions", "/minh-tam/", "/minh-tam/dialogues"]
    for page in pages:
        client.get(page)
    dialogue.title = "Tên đã đổi"
    session.commit()
    for page in pages:
        assert "Tên đã đổi" in client.get(page).main, page


def test_what_a_write_read_before_its_commit_is_not_kept(app, dialogue, session):
    """A write may be taken back: a part of a page that it made would show what never was."""
    fragments, place = app.extensions["fragments"], dialogue.commune
    with app.test_request_context("/", method="POST"):
        g.public_page_of = (place.id, place.public_version)
        fragments.remembered("part", place, "schedule", make=lambda: "of a write")
    with app.test_request_context("/"):
        g.public_page_of = (place.id, place.public_version)
        assert fragments.remembered("part", place, "schedule", make=lambda: "of a read") == "of a read"
        assert fragments.remembered("part", place, "schedule", make=lambda: "again") == "of a read"


def test_a_question_that_waits_to_be_read_disturbs_no_page(client, dialogue, queries):
    client.get(HOME)
    make_question(dialogue=dialogue, state=QuestionState.WAITING)
    with queries() as seen:
        client.get(HOME)
    assert seen.count == 1


def test_another_communes_change_disturbs_no_page(client, dialogue, queries, session):
    other = make_commune()
    client.get(HOME)
    other.hotline = "0900 000 199"
    session.commit()
    with queries() as seen:
        client.get(HOME)
    assert seen.count == 1


def test_what_follows_the_clock_is_at_most_a_minute_old(client, dialogue, at, queries):
    client.get(HOME)
    at("2026-11-22 09:01")
    with queries() as seen:
        client.get(HOME)
    assert seen.count > 1


def test_each_language_has_its_own_page(client, dialogue):
    vietnamese = client.get(HOME)
    client.post("/language", {"language": "en", "next": HOME})
    assert client.get(HOME).text != vietnamese.text
    client.post("/language", {"language": "vi", "next": HOME})
    assert client.get(HOME).text == vietnamese.text


def test_signed_in_people_get_pages_of_their_own(client, dialogue, sign_in, queries):
    client.get(HOME)
    sign_in(make_staff())
    with queries() as seen:
        page = client.get(HOME)
    assert seen.count > 1
    assert "ETag" not in page.headers


def test_a_foreign_host_gets_nothing_from_the_store(client, dialogue):
    client.get(HOME)
    client.get(HOME, status=400, headers={"Host": "evil.example"})


def test_compressed_and_plain_answers_hold_the_same(client, dialogue):
    plain = client.get(HOME).data
    for _ in range(2):
        packed = client.client.get(HOME, headers={"Accept-Encoding": "gzip"})
        assert packed.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed.data) == plain


def test_head_has_no_body(client, dialogue):
    client.get(HOME)
    assert client.head(HOME).data == b""


def test_pages_of_code_holders_and_staff_are_never_stored(client, dialogue, sign_in):
    question = make_question(dialogue=dialogue)
    assert client.get(f"/q/{question.askers[0].code}").headers["Cache-Control"] == "no-store"
    sign_in(make_staff())
    assert client.get("/office/").headers["Cache-Control"] == "no-store"


def test_the_store_is_bounded(app, client, dialogue, monkeypatch):
    monkeypatch.setattr("dialogues.page_cache.MAX_PAGES", 5)
    for number in range(12):
        client.get(f"{HOME}?x={number}")
    assert len(app.extensions["page_cache"].pages) == 5
