"""The pages about guests: the overview, the list, sending with a second click, the link of the mail."""

import pytest
import sqlalchemy as sa

from dialogues import clock
from dialogues.extensions import db
from dialogues.invitations import guests, mail, receive, replies
from dialogues.invitations.guest_models import Guest
from dialogues.invitations.guest_rules import Reply, ReplyWay
from dialogues.schedule.rules import DialogueState
from dialogues.staff.rules import Role
from tests.invitations.guest_make import change, letters, make_guest, newest, sent, the_office
from tests.make import make_commune, make_dialogue, make_staff

S = DialogueState


@pytest.fixture(autouse=True)
def today(at):
    return at("2026-11-22 09:00")


@pytest.fixture
def office(app, sign_in):
    staff = make_staff(Role.OFFICE)
    sign_in(staff)
    return staff


@pytest.fixture
def dialogue(app):
    return make_dialogue()


def url(dialogue, *more):
    return "/".join([f"/office/dialogues/{dialogue.id}/guests", *map(str, more)])


def row(guest_id):
    db.session.expire_all()
    return db.session.get(Guest, guest_id)


# -- the list ---------------------------------------------------------------------------------------------------------


def test_an_empty_list_says_how_to_begin(client, dialogue, office):
    page = client.get(url(dialogue))
    assert url(dialogue, "staff") in page.links()
    assert url(dialogue, "copy") in page.links()


def test_one_guest_is_put_on_the_list_and_never_twice(client, dialogue, office):
    form = {"name": "Nguyễn Văn An", "post": "Bí thư", "email": "an@xa.example", "role": "chair"}
    page = client.post(url(dialogue, "new"), form).follow()
    assert "Nguyễn Văn An" in page.main
    assert client.post(url(dialogue, "new"), form, status=422).errors


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 121),
        ("email", "an@@xa"),
        ("email", "an@xa.example\r\nBcc: x@y.example"),
        ("role", "king"),
    ],
)
def test_what_is_wrong_with_a_guest_is_said_at_its_field(client, dialogue, office, field, value):
    form = {"name": "An", "email": "an@xa.example", "role": "required", field: value}
    assert client.post(url(dialogue, "new"), form, status=422).errors
    assert guests.number_of(guests.active(dialogue.id)) == 0


def test_broken_lines_come_back_to_be_corrected_and_the_good_ones_are_saved(client, dialogue, office):
    text = "Nguyễn Văn An\tBí thư\tThôn Đồng\tan@xa.example\r\nBình; binh@@xa\r\n<script>alert(1)</script>; x@@y"
    page = client.post(url(dialogue, "paste"), {"text": text}, status=200)
    assert "binh@@xa" in page.main
    assert page.form()["text"] == "Bình; binh@@xa\n<script>alert(1)</script>; x@@y"
    (guest,) = db.session.scalars(guests.active(dialogue.id)).all()
    assert (guest.name, guest.post, guest.body, guest.email) == (
        "Nguyễn Văn An",
        "Bí thư",
        "Thôn Đồng",
        "an@xa.example",
    )
    page.form().fill(text="Bình; binh@xa.example").submit()
    assert guests.number_of(guests.active(dialogue.id)) == 2


@pytest.mark.parametrize("text", ["", " \n \n", "\n".join(f"Khách {n}" for n in range(5001))])
def test_an_empty_or_endless_list_is_refused_whole(client, dialogue, office, text):
    assert client.post(url(dialogue, "paste"), {"text": text}, status=422).errors
    assert guests.number_of(guests.active(dialogue.id)) == 0


def test_who_leads_the_dialogue_is_ticked_already(client, office):
    leader = make_staff(Role.LEADER)
    dialogue = make_dialogue(chair=leader)
    form = client.get(url(dialogue, "staff")).form()
    assert form["people"] == str(leader.id)
    form.submit().follow()
    (guest,) = db.session.scalars(guests.active(dialogue.id)).all()
    assert (guest.staff_id, guest.role.value, guest.email) == (leader.id, "chair", leader.email)


def test_guests_are_taken_over_from_the_last_dialogue(client, dialogue, office):
    last = make_dialogue(state=S.PUBLISHED)
    make_guest(last, name="Người lần trước")
    page = client.get(url(dialogue, "copy"))
    page.form().submit()
    assert "Người lần trước" in client.get(url(dialogue)).main
    client.post(url(dialogue, "copy"), {"source": "999999"}, status=404)


def test_the_list_is_searched_without_marks_and_filtered(client, dialogue, office):
    make_guest(dialogue, name="Đặng Thị Ước")
    make_guest(dialogue, name="Người khác", email=None, reply=Reply.YES)
    assert "Người khác" not in client.get(url(dialogue) + "?q=dang uoc").main
    page = client.get(url(dialogue) + "?standing=yes")
    assert "Người khác" in page.main
    assert "Đặng Thị Ước" not in page.main
    client.get(url(dialogue) + "?standing=xyz&page=99999&q=%00%27")


def test_the_overview_asks_as_often_for_many_guests_as_for_few(client, dialogue, office, queries):
    make_guest(dialogue)
    with queries() as few:
        client.get(url(dialogue))
    for _number in range(25):
        make_guest(dialogue)
    with queries() as many:
        client.get(url(dialogue))
    assert many.count == few.count


# -- who may see it ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.LEADER, Role.OVERSEER])
def test_who_leads_a_dialogue_sees_answers_but_no_addresses(client, sign_in, role):
    leader = make_staff(role)
    mine, other = make_dialogue(co_chair=leader), make_dialogue()
    make_guest(mine, name="Khách Quý", email="bi-mat@xa.example", reply=Reply.YES)
    sign_in(leader)
    page = client.get(url(mine))
    assert "Khách Quý" in page.main
    assert "bi-mat@xa.example" not in page.source
    assert not page.select("main form[method=post]")
    client.get(url(other), status=404)
    for way in ("new", "paste", "invite", "remind", "paper"):
        client.get(url(mine, way), status=403)


def test_a_guest_of_another_dialogue_is_not_found_under_this_one(client, dialogue, office):
    other = make_guest(make_dialogue())
    for way in ((), ("remove",), ("paper",)):
        client.get(url(dialogue, other.id, *way), status=404)


# -- sending ----------------------------------------------------------------------------------------------------------


def test_invitations_go_out_with_the_second_click_that_says_how_many(client, dialogue, office):
    for _number in range(3):
        make_guest(dialogue)
    make_guest(dialogue, email=None)
    page = client.get(url(dialogue, "invite"))
    assert letters() == []
    assert "3" in page.main
    page.form().submit().follow()
    assert len(letters()) == 3
    client.post(url(dialogue, "invite"), {}).follow()
    assert len(letters()) == 3


def test_who_invites_at_night_is_told_when_the_mails_go_out(app, at):
    dialogue = make_dialogue()
    at("2026-11-22 21:30")
    assert mail.night_is_over(dialogue) == "7 giờ"
    at("2026-11-22 09:00")
    assert mail.night_is_over(dialogue) == ""
    at("2026-12-01 22:00")
    assert mail.night_is_over(dialogue) == "", "so near that nothing waits"


def test_reminders_go_out_with_the_second_click_that_says_how_many(client, dialogue, office):
    guest = make_guest(dialogue)
    mail.invite(dialogue=dialogue, guests=[guest, make_guest(dialogue, reply=Reply.YES)], actor=office)
    sent()
    page = client.get(url(dialogue, "remind"))
    assert "1" in page.main
    page.form().submit().follow()
    assert [letter.recipient for letter in letters() if letter.kind == "invitation_reminder"] == [guest.email]


def test_many_invitations_are_written_in_steps_that_show_how_far_it_is(client, dialogue, office, monkeypatch):
    monkeypatch.setattr("dialogues.invitations.office_guests.AT_ONCE", 2)
    for _number in range(5):
        make_guest(dialogue)
    page = client.post(url(dialogue, "invite"), {}, status=200)
    assert (page.one("progress")["value"], page.one("progress")["max"]) == ("2", "5")
    page = page.form("progress-form").submit(status=200)
    assert page.one("progress")["value"] == "4"
    part = client.post(url(dialogue, "invite"), {"done": "4"}, status=200, htmx=True)
    assert part.one("progress")["value"] == part.one("progress")["max"] == "5"
    assert not part.select("form")
    assert len(letters()) == 5
    client.post(url(dialogue, "invite"), {"done": "viele"}, status=None)


@pytest.mark.parametrize("state", [S.CANCELLED, S.POSTPONED, S.PUBLISHED])
def test_what_does_not_come_is_not_sent(client, office, state):
    dialogue = make_dialogue(state=state)
    make_guest(dialogue)
    client.get(url(dialogue, "invite"), status=303)
    client.post(url(dialogue, "invite"), {}, status=303)
    assert letters() == []


def test_a_move_by_the_office_reaches_the_guests_by_itself(client, dialogue, office):
    guest = make_guest(dialogue)
    mail.invite(dialogue=dialogue, guests=[guest], actor=office)
    sent()
    client.post(f"/office/dialogues/{dialogue.id}/cancel", {"reason": "Bão."})
    assert (newest().recipient, newest().method) == (guest.email, "CANCEL")


# -- one guest --------------------------------------------------------------------------------------------------------


def test_a_clerk_writes_down_and_takes_back_an_answer(client, dialogue, office):
    guest = make_guest(dialogue)
    client.post(url(dialogue, guest.id, "answer"), {"reply": "no", "note": "Ốm"}).follow()
    assert (row(guest.id).reply, row(guest.id).reply_way) == (Reply.NO, ReplyWay.CLERK)
    client.post(url(dialogue, guest.id, "answer"), {"reply": "waiting", "note": ""})
    assert row(guest.id).reply is Reply.WAITING
    client.post(url(dialogue, guest.id, "answer"), {"reply": "perhaps"}, status=422)


def test_two_clerks_who_save_one_guest_both_see_what_the_other_wrote(client, dialogue, office):
    guest = make_guest(dialogue, name="Tên Cũ")
    form = client.get(url(dialogue, guest.id)).form(url(dialogue, guest.id))
    form.fill(name="Tên của tôi")
    guest.name = "Tên của người khác"
    db.session.commit()
    page = form.submit(status=409)
    assert "Tên của người khác" in page.main
    assert page.form(url(dialogue, guest.id))["name"] == "Tên của tôi"


def test_taking_a_guest_off_the_list_is_confirmed_first(client, dialogue, office):
    guest = make_guest(dialogue)
    page = client.get(url(dialogue, guest.id, "remove"))
    assert row(guest.id).removed_at is None
    page.form().submit().follow()
    assert row(guest.id).removed_at is not None
    assert guests.number_of(guests.active(dialogue.id)) == 0


def test_a_guest_without_address_gets_paper_that_can_be_handed_over(client, dialogue, office):
    guest = make_guest(dialogue, name="Cụ Bà Tư", email=None)
    make_guest(dialogue, name="Có thư")
    page = client.get(url(dialogue, "paper"))
    assert "Cụ Bà Tư" in page.main
    assert "Có thư" not in page.main
    assert replies.reply_url(guest) in page.main
    client.post(url(dialogue, guest.id, "handed-over"), {}).follow()
    assert row(guest.id).invited_at is not None
    change(dialogue, place="Nơi mới")
    assert client.get(url(dialogue)).one(f"#guest-{guest.id} strong")


def test_refused_calendar_replies_stand_on_a_page_of_the_own_commune(client, dialogue, office):
    other = make_commune(office_email="khac@xa-khac.example")
    receive.take(f"From: ke-gia@x.example\r\nTo: {dialogue.commune.office_email}\r\n\r\nx".encode())
    receive.take(f"From: khong-phai@x.example\r\nTo: {other.office_email}\r\n\r\nx".encode())
    db.session.commit()
    page = client.get("/office/guest-replies")
    assert "ke-gia@x.example" in page.main
    assert "khong-phai@x.example" not in page.main


# -- the link of the mail ---------------------------------------------------------------------------------------------


@pytest.fixture
def guest(dialogue):
    guest = make_guest(dialogue, name="Nguyễn Văn An", email="an@xa.example")
    mail.invite(dialogue=dialogue, guests=[guest], actor=the_office())
    db.session.commit()
    return guest


def link(guest):
    return f"/r/{replies.token_of(guest)}"


def test_opening_the_link_answers_nothing(client, guest, queries):
    with queries() as seen:
        page = client.get(link(guest))
    assert not [one for one in seen if one.startswith(("INSERT", "UPDATE", "DELETE"))]
    assert row(guest.id).reply is Reply.WAITING
    assert page.form()["reply"] is None
    assert "an@xa.example" not in page.source
    assert page.headers["Cache-Control"] == "no-store"
    assert page.one('meta[name="robots"]')["content"].startswith("noindex")


def test_the_button_answers_without_account_and_the_answer_can_be_changed(client, guest):
    page = client.get(link(guest)).form().fill(reply="yes", note="Đến muộn").submit().follow()
    assert (row(guest.id).reply, row(guest.id).reply_way, row(guest.id).reply_note) == (
        Reply.YES, ReplyWay.LINK, "Đến muộn",
    )  # fmt: skip
    assert page.form()["reply"] == "yes"
    page.form().fill(reply="no", note="").submit().follow()
    assert row(guest.id).reply is Reply.NO


@pytest.mark.parametrize("reply", ["", "waiting", "YES", "king"])
def test_only_the_three_answers_are_taken(client, guest, reply):
    assert client.post(link(guest), {"reply": reply}, status=422).errors
    assert row(guest.id).reply is Reply.WAITING


@pytest.mark.parametrize("way", ["other guest", "cut", "longer", "nonsense", "huge"])
def test_forged_links_lead_nowhere_and_are_counted(client, guest, way):
    other = make_guest(guest.dialogue)
    token = replies.token_of(guest)
    forged = {
        "other guest": f"{other.id}k{token.split('k')[1]}",
        "cut": token[:-1],
        "longer": token + "0",
        "nonsense": "x",
        "huge": "9" * 3000,
    }[way]
    client.get(f"/r/{forged}", status=404)
    client.post(f"/r/{forged}", {"reply": "yes"}, status=404)
    for _number in range(20):
        client.get("/r/1k" + "0" * 32, status=None)
    client.get(link(guest), status=429)


@pytest.mark.parametrize("what", ["cancelled", "postponed", "removed", "over"])
def test_the_link_still_says_what_happened_when_no_answer_is_needed(client, guest, at, what):
    if what == "removed":
        guests.remove(guest=guest, actor=the_office())
    elif what == "over":
        at("2026-12-20 09:00")
    else:
        guest.dialogue.state, guest.dialogue.state_reason = S(what), "Bão lớn."
    db.session.commit()
    page = client.get(link(guest))
    assert not page.select("main form")
    if what in ("cancelled", "postponed"):
        assert "Bão lớn." in page.main
    client.post(link(guest), {"reply": "yes"}, status=422)
    assert row(guest.id).reply is Reply.WAITING


def test_answers_by_one_link_are_limited(client, guest):
    for number in range(20):
        client.post(link(guest), {"reply": "yes", "note": str(number)}, status=303)
    client.post(link(guest), {"reply": "no"}, status=429)
    assert row(guest.id).reply is Reply.YES


def test_what_a_guest_writes_is_never_markup(client, guest, office):
    client.post(link(guest), {"reply": "maybe", "note": "<img src=x onerror=alert(1)>\r\nBcc: x@y.example"})
    assert "<img src=x" not in client.get(url(guest.dialogue)).source


def test_the_page_of_the_dialogue_shows_the_counts_to_the_office_only(client, guest, sign_in):
    sign_in(make_staff(Role.DEPARTMENT))
    assert not client.get(f"/office/dialogues/{guest.dialogue_id}").select("#guests-summary")
    sign_in(make_staff(Role.OFFICE))
    assert client.get(f"/office/dialogues/{guest.dialogue_id}").one("#guests-summary")
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Guest)) == 1
    assert clock.now() < guest.dialogue.starts_at
