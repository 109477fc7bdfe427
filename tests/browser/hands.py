"""What people do on a page, by the words that they see: press, write, choose, tick; read what it says."""

from __future__ import annotations

import re
from datetime import date

from playwright.sync_api import Locator, Page, expect


def press(where: Page | Locator, text: str) -> None:
    """The one button or link that says just this."""
    buttons = where.get_by_role("button", name=text, exact=True)
    buttons.or_(where.get_by_role("link", name=text, exact=True)).click()


def box(where: Page | Locator, label: str) -> Locator:
    """The control with this label; "(not required)" behind it does not matter."""
    return where.get_by_label(re.compile(rf"^\s*{re.escape(label)}(\s*\(|\s*$)"))


def tick(where: Page | Locator, label: str) -> Locator:
    """The check box or the choice whose label begins so; a hint may follow in the same label."""
    return where.get_by_role("checkbox", name=label).or_(where.get_by_role("radio", name=label, exact=True))


def says(page: Page, text: str) -> None:
    """What just happened, or what to mend, stands on the page where a person looks first."""
    expect(page.locator(".flash, .row-done, .error-summary").filter(has_text=text)).to_be_visible()


def code_on(page: Page) -> str:
    """The tracking code on a receipt, as it is read: in groups."""
    code = page.locator(".code-display").inner_text().strip()
    assert re.fullmatch(r"[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}", code), code
    return code


def go(page: Page, text: str) -> None:
    """Choose an entry of the main menu."""
    page.get_by_role("navigation", name="Danh mục chính").get_by_role("link", name=text, exact=True).click()


def read_day(day: date) -> str:
    """A day as pages write it: `29/10/2025`."""
    return day.strftime("%d/%m/%Y")
