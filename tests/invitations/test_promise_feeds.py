"""Due days of promises in calendars, and their news as Atom: what stands in them, and what never does."""

from datetime import UTC, date, datetime, timedelta
from xml.etree import ElementTree

import pytest
from icalendar import Calendar

from dialogues import clock
from dialogues.followup.models import CommitmentEntry
from dialogues.followup.rules import CommitmentState, EntryKind
from dialogues.invitations.atom import News, feed
from dialogues.questions.rules import QuestionState
from tests.make import (
    make_answer,
    make_commitment,
    make_commune,
    make_question,
    make_staff,
    make_village,
    save,
    the_commune,
)

ICS, ATOM = "/minh-tam/commitments.ics", "/minh-tam/commitments.atom"
C = CommitmentState
TODAY = date(2026, 11, 20)
NAME = {"a": "http://www.w3.org/2005/Atom"}


@pytest.fixture(autouse=True)
def now(at, app):
    at("2026-11-20 09:00")


def events(page):
    assert page.headers["Content-Type"] == "text/calendar; charset=utf-8"
    return {str(event["UID"]): event for event in Calendar.from_ical(page.data).walk("VEVENT")}


def entries(page):
    assert page.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    return ElementTree.fromstring(page.data).findall("a:entry", NAME)


def titles(page):
    return [entry.findtext("a:title", "", NAME) for entry in entries(page)]


# -- calendars --------------------------------------------------------------------------------------------------------


def test_a_due_day_is_a_whole_day_and_leads_to_the_public_page(client):
    promise = make_commitment(due_on=TODAY + timedelta(4), result="Đổ bê tông; 50 m, ngõ 3")
    event = events(client.get(ICS))[promise.uid]
    assert event["DTSTART"].dt == TODAY + timedelta(4)
    assert event["DTEND"].dt == TODAY + timedelta(5)
    assert str(event["SUMMARY"]) == "Đến hạn: Đổ bê tông; 50 m, ngõ 3"
    assert str(event["URL"]) == f"http://localhost/minh-tam/commitments/{promise.id}"
    assert b"office" not in client.get(ICS).data
    assert str(event["STATUS"]) == "CONFIRMED"


@pytest.mark.parametrize(
    ("state", "days", "begins", "status"),
    [
        (C.WITHDRAWN, 4, "[RÚT LẠI]", "CANCELLED"),
        (C.OPEN, -1, "[QUÁ HẠN]", "CONFIRMED"),
        (C.REPORTED_DONE, -1, "[ĐÃ BÁO XONG]", "CONFIRMED"),
        (C.CONFIRMED, -1, "[ĐÃ XONG]", "CONFIRMED"),
    ],
)
def test_its_state_stands_before_it(client, state, days, begins, status):
    promise = make_commitment(due_on=TODAY + timedelta(days), state=state)
    event = events(client.get(ICS))[promise.uid]
    assert str(event["SUMMARY"]).startswith(begins)
    assert str(event["STATUS"]) == status


def test_uid_stays_and_sequence_rises_when_the_day_moves(client, session):
    promise = make_commitment()
    before = events(client.get(ICS))[promise.uid]
    promise.due_on, promise.sequence = promise.due_on + timedelta(9), promise.sequence + 1
    session.commit()
    after = events(client.get(ICS))[promise.uid]
    assert after["SEQUENCE"] == before["SEQUENCE"] + 1
    assert after["DTSTART"].dt == before["DTSTART"].dt + timedelta(9)


def of_village(village, **more):
    return make_commitment(make_answer(make_question(state=QuestionState.PUBLISHED, village=village)), **more)


def test_a_village_has_its_own(client):
    village, other = make_village(), make_village()
    mine = of_village(village)
    of_village(other)
    make_commitment()
    page = client.get(f"/minh-tam/v/{village.id}/commitments.ics")
    assert set(events(page)) == {mine.uid}
    assert village.label in str(Calendar.from_ical(page.data)["X-WR-CALNAME"])
    assert titles(client.get(f"/minh-tam/v/{village.id}/commitments.atom")) == [f"Cam kết mới: {mine.result}"]
    elsewhere = make_village(make_commune())
    for ending in ("ics", "atom"):
        client.get(f"/minh-tam/v/{elsewhere.id}/commitments.{ending}", status=404)
        client.get(f"/nowhere/commitments.{ending}", status=404)


def test_what_residents_cannot_read_stands_in_neither(client):
    village = make_village()
    make_commitment(make_answer(published_at=None), result="Bí mật một")
    make_commitment(make_answer(make_question(state=QuestionState.MOVED_TO_COMPLAINT)), result="Bí mật hai")
    make_commitment(make_answer(make_question(state=QuestionState.WITHDRAWN, village=village)), result="Không nói thôn")
    for address in (ICS, ATOM):
        text = client.get(address).data.decode()
        assert "Bí mật" not in text
        assert "Không nói thôn" in text
        own = client.get(address.replace("/commitments", f"/v/{village.id}/commitments"))
        assert "Không nói thôn" not in own.data.decode()


def test_old_ones_that_ended_are_left_out_and_open_ones_never(client):
    long_ago = TODAY - timedelta(900)
    still = make_commitment(due_on=long_ago, state=C.IN_PROGRESS)
    make_commitment(due_on=long_ago, state=C.CONFIRMED)
    assert set(events(client.get(ICS))) == {still.uid}


def test_feeds_cost_the_same_for_many(client, queries):
    answer = make_answer()
    make_commitment(answer, responsible_id=make_staff().id)
    with queries() as few:
        client.get(f"{ICS}?a=1"), client.get(f"{ATOM}?a=1")
    for _ in range(15):
        make_commitment(answer, responsible_id=make_staff().id)
    with queries() as many:
        client.get(f"{ICS}?a=2"), client.get(f"{ATOM}?a=2")
    assert many.count == few.count <= 5


def test_the_page_of_the_calendar_tells_their_addresses(client):
    village = make_village()
    for place, path in (("", ""), (f"/v/{village.id}", f"/v/{village.id}")):
        page = client.get(f"/minh-tam{place}/calendar")
        for address in ("ics", "atom"):
            assert f"http://localhost/minh-tam{path}/commitments.{address}" in page.source
        assert f"webcal://localhost/minh-tam{path}/commitments.ics" in page.source


# -- news -------------------------------------------------------------------------------------------------------------


def entry(promise, kind, text, hours=1, **more):
    at = clock.now() + timedelta(hours=hours)
    values = {"commune_id": promise.commune_id, "commitment_id": promise.id, "kind": kind, "text": text, "at": at}
    return save(CommitmentEntry(**values, **more))


def test_news_tells_what_happened_the_newest_first(client):
    author = make_staff(name="Phạm Lộc", post="Phó Chủ tịch")
    promise = make_commitment(result="Sửa <b>cống</b> & rãnh", first_due_on=date(2026, 12, 1), due_on=date(2027, 1, 5))
    moved = {"old_due_on": date(2026, 12, 1), "new_due_on": date(2027, 1, 5)}
    late = entry(promise, EntryKind.EXTENSION, "Mưa < lũ.", 1, author_id=author.id, **moved)
    entry(promise, EntryKind.PROGRESS, "Đã đào.", 2)
    page = client.get(ATOM)
    assert titles(page) == [
        "Tiến độ: Sửa <b>cống</b> & rãnh",
        "Gia hạn từ 01/12/2026 đến 05/01/2027: Sửa <b>cống</b> & rãnh",
        "Cam kết mới: Sửa <b>cống</b> & rãnh",
    ]
    second = entries(page)[1]
    assert second.findtext("a:summary", "", NAME) == "Mưa < lũ."
    assert second.findtext("a:author/a:name", "", NAME) == "Phạm Lộc, Phó Chủ tịch"
    assert second.findtext("a:id", "", NAME).endswith(f"/entry/{late.id}")
    assert second.find("a:link", NAME).get("href") == f"http://localhost/minh-tam/commitments/{promise.id}"
    assert "01/12/2026" in entries(page)[2].findtext("a:summary", "", NAME)


def test_ids_never_change_and_are_used_once(client, session):
    promise = make_commitment()
    entry(promise, EntryKind.PROGRESS, "Một.")
    entry(promise, EntryKind.PROGRESS, "Hai.")
    before = [one.findtext("a:id", "", NAME) for one in entries(client.get(ATOM))]
    promise.result, promise.due_on = "Đổi lời", promise.due_on + timedelta(5)
    session.commit()
    assert [one.findtext("a:id", "", NAME) for one in entries(client.get(ATOM))] == before
    assert len(set(before)) == 3
    assert all(one.startswith("tag:localhost,2026:commitment-") for one in before)


def test_a_feed_is_kept_until_something_happens(client, session):
    promise = make_commitment()
    etag = client.get(ATOM).headers["ETag"]
    client.get(ATOM, status=304, headers={"If-None-Match": etag})
    entry(promise, EntryKind.PROGRESS, "Thợ đã vào.")
    assert "Thợ đã vào." in client.get(ATOM, headers={"If-None-Match": etag}).data.decode()


def test_news_is_vietnamese_in_every_language(client):
    make_commitment()
    client.post("/language", {"language": "en"})
    assert titles(client.get(ATOM))[0].startswith("Cam kết mới: ")


def test_the_newest_are_never_left_out(client):
    answer = make_answer()
    person = make_staff()
    for number in range(62):
        make_commitment(
            answer, result=f"Việc {number}", responsible=person, created_at=clock.now() + timedelta(minutes=number)
        )
    found = titles(client.get(ATOM))
    assert len(found) == 60
    assert found[0] == "Cam kết mới: Việc 61"


def test_without_anything_it_is_a_feed_still(client):
    the_commune()
    page = client.get(ATOM)
    assert entries(page) == []
    root = ElementTree.fromstring(page.data)
    for name in ("id", "title", "updated", "author/name"):
        assert root.findtext("/".join(f"a:{part}" for part in name.split("/")), "", NAME)


def test_the_builder_writes_any_text():
    at = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    odd = 'a<b>&"\x00\x0b' + chr(0xFFFE) + "ế"
    body = feed(
        [News("tag:x,2026:1", odd, at, "http://x/?a=1&b=\"2\"", odd, odd)],
        id="tag:x,2026:0", title=odd, url="http://x/a.atom", page_url="http://x/", author=odd, empty_at=at,
    )  # fmt: skip
    (one,) = ElementTree.fromstring(body).findall("a:entry", NAME)
    assert one.findtext("a:updated", "", NAME) == "2026-01-02T03:04:05Z"
    assert one.find("a:link", NAME).get("href") == 'http://x/?a=1&b="2"'
    assert one.findtext("a:title", "", NAME).startswith('a<b>&"')
