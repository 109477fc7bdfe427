"""The ladder page, the own absence, superiors and deputies on accounts, and where reminders are shown."""

from datetime import date, timedelta

import pytest

from dialogues import clock
from dialogues.extensions import db
from dialogues.reminders import history, ladder, links
from dialogues.reminders.models import Reminder
from dialogues.reminders.rules import LADDER, MOST_STEPS, RemindedAs
from dialogues.staff.models import Staff
from dialogues.staff.rules import Role
from dialogues.staff.standins import acting
from tests.make import make_commitment, make_commune, make_staff, save, the_commune

R = RemindedAs
PAGE = "/office/commune/ladder"


def told(promise, staff=None, days=-7, who=R.RESPONSIBLE, on=None):
    return save(
        Reminder(
            commune_id=promise.commune_id, commitment_id=promise.id, staff_id=(staff or promise.responsible).id,
            due_on=promise.due_on, days=days, reminded_as=who, told_on=on or clock.today(), at=clock.now(),
        )
    )  # fmt: skip


# -- the ladder -------------------------------------------------------------------------------------------------------


@pytest.fixture
def office(app, at, sign_in):
    at("2026-11-23 08:00")
    person = make_staff(Role.OFFICE)
    sign_in(person)
    return person


def test_the_page_shows_the_default_in_words(client, office):
    page = client.get(PAGE)
    assert "14 ngày trước hạn" in page.text
    assert "đúng ngày đến hạn" in page.text
    assert "21 ngày sau hạn" in page.text
    assert len(page.select("tbody tr")) == len(LADDER)
    assert "Trở về mặc định" not in page.text


def test_steps_are_added_removed_and_brought_back(client, office):
    form = client.get(PAGE).form("Thêm")
    form.fill(when="before", days="3", who="superior").submit()
    assert (-3, R.SUPERIOR) in ladder.steps(office.commune_id)
    assert len(ladder.steps(office.commune_id)) == len(LADDER) + 1
    page = client.get(PAGE)
    client.post(f"{PAGE}/remove", {"days": "-3", "who": "superior"}, status=303)
    assert sorted(ladder.own_steps(office.commune_id)) == sorted(LADDER)
    page = client.get(PAGE).form("Trở về mặc định").submit().follow()
    assert ladder.own_steps(office.commune_id) == []
    assert "Thêm một bậc nhắc" in page.text  # its history


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"when": "", "days": "3", "who": "superior"}, "Chọn thời điểm nhắc."),
        ({"when": "before", "days": "", "who": "superior"}, "Viết số ngày trước hoặc sau hạn."),
        ({"when": "after", "days": "0", "who": "superior"}, "Viết số ngày trước hoặc sau hạn."),
        ({"when": "after", "days": "366", "who": "superior"}, "Viết một số nguyên"),
        ({"when": "after", "days": "ba", "who": "superior"}, "Viết một số nguyên"),
        ({"when": "after", "days": "3", "who": ""}, "Chọn người được nhắc."),
        ({"when": "before", "days": "7", "who": "responsible"}, "Bậc nhắc này đã có rồi."),
    ],
)
def test_a_step_that_cannot_be_is_refused_at_its_field(client, office, fields, said):
    page = client.post(PAGE, fields, status=422)
    assert any(said in sentence for sentence in page.errors), page.errors
    assert ladder.own_steps(office.commune_id) == []


def test_the_last_step_stays_and_there_are_not_too_many(client, office):
    for days, who in LADDER[1:]:
        ladder.remove_step(commune_id=office.commune_id, days=days, who=who, actor=office)
    db.session.commit()
    page = client.post(f"{PAGE}/remove", {"days": "-14", "who": "responsible"}, status=303).follow()
    assert "Đây là bậc cuối cùng" in page.text
    for days in range(1, MOST_STEPS):
        ladder.add_step(commune_id=office.commune_id, days=days, who=R.OVERSEER, actor=office)
    db.session.commit()
    assert client.post(PAGE, {"when": "on", "days": "", "who": "overseer"}, status=422).errors


@pytest.mark.parametrize("fields", [{}, {"days": "x", "who": "y"}, {"days": "99", "who": "superior"}])
def test_removing_what_is_not_there_is_said_calmly(client, office, fields):
    assert "không còn nữa" in client.post(f"{PAGE}/remove", fields, status=303).follow().text


# -- superiors, deputies, absences ------------------------------------------------------------------------------------


@pytest.fixture
def admin(app, at, sign_in):
    at("2026-11-23 08:00")
    person = make_staff(Role.ADMIN)
    sign_in(person)
    return person


def test_an_account_gets_a_superior_a_deputy_and_an_absence(client, admin, session):
    person, above, deputy = (make_staff(Role.LEADER) for _ in range(3))
    form = client.get(f"/office/accounts/{person.id}").form("Lưu")
    form.fill(superior_id=str(above.id), deputy_id=str(deputy.id), away_from="2026-11-20", remind_phone="0900 000 1")
    form.submit()
    session.refresh(person)
    assert (person.superior_id, person.deputy_id, person.away_until) == (above.id, deputy.id, None)
    assert acting(person, clock.today()) == deputy
    page = client.get(f"/office/accounts/{person.id}")
    assert f"– → {above.name}" in page.text


def account(client, person, **fields):
    form = client.get(f"/office/accounts/{person.id}").form("Lưu")
    return client.post(form.action, {**dict(form.data()), **fields}, csrf=False, status=None)


def test_impossible_places_are_refused_at_their_field(client, admin, session):
    low, middle, top = (make_staff(Role.LEADER) for _ in range(3))
    low.superior_id, middle.superior_id = middle.id, top.id
    closed, head = make_staff(Role.LEADER, is_active=False), make_staff(Role.VILLAGE_HEAD)
    session.commit()
    for fields, said in (
        ({"superior_id": low.id}, "vòng tròn"),
        ({"superior_id": top.id}, "chọn một mục trong danh sách"),
        ({"superior_id": closed.id}, "chọn một mục trong danh sách"),
        ({"deputy_id": head.id}, "chọn một mục trong danh sách"),
        ({"deputy_id": top.id}, "chọn một mục trong danh sách"),
        ({"away_until": "2026-12-01"}, "ngày bắt đầu vắng"),
        ({"away_from": "2026-12-02", "away_until": "2026-12-01"}, "trước ngày đầu"),
    ):
        page = account(client, top, **{name: str(value) for name, value in fields.items()})
        assert page.status == 422
        assert any(said in sentence for sentence in page.errors), (fields, page.errors)
    session.refresh(top)
    assert (top.superior_id, top.deputy_id, top.away_from) == (None, None, None)


def test_a_person_of_another_commune_is_not_there(client, admin):
    stranger = make_staff(Role.LEADER, commune=make_commune())
    assert account(client, make_staff(Role.LEADER), superior_id=str(stranger.id)).status == 404


def test_whoever_was_chosen_and_left_since_stays_chosen(client, admin, session):
    above = make_staff(Role.LEADER)
    person = make_staff(Role.LEADER, superior_id=above.id)
    above.is_active = False
    session.commit()
    assert account(client, person, post="Chức danh mới").status == 303
    session.refresh(person)
    assert person.superior_id == above.id


def test_everybody_writes_down_the_own_absence(client, app, at, sign_in, session):
    at("2026-11-23 08:00")
    person, deputy = make_staff(Role.DEPARTMENT), make_staff(Role.DEPARTMENT)
    sign_in(person)
    form = client.get("/office/reminders").form("Lưu")
    form.fill(away_from="2026-11-23", away_until="2026-11-27", deputy_id=str(deputy.id))
    page = form.submit().follow()
    assert f"{deputy.name} đang làm thay" in page.text
    session.refresh(person)
    assert (person.away_from, person.away_until) == (date(2026, 11, 23), date(2026, 11, 27))
    client.post("/office/reminders", {"version": person.version, "away_until": "2026-11-27"}, status=422)
    stale = client.post("/office/reminders", {"version": 1, "away_from": "2027-01-01"}, status=409)
    assert "2027-01-01" in stale.source


def test_the_links_of_the_own_messages_and_those_of_an_account_can_be_ended(client, admin, session):
    person = make_staff(Role.DEPARTMENT)
    links.make(person), links.make(admin)
    session.commit()
    client.get(f"/office/accounts/{person.id}").form("Chấm dứt các đường dẫn này").submit()
    client.get("/office/reminders").form("Chấm dứt các đường dẫn này").submit()
    assert (links.working(person), links.working(admin)) == (0, 0)
    assert "Chấm dứt" not in client.get("/office/reminders").one("main").get_text().split("Đã nhắc")[0]


# -- who was reminded when --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.OFFICE, Role.OVERSEER, Role.LEADER])
def test_the_page_of_a_promise_tells_who_was_reminded_when(client, app, at, sign_in, role):
    at("2026-11-23 08:00")
    promise = make_commitment(due_on=date(2026, 11, 30))
    told(promise)
    sign_in(make_staff(role))
    page = client.get(f"/office/commitments/{promise.id}")
    section = page.one("#reminded").get_text(" ")
    assert promise.responsible.name in section
    assert "7 ngày trước hạn" in section
    assert "30/11/2026" in section  # the next one: on the day, as the day before is a Sunday


def test_nobody_was_reminded_yet_and_nothing_comes_when_it_is_done(client, app, at, sign_in):
    at("2026-11-23 08:00")
    promise = make_commitment(state="confirmed")
    sign_in(make_staff(Role.OFFICE))
    section = client.get(f"/office/commitments/{promise.id}").one("#reminded").get_text(" ")
    assert "Chưa nhắc ai" in section
    assert "Lần nhắc tới" not in section


def test_my_work_says_when_i_was_reminded_last(client, app, at, sign_in):
    at("2026-11-23 08:00")
    person = make_staff(Role.DEPARTMENT)
    promise = make_commitment(responsible=person)
    told(promise, days=-14, on=date(2026, 11, 1))
    told(promise, days=-7, on=date(2026, 11, 20))
    sign_in(person)
    assert f"Nhắc gần nhất ngày 20/11/2026: {person.name}" in client.get("/office/work").text
    assert promise.result[:60] in client.get("/office/reminders").text


def test_the_next_step_is_the_first_that_is_still_to_come(app, at):
    at("2026-11-23 08:00")
    promise = make_commitment(due_on=date(2026, 11, 24))
    coming = history.next_step(promise, clock.today())
    assert (coming.on, coming.days) == (date(2026, 11, 24), 0)
    late = make_commitment(due_on=clock.today() - timedelta(days=100))
    assert history.next_step(late, clock.today()) is None


def test_a_head_of_the_commune_is_named_on_the_ladder(client, office):
    head = make_staff(Role.LEADER, name=the_commune().head_name)
    assert db.session.get(Staff, head.id) is not None
    assert head.name in client.get(PAGE).text
