"""A day of sorting, as people new to the program walk it: a file and a pile come in, what is alike finds each other,
everybody hears, and an overseer follows it to the end."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from dialogues import progress
from dialogues.imports import bringing
from tests.browser.hands import box, code_on, go, press, says

pytestmark = pytest.mark.usefixtures("quick_hands")

Check = Callable[..., None]
Open = Callable[..., Page]
SignIn = Callable[[Page, str], Page]

FILE = Path("tests/data/tong-hop-y-kien-2026.xlsx")
SLUICE = (
    "Cống ngầm đầu thôn Đồng sập đã ba tháng, mưa là nước tràn vào nhà, anh Vũ Văn Thử số 0900 000 188 "
    "gọi xã hai lần. Bao giờ xã làm lại cống?"
)
SLUICE_IN_PUBLIC = (
    "Cống ngầm đầu thôn Đồng sập đã ba tháng, mưa là nước tràn vào nhà, anh [tên riêng] số [số điện thoại] "
    "gọi xã hai lần. Bao giờ xã làm lại cống?"
)
SAME_SLUICE = "Cái cống ngầm ở đầu thôn Đồng sập lâu rồi, mưa xuống nước tràn vào nhà dân. Đề nghị xã làm lại cống."
TWO_MATTERS = "1. Sân nhà văn hóa lún, xin xã cho đổ lại. 2. Trạm bơm Gò Mây hỏng máy, lấy gì tưới vụ này?"


def reached(page: Page, goal: Locator, keys: str = "Tab") -> None:
    """Press the key until this has the focus: what the keyboard does not reach is not there for it."""
    for _ in range(60):
        if goal.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press(keys)
    raise AssertionError(f"{keys} does not reach {goal}")


def chosen(page: Page, label: str, choice: str) -> None:
    """Tab to this list, and arrow down to this choice."""
    reached(page, box(page, label))
    for _ in range(20):
        if box(page, label).locator("option:checked").inner_text() == choice:
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"{label} does not offer {choice}")


def fits(page: Page) -> None:
    """Nothing is wider than the window. (axe waits for scripts, so it says nothing where they are off.)"""
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0, page.url


def row_of(page: Page, text: str) -> Locator:
    """The row of the queue with this text, found by its search."""
    go(page, "Câu hỏi")
    box(page, "Từ cần tìm").fill(text)
    press(page, "Lọc")
    rows = page.locator(".queue tbody > tr")
    expect(rows).to_have_count(1)
    return rows


def test_a_spreadsheet_of_the_office_comes_in_and_what_is_refused_says_why(
    page_1280: Page, signed_in: SignIn, axe: Check
) -> None:
    page = signed_in(page_1280, "office")
    go(page, "Nhập câu hỏi từ tệp")
    press(page, "Đọc tệp")
    says(page, "Hãy chọn tệp câu hỏi.")
    axe(page, colours=False)
    page.locator("input[type=file]").set_input_files(FILE)
    press(page, "Đọc tệp")
    expect(page.locator("h1")).to_have_text("Ý nghĩa các cột")
    axe(page, colours=False)
    press(page, "Xem từng dòng")
    expect(page.locator("h1")).to_have_text("Các dòng của tệp")
    expect(page.locator("#import-summary .lead")).to_contain_text("150")
    axe(page, colours=False)
    press(page, "Nhập 145 câu hỏi")
    expect(page.locator("h1")).to_have_text("Kết quả nhập tệp")
    stats = page.locator(".stats")
    expect(stats).to_contain_text(re.compile(r"145\s*câu hỏi đã nhập"))
    expect(stats).to_contain_text(re.compile(r"5\s*dòng bị loại"))
    axe(page, colours=False)

    # Nothing of it is public; the queue has it, and the whole import can be taken back.
    press(page, "Hoàn tác lần nhập")
    expect(page.locator("main")).to_contain_text("145")
    press(page, "Hoàn tác lần nhập")
    says(page, "Đã hoàn tác 145 câu hỏi.")


def test_a_long_import_shows_how_far_it_is_while_it_runs(
    page_1280: Page, signed_in: SignIn, axe: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page is not complete before the work is done; the bar has to be seen all the same."""
    monkeypatch.setattr(progress, "LONG", 100)
    may_go_on, real = threading.Event(), bringing._bring_part

    def bring_part(one: Any, actor: Any, rows: Any, entries: Any) -> None:
        if len(rows) < bringing.AT_ONCE:
            assert may_go_on.wait(20)
        real(one, actor, rows, entries)

    monkeypatch.setattr(bringing, "_bring_part", bring_part)
    page = signed_in(page_1280, "office")
    go(page, "Nhập câu hỏi từ tệp")
    page.locator("input[type=file]").set_input_files(FILE)
    press(page, "Đọc tệp")
    page.get_by_role("button", name="Xem từng dòng").click(no_wait_after=True)
    page.wait_for_url(re.compile(r"imports/\d+$"))
    page.get_by_role("button", name="Nhập 145 câu hỏi").click(no_wait_after=True)
    try:
        expect(page.get_by_text("100 / 145 dòng")).to_be_visible()
        expect(page.get_by_text("0 / 145 dòng", exact=True)).to_be_hidden()
        expect(page.locator("progress:visible")).to_have_attribute("value", "100")
    finally:
        may_go_on.set()
    expect(page.locator("h1")).to_have_text("Kết quả nhập tệp")
    press(page, "Hoàn tác lần nhập")
    press(page, "Hoàn tác lần nhập")
    says(page, "Đã hoàn tác 145 câu hỏi.")


def test_a_day_of_sorting(open_page: Open, signed_in: SignIn, axe: Check) -> None:
    # The village head prints the forms, and hands one question in from the phone.
    head = signed_in(open_page(360, height=740), "village")
    head.goto("/office/village")
    head.get_by_role("link", name=re.compile("^Phiếu ghi câu hỏi")).first.click()
    form_code = head.locator(".slip-code b").first.inner_text().strip()
    head.goto("/office/village")
    press(head, "Nhập câu hỏi")
    box(head, "Câu hỏi, theo đúng lời người hỏi").fill(SAME_SLUICE)
    box(head, "Lĩnh vực").select_option(label="Thủy lợi, thoát nước")
    box(head, "Kênh tiếp nhận").select_option(index=1)
    box(head, "Tên").fill("Nông Thị Mẫu")
    head.get_by_role("button", name=re.compile("^Lưu")).first.click()
    says(head, "Đã lưu. Mã tra cứu:")
    joined_code = head.locator("#just-saved .code").inner_text().strip()

    # The office types three papers of the pile; the hands never leave the keyboard.
    office = signed_in(open_page(), "office")
    keys = office.keyboard
    go(office, "Nhập câu hỏi")
    reached(office, office.get_by_role("link", name="Nhập cả chồng phiếu"), "Shift+Tab")
    keys.press("Enter")
    expect(box(office, "Mã trên phiếu")).to_be_focused()
    keys.type(form_code.lower())
    keys.press("Enter")
    text = box(office, "Câu hỏi, theo đúng lời người hỏi")
    expect(text).to_be_focused()
    expect(box(office, "Thôn, tổ dân phố").locator("option:checked")).to_have_text("Thôn Đồng")
    keys.type(SLUICE)
    chosen(office, "Lĩnh vực", "D. Thủy lợi, thoát nước")
    keys.press("Control+Enter")
    expect(office.locator(".pile-line")).to_contain_text("Đã nhập 1 phiếu")
    expect(text).to_be_focused()
    axe(office, colours=False)
    keys.type(TWO_MATTERS)
    keys.press("Control+Enter")
    expect(office.locator(".pile-line")).to_contain_text("Đã nhập 2 phiếu")
    keys.type("Loa truyền thanh cuối thôn rè, nghe không rõ.")
    chosen(office, "Lĩnh vực", "L. Truyền thanh, thông tin")
    keys.press("Control+Enter")
    expect(office.locator(".pile-line")).to_contain_text("Đã nhập 3 phiếu")
    reached(office, office.get_by_role("link", name="Giấy biên nhận của chồng phiếu"))
    keys.press("Enter")
    expect(office.locator(".receipts .code-display")).to_have_count(3)
    axe(office, colours=False)

    # One is published; numbers and names are left out before anybody thinks of it.
    row = row_of(office, "Cống ngầm đầu thôn Đồng sập đã ba tháng")
    row.get_by_role("link", name=re.compile("^Đăng:")).click()
    expect(box(row, "Lời đăng cho Nhân dân đọc")).to_have_value(SLUICE_IN_PUBLIC)
    press(row, "Đăng")
    says(office, "Đã đăng. Nhân dân đọc được ngay.")

    # Its double finds it, and is merged into it.
    row.locator(".text-cell > a").click()
    proposal = office.locator(".proposal").filter(has_text="Cái cống ngầm ở đầu thôn Đồng")
    axe(office, colours=False)
    proposal.get_by_role("button", name=re.compile("^Gộp câu hỏi .* vào câu ở trang này")).click()
    says(office, "vào câu này.")
    expect(office.locator("#doubles")).to_contain_text("2 người")
    sluice = office.url

    # Two matters in one text become two questions.
    row = row_of(office, "Trạm bơm Gò Mây hỏng máy")
    row.locator(".more-acts summary").click()
    row.get_by_role("link", name=re.compile("^Tách:")).click()
    expect(box(office, "Nội dung").nth(1)).to_have_value(re.compile("^Trạm bơm Gò Mây"))
    axe(office, colours=False)
    press(office, "Tách như trên")
    says(office, "Đã tách. Từng nội dung đang chờ đọc.")
    expect(office.locator("#parts li")).to_have_count(2)

    # A resident on an old phone asks the same, finds it, joins it, and follows it by a code of her own.
    resident = open_page(360, javascript=False, height=740)
    resident.goto("/")
    press(resident, "Đặt câu hỏi")
    box(resident, "Câu hỏi, ý kiến của ông/bà").fill("Cống đầu thôn Đồng sập, nước tràn vào nhà, bao giờ xã làm lại?")
    box(resident, "Câu hỏi về việc gì?").select_option(label="Thủy lợi, thoát nước")
    box(resident, "Ông/bà ở đâu?").select_option(label="Thôn Đồng")
    press(resident, "Gửi câu hỏi")
    expect(resident.locator("h1")).to_have_text("Câu của ông/bà có trong số này không?")
    fits(resident)
    found = resident.locator(".similar-one").filter(has_text="Cống ngầm đầu thôn Đồng")
    expect(found).not_to_contain_text("0900 000 188")
    found.get_by_role("link", name=re.compile("^Giống câu của tôi")).click()
    fits(resident)
    press(resident, "Đúng, đây cũng là câu của tôi")
    code = code_on(resident).replace("-", "")
    resident.goto(f"/q/{code}")
    main = resident.locator("main")
    expect(main).to_contain_text("Ông/bà cùng hỏi câu này")
    expect(main).to_contain_text("Bao giờ xã làm lại cống?")
    expect(main).not_to_contain_text("Vũ Văn Thử")
    fits(resident)

    # The one whom the village head wrote down hears it on a slip in large letters.
    head.goto("/office/askers")
    person = head.locator(".to-tell").filter(has_text="Nông Thị Mẫu")
    person.get_by_role("link", name=re.compile("^In phiếu")).click()
    slip = head.locator(".told-slip")
    expect(slip).to_contain_text("Nông Thị Mẫu")
    expect(slip).to_contain_text(joined_code.replace("-", "")[:4])
    axe(head, colours=False)
    head.goto("/office/askers")
    person.locator("summary").click()
    box(person, "Báo bằng cách nào?").select_option(label="Đã đưa phiếu")
    press(person, "Đánh dấu đã báo")
    says(head, "Đã đánh dấu là đã báo.")
    resident.goto(f"/q/{joined_code.replace('-', '')}")
    expect(main).to_contain_text("Được trả lời chung với 2 người khác")
    fits(resident)

    # An overseer reads what was left out, but not what it was; and follows a question to the day when it was done.
    overseer = signed_in(open_page(), "overseer")
    overseer.goto(sluice)
    seen = overseer.locator("main")
    expect(seen).to_contain_text("anh [tên riêng] số [số điện thoại]")
    expect(seen).to_contain_text("Nhận gộp một câu hỏi cùng nội dung")
    for secret in ("0900 000 188", "Vũ Văn Thử", "Nông Thị Mẫu"):
        expect(seen).not_to_contain_text(secret)
    axe(overseer, colours=False)
    go(overseer, "Đường đi của câu hỏi")
    box(overseer, "Đang ở bước").select_option(label="Đã kết thúc")
    box(overseer, "Tình trạng").select_option(label="Đã đăng")
    press(overseer, "Lọc")
    overseer.locator("tbody tr", has=overseer.locator("td:last-child .nowrap")).first.locator("th a").click()
    expect(seen).to_contain_text("Đã xác nhận xong")
    expect(overseer.get_by_role("heading", name="Lịch sử")).to_be_visible()
