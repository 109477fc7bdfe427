"""Every page that people reach by links: accessible, no wider than the window, no error, on a phone and at a desk."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.live import Live
from tests.browser.walk import walk

Open = Callable[..., Page]
Check = Callable[[Page], None]


def faults_on_the_way(
    page: Page, live: Live, axe: Check, start: str, below: str, examples: int
) -> tuple[int, list[str]]:
    """How many pages were seen, and what axe found on them, once each."""
    found: list[str] = []
    count = 0
    for _endpoint, _address in walk(page, live, start, examples=examples, below=below):
        count += 1
        try:
            axe(page)
        except AssertionError as fault:
            found.append(str(fault).split("\nassert")[0])
    return count, found


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_pages_for_residents(open_page: Open, live: Live, axe: Check, width: int, language: str) -> None:
    page = open_page(width, language=language)
    count, found = faults_on_the_way(page, live, axe, "/", "/", examples=3 if language == "vi" else 1)
    assert count > 5
    assert not found, "\n\n".join(found)


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("account", ["office", "admin", "leader", "department", "village", "overseer"])
def test_pages_for_staff(
    open_page: Open, live: Live, axe: Check, signed_in: Callable[[Page, str], Page], account: str, width: int
) -> None:
    page = signed_in(open_page(width), account)
    count, found = faults_on_the_way(page, live, axe, "/office/", "/office", examples=2 if account == "office" else 1)
    assert count > 1
    assert not found, "\n\n".join(found)
