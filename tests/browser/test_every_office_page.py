"""Every page that the office and the administrator reach."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page

from tests.browser.faults import faults_on_the_way
from tests.browser.live import Live
from tests.browser.screens import off_the_road

Open = Callable[..., Page]
Check = Callable[..., None]
SignIn = Callable[[Page, str], Page]


def test_pages_for_the_office_and_what_only_the_administrator_has(
    open_page: Open, live: Live, axe: Check, signed_in: SignIn
) -> None:
    page = signed_in(open_page(360), "office")
    seen, found = faults_on_the_way(page, live, "/office/", axe, more=off_the_road(live))
    assert seen >= {"today_office.today", "plan_office.planner", "guests_office.overview", "post_office.listing"}
    page = signed_in(open_page(360), "admin")
    more, faults = faults_on_the_way(page, live, "/office/", axe, without=seen)
    assert more >= {"places_office.commune"}
    assert not found + faults, "\n\n".join(found + faults)
