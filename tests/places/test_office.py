"""The administrator keeps the commune's data: settings, villages, departments."""

import pytest
import sqlalchemy as sa

from dialogues.extensions import db
from dialogues.places import service
from dialogues.places.models import Unit, Village
from dialogues.places.rules import CommuneKind
from dialogues.staff.models import TrailEntry
from dialogues.staff.rules import Role
from tests.make import make_commune, make_staff, make_unit, make_village, the_commune

PAGE = "/office/commune"
SETTINGS = "/office/commune/settings"


@pytest.fixture
def admin(sign_in, at):
    at("2026-11-22 09:00")
    admin = make_staff(Role.ADMIN)
    sign_in(admin)
    return admin


def names(model, column):
    return list(db.session.scalars(sa.select(column).order_by(model.position, model.id)))


# -- settings ---------------------------------------------------------------------------------------------------------


def test_what_the_administrator_saves_stands_on_the_public_pages(client, admin):
    page = client.get(SETTINGS).form(SETTINGS).fill(hotline="0900 000 177", kind="phuong", voters="7.100").submit()
    assert page.follow().notice
    assert the_commune().kind is CommuneKind.PHUONG
    assert the_commune().voters == 7100
    assert "0900 000 177" in client.get("/").text


def test_the_address_of_a_commune_cannot_be_changed(client, admin):
    form = client.get(SETTINGS).form(SETTINGS)
    assert "slug" not in form.names()
    client.post(SETTINGS, {**dict(form.data()), "slug": "khac"})
    assert the_commune().slug == "minh-tam"


def test_a_save_is_told_in_the_history_with_old_and_new(client, admin):
    client.get(SETTINGS).form(SETTINGS).fill(hotline="0900 000 177").submit()
    assert "0900 000 000 → 0900 000 177" in client.get(PAGE).main


def test_a_save_that_changes_nothing_is_no_event(client, admin):
    client.get(SETTINGS).form(SETTINGS).submit()
    assert client.get(PAGE).select(".timeline") == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "a" * 101),
        ("kind", "tinh"),
        ("hotline", "gọi cô Mai"),
        ("office_email", "khong phai thu"),
        ("voters", "-1"),
        ("voters", "nhiều"),
        ("voters", "9" * 30),
        ("time_zone", ""),
        ("time_zone", "Asia/Saigon"),
        ("time_zone", "../../etc/passwd"),
    ],
)
def test_wrong_data_are_refused_with_a_sentence_and_nothing_is_lost(client, admin, field, value):
    before = the_commune().name, the_commune().time_zone, the_commune().voters
    data = {**dict(client.get(SETTINGS).form(SETTINGS).data()), "address": "Địa chỉ đang gõ", field: value}
    page = client.post(SETTINGS, data, status=422)
    assert page.errors
    assert page.form(SETTINGS)["address"] == "Địa chỉ đang gõ"
    assert (the_commune().name, the_commune().time_zone, the_commune().voters) == before


@pytest.mark.parametrize("value", ["Xã\x00 Minh\u202e Tâm", "Xã  Minh\tTâm", "Xa\u0303 Minh Ta\u0302m"])
def test_names_are_cleaned_on_the_way_in(client, admin, value):
    client.get(SETTINGS).form(SETTINGS).fill(name=value).submit()
    assert the_commune().name == "Xã Minh Tâm"


def test_of_two_who_save_at_once_the_second_sees_both_texts(client, admin, new_client, sign_in):
    mine = client.get(SETTINGS).form(SETTINGS).fill(hotline="0900 000 111")
    other = new_client()
    sign_in(make_staff(Role.ADMIN), browser=other)
    other.get(SETTINGS).form(SETTINGS).fill(hotline="0900 000 222").submit()
    page = mine.submit(status=409)
    assert the_commune().hotline == "0900 000 222"
    assert "0900 000 222" in " ".join(page.texts("#conflict"))
    again = page.form(SETTINGS)
    assert again["hotline"] == "0900 000 111"
    again.submit()
    assert the_commune().hotline == "0900 000 111"


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 30, "0"])
def test_a_form_without_good_version_overwrites_nothing(client, admin, version):
    data = {**dict(client.get(SETTINGS).form(SETTINGS).data()), "hotline": "0900 000 199", "version": version}
    client.post(SETTINGS, data, status=409)
    assert the_commune().hotline == "0900 000 000"


# -- villages ---------------------------------------------------------------------------------------------------------


def test_a_new_village_comes_to_the_end_of_the_list(client, admin):
    make_village(name="Bãi", position=7)
    form = client.get(PAGE).click("/office/commune/villages/new").form("/office/commune/villages/new")
    page = form.fill(kind="thôn", name="Cầu Đá", head_phone="0900 000 004", households="193").submit().follow()
    assert "Thôn Cầu Đá" in page.notice
    assert names(Village, Village.name) == ["Bãi", "Cầu Đá"]


def test_accents_decide_and_capitals_do_not_which_village_is_meant(client, admin):
    make_village(kind="thôn", name="Bãi")
    new = "/office/commune/villages/new"
    client.post(new, {"kind": "thôn", "name": "Bái"})
    client.post(new, {"kind": "bản", "name": "Bãi"})
    page = client.post(new, {"kind": "Thôn", "name": "BÃI"}, status=422)
    assert page.errors == ["Thôn BÃI " + page.errors[0].removeprefix("Thôn BÃI ")]
    assert len(names(Village, Village.name)) == 3


def test_a_village_cannot_take_the_name_of_another(client, admin):
    make_village(kind="thôn", name="Bãi")
    village = make_village(kind="thôn", name="Đồng")
    form = client.get(f"/office/commune/villages/{village.id}").form()
    form.fill(name="Bãi").submit(status=422)
    form.fill(name="Đồng Trên").submit()
    assert village.name == "Đồng Trên"


def test_the_same_village_in_another_commune_is_no_double(client, admin):
    make_village(make_commune(), kind="thôn", name="Bãi")
    client.post("/office/commune/villages/new", {"kind": "thôn", "name": "Bãi"})


def test_a_closed_village_cannot_be_chosen_but_stays(client, admin):
    village = make_village(name="Bãi")
    client.get(PAGE).form(f"/office/commune/villages/{village.id}/close").submit()
    assert service.village_choices(village.commune_id, "-") == [(None, "-")]
    page = client.get(PAGE)
    assert "Thôn Bãi" in page.main
    page.form(f"/office/commune/villages/{village.id}/open").submit()
    assert service.village_choices(village.commune_id, "-") == [(None, "-"), (village.id, "Thôn Bãi")]


@pytest.mark.parametrize(
    ("moved", "direction", "order"),
    [
        (1, "up", ["B", "A", "C"]),
        (1, "down", ["A", "C", "B"]),
        (0, "up", ["A", "B", "C"]),
        (2, "down", ["A", "B", "C"]),
        (2, "up", ["A", "C", "B"]),
    ],
)
def test_a_village_changes_places_with_its_neighbour(client, admin, moved, direction, order):
    rows = [make_village(name=name, position=5) for name in "ABC"]
    client.post(f"/office/commune/villages/{rows[moved].id}/move", {"direction": direction})
    assert names(Village, Village.name) == order
    written = db.session.scalars(sa.select(TrailEntry.action).order_by(TrailEntry.id)).all()
    assert (f"moved_{direction}" in written) == (order != ["A", "B", "C"])


def test_moving_answers_htmx_with_the_list_alone(client, admin):
    rows = [make_village(name=name) for name in "AB"]
    url = f"/office/commune/villages/{rows[1].id}/move"
    page = client.post(url, {"direction": "up"}, status=200, htmx=True)
    assert [text.split()[1] for text in page.texts("#villages tbody th")] == ["B", "A"]


def test_a_village_edited_by_two_is_not_overwritten(client, admin):
    village = make_village(name="Bãi")
    url = f"/office/commune/villages/{village.id}"
    first, second = client.get(url).form(), client.get(url).form()
    first.fill(head_name="Đỗ Thị Hường").submit()
    page = second.fill(head_name="Vũ Văn Khoát").submit(status=409)
    assert "Đỗ Thị Hường" in " ".join(page.texts("#conflict"))
    assert page.form()["head_name"] == "Vũ Văn Khoát"
    assert village.head_name == "Đỗ Thị Hường"


# -- units ------------------------------------------------------------------------------------------------------------


def test_departments_are_added_renamed_closed_and_moved(client, admin):
    make_unit(name="Công an xã", position=1)
    client.post("/office/commune/units/new", {"name": "Phòng Kinh tế"})
    unit = db.session.scalars(sa.select(Unit).where(Unit.name == "Phòng Kinh tế")).one()
    client.post("/office/commune/units/new", {"name": "phòng kinh tế"}, status=422)
    client.get(f"/office/commune/units/{unit.id}").form().fill(name="Phòng Văn hóa").submit()
    client.post(f"/office/commune/units/{unit.id}/move", {"direction": "up"})
    client.post(f"/office/commune/units/{unit.id}/close")
    assert names(Unit, Unit.name) == ["Phòng Văn hóa", "Công an xã"]
    assert [one.name for one in service.units(unit.commune_id)] == ["Công an xã"]
    page = client.get(f"/office/commune/units/{unit.id}")
    assert "Phòng Kinh tế → Phòng Văn hóa" in page.main


def test_moving_a_department_answers_htmx_with_the_list_alone(client, admin):
    rows = [make_unit(name=name) for name in "AB"]
    url = f"/office/commune/units/{rows[0].id}/move"
    page = client.post(url, {"direction": "down"}, status=200, htmx=True)
    assert page.texts("#units tbody th") == ["B", "A"]


def test_an_empty_name_is_refused(client, admin):
    assert client.post("/office/commune/units/new", {"name": "  \u200b "}, status=422).errors


# -- who --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["villages/{}", "villages/{}/close", "villages/{}/open", "villages/{}/move"])
def test_villages_of_another_commune_are_not_found(client, admin, path):
    url = "/office/commune/" + path.format(make_village(make_commune()).id)
    if path == "villages/{}":
        client.get(url, status=404)
    client.post(url, {"kind": "thôn", "name": "X"}, status=404)


@pytest.mark.parametrize("path", ["units/{}", "units/{}/close", "units/{}/open", "units/{}/move"])
def test_units_of_another_commune_are_not_found(client, admin, path):
    url = "/office/commune/" + path.format(make_unit(make_commune()).id)
    client.post(url, {"name": "X"}, status=404)


def test_statements_do_not_grow_with_villages(client, admin, queries):
    make_village()
    with queries() as few:
        client.get(PAGE)
    for _ in range(8):
        make_village()
        make_unit()
    with queries() as many:
        client.get(PAGE)
    assert few.count == many.count <= 7
