"""The announcement kit: every text from the facts of one dialogue, made anew at each request. Pure.

These texts are papers of a Vietnamese commune for its residents: they are Vietnamese in every language of the page.
"""

from dataclasses import dataclass
from datetime import datetime

from dialogues import formatting
from dialogues.papers.rules import Occasion
from dialogues.papers.spoken import written_out

ZALO_MOST = 2000
SPOKEN_HOW_MOST, POSTER_HOW_MOST, POSTER_VILLAGES_MOST = 300, 260, 8


@dataclass(frozen=True)
class Facts:
    """What is announced. Times are wall times of the commune; names and topics are Vietnamese."""

    commune: str
    """`xã Minh Tâm`."""
    title: str
    occasion: Occasion
    starts_at: datetime
    ends_at: datetime
    deadline_at: datetime | None
    place: str
    address: str
    online_link: str
    is_online: bool
    topics: tuple[str, ...]
    villages: tuple[str, ...]
    purpose: str
    how_to_attend: str
    hotline: str
    chair: str
    co_chair: str
    partner: str
    reason: str
    code: str
    page_url: str
    ask_url: str
    feed_page_url: str

    @property
    def weekday(self) -> str:
        return formatting.weekday(self.starts_at.date())

    @property
    def body(self) -> str:
        """`Ủy ban nhân dân xã Minh Tâm`."""
        return f"Ủy ban nhân dân {self.commune}"

    @property
    def is_on(self) -> bool:
        """Neither postponed nor cancelled."""
        return self.occasion in (Occasion.NEW, Occasion.CHANGED)


def sentence_case(text: str) -> str:
    """With a capital at the beginning."""
    return text[:1].upper() + text[1:]


def short_address(url: str) -> str:
    """Without https://: phones make a link of it too, and it is eight letters shorter."""
    return url.removeprefix("https://")


def _ended(text: str) -> str:
    """With a full stop, unless it ends with a mark already."""
    text = text.rstrip()
    return text if text.endswith((".", "!", "?", "…", ":")) else f"{text}."


def hours(facts: Facts) -> str:
    """`từ 7 giờ 30 đến 11 giờ 30`."""
    return f"từ {formatting.clock_time(facts.starts_at)} đến {formatting.clock_time(facts.ends_at)}"


def day(facts: Facts) -> str:
    """`thứ Bảy, ngày 12/12/2026`."""
    return f"{facts.weekday}, ngày {formatting.short_date(facts.starts_at.date())}"


def _spoken_day(at: datetime) -> str:
    return f"{formatting.weekday(at.date())}, ngày {at.day} tháng {at.month} năm {at.year}"


def where(facts: Facts) -> str:
    """`Hội trường UBND xã, Thôn Cầu Đá`; for an online one that it is online."""
    if facts.is_online:
        return "Họp trực tuyến"
    both = ", ".join(dict.fromkeys(part for part in (facts.place, facts.address) if part))
    return f"{both}; có thể dự trực tuyến" if facts.online_link else both


def who(facts: Facts) -> str:
    """For whom it is."""
    if not facts.villages:
        return f"Toàn thể Nhân dân {facts.commune}"
    return "Nhân dân " + ", ".join(facts.villages)


def deadline(facts: Facts) -> str:
    """`17 giờ, thứ Hai, ngày 07/12/2026`; "" when questions are taken until it begins."""
    at = facts.deadline_at
    if at is None:
        return ""
    return f"{formatting.clock_time(at)}, {formatting.weekday(at.date())}, ngày {formatting.short_date(at.date())}"


def _topics(facts: Facts) -> str:
    return "; ".join(topic[:1].lower() + topic[1:] if topic[1:2].islower() else topic for topic in facts.topics)


HEADLINES = {
    Occasion.NEW: "Mời bà con dự đối thoại",
    Occasion.CHANGED: "Thay đổi lịch đối thoại",
    Occasion.POSTPONED: "Hoãn buổi đối thoại",
    Occasion.CANCELLED: "Không tổ chức buổi đối thoại",
}
REPLACES = "Lịch này thay cho lịch đã báo trước đây."
LATER = "Ngày mới sẽ được thông báo sau. Câu hỏi của bà con vẫn được tiếp nhận."


def _off(facts: Facts) -> list[str]:
    """What a postponed or cancelled dialogue has to say."""
    verb = "hoãn" if facts.occasion is Occasion.POSTPONED else "không tổ chức"
    lines = [f"{facts.body} {verb} buổi đối thoại đã báo {hours(facts)}, {day(facts)}."]
    if facts.reason:
        lines.append(_ended(f"Lý do: {facts.reason}"))
    if facts.occasion is Occasion.POSTPONED:
        lines.append(LATER)
    return [*lines, "Xin bà con thông cảm và báo cho nhau cùng biết."]


def notice(facts: Facts) -> str:
    """The full announcement: for boards, the commune's website, the press. All four parts that R4 asks for."""
    if not facts.is_on:
        return "\n".join(["THÔNG BÁO", f"Về việc: {facts.title}", "", *_off(facts), "", *_contact(facts)])
    lines = ["THÔNG BÁO", f"Về việc: {facts.title}", ""]
    if facts.occasion is Occasion.CHANGED:
        lines += [REPLACES, ""]
    with_whom = f" phối hợp với {facts.partner}" if facts.partner else ""
    lines += [f"{facts.body}{with_whom} tổ chức đối thoại với Nhân dân, cụ thể như sau:", ""]
    lines.append(f"1. Thời gian: {hours(facts)}, {day(facts)}.")
    lines.append(_ended(f"2. Địa điểm: {where(facts)}"))
    if facts.online_link:
        lines.append(f"   Đường dẫn dự trực tuyến: {facts.online_link}")
    lines.append(_ended(f"3. Nội dung: {_topics(facts) or facts.title}"))
    if facts.purpose:
        lines.append(f"   {_ended(facts.purpose)}")
    lines.append(_ended(f"4. Thành phần: {who(facts)}"))
    chairs = ", ".join(part for part in (facts.chair, facts.co_chair) if part)
    if chairs:
        lines.append(_ended(f"   Chủ trì: {chairs}"))
    lines.append(_ended(f"5. Cách tham dự: {facts.how_to_attend or 'ai cũng được vào, không cần giấy mời'}"))
    until = f" trước {deadline(facts)}" if facts.deadline_at else ""
    lines += [
        f"6. Gửi câu hỏi{until}: ghi phiếu gửi trưởng thôn, nộp tại trụ sở, hoặc gửi tại trang",
        f"   {facts.ask_url}",
        "",
        *_contact(facts),
    ]
    return "\n".join(lines)


def _contact(facts: Facts) -> list[str]:
    return [f"Xem chi tiết: {facts.page_url}", *([f"Điện thoại: {facts.hotline}"] if facts.hotline else [])]


def zalo(facts: Facts) -> str:
    """For Zalo groups: short lines that are read on a phone; at most ZALO_MOST characters, facts left out whole."""
    if not facts.is_on:
        return "\n".join([HEADLINES[facts.occasion].upper(), *_off(facts), f"Xem: {facts.page_url}"])
    lines = [HEADLINES[facts.occasion].upper(), facts.title]
    if facts.occasion is Occasion.CHANGED:
        lines.append(REPLACES)
    lines += ["", f"- Khi nào: {hours(facts)}, {day(facts)}", f"- Ở đâu: {where(facts)}"]
    if facts.topics:
        lines.append(f"- Nội dung: {_topics(facts)}")
    who_line, how_line = f"- Mời: {who(facts)}", f"- Cách dự: {facts.how_to_attend}"
    until = f" (trước {deadline(facts)})" if facts.deadline_at else ""
    last = ["", f"Bà con gửi câu hỏi{until} tại: {facts.ask_url}", f"Xem chi tiết: {facts.page_url}"]
    if facts.hotline:
        last.append(f"Cần hỏi, xin gọi {facts.hotline}.")
    for optional in (who_line, how_line if facts.how_to_attend else ""):
        if optional and len("\n".join([*lines, optional, *last])) <= ZALO_MOST:
            lines.append(optional)
    return "\n".join([*lines, *last])


def _in_rows(names: tuple[str, ...], size: int) -> list[str]:
    return [", ".join(names[start : start + size]) for start in range(0, len(names), size)]


def loudspeaker(facts: Facts) -> str:
    """What is read at the microphone: a short sentence a line, no links, no short forms, time and place said twice."""
    at = facts.starts_at
    when = f"{formatting.clock_time(at)}, {_spoken_day(at)}"
    lines = [f"Kính thưa toàn thể Nhân dân {facts.commune}."]
    if not facts.is_on:
        verb = "hoãn" if facts.occasion is Occasion.POSTPONED else "không tổ chức"
        core = [f"{facts.body} {verb} buổi đối thoại với Nhân dân.", f"Lịch đã báo là {when}."]
        lines += core
        if facts.reason:
            lines.append(_ended(f"Lý do: {facts.reason}"))
        if facts.occasion is Occasion.POSTPONED:
            lines += ["Ngày mới sẽ được thông báo sau.", "Câu hỏi của bà con vẫn được tiếp nhận."]
        lines += [*_call(facts), "Xin nhắc lại.", *core, "Xin cảm ơn bà con đã lắng nghe."]
        return written_out("\n".join(lines))
    lines.append(f"{facts.body} trân trọng mời bà con dự buổi đối thoại.")
    if facts.occasion is Occasion.CHANGED:
        lines.append("Lịch sau đây thay cho lịch đã báo trước.")
    core = [f"Thời gian: {when}.", _ended(f"Địa điểm: {where(facts)}")]
    lines += [_ended(f"Tên buổi đối thoại: {facts.title}"), *core]
    for row in _in_rows(facts.villages, 6):
        lines.append(_ended(f"Xin mời bà con {row}"))
    topics = tuple(topic[:1].lower() + topic[1:] for topic in facts.topics)
    for number, row in enumerate(_in_rows(topics, 4)):
        lines.append(_ended(f"{'Ngoài ra còn có' if number else 'Nội dung đối thoại'}: {row}"))
    if facts.how_to_attend and len(facts.how_to_attend) <= SPOKEN_HOW_MOST:
        lines += [_ended(part) for part in _sentences(facts.how_to_attend)]
    elif not facts.how_to_attend:
        lines.append("Ai cũng được vào, không cần giấy mời.")
    else:
        lines.append("Cách tham dự, xin hỏi trưởng thôn hoặc Ủy ban.")
    lines.append("Bà con có thể gửi câu hỏi trước qua trưởng thôn hoặc tại trụ sở Ủy ban.")
    if facts.deadline_at:
        lines.append(f"Hạn gửi câu hỏi: {formatting.clock_time(facts.deadline_at)}, {_spoken_day(facts.deadline_at)}.")
    lines += [
        *_call(facts),
        "Xin nhắc lại.",
        *core,
        "Rất mong bà con đến dự đông đủ.",
        "Xin cảm ơn bà con đã lắng nghe.",
    ]
    return written_out("\n".join(lines))


def _call(facts: Facts) -> list[str]:
    return [f"Cần hỏi thêm, xin gọi số {facts.hotline}."] if facts.hotline else []


def _sentences(text: str) -> list[str]:
    """Free text one sentence a piece."""
    found: list[str] = []
    for line in text.split("\n"):
        found += [
            part for part in line.replace("! ", "!\n").replace("? ", "?\n").replace(". ", ".\n").split("\n") if part
        ]
    return found


@dataclass(frozen=True)
class Poster:
    """What stands on the poster. `size` is "", "is-full" or "is-crowded": longer facts, smaller letters."""

    headline: str
    title: str
    replaces: str
    hours: str
    day: str
    place: str
    address: str
    who: str
    topics: str
    how: str
    deadline: str
    reason: str
    size: str


def poster(facts: Facts) -> Poster:
    """The facts as a poster has room for them; what is left out whole stands on the page behind the QR."""
    many = len(facts.villages) > POSTER_VILLAGES_MOST
    whom = f"Nhân dân {len(facts.villages)} thôn, tổ dân phố (tên ở trang của mã QR)" if many else who(facts)
    how = facts.how_to_attend or "Ai cũng được vào, không cần giấy mời."
    how = how if len(how) <= POSTER_HOW_MOST else "Xem ở trang của mã QR, hoặc hỏi trưởng thôn."
    reason = facts.reason if len(facts.reason) <= POSTER_HOW_MOST else ""
    later = LATER if facts.occasion is Occasion.POSTPONED else ""
    shown = (facts.title, facts.place, facts.address, whom, _topics(facts), how if facts.is_on else f"{reason}{later}")
    weight = sum(len(part) for part in shown)
    return Poster(
        headline=HEADLINES[facts.occasion],
        title=facts.title,
        replaces=REPLACES if facts.occasion is Occasion.CHANGED else "",
        hours=hours(facts),
        day=day(facts),
        place="Họp trực tuyến" if facts.is_online else facts.place,
        address="" if facts.is_online else facts.address,
        who=whom if facts.is_on else "",
        topics=_topics(facts) if facts.is_on else "",
        how=how if facts.is_on else later,
        deadline=deadline(facts) if facts.is_on else "",
        reason=reason,
        size="" if weight <= 420 else "is-full" if weight <= 750 else "is-crowded",
    )
