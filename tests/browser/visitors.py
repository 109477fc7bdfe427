"""People with browsers: each has an own session, and whatever their pages complain of fails the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, ConsoleMessage, Page, Request

from tests.browser.live import Live

Open = Callable[..., Page]


@contextmanager
def visitors(browser: Browser, live: Live) -> Iterator[Open]:
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


def sign_in(page: Page, live: Live, account: str) -> Page:
    """The page after the sign-in of that demo account."""
    page.goto("/office/sign-in")
    page.locator('input[name="email"]').fill(live.account(account))
    page.locator('input[name="password"]').fill(live.password)
    page.locator('form:has(input[name="password"]) button[type="submit"]').click()
    page.wait_for_url(lambda url: "/sign-in" not in url)
    return page
