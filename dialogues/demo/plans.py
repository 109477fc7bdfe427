"""Plans of the demo commune's promises: steps, helpers, a place, a counted day, and one that was withdrawn."""

from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa

from dialogues.demo.book import Book
from dialogues.demo.clockwork import festival
from dialogues.extensions import db
from dialogues.followup.models import (
    Commitment,
    CommitmentEntry,
    CommitmentStep,
    CommitmentSupport,
    ExtensionRequest,
)
from dialogues.followup.rules import UNFINISHED, CommitmentKind, CommitmentState, DayCount, EntryKind
from dialogues.formatting import short_date
from dialogues.places.days import NATIONWIDE, DaysOff, is_day_off
from dialogues.schedule.models import Dialogue


@dataclass(frozen=True)
class Planned:
    """What a promise is given; it is found by the words it begins with. Of the steps the first is done."""

    result: str
    place: str = ""
    helps: tuple[str, ...] = ()
    budget_note: str = ""
    kind: CommitmentKind = CommitmentKind.DO
    steps: tuple[str, ...] = ()
    is_counted: bool = False
    asks: str = ""
    """Why a month more is asked for; nobody has decided yet."""


PLANS = (
    Planned(
        "600 m đường bê tông",
        place="Đường Pò Lù – Nà Lẹng",
        helps=("Phòng Văn hóa - Xã hội",),
        budget_note="Nguồn chương trình nông thôn mới, còn thiếu 120 triệu, chờ phân bổ đợt 2.",
        steps=("Rải xong đá nền 600 m", "Đổ bê tông đoạn từ Pò Lù lên mó nước", "Nghiệm thu có trưởng bản ký"),
    ),
    Planned(
        "2,3 km đường thôn Lò Vôi",
        place="Đường trục thôn Lò Vôi",
        asks="Mưa liên tục ba tuần nay nên chưa rải được nhựa; xin thêm một tháng để làm cho chắc.",
        steps=("Vá xong các ổ gà trước cổng trường", "Thảm lại 2,3 km", "Nghiệm thu cùng đại diện thôn"),
    ),
    Planned("Báo cáo đo cao độ mương Cửa Nghè", place="Mương Cửa Nghè", kind=CommitmentKind.ANSWER_IN_WRITING),
    Planned("Trường bản Nà Lẹng có vòi nước", place="Trường bản Nà Lẹng", is_counted=True),
)
WITHDRAWN = "40 m mép đường đầu ngầm phía Nà Lẹng"
WHY = (
    "Tỉnh đã đưa đoạn này vào dự án kè suối Nà Lẹng, nên xã không làm rọ đá riêng nữa. Xã xin lỗi bà con và sẽ đăng"
    " ngày khởi công khi tỉnh có quyết định."
)


def add_plans(book: Book) -> int:
    """Give some promises a plan, and withdraw one; how many steps."""
    found = db.session.scalars(
        sa.select(Commitment)
        .join(Dialogue, Dialogue.id == Commitment.dialogue_id)
        .where(Commitment.commune_id == book.commune_id, Commitment.state.in_(UNFINISHED))
        .order_by(Dialogue.starts_at, Commitment.result)
    ).all()
    steps = 0
    for commitment in found:
        plan = next((one for one in PLANS if commitment.result.startswith(one.result)), None)
        if plan:
            steps += _plan(book, commitment, plan)
        elif commitment.result.startswith(WITHDRAWN):
            _withdraw(book, commitment)
    db.session.flush()
    return steps


def _plan(book: Book, commitment: Commitment, plan: Planned) -> int:
    commitment.kind, commitment.place, commitment.budget_note = plan.kind, plan.place, plan.budget_note
    commitment.supports = [CommitmentSupport(unit=book.people.units[name]) for name in plan.helps]
    if plan.is_counted:
        _count(book, commitment)
    commitment.steps = [
        CommitmentStep(
            commune_id=book.commune_id, text=text, due_on=_step_day(commitment, place, len(plan.steps)),
        )
        for place, text in enumerate(plan.steps, 1)
    ]  # fmt: skip
    if commitment.steps:
        _finish(book, commitment, commitment.steps[0])
    if plan.asks:
        _ask(book, commitment, plan.asks)
    return len(plan.steps)


def _ask(book: Book, commitment: Commitment, reason: str) -> None:
    """The responsible person asks for a month more."""
    last = commitment.entries[-1].at if commitment.entries else commitment.created_at
    at, author = book.days.shortly(last), commitment.responsible
    dates = {
        "old_due_on": commitment.due_on,
        "new_due_on": max(commitment.due_on, book.days.today) + timedelta(days=30),
    }
    commitment.extension_requests.append(
        ExtensionRequest(commune_id=book.commune_id, asked_by=author, asked_at=at, reason=reason, **dates)
    )
    commitment.entries.append(
        CommitmentEntry(
            commune_id=book.commune_id, kind=EntryKind.EXTENSION_ASKED, at=at, author=author, text=reason, **dates
        )
    )
    days = f"{short_date(dates['old_due_on'])} → {short_date(dates['new_due_on'])}"
    book.tell(at, author, commitment, "extension_asked", f"{days}: {reason}")


def _step_day(commitment: Commitment, place: int, steps: int) -> date:
    days = (commitment.due_on - commitment.promised_on).days
    return commitment.promised_on + timedelta(days=days * place // steps)


def _finish(book: Book, commitment: Commitment, step: CommitmentStep) -> None:
    last = commitment.entries[-1].at if commitment.entries else commitment.created_at
    at = book.days.shortly(max(last, book.days.at(book.days.last_working, 10 * 60)))
    step.done_on = book.days.on(at)
    author = commitment.responsible
    commitment.entries.append(
        CommitmentEntry(commune_id=book.commune_id, kind=EntryKind.STEP_DONE, at=at, author=author, text=step.text)
    )
    book.tell(at, author, commitment, "promise_step_done", step.text)


def _count(book: Book, commitment: Commitment) -> None:
    """The same day, as so many working days; a day off cannot have been counted."""
    days_off = DaysOff(NATIONWIDE.off | {festival(book.days.today)}, NATIONWIDE.worked)
    if is_day_off(commitment.due_on, days_off) or commitment.due_on != commitment.first_due_on:
        return
    days = (commitment.due_on - commitment.promised_on).days
    span = (commitment.promised_on + timedelta(days=n) for n in range(1, days + 1))
    commitment.due_counts = DayCount.WORKING_DAYS
    commitment.due_days = sum(not is_day_off(day, days_off) for day in span)


def _withdraw(book: Book, commitment: Commitment) -> None:
    last = commitment.entries[-1].at if commitment.entries else commitment.created_at
    at = book.days.shortly(max(last, book.days.at(book.days.last_working, 9 * 60)))
    commitment.state, commitment.withdrawn_on = CommitmentState.WITHDRAWN, book.days.on(at)
    commitment.sequence, commitment.changed_at = (commitment.sequence or 0) + 1, at
    commitment.entries.append(
        CommitmentEntry(commune_id=book.commune_id, kind=EntryKind.WITHDRAWN, at=at, author=book.clerk, text=WHY)
    )
    book.tell(at, book.clerk, commitment, "commitment_withdrawn", WHY)
