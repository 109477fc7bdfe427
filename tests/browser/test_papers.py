"""Print pages on their paper: one page each, of the right size, nothing cut off, however long the facts are."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

A4, A3 = (210, 297), (297, 420)
CUT_OFF = """() => [...document.querySelectorAll(".sheet, .sheet *")].filter((part) => {
    const sheet = document.querySelector(".sheet").getBoundingClientRect(), own = part.getBoundingClientRect();
    return own.right > sheet.right + 1 || own.bottom > sheet.bottom + 1 || part.scrollWidth > part.clientWidth + 1
        && getComputedStyle(part).overflow === "hidden";
}).map((part) => part.className || part.tagName)"""
PAPERS = [("poster", A4), ("poster?paper=a3", A3), ("village-sheet", A4)]


def pages_of(page: Page) -> list[tuple[int, int]]:
    """The pages of the printed document, in millimetres."""
    boxes = re.findall(rb"/MediaBox\s*\[([\d. ]+)\]", page.pdf(prefer_css_page_size=True))
    return [tuple(round(float(side) * 25.4 / 72) for side in found.split()[2:]) for found in boxes]


def kit_of_the_next(page: Page) -> str:
    page.goto("/office/dialogues?period=coming&state=announced")
    page.locator("tbody th a, tbody .text-cell a").first.click()
    return page.url + "/kit"


def kit_of_the_longest(page: Page) -> str:
    """A draft in which everything is as long as the form takes it."""
    words = "Nhân dân các thôn bàn bạc, quyết định về đường giao thông nông thôn "
    page.goto("/office/dialogues/new")
    for name, most in (("title", 300), ("purpose", 4000), ("place", 200), ("address", 300), ("how_to_attend", 250)):
        page.locator(f"[name={name}]").fill((words * 60)[:most].strip())
    page.locator("[name=starts_on]").fill(str(date.today() + timedelta(40)))
    page.locator("[name=deadline_on]").fill(str(date.today() + timedelta(30)))
    for topic in page.locator("[name=topics]").all():
        topic.check()
    for village in page.locator("[name=villages]").all()[:8]:
        village.check()
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_url(re.compile(r"/office/dialogues/\d+$"))
    return page.url + "/kit"


@pytest.mark.parametrize("kit_of", [kit_of_the_next, kit_of_the_longest])
def test_each_paper_is_one_page(page_1280: Page, signed_in: Callable[[Page, str], Page], kit_of) -> None:
    page = signed_in(page_1280, "office")
    kit = kit_of(page)
    for what, size in PAPERS:
        page.goto(f"{kit}/{what}")
        assert pages_of(page) == [size], what
        page.emulate_media(media="print")
        assert page.evaluate(CUT_OFF) == [], what
        page.emulate_media(media="null")


def test_a_text_is_copied_by_its_button(page_1280: Page, signed_in: Callable[[Page, str], Page]) -> None:
    page = signed_in(page_1280, "office")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(kit_of_the_next(page))
    page.locator('[data-copy="zalo-text"]').click()
    expect(page.locator('[data-copy="zalo-text"]')).to_have_attribute("data-copied", re.compile("."))
    assert page.evaluate("navigator.clipboard.readText()") == page.locator("#zalo-text").input_value()


def test_without_javascript_the_texts_stand_to_be_marked(no_js: Page, signed_in: Callable[[Page, str], Page]) -> None:
    page = signed_in(no_js, "office")
    page.goto(kit_of_the_next(page))
    expect(page.locator("#zalo-text")).to_be_visible()
    expect(page.locator("[data-copy]").first).to_be_hidden()
