"""Signing in and out, passwords, and pages that were open too long."""

import pytest

from dialogues.staff.rules import Role
from tests.make import PASSWORD, make_staff

IN = "/office/sign-in"


@pytest.fixture(autouse=True)
def today(at):
    return at("2026-11-22 09:00")


def test_whoever_signs_in_comes_to_where_they_wanted_to_go(client, sign_in):
    staff = make_staff(Role.OFFICE)
    page = client.get("/office/calendar?a=1", status=303).follow()
    form = page.form(IN).fill(email=staff.email.upper(), password=PASSWORD)
    assert form.submit().location == "/office/calendar?a=1"


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_nobody_is_led_to_another_site(client, target):
    staff = make_staff()
    page = client.get(f"{IN}?next={target}")
    assert page.form(IN).fill(email=staff.email, password=PASSWORD).submit().location == "/office/"


def test_the_sentence_does_not_tell_what_was_wrong(client):
    staff = make_staff()
    closed = make_staff(is_active=False)
    told = {
        tuple(client.post(IN, {"email": email, "password": password}, status=422).errors)
        for email, password in [
            (staff.email, "sai mật khẩu"),
            ("khong-co@minh-tam.example", PASSWORD),
            (closed.email, PASSWORD),
            (staff.email, PASSWORD + " "),
        ]
    }
    assert len(told) == 1


def test_the_typed_password_is_never_sent_back(client):
    page = client.post(IN, {"email": "a@minh-tam.example", "password": "bí mật lắm"}, status=422)
    assert "bí mật lắm" not in page.source
    assert page.form(IN)["email"] == "a@minh-tam.example"


def test_an_account_that_is_tried_too_often_waits_and_then_may_again(client, at):
    staff = make_staff()
    for _ in range(10):
        client.post(IN, {"email": staff.email, "password": "sai"}, status=422)
    client.post(IN, {"email": staff.email, "password": PASSWORD}, status=422)
    at("2026-11-22 09:16")
    client.post(IN, {"email": staff.email, "password": PASSWORD})


@pytest.mark.parametrize(
    ("email", "password"), [("", ""), ("a" * 5000, "b" * 5000), ("\x00", "\x00"), ("😀@x", "😀"), ("<b>", "<b>")]
)
def test_odd_input_is_refused_with_a_sentence(client, email, password):
    client.said += [email]
    assert client.post(IN, {"email": email, "password": password}, status=422).errors


def test_signing_out_ends_the_session(client, sign_in):
    sign_in(make_staff())
    client.post("/office/sign-out").follow()
    client.get("/office/calendar", status=303)


def test_what_was_typed_after_the_session_ended_is_shown_for_copying_but_no_password(client):
    page = client.post(
        "/office/questions/new", {"text": "Một câu hỏi dài", "current": "bí mật", "password": "bí mật"}, status=401
    )
    assert "Một câu hỏi dài" in page.one("#typed").get_text()
    assert "bí mật" not in page.source


def test_a_form_that_was_open_too_long_is_sent_once_more_with_one_press(client, sign_in):
    staff = make_staff(Role.ADMIN)
    sign_in(staff)
    data = dict(client.get("/office/commune/settings").form("/office/commune/settings").data())
    data |= {"csrf_token": "from yesterday", "address": "Số 1, đường làng"}
    page = client.post(
        "/office/commune/settings", data, status=400, headers={"Sec-Fetch-Site": "same-origin"}, csrf=False
    )
    assert "Số 1, đường làng" in page.source
    page.form("/office/commune/settings").submit().follow()
    assert staff.commune.address == "Số 1, đường làng"


def test_what_a_foreign_site_posts_is_not_offered_again(client, sign_in):
    sign_in(make_staff(Role.ADMIN))
    page = client.post(
        "/office/commune/settings",
        {"address": "Địa chỉ của kẻ khác"},
        status=400,
        headers={"Sec-Fetch-Site": "cross-site"},
        csrf=False,
    )
    assert "kẻ khác" not in page.source


# -- own password -----------------------------------------------------------------------------------------------------


def test_a_new_password_signs_out_other_devices_and_keeps_this_one(client, sign_in, new_client):
    staff = make_staff()
    other = new_client()
    sign_in(staff)
    sign_in(staff, browser=other)
    form = client.get("/office/password").form("/office/password")
    form.fill(current=PASSWORD, new_password="năm chữ cho dễ nhớ", repeat="năm chữ cho dễ nhớ").submit()
    client.get("/office/password")
    other.get("/office/password", status=303)
    sign_in(staff, "năm chữ cho dễ nhớ", other)


@pytest.mark.parametrize(
    ("current", "new", "repeat"),
    [
        ("sai", "năm chữ cho dễ nhớ", "năm chữ cho dễ nhớ"),
        (PASSWORD, "ngắn", "ngắn"),
        (PASSWORD, "năm chữ cho dễ nhớ", "năm chữ khác"),
        (PASSWORD, "", ""),
        ("", "năm chữ cho dễ nhớ", "năm chữ cho dễ nhớ"),
        (PASSWORD, "Lý Thị Mai Hoa", "Lý Thị Mai Hoa"),
    ],
)
def test_a_bad_new_password_is_refused_with_a_sentence(client, sign_in, current, new, repeat):
    staff = make_staff(name="Lý Thị Mai Hoa")
    sign_in(staff)
    page = client.post("/office/password", {"current": current, "new_password": new, "repeat": repeat}, status=422)
    assert page.errors
    sign_in(staff)


def test_passwords_typed_on_another_keyboard_are_the_same(client, sign_in):
    """Windows writes combining marks, phones whole letters."""
    staff = make_staff()
    sign_in(staff, "bo\u0302\u0301n chu\u031b\u0303 cho de\u0302\u0303 nho\u031b\u0301")


@pytest.mark.parametrize("token", ["x", "a" * 43, "a" * 500, "%00", "ô", "..%2f"])
def test_a_made_up_link_leads_to_a_page_with_a_way_on(client, token):
    page = client.get(f"/office/reset/{token}", status=404)
    assert page.links()


def test_a_link_is_not_used_up_by_a_refused_password(client, sign_in):
    admin = make_staff(Role.ADMIN)
    sign_in(admin)
    page = client.post(f"/office/accounts/{admin.id}/reset-link", status=200)
    link = page.one("#link").get_text().removeprefix("http://localhost")
    client.get(link).form().fill(new_password="ngắn", repeat="ngắn").submit(status=422)
    client.get(link).form().fill(new_password="năm chữ cho dễ nhớ", repeat="năm chữ cho dễ nhớ").submit()
    client.get(link, status=404)
