"""A real browser on the real server. A console error, a CSP violation or a foreign request fails the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browser.faults import assert_fits
from tests.browser.live import LAUNCH, NO_CHROMIUM, Live, chromium, serving
from tests.browser.visitors import Open, sign_in, visitors
from tests.needs import missing


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Debian's Chromium instead of one that would have to be downloaded."""
    program = chromium()
    if program is None:
        missing(NO_CHROMIUM)
    return {"executable_path": program, "args": LAUNCH}


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """The server with the demo commune; the tests of one run share it."""
    with serving(tmp_path_factory.mktemp("live")) as running:
        yield running


@pytest.fixture
def open_page(browser: Browser, live: Live) -> Iterator[Open]:
    """open_page(width, javascript=True, language="vi"): a page of a new visitor."""
    with visitors(browser, live) as open_page:
        yield open_page


@pytest.fixture
def page_360(open_page: Open) -> Page:
    """A small phone."""
    return open_page(360, height=740)


@pytest.fixture
def page_1280(open_page: Open) -> Page:
    """A desk."""
    return open_page(1280)


@pytest.fixture
def no_js(open_page: Open) -> Page:
    """A small phone without JavaScript."""
    return open_page(360, javascript=False, height=740)


@pytest.fixture
def signed_in(live: Live) -> Callable[[Page, str], Page]:
    """signed_in(page, "office"): the page after the sign-in of that demo account."""

    return lambda page, account: sign_in(page, live, account)


@pytest.fixture
def quick_hands(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    """A test writes a question faster than people do; the server takes it all the same."""
    from dialogues.questions import stamp

    monkeypatch.setattr(stamp, "MIN_SECONDS", 0)


@pytest.fixture(scope="session")
def axe() -> Callable[..., None]:
    """axe(page): no accessibility fault, and nothing wider than the window. Contrasts take longer than all the rest;
    `colours=False` is for a page whose colours were looked at in another window."""
    checker = Axe()

    def check(page: Page, colours: bool = True) -> None:
        page.wait_for_load_state()  # a click returns when the next page has begun, not when it is read
        rules = {} if colours else {"color-contrast": {"enabled": False}}
        found = checker.run(page, options={"resultTypes": ["violations"], "rules": rules}).response["violations"]
        sentences = [
            f"{fault['id']}: {fault['help']}\n    {node['html'][:200]}\n    {node['failureSummary']}"
            for fault in found
            for node in fault["nodes"][:5]
        ]
        assert not sentences, f"{page.url} has accessibility faults:\n" + "\n".join(sentences)
        assert_fits(page)

    return check
