"""What belongs together in the demo commune: a matter asked over the years, doubles merged, residents who joined; a
pile of papers with their pictures; a file of questions that was brought in."""

import csv
from datetime import date, datetime, timedelta
from io import BytesIO, StringIO
from typing import NamedTuple

import sqlalchemy as sa
from flask_babel import force_locale
from PIL import Image, ImageDraw

from dialogues import uploads
from dialogues.attachments.models import Attachment, PaperEntry
from dialogues.attachments.rules import AttachmentKind
from dialogues.demo.book import Book
from dialogues.demo.days import working_before
from dialogues.extensions import db
from dialogues.followup.models import Answer
from dialogues.followup.rules import Outcome
from dialogues.imports import bringing, staging, workbook
from dialogues.imports.judging import Entry
from dialogues.imports.models import ImportMapping, ImportRow, QuestionImport
from dialogues.imports.plan import guess
from dialogues.imports.rules import Stage
from dialogues.places.rules import Field
from dialogues.questions.models import Asker, PublicWording, Question
from dialogues.questions.rules import IntakeChannel, QuestionState
from dialogues.schedule.models import Dialogue
from dialogues.schedule.rules import DialogueState
from dialogues.words import label

C, Q = IntakeChannel, QuestionState
LOUDSPEAKER = "Thôn Đồng"
FIRST = "Cột loa cụm 2 thôn Đồng nghiêng, loa bữa kêu bữa không. Xã cho người xuống chỉnh."
FIRST_ANSWER = "Đài truyền thanh xã đã dựng lại cột, chỉnh loa sáng nay. Loa còn rè thì bà con gọi văn phòng."
DOUBLES = (
    ("Loa cụm 2 thôn Đồng kêu rè quá, không nghe ra chữ nào. Xã cho thợ chỉnh giúp.", "Phan Văn Lực", C.PAPER_FORM),
    ("loa cum 2 thon dong re re khong nghe duoc thong bao, xa sua giup", "", C.SOCIAL_NETWORK),
)  # fmt: skip
JOINED = 3
PILE_OF = "Thôn Bái"
PILE = (
    ("Giếng khoan nhà tôi nước vàng, xã đã lấy mẫu thử chưa, kết quả ra sao?", "Trần Văn Thụ", Field.WATER),
    ("Đoạn đường từ cổng thôn Bái vào nhà văn hóa ổ gà nhiều, xe đạp trẻ con hay ngã.", "Phạm Thị Nết", Field.ROADS),
    ("Bao giờ có lịch tiêm phòng dại cho chó ở thôn Bái?", "", Field.OTHER),
    ("Con tôi làm lại giấy khai sinh bị sai chữ đệm thì nộp ở đâu, mất mấy ngày?", "Lê Thị Thắm", Field.PROCEDURES),
)  # fmt: skip
FILE = "tong-hop-hop-thon-phu-ha.csv"
FILE_OF = "Thôn Phú Hạ"
IN_FILE = (
    ("Cột điện đầu ngõ Phú Hạ nghiêng vào nhà dân, mùa bão ai cũng lo.", "Đặng Văn Nhạ", Field.ELECTRICITY),
    ("Xe chở rác tuần chỉ vào một buổi, rác ùn ở cổng chợ.", "Nguyễn Thị Lanh", Field.ENVIRONMENT),
    ("Người cao tuổi 80 trở lên năm nay có được khám tại nhà không?", "", Field.SOCIAL),
    ("Mương tưới cánh đồng Phú Hạ cạn, bao giờ bơm nước vụ xuân?", "Vũ Văn Hiệp", Field.DRAINAGE),
    ("", "Hoàng Thị Tươi", Field.OTHER),
)  # fmt: skip


class Added(NamedTuple):
    """How much this adds."""

    questions: int
    answers: int
    files: int


def add_together(book: Book, dialogues: list[Dialogue]) -> Added:
    """After all other questions: these lean on them."""
    coming = next(one for one in dialogues if one.state is DialogueState.ANNOUNCED)
    merged = _over_the_years(book, dialogues[0], coming)
    pile = _pile(book, coming)
    return Added(merged + len(pile) + _import(book, coming), 1 if merged else 0, _pictures(book, pile[:2]))


def _ask(book: Book, dialogue: Dialogue, at: datetime, text: str, name: str, **more: object) -> Question:
    values = {"field": Field.COMMUNICATION, "channel": C.PAPER_FORM, "entered_by": book.clerk, **more}
    question = Question(commune_id=book.commune_id, dialogue=dialogue, text=text, received_at=at, **values)
    asker = Asker(
        commune_id=book.commune_id, question=question, code=book.tracking_code(), name=name, joined_at=at
    )  # fmt: skip
    db.session.add_all([question, asker])
    return question


# -- the same matter --------------------------------------------------------------------------------------------------


def _over_the_years(book: Book, first: Dialogue, coming: Dialogue) -> int:
    """The matter of one loudspeaker: asked first, asked again, now asked by several; how many questions this adds."""
    village = book.people.villages[LOUDSPEAKER]
    same = sa.select(Question).where(
        Question.village_id == village.id, Question.field == Field.COMMUNICATION, Question.state == Q.PUBLISHED
    )
    asked = list(db.session.scalars(same.order_by(Question.received_at, Question.id)))
    lead = next((one for one in reversed(asked) if one.dialogue_id == coming.id), None)
    if lead is None:
        return 0
    earliest = _first_time(book, first)
    db.session.flush()
    for one in (earliest, *(one for one in asked if one.dialogue_id != coming.id), lead):
        one.chain_id = earliest.id
    moment = lead.published_at or lead.received_at
    for text, name, channel in DOUBLES:
        question = _ask(book, coming, book.days.office(_lately(book, 3)), text, name, village=village, channel=channel)
        db.session.flush()
        at = book.days.office(book.days.last_working, after=max(moment, question.received_at))
        question.state, question.merged_from, question.merged_at = Q.MERGED, Q.WAITING, at
        question.merged_into_id = question.lead_id = lead.id
        book.tell(question.received_at, book.clerk, question, "entered")
        book.tell(at, book.clerk, question, "merged", f"№ {lead.id}")
        book.tell(at, book.clerk, lead, "took_in", f"№ {question.id}")
    for _number in range(JOINED):
        moment = book.days.shortly(moment)
        db.session.add(
            Asker(commune_id=book.commune_id, question=lead, code=book.tracking_code(), joined_at=moment,
                  is_supporter=True)
        )  # fmt: skip
        book.tell(moment, None, lead, "support_joined")
    db.session.flush()
    return 1 + len(DOUBLES)


def _first_time(book: Book, dialogue: Dialogue) -> Question:
    days, held_on = book.days, book.days.on(dialogue.starts_at)
    received_at = days.office(working_before(held_on - timedelta(days=6)))
    question = _ask(
        book, dialogue, received_at, FIRST, "Đỗ Thị Hài", village=book.people.villages[LOUDSPEAKER],
        state=Q.PUBLISHED, public_text=FIRST,
    )  # fmt: skip
    question.decided_at = question.published_at = days.office(days.on(received_at) + timedelta(days=1))
    answer = Answer(
        commune_id=book.commune_id, question=question, outcome=Outcome.ANSWERED_ON_SPOT, text=FIRST_ANSWER,
        answered_by=book.clerk, answered_on=held_on, published_at=dialogue.published_at,
        changed_at=dialogue.published_at,
    )  # fmt: skip
    db.session.add(answer)
    db.session.flush()
    db.session.add(
        PublicWording(
            commune_id=book.commune_id, question_id=question.id, text=FIRST, by_id=book.clerk.id,
            at=question.published_at,
        )
    )  # fmt: skip
    book.tell(received_at, book.clerk, question, "entered")
    book.tell(question.decided_at, book.clerk, question, "published")
    return question


def _lately(book: Book, days: int) -> date:
    return book.days.past_before(book.days.today - timedelta(days=days))


# -- papers -----------------------------------------------------------------------------------------------------------


def _pile(book: Book, coming: Dialogue) -> list[Question]:
    """Forms that were collected in one village, copied one after the other."""
    village, at = book.people.villages[PILE_OF], book.days.office(_lately(book, 2))
    key, found = f"{book.random.getrandbits(64):016x}", []
    for number, (text, name, field) in enumerate(PILE, 1):
        at += timedelta(seconds=book.random.randint(20, 60))
        question = _ask(book, coming, at, text, name, village=village, field=field)
        db.session.flush()
        book.tell(at, book.clerk, question, "entered")
        db.session.add(
            PaperEntry(
                question_id=question.id, commune_id=book.commune_id, dialogue_id=coming.id, village_id=village.id,
                staff_id=book.clerk.id, pile=key, number=str(number),
            )
        )  # fmt: skip
        found.append(question)
    return found


def _pictures(book: Book, questions: list[Question]) -> int:
    """A picture of each of these papers."""
    for number, question in enumerate(questions, 1):
        data = _paper(book, 5 + number)
        at = book.days.shortly(question.received_at)
        db.session.add(
            Attachment(
                commune_id=book.commune_id, question_id=question.id, kind=AttachmentKind.PHOTO,
                file=uploads.keep(book.commune_id, data, "jpg"), title=f"phieu-{number}.jpg", size=len(data),
                added_by_id=book.clerk.id, added_at=at,
            )
        )  # fmt: skip
        book.tell(at, book.clerk, question, "attachment_added", "Ảnh chụp")
    db.session.flush()
    return len(questions)


def _paper(book: Book, lines: int) -> bytes:
    """A sheet with lines and something like handwriting on them."""
    picture = Image.new("RGB", (600, 420), (250, 248, 240))
    pen = ImageDraw.Draw(picture)
    pen.rectangle((18, 18, 582, 402), outline=(150, 150, 150), width=2)
    for line in range(lines):
        y = 90 + line * 40
        pen.line((40, y, 560, y), fill=(200, 205, 215))
        end = book.random.randint(380, 540)
        points = [(x, y - 4 - book.random.randint(0, 16)) for x in range(44, end, 6)]
        pen.line(points, fill=(35, 50, 120), width=2, joint="curve")
    out = BytesIO()
    picture.save(out, "JPEG", quality=70)
    return out.getvalue()


# -- a file -----------------------------------------------------------------------------------------------------------


def _file(met_on: date) -> bytes:
    """What the village's clerk typed after the meeting."""
    out = StringIO()
    sheet = csv.writer(out)
    sheet.writerow(["Tổng hợp ý kiến họp thôn Phú Hạ"])
    sheet.writerow(["STT", "Họ và tên", "Thôn", "Nội dung ý kiến, kiến nghị", "Lĩnh vực", "Kênh", "Ngày tiếp nhận"])
    day = f"{met_on:%d/%m/%Y}"
    with force_locale("vi"):
        for number, (text, name, field) in enumerate(IN_FILE, 1):
            sheet.writerow([number, name, FILE_OF, text, label(field), "Họp thôn", day])
    return out.getvalue().encode("utf-8-sig")


def _import(book: Book, coming: Dialogue) -> int:
    """The list of one village meeting, as a file that was brought in; how many questions."""
    at, data = book.days.office(book.days.last_working), _file(_lately(book, 4))
    cells = workbook.unpack(data)
    sheets = workbook.sheets(cells)
    plan = guess(sheets, lambda _headers: None, staging.dialogue_window(coming, book.people.commune))
    one = QuestionImport(
        commune_id=book.commune_id, dialogue_id=coming.id, file_name=FILE, file_hash=staging.hash_of(data),
        cells=cells, staff_id=book.clerk.id, created_at=at,
    )  # fmt: skip
    db.session.add(one)
    db.session.flush()
    reading = staging.reading_for(book.people.commune, plan)
    staging.replan(one=one, plan=plan, found=list(staging.read_rows(sheets, plan, reading)))
    remembered = sa.update(ImportMapping).where(ImportMapping.commune_id == book.commune_id)
    db.session.execute(remembered.values(changed_at=at))
    rows = staging.rows_of(one, ImportRow.reason.is_(None))
    entries = [Entry.of(row.entry) for row in rows]
    one.stage, one.ended_at, one.ended_by_id = Stage.IMPORTED, book.days.shortly(at), book.clerk.id
    for row, entry in zip(rows, entries, strict=True):
        question = _ask(
            book, coming, book.days.at(date.fromisoformat(entry.day), 12 * 60), entry.text, entry.name,
            village_id=entry.village_id, field=Field(entry.field), channel=C(entry.channel),
        )  # fmt: skip
        db.session.flush()
        row.question_id = question.id
        book.tell(one.ended_at, book.clerk, question, "imported", f"{FILE}, dòng {row.number}")
    db.session.flush()
    one.counts = bringing.report(entries, staging.counts(one))
    book.tell(at, book.clerk, one, "file_taken", FILE)
    book.tell(one.ended_at, book.clerk, one, "file_imported", f"{FILE}: {len(entries)}")
    db.session.flush()
    return len(entries)
