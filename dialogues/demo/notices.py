"""How the dialogues of the demo commune were announced: boards, Zalo groups, village heads, the loudspeaker."""

from datetime import date, datetime, timedelta

from flask_babel import force_locale

from dialogues import clock
from dialogues.demo.book import Book
from dialogues.extensions import db
from dialogues.papers.models import NoticeUse
from dialogues.papers.rules import NoticeChannel, Occasion, reading_plan
from dialogues.papers.service import said_by
from dialogues.schedule.models import Dialogue
from dialogues.schedule.rules import DialogueState
from dialogues.words import label

C = NoticeChannel
FIRST_DAY = (
    (C.BOARD, 75, "Lý Thị Mai", "Dán áp phích ở bảng tin trụ sở và ba nhà văn hóa."),
    (C.VILLAGE_HEADS, 110, "Lý Thị Mai", "Phát tờ báo và phiếu ghi câu hỏi cho các trưởng thôn, tổ trưởng."),
    (C.ZALO, 130, "Lý Thị Mai", "Nhóm Zalo của xã và các nhóm thôn."),
)
READER, READS_AT = "Đài truyền thanh xã", "17:15"
NOTICE_DAYS = timedelta(days=7)


def add_notices(book: Book, dialogues: list[Dialogue]) -> int:
    """The uses of every announced dialogue, as far as they lie in the past; how many."""
    return sum(_add(book, dialogue) for dialogue in dialogues if dialogue.announced_at)


def _add(book: Book, dialogue: Dialogue) -> int:
    days, announced_at = book.days, dialogue.announced_at
    assert announced_at is not None  # noqa: S101 (see add_notices)
    session_on, announced_on = days.on(dialogue.starts_at), days.on(announced_at)
    uses = [
        (announced_at + timedelta(minutes=minutes), channel, who, note) for channel, minutes, who, note in FIRST_DAY
    ]
    plan = reading_plan(
        session_on=session_on,
        announced_on=announced_on,
        announce_by=session_on - NOTICE_DAYS,
        today=announced_on,
        read_on=(),
    )
    uses += [(_read_at(book, day.on), C.LOUDSPEAKER, READER, "Đọc hai lần, sáng và chiều.") for day in plan.days]
    is_off = dialogue.state in (DialogueState.POSTPONED, DialogueState.CANCELLED)
    ended = dialogue.changed_at if is_off else dialogue.starts_at
    past = [use for use in uses if use[0] < min(ended, days.at(days.today, 0))]
    for used_at, channel, who, note in past:
        db.session.add(
            NoticeUse(
                commune_id=book.commune_id,
                dialogue=dialogue,
                channel=channel,
                used_at=used_at,
                done_by=who,
                note=note,
                occasion=Occasion.NEW,
                sequence=0 if is_off else dialogue.sequence,
                said="" if is_off else said_by(dialogue),
                session_at=dialogue.starts_at,
                session_place=", ".join(part for part in (dialogue.place, dialogue.address) if part),
                recorded_by=book.clerk,
                recorded_at=used_at + timedelta(minutes=20),
            )
        )
        with force_locale("vi"):
            what = f"{label(channel)}: {who}"
        book.tell(used_at + timedelta(minutes=20), book.clerk, dialogue, "notice_used", what)
    return len(past)


def _read_at(book: Book, day: date) -> datetime:
    return clock.instant(datetime.fromisoformat(f"{day} {READS_AT}"), book.days.zone)
