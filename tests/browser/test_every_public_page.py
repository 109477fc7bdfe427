"""Every page that residents and guests reach, in both languages; those of the office in English."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page

from tests.browser.faults import faults_on_the_way
from tests.browser.live import Live
from tests.browser.screens import by_letter, off_the_road

Open = Callable[..., Page]
PUBLIC = {"guest_reply.answer", "subscribers.own", "subscribers.ask", "schedule.dialogue"}


def test_pages_for_residents(page_360: Page, live: Live, axe: Callable[..., None]) -> None:
    seen, found = faults_on_the_way(page_360, live, "/", axe, 3, by_letter(live))
    assert seen >= PUBLIC
    assert not found, "\n\n".join(found)


def test_pages_for_residents_in_english(open_page: Open, live: Live, axe: Callable[..., None]) -> None:
    page = open_page(360, language="en")
    seen, found = faults_on_the_way(page, live, "/", axe, 1, by_letter(live), is_known=lambda endpoint: True)
    assert seen >= PUBLIC
    assert not found, "\n\n".join(found)


def test_pages_of_the_office_in_english(open_page: Open, live: Live, signed_in: Callable[[Page, str], Page]) -> None:
    page = signed_in(open_page(360, language="en"), "office")
    seen, found = faults_on_the_way(page, live, "/office/", more=off_the_road(live))
    assert seen >= {"today_office.today", "plan_office.planner", "guests_office.overview", "post_office.listing"}
    assert not found, "\n\n".join(found)
