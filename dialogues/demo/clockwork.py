"""The legal clock of the demo commune: steps that were ticked, a day off and a number of its own, reports sent."""

from datetime import date, timedelta

from dialogues.demo.book import Book
from dialogues.extensions import db
from dialogues.places.models import Holiday, RuleValue
from dialogues.places.rules import RuleName
from dialogues.schedule import line
from dialogues.schedule.models import Dialogue, DoneStep
from dialogues.schedule.rules import RESULT_WAYS, DialogueState, Step
from dialogues.staff.models import Staff
from dialogues.today.models import PeriodReport
from dialogues.today.rules import periods_ending

S = DialogueState
EVIDENCE: dict[Step, str] = {
    Step.DRAFTS: "Bộ dự thảo trả lời đã trình lãnh đạo UBND xã đọc.",
    Step.MINUTES: "Biên bản có chữ ký của thư ký và chủ trì, lưu tại Văn phòng.",
    Step.MASS_MEDIA: "Phát trên loa truyền thanh xã lúc 17 giờ 30, ba ngày liền.",
    Step.POSTED: "Niêm yết tại bảng tin trước Trung tâm Phục vụ hành chính công.",
    Step.VILLAGE_HEADS: "Gửi nhóm Zalo trưởng thôn, 14/14 thôn, bản đã nhận.",
    Step.WRITTEN_ANSWERS: "Văn phòng đã gửi văn bản trả lời đến từng người hỏi.",
    Step.REPORTS: "Các phòng, ban đã báo cáo đủ.",
}
DAYS = {Step.DRAFTS: -2, Step.MINUTES: 2, Step.WRITTEN_ANSWERS: 14, Step.REPORTS: 19}
LATE_BY = 13
"""One result reached the village heads so many days after its session: late for ever."""


def add_steps(book: Book, dialogues: list[Dialogue]) -> int:
    """Tick what past dialogues had done by today. The newest result has not reached the village heads yet; that of an
    older one reached them late. Returns how many ticks there are."""
    with_result = [one for one in dialogues if one.state in (S.CONCLUDED, S.PUBLISHED) and one.published_at]
    newest, late = with_result[-1], with_result[-3]
    ticks = 0
    for one in dialogues:
        held = one.state in (S.HELD, S.CONCLUDED, S.PUBLISHED)
        session_on = book.days.on(one.starts_at)
        days = {step: session_on + timedelta(days=days) for step, days in DAYS.items() if held}
        if one.published_at:
            days.update(dict.fromkeys(RESULT_WAYS, book.days.on(one.published_at)))
        if one is newest:
            del days[Step.VILLAGE_HEADS]
        if one is late:
            days[Step.VILLAGE_HEADS] = session_on + timedelta(days=LATE_BY)
        for step, on in days.items():
            ticks += _tick(book, one, step, on, one.secretary or book.clerk)
        db.session.flush()
        line.settle(one)
    return ticks


def _tick(book: Book, dialogue: Dialogue, step: Step, on: date, who: Staff) -> int:
    """One tick, unless its day is still to come."""
    if on > book.days.last_working:
        return 0
    at = book.days.office(on)
    db.session.add(
        DoneStep(
            commune_id=book.commune_id, dialogue=dialogue, step=step, done_on=on, staff=who, evidence=EVIDENCE[step],
            noted_at=at,
        )
    )  # fmt: skip
    return 1


def festival(today: date) -> date:
    """The day off of the commune: a Thursday one to two weeks ahead."""
    return today + timedelta(days=7 + (3 - today.weekday()) % 7)


def add_rules(book: Book) -> None:
    """A day off of the commune, two dialogues a year as the province asks, and the reports of ended periods."""
    today = book.days.today
    name = "Lễ hội đình xã Minh Tâm, theo quyết định của tỉnh"
    db.session.add(Holiday(commune_id=book.commune_id, on_day=festival(today), name=name))
    db.session.add(
        RuleValue(
            commune_id=book.commune_id,
            rule=RuleName.DIALOGUES_A_YEAR,
            valid_from=date(today.year, 1, 1),
            value=2,
        )
    )
    for period, ends_on in periods_ending(today - timedelta(days=130), today - timedelta(days=6)):
        sent_on = book.days.past(ends_on + timedelta(days=3))
        db.session.add(
            PeriodReport(
                commune_id=book.commune_id, period=period, ends_on=ends_on, sent_on=sent_on, staff_id=book.clerk.id
            )
        )
