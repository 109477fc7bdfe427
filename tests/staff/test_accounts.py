"""The administrator's list of accounts: who may sign in, with which roles, and how it ends."""

import re

import pytest
import sqlalchemy as sa

from dialogues.extensions import db
from dialogues.staff.models import Staff
from dialogues.staff.rules import Role
from dialogues.text import name_key
from tests.make import PASSWORD, make_commune, make_staff, make_unit, make_village

LIST = "/office/accounts"
NEW = "/office/accounts/new"


@pytest.fixture
def admin(sign_in, at):
    at("2026-11-22 09:00")
    admin = make_staff(Role.ADMIN, name="Đặng Văn Kiệt")
    sign_in(admin)
    return admin


def by_email(email):
    return db.session.scalars(sa.select(Staff).where(Staff.email == email)).one()


def new_person(client, status=303, **values):
    data = {"name": "Lê Thị Mai", "post": "Công chức", "email": "mai@minh-tam.example", "roles": ["office"]}
    return client.post(NEW, {**data, **values}, status=status)


# -- the list ---------------------------------------------------------------------------------------------------------


def test_people_stand_in_the_order_of_given_names_and_closed_ones_last(client, admin):
    for name in ("Trần Văn Ánh", "Lê Thị Đào", "Vũ Văn An", "Phạm Duy"):
        make_staff(name=name)
    make_staff(name="Bùi Văn A", is_active=False)
    assert client.get(LIST).texts("tbody th") == [
        "Vũ Văn An", "Trần Văn Ánh", "Phạm Duy", "Lê Thị Đào", "Đặng Văn Kiệt", "Bùi Văn A",
    ]  # fmt: skip


def test_statements_do_not_grow_with_people(client, admin, queries):
    make_staff()
    with queries() as few:
        client.get(LIST)
    for _ in range(6):
        make_staff(roles=[Role.OFFICE, Role.LEADER], unit=make_unit(), village=make_village())
    with queries() as many:
        client.get(LIST)
    assert few.count == many.count <= 6


# -- new ones ---------------------------------------------------------------------------------------------------------


def test_a_new_person_gets_a_link_sets_a_password_and_signs_in(client, admin, new_client, sign_in):
    form = client.get(LIST).click(NEW).form(NEW)
    form.fill(name="Lê Thị Mai", email="Mai@Minh-Tam.example").fill("roles", ["office", "leader"])
    page = form.submit().follow()
    mai = by_email("mai@minh-tam.example")
    assert mai.roles == {Role.OFFICE, Role.LEADER}
    assert mai.sort_name == name_key("Lê Thị Mai")
    page = page.click(f"/office/accounts/{mai.id}/reset-link").form().submit(status=200)
    link = page.one("#link").get_text().removeprefix("http://localhost")
    assert re.fullmatch(r"/office/reset/[A-Za-z0-9]{40,50}", link)
    phone = new_client()
    phone.get(link).form().fill(new_password="ba bốn chữ dễ nhớ", repeat="ba bốn chữ dễ nhớ").submit()
    sign_in(mai, "ba bốn chữ dễ nhớ", phone)
    phone.get("/office/password")
    phone.get(link, status=404)


def test_a_person_without_password_cannot_sign_in_with_an_empty_one(client, admin, new_client):
    new_person(client)
    phone = new_client()
    for password in ("", " ", "x"):
        phone.post("/office/sign-in", {"email": "mai@minh-tam.example", "password": password}, status=422)


@pytest.mark.parametrize(
    "values",
    [
        {"name": ""},
        {"name": "a" * 121},
        {"email": ""},
        {"email": "khong phai"},
        {"email": "a@b"},
        {"roles": []},
        {"roles": ["king"]},
        {"roles": ["office", "king"]},
        {"roles": ["village_head"]},
    ],
)
def test_what_is_missing_or_wrong_is_said_and_nobody_is_added(client, admin, values):
    page = new_person(client, status=422, **values)
    assert page.errors
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Staff)) == 1


def test_units_and_villages_of_another_commune_cannot_be_chosen(client, admin):
    other = make_commune()
    new_person(client, status=404, unit_id=str(make_unit(other).id))
    new_person(client, status=404, village_id=str(make_village(other).id), roles=["village_head"])
    for unknown in ({"unit_id": "999999"}, {"unit_id": "x"}, {"village_id": "-1"}):
        new_person(client, status=404, **unknown)


def test_a_village_head_with_a_village_is_welcome(client, admin):
    village = make_village()
    new_person(client, village_id=str(village.id), roles=["village_head"])
    assert by_email("mai@minh-tam.example").village_id == village.id


def test_an_address_is_taken_everywhere_and_the_sentence_does_not_tell_where(client, admin):
    make_staff(email="mai@minh-tam.example", name="Nguyễn Thị Bí Mật", commune=make_commune(name="An Bình"))
    page = new_person(client, status=422, email="MAI@minh-tam.example")
    assert len(page.errors) == 1
    assert "An Bình" not in page.main
    assert "Bí Mật" not in page.main


# -- changes ----------------------------------------------------------------------------------------------------------


def test_a_changed_person_is_saved_with_the_trail(client, admin):
    mai = make_staff(name="Lê Thị Mai", roles=[Role.OFFICE])
    form = client.get(f"{LIST}/{mai.id}").form(f"{LIST}/{mai.id}")
    assert form["roles"] == "office"
    form.fill(name="Lê Thị Ánh Mai").fill("roles", ["leader"]).submit()
    assert mai.roles == {Role.LEADER}
    assert mai.sort_name == name_key("Lê Thị Ánh Mai")
    assert "Lê Thị Mai → Lê Thị Ánh Mai" in client.get(f"{LIST}/{mai.id}").main


def test_of_two_administrators_the_second_sees_both_texts(client, admin):
    mai = make_staff(name="Lê Thị Mai")
    url = f"{LIST}/{mai.id}"
    first, second = client.get(url).form(url), client.get(url).form(url)
    first.fill(post="Chánh Văn phòng").submit()
    page = second.fill(post="Phó Chánh Văn phòng").submit(status=409)
    assert "Chánh Văn phòng" in " ".join(page.texts("#conflict dd"))
    assert mai.post == "Chánh Văn phòng"
    page.form(url).submit()
    assert mai.post == "Phó Chánh Văn phòng"


def test_another_persons_address_is_refused_and_the_own_one_is_not(client, admin):
    make_staff(email="co@minh-tam.example")
    mai = make_staff(email="mai@minh-tam.example")
    url = f"{LIST}/{mai.id}"
    client.get(url).form(url).submit()
    client.get(url).form(url).fill(email="co@minh-tam.example").submit(status=422)
    assert mai.email == "mai@minh-tam.example"


def test_a_closed_department_stays_choosable_for_whoever_is_in_it(client, admin):
    mai = make_staff(unit=make_unit(name="Phòng cũ", is_active=False))
    url = f"{LIST}/{mai.id}"
    client.get(url).form(url).submit()
    assert mai.unit.name == "Phòng cũ"
    assert "Phòng cũ" not in client.get(NEW).main


# -- closing ----------------------------------------------------------------------------------------------------------


def test_a_closed_account_is_out_at_once_and_stays_out(client, admin, new_client, sign_in):
    mai = make_staff()
    phone = new_client()
    sign_in(mai, browser=phone)
    phone.get("/office/password")
    client.get(f"{LIST}/{mai.id}").click(f"{LIST}/{mai.id}/close").form(f"{LIST}/{mai.id}/close").submit()
    phone.get("/office/password", status=303)
    phone.post("/office/sign-in", {"email": mai.email, "password": PASSWORD}, status=422)
    client.get(f"{LIST}/{mai.id}").form(f"{LIST}/{mai.id}/open").submit()
    phone.get("/office/password", status=303)  # the old session does not come back to life
    sign_in(mai, browser=phone)
    phone.get("/office/password")


def test_a_link_of_a_closed_account_is_worth_nothing(client, admin):
    mai = make_staff()
    link = (
        client.post(f"{LIST}/{mai.id}/reset-link", status=200).one("#link").get_text().removeprefix("http://localhost")
    )
    client.post(f"{LIST}/{mai.id}/close")
    client.get(link, status=404)
    assert client.post(f"{LIST}/{mai.id}/reset-link", status=303).follow().notice


def test_nobody_closes_the_own_account(client, admin):
    make_staff(Role.ADMIN)
    assert client.post(f"{LIST}/{admin.id}/close").follow().notice
    assert admin.is_active


def test_the_last_administrator_who_can_sign_in_keeps_the_role(client, admin):
    make_staff(Role.ADMIN, password="")
    make_staff(Role.ADMIN, is_active=False)
    make_staff(Role.ADMIN, commune=make_commune())
    url = f"{LIST}/{admin.id}"
    assert client.get(url).form(url).fill("roles", ["office"]).submit(status=422).errors
    make_staff(Role.ADMIN)
    client.get(url).form(url).fill("roles", ["office"]).submit()
    assert admin.roles == {Role.OFFICE}


# -- links ------------------------------------------------------------------------------------------------------------


def test_opening_the_page_makes_no_link(client, admin):
    mai = make_staff()
    page = client.get(f"{LIST}/{mai.id}/reset-link")
    assert page.select("#link") == []
    assert "/office/reset/" not in page.source


def test_a_link_lives_three_days_and_a_newer_one_ends_it(client, admin, at, sign_in):
    mai = make_staff()
    url = f"{LIST}/{mai.id}/reset-link"

    def link():
        return client.post(url, status=200).one("#link").get_text().removeprefix("http://localhost")

    first, second = link(), link()
    client.get(first, status=404)
    client.get(second)
    at("2026-11-25 08:59")
    client.get(second)
    at("2026-11-25 09:01")
    client.get(second, status=404)


@pytest.mark.parametrize("path", ["", "/reset-link", "/close"])
def test_accounts_of_another_commune_are_not_found(client, admin, path):
    url = f"{LIST}/{make_staff(commune=make_commune()).id}{path}"
    client.get(url, status=404)
    client.post(url, {"name": "X", "email": "x@minh-tam.example", "roles": ["office"]}, status=404)
    client.post(f"{url.removesuffix(path)}/open", status=404)


def test_a_role_whose_name_holds_a_comma_stays_one_role(client, admin):
    make_staff(roles=[Role.DEPARTMENT, Role.LEADER], name="Vi Thị Thắm")
    cells = client.get(LIST).texts("tbody td")
    assert "Phòng, ban · Lãnh đạo" in cells
