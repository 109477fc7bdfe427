"""From the year plan to the third mail: a round, its invitations and the news, with a real mail server and calendar."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from email.message import EmailMessage
from time import monotonic
from typing import Any

import pytest
from dateutil.relativedelta import relativedelta
from icalendar import Calendar
from playwright.sync_api import Locator, Page, expect

from dialogues import clock
from dialogues.places.days import HOLIDAYS
from tests.browser.hands import box, go, press, says, tick
from tests.browser.live import Live, serving
from tests.post.mailbox import Mailbox

pytestmark = pytest.mark.usefixtures("quick_hands", "wall")

Check = Callable[[Page], None]
Open = Callable[..., Page]
SignIn = Callable[[Page, str], Page]
NewMails = Callable[[], list[EmailMessage]]

LEADER = "Trịnh Thị Thu Hà, Phó Bí thư Đảng ủy, Chủ tịch UBND xã"


class Wall:
    """The clock on the wall of the commune: it runs, and only these tests put it forward."""

    def __init__(self, at: datetime) -> None:
        self.at, self.since = at, monotonic()

    def now(self) -> datetime:
        return self.at + timedelta(seconds=monotonic() - self.since)

    def goes_on(self, **time: float) -> None:
        self.at += timedelta(**time)


@pytest.fixture(scope="module")
def wall() -> Iterator[Wall]:
    """It is nine in the morning of the next Monday to Thursday: no quiet hour is near."""
    day = clock.today() + timedelta(days=1)
    while day.weekday() > 3 or near_day(day) is None:
        day += timedelta(days=1)
    found = Wall(clock.instant(datetime.combine(day, time(9))))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "now", found.now)
        yield found


@pytest.fixture(scope="module")
def post() -> Iterator[Mailbox]:
    with Mailbox() as found:
        yield found


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory, post: Mailbox) -> Iterator[Live]:
    """A server of its own, which sends mail."""
    with serving(tmp_path_factory.mktemp("post"), SMTP_URL=post.url) as running:
        yield running


def run(live: Live, *command: str, typed: bytes = b"") -> None:
    """`flask --app wsgi COMMAND` with this on standard input."""
    with live.app.app_context():
        done = live.app.test_cli_runner().invoke(args=command, input=typed)
    assert done.exit_code == 0, f"{done.output} {done.exception!r}"


@pytest.fixture
def new_mails(live: Live, post: Mailbox) -> NewMails:
    """new_mails(): send what is due now; the mails that came by it."""

    def deliver() -> list[EmailMessage]:
        before = len(post.mails)
        run(live, "deliver", "--once")
        return post.mails[before:]

    return deliver


def event_in(mail: EmailMessage) -> tuple[str, Any]:
    """METHOD and VEVENT of the calendar part of a mail."""
    [part] = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    calendar = Calendar.from_ical(part.get_content())
    [event] = calendar.walk("VEVENT")
    assert part["Content-Type"].params["method"] == calendar["METHOD"]
    return str(calendar["METHOD"]), event


def reader_of(mail: EmailMessage) -> str:
    return str(mail["To"].addresses[0].addr_spec)


def invitations(mails: list[EmailMessage]) -> dict[str, EmailMessage]:
    """Those with a calendar part, by their one guest; readers of the news get the other ones."""
    theirs = [mail for mail in mails if mail.get_content_type() == "multipart/mixed"]
    found = {reader_of(mail): mail for mail in theirs}
    assert len(found) == len(theirs), "a guest got two mails about one thing"
    return found


def words_of(mail: EmailMessage) -> str:
    return mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]


def link_in(mail: EmailMessage, below: str) -> str:
    """The address in the mail that begins so."""
    return re.search(rf"http://[^/\s]+({re.escape(below)}\S+)", words_of(mail))[1]  # type: ignore[index]


def choose(where: Page | Locator, label: str, choice: str) -> None:
    box(where, label).select_option(label=choice)


def near_day(today: date) -> date | None:
    """A day in less than a week that every month has, and no holiday."""
    days = (today + timedelta(days) for days in (5, 4, 3, 6, 2, 1))
    return next((day for day in days if day.day <= 28 and day not in HOLIDAYS), None)


def save(page: Page, button: str, done: str) -> None:
    """Press the button; once more where the page says first what speaks against the day."""
    press(page, button)
    saved, warned = page.locator(".flash", has_text=done), page.get_by_text("Chưa lưu gì cả")
    expect(saved.or_(warned).first).to_be_visible()
    if warned.count():
        page.locator("main form[method=post] button[type=submit]").last.click()
    says(page, done)


def calendar_reply(mail: EmailMessage, address: str, answer: str) -> bytes:
    """What a calendar program sends when somebody presses Accept, Decline or Tentative."""
    _method, event = event_in(mail)
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Example//Phone//EN", "METHOD:REPLY", "BEGIN:VEVENT",
        f"UID:{event['UID']}", f"SEQUENCE:{event['SEQUENCE']}", f"DTSTAMP:{clock.now():%Y%m%dT%H%M%SZ}",
        f"DTSTART:{event['DTSTART'].dt.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"ORGANIZER:{event['ORGANIZER']}", f"ATTENDEE;PARTSTAT={answer}:mailto:{address}",
        "END:VEVENT", "END:VCALENDAR",
    ]  # fmt: skip
    head = (
        f"From: {address}\r\nTo: {mail['Reply-To'] or mail['From']}\r\nSubject: {answer}\r\n"
        f"In-Reply-To: {mail['Message-ID']}\r\nMIME-Version: 1.0\r\n"
        'Content-Type: text/calendar; method=REPLY; charset="utf-8"\r\n\r\n'
    )
    return (head + "\r\n".join(lines) + "\r\n").encode()


def test_a_round_is_planned_announced_and_its_guests_follow_every_change(
    live: Live, wall: Wall, open_page: Open, signed_in: SignIn, axe: Check, new_mails: NewMails
) -> None:
    page = signed_in(open_page(1280), "office")
    first = near_day(clock.today())
    assert first
    second = first + relativedelta(months=3)

    # A day off of the commune, and a series in plain words whose second date falls on it.
    go(page, "Hôm nay")
    press(page, "Ngày nghỉ")
    box(page, "Ngày đầu").fill(second.isoformat())
    tick(page, "Ngày nghỉ").check()
    box(page, "Lý do").fill("Lễ hội xuống đồng")
    press(page, "Thêm")
    go(page, "Kế hoạch năm")
    press(page, "Thêm chuỗi định kỳ")
    title = "Đối thoại định kỳ với Nhân dân các thôn"
    box(page, "Tên buổi đối thoại").fill(title)
    tick(page, "Cách đều vài tháng một lần").check()
    choose(page, "Khoảng cách", "3 tháng một lần")
    box(page, "Ngày đầu").fill(first.isoformat())
    box(page, "Bắt đầu").fill("14:00")
    box(page, "Kết thúc").fill("16:30")
    choose(page, "Chủ trì", LEADER)
    tick(page, "Nước sạch").check()
    press(page, "Xem các ngày")
    dates = page.locator("#dates li:has(> time), #dates .plan-days > li")
    expect(dates.nth(1)).to_contain_text("Ngày lễ")
    expect(dates.nth(0)).not_to_contain_text("Ngày lễ")
    axe(page)
    save(page, "Lưu chuỗi định kỳ", "Đã lưu chuỗi và lập kế hoạch các đợt trong 18 tháng tới.")
    axe(page)

    # Its first round, in two village clusters.
    page.locator("main tbody a, main .plan-days a").first.click()
    axe(page)
    press(page, "Mở đợt đối thoại")
    choose(page, "Chia theo thôn", "Theo số cử tri")
    choose(page, "Số buổi đối thoại", "2")
    press(page, "Đề xuất")
    for number, place in (("1", "Nhà văn hóa thôn Bãi"), ("2", "Nhà văn hóa thôn Đồng")):
        part = page.get_by_role("group", name=f"Buổi {number}", exact=True)
        box(part, "Địa điểm").fill(place)
        choose(part, "Chủ trì", LEADER)
    box(page.get_by_role("group", name="Buổi 2", exact=True), "Bắt đầu").fill("17:00")
    box(page.get_by_role("group", name="Buổi 2", exact=True), "Kết thúc").fill("19:00")
    axe(page)
    save(page, "Tạo các buổi đối thoại", "Đã tạo 2 buổi đối thoại đang chuẩn bị.")
    expect(page.locator("main tbody th a")).to_have_count(2)
    axe(page)

    # The first of them is announced late, with the reason.
    page.locator("main tbody th a").first.click()
    press(page, "Sửa")
    box(page, "Mục đích, nội dung").fill("Nghe ý kiến về nước sạch.")
    box(page, "Cách tham gia").fill("Ai cũng vào được, không phải đăng ký.")
    save(page, "Lưu", "Đã lưu phần sửa.")
    dialogue = page.url.split("#")[0]
    press(page, "Thông báo")
    for reason in page.locator("main textarea").all():
        reason.fill("Chủ tịch xã đi họp tỉnh cả tuần sau.")
    press(page, "Thông báo ngay")
    says(page, "Đã thông báo buổi đối thoại.")
    expect(page.locator("#step-announce")).to_have_class(re.compile("is-late"))
    axe(page)

    # The kit: a poster with its code, a use recorded as proof, the certificate.
    press(page, "Bộ tài liệu thông báo")
    axe(page)
    kit = page.url
    press(page, "Áp phích A4")
    expect(page.locator(".sheet .qr").first).to_be_visible()
    expect(page.locator(".sheet")).to_contain_text("Nhà văn hóa thôn Bãi")
    wall.goes_on(minutes=30)
    page.goto(kit)
    choose(page, "Báo ở đâu", "Loa truyền thanh")
    box(page, "Người thực hiện").fill("Đài truyền thanh xã")
    box(page, "Ghi chú").fill("Loa thôn Bãi, đọc hai lượt.")
    page.locator("#record").get_by_role("button", name="Ghi nhận", exact=True).click()
    expect(page.locator("#uses tbody tr")).to_contain_text("Loa thôn Bãi, đọc hai lượt.")
    axe(page)
    page.get_by_role("link", name="Giấy xác nhận đã thông báo").click()
    expect(page.locator(".certificate")).to_contain_text("Loa truyền thanh")

    # Guests: the people of the commune who lead it, one from outside with an address, one without.
    page.goto(dialogue)
    press(page, "Mời khách")
    press(page, "Cán bộ của địa phương")
    axe(page)
    press(page, "Thêm vào danh sách")
    for name, body, email in (
        ("Phạm Thị Khách", "Công ty Nước sạch", "khach@nuoc-sach.example"),
        ("Đỗ Văn Giấy", "Ban công tác Mặt trận thôn Bãi", ""),
    ):
        press(page, "Thêm một khách")
        box(page, "Họ tên hoặc tên cơ quan").fill(name)
        box(page, "Cơ quan, phòng ban, thôn").fill(body)
        box(page, "Thư điện tử").fill(email)
        press(page, "Thêm vào danh sách")
    guests = page.url.split("?")[0].split("#")[0]
    press(page, "Gửi thư mời")
    axe(page)
    page.get_by_role("button", name=re.compile(r"Gửi \d+ thư mời")).click()
    expect(page.locator("main table")).to_contain_text("Đỗ Văn Giấy")
    axe(page)
    page.get_by_role("link", name="In giấy mời của Đỗ Văn Giấy").click()
    expect(page.locator("main")).to_contain_text("Nhà văn hóa thôn Bãi")

    # The worker delivers; each mail is an invitation that names its own reader only.
    guest, leader = "khach@nuoc-sach.example", live.account("leader")
    mails = invitations(new_mails())
    assert {guest, leader} <= set(mails)
    events = {}
    for address, mail in mails.items():
        method, event = event_in(mail)
        assert (method, str(event["ATTENDEE"]).lower()) == ("REQUEST", f"mailto:{address}")
        events[address] = [event]
    assert events[guest][0]["DTSTART"].dt == clock.instant(datetime.combine(first, time(14)))
    assert "Nhà văn hóa thôn Bãi" in str(events[guest][0]["LOCATION"])
    assert new_mails() == []

    # The guest answers by the link, without JavaScript; opening the page alone answers nothing.
    phone = open_page(360, javascript=False)
    link = link_in(mails[guest], "/r/")
    phone.goto(link)
    page.goto(guests)
    row = page.locator("tbody tr", has_text="Phạm Thị Khách")
    expect(row).to_contain_text("Chưa trả lời")
    press(phone, "Gửi câu trả lời")
    says(phone, "Xin chọn có, không")
    tick(phone, "Có, tôi sẽ đến").check()
    box(phone, "Lời nhắn cho văn phòng").fill("Tôi đi cùng một kỹ sư.")
    press(phone, "Gửi câu trả lời")
    expect(phone.locator("main")).to_contain_text("Đã ghi nhận câu trả lời")
    page.reload()
    expect(row).to_contain_text("Sẽ đến")
    expect(row).to_contain_text("Tôi đi cùng một kỹ sư.")

    # The leader answers in the calendar program.
    run(live, "receive", "--stdin", typed=calendar_reply(mails[leader], leader, "ACCEPTED"))
    page.reload()
    expect(page.locator("tbody tr", has_text="Trịnh Thị Thu Hà")).to_contain_text("Sẽ đến")

    # Moved, and at once the place too: one mail says both; moved again: the next. Who said yes is asked anew.
    for days, place in ((12, "Hội trường UBND xã"), (19, "Nhà văn hóa thôn Đồng")):
        day = first + timedelta(days=days)
        for label, text in (("Ngày", day.isoformat()), ("Địa điểm", place)):
            page.goto(dialogue)
            press(page, "Sửa")
            box(page, label).first.fill(text)
            if label == "Ngày":
                box(page, "Hạn nhận câu hỏi").fill((day - timedelta(days=2)).isoformat())
            save(page, "Lưu", "Đã lưu phần sửa.")
        assert new_mails() == [], "a change waits some minutes for further ones"
        wall.goes_on(minutes=6)
        mails = invitations(new_mails())
        assert set(mails) == set(events)
        for address, mail in mails.items():
            method, event = event_in(mail)
            assert method == "REQUEST"
            assert clock.local(event["DTSTART"].dt).date() == day
            events[address].append(event)
        assert "→" in words_of(mails[guest])
        assert place in words_of(mails[guest])
    page.goto(guests)
    expect(row).to_contain_text("Chưa trả lời")
    page.goto(kit)
    expect(page.locator("#uses tbody tr")).to_have_class(re.compile("is-late"))

    # Cancelled: told at once.
    page.goto(dialogue)
    press(page, "Hủy buổi đối thoại")
    box(page, "Lý do").fill("Bão số 12 đổ bộ.")
    axe(page)
    press(page, "Hủy buổi đối thoại")
    mails = invitations(new_mails())
    assert set(mails) == set(events)
    for address, mail in mails.items():
        method, event = event_in(mail)
        assert (method, str(event["STATUS"])) == ("CANCEL", "CANCELLED")
        events[address].append(event)
    for chain in events.values():
        sequences = [int(event["SEQUENCE"]) for event in chain]
        assert sequences == sorted(set(sequences))
        assert len(sequences) == 4
        assert len({str(event["UID"]) for event in chain}) == 1
    phone.goto(link)
    expect(phone.get_by_role("button", name="Gửi câu trả lời")).to_have_count(0)
    expect(phone.locator("main")).to_contain_text("Bão số 12 đổ bộ.")


def test_a_resident_without_javascript_gets_the_news_and_ends_it(
    live: Live, wall: Wall, open_page: Open, signed_in: SignIn, axe: Check, new_mails: NewMails
) -> None:
    phone, reader = open_page(360, javascript=False), "ba.nam@nguoi-dan.example"
    wall.goes_on(minutes=6)
    new_mails()  # what others are told meanwhile
    phone.goto("/")
    press(phone, "Về buổi đối thoại này")
    phone.locator("main").get_by_role("link", name=re.compile("thư điện tử")).click()
    box(phone, "Địa chỉ thư điện tử của ông/bà").fill("ba.nam")
    press(phone, "Gửi tin cho tôi")
    expect(phone.locator(".error-summary")).to_be_visible()
    box(phone, "Địa chỉ thư điện tử của ông/bà").fill(reader)
    press(phone, "Gửi tin cho tôi")
    expect(phone.locator("main")).to_contain_text("Xin ông/bà mở hộp thư")
    [question] = new_mails()
    assert reader_of(question) == reader
    own = link_in(question, "/minh-tam/news/")

    # Before the address is confirmed it hears nothing; the page behind the link is not the confirmation yet.
    phone.goto(own)
    page = signed_in(open_page(1280), "office")
    page.goto("/office/dialogues?period=coming&state=announced")
    page.locator("tbody th a, tbody .text-cell a").first.click()
    dialogue = page.url

    def move(place: str) -> list[EmailMessage]:
        """What the reader gets when the dialogue goes there."""
        page.goto(dialogue)
        press(page, "Sửa")
        box(page, "Địa điểm").first.fill(place)
        save(page, "Lưu", "Đã lưu phần sửa.")
        wall.goes_on(minutes=6)
        return [mail for mail in new_mails() if reader_of(mail) == reader]

    assert move("Hội trường một") == []
    press(phone, "Có, gửi tin cho tôi")
    expect(phone.locator("main")).to_contain_text("Từ nay tin sẽ gửi đến ông/bà")

    [mail] = move("Hội trường hai")
    assert "Hội trường hai" in words_of(mail)
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

    # A mail program ends it with one click (RFC 8058): a POST without cookie or token.
    one_click = mail["List-Unsubscribe"].strip("<>")
    answer = open_page(360).request.post(one_click, form={"List-Unsubscribe": "One-Click"})
    assert answer.ok
    assert move("Hội trường ba") == []
    phone.goto(own)
    expect(phone.locator("main")).to_contain_text("Nhận tin qua thư điện tử")
    expect(phone.get_by_role("button", name="Thôi nhận tin và xóa địa chỉ của tôi")).to_have_count(0)
    expect(phone.locator("main")).not_to_contain_text(reader)


def test_today_leads_to_what_is_late_and_three_ticks_make_the_result_done(
    open_page: Open, signed_in: SignIn, axe: Check
) -> None:
    page = signed_in(open_page(1280), "office")
    go(page, "Hôm nay")
    axe(page)
    late = page.locator("#late")
    expect(late).to_be_visible()
    for href in [link.get_attribute("href") for link in page.locator("#late li a, #today li a, #week li a").all()]:
        assert page.request.get(href).ok, href
    duty = late.get_by_role("link", name="Công khai kết quả đủ ba cách").first
    address = duty.get_attribute("href")
    duty.click()
    assert page.url.endswith(address)
    line = page.locator("#line")
    result = line.locator("#step-result")
    expect(result).to_be_in_viewport()
    for number in range(3):
        ways = line.get_by_role("link", name=re.compile("(Trên phương tiện|Niêm yết|Gửi Trưởng thôn)"))
        if not ways.count():
            break
        ways.first.click()
        axe(page)
        press(page, "Đánh dấu đã xong")
        says(page, "Ghi")
        page.get_by_label("Minh chứng").fill(f"Văn bản số {number + 1}, trưởng thôn đã nhận.")
        press(page, "Đánh dấu đã xong")
    says(page, "Kết quả đã công khai đủ ba cách.")
    expect(result).to_contain_text("Làm trễ hạn")
    axe(page)
    go(page, "Hôm nay")
    expect(page.locator(f'a[href="{address}"]')).to_have_count(0)
