"""Mails as other programs read them."""

import re
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.utils import parseaddr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialogues.post.mime import Mail, build
from dialogues.text import clean_line, clean_text

CALENDAR = b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"
LONG = "Giấy mời dự Hội nghị đối thoại giữa người đứng đầu cấp ủy, chính quyền với Nhân dân 𠀋 xã Minh Tâm, đợt 2 " * 4
KEPT = {
    "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress", "MIME-Version",
    "Content-Type", "Content-Transfer-Encoding",
}  # fmt: skip


def mail(**over):
    values = {
        "sender": "van-phong@minh-tam.example",
        "sender_name": "Xã Minh Tâm",
        "recipient": "khach@minh-tam.example",
        "subject": "Giấy mời",
        "text": "Kính mời ông/bà.\nTrân trọng.",
        "message_id": "<1234@doithoai.example>",
        "date": datetime(2026, 11, 22, 3, 0, tzinfo=UTC),
    }
    return Mail(**{**values, **over})


def read(**over):
    return message_from_bytes(build(mail(**over)), policy=policy.default)


def display_name(**over):
    """Read by the older parser: the newer one of Python 3.11 puts blanks between encoded words of a name."""
    raw = message_from_bytes(build(mail(**over)))["To"]
    said = parseaddr(raw)[0]
    return str(make_header(decode_header(said))) if "=?" in raw else said


def test_every_line_is_short_ascii_and_ends_with_crlf():
    content = build(mail(subject=LONG, recipient_name=LONG[:200], text=LONG, html=f"<p>{LONG}</p>", why=LONG))
    assert content.isascii()
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert b"\r" not in content.replace(b"\r\n", b"")
    assert max(map(len, content.split(b"\r\n"))) <= 78


@given(st.text(max_size=300), st.text(max_size=150), st.text(max_size=150))
@settings(max_examples=200, deadline=None)
def test_whatever_a_title_or_name_holds_no_header_is_added_and_none_is_lost(subject, name, sender_name):
    found = read(subject=subject, recipient_name=name, sender_name=sender_name)
    assert set(found.keys()) == KEPT
    assert found["Subject"] == clean_line(subject)
    assert [one.addr_spec for one in found["To"].addresses] == ["khach@minh-tam.example"]
    assert [one.addr_spec for one in found["From"].addresses] == ["van-phong@minh-tam.example"]
    assert display_name(subject=subject, recipient_name=name, sender_name=sender_name) == clean_line(name)


@pytest.mark.parametrize(
    "name",
    [
        'Lê "Bé" Văn A', 'A" <x@evil.example>', "A\r\nBcc: x@evil.example", "Nguyễn\nSubject: khác", "A, B; C <d@e.vn>",
        "𠀋𠮷 Ủy ban", "=?utf-8?q?Bcc=3A?=", "\\",
        '\\"', "(lời bàn)", "a@b.example", "Phòng Kinh tế, Hạ tầng và Đô thị",
    ],
)  # fmt: skip
def test_names_stay_names(name):
    found = read(recipient_name=name, subject=name)
    assert set(found.keys()) == KEPT
    assert display_name(recipient_name=name) == clean_line(name)
    assert len(found["To"].addresses) == 1
    assert found["Subject"] == clean_line(name)


def test_a_long_vietnamese_subject_is_read_letter_by_letter_in_words_of_75_characters():
    content = build(mail(subject=LONG))
    words = [word for word in content.split() if word.startswith(b"=?")]
    assert words
    assert all(len(word) <= 75 for word in words)
    assert message_from_bytes(content, policy=policy.default)["Subject"] == clean_line(LONG)


@pytest.mark.parametrize(
    "bad",
    [
        {"recipient": "a@b.example\r\nBcc: c@d.example"}, {"recipient": "a@b.example, c@d.example"}, {"recipient": ""},
        {"recipient": "không@minh-tam.example"}, {"reply_to": "a b@c.example"}, {"sender": "<a@b.example>"},
        {"message_id": "<1@2>\r\nX: y"}, {"unsubscribe_url": "https://a.example/x\r\nBcc: c@d.example"},
        {"unsubscribe_url": "https://a.example/x>, <mailto:c@d.example"}, {"unsubscribe_url": "javascript:alert(1)"},
        {"calendar": CALENDAR, "method": "REQUEST\r\nX: y"}, {"calendar": CALENDAR, "method": ""},
    ],
)  # fmt: skip
def test_what_no_mail_can_carry_is_refused(bad):
    with pytest.raises(ValueError):
        build(mail(**bad))


def test_unsubscribing_is_one_click_for_mail_programs_also_with_a_long_address():
    url = "https://doithoai.mot-xa-co-ten-rat-dai.tinh-son-khe.gov.example.vn/news/" + "k" * 43
    content = build(mail(unsubscribe_url=url))
    assert f"List-Unsubscribe: <{url}>\r\n".encode() in content
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in content


def test_text_html_calendar_and_the_same_calendar_as_a_file():
    found = read(html="<p>Kính mời</p>", calendar=CALENDAR, method="REQUEST", why="Ông/bà có tên trong danh sách mời.")
    assert [part.get_content_type() for part in found.walk()] == [
        "multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/calendar", "application/ics",
    ]  # fmt: skip
    plain, html, calendar, attached = [part for part in found.walk() if not part.is_multipart()]
    assert calendar["Content-Type"].params["method"] == "REQUEST"
    assert calendar.get_payload(decode=True) == CALENDAR
    assert attached.get_payload(decode=True) == CALENDAR
    assert attached.get_filename() == "invite.ics"
    assert "Ông/bà có tên trong danh sách mời." in plain.get_content()
    assert "Ông/bà có tên trong danh sách mời." in html.get_content()


def test_answering_goes_to_the_office_and_machines_do_not_answer():
    found = read(reply_to="can-bo@minh-tam.example")
    assert found["Reply-To"] == "can-bo@minh-tam.example"
    assert found["Auto-Submitted"] == "auto-generated"


def test_the_same_values_give_the_same_mail():
    over = {"html": "<p>Kính mời</p>", "calendar": CALENDAR, "method": "REQUEST"}
    assert build(mail(**over)) == build(mail(**over))


@given(st.text(max_size=2000))
@settings(max_examples=100, deadline=None)
def test_every_text_arrives_as_it_was_written(text):
    found = read(text=text, html="<p>x</p>")
    assert found.get_body(("plain",)).get_content().replace("\r\n", "\n")[:-1] == clean_text(text)
    assert not [part.defects for part in found.walk() if part.defects]


def test_a_line_of_one_dot_and_a_border_in_the_text_do_no_harm():
    border = re.search(r'boundary="([^"]+)"', build(mail(html="<p>x</p>")).decode())[1]
    text = f"Một\n.\n--{border}--\nHai "
    found = read(text=text, html="<p>x</p>").get_body(("plain",)).get_content()
    assert found.replace("\r\n", "\n").strip() == text.strip()
