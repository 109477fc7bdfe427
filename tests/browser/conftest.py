"""A real browser on the real server. A console error, a CSP violation or a foreign request fails the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, Request

from tests.browser.faults import assert_fits
from tests.browser.live import LAUNCH, NO_CHROMIUM, Live, chromium, serving
from tests.needs import missing

Open = Callable[..., Page]


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
    live.forget_tries()
    contexts = []
    problems: list[str] = []

    def said(message: ConsoleMessage) -> None:
        address = message.location.get("url", "")
        if message.type == "error" and not (
            # a page may answer 422 or 404 on purpose; a file of its own may not
            message.text.startswith("Failed to load resource: the server responded with a status of 4")
            and "/static/" not in address
            and not address.endswith("/favicon.ico")
        ):
            problems.append(f"console on {address}: {message.text}")

    def asked(request: Request) -> None:
        if not request.url.startswith((live.url, "data:", "blob:", "about:")):
            problems.append(f"a page asks a foreign host: {request.url}")

    def open_page(width: int = 1280, javascript: bool = True, language: str = "vi", height: int = 900) -> Page:
        context = browser.new_context(
            base_url=live.url,
            viewport={"width": width, "height": height},
            java_script_enabled=javascript,
            locale="vi-VN" if language == "vi" else "en-GB",
            timezone_id="Asia/Ho_Chi_Minh",
        )
        if language != "vi":
            context.add_cookies([{"name": "language", "value": language, "url": live.url}])
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", said)
        page.on("pageerror", lambda error: problems.append(f"script error on {page.url}: {error}"))
        page.on("request", asked)
        page.on("response", lambda r: problems.append(f"{r.url} answered {r.status}") if r.status >= 500 else None)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert problems == []


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

    def sign_in(page: Page, account: str) -> Page:
        page.goto("/office/sign-in")
        page.locator('input[name="email"]').fill(live.account(account))
        page.locator('input[name="password"]').fill(live.password)
        page.locator('form:has(input[name="password"]) button[type="submit"]').click()
        page.wait_for_url(lambda url: "/sign-in" not in url)
        return page

    return sign_in


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
