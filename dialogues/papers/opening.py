"""What is read out at the opening of a dialogue: the results of the last one, in short Vietnamese sentences. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from dialogues.papers.spoken import reading_seconds


@dataclass(frozen=True)
class Voice:
    """What askers, or an overseer, say of the report. `judgement`: a Judgement value; `by`: "" for askers whose names
    are not public."""

    judgement: str
    number: int
    by: str
    text: str
    on: date


@dataclass(frozen=True)
class Promise:
    """A promise as it is told. `state`: a CommitmentStage value; `said`: the last words of those who work on it, of
    whom and when; `reason`: why its day was moved last; `voices`: what others say of its report."""

    text: str
    responsible: str
    due_on: date
    first_due_on: date
    times_extended: int
    state: str
    is_reopened: bool
    is_asked_again: bool
    reason: str = ""
    reason_by: str = ""
    said: str = ""
    said_by: str = ""
    said_on: date | None = None
    voices: tuple[Voice, ...] = ()


@dataclass(frozen=True)
class Waiting:
    """A matter that was only noted, or that waits for the body `escalated_to`."""

    text: str
    escalated_to: str
    since: date


@dataclass(frozen=True)
class Numbers:
    """Of the last dialogue(s); `back`: promises of all earlier ones that come back, `back_late`: late ones of them."""

    promised: int
    done: int
    confirmed: int
    late: int
    at_work: int
    withdrawn: int
    back: int = 0
    back_late: int = 0


@dataclass(frozen=True)
class Part:
    """A heading and what is read under it, one matter after the other; each matter in sentences."""

    heading: str
    matters: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Reading:
    """The whole text, and how long it takes to read."""

    beginning: tuple[str, ...]
    parts: tuple[Part, ...]
    end: str

    @property
    def seconds(self) -> int:
        spoken = [*self.beginning, *(s for p in self.parts for s in (p.heading, *(t for m in p.matters for t in m)))]
        return reading_seconds(" ".join([*spoken, self.end]))

    @property
    def minutes(self) -> int:
        """Begun minutes."""
        return max(-(-self.seconds // 60), 1)


def reading(
    sessions: Sequence[datetime],
    numbers: Numbers,
    back: Sequence[Promise],
    waiting: Sequence[Waiting],
    done: Sequence[Promise],
    today: date,
    more: int = 0,
) -> Reading:
    """`sessions`: the days of the last dialogues; `more`: matters that are not told one by one."""
    late = [one for one in back if one.state == "overdue"]
    others = [one for one in back if one.state != "overdue"]
    parts = [
        _part("Những việc đã quá hạn", (_late(one, today) for one in late)),
        _part("Những việc đang làm, hoặc bà con hỏi lại", (_open(one) for one in others)),
        _part("Những việc mới ghi nhận hoặc chờ cấp trên", (_waiting(one, today) for one in waiting)),
        _part("Những việc đã làm xong", (_done(one) for one in done)),
    ]
    end = "Trên đây là kết quả những việc đã hứa. Việc nào bà con thấy chưa đúng, xin mời nói ngay tại đây."
    if more:
        end = f"Còn {more} việc nữa, có ghi đầy đủ trên trang đối thoại của xã. {end}"
    return Reading(_beginning(sessions, numbers), tuple(part for part in parts if part.matters), end)


def _part(heading: str, matters: Iterable[tuple[str, ...]]) -> Part:
    return Part(heading, tuple(matters))


def _beginning(sessions: Sequence[datetime], n: Numbers) -> tuple[str, ...]:
    if not sessions:
        return ("Kính thưa bà con. Đây là buổi đối thoại đầu tiên, nên chưa có việc nào hứa từ trước.",)
    days = " và ".join(f"ngày {_day(at)}" for at in sessions)
    greeting = "Kính thưa bà con. Trước hết xin báo cáo kết quả những việc đã hứa."
    of_all = f"Tính cả các buổi trước nữa, hôm nay nêu lại {n.back} việc, trong đó {n.back_late} việc quá hạn."
    again = (of_all,) if n.back else ()
    if not n.promised:
        return (greeting, f"Tại buổi đối thoại {days}, lãnh đạo chưa hứa việc nào.", *again)
    told = [f"Đã xong {n.done} việc, trong đó {n.confirmed} việc đã có người hỏi hoặc người giám sát xác nhận."]
    told += [f"Đang làm {n.at_work} việc."] if n.at_work else []
    told += [f"Quá hạn {n.late} việc, xin nhận lỗi với bà con."] if n.late else ["Không có việc nào quá hạn."]
    told += [f"Rút lại {n.withdrawn} việc."] if n.withdrawn else []
    return (greeting, f"Tại buổi đối thoại {days}, lãnh đạo đã hứa {n.promised} việc.", *told, *again)


def _late(one: Promise, today: date) -> tuple[str, ...]:
    days = (today - one.due_on).days
    moved = ""
    if one.times_extended:
        moved = f" Hạn đầu tiên là ngày {_day(one.first_due_on)}, đã gia hạn {one.times_extended} lần."
    reason = f"Lý do gia hạn, theo {one.reason_by}: {_ended(one.reason)}" if one.reason and one.reason_by else ""
    if not reason:
        reason = f"Lý do gia hạn: {_ended(one.reason)}" if one.reason else "Chưa có ai nêu lý do chậm."
    return _told(
        one, f"Hạn là ngày {_day(one.due_on)}, đến nay chậm {days} ngày.{moved}", reason, *_marks(one), *_said(one)
    )


def _open(one: Promise) -> tuple[str, ...]:
    if one.state in ("open", "in_progress"):
        begun = "Chưa bắt đầu." if one.state == "open" else "Đang làm."
        return _told(one, f"{begun} Hạn là ngày {_day(one.due_on)}.", *_marks(one), *_said(one))
    return _told(one, _done_as(one), *_marks(one), *_said(one))


def _done(one: Promise) -> tuple[str, ...]:
    return _told(one, _done_as(one), *_said(one))


def _done_as(one: Promise) -> str:
    return {
        "confirmed": "Đã có xác nhận là xong.",
        "not_objected": "Đã báo xong, sau ba mươi ngày không ai phản đối.",
    }.get(one.state, "Đã báo xong, chưa có ai xác nhận.")


def _waiting(one: Waiting, today: date) -> tuple[str, ...]:
    days = max((today - one.since).days, 0)
    if one.escalated_to:
        return (_ended(one.text), f"Đã chuyển {one.escalated_to} từ ngày {_day(one.since)}, chờ đã {days} ngày.")
    return (_ended(one.text), f"Mới ghi nhận từ ngày {_day(one.since)}, đã {days} ngày, chưa có ai hứa làm.")


def _told(one: Promise, *sentences: str) -> tuple[str, ...]:
    return (_ended(one.text), f"Người chịu trách nhiệm: {one.responsible}.", *sentences)


def _marks(one: Promise) -> tuple[str, ...]:
    reopened = ["Việc này đã báo xong một lần, nhưng chưa đúng nên mở lại."] if one.is_reopened else []
    return (*reopened, *(["Từ đó đến nay bà con đã hỏi lại việc này."] if one.is_asked_again else []))


def _said(one: Promise) -> tuple[str, ...]:
    voices = tuple(_heard(voice) for voice in one.voices)
    if not one.said or one.said == one.reason or one.said_on is None:
        return voices
    by = f"{one.said_by} cho biết" if one.said_by else "Có báo cáo"
    return (f"Ngày {_day(one.said_on)}, {by}: {_ended(one.said)}", *voices)


_HEARD = {"done": "xác nhận đã xong", "partly": "nói mới xong một phần", "not_done": "nói chưa xong"}


def _heard(voice: Voice) -> str:
    by = voice.by or ("người hỏi" if voice.number == 1 else f"{voice.number} người hỏi")
    told = f"Ngày {_day(voice.on)}, {by} {_HEARD[voice.judgement]}"
    if not voice.text:
        return f"{told}."
    of_many = f"{told}. Một người nói: " if voice.number > 1 else f"{told}: "
    return f"{of_many}{_ended(voice.text)}"


def _day(day: date) -> str:
    return f"{day.day}/{day.month}/{day.year}"


def _ended(text: str) -> str:
    text = " ".join(text.split())
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."
