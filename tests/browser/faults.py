"""What is looked at on every page that people reach: accessible, no wider than the window on phone and desk, in one
language."""

from __future__ import annotations

from collections.abc import Callable, Collection

from playwright.sync_api import Page

from tests.browser.live import Live
from tests.browser.walk import walk
from tests.catalogue import strings, vietnamese

PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 900}
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


WIDE = """() => {
    const width = document.documentElement.clientWidth;
    const over = (one) => one.getBoundingClientRect().right > width + 1;
    return [...document.querySelectorAll("main *")].filter(over).slice(0, 3).map((one) => one.outerHTML.slice(0, 200));
}"""


def assert_fits(page: Page) -> None:
    """Nothing is wider than the window."""
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if wider > 0:
        width = page.evaluate("innerWidth")
        raise AssertionError(f"{page.url} is {wider} px wider than its window of {width} px: {page.evaluate(WIDE)}")


def other_words() -> dict[str, set[str]]:
    """What must not stand on a page of this language: the same texts in the other one."""
    pairs = [(str(message.id), strings(message)[0]) for message in vietnamese() if isinstance(message.id, str)]
    english, vietnamese_words = {one for one, _ in pairs}, {other for _, other in pairs}
    return {"vi": english - vietnamese_words, "en": vietnamese_words - english}


def faults_on_the_way(
    page: Page,
    live: Live,
    start: str,
    axe: Callable[..., None] | None = None,
    examples: int = 1,
    more: Collection[str] = (),
    without: Collection[str] = (),
    is_known: Callable[[str], bool] = lambda endpoint: False,
) -> tuple[set[str], list[str]]:
    """The endpoints that were seen, and what is wrong on their pages: on a phone, then in the window of a desk, where
    contrasts are not looked at again. `is_known`: whether another walk looks at the contrasts of this endpoint, and at
    its page on a desk."""
    found: list[str] = []
    seen: set[str] = set()
    words = other_words()
    below = "/" if start == "/" else "/office"
    for endpoint, address in walk(page, live, start, examples, below, more=list(more), without=without):
        seen.add(endpoint)
        language = str(page.evaluate("document.documentElement.lang"))
        foreign = words[language].intersection(page.evaluate(TEXTS))
        if foreign:
            found.append(f"{address} is in {language}, but says: {foreign}")
        for size in (PHONE, DESK):
            page.set_viewport_size(size)  # type: ignore[arg-type]
            try:
                if axe is None or (is_known(endpoint) and size is DESK):
                    assert_fits(page)
                else:
                    axe(page, colours=size is PHONE and not is_known(endpoint))
            except AssertionError as fault:
                found.append(str(fault).split("\nassert")[0])
        page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    return seen, found
