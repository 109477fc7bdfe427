"""Calendar replies by mail: real ones set the answer, forged, stale and broken ones are refused and logged."""

import re
from datetime import UTC, timedelta
from email.message import EmailMessage
from io import BytesIO

import pytest
import sqlalchemy as sa
from icalendar import Calendar

from dialogues import clock
from dialogues.config import SettingsError, load
from dialogues.extensions import db
from dialogues.invitations import guests, itip, mail, receive, replies
from dialogues.invitations.guest_models import ReceivedReply
from dialogues.invitations.guest_rules import Reply, ReplyWay, Verdict
from dialogues.invitations.itip import NotAReply, read_reply
from dialogues.post.models import Message
from dialogues.schedule.rules import DialogueState
from tests.invitations.guest_make import change, make_guest, newest, sent, the_office
from tests.make import make_commune, make_dialogue

V = Verdict


@pytest.fixture(autouse=True)
def today(at):
    return at("2026-11-22 09:00")


@pytest.fixture
def guest(app):
    """Invited by a mail that is out."""
    row = make_guest(make_dialogue(), email="an@xa.example", name="Nguyễn Văn An")
    mail.invite(dialogue=row.dialogue, guests=[row], actor=the_office())
    db.session.commit()
    sent()
    return row


def calendar_of(guest, answer="ACCEPTED", *, method="REPLY", drop=(), **changed):
    """What a calendar program sends back, made from what was sent to it."""
    letter = db.session.scalar(
        sa.select(Message).where(Message.thing == f"guest:{guest.id}").order_by(Message.id.desc()).limit(1)
    )
    event = Calendar.from_ical(letter.calendar).walk("VEVENT")[0]
    values = {
        "UID": str(event["UID"]),
        "SEQUENCE": str(event["SEQUENCE"]),
        "DTSTAMP": f"{clock.now():%Y%m%dT%H%M%SZ}",
        "DTSTART": f"{event['DTSTART'].dt:%Y%m%dT%H%M%SZ}",
        "ORGANIZER": str(event["ORGANIZER"]),
        f"ATTENDEE;PARTSTAT={answer}": f"mailto:{guest.email}",
        **changed,
    }
    lines = [f"{name}:{value}" for name, value in values.items() if name not in drop and value is not None]
    return "\r\n".join(
        ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//X//Y//EN", f"METHOD:{method}", "BEGIN:VEVENT", *lines,
         "END:VEVENT", "END:VCALENDAR", ""]
    ).encode()  # fmt: skip


def mail_of(body, sender="an@xa.example", to="van-phong@minh-tam.example", **headers):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, "Accepted: Đối thoại"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content("Tôi sẽ đến.")
    if body is not None:
        message.add_alternative(body, maintype="text", subtype="calendar", params={"method": "REPLY"}, cte="base64")
    return message.as_bytes()


def take(raw):
    verdict = receive.take(raw)
    db.session.commit()
    return verdict


def logged():
    return db.session.scalars(sa.select(ReceivedReply).order_by(ReceivedReply.id)).all()


@pytest.mark.parametrize(
    ("answer", "reply"), [("ACCEPTED", Reply.YES), ("DECLINED", Reply.NO), ("TENTATIVE", Reply.MAYBE)]
)
def test_a_reply_sets_the_answer(guest, answer, reply):
    assert take(mail_of(calendar_of(guest, answer, COMMENT="Tôi đến muộn 10 phút"))) is V.RECORDED
    assert (guest.reply, guest.reply_note) == (reply, "Tôi đến muộn 10 phút")
    assert guest.reply_way is ReplyWay.CALENDAR_UNPROVEN
    (line,) = logged()
    assert (line.verdict, line.guest_id, line.commune_id) == (V.RECORDED, guest.id, guest.commune_id)


def test_writing_of_addresses_does_not_matter(guest):
    body = calendar_of(guest).replace(b"mailto:an@xa.example", b"MAILTO:An@XA.example")
    assert take(mail_of(body, "Nguyễn An <AN@xa.example>")) is V.RECORDED


def test_a_reply_to_our_own_letter_is_proven(guest):
    assert take(mail_of(calendar_of(guest), In_Reply_To=newest().message_id)) is V.RECORDED
    assert guest.reply_way is ReplyWay.CALENDAR


def test_a_reply_to_the_letter_of_another_guest_is_refused(guest):
    other = make_guest(guest.dialogue, email="khac@xa.example")
    mail.invite(dialogue=guest.dialogue, guests=[other], actor=the_office())
    db.session.commit()
    letter = newest()
    sent()
    assert take(mail_of(calendar_of(guest), In_Reply_To=letter.message_id)) is V.OTHER_INVITATION
    assert guest.reply is Reply.WAITING


def test_a_proposal_of_another_time_is_a_note_and_no_answer(guest):
    wanted = guest.dialogue.starts_at + timedelta(days=1)
    body = calendar_of(guest, "TENTATIVE", method="COUNTER", DTSTART=f"{wanted:%Y%m%dT%H%M%SZ}", COMMENT="Bận họp")
    assert take(mail_of(body)) is V.NOTED
    assert guest.reply is Reply.WAITING
    assert "Bận họp" in guest.reply_note
    assert "03/12/2026" in guest.reply_note
    assert "chưa xác minh" in guest.reply_note, "anybody may have written it"


def test_a_proposal_leaves_the_words_that_the_guest_wrote_before(guest):
    replies.record(guest=guest, reply=Reply.YES, note="Đi cùng hai người", way=ReplyWay.LINK)
    wanted = guest.dialogue.starts_at + timedelta(days=1)
    body = calendar_of(guest, "TENTATIVE", method="COUNTER", DTSTART=f"{wanted:%Y%m%dT%H%M%SZ}")
    assert take(mail_of(body)) is V.NOTED
    assert take(mail_of(body)) is V.NOTED
    assert guest.reply is Reply.YES
    assert guest.reply_note.count("03/12/2026") == 1
    assert guest.reply_note.endswith("Đi cùng hai người")


@pytest.mark.parametrize(
    ("changed", "sender", "verdict"),
    [
        ({"UID": "dialogue-fremd@x.example"}, "an@xa.example", V.UNKNOWN_DIALOGUE),
        ({"SEQUENCE": "99"}, "an@xa.example", V.NEVER_SENT),
        ({"SEQUENCE": "-1"}, "an@xa.example", V.STALE),
        ({"SEQUENCE": "viele"}, "an@xa.example", V.NOT_A_REPLY),
        ({}, "ke-gia@xa.example", V.OTHER_SENDER),
        ({}, "an@xa.example, ke-gia@xa.example", V.OTHER_SENDER),
        ({}, "", V.OTHER_SENDER),
        ({"ATTENDEE;PARTSTAT=DECLINED": "mailto:khac@xa.example"}, "an@xa.example", V.SEVERAL_GUESTS),
        ({"ATTENDEE;PARTSTAT=ACCEPTED": "mailto:la@xa.example"}, "la@xa.example", V.UNKNOWN_GUEST),
        ({"ATTENDEE;PARTSTAT=ACCEPTED": "urn:uuid:1"}, "an@xa.example", V.NOT_A_REPLY),
    ],
)
def test_what_is_forged_is_refused_and_logged(guest, changed, sender, verdict):
    assert take(mail_of(calendar_of(guest, **changed), sender)) is verdict
    assert guest.reply is Reply.WAITING
    assert [line.verdict for line in logged()] == [verdict]
    # The office reads it in its own language: properties and what they hold, no words of ours.
    assert re.fullmatch(r"\S+@\S+|(UID:\S+ )?[A-Z]+(:\w*| × 2| -?\d+ [<>] -?\d+)", logged()[0].note), logged()[0].note


@pytest.mark.parametrize("answer", ["NEEDS-ACTION", "DELEGATED", "", "X-MAYBE"])
def test_only_yes_no_and_maybe_are_answers(guest, answer):
    assert take(mail_of(calendar_of(guest, answer))) is V.NOT_A_REPLY


@pytest.mark.parametrize("method", ["REQUEST", "PUBLISH", "CANCEL", "ADD", ""])
def test_only_replies_are_replies(guest, method):
    assert take(mail_of(calendar_of(guest, method=method))) is V.NOT_A_REPLY


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        (None, V.NO_CALENDAR),
        (b"", V.UNREADABLE),
        (b"\x00\xff\xfe", V.UNREADABLE),
        (b"BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\n", V.UNREADABLE),
        (b"BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nEND:VCALENDAR\r\n", V.NOT_A_REPLY),
        (b"BEGIN:VCALENDAR\r\n" * 5000, V.TOO_LARGE),
        (b"BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nX:" + b"a" * 300_000 + b"\r\nEND:VCALENDAR\r\n", V.TOO_LARGE),
    ],
    ids=range(7),
)
def test_what_is_no_calendar_is_refused(guest, body, verdict):
    assert take(mail_of(body)) is verdict
    assert guest.reply is Reply.WAITING


@pytest.mark.parametrize(
    "raw", [b"", b"\x00" * 1000, b"\xff\xfe" * 500, b"Content-Type: multipart/mixed\r\n\r\n", b"From: \r\n" * 999]
)
def test_no_mail_at_all_is_no_crash(app, raw):
    make_commune()
    assert take(raw) in (V.NO_CALENDAR, V.UNREADABLE)


def test_a_mail_of_ten_megabytes_is_refused_unread(guest, app):
    raw = mail_of(calendar_of(guest)) + b"x" * 10_000_000
    db.session.commit()
    result = app.test_cli_runner().invoke(args=["receive", "--stdin"], input=BytesIO(raw))
    assert result.exit_code == 0, result.output
    assert result.output.strip() == "too_large"
    db.session.expire_all()
    assert guest.reply is Reply.WAITING


def test_the_command_reads_a_mail_from_standard_input(guest, app):
    raw = mail_of(calendar_of(guest))
    db.session.commit()
    result = app.test_cli_runner().invoke(args=["receive"], input=BytesIO(raw))
    assert (result.exit_code, result.output.strip()) == (0, "recorded")
    db.session.expire_all()
    assert guest.reply is Reply.YES


def test_an_answer_to_an_older_version_is_refused_once_the_newer_one_is_out(guest):
    old = calendar_of(guest)
    change(guest.dialogue, place="Nơi khác")
    assert take(mail_of(old)) is V.RECORDED  # the newer one is not out yet
    sent()
    assert take(mail_of(old)) is V.STALE
    assert take(mail_of(calendar_of(guest, "DECLINED"))) is V.RECORDED
    assert guest.reply is Reply.NO


def test_an_older_answer_that_comes_late_does_not_undo_the_newer_one(guest, at):
    old = calendar_of(guest, "ACCEPTED")
    at("2026-11-22 09:30")
    take(mail_of(calendar_of(guest, "DECLINED")))
    assert take(mail_of(old)) is V.STALE
    assert logged()[-1].note == "DTSTAMP 22/11/2026 02:00:00 < 22/11/2026 02:30:00 UTC"
    assert guest.reply is Reply.NO


def test_a_clock_that_runs_ahead_does_not_shut_out_later_answers(guest, at):
    assert take(mail_of(calendar_of(guest, "DECLINED", DTSTAMP="20991231T000000Z"))) is Verdict.RECORDED
    now = at("2026-11-23 09:00")
    assert take(mail_of(calendar_of(guest, DTSTAMP=f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"))) is Verdict.RECORDED
    assert guest.reply is Reply.YES


def test_a_mail_that_anybody_may_have_written_takes_no_sure_answer_away(guest):
    replies.record(guest=guest, reply=Reply.YES, note="Đi cùng thư ký", way=ReplyWay.LINK)
    for _time in range(2):
        assert take(mail_of(calendar_of(guest, "DECLINED"))) is Verdict.NOTED
    assert (guest.reply, guest.reply_way) == (Reply.YES, ReplyWay.LINK)
    assert guest.reply_note.count("Không đến") == 1
    assert "Đi cùng thư ký" in guest.reply_note


def test_the_same_mail_twice_changes_nothing(guest):
    raw = mail_of(calendar_of(guest))
    take(raw)
    version = guest.version
    assert take(raw) is V.RECORDED
    assert guest.version == version


@pytest.mark.parametrize("state", [DialogueState.CANCELLED, DialogueState.POSTPONED, DialogueState.HELD])
def test_what_is_over_takes_no_answers(guest, state):
    guest.dialogue.state = state
    db.session.commit()
    assert take(mail_of(calendar_of(guest))) is V.OVER


def test_a_removed_guest_answers_no_more(guest):
    body = calendar_of(guest)
    guests.remove(guest=guest, actor=the_office())
    db.session.commit()
    assert take(mail_of(body)) is V.UNKNOWN_GUEST


# -- is the sender real -----------------------------------------------------------------------------------------------

OURS = "mx.xa.example"


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([], ""),
        ([f"{OURS}; dmarc=pass header.from=xa.example"], "pass"),
        ([f"{OURS}; dkim=pass header.d=xa.example; spf=fail"], "pass"),
        ([f"{OURS}; dkim=pass header.d=evil.example"], ""),
        ([f"{OURS}; dkim=pass (header.d=xa.example) header.d=evil.example"], ""),
        ([f"{OURS}; dmarc=fail (p=none) header.from=xa.example; dkim=pass header.d=xa.example"], "fail"),
        (["evil.example; dmarc=pass header.from=xa.example"], ""),
        ([f"{OURS}; dmarc=fail", f"{OURS}; dmarc=pass"], "fail"),
        ([f"{OURS}; spf=pass smtp.mailfrom=xa.example"], ""),
    ],
)
def test_only_our_own_mail_server_vouches_for_a_sender(lines, said):
    message = EmailMessage()
    for line in lines:
        message["Authentication-Results"] = line
    assert receive.proof(message, "an@xa.example", OURS) == said
    assert receive.proof(message, "an@xa.example", "") == ""


def test_a_sender_that_our_server_calls_forged_is_refused(guest, monkeypatch):
    monkeypatch.setattr(receive, "_auth_server", lambda: OURS)
    assert take(mail_of(calendar_of(guest), Authentication_Results=f"{OURS}; dmarc=fail")) is V.FORGED
    assert take(mail_of(calendar_of(guest), Authentication_Results=f"{OURS}; dmarc=pass")) is V.RECORDED
    assert guest.reply_way is ReplyWay.CALENDAR


# -- whose log --------------------------------------------------------------------------------------------------------


def test_a_reply_that_names_no_dialogue_is_shown_to_the_office_it_was_sent_to(guest):
    other = make_commune(office_email="van-phong@xa-khac.example")
    take(mail_of(calendar_of(guest, UID="fremd"), to="van-phong@XA-KHAC.example"))
    take(mail_of(calendar_of(guest, UID="fremd"), to="ai-do@x.example"))
    assert [line.commune_id for line in logged()] == [other.id, None]


def test_the_log_is_swept_after_half_a_year(guest, at):
    take(mail_of(calendar_of(guest, UID="fremd")))
    assert receive.sweep() == 0
    at("2027-06-22 09:00")
    assert receive.sweep() == 1


# -- pure -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "DTSTAMP:99991231T235959Z",
        "DTSTAMP:00010101T000000Z",
        "DTSTAMP:20261122",
        "DTSTAMP:morgen",
        "RRULE:FREQ=SECONDLY",
    ],
)
def test_days_beyond_reason_are_no_days(line):
    body = (
        "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:x\r\nATTENDEE;PARTSTAT=ACCEPTED:mailto:a@b.example\r\n"
        f"{line}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    try:
        found = read_reply(body.encode())
    except NotAReply:
        return
    assert found.stamped_at is None


def test_two_events_in_one_file_are_no_answer(guest):
    one = calendar_of(guest).decode()
    event = one[one.index("BEGIN:VEVENT") : one.index("END:VCALENDAR")]
    with pytest.raises(NotAReply):
        itip.read_reply((one[: one.index("END:VCALENDAR")] + event + "END:VCALENDAR\r\n").encode())


@pytest.mark.parametrize(
    "url", ["pop3://a:b@x.example", "imaps://x.example", "imap://a:b@x.example/INBOX", "imaps://a:b@x.example:99999/"]
)
def test_a_wrong_box_is_said_at_the_start(url, tmp_path):
    with pytest.raises(SettingsError, match="IMAP_URL"):
        load({"IMAP_URL": url}, tmp_path)


def test_a_right_box_is_taken(tmp_path):
    assert load({"IMAP_URL": "imaps://a%40b:c@x.example/Tra%20loi"}, tmp_path).imap_url
