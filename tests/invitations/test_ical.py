"""The calendar builder: values in, bytes out; read back by a program that knows the standard."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from icalendar import Calendar

from dialogues.invitations.ical import CalendarEvent, Organizer, Status, calendar

NOON = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
OFFICE = Organizer("UBND xã Minh Tâm", "mailto:van-phong@minh-tam.example")
EVENT = CalendarEvent(
    uid="dialogue-1@doithoai.example",
    sequence=0,
    status=Status.CONFIRMED,
    summary="Hội nghị đối thoại định kỳ",
    created=NOON - timedelta(days=9),
    changed=NOON,
    starts_at=NOON + timedelta(days=10),
    ends_at=NOON + timedelta(days=10, hours=4),
    location="Hội trường UBND xã",
    description="Nghe Nhân dân nói.",
    url="https://doithoai.example/d/ABCDEF",
)
HOSTILE = [
    "Đường, đất; nước \\ điện",
    "dòng một\ndòng hai\r\nBEGIN:VEVENT\r\nUID:x",
    "cảm ơn 😀 🏡 nhé",
    'ngoặc "kép" và :hai chấm',
    "Nhân dân hỏi, lãnh đạo trả lời; " * 160,
    "\x00\x1b[31mđỏ\u202egnược\u200b",
]


def built(*events, name="Đối thoại xã Minh Tâm", **more):
    return calendar(events, name, organizer=OFFICE, **more)


def read(body):
    return Calendar.from_ical(body)


def only_event(body):
    (event,) = read(body).walk("VEVENT")
    return event


def lines(body):
    return body.replace(b"\r\n ", b"").split(b"\r\n")


def test_an_event_is_read_back_as_it_was_given():
    event = only_event(built(EVENT))
    assert str(event["UID"]) == EVENT.uid
    assert str(event["SUMMARY"]) == EVENT.summary
    assert event["DTSTART"].dt == EVENT.starts_at
    assert event["DTEND"].dt == EVENT.ends_at
    assert event["CREATED"].dt == EVENT.created
    assert event["LAST-MODIFIED"].dt == event["DTSTAMP"].dt == EVENT.changed
    assert (event["SEQUENCE"], event["STATUS"], event["URL"]) == (0, "CONFIRMED", EVENT.url)
    assert str(event["ORGANIZER"]) == OFFICE.address
    assert event["ORGANIZER"].params["CN"] == OFFICE.name


def test_times_are_written_in_utc_so_that_no_client_needs_a_table_of_zones():
    body = built(EVENT)
    assert b"DTSTART:20261202T050000Z" in lines(body)
    assert b"TZID" not in body
    assert b"VTIMEZONE" not in body


def test_the_address_of_the_page_also_ends_the_description():
    assert str(only_event(built(EVENT))["DESCRIPTION"]) == f"Nghe Nhân dân nói.\n\n{EVENT.url}"


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_words_stay_words(text):
    event = replace(EVENT, summary=text, location=text, description=text)
    body = built(event, name=text)
    found = only_event(body)
    assert str(found["UID"]) == EVENT.uid
    assert str(found["SUMMARY"]) == str(found["LOCATION"])
    assert "\n" not in str(found["SUMMARY"])
    words = "".join(c for c in text if c.isprintable() or c.isspace()).split()
    assert str(found["SUMMARY"]).split() == [word.replace("\u202e", "").replace("\u200b", "") for word in words]
    assert not {c for c in body.decode() if ord(c) < 32} - {"\r", "\n"}


@pytest.mark.parametrize("text", [EVENT.summary, *HOSTILE], ids=range(1 + len(HOSTILE)))
def test_lines_end_with_crlf_and_have_at_most_75_octets(text):
    body = built(replace(EVENT, summary=text, description=text), name=text)
    assert body.endswith(b"END:VCALENDAR\r\n")
    assert b"\n" not in body.replace(b"\r\n", b"")
    assert b"\r" not in body.replace(b"\r\n", b"")
    for line in body.split(b"\r\n"):
        assert len(line) <= 75, line
        line.decode()  # no letter is cut in two


def test_the_name_of_the_calendar_is_escaped_like_every_text():
    body = lines(built(EVENT, name="Đối thoại, xã; A\\B"))
    assert "NAME:Đối thoại\\, xã\\; A\\\\B".encode() in body
    assert "X-WR-CALNAME:Đối thoại\\, xã\\; A\\\\B".encode() in body


def test_a_whole_day_ends_on_the_next_and_blocks_no_time():
    event = only_event(built(replace(EVENT, starts_at=None, ends_at=None, all_day_on=date(2026, 12, 31))))
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (date(2026, 12, 31), date(2027, 1, 1))
    assert event["TRANSP"] == "TRANSPARENT"


@pytest.mark.parametrize("ends_at", [None, EVENT.starts_at, EVENT.starts_at - timedelta(hours=1)])
def test_an_end_is_given_even_if_none_was_set(ends_at):
    event = only_event(built(replace(EVENT, ends_at=ends_at)))
    assert event["DTEND"].dt == EVENT.starts_at + timedelta(hours=2)


def test_an_event_without_a_day_is_refused():
    with pytest.raises(ValueError, match="without a day"):
        built(replace(EVENT, starts_at=None))


def test_a_feed_says_where_and_how_often_it_may_be_asked():
    body = lines(built(EVENT, url="https://doithoai.example/minh-tam/calendar.ics"))
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT6H" in body
    assert b"X-PUBLISHED-TTL:PT6H" in body
    assert b"SOURCE;VALUE=URI:https://doithoai.example/minh-tam/calendar.ics" in body
    assert b"REFRESH-INTERVAL" not in built(EVENT)


def test_a_calendar_without_events_is_one_too():
    assert read(built()).walk("VEVENT") == []
    assert read(built())["METHOD"] == "PUBLISH"


def test_the_same_values_give_the_same_bytes():
    assert built(EVENT) == built(replace(EVENT))
    assert built(EVENT) != built(replace(EVENT, sequence=1))
