"""Calendar files and feeds: what is in them, who may read them, and what they cost."""

from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from icalendar import Calendar

from dialogues.access import ALLOWED, Permission
from dialogues.followup import extensions
from dialogues.followup.rules import CommitmentState
from dialogues.invitations import service
from dialogues.questions.rules import QuestionState
from dialogues.schedule.round_rules import RoundState
from dialogues.schedule.rules import DialogueState
from dialogues.staff import people
from dialogues.staff.rules import Role
from tests.make import (
    make_answer,
    make_commitment,
    make_commune,
    make_dialogue,
    make_question,
    make_round,
    make_staff,
    make_village,
    the_commune,
    wall,
)

FEED = "/minh-tam/calendar.ics"


@pytest.fixture(autouse=True)
def today(at):
    return at("2026-11-22 09:00")


def events(page):
    assert page.headers["Content-Type"] == "text/calendar; charset=utf-8"
    return {str(event["UID"]): event for event in Calendar.from_ical(page.data).walk("VEVENT")}


def only(page):
    (event,) = events(page).values()
    return event


# -- the file of one dialogue -----------------------------------------------------------------------------------------


def test_the_file_of_a_dialogue_holds_what_one_needs_to_go_there(client):
    dialogue = make_dialogue(place="Hội trường UBND xã", address="Thôn Cầu Đá")
    page = client.get(f"/d/{dialogue.code}.ics")
    event = only(page)
    assert str(event["SUMMARY"]) == dialogue.title
    assert str(event["LOCATION"]) == "Hội trường UBND xã, Thôn Cầu Đá"
    assert event["DTSTART"].dt == dialogue.starts_at
    assert event["STATUS"] == "CONFIRMED"
    assert event["URL"] == f"http://localhost/d/{dialogue.code}"
    assert event["URL"] in event["DESCRIPTION"]
    assert dialogue.how_to_attend in event["DESCRIPTION"]
    assert page.headers["Content-Disposition"] == f'inline; filename="doi-thoai-{dialogue.code}.ics"'


def test_a_code_typed_with_hyphens_and_small_letters_is_understood(client):
    code = make_dialogue().code
    assert only(client.get(f"/d/{code[:3].lower()}-{code[3:].lower()}.ics"))


@pytest.mark.parametrize("state", [DialogueState.DRAFT, DialogueState.CANCELLED])
def test_what_was_never_announced_has_no_file(client, state):
    dialogue = make_dialogue(state=state, announced_at=None)
    client.get(f"/d/{dialogue.code}.ics", status=404)
    assert events(client.get(FEED)) == {}


def test_an_unknown_code_has_no_file(client):
    the_commune()
    client.get("/d/ZZZZZZ.ics", status=404)


def test_an_online_dialogue_has_its_link_as_place(client):
    dialogue = make_dialogue(place="", address="", online_link="https://hop.example/xa")
    assert str(only(client.get(f"/d/{dialogue.code}.ics"))["LOCATION"]) == "https://hop.example/xa"


# -- changes ----------------------------------------------------------------------------------------------------------


def test_three_new_days_raise_the_sequence_three_times_and_keep_the_uid(client, sign_in):
    sign_in(make_staff(Role.OFFICE))
    dialogue = make_dialogue(starts_at=wall(20), sequence=0)
    seen = [only(client.get(FEED))]
    for day in ("2026-12-14", "2026-12-15", "2026-12-16"):
        form = client.get(f"/office/dialogues/{dialogue.id}/edit").form()
        form.fill(starts_on=day).submit()
        seen.append(only(client.get(FEED)))
    assert [event["SEQUENCE"] for event in seen] == [0, 1, 2, 3]
    assert len({event["UID"] for event in seen}) == 1
    assert seen[-1]["DTSTART"].dt.date() == date(2026, 12, 16)


@pytest.mark.parametrize(("state", "mark"), [(DialogueState.POSTPONED, "[HOÃN] "), (DialogueState.CANCELLED, "[HỦY] ")])
def test_what_does_not_take_place_stays_in_the_feed_and_says_so_twice(client, state, mark):
    dialogue = make_dialogue(state=state, state_reason="Bão số 9.", sequence=4)
    event = only(client.get(FEED))
    assert event["STATUS"] == "CANCELLED"
    assert str(event["SUMMARY"]) == mark + dialogue.title
    assert event["SEQUENCE"] == 4
    assert "Bão số 9." in event["DESCRIPTION"]


# -- the public feed --------------------------------------------------------------------------------------------------


def test_the_feed_holds_this_commune_and_about_a_year_of_the_past(client):
    coming = make_dialogue()
    past = make_dialogue(state=DialogueState.PUBLISHED, starts_at=wall(-399))
    make_dialogue(state=DialogueState.PUBLISHED, starts_at=wall(-401))
    make_dialogue(commune=make_commune())
    page = client.get(FEED)
    assert set(events(page)) == {coming.uid, past.uid}
    assert str(Calendar.from_ical(page.data)["X-WR-CALNAME"]) == "Đối thoại xã Minh Tâm"


def test_the_feed_speaks_vietnamese_whatever_the_visitor_chose(client):
    make_dialogue(state=DialogueState.POSTPONED, state_reason="Bão.")
    make_dialogue()
    vietnamese = client.get(FEED).data
    client.post("/language", {"language": "en", "next": "/"})
    assert client.get(FEED).data == vietnamese


def test_the_feed_names_no_resident_and_no_phone(client):
    dialogue = make_dialogue(hotline="0900 000 222")
    make_question(
        dialogue,
        state=QuestionState.PUBLISHED,
        text="Ống nước nhà tôi vỡ",
        asker={"name": "Hoàng Văn Bách", "phone": "0900 000 101", "email": "bach@minh-tam.example"},
    )
    body = client.get(FEED).data.decode().replace("\r\n ", "")
    for secret in ("Bách", "0900", "bach@", "Ống nước", "ATTENDEE"):
        assert secret not in body


def test_a_kept_feed_costs_one_statement_and_is_not_sent_twice(client, queries):
    make_dialogue()
    etag = client.get(FEED).headers["ETag"]
    with queries() as seen:
        assert client.get(FEED, status=304, headers={"If-None-Match": etag}).data == b""
    assert seen.count == 1


def test_a_rebuilt_feed_in_which_nothing_changed_is_not_sent_twice_either(client, at):
    make_dialogue()
    etag = client.get(FEED).headers["ETag"]
    at("2026-11-22 09:01")
    client.get(FEED, status=304, headers={"If-None-Match": etag})


def test_a_change_is_in_the_feed_at_once(client, session):
    dialogue = make_dialogue()
    client.get(FEED)
    dialogue.title = "Đối thoại về nước sạch"
    session.commit()
    assert str(only(client.get(FEED))["SUMMARY"]) == "Đối thoại về nước sạch"


def test_statements_do_not_grow_with_dialogues(client, queries, at):
    make_dialogue()
    with queries() as few:
        client.get(FEED)
    for _ in range(12):
        make_dialogue()
    at("2026-11-22 09:05")
    with queries() as many:
        client.get(FEED)
    assert few.count == many.count <= 3


# -- the private feed -------------------------------------------------------------------------------------------------


@pytest.fixture
def private(session):
    """private(staff): the path of this person's feed, made now."""

    def make(staff):
        service.make_feed(staff=staff)
        session.commit()
        return service.private_feed_url(staff).removeprefix("http://localhost")

    return make


def test_a_leader_sees_the_dialogues_that_they_lead_and_their_due_dates(client, private):
    leader = make_staff(Role.LEADER)
    chaired, written = make_dialogue(chair=leader), make_dialogue(secretary=leader)
    make_dialogue()
    promise = make_commitment(responsible=leader, due_on=date(2026, 12, 31))
    make_commitment()
    found = events(client.get(private(leader)))
    assert set(found) == {chaired.uid, written.uid, promise.uid}
    assert found[promise.uid]["DTSTART"].dt == date(2026, 12, 31)
    assert str(found[promise.uid]["SUMMARY"]).endswith(promise.result)
    assert found[promise.uid]["URL"] == f"http://localhost/office/commitments/{promise.id}"


def test_the_office_sees_all_dialogues_and_drafts_as_not_fixed(client, private):
    office = make_staff(Role.OFFICE)
    draft = make_dialogue(state=DialogueState.DRAFT)
    announced = make_dialogue()
    make_dialogue(commune=make_commune())
    found = events(client.get(private(office)))
    assert set(found) == {draft.uid, announced.uid}
    assert found[draft.uid]["STATUS"] == "TENTATIVE"
    assert str(found[draft.uid]["SUMMARY"]) == f"[DỰ KIẾN] {draft.title}"
    assert found[draft.uid]["URL"] == f"http://localhost/office/dialogues/{draft.id}"


def test_a_village_head_sees_what_is_announced_for_the_village(client, private):
    village = make_village()
    head = make_staff(Role.VILLAGE_HEAD, village_id=village.id)
    own, everybody = make_dialogue(villages=[village]), make_dialogue()
    make_dialogue(villages=[make_village()])
    make_dialogue(villages=[village], state=DialogueState.DRAFT)
    assert set(events(client.get(private(head)))) == {own.uid, everybody.uid}


@pytest.mark.parametrize(
    ("due", "state", "mark"),
    [
        ("2026-11-21", CommitmentState.IN_PROGRESS, "[QUÁ HẠN]"),
        ("2026-11-22", CommitmentState.IN_PROGRESS, ""),
        ("2026-11-21", CommitmentState.CONFIRMED, "[ĐÃ XONG]"),
        ("2026-11-22", CommitmentState.WITHDRAWN, "[RÚT LẠI]"),
    ],
)
def test_a_due_date_says_when_it_has_passed(client, private, due, state, mark):
    leader = make_staff(Role.LEADER)
    make_commitment(responsible=leader, due_on=date.fromisoformat(due), state=state)
    event = only(client.get(private(leader)))
    assert (event["STATUS"] == "CANCELLED") == (state is CommitmentState.WITHDRAWN)
    summary = str(event["SUMMARY"])
    assert summary.startswith(mark)
    assert ("[" in summary) == bool(mark)


def test_a_promise_that_residents_cannot_read_is_not_named(client, private):
    leader = make_staff(Role.LEADER)
    hidden = make_answer(make_question(state=QuestionState.MOVED_TO_COMPLAINT))
    make_commitment(hidden, responsible=leader, result="Kiểm tra nhà ông Bách")
    body = client.get(private(leader)).data.decode().replace("\r\n ", "")
    assert "Bách" not in body
    assert "VEVENT" in body


def test_an_unchanged_private_feed_is_not_sent_twice(client, private):
    leader = make_staff(Role.LEADER)
    make_dialogue(chair=leader)
    path = private(leader)
    page = client.get(path)
    assert page.headers["Cache-Control"] == "private, no-cache"
    assert client.get(path, status=304, headers={"If-None-Match": page.headers["ETag"]}).data == b""
    make_dialogue(chair=leader)
    client.get(path, headers={"If-None-Match": page.headers["ETag"]})


def test_a_new_address_ends_the_old_one(client, private):
    leader = make_staff(Role.LEADER)
    old, new = private(leader), private(leader)
    page = client.get(old, status=410)
    assert page.one("main a")["href"] == "/office/calendar"
    client.get(new)


def test_a_revoked_address_and_a_closed_account_give_nothing(client, private, session):
    leader, admin = make_staff(Role.LEADER), make_staff(Role.ADMIN)
    path = private(leader)
    service.revoke_feed(staff=leader)
    client.get(path, status=410)
    path = private(leader)
    people.close(staff=leader, actor=admin)
    client.get(path, status=410)
    people.reopen(staff=leader, actor=admin)
    client.get(path, status=410)


@pytest.mark.parametrize("token", ["x", "WzEsImEiXQ.AAAA", "ô", "a" * 400, "..%2e", "%00"])
def test_a_forged_address_gives_nothing(client, token):
    make_staff()
    client.get(f"/calendar/{token}.ics", status=404)


def test_an_address_of_one_person_does_not_open_anothers(client, private):
    first, second = make_staff(Role.LEADER), make_staff(Role.LEADER)
    private(second)
    signature = private(first).removesuffix(".ics").split(".")[-1]
    other = service.private_feed_url(second).removeprefix("http://localhost/calendar/").split(".")[0]
    client.get(f"/calendar/{other}.{signature}.ics", status=404)


def test_statements_of_the_private_feed_do_not_grow(client, private, queries):
    office = make_staff(Role.OFFICE)
    path = private(office)
    make_commitment(responsible=office)
    with queries() as few:
        client.get(path)
    for _ in range(6):
        make_dialogue()
        make_commitment(responsible=office, due_on=date(2026, 12, 1) + timedelta(days=1))
    with queries() as many:
        client.get(path)
    assert few.count == many.count <= 6


# -- pages ------------------------------------------------------------------------------------------------------------


def test_the_page_for_phones_offers_every_way(client):
    the_commune()
    page = client.get("/minh-tam/calendar")
    assert "webcal://localhost/minh-tam/calendar.ics" in page.links()
    assert any(
        link.startswith("https://calendar.google.com/calendar/render?cid=webcal%3A%2F%2F") for link in page.links()
    )
    assert FEED in page.links()
    assert page.one("main img")["src"].startswith("data:image/svg+xml")


def test_a_person_makes_and_ends_the_private_address(client, sign_in):
    sign_in(make_staff(Role.DEPARTMENT))
    page = client.get("/office/calendar").form("/office/calendar/make").submit().follow()
    address = page.one("#feed")["value"].removeprefix("http://localhost")
    events(client.get(address))
    asked = page.click("/office/calendar/revoke")
    client.get(address)
    page = asked.form("/office/calendar/revoke").submit().follow()
    assert page.select("#feed") == []
    client.get(address, status=410)


def test_the_page_of_a_dialogue_offers_the_file_and_google(client):
    dialogue = make_dialogue(title="Đường, đất & nước")
    links = client.get(f"/d/{dialogue.code}").links()
    assert f"/d/{dialogue.code}.ics" in links
    (google,) = [link for link in links if link.startswith("https://calendar.google.com/")]
    values = parse_qs(urlsplit(google).query)
    assert values["text"] == [dialogue.title]
    assert values["dates"] == ["20261202T003000Z/20261202T043000Z"]
    assert values["details"] == [f"http://localhost/d/{dialogue.code}"]


# -- villages ---------------------------------------------------------------------------------------------------------


def test_the_feed_of_a_village_holds_its_dialogues_and_those_for_everybody(client):
    village, other = make_village(name="Đồng"), make_village()
    own, everybody = make_dialogue(villages=[village, other]), make_dialogue()
    make_dialogue(villages=[other])
    make_dialogue(villages=[village], state=DialogueState.DRAFT)
    page = client.get(f"/minh-tam/v/{village.id}/calendar.ics")
    assert set(events(page)) == {own.uid, everybody.uid}
    head = Calendar.from_ical(page.data)
    assert str(head["X-WR-CALNAME"]) == f"Đối thoại xã Minh Tâm – {village.label}"
    assert str(head["SOURCE"]) == f"http://localhost/minh-tam/v/{village.id}/calendar.ics"


def test_the_feed_of_a_village_follows_changes_and_answers_304_in_between(client, session):
    village = make_village()
    dialogue = make_dialogue(villages=[village])
    path = f"/minh-tam/v/{village.id}/calendar.ics"
    etag = client.get(path).headers["ETag"]
    client.get(path, status=304, headers={"If-None-Match": etag})
    dialogue.state, dialogue.sequence = DialogueState.CANCELLED, 1
    session.commit()
    assert only(client.get(path, headers={"If-None-Match": etag}))["STATUS"] == "CANCELLED"


def test_the_feed_of_a_closed_village_goes_on_and_the_page_offers_it_no_more(client, session):
    village = make_village()
    dialogue = make_dialogue(villages=[village])
    assert f"/minh-tam/v/{village.id}/calendar" in client.get("/minh-tam/calendar").links()
    village.is_active = False
    session.commit()
    assert set(events(client.get(f"/minh-tam/v/{village.id}/calendar.ics"))) == {dialogue.uid}
    assert f"/minh-tam/v/{village.id}/calendar" not in client.get("/minh-tam/calendar").links()


def test_a_village_of_another_commune_has_no_calendar_here(client):
    the_commune()
    foreign = make_village(make_commune())
    client.get(f"/minh-tam/v/{foreign.id}/calendar.ics", status=404)
    client.get(f"/minh-tam/v/{foreign.id}/calendar", status=404)


def test_the_page_of_a_village_offers_every_way_and_leads_back(client):
    village = make_village()
    page = client.get("/minh-tam/calendar").click(f"/minh-tam/v/{village.id}/calendar")
    assert f"webcal://localhost/minh-tam/v/{village.id}/calendar.ics" in page.links()
    assert f"/minh-tam/v/{village.id}/calendar.ics" in page.links()
    assert "/minh-tam/calendar" in page.links()
    assert village.label in page.text
    assert page.one("#feed")["value"] == f"http://localhost/minh-tam/v/{village.id}/calendar.ics"


# -- due dates and plans in the private feed --------------------------------------------------------------------------


def tasks(page):
    return {str(task["UID"]): task for task in Calendar.from_ical(page.data).walk("VTODO")}


@pytest.mark.parametrize(
    ("state", "over", "status", "mark"),
    [
        (CommitmentState.OPEN, {}, "NEEDS-ACTION", ""),
        (CommitmentState.IN_PROGRESS, {}, "IN-PROCESS", ""),
        (CommitmentState.REPORTED_DONE, {"reported_done_on": date(2026, 11, 20)}, "IN-PROCESS", "[ĐÃ BÁO XONG]"),
        (CommitmentState.CONFIRMED, {"reported_done_on": date(2026, 11, 20)}, "COMPLETED", "[ĐÃ XONG]"),
        (CommitmentState.WITHDRAWN, {"withdrawn_on": date(2026, 11, 20)}, "CANCELLED", "[RÚT LẠI]"),
    ],
)
def test_a_due_date_can_be_a_task_that_is_done_when_it_is_confirmed(client, private, state, over, status, mark):
    leader = make_staff(Role.LEADER)
    promise = make_commitment(responsible=leader, due_on=date(2026, 12, 31), state=state, **over)
    page = client.get(private(leader) + "?tasks=todo")
    (task,) = tasks(page).values()
    assert (str(task["UID"]), task["STATUS"], task["DUE"].dt) == (promise.uid, status, promise.due_on)
    assert str(task["SUMMARY"]).startswith(mark)
    assert str(task["SUMMARY"]).endswith(promise.result)
    assert ("[" in str(task["SUMMARY"])) == bool(mark)
    assert ("COMPLETED" in task) == ("PERCENT-COMPLETE" in task) == (status == "COMPLETED")
    if status == "COMPLETED":
        assert task["COMPLETED"].dt == datetime(2026, 11, 20, 5, 0, tzinfo=UTC)
    assert promise.uid not in events(page)
    assert str(Calendar.from_ical(page.data)["SOURCE"]).endswith(".ics?tasks=todo")


@pytest.mark.parametrize("query", ["", "?tasks=todo"])
def test_a_due_date_rings_on_the_morning_before_until_it_is_reported_done(client, private, session, query):
    leader = make_staff(Role.LEADER)
    promise = make_commitment(responsible=leader)

    def alarms():
        session.commit()
        page = client.get(private_path + query)
        (entry,) = (tasks(page) if query else events(page)).values()
        return [one for one in entry.subcomponents if one.name == "VALARM"]

    private_path = private(leader)
    (alarm,) = alarms()
    assert (alarm["ACTION"], alarm["TRIGGER"].dt) == ("DISPLAY", -timedelta(hours=15))
    assert alarm["TRIGGER"].params.get("RELATED", "START") == ("END" if query else "START")
    promise.state = CommitmentState.REPORTED_DONE
    assert alarms() == []


def test_due_dates_can_be_left_out_and_an_unknown_wish_is_none(client, private):
    leader = make_staff(Role.LEADER)
    chaired, promise = make_dialogue(chair=leader), make_commitment(responsible=leader)
    path = private(leader)
    without = client.get(path + "?tasks=none")
    assert (set(events(without)), tasks(without)) == ({chaired.uid}, {})
    assert set(events(client.get(path + "?tasks=x"))) == set(events(client.get(path))) == {chaired.uid, promise.uid}


def test_an_extended_due_date_is_the_same_task_with_a_higher_sequence(client, private, session):
    leader = make_staff(Role.LEADER)
    promise = make_commitment(responsible=leader)
    path = private(leader) + "?tasks=todo"
    (before,) = tasks(client.get(path)).values()
    extensions.extend(
        commitment=promise, new_due_on=promise.due_on + timedelta(days=30), reason="Mưa lũ.", version=promise.version,
        actor=make_staff(Role.OFFICE, commune=leader.commune),
    )  # fmt: skip
    (after,) = tasks(client.get(path)).values()
    assert before["UID"] == after["UID"]
    assert after["SEQUENCE"] == before["SEQUENCE"] + 1
    assert after["DUE"].dt == promise.due_on == before["DUE"].dt + timedelta(days=30)


def test_planned_rounds_stand_in_calendars_of_the_staff_as_not_fixed(client, private, session):
    planned, skipped = make_round(), make_round(state=RoundState.SKIPPED)
    make_round(commune=make_commune())
    make_round(starts_at=wall(-10))
    for role in Role:
        found = events(client.get(private(make_staff(role))))
        assert (planned.uid in found) == (role in ALLOWED[Permission.READ_DIALOGUES]), role
        assert skipped.uid not in found
    event = events(client.get(private(make_staff(Role.OFFICE))))[planned.uid]
    assert event["STATUS"] == "TENTATIVE"
    assert str(event["SUMMARY"]) == f"[DỰ KIẾN] {planned.title}"
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (planned.starts_at, planned.ends_at)
    assert event["URL"] == f"http://localhost/office/plan/rounds/{planned.id}"


def test_planned_rounds_are_in_no_public_calendar(client):
    planned, village = make_round(title="Đợt kín"), make_village()
    for path in (FEED, f"/minh-tam/v/{village.id}/calendar.ics"):
        body = client.get(path).data.decode().replace("\r\n ", "")
        assert planned.uid not in body
        assert "Đợt kín" not in body


def test_the_newest_stay_when_a_feed_would_hold_too_many(client, monkeypatch):
    monkeypatch.setattr(service, "MOST_EVENTS", 2)
    service._announced.cache_clear()
    rows = [make_dialogue(starts_at=wall(day)) for day in (20, 30, 40)]
    try:
        assert list(events(client.get(FEED))) == [row.uid for row in rows[1:]]
    finally:
        service._announced.cache_clear()


def test_a_person_chooses_how_due_dates_stand(client, sign_in, session):
    staff = make_staff(Role.LEADER)
    service.make_feed(staff=staff)
    session.commit()
    sign_in(staff)
    page = client.get("/office/calendar")
    plain = page.one("#feed")["value"]
    page = page.click("/office/calendar?tasks=todo")
    assert page.one("#feed")["value"] == plain + "?tasks=todo"
    assert page.one(".tabs [aria-current]")["href"] == "/office/calendar?tasks=todo"
    assert any("%3Ftasks%3Dtodo" in link for link in page.links())
    tasks(client.get(page.one("#feed")["value"].removeprefix("http://localhost")))


@pytest.mark.parametrize("mail", ["", "van-phong@minh-tam.example"])
def test_a_change_of_the_office_address_reaches_events_that_are_kept(client, session, mail):
    dialogue = make_dialogue()
    client.get(FEED)
    dialogue.commune.office_email = mail
    session.commit()
    assert str(only(client.get(FEED))["ORGANIZER"]) == (f"mailto:{mail}" if mail else "http://localhost/minh-tam/")
