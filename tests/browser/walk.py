"""Every page that links lead to, a few examples of each kind: nothing is listed, so nothing is forgotten."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from urllib.parse import urljoin, urlsplit

from playwright.sync_api import Page
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter

from tests.browser.live import Live

LINKS = "Array.from(document.querySelectorAll('a[href]'), link => link.getAttribute('href'))"
NO_PAGES = (".atom", ".ics", ".csv", ".json", ".xlsx", ".docx", ".xml", ".txt", ".png", ".svg")

FILES = {"attachments_office.file", "evidence.file", "evidence.small", "papers_office.photo"}
"""Pictures and papers: the browser makes a page of its own around them, which is not ours."""


def kind(adapter: MapAdapter, path: str) -> str | None:
    """The endpoint behind an address, or None where GET is not for people."""
    try:
        endpoint, _ = adapter.match(path, method="GET")
    except HTTPException:
        return None
    return None if endpoint == "static" else str(endpoint)


def walk(
    page: Page,
    live: Live,
    start: str,
    examples: int = 2,
    below: str = "/",
    more: Sequence[str] = (),
    without: Collection[str] = (),
) -> Iterator[tuple[str, str]]:
    """(endpoint, address) of pages reached from `start` and `more`; the page stands on each while it is yielded.

    At most `examples` addresses of one endpoint are opened, those of the endpoints `without` not at all but `start`;
    only those under `below`, and not the office from outside.
    """
    adapter = live.app.url_map.bind(urlsplit(live.url).netloc)
    waiting, seen, opened = [start, *more], {start, *more}, Counter[str]()
    while waiting:
        address = waiting.pop(0)
        path = urlsplit(address).path
        endpoint = kind(adapter, path)
        if endpoint is None or endpoint in FILES or path.endswith(NO_PAGES) or opened[endpoint] >= examples:
            continue
        if endpoint in without and address != start:
            continue
        answer = page.goto(address)
        assert answer is not None
        assert answer.status < 400, f"a link leads to {address}, which answers {answer.status}"
        opened[endpoint] += 1
        here = page.url.removeprefix(live.url)
        yield endpoint, here
        for href in page.evaluate(LINKS):
            there = urljoin(page.url, href).split("#")[0]
            if there.startswith(live.url + "/"):
                target = there.removeprefix(live.url)
                if target not in seen and target.startswith(below):
                    seen.add(target)
                    waiting.append(target)
