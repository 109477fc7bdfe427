"""The queue of questions with the keyboard alone: from row to row, acts by their letter, undo, ticks."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect


def test_questions_are_sorted_without_touching_the_mouse(
    page_1280: Page, signed_in: Callable[[Page, str], Page], axe: Callable[..., None]
) -> None:
    page = signed_in(page_1280, "office")
    page.goto("/office/questions")
    rows = page.locator(".queue tbody > tr")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(rows.nth(1).locator(".text-cell > a")).to_be_focused()
    page.keyboard.press("k")
    page.keyboard.press("p")
    expect(rows.first.locator("textarea")).to_be_focused()
    axe(page)
    page.keyboard.press("Escape")
    expect(rows.first.locator(".text-cell > a")).to_be_focused()
    page.keyboard.press("x")
    expect(rows.first.locator(".row-tick input")).to_be_checked()
    page.keyboard.press("a")
    expect(rows.first.locator("select[name=assigned]")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Control+Enter")
    expect(rows.first.locator(".row-done")).to_contain_text("Việc của tôi")
    page.keyboard.press("z")
    expect(rows.first.locator(".row-done")).to_contain_text("hoàn tác")
    page.keyboard.press("x")
    page.keyboard.press("Shift+P")
    page.wait_for_url("**/office/questions/bulk?**")
    axe(page)
