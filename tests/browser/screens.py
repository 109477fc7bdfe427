"""`python -m tests.browser.screens [folder]`: pictures of every kind of page, as PNG, at 360 and 1280 px.

Named after who sees it, the endpoint and the width: `visitor-places.home-360.png`, `office-staff_office.home-1280.png`.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.live import LAUNCH, NO_CHROMIUM, chromium, serving
from tests.browser.walk import walk

WIDTHS = {360: 740, 1280: 900}
PEOPLE = {"visitor": "/", "office": "/office/", "leader": "/office/", "overseer": "/office/", "admin": "/office/"}


def main(target: Path) -> None:
    program = chromium()
    if program is None:
        raise SystemExit(NO_CHROMIUM)
    target.mkdir(parents=True, exist_ok=True)
    made: set[str] = set()
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as live, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=LAUNCH)
        for width, height in WIDTHS.items():
            taken: set[str] = set()
            for person, start in PEOPLE.items():
                context = browser.new_context(
                    base_url=live.url, viewport={"width": width, "height": height}, timezone_id="Asia/Ho_Chi_Minh"
                )
                page = context.new_page()
                if person != "visitor":
                    live.forget_tries()
                    page.goto("/office/sign-in")
                    page.locator('input[name="email"]').fill(live.account(person))
                    page.locator('input[name="password"]').fill(live.password)
                    page.locator('form:has(input[name="password"]) button[type="submit"]').click()
                    page.wait_for_url(lambda url: "/sign-in" not in url)
                for endpoint, address in walk(page, live, start, examples=1, below="/" if start == "/" else start[:-1]):
                    home = address.rstrip("/") == start.rstrip("/")
                    if endpoint in taken and not home:
                        continue  # somebody before saw the same page
                    taken.add(endpoint)
                    file = target / f"{person}-{endpoint}-{width}.png"
                    page.screenshot(path=file, full_page=True)
                    made.add(file.name)
                context.close()
        browser.close()
    print(f"{len(made)} pictures in {target}")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "build/screens"))
