"""A resident asks: on a small phone without JavaScript, and with it on a slow hand; nothing typed is ever lost."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.hands import box, code_on, press, says, tick

pytestmark = pytest.mark.usefixtures("quick_hands")

Check = Callable[[Page], None]

TEXT = "Mương thoát nước sau nhà văn hóa bị lấp từ đầu mùa mưa.\nĐề nghị xã cho nạo vét trước vụ chiêm."


def questions_with(page: Page, text: str) -> int:
    """How many questions of the office's list hold this text."""
    page.goto("/office/questions?state=all")
    box(page, "Từ cần tìm").fill(text)
    press(page, "Lọc")
    expect(page).to_have_url(re.compile("[?&]q="))
    return page.locator("tr[id^=q-]").count()


def test_the_way_to_ask_and_the_day_are_on_the_first_screen_of_a_small_phone(open_page: Callable[..., Page]) -> None:
    page = open_page(360, height=640)
    page.goto("/")
    press(page, "Về buổi đối thoại này")
    for seen in (page.get_by_role("link", name="Đặt câu hỏi"), page.locator(".big-date .weekday")):
        place = seen.bounding_box()
        assert place
        assert place["y"] + place["height"] <= 640


def test_a_resident_without_javascript_asks_and_follows_the_question(no_js: Page) -> None:
    page = no_js
    page.goto("/")
    press(page, "Đặt câu hỏi")
    expect(page.locator("h1")).to_have_text("Đặt câu hỏi")

    # First with mistakes: each is said in words, and everything that was typed stands there again.
    box(page, "Câu hỏi, ý kiến của ông/bà").fill(TEXT)
    box(page, "Ông/bà ở đâu?").select_option(label="Thôn Bãi")
    box(page, "Đây là").select_option(label="Kiến nghị")
    box(page, "Tên").fill("Trần Thị Thử")
    box(page, "Số điện thoại").fill("không có máy")
    tick(page, "Văn phòng được nhắn tin cho tôi về kết quả").check()
    press(page, "Gửi câu hỏi")
    says(page, "Xin chọn câu hỏi về việc gì.")
    says(page, "Viết số điện thoại bằng chữ số, ví dụ 0900 000 101.")
    expect(box(page, "Câu hỏi, ý kiến của ông/bà")).to_have_value(TEXT)
    expect(box(page, "Ông/bà ở đâu?").locator("option:checked")).to_have_text("Thôn Bãi")
    expect(box(page, "Đây là").locator("option:checked")).to_have_text("Kiến nghị")
    expect(box(page, "Tên")).to_have_value("Trần Thị Thử")
    expect(box(page, "Số điện thoại")).to_have_value("không có máy")
    expect(tick(page, "Văn phòng được nhắn tin cho tôi về kết quả")).to_be_checked()
    expect(tick(page, "Được ghi họ tên tôi bên cạnh câu hỏi khi công khai")).not_to_be_checked()

    box(page, "Câu hỏi về việc gì?").select_option(label="Thủy lợi, thoát nước")
    box(page, "Số điện thoại").fill("0900 000 177")
    press(page, "Gửi câu hỏi")

    # The receipt: a code to read aloud, a picture of it, and paper if somebody has a printer.
    expect(page.locator("h1")).to_have_text("Đã nhận câu hỏi của ông/bà")
    code = code_on(page)
    expect(page.locator("main img")).to_be_visible()
    assert page.locator("main img").evaluate("image => image.naturalWidth") > 0
    page.emulate_media(media="print")
    expect(page.locator(".code-display")).to_be_visible()
    expect(page.locator(".site-nav, .site-foot").first).to_be_hidden()
    page.emulate_media(media="screen")

    press(page, "Theo dõi câu hỏi của tôi")
    expect(page).to_have_url(re.compile(f"/q/{code.replace('-', '')}$"))
    expect(page.locator("main")).to_contain_text("Chờ văn phòng đọc")
    expect(page.locator("main")).to_contain_text(TEXT.split("\n")[0])
    expect(page.locator("main")).to_contain_text("177")
    expect(page.locator("main")).not_to_contain_text("Trần Thị Thử")

    # Later, from the home page, with the code as a person types it; and a slip is explained.
    page.goto("/")
    box(page, "Mã tra cứu").fill(code.lower().replace("-", " "))
    press(page, "Tìm câu hỏi của tôi")
    expect(page.locator("h1")).to_have_text("Câu hỏi của ông/bà")
    page.goto("/q")
    box(page, "Mã tra cứu").fill(code[:-2])
    press(page, "Xem câu hỏi của tôi")
    expect(page.get_by_role("alert")).to_contain_text("12")
    expect(box(page, "Mã tra cứu")).to_have_value(code[:-2])


def test_two_quick_clicks_on_send_are_one_question(
    page_360: Page, open_page: Callable[..., Page], signed_in: Callable[[Page, str], Page], axe: Check
) -> None:
    page, text = page_360, "Tủ sách ở đình Thượng khóa từ Tết, ai giữ chìa khóa? Bấm hai lần gửi thử."
    page.goto("/")
    press(page, "Đặt câu hỏi")
    axe(page)
    box(page, "Câu hỏi, ý kiến của ông/bà").fill(text)
    press(page, "Gửi câu hỏi")
    says(page, "Xin chọn câu hỏi về việc gì.")
    expect(box(page, "Câu hỏi, ý kiến của ông/bà")).to_have_value(text)
    axe(page)
    box(page, "Câu hỏi về việc gì?").select_option(label="Truyền thanh, thông tin")
    page.get_by_role("button", name="Gửi câu hỏi").dblclick()
    expect(page.locator("h1")).to_have_text("Đã nhận câu hỏi của ông/bà")
    code = code_on(page)
    axe(page)

    # The back button brings the form with the text; sending it again gives the same code, not a second question.
    page.go_back()
    expect(box(page, "Câu hỏi, ý kiến của ông/bà")).to_have_value(text)
    press(page, "Gửi câu hỏi")
    expect(page.locator("h1")).to_have_text("Đã nhận câu hỏi của ông/bà")
    assert code_on(page) == code
    assert questions_with(signed_in(open_page(), "office"), text) == 1


def test_a_question_begun_yesterday_stands_there_again(page_360: Page, axe: Check) -> None:
    page = page_360
    page.clock.install()
    page.goto("/")
    press(page, "Đặt câu hỏi")
    address = page.url
    box(page, "Câu hỏi, ý kiến của ông/bà").press_sequentially("Con đường ra đồng")
    box(page, "Ông/bà ở đâu?").select_option(label="Thôn Đồng")
    box(page, "Tên").fill("Trần Thị Thử")
    page.clock.fast_forward(1000)
    page.goto("/")

    page.goto(address)
    expect(box(page, "Câu hỏi, ý kiến của ông/bà")).to_have_value("Con đường ra đồng")
    expect(box(page, "Ông/bà ở đâu?").locator("option:checked")).to_have_text("Thôn Đồng")
    expect(box(page, "Tên")).to_have_value("")  # who somebody is stays on no device that others use too
    axe(page)
    press(page, "Xóa phần viết dở")
    expect(box(page, "Câu hỏi, ý kiến của ông/bà")).to_have_value("")
    page.reload()
    expect(box(page, "Câu hỏi, ý kiến của ông/bà")).to_have_value("")


def test_several_matters_survive_a_broken_line_and_arrive_once(page_360: Page, axe: Check) -> None:
    page = page_360
    page.goto("/")
    press(page, "Đặt câu hỏi")
    address = page.url
    box(page, "Câu hỏi, ý kiến của ông/bà").fill("Cầu tạm qua suối Nà Lẹng gãy một nhịp sau mưa.")
    box(page, "Câu hỏi về việc gì?").select_option(label="Giao thông")
    page.context.set_offline(True)
    press(page, "Thêm nội dung khác")
    second = page.get_by_role("group", name="Nội dung 2")
    expect(box(second, "Câu hỏi, ý kiến của ông/bà")).to_be_focused()
    box(second, "Câu hỏi, ý kiến của ông/bà").fill("Trạm y tế hết thuốc huyết áp từ tuần trước.")
    box(second, "Câu hỏi về việc gì?").select_option(label="Y tế, giáo dục, văn hóa")
    press(page, "Thêm nội dung khác")
    press(page, "Bỏ nội dung 3")
    press(page, "Gửi câu hỏi")
    expect(page.get_by_role("alert")).to_contain_text("Hiện đang mất mạng")
    expect(page.get_by_role("alert")).to_be_in_viewport()
    axe(page)

    # The phone was put away; with the line back everything stands there, and is sent once.
    page.context.set_offline(False)
    page.goto("/")
    page.goto(address)
    expect(page.get_by_role("status").filter(has_text="Phần viết dở lúc")).to_be_visible()
    expect(box(second, "Câu hỏi, ý kiến của ông/bà")).to_have_value("Trạm y tế hết thuốc huyết áp từ tuần trước.")
    expect(box(second, "Câu hỏi về việc gì?").locator("option:checked")).to_have_text("Y tế, giáo dục, văn hóa")
    press(page, "Gửi câu hỏi")
    expect(page.locator("h1")).to_have_text("Câu của ông/bà có trong số này không?")
    axe(page)
    page.get_by_role("button", name="Vẫn gửi câu của tôi").dblclick()
    expect(page.locator("h1")).to_have_text("Đã nhận các câu hỏi của ông/bà")
    expect(page.locator(".code-display")).to_have_count(2)
    axe(page)
    page.goto(address)
    expect(page.locator("#text")).to_have_value("")
