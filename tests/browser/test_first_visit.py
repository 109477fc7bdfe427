"""The first visit of a resident on a slow line."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.live import Live
from tests.browser.screens import next_dialogue

MOST = 45_000  # bytes over the wire, all files included


def weigh(page: Page, url: str) -> tuple[int, list[str]]:
    """Bytes over the wire of a visit with an empty cache, and what was fetched."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send("Network.setCacheDisabled", {"cacheDisabled": True})
    sizes: list[float] = []
    files: list[str] = []
    devtools.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.on("request", lambda request: files.append(request.url))
    answer = page.goto(url, wait_until="networkidle")
    assert answer is not None
    assert answer.status == 200
    return int(sum(sizes)), files


def ask_page(live: Live) -> str:
    """Where a resident lands who scans the code on a poster and presses "Ask a question"."""
    with live.app.app_context():
        return f"{next_dialogue()}/ask"


@pytest.mark.parametrize("where", ["home", "ask"])
def test_first_visit_is_light_and_asks_no_foreign_host(page_360: Page, live: Live, where: str) -> None:
    weight, files = weigh(page_360, "/" if where == "home" else ask_page(live))
    assert weight <= MOST, f"{weight} bytes for {files}"
    assert all(file.startswith((live.url, "data:")) for file in files)


@pytest.mark.parametrize("width", [360, 1280])
def test_home_is_accessible(open_page: Callable[..., Page], axe: Callable[[Page], None], width: int) -> None:
    page = open_page(width)
    page.goto("/")
    assert page.locator("h1").count() == 1
    axe(page)


def test_home_reads_the_same_without_javascript(no_js: Page) -> None:
    no_js.goto("/")
    assert no_js.locator("h1").is_visible()
    assert no_js.locator("main a").count() > 0
