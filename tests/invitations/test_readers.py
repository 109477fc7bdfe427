"""Our calendar files in the hands of other programs: all must understand the same, and lose no letter."""

from __future__ import annotations

import threading
import urllib.request
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from dialogues.invitations.ical import (
    NAMELESS,
    Attendee,
    CalendarEvent,
    CalendarTask,
    Organizer,
    Status,
    TaskStatus,
    calendar,
)
from dialogues.text import clean_line, clean_text
from tests.browser.live import LAUNCH, NO_CHROMIUM, chromium
from tests.invitations.readers import (
    NO_LIBICAL,
    Entry,
    IcalJs,
    LibIcal,
    chromium_page,
    with_ical,
    with_icalendar,
    with_vobject,
)
from tests.needs import missing

NOON = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
OFFICE = Organizer('UBND xã "Minh Tâm"; phòng 1, 2', "mailto:van-phong@minh-tam.example")
EVENT = CalendarEvent(
    uid="dialogue-1@doithoai.example",
    sequence=0,
    status=Status.CONFIRMED,
    summary="Hội nghị đối thoại định kỳ",
    created=NOON - timedelta(days=9),
    changed=NOON,
    starts_at=NOON + timedelta(days=10),
    ends_at=NOON + timedelta(days=10, hours=4),
    location="Hội trường UBND xã, thôn Cầu Đá",
    description="Nghe Nhân dân nói.\nHỏi; đáp, ghi lại.",
    url="https://doithoai.example/d/ABCDEF",
)
TASK = CalendarTask(
    uid="commitment-1@doithoai.example",
    sequence=2,
    status=TaskStatus.NEEDS_ACTION,
    summary="Đến hạn: Thay ống nước thôn Đồng",
    created=NOON - timedelta(days=9),
    changed=NOON,
    starts_on=date(2026, 11, 13),
    due_on=date(2026, 12, 31),
    url="https://doithoai.example/office/commitments/1",
)
ENTRIES = [
    EVENT,
    replace(EVENT, uid="2@x.example", sequence=7, status=Status.CANCELLED, summary="[HỦY] Đối thoại", location=""),
    replace(EVENT, uid="3@x.example", status=Status.TENTATIVE, summary="[DỰ KIẾN] Đối thoại", sequence=1),
    replace(EVENT, uid="4@x.example", starts_at=NOON.replace(hour=17, minute=30), ends_at=None),  # after midnight here
    replace(EVENT, uid="5@x.example", starts_at=datetime(2028, 2, 29, 23, 59, 59, tzinfo=UTC), ends_at=None),
    replace(EVENT, uid="6@x.example", starts_at=None, ends_at=None, all_day_on=date(2026, 12, 31)),
    replace(EVENT, uid="10@x.example", starts_at=None, ends_at=None, all_day_on=date(2026, 12, 31), reminds=True),
    TASK,
    replace(TASK, uid="8@x.example", status=TaskStatus.IN_PROCESS, due_on=TASK.starts_on),
    replace(TASK, uid="9@x.example", status=TaskStatus.COMPLETED, completed_at=NOON),
    replace(TASK, uid="12@x.example", status=TaskStatus.CANCELLED, summary="[RÚT LẠI] Hạn: sửa đường", sequence=2),
    replace(TASK, uid="11@x.example", reminds=True),
]


def built(*entries, **more):
    return calendar(entries, "Đối thoại xã Minh Tâm", organizer=OFFICE, **more)


def meant(entry) -> Entry:
    """What was put in, in the words of the readers."""
    shared = {
        "uid": entry.uid,
        "sequence": entry.sequence,
        "status": entry.status.value,
        "summary": clean_line(entry.summary) or NAMELESS,
        "description": clean_text(f"{entry.description}\n\n{entry.url}"),
    }
    if isinstance(entry, CalendarTask):
        start = min(entry.starts_on, entry.due_on - timedelta(days=1))
        return Entry("VTODO", location="", start=start, end=entry.due_on, completed=entry.completed_at, **shared)
    if entry.all_day_on:
        start, end = entry.all_day_on, entry.all_day_on + timedelta(days=1)
    else:
        start, end = entry.starts_at, entry.ends_at or entry.starts_at + timedelta(hours=2)
    return Entry("VEVENT", location=clean_line(entry.location), start=start, end=end, **shared)


@pytest.fixture(scope="module")
def libical():
    try:
        return LibIcal()
    except OSError:
        missing(NO_LIBICAL)


@pytest.fixture(scope="module")
def ical_js():
    program = chromium()
    if program is None:
        missing(NO_CHROMIUM)
    with chromium_page(program, LAUNCH) as page:
        yield IcalJs(page)


READERS = ("icalendar", "vobject", "ical", "libical", "ical_js")


@pytest.fixture
def read(request):
    """read(body) of the program that the test is run with."""
    plain = {"icalendar": with_icalendar, "vobject": with_vobject, "ical": with_ical}
    return plain.get(request.param) or request.getfixturevalue(request.param)


@pytest.mark.parametrize("read", READERS, indirect=True)
def test_every_program_understands_the_same(read):
    assert read(built(*ENTRIES, url="https://doithoai.example/a/calendar.ics")) == [meant(entry) for entry in ENTRIES]


@pytest.mark.parametrize("read", READERS, indirect=True)
def test_every_program_follows_two_moves_and_the_cancellation(read):
    moved = replace(EVENT, sequence=1, starts_at=EVENT.starts_at + timedelta(days=1), ends_at=None)
    again = replace(moved, sequence=2, starts_at=moved.starts_at + timedelta(hours=3), location="Nhà văn hóa")
    off = replace(again, sequence=3, status=Status.CANCELLED, summary="[HỦY] Hội nghị")
    story = [read(built(entry)) for entry in (EVENT, moved, again, off)]
    assert story == [[meant(entry)] for entry in (EVENT, moved, again, off)]


@pytest.mark.parametrize("read", READERS, indirect=True)
def test_every_program_understands_an_invitation_and_its_end(read):
    guest = Attendee('Lý "Mai"; Thị, Mai: 😀', "mai@minh-tam.example", "REQ-PARTICIPANT")
    off = replace(EVENT, sequence=1, status=Status.CANCELLED)
    assert read(built(EVENT, method="REQUEST", attendee=guest)) == [meant(EVENT)]
    assert read(built(off, method="CANCEL", attendee=replace(guest, answer=""))) == [meant(off)]


def test_what_is_published_keeps_the_rules_of_the_standards(libical):
    """libical's own table of RFC 5545 and 5546: what must, may and must not stand in each component."""
    assert libical.keeps_the_rules(built(*ENTRIES, url="https://doithoai.example/a/calendar.ics"))
    assert not libical.keeps_the_rules(built(TASK).replace(b"PRIORITY:0\r\n", b""))


def test_an_invitation_and_its_cancellation_keep_them_too(libical):
    guest = Attendee("Lý Thị Mai", "mai@minh-tam.example", "REQ-PARTICIPANT")
    request = built(EVENT, method="REQUEST", attendee=guest)
    cancel = built(replace(EVENT, status=Status.CANCELLED), method="CANCEL", attendee=replace(guest, answer=""))
    assert libical.keeps_the_rules(request)
    assert libical.keeps_the_rules(cancel)
    assert not libical.keeps_the_rules(request.replace(b"ORGANIZER", b"X-ORGANIZER"))


# -- a CalDAV server --------------------------------------------------------------------------------------------------


class _Silent(WSGIRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture
def caldav(tmp_path):
    """Radicale on 127.0.0.1, open to everybody, with an empty calendar: its address."""
    from radicale import Application, config

    configuration = config.load()
    configuration.update(
        {
            "auth": {"type": "none"},
            "rights": {"type": "authenticated"},
            "storage": {"filesystem_folder": str(tmp_path)},
            "web": {"type": "none"},
        },
        "test",
    )
    server: WSGIServer = make_server("127.0.0.1", 0, Application(configuration), handler_class=_Silent)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    home = f"http://127.0.0.1:{server.server_port}/office/dialogues/"
    try:
        asked(home, "MKCALENDAR")
        yield home
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def asked(url, method, body=None):
    headers = {"Content-Type": "text/calendar; charset=utf-8", "Authorization": "Basic b2ZmaWNlOng="}
    request = urllib.request.Request(url, body, headers, method=method)
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=20) as answer:
        return answer.read()


def test_a_caldav_server_takes_each_entry_and_gives_the_same_back(caldav):
    for number, entry in enumerate(ENTRIES):
        # what lies in a calendar has no method (RFC 4791, 4.1)
        asked(f"{caldav}{number}.ics", "PUT", built(entry).replace(b"METHOD:PUBLISH\r\n", b""))
        assert with_icalendar(asked(f"{caldav}{number}.ics", "GET")) == [meant(entry)]
    whole = with_icalendar(asked(caldav, "GET"))
    assert sorted(whole, key=lambda one: one.uid) == sorted(map(meant, ENTRIES), key=lambda one: one.uid)


# -- any text ---------------------------------------------------------------------------------------------------------

WORDS = st.text(
    st.one_of(
        st.sampled_from(",;:\\\"'^=\n\r\t nNộđ"),
        st.sampled_from("😀🏡👩🏽\u200d🌾🇻🇳𠮷"),
        st.characters(exclude_categories=("Cs",)),
    ),
    max_size=200,
)
LONG = st.builds(lambda text, times: (text * times)[:5000], st.text(min_size=1, max_size=40), st.integers(1, 5000))
TEXTS = st.one_of(
    WORDS, LONG, st.builds(lambda pad, one: "a" * pad + one * 40, st.integers(0, 80), st.sampled_from("ệ😀đ\\;"))
)
MANY = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("read", READERS, indirect=True)
@MANY
@given(title=TEXTS, place=TEXTS, note=TEXTS)
@example(title="\\n \\\\n \\, \\;", place="a\\", note="\\\n\\")
@example(title="😀" * 5000, place="ệ" * 5000, note="\n" * 5000)
@example(title="", place="", note="")
@example(title="\x1f", place="\u200b", note=" \n\t")
@example(title="BEGIN:VEVENT", place="x\r\nEND:VEVENT\r\nBEGIN:VEVENT", note="\r\nATTENDEE:mailto:a@b.example\r\n")
@example(title="%s %%20 &lt;", place="a:b;c=d", note='"^n"')
def test_no_text_is_changed_on_the_way(read, title, place, note):
    event = replace(EVENT, summary=title, location=place, description=note)
    task = replace(TASK, summary=title, description=note)
    body = calendar([event, task], place, organizer=replace(OFFICE, name=title))
    assert read(body) == [meant(event), meant(task)]


@settings(MANY, max_examples=300)
@given(text=TEXTS)
@example(text="a" * 66 + "😀")
@example(text="a" * 67 + "😀")
def test_no_line_is_longer_than_75_octets_and_no_letter_is_cut(text):
    office = replace(OFFICE, name=text)
    body = calendar([replace(EVENT, summary=text, location=text, description=text)], text, organizer=office)
    assert body.endswith(b"\r\nEND:VCALENDAR\r\n")
    for line in body.removesuffix(b"\r\n").split(b"\r\n"):
        assert 0 < len(line) <= 75
        assert not {c for c in line.decode() if ord(c) < 32}


@settings(MANY, max_examples=100)
@given(starts_at=st.datetimes(datetime(1901, 1, 1), datetime(2400, 1, 1)), minutes=st.integers(1, 60 * 24 * 40))
def test_any_instant_is_kept_to_the_second(libical, starts_at, minutes):
    starts_at = starts_at.replace(microsecond=0, tzinfo=UTC)
    event = replace(EVENT, starts_at=starts_at, ends_at=starts_at + timedelta(minutes=minutes))
    body = built(event)
    assert with_icalendar(body) == with_vobject(body) == with_ical(body) == libical(body) == [meant(event)]
