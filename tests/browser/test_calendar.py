"""Dialogues in a phone's calendar, and the switch of the language."""

from __future__ import annotations

import re
from collections.abc import Callable

from icalendar import Calendar
from playwright.sync_api import Page, expect

from tests.browser.hands import box, go, press, says
from tests.browser.live import Live

Check = Callable[[Page], None]


def read(page: Page, address: str) -> Calendar:
    """The calendar file behind an address, as a phone fetches it."""
    answer = page.request.get(address)
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    return Calendar.from_ical(answer.body().decode())


def test_a_resident_takes_the_dialogues_along(page_360: Page, live: Live, axe: Check) -> None:
    page = page_360
    page.goto("/")
    press(page, "Đưa lịch đối thoại vào điện thoại")
    axe(page)
    apple = page.get_by_role("link", name="Thêm vào lịch của tôi").get_attribute("href")
    google = page.get_by_role("link", name="Thêm vào Google Lịch").get_attribute("href")
    file = page.get_by_role("link", name="Tải tệp về").get_attribute("href")
    assert apple == live.url.replace("http://", "webcal://") + "/minh-tam/calendar.ics"
    assert google is not None
    assert google.startswith("https://calendar.google.com/")
    assert file is not None
    everything = read(page, file)
    assert len(everything.walk("VEVENT")) > 5
    assert {str(event["STATUS"]) for event in everything.walk("VEVENT")} >= {"CONFIRMED", "CANCELLED"}

    press(page, "Chỉ lấy lịch của nơi mình ở")
    press(page, "Thôn Trại Mới")
    axe(page)
    own = read(page, str(page.get_by_role("link", name="Tải tệp về").get_attribute("href")))
    assert 0 < len(own.walk("VEVENT")) <= len(everything.walk("VEVENT"))

    page.goto("/")
    press(page, "Về buổi đối thoại này")
    title = page.locator("h1").inner_text()
    link = page.get_by_role("link", name="Thêm vào lịch điện thoại")
    with page.expect_response(re.compile(r"\.ics$")) as fetched:
        link.evaluate("link => fetch(link.href)")
    [event] = Calendar.from_ical(fetched.value.text()).walk("VEVENT")
    assert str(event["SUMMARY"]).endswith(title)
    assert page.url in str(event["DESCRIPTION"])


def test_a_leader_has_a_private_calendar_until_it_is_ended(
    page_1280: Page, signed_in: Callable[[Page, str], Page], axe: Check
) -> None:
    page = signed_in(page_1280, "leader")
    go(page, "Lịch của tôi")
    axe(page)
    press(page, "Tạo địa chỉ riêng của tôi")
    says(page, "Đã tạo địa chỉ lịch riêng. Mời thêm vào điện thoại ngay bây giờ.")
    axe(page)
    address = box(page, "Địa chỉ riêng của bạn").input_value()
    names = {str(event["SUMMARY"]) for event in read(page, address).walk("VEVENT")}
    assert len(names) > 1
    press(page, "Ghi thành việc cần làm")
    assert box(page, "Địa chỉ riêng của bạn").input_value() == address + "?tasks=todo"
    as_tasks = read(page, address + "?tasks=todo")
    assert as_tasks.walk("VEVENT")
    assert not [event for event in as_tasks.walk("VEVENT") if "/commitments/" in str(event["URL"])]
    axe(page)

    press(page, "Tạo địa chỉ mới")
    newer = box(page, "Địa chỉ riêng của bạn").input_value()
    assert newer != address
    assert page.request.get(address).status == 410
    assert read(page, newer).walk("VEVENT")
    press(page, "Hủy địa chỉ")
    axe(page)
    press(page, "Hủy địa chỉ")
    says(page, "Đã hủy địa chỉ riêng. Lịch đang dùng địa chỉ này sẽ không nhận thêm gì nữa.")
    axe(page)
    # as somebody who opens the address by hand: a sentence, and a way on
    answer = page.request.get(newer)
    assert answer.status == 410
    assert "Địa chỉ lịch này đã hết hiệu lực" in answer.text()


def test_the_language_is_remembered(page_360: Page, axe: Check) -> None:
    page = page_360
    page.goto("/minh-tam/questions?field=roads&page=1")
    here = page.url
    press(page, "English")
    assert page.url == here
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("h1")).to_have_text("Questions and answers")
    axe(page)
    page.goto("/")
    expect(page.get_by_role("link", name="Ask a question", exact=True)).to_be_visible()
    page.get_by_role("link", name="Sign-in for staff").click()
    expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
    press(page, "Tiếng Việt")
    expect(page.locator("html")).to_have_attribute("lang", "vi")
    page.goto("/")
    expect(page.get_by_role("link", name="Đặt câu hỏi", exact=True)).to_be_visible()
