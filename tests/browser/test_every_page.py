"""Every page that people reach: accessible, no wider than the window, no error, in one language, on phone and desk."""

from __future__ import annotations

from collections.abc import Callable, Collection

import pytest
from playwright.sync_api import Page

from tests.browser.live import Live
from tests.browser.screens import by_letter, off_the_road
from tests.browser.walk import walk
from tests.catalogue import strings, vietnamese

Open = Callable[..., Page]
Check = Callable[..., None]
SignIn = Callable[[Page, str], Page]

TEXTS = """() => {
    const own = document.documentElement.lang, found = [];
    const all = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (all.nextNode()) {
        const at = all.currentNode.parentElement;
        if (at.closest("textarea, script") || at.closest("[lang]").lang !== own) continue;
        const text = all.currentNode.data.replace(/\\s+/g, " ").trim();
        if (text.includes(" ")) found.push(text);
    }
    return found;
}"""


@pytest.fixture(scope="session")
def other_words() -> dict[str, set[str]]:
    """What must not stand on a page of this language: the same texts in the other one."""
    pairs = [(str(message.id), strings(message)[0]) for message in vietnamese() if isinstance(message.id, str)]
    english, vietnamese_words = {one for one, _ in pairs}, {other for _, other in pairs}
    return {"vi": english - vietnamese_words, "en": vietnamese_words - english}


@pytest.fixture(scope="session")
def checked() -> dict[int, set[str]]:
    """Endpoints of the office that axe has looked at, by the width of the window."""
    return {360: set(), 1280: set()}


def faults_on_the_way(
    page: Page,
    live: Live,
    words: dict[str, set[str]],
    start: str,
    axe: Check | None = None,
    examples: int = 1,
    more: Collection[str] = (),
    without: Collection[str] = (),
) -> tuple[set[str], list[str]]:
    """The endpoints that were seen, and what is wrong on their pages."""
    found: list[str] = []
    seen: set[str] = set()
    below = "/" if start == "/" else "/office"
    viewport = page.viewport_size
    is_narrow = viewport is not None and viewport["width"] < 500
    for endpoint, address in walk(page, live, start, examples, below, more=list(more), without=without):
        seen.add(endpoint)
        language = str(page.evaluate("document.documentElement.lang"))
        foreign = words[language].intersection(page.evaluate(TEXTS))
        if foreign:
            found.append(f"{address} is in {language}, but says: {foreign}")
        try:
            if axe is not None:
                axe(page, colours=is_narrow or len(seen) == 1)
        except AssertionError as fault:
            found.append(str(fault).split("\nassert")[0])
    return seen, found


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_pages_for_residents(
    open_page: Open, live: Live, other_words: dict[str, set[str]], axe: Check, width: int, language: str
) -> None:
    page = open_page(width, language=language)
    examples = 3 if language == "vi" else 2
    seen, found = faults_on_the_way(page, live, other_words, "/", axe, examples, by_letter(live))
    assert seen >= {"guest_reply.answer", "subscribers.own", "subscribers.ask", "schedule.dialogue"}
    assert not found, "\n\n".join(found)


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("account", ["office", "admin"])
def test_pages_for_the_office(
    open_page: Open,
    live: Live,
    other_words: dict[str, set[str]],
    axe: Check,
    signed_in: SignIn,
    checked: dict[int, set[str]],
    account: str,
    width: int,
) -> None:
    page = signed_in(open_page(width), account)
    more = off_the_road(live) if account == "office" else []
    seen, found = faults_on_the_way(page, live, other_words, "/office/", axe, more=more, without=checked[width])
    checked[width] |= seen
    assert len(seen) > 10
    assert not found, "\n\n".join(found)


@pytest.mark.parametrize("account", ["leader", "department", "village", "overseer"])
def test_pages_for_others(
    open_page: Open, live: Live, other_words: dict[str, set[str]], axe: Check, signed_in: SignIn, account: str
) -> None:
    page = signed_in(open_page(360), account)
    seen, found = faults_on_the_way(page, live, other_words, "/office/", axe)
    assert len(seen) > 1
    assert not found, "\n\n".join(found)


def test_pages_of_the_office_in_english(
    open_page: Open, live: Live, other_words: dict[str, set[str]], signed_in: SignIn
) -> None:
    page = signed_in(open_page(360, language="en"), "office")
    seen, found = faults_on_the_way(page, live, other_words, "/office/", more=off_the_road(live))
    assert seen >= {"today_office.today", "plan_office.planner", "guests_office.overview", "post_office.listing"}
    assert not found, "\n\n".join(found)
