"""Error pages: what was typed can be copied from them, by whoever typed it on our own pages only."""

import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import StaleDataError

from dialogues.staff.rules import Role
from tests.make import make_commune, make_dialogue, make_staff, make_village

OWN, FOREIGN = {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "cross-site"}
LONG = "Đường vào thôn ngập cả tháng nay, bao giờ xã sửa?"
ENTER = "/office/questions/new"


@pytest.mark.parametrize(("headers", "is_shown"), [(OWN, True), (FOREIGN, False), ({}, False)])
def test_a_form_that_names_what_is_not_there_leaves_its_long_texts_to_copy(client, sign_in, headers, is_shown):
    sign_in(make_staff(Role.OFFICE))
    dialogue, elsewhere = make_dialogue(), make_village(commune=make_commune())
    typed = {"dialogue": dialogue.id, "text": LONG, "village": elsewhere.id, "name": "Hà Thị Tươi"}
    page = client.post(ENTER, typed, status=404, headers=headers)
    assert "Chưa lưu gì" in page.main
    assert (LONG in page.main, "Hà Thị Tươi" in page.main) == (is_shown, False)


@pytest.mark.parametrize(
    ("error", "status"),
    [(StaleDataError(), 409), (OperationalError("", {}, Exception("database is locked")), 503)],
    ids=["saved by another", "busy"],
)
def test_who_comes_too_late_or_waits_too_long_copies_what_was_typed(app, error, status):
    sent = {"text": LONG, "password": LONG}
    with app.test_request_context("/office/x", method="POST", data=sent, headers=OWN):
        response = app.handle_user_exception(error)
    assert response.status_code == status
    assert response.get_data(as_text=True).count(LONG) == 1


def test_a_body_beyond_the_limit_at_an_address_that_is_none_gets_its_page(client):
    page = client.post("/xa-nao-do/cho-nao-do", {"text": "x" * 13_000_000}, status=None, headers=OWN)
    assert page.status in (404, 413)
    assert page.soup.h1
