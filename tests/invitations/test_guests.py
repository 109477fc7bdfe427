"""Guests of a dialogue: the list, invitations, changes gathered into one, cancellations, reminders (RFC 5546)."""

from datetime import timedelta
from itertools import pairwise

import pytest
import sqlalchemy as sa
from icalendar import Calendar

from dialogues import clock
from dialogues.errors import RuleBroken
from dialogues.extensions import db
from dialogues.invitations import guests, mail, replies
from dialogues.invitations.guest_models import Guest
from dialogues.invitations.guest_rules import GuestRole, Reply, ReplyWay, Standing
from dialogues.invitations.guests import Person
from dialogues.post.models import Message
from dialogues.post.rules import MessageState
from dialogues.schedule import moves
from dialogues.schedule.rules import DialogueState
from tests.invitations.guest_make import change, letters, make_guest, newest, only_event, sent, the_office
from tests.make import make_commune, make_dialogue, make_staff, wall

S = DialogueState


@pytest.fixture(autouse=True)
def today(at):
    return at("2026-11-22 09:00")


def invited(dialogue, *people, seen=True):
    """Guests who were invited; `seen`: the mail is out."""
    rows = [make_guest(dialogue, **one) for one in people or ({},)]
    mail.invite(dialogue=dialogue, guests=rows, actor=the_office())
    db.session.commit()
    if seen:
        sent()
    return rows


# -- one mail to one guest --------------------------------------------------------------------------------------------


def test_an_invitation_is_what_rfc_5546_asks_of_a_request(app):
    dialogue = make_dialogue(title="Đối thoại, về đường; và đất", announced_at=clock.now())
    (guest,) = invited(dialogue, {"name": "Nguyễn Văn An", "email": "an@xa.example"}, seen=False)
    (letter,) = letters()
    calendar = Calendar.from_ical(letter.calendar)
    event = only_event(letter)
    assert (calendar["METHOD"], letter.method) == ("REQUEST", "REQUEST")
    assert str(event["UID"]) == dialogue.uid
    assert (event["SEQUENCE"], event["STATUS"]) == (dialogue.sequence, "CONFIRMED")
    assert event["DTSTAMP"].dt == clock.now()
    assert event["DTSTART"].dt == dialogue.starts_at
    assert str(event["SUMMARY"]) == dialogue.title
    assert str(event["ORGANIZER"]) == f"mailto:{dialogue.commune.office_email}"
    assert str(event["ATTENDEE"]) == "mailto:an@xa.example"
    found = event["ATTENDEE"].params
    assert (found["CN"], found["ROLE"], found["PARTSTAT"], found["RSVP"]) == (
        "Nguyễn Văn An", "REQ-PARTICIPANT", "NEEDS-ACTION", "TRUE",
    )  # fmt: skip
    assert "X-WR-CALNAME" not in calendar
    assert replies.reply_url(guest) in letter.text
    assert replies.reply_url(guest) in letter.html
    assert replies.token_of(guest).encode() not in letter.calendar.replace(b"\r\n ", b"")
    assert letter.reply_to == dialogue.commune.office_email


def test_nobody_learns_who_else_is_invited(app):
    dialogue = make_dialogue()
    people = [{"name": f"Khách Số {number}", "email": f"khach-{number}@xa.example"} for number in "abc"]
    invited(dialogue, *people)
    for letter in letters():
        event = only_event(letter)
        assert str(event["ATTENDEE"]) == f"mailto:{letter.recipient}"
        whole = letter.text + letter.html + letter.calendar.replace(b"\r\n ", b"").decode()
        others = [one for one in people if one["email"] != letter.recipient]
        (guest,) = db.session.scalars(sa.select(Guest).where(Guest.email == letter.recipient)).all()
        for part in (letter.text, letter.html):
            assert guest.name in part
            assert replies.reply_url(guest) in part
            assert "own-" not in part
        assert not [one for one in others if one["email"] in whole or one["name"] in whole]


@pytest.mark.parametrize(
    ("role", "said"),
    [(GuestRole.CHAIR, "CHAIR"), (GuestRole.REQUIRED, "REQ-PARTICIPANT"), (GuestRole.OPTIONAL, "OPT-PARTICIPANT")],
)
def test_the_role_stands_in_the_invitation(app, role, said):
    invited(make_dialogue(), {"role": role})
    assert only_event(newest())["ATTENDEE"].params["ROLE"] == said


@pytest.mark.parametrize(
    "name",
    [
        'An"\r\nBcc: x@y.example\r\n\r\nxin chào',
        "An\nATTENDEE:mailto:x@y.example",
        "<script>alert(1)</script> & An; B, C",
        "An ^n ' \\n :mailto:",
        "Nguyễn 😀 " + "ớ" * 100,
    ],
)
def test_hostile_names_stay_names(app, name):
    dialogue = make_dialogue()
    added = guests.add_list(dialogue=dialogue, text=f"{name.splitlines()[0]};;;", actor=the_office())
    assert added.new == 1
    guest = make_guest(dialogue, name=name[:120], email="an@xa.example")
    mail.invite(dialogue=dialogue, guests=[guest], actor=the_office())
    db.session.commit()
    letter = newest()
    event = only_event(letter)
    assert str(event["ATTENDEE"]) == "mailto:an@xa.example"
    assert b"\r\nBcc" not in letter.calendar
    assert letter.calendar.count(b"\r\nATTENDEE") == 1
    assert "<script>" not in letter.html
    assert "\n" not in letter.subject
    for line in letter.calendar.split(b"\r\n"):
        assert len(line) <= 75


def test_a_draft_goes_out_as_a_planned_day_and_is_confirmed_by_the_announcement(app):
    dialogue = make_dialogue(
        state=S.DRAFT, chair=make_staff("leader"), co_chair=make_staff("overseer"), starts_at=wall(20)
    )
    invited(dialogue)
    assert only_event(newest())["STATUS"] == "TENTATIVE"
    assert "URL" not in only_event(newest())
    moves.announce(dialogue=dialogue, reasons={}, version=dialogue.version, actor=the_office())
    db.session.commit()
    event = only_event(newest())
    assert (event["STATUS"], Calendar.from_ical(newest().calendar)["METHOD"]) == ("CONFIRMED", "REQUEST")
    assert len(letters()) == 2


@pytest.mark.parametrize("state", [S.POSTPONED, S.CANCELLED, S.HELD, S.PUBLISHED])
def test_nobody_is_invited_to_what_does_not_come(app, state):
    dialogue = make_dialogue(state=state)
    with pytest.raises(RuleBroken):
        mail.invite(dialogue=dialogue, guests=[make_guest(dialogue)], actor=the_office())


def test_without_an_address_of_the_office_nothing_is_sent(app):
    dialogue = make_dialogue(commune=make_commune(office_email=""))
    with pytest.raises(RuleBroken):
        mail.invite(dialogue=dialogue, guests=[make_guest(dialogue)], actor=make_staff(commune=dialogue.commune))


def test_inviting_twice_sends_one_mail(app):
    dialogue = make_dialogue()
    (guest,) = invited(dialogue)
    assert mail.invite(dialogue=dialogue, guests=[guest], actor=the_office()) == 0
    assert len(letters()) == 1


# -- changes ----------------------------------------------------------------------------------------------------------


def test_three_changes_in_a_row_are_one_mail_from_what_the_guest_holds_to_what_is_true(app, at):
    dialogue = make_dialogue(place="Hội trường A", title="Tên cũ")
    invited(dialogue)
    first = only_event(newest())["SEQUENCE"]
    change(dialogue, place="Hội trường B")
    at("2026-11-22 09:02")
    change(dialogue, place="Hội trường C", title="Tên mới")
    at("2026-11-22 09:04")
    change(dialogue, starts_at=dialogue.starts_at + timedelta(days=1))
    waiting = letters(MessageState.WAITING)
    assert len(waiting) == 1
    letter, event = waiting[0], only_event(waiting[0])
    assert "Hội trường A, Thôn Cầu Đá, xã Minh Tâm → Hội trường C" in letter.text
    assert "Tên cũ → Tên mới" in letter.text
    assert "Hội trường B" not in letter.text
    assert event["SEQUENCE"] > first
    assert event["DTSTART"].dt == dialogue.starts_at
    assert letter.next_try_at == clock.now() + mail.GATHER


def test_each_change_that_was_sent_has_a_higher_sequence_and_the_same_uid(app):
    dialogue = make_dialogue()
    invited(dialogue)
    for days in (1, 2, 3):
        change(dialogue, starts_at=dialogue.starts_at + timedelta(days=days))
        sent()
    moves.cancel(dialogue=dialogue, reason="Bão.", actor=the_office())
    db.session.commit()
    events = [only_event(letter) for letter in letters()]
    assert {str(event["UID"]) for event in events} == {dialogue.uid}
    assert len(events) == 5
    assert all(one["SEQUENCE"] < two["SEQUENCE"] for one, two in pairwise(events))


def test_a_change_taken_back_in_time_sends_nothing_and_keeps_the_answer(app):
    dialogue = make_dialogue()
    (guest,) = invited(dialogue)
    replies.record(guest=guest, reply=Reply.YES, note="", way=ReplyWay.LINK)
    old = dialogue.starts_at
    change(dialogue, starts_at=old + timedelta(days=1))
    assert (guest.reply, guest.earlier_reply) == (Reply.WAITING, Reply.YES)
    change(dialogue, starts_at=old)
    assert letters(MessageState.WAITING) == []
    assert (guest.reply, guest.earlier_reply) == (Reply.YES, None)
    change(dialogue, place="Nơi khác")
    (letter,) = letters(MessageState.WAITING)
    assert only_event(letter)["SEQUENCE"] > Calendar.from_ical(letters()[0].calendar).walk("VEVENT")[0]["SEQUENCE"]


def test_another_time_asks_again_another_place_does_not(app):
    dialogue = make_dialogue()
    (guest,) = invited(dialogue)
    replies.record(guest=guest, reply=Reply.YES, note="", way=ReplyWay.LINK)
    change(dialogue, place="Nhà văn hóa")
    assert only_event(newest())["ATTENDEE"].params["PARTSTAT"] == "ACCEPTED"
    assert guest.reply is Reply.YES
    sent()
    change(dialogue, starts_at=dialogue.starts_at + timedelta(hours=1))
    assert only_event(newest())["ATTENDEE"].params["PARTSTAT"] == "NEEDS-ACTION"
    assert (guest.reply, guest.earlier_reply) == (Reply.WAITING, Reply.YES)


def test_what_no_calendar_shows_sends_nothing(app):
    dialogue = make_dialogue()
    invited(dialogue)
    change(dialogue, purpose="Mục đích khác", hotline="0900 000 999")
    assert len(letters()) == 1


def test_a_first_invitation_that_still_waits_simply_says_the_newest(app):
    dialogue = make_dialogue()
    invited(dialogue, seen=False)
    change(dialogue, place="Nhà văn hóa thôn Đồng")
    (letter,) = letters()
    assert letter.kind == "invitation"
    assert "Nhà văn hóa thôn Đồng" in letter.text
    assert "→" not in letter.text


def test_a_change_while_the_worker_has_the_mail_in_hand_is_a_mail_of_its_own(app):
    dialogue = make_dialogue()
    invited(dialogue)
    change(dialogue, place="Nơi B")
    letters(MessageState.WAITING)[0].tries = 1
    db.session.commit()
    change(dialogue, place="Nơi C")
    waiting = letters(MessageState.WAITING)
    assert len(waiting) == 2
    assert "Nơi B, Thôn Cầu Đá, xã Minh Tâm → Nơi C" in waiting[1].text
    assert mail.reason_not_to_send(waiting[0])
    assert mail.reason_not_to_send(waiting[1]) is None


# -- called off -------------------------------------------------------------------------------------------------------


def test_a_cancellation_goes_at_once_as_rfc_5546_asks(app):
    dialogue = make_dialogue()
    invited(dialogue)
    before = only_event(newest())["SEQUENCE"]
    moves.cancel(dialogue=dialogue, reason="Bão lớn.", actor=the_office())
    db.session.commit()
    letter, event = newest(), only_event(newest())
    assert Calendar.from_ical(letter.calendar)["METHOD"] == letter.method == "CANCEL"
    assert (str(event["UID"]), event["STATUS"]) == (dialogue.uid, "CANCELLED")
    assert event["SEQUENCE"] > before
    assert "ORGANIZER" in event
    assert "ATTENDEE" in event
    assert letter.next_try_at <= clock.now()
    assert "Bão lớn." in letter.text
    assert "/r/" not in letter.text


def test_cancelling_takes_the_place_of_a_change_that_waits(app):
    """The guest never heard of the new hour: subject and text name the old one."""
    dialogue = make_dialogue(starts_at=wall(10, "07:30"))
    invited(dialogue)
    change(dialogue, place="Nơi khác", starts_at=wall(10, "08:15"))
    moves.cancel(dialogue=dialogue, reason="Bão.", actor=the_office())
    db.session.commit()
    (letter,) = letters(MessageState.WAITING)
    assert letter.method == "CANCEL"
    assert "7 giờ 30" in letter.subject
    assert "8 giờ 15" not in letter.subject + letter.text


def test_the_changes_that_wait_are_taken_back_at_once(app, queries):
    """Taken back one by one, those to some thousand guests held up the program for minutes."""
    dialogue = make_dialogue()
    invited(dialogue, *({"email": f"khach-{number}@xa.example"} for number in range(12)))
    change(dialogue, place="Nhà văn hóa")
    actor = the_office()
    with queries() as seen:
        moves.cancel(dialogue=dialogue, reason="Bão", actor=actor)
        db.session.commit()
    assert len([one for one in seen if str(one).startswith("UPDATE message")]) == 1
    taken_back = letters(MessageState.DROPPED)
    assert [letter.kind for letter in taken_back] == ["invitation_change"] * 12
    assert all(letter.drop_reason and letter.ended_at for letter in taken_back)


def test_a_change_that_was_tried_stays_when_a_later_one_is_taken_back(app):
    """It may have arrived, or arrives yet: only what nobody tried to send is taken back."""
    dialogue = make_dialogue(place="Hội trường")
    invited(dialogue)
    change(dialogue, place="Nhà văn hóa")
    tried = newest()
    tried.tries = 1
    db.session.commit()
    change(dialogue, place="Sân đình")
    change(dialogue, place="Nhà văn hóa")
    assert [letter.state for letter in letters()[-2:]] == [MessageState.WAITING, MessageState.DROPPED]


def test_cancelling_twice_sends_nothing_more(app):
    dialogue = make_dialogue()
    invited(dialogue)
    moves.cancel(dialogue=dialogue, reason="Bão.", actor=the_office())
    db.session.commit()
    with pytest.raises(RuleBroken):
        moves.cancel(dialogue=dialogue, reason="Bão.", actor=the_office())
    mail.dialogue_changed(dialogue, {})
    sent()
    mail.dialogue_changed(dialogue, {})
    db.session.commit()
    assert [letter.method for letter in letters()] == ["REQUEST", "CANCEL"]


def test_who_was_never_told_is_not_told_of_the_cancellation(app):
    dialogue = make_dialogue()
    invited(dialogue, seen=False)
    moves.cancel(dialogue=dialogue, reason="Bão.", actor=the_office())
    db.session.commit()
    assert [letter.state for letter in letters()] == [MessageState.DROPPED]


def test_a_postponed_dialogue_leaves_the_calendar_and_comes_back_with_the_same_uid(app):
    dialogue = make_dialogue(chair=make_staff("leader"), co_chair=make_staff("overseer"))
    (guest,) = invited(dialogue)
    replies.record(guest=guest, reply=Reply.YES, note="", way=ReplyWay.LINK)
    moves.postpone(dialogue=dialogue, reason="Lũ.", actor=the_office())
    db.session.commit()
    gone = only_event(newest())
    assert (newest().method, gone["STATUS"]) == ("CANCEL", "CANCELLED")
    assert "HOÃN" in newest().subject.upper() or "POSTPONED" in newest().subject
    sent()
    from dialogues.schedule.plan import Times

    start = wall(30)
    times = Times(start, start + timedelta(hours=3), None)
    moves.announce(dialogue=dialogue, reasons={}, version=dialogue.version, actor=the_office(), times=times)
    db.session.commit()
    back = only_event(newest())
    assert (newest().method, back["STATUS"], str(back["UID"])) == ("REQUEST", "CONFIRMED", dialogue.uid)
    assert back["SEQUENCE"] > gone["SEQUENCE"]
    assert back["ATTENDEE"].params["PARTSTAT"] == "NEEDS-ACTION"


def test_held_and_concluded_are_no_news_for_guests(app, at):
    dialogue = make_dialogue()
    invited(dialogue)
    at("2026-12-02 12:00")
    moves.hold(dialogue=dialogue, residents_present=50, actor=the_office())
    moves.conclude(dialogue=dialogue, conclusion="Xong.", residents_present=50, actor=the_office())
    moves.publish_result(dialogue=dialogue, actor=the_office())
    assert len(letters()) == 1


# -- taken off the list -----------------------------------------------------------------------------------------------


def test_a_removed_guest_is_told_alone_with_a_higher_sequence_and_without_status(app):
    dialogue = make_dialogue()
    one, _two = invited(dialogue, {"email": "mot@xa.example"}, {"email": "hai@xa.example"})
    guests.remove(guest=one, actor=the_office())
    db.session.commit()
    (letter,) = letters(MessageState.WAITING)
    event = only_event(letter)
    assert (letter.recipient, letter.method) == ("mot@xa.example", "CANCEL")
    assert "STATUS" not in event  # RFC 5546, 3.2.5: MUST NOT be included for one who is uninvited
    assert str(event["UID"]) == dialogue.uid
    assert event["SEQUENCE"] == dialogue.sequence + 1
    sent()
    change(dialogue, place="Nơi khác")
    assert [letter.recipient for letter in letters(MessageState.WAITING)] == ["hai@xa.example"]


def test_a_guest_who_comes_back_gets_a_still_higher_sequence(app):
    dialogue = make_dialogue()
    (guest,) = invited(dialogue, {"email": "mot@xa.example"})
    guests.remove(guest=guest, actor=the_office())
    sent()
    again = guests.add(dialogue=dialogue, person=Person("Người cũ", email="MOT@xa.example"), actor=the_office())
    assert again.id == guest.id
    mail.invite(dialogue=dialogue, guests=[again], actor=the_office())
    db.session.commit()
    numbers = [only_event(letter)["SEQUENCE"] for letter in letters()]
    assert numbers == sorted(set(numbers))
    assert [letter.method for letter in letters()] == ["REQUEST", "CANCEL", "REQUEST"]


def test_removing_before_the_mail_left_sends_nothing(app):
    dialogue = make_dialogue()
    (guest,) = invited(dialogue, seen=False)
    guests.remove(guest=guest, actor=the_office())
    assert [letter.state for letter in letters()] == [MessageState.DROPPED]


def test_another_address_takes_the_invitation_back_from_the_old_one(app):
    dialogue = make_dialogue()
    (guest,) = invited(dialogue, {"email": "cu@xa.example"})
    old = replies.token_of(guest)
    person = Person(guest.name, email="moi@xa.example")
    guests.change(guest=guest, person=person, version=guest.version, actor=the_office())
    db.session.commit()
    assert (newest().recipient, newest().method) == ("cu@xa.example", "CANCEL")
    assert guests.standing_of(guest) is Standing.NOT_INVITED
    assert replies.guest_by_token(old) is None
    mail.invite(dialogue=dialogue, guests=[guest], actor=the_office())
    db.session.commit()
    assert (newest().recipient, newest().method) == ("moi@xa.example", "REQUEST")


# -- reminders --------------------------------------------------------------------------------------------------------


def test_only_those_who_have_not_answered_are_reminded_and_once_a_day(app, at):
    dialogue = make_dialogue(starts_at=wall(20))
    one, two = invited(dialogue, {"email": "mot@xa.example"}, {"email": "hai@xa.example"})
    make_guest(dialogue, email=None)
    replies.record(guest=one, reply=Reply.NO, note="", way=ReplyWay.LINK)

    def remind():
        found = db.session.scalars(guests.to_remind(dialogue.id)).all()
        number = mail.remind(dialogue=dialogue, guests=found, actor=the_office())
        db.session.commit()
        return number

    assert remind() == 1
    letter = newest()
    assert (letter.kind, letter.recipient) == ("invitation_reminder", "hai@xa.example")
    assert only_event(letter)["SEQUENCE"] == dialogue.sequence
    assert remind() == 0
    at("2026-11-23 09:00")
    assert remind() == 1
    replies.record(guest=two, reply=Reply.YES, note="", way=ReplyWay.LINK)
    assert mail.reason_not_to_send(newest())


@pytest.mark.parametrize("what", ["removed", "address", "cancelled", "over", "none"])
def test_at_sending_it_is_asked_again_whether_the_letter_still_holds(app, at, what):
    dialogue = make_dialogue()
    (guest,) = invited(dialogue, seen=False)
    letter = newest()
    assert mail.reason_not_to_send(letter) is None
    if what == "removed":
        guest.removed_at = clock.now()
    elif what == "address":
        guest.email = "khac@xa.example"
    elif what == "cancelled":
        dialogue.state = S.CANCELLED
    elif what == "over":
        at("2026-12-31 09:00")
    else:
        letter.thing = "guest:999999"
    db.session.flush()
    assert mail.reason_not_to_send(letter)


# -- the list ---------------------------------------------------------------------------------------------------------


def test_a_pasted_list_keeps_the_good_lines_and_names_the_broken_ones(app):
    dialogue = make_dialogue()
    text = "\n".join(
        [
            "STT\tHọ và tên\tChức vụ\tĐơn vị\tE-mail",
            "1\tNguyễn Văn An\tBí thư chi bộ\tThôn Đồng\tan@xa.example",
            "Trần Thị Bình <BINH@xa.example>",
            "Lê Văn Chính; Trưởng thôn; Thôn Hạ; không bắt buộc",
            "",
            "Phạm Dũng, Chủ tịch, dung@@xa.example",
            "Hai người; a@xa.example; b@xa.example",
            "nguyen.van.an@xa",
            "Nguyễn Văn An khác; an@xa.example",
            "x" * 700,
            ";;;",
            "Đỗ Thị Em; Hội trưởng; UBMTTQ xã; em.dt.xa.example",
        ]
    )
    added = guests.add_list(dialogue=dialogue, text=text.replace("\t", "|"), actor=the_office())
    assert (added.new, added.known) == (3, 1)
    assert [(entry.number, entry.problem) for entry in added.broken] == [
        (6, "address"), (7, "two_addresses"), (8, "address"), (10, "long"), (11, "name"),
        (12, "address"),
    ]  # fmt: skip
    rows = {row.name: row for row in db.session.scalars(guests.active(dialogue.id))}
    an, binh, chinh = rows["Nguyễn Văn An"], rows["Trần Thị Bình"], rows["Lê Văn Chính"]
    assert (an.post, an.body, an.email) == ("Bí thư chi bộ", "Thôn Đồng", "an@xa.example")
    assert binh.email == "binh@xa.example"
    assert (chinh.post, chinh.body, chinh.email, chinh.role) == ("Trưởng thôn", "Thôn Hạ", None, GuestRole.OPTIONAL)


def test_a_comma_inside_a_quoted_name_parts_nothing(app):
    """Mail programs write names so."""
    dialogue = make_dialogue()
    text = '"Lê, Thị B" <b@xa.example>\n"Trần, C", Trưởng thôn <c@xa.example>\nAn, Bí thư <an@xa.example>'
    assert guests.add_list(dialogue=dialogue, text=text, actor=the_office()).new == 3
    rows = {row.email: (row.name, row.post) for row in db.session.scalars(guests.active(dialogue.id))}
    assert rows["b@xa.example"] == ("Lê, Thị B", "")
    assert rows["an@xa.example"] == ("An", "Bí thư")


def test_the_same_list_twice_adds_nobody(app):
    dialogue = make_dialogue()
    text = "An; Trưởng thôn\nBình; binh@xa.example"
    guests.add_list(dialogue=dialogue, text=text, actor=the_office())
    added = guests.add_list(dialogue=dialogue, text=text, actor=the_office())
    assert (added.new, added.known) == (0, 2)


def test_five_thousand_lines_are_few_statements(app, queries):
    dialogue, office = make_dialogue(), the_office()
    text = "\n".join(f"Khách mời {n}; Trưởng thôn; Thôn {n}; khach-{n}@xa.example" for n in range(5000))
    with queries() as seen:
        added = guests.add_list(dialogue=dialogue, text=text, actor=office)
    assert added.new == 5000
    assert seen.count < 20
    with pytest.raises(RuleBroken):
        guests.add_list(dialogue=dialogue, text=text + "\nMột người nữa", actor=office)


def test_guests_of_the_last_dialogue_are_taken_over_but_not_their_answers(app):
    last = make_dialogue(state=S.PUBLISHED)
    make_guest(last, name="An", reply=Reply.YES)
    make_guest(last, name="Đã thôi mời", removed_at=clock.now())
    leader = make_staff("leader")
    make_guest(last, name=leader.name, staff_id=leader.id, role=GuestRole.CHAIR, email=leader.email)
    dialogue = make_dialogue(chair=leader)
    assert [source.id for source in guests.sources(dialogue)] == [last.id]
    added = guests.copy_from(dialogue=dialogue, source_id=last.id, actor=the_office())
    assert added.new == 2
    rows = {row.name: row for row in db.session.scalars(guests.active(dialogue.id))}
    assert {row.reply for row in rows.values()} == {Reply.WAITING}
    assert rows[leader.name].role is GuestRole.CHAIR
    other = make_dialogue(commune=make_commune())
    stranger = make_staff(commune=other.commune)
    with pytest.raises(RuleBroken):
        guests.copy_from(dialogue=other, source_id=last.id, actor=stranger)


def test_people_of_another_commune_are_not_put_on_the_list(app):
    dialogue, office = make_dialogue(), the_office()
    stranger = make_staff(commune=make_commune())
    added = guests.add_staff(dialogue=dialogue, staff_ids=[stranger.id, office.id], actor=office)
    assert added.new == 1


def test_counts_say_where_everybody_stands(app):
    dialogue = make_dialogue()
    rows = invited(dialogue, {"email": "a@xa.example"}, {"email": "b@xa.example"})
    replies.record(guest=rows[0], reply=Reply.MAYBE, note="", way=ReplyWay.CLERK, actor=the_office())
    make_guest(dialogue, email=None)
    make_guest(dialogue, email="c@xa.example")
    found = guests.counts(dialogue.id)
    assert {key: number for key, number in found.items() if number} == {
        Standing.MAYBE: 1, Standing.WAITING: 1, Standing.ON_PAPER: 1, Standing.NOT_INVITED: 1,
    }  # fmt: skip
    (line,) = guests.not_answered(dialogue.commune_id, clock.now())
    assert (line.unanswered, line.not_invited) == (1, 2)


def test_a_paper_that_was_handed_over_is_marked_when_the_dialogue_moves(app):
    dialogue = make_dialogue()
    guest = make_guest(dialogue, email=None)
    guests.hand_over(guest=guest, actor=the_office())
    assert not guests.is_paper_outdated(guest, dialogue)
    change(dialogue, place="Nơi khác")
    assert guests.is_paper_outdated(guest, dialogue)
    assert letters() == []


def test_changing_a_dialogue_with_many_guests_asks_not_once_a_guest(app, queries):
    dialogue = make_dialogue()
    invited(dialogue, *({"email": f"khach-{n}@xa.example"} for n in range(3)))
    with queries() as few:
        change(dialogue, place="Nơi 1")
    sent()
    invited(dialogue, *({"email": f"khach-{n}@xa.example"} for n in range(3, 40)))
    with queries() as many:
        change(dialogue, place="Nơi 2")
    updates = [one for one in many if "UPDATE guest" in one]
    assert many.count - len(updates) <= few.count
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Guest)) == 40
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Message)) == 40 + 3 + 40
