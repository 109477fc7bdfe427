"""The start page of leaders: what is theirs, what is their people's, what waits for their word, twelve months."""

from datetime import date, timedelta

import pytest

from dialogues import clock
from dialogues.extensions import db
from dialogues.followup.models import ExtensionRequest
from dialogues.followup.rules import CommitmentState
from dialogues.staff.models import Staff
from dialogues.staff.rules import Role
from dialogues.today import leading
from dialogues.today.chart import chart
from dialogues.today.leading import Month
from dialogues.today.rules import last_months
from tests.make import make_answer, make_commitment, make_commune, make_dialogue, make_staff, make_unit, save

TODAY = date(2026, 11, 23)
C = CommitmentState


@pytest.fixture
def leader(app, at, sign_in):
    at("2026-11-23 09:00")
    make_commune(head_name="Trịnh Thị Thu Hà")
    make_staff(Role.LEADER, name="Trịnh Thị Thu Hà")
    staff = make_staff(Role.LEADER)
    sign_in(staff)
    return staff


@pytest.fixture
def answer(leader):
    return make_answer()


def promise(answer, responsible, days, **more):
    return make_commitment(answer, responsible=responsible, due_on=TODAY + timedelta(days=days), **more)


def found(leader):
    return leading.page(leader, clock.now())


def ids(some):
    return [row.id for row in some.rows]


def test_what_is_mine_stands_by_its_day(leader, answer):
    late = [promise(answer, leader, days) for days in (-1, -40)]
    soon = [promise(answer, leader, days) for days in (0, 7)]
    for days in (8, 60):
        promise(answer, leader, days)
    promise(answer, leader, -5, state=C.REPORTED_DONE, reported_done_on=TODAY)
    promise(answer, make_staff(Role.DEPARTMENT), -5)
    page = found(leader)
    assert ids(page.late) == [late[1].id, late[0].id]
    assert ids(page.soon) == [one.id for one in soon]
    assert (page.people_late.total, page.has_people, page.reported) == (0, False, 1)


def test_my_people_are_those_below_me_and_my_unit_but_not_my_superior(leader, answer):
    unit = make_unit()
    boss = make_staff(Role.LEADER, unit=unit)
    deputy = make_staff(Role.LEADER, superior_id=leader.id)
    head = make_staff(Role.DEPARTMENT, superior_id=deputy.id)
    beside = make_staff(Role.DEPARTMENT, unit=unit)
    leader.unit, leader.superior_id = unit, boss.id
    boss.superior_id = head.id  # a circle, by mistake of the administrator
    db.session.commit()
    theirs = [promise(answer, one, -days) for days, one in ((9, deputy), (8, head), (7, beside))]
    promise(answer, make_staff(Role.DEPARTMENT), -6)
    leader.superior_id = boss.id
    page = found(leader)
    assert set(ids(page.people_late)) >= {one.id for one in theirs}
    boss.superior_id = None
    db.session.commit()
    promise(answer, boss, -5)
    assert ids(found(leader).people_late) == [one.id for one in theirs]


def test_whoever_reports_to_nobody_reports_to_the_head_of_the_commune(leader, answer):
    head = db.session.scalar(db.select(Staff).where(Staff.name == "Trịnh Thị Thu Hà"))
    theirs = promise(answer, make_staff(Role.DEPARTMENT), -5)
    below = promise(answer, make_staff(Role.DEPARTMENT, superior_id=leader.id), -4)
    asked = ask(theirs)
    page = found(head)
    assert ids(page.people_late) == [theirs.id, below.id]
    assert [one.commitment_id for one in page.to_decide] == [asked.commitment_id]
    assert ids(found(leader).people_late) == [below.id]


def ask(commitment, days=10, **more):
    values = {
        "commune_id": commitment.commune_id,
        "commitment_id": commitment.id,
        "asked_by_id": commitment.responsible_id,
        "asked_at": clock.now(),
        "reason": "Nhà thầu chậm giao đá.",
        "old_due_on": commitment.due_on,
        "new_due_on": commitment.due_on + timedelta(days=days),
    }
    return save(ExtensionRequest(**{**values, **more}))


def test_what_waits_for_my_word_is_asked_by_those_whose_superior_i_am_or_stand_in_for(leader, answer, client):
    mine = make_staff(Role.DEPARTMENT, superior_id=leader.id)
    away = make_staff(Role.LEADER, deputy_id=leader.id, away_from=TODAY, away_until=TODAY)
    back = make_staff(Role.LEADER, deputy_id=leader.id, away_from=TODAY - timedelta(9), away_until=TODAY - timedelta(1))
    asked = [promise(answer, mine, 3), promise(answer, make_staff(Role.DEPARTMENT, superior_id=away.id), 3)]
    for one in (*asked, promise(answer, make_staff(Role.DEPARTMENT, superior_id=back.id), 3)):
        ask(one)
    ask(promise(answer, mine, 5), state="refused")
    assert [one.commitment_id for one in found(leader).to_decide] == [one.id for one in asked]
    page = client.get("/office/")
    assert "Nhà thầu chậm giao đá." in page.main
    assert f"/office/commitments/{asked[0].id}" in page.links()


def test_twelve_months_are_counted_by_hand(leader, answer):
    for promised, first_due, done in (
        (date(2025, 11, 30), date(2025, 11, 30), None),  # before the twelve months
        (date(2025, 12, 1), date(2026, 1, 31), date(2026, 1, 31)),
        (date(2026, 1, 5), date(2026, 1, 10), date(2026, 1, 11)),
        (date(2026, 11, 1), date(2026, 11, 22), None),
        (date(2026, 11, 23), date(2026, 11, 23), None),  # due today: neither kept nor late
    ):
        one = make_commitment(answer, responsible=leader, due_on=first_due, promised_on=promised)
        one.reported_done_on = done
        one.state = C.REPORTED_DONE if done else C.OPEN
    db.session.commit()
    months = {(one.first.year, one.first.month): (one.made, one.kept, one.late) for one in found(leader).months}
    assert next(iter(months)) == (2025, 12)
    assert list(months)[-1] == (2026, 11)
    assert {month: numbers for month, numbers in months.items() if any(numbers)} == {
        (2025, 12): (1, 0, 0),
        (2026, 1): (1, 1, 1),
        (2026, 11): (2, 0, 1),
    }


def test_the_months_go_back_over_new_year():
    assert last_months(date(2026, 1, 31), 3) == [date(2025, 11, 1), date(2025, 12, 1), date(2026, 1, 1)]


def test_the_drawing_says_what_the_numbers_say():
    drawn = chart([Month(date(2026, 10, 1), 5, 1, 0), Month(date(2026, 11, 1), 0, 0, 3)])
    bars = [[(bar.kind, bar.number, bar.height) for bar in bars] for _x, _month, bars in drawn.groups]
    assert drawn.top == 6
    assert bars == [
        [("made", 5, 125), ("kept", 1, 25), ("late", 0, 0)],
        [("made", 0, 0), ("kept", 0, 0), ("late", 3, 75)],
    ]
    assert all(bar.y + bar.height == drawn.base for _x, _month, group in drawn.groups for bar in group)
    assert chart([Month(date(2026, 11, 1))]).top == 4


def test_the_page_shows_the_numbers_and_the_same_ones_as_a_table(leader, answer, client):
    promise(answer, leader, -3)
    dialogue = make_dialogue()
    page = client.get("/office/")
    assert page.one("#late h2").text.endswith("1")
    assert dialogue.title in page.one("#coming").text
    assert page.one("#coming h2").text == "Buổi đối thoại sắp tới"
    assert len(page.select("#months svg text")) == 3 + 12
    assert page.texts("#months tbody tr")[-1].split()[0] == "11/2026"
    assert client.get("/office/leading").select("#months")


def test_who_runs_the_office_or_leads_nobody_begins_elsewhere(client, sign_in, leader):
    sign_in(make_staff(roles=[Role.OFFICE, Role.LEADER]))
    assert client.get("/office/").select("#office")
    assert "/office/leading" in client.get("/office/").links()
    client.get("/office/leading")
    sign_in(make_staff(Role.DEPARTMENT))
    assert not client.get("/office/").select("#months")
    client.get("/office/leading", status=403)


def test_a_leader_who_also_oversees_keeps_those_numbers(client, sign_in, leader):
    sign_in(make_staff(roles=[Role.LEADER, Role.OVERSEER]))
    page = client.get("/office/")
    assert page.select("#months")
    assert page.select("#overseeing")


def test_the_summary_is_turned_off_and_on(client, leader):
    page = client.get("/office/").form("Tắt").submit().follow()
    assert db.session.get(Staff, leader.id, populate_existing=True).wants_weekly is False
    page.form("Bật").submit()
    assert db.session.get(Staff, leader.id, populate_existing=True).wants_weekly is True


def test_the_page_takes_a_fixed_number_of_statements(leader, answer, client, queries):
    deputy = make_staff(Role.DEPARTMENT, superior_id=leader.id)

    def more():
        for one in (leader, deputy):
            promise(answer, one, -3)
            promise(answer, one, 3)
        ask(promise(answer, deputy, 2))

    more()
    with queries() as few:
        client.get("/office/")
    for _ in range(5):
        more()
    with queries() as many:
        client.get("/office/")
    assert many.count == few.count
    assert few.count < 30
