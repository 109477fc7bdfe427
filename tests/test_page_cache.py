"""Pages for residents are kept until something in them changes, and never shown to the wrong visitor."""

import gzip

import pytest

from dialogues.questions.rules import QuestionState
from tests.make import make_commune, make_dialogue, make_question, make_staff

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
