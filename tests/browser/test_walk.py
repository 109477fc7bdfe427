"""The whole way of a dialogue and of a question, as the people of a commune walk it: by what they see and press."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from dialogues import clock
from dialogues.places.days import NATIONWIDE, is_day_off
from tests.browser.hands import box, code_on, go, press, read_day, says, tick
from tests.browser.live import Live

pytestmark = pytest.mark.usefixtures("quick_hands")

Check = Callable[[Page], None]
Person = Callable[..., Page]

OFFICE, LEADER, DEPARTMENT, OVERSEER = "office", "leader", "department", "overseer"


@pytest.fixture
def person(open_page: Callable[..., Page], signed_in: Callable[[Page, str], Page]) -> Person:
    """person("office"): the page of somebody who signed in; person(): of a resident with a phone."""

    def person(account: str = "", width: int = 0) -> Page:
        page = open_page(width or (1280 if account else 360))
        return signed_in(page, account) if account else page

    return person


def in_days(days: int) -> date:
    return clock.today() + timedelta(days=days)


def working_day(days: int) -> date:
    """So many days from today, or the next working day."""
    day = in_days(days)
    while is_day_off(day, NATIONWIDE):
        day += timedelta(days=1)
    return day


def weeks_pass(live: Live, code: str, days: int) -> None:
    """Move the dialogue with this code, and its announcement, so many days into the past."""
    from dialogues.extensions import db
    from dialogues.schedule.models import Dialogue

    with live.app.app_context():
        dialogue = db.session.query(Dialogue).filter_by(code=code).one()
        for name in ("starts_at", "ends_at", "question_deadline_at", "announced_at"):
            setattr(dialogue, name, getattr(dialogue, name) - timedelta(days=days))
        db.session.commit()


def show_all(page):
    """A long list of work shows its first ten rows; the newest stand behind a link."""
    more = page.get_by_role("link", name=re.compile(r"^Xem tất cả \("))
    if more.count():
        more.first.click()
        expect(more).to_have_count(0)


def test_a_dialogue_from_the_plan_to_its_result(person: Person, live: Live, axe: Check) -> None:
    page, resident = person(OFFICE), person()
    title = "Đối thoại về nước sạch và thu gom rác thôn Bãi, thôn Đồng"

    # A plan, first with slips: what was typed stays.
    go(page, "Đối thoại")
    press(page, "Lập kế hoạch đối thoại")
    box(page, "Tên buổi đối thoại").fill("")
    box(page, "Mục đích, nội dung").fill("Nghe ý kiến về giá nước và giờ thu gom rác.")
    box(page, "Kết thúc").fill("06:00")
    box(page, "Ngày").first.fill("2025-11-29")
    expect(page.locator("output").first).to_have_text("Thứ Bảy, 29/11/2025")
    box(page, "Ngày").first.fill("")
    expect(page.locator("output").first).to_be_hidden()
    press(page, "Lưu")
    says(page, "Ghi tên buổi đối thoại.")
    expect(box(page, "Mục đích, nội dung")).to_have_value("Nghe ý kiến về giá nước và giờ thu gom rác.")
    axe(page)
    page.get_by_role("link", name="Ghi tên buổi đối thoại.").click()
    expect(box(page, "Tên buổi đối thoại")).to_be_focused()
    page.keyboard.type(title)

    box(page, "Ngày").fill(in_days(5).isoformat())
    box(page, "Bắt đầu").fill("14:00")
    box(page, "Kết thúc").fill("17:00")
    box(page, "Hạn nhận câu hỏi").fill(in_days(3).isoformat())
    box(page, "Đến mấy giờ").fill("16:30")
    tick(page, "Trực tiếp kết hợp trực tuyến").check()
    box(page, "Đường dẫn trực tuyến").fill("https://meet.example/minh-tam")
    for topic in ("Nước sạch", "Rác thải, môi trường"):
        tick(page, topic).check()
    for village in ("Thôn Bãi", "Thôn Đồng"):
        tick(page, village).check()
    box(page, "Đường dây nóng").fill("0900 000 199")
    tick(page, "Chuyên đề").check()
    tick(page, "Khi cần thiết").check()
    box(page, "Lý do").fill("Nhiều hộ phản ánh giá nước trong tháng trước.")
    box(page, "Chủ trì").select_option(label="Trịnh Thị Thu Hà, Phó Bí thư Đảng ủy, Chủ tịch UBND xã")
    box(page, "Thư ký").select_option(label="Lý Thị Mai, Công chức Văn phòng (tiếp công dân, tổng hợp)")
    box(page, "MTTQ phối hợp").fill("Ủy ban MTTQ Việt Nam xã")
    tick(page, "Đã mời cấp ủy").check()
    press(page, "Lưu")
    says(page, "Đã lưu bản chuẩn bị. Nhân dân sẽ thấy khi có thông báo.")
    expect(page.locator("h1")).to_have_text(title)
    axe(page)

    # It cannot be announced without a place; what else is missing is answered with a reason that stays.
    code = page.locator(".page-head .code").inner_text().strip()
    assert resident.goto(f"/d/{code}").status == 404
    press(page, "Thông báo")
    expect(page.locator("main")).to_contain_text("Chưa thông báo được")
    axe(page)
    press(page, "Điền phần còn thiếu")
    box(page, "Địa điểm").fill("Nhà văn hóa thôn Bãi")
    box(page, "Địa chỉ").fill("Thôn Bãi, xã Minh Tâm")
    press(page, "Lưu")
    says(page, "Đã lưu phần sửa.")
    press(page, "Thông báo")
    press(page, "Thông báo ngay")
    says(page, "Ghi lý do thông báo trước chưa đủ 7 ngày. Nhân dân sẽ đọc lý do này.")
    axe(page)
    late = "Đợt nắng nóng làm nhiều hộ thiếu nước, cần họp sớm."
    box(page, "Vì sao thông báo trước chưa đủ 7 ngày").fill(late)
    box(page, "Vì sao chưa có đồng chủ trì của Thường trực HĐND").fill(
        "Phó Chủ tịch HĐND xã đi học, sẽ có người dự thay."
    )
    press(page, "Thông báo ngay")
    says(page, "Đã thông báo buổi đối thoại. Từ lúc này Nhân dân xem được và gửi được câu hỏi.")
    axe(page)

    # Residents see it all, with the reason why it comes so late.
    resident.goto("/")
    go(resident, "Đối thoại")
    box(resident, "Thôn, tổ dân phố").select_option(label="Thôn Bãi")
    box(resident, "Thời gian").select_option(label="Sắp tới")
    press(resident, "Lọc")
    expect(resident).to_have_url(re.compile(r"period=coming"))
    axe(resident)
    press(resident, title)
    main = resident.locator("main")
    for words in (late, "Nhà văn hóa thôn Bãi", "14 giờ – 17 giờ", "Trịnh Thị Thu Hà", "0900 000 199", "giá nước"):
        expect(main).to_contain_text(words)
    day = in_days(5)
    expect(main.locator(".big-date")).to_contain_text(f"{day.day} tháng {day.month}, {day.year}")
    axe(resident)
    resident.emulate_media(media="print")
    expect(resident.locator(".site-nav")).to_be_hidden()
    expect(main.get_by_text("Nhà văn hóa thôn Bãi")).to_be_visible()
    resident.emulate_media(media="screen")

    # It is not held before its hour; then it is, the chair concludes, and the result is published.
    expect(page.get_by_role("link", name="Ghi nhận đã diễn ra")).to_have_count(0)
    weeks_pass(live, code, days=8)
    page.reload()
    press(page, "Ghi nhận đã diễn ra")
    box(page, "Số người dân dự").fill("64")
    axe(page)
    press(page, "Ghi nhận đã diễn ra")
    says(page, "Đã ghi nhận buổi đối thoại diễn ra. Việc tiếp theo là ghi kết luận.")
    press(page, "Ghi kết luận")
    press(page, "Lưu kết luận")
    says(page, "Ghi kết luận.")
    conclusion = "Phòng Kinh tế công khai giá nước trước ngày 30 tháng này; xe rác đổi sang 5 giờ chiều."
    box(page, "Kết luận").fill(conclusion)
    expect(box(page, "Số người dân dự")).to_have_value("64")
    axe(page)
    press(page, "Lưu kết luận")
    press(page, "Công khai kết quả")
    says(page, "Đã công khai kết quả.")
    axe(page)

    resident.goto(f"/d/{code.lower()}/results")
    expect(resident).to_have_url(re.compile(rf"/d/{code}#results$"))
    expect(resident.locator("#results")).to_contain_text(conclusion)
    expect(resident.locator("#results")).to_contain_text("64")
    axe(resident)


def asked(page: Page, text: str, field: str, **more: str) -> str:
    """A resident asks for the next dialogue; the tracking code."""
    page.goto("/")
    press(page, "Đặt câu hỏi")
    box(page, "Câu hỏi, ý kiến của ông/bà").fill(text)
    box(page, "Câu hỏi về việc gì?").select_option(label=field)
    box(page, "Ông/bà ở đâu?").select_option(label="Thôn Bãi")
    box(page, "Tên").fill(more.get("name", ""))
    box(page, "Số điện thoại").fill(more.get("phone", ""))
    for consent in ("Văn phòng được gọi điện hoặc đến gặp tôi để hỏi rõ thêm",) if more.get("phone") else ():
        tick(page, consent).check()
    if more.get("name"):
        tick(page, "Được ghi họ tên tôi bên cạnh câu hỏi khi công khai").check()
    press(page, "Gửi câu hỏi")
    return code_on(page).replace("-", "")


def test_a_question_from_the_queue_to_the_kept_promise(person: Person, axe: Check) -> None:
    resident, office = person(), person(OFFICE)
    question = "Cống Bà Thìn ở thôn Bãi sập nửa năm nay, ông Vũ Văn Thử nhà bên cạnh đã ngã xe. Bao giờ xã sửa?"
    redacted = "Cống Bà Thìn ở thôn Bãi sập nửa năm nay, đã có người ngã xe. Bao giờ xã sửa?"
    code = asked(resident, question, "Giao thông", name="Trần Thị Thử", phone="0900 000 178")
    other = asked(resident, "Bán máy lọc nước giá rẻ, gọi ngay cho em.", "Nước sạch")

    # The office publishes it in the queue with other words, which leave the neighbour out.
    go(office, "Câu hỏi")
    box(office, "Từ cần tìm").fill("Cống Bà Thìn")
    press(office, "Lọc")
    row = office.locator("tbody tr")
    expect(row).to_have_count(1)
    axe(office)
    row.get_by_role("link", name=re.compile("^Đăng:")).click()
    wording = box(row, "Lời đăng cho Nhân dân đọc")
    expect(wording).to_be_focused()
    expect(wording).to_have_value(question.replace("Vũ Văn Thử", "[tên riêng]"))  # names are left out first
    wording.fill("")
    press(row, "Đăng")
    expect(row.locator(".error-summary")).to_contain_text("Hãy viết lời đăng cho Nhân dân đọc.")
    axe(office)
    wording.fill(redacted)
    press(row, "Đăng")
    says(office, "Đã đăng. Nhân dân đọc được ngay.")
    expect(row).to_contain_text("Đã đăng")
    axe(office)
    row.get_by_role("link", name=re.compile("^Phân công:")).click()
    box(row, "Ai chuẩn bị trả lời?").select_option(label="Phòng Kinh tế")
    press(row, "Phân công")
    says(office, "Đã lưu. Câu hỏi nằm trong “Việc của tôi” của nơi được chọn.")
    expect(row).to_contain_text("Phòng Kinh tế")
    axe(office)

    # An advertisement is declined, with a reason and a sentence that its sender reads.
    go(office, "Câu hỏi")
    box(office, "Từ cần tìm").fill("máy lọc nước giá rẻ")
    press(office, "Lọc")
    row.get_by_role("link", name=re.compile("máy lọc")).first.click()
    press(office, "Không tiếp nhận")
    press(office, "Không tiếp nhận")
    says(office, "Hãy chọn lý do.")
    axe(office)
    box(office, "Lý do").select_option(label="Không phải câu hỏi gửi chính quyền (quảng cáo, gửi thử)")
    box(office, "Một câu gửi người hỏi").fill("Đây là lời rao bán hàng, không phải câu hỏi với xã.")
    press(office, "Không tiếp nhận")
    says(office, "Đã ghi không tiếp nhận. Người hỏi đọc được lý do.")
    axe(office)
    resident.goto(f"/q/{other}")
    expect(resident.locator("main")).to_contain_text("Đây là lời rao bán hàng")
    axe(resident)

    # The department finds the other one under "My work" and drafts the answer.
    department = person(DEPARTMENT)
    go(department, "Việc của tôi")
    axe(department)
    show_all(department)
    department.get_by_role("link", name=re.compile("Cống Bà Thìn")).click()
    expect(department.locator("main")).not_to_contain_text("0900 000 178")
    tick(department, "Trả lời tại chỗ").check()
    press(department, "Lưu bản nháp")
    expect(department.locator(".error-summary")).to_be_visible()
    axe(department)
    answer = "Xã xin lỗi bà con vì để lâu. Phòng Kinh tế thay cống mới, rộng 80 phân, trong tháng này."
    box(department, "Câu trả lời").fill(answer)
    press(department, "Lưu bản nháp")
    says(department, "Đã lưu bản nháp. Nhân dân đọc được khi văn phòng đăng.")
    axe(department)
    resident.goto(f"/q/{code}")
    expect(resident.locator("main")).not_to_contain_text("rộng 80 phân")

    # The office finds the draft, publishes it, and makes what it promises a commitment of the leader.
    go(office, "Việc của tôi")
    show_all(office)
    office.get_by_role("link", name=re.compile("Cống Bà Thìn")).click()
    press(office, "Đăng câu trả lời")
    says(office, "Đã đăng câu trả lời, Nhân dân đọc được ngay.")
    axe(office)
    office.get_by_role("link", name="Lập cam kết", exact=True).first.click()
    box(office, "Kết quả sẽ có").fill("Cống Bà Thìn mới, rộng 80 phân, xe máy đi qua được.")
    box(office, "Người chịu trách nhiệm").select_option(label="Trịnh Thị Thu Hà (Phó Bí thư Đảng ủy, Chủ tịch UBND xã)")
    press(office, "Lập cam kết")
    says(office, "Hãy chọn thời hạn hoàn thành.")
    expect(box(office, "Kết quả sẽ có")).to_have_value(re.compile("rộng 80 phân"))
    axe(office)
    box(office, "Thời hạn").fill(working_day(30).isoformat())
    press(office, "Lập cam kết")
    says(office, "Đã lập cam kết, hạn ngày")
    axe(office)

    # The leader sees it on the phone, reports, asks for more time, and reports it done; but confirms nothing alone.
    leader = person(LEADER, width=360)
    leader.goto("/office/work")
    axe(leader)
    show_all(leader)
    leader.get_by_role("link", name=re.compile("Cống Bà Thìn mới")).click()
    axe(leader)
    box(leader, "Đã làm được gì").fill("Đã đặt ống cống, thợ đến ngày mai.")
    press(leader, "Ghi tiến độ")
    says(leader, "Đã ghi tiến độ. Nhân dân đọc được ngay.")
    leader.locator("summary").filter(has_text="Xin gia hạn").click()
    box(leader, "Xin gia hạn đến ngày").fill(in_days(20).isoformat())
    box(leader, "Vì sao cần thêm thời gian").fill("Mưa lớn, nước suối còn cao.")
    press(leader, "Gửi đề nghị")
    says(leader, "Thời hạn mới phải sau thời hạn hiện nay.")
    expect(box(leader, "Vì sao cần thêm thời gian")).to_have_value("Mưa lớn, nước suối còn cao.")
    axe(leader)
    box(leader, "Xin gia hạn đến ngày").fill(working_day(45).isoformat())
    press(leader, "Gửi đề nghị")
    says(leader, "Khi chưa có quyết định, thời hạn cũ vẫn tính.")
    axe(leader)
    promise = leader.url

    # Nobody stands above the head of the commune: the office writes down that it was granted.
    office.goto(promise)
    office.get_by_role("link", name="Xem đề nghị").click()
    axe(office)
    press(office.locator("#grant-form"), "Đồng ý")
    says(office, "Đã đồng ý. Từ nay tính theo thời hạn mới.")
    leader.goto(promise)
    expect(leader.locator("#facts")).to_contain_text(read_day(working_day(30)))
    expect(leader.locator("#facts")).to_contain_text(read_day(working_day(45)))
    leader.locator("summary").filter(has_text="Báo cáo đã xong").click()
    done = leader.locator("#done-form")
    box(done, "Bây giờ đã có gì").fill("Cống mới đã thông, xe máy qua lại được từ hôm nay.")
    box(done, "Một câu gửi người hỏi").fill("Cống đã thông, cảm ơn bác đã nhắc xã.")
    press(done, "Báo cáo xong")
    expect(leader.locator(".error-summary")).to_be_visible()  # without anything to show for it
    box(done, "Số quyết định").fill("45/QĐ-UBND")
    press(done, "Báo cáo xong")
    says(leader, "Đã báo cáo xong.")
    expect(leader.locator("#verdict-form")).to_have_count(0)
    axe(leader)

    # The front goes there, looks, and confirms.
    overseer = person(OVERSEER)
    overseer.goto(promise)
    axe(overseer)
    tick(overseer, "Đã xong").check()
    box(overseer, "Bạn đã thấy hoặc nghe gì").fill("Ban công tác Mặt trận thôn đã đến xem, cống thông.")
    press(overseer, "Gửi ý kiến")
    says(overseer, "Cảm ơn")
    expect(overseer.locator("#facts")).to_contain_text("Đã xác nhận xong")
    axe(overseer)

    # The asker reads all of it under the code, and everybody on the public pages; nobody reads the neighbour's name.
    resident.goto(f"/q/{code}")
    main = resident.locator("main")
    for words in (redacted, question, answer, "Cống Bà Thìn mới", "Đã xác nhận xong"):
        expect(main).to_contain_text(words)
    axe(resident)
    resident.goto("/")
    go(resident, "Câu hỏi")
    box(resident, "Từ cần tìm").fill("cong ba thin")
    press(resident, "Lọc")
    expect(main.locator("article.question")).to_have_count(1)
    for words in (redacted, answer, "Trần Thị Thử", "Đinh Thị Lệ"):
        expect(main).to_contain_text(words)
    expect(main).not_to_contain_text("Vũ Văn Thử")
    axe(resident)
    resident.get_by_role("link", name=re.compile("Cống Bà Thìn mới")).click()
    for words in ("Mưa lớn", "xe máy qua lại được", "Ban công tác Mặt trận", "Đã xác nhận xong"):
        expect(main).to_contain_text(words)
    axe(resident)

    # She takes the consent for her name back, and in the end the whole question.
    resident.goto(f"/q/{code}")
    consent = "Được ghi họ tên tôi bên cạnh câu hỏi khi công khai"
    resident.get_by_role("button", name=f"Rút lại: {consent}").click()
    says(resident, "Đã lưu: ông/bà không cho phép việc này nữa.")
    expect(resident.get_by_role("button", name=f"Cho phép: {consent}")).to_be_visible()
    axe(resident)
    resident.goto("/minh-tam/questions?q=cong+ba+thin")
    expect(main).to_contain_text(redacted)
    expect(main).not_to_contain_text("Trần Thị Thử")
    resident.goto(f"/q/{code}")
    press(resident, "Rút câu hỏi")
    axe(resident)
    press(resident, "Rút câu hỏi")
    says(resident, "Câu hỏi đã được rút. Không ai đọc được trên trang công khai nữa.")
    axe(resident)
    resident.goto("/minh-tam/questions?q=cong+ba+thin")
    expect(main.locator("article.question")).to_have_count(0)


def test_a_clerk_enters_paper_questions_by_keyboard_alone(person: Person, axe: Check) -> None:
    page = person(OFFICE)
    keys = page.keyboard
    go(page, "Nhập câu hỏi")
    text = box(page, "Câu hỏi, theo đúng lời người hỏi")
    expect(text).to_be_focused()
    axe(page)

    def goto(label: str, back: bool = False) -> None:
        """Tab until the control with this label has the focus."""
        for _ in range(25):
            if box(page, label).evaluate("control => control === document.activeElement"):
                return
            keys.press("Shift+Tab" if back else "Tab")
        raise AssertionError(f"the keyboard does not reach {label}")

    def choose(label: str, choice: str) -> None:
        """Arrow down until the list shows this choice."""
        for _ in range(20):
            if box(page, label).locator("option:checked").inner_text() == choice:
                return
            keys.press("ArrowDown")
        raise AssertionError(f"{label} does not offer {choice}")

    keys.type("Đèn đường ngõ 4 hỏng bốn bóng, tối đi lại sợ lắm.")
    goto("Kênh tiếp nhận", back=True)
    choose("Kênh tiếp nhận", "Phiếu giấy")
    goto("Lĩnh vực")
    choose("Lĩnh vực", "Điện, chiếu sáng")
    goto("Thôn, tổ dân phố")
    choose("Thôn, tổ dân phố", "Thôn Phú Hạ")
    goto("Tên")
    keys.type("Lê Văn Thử")
    goto("Văn phòng được gọi điện hoặc đến gặp tôi để hỏi rõ thêm")
    keys.press("Space")
    keys.press("Control+Enter")
    says(page, "Xin ghi số điện thoại hoặc thư điện tử, hoặc bỏ dấu chọn này.")
    expect(text).to_have_value(re.compile("ngõ 4"))
    axe(page)
    goto("Số điện thoại")
    keys.type("0900 000 179")
    goto("Người hỏi đồng ý")
    choose("Người hỏi đồng ý", "trên giấy")
    keys.press("Control+Enter")
    says(page, "Đã lưu. Mã tra cứu:")
    code = page.locator(".flash .code").inner_text().strip()
    axe(page)

    # The form is ready for the next one of the same pile, and the receipt is one step away.
    expect(text).to_be_focused()
    expect(text).to_have_value("")
    expect(box(page, "Kênh tiếp nhận").locator("option:checked")).to_have_text("Phiếu giấy")
    expect(box(page, "Thôn, tổ dân phố").locator("option:checked")).to_have_text("Thôn Phú Hạ")
    expect(box(page, "Tên")).to_have_value("")
    page.get_by_role("link", name="In giấy biên nhận").focus()
    keys.press("Enter")
    assert code_on(page) == code
    axe(page)
    page.emulate_media(media="print")
    expect(page.locator(".code-display")).to_be_visible()
    expect(page.locator(".office-menu")).to_be_hidden()
    page.emulate_media(media="screen")
    page.evaluate("window.print = () => { document.title = 'printed' }")
    press(page, "In")
    expect(page).to_have_title("printed")
    page.goto(f"/q/{code}")
    expect(page.locator("main")).to_contain_text("ngõ 4")
    expect(page.locator("main")).to_contain_text("Phiếu giấy")


def test_a_pile_of_papers_takes_three_keys_beside_the_words(person: Person, live: Live) -> None:
    """The code of the form once; then Tab and the letter of the field, if it is another one, and Ctrl+Enter."""
    from dialogues import codes
    from dialogues.extensions import db
    from dialogues.places.models import Village
    from dialogues.schedule.models import Dialogue

    with live.app.app_context():
        village = db.session.query(Village).filter_by(name="Phú Hạ").one()
        of_all = db.session.query(Dialogue).filter(Dialogue.state == "announced", ~Dialogue.villages.any())
        code = codes.form_code(of_all.order_by(Dialogue.starts_at).first().code, village.id)
    page = person(OFFICE)
    page.goto("/office/questions/new?way=pile")
    page.keyboard.type(code)
    page.keyboard.press("Enter")
    text, field = box(page, "Câu hỏi, theo đúng lời người hỏi"), box(page, "Lĩnh vực")
    for number, (words, key, chosen) in enumerate(
        [
            ("Cống đầu xóm tắc từ sau bão.", "d", "D. Thủy lợi, thoát nước"),
            ("Mương trước đình cũng tắc.", "", "D. Thủy lợi, thoát nước"),
            ("Sổ đỏ nộp ba tháng chưa có.", "a", "A. Đất đai"),
            ("Loa cụm 2 rè, không nghe rõ.", "l", "L. Truyền thanh, thông tin"),
        ],
        1,
    ):
        expect(text).to_be_focused()
        page.keyboard.insert_text(words)
        if key:
            page.keyboard.press("Tab")
            page.keyboard.press(key)
        page.keyboard.press("Control+Enter")
        expect(page.locator(".pile-line")).to_contain_text(f"Đã nhập {number} phiếu, phiếu cuối: “{words}”")
        expect(field.locator("option:checked")).to_have_text(chosen)
    expect(box(page, "Thôn, tổ dân phố").locator("option:checked")).to_have_text("Thôn Phú Hạ")
