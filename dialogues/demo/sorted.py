"""What sorting did in the demo commune: a text with several matters, units that help, a question moved on, wordings."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from dialogues.demo.book import Book
from dialogues.extensions import db
from dialogues.places.models import Unit
from dialogues.places.rules import Field
from dialogues.questions.models import Deferral, PublicWording, Question, QuestionSupport
from dialogues.questions.rules import IntakeChannel, QuestionState
from dialogues.schedule.deadlines import deadline
from dialogues.schedule.models import Dialogue
from dialogues.schedule.rules import DialogueState, Step

Q = QuestionState
MATTERS = (
    ("Bao giờ xã nạo vét con mương từ cống Đầm ra bờ ao đình? Mưa là nước tràn vào sân.", Field.DRAINAGE, Q.PUBLISHED),
    ("Sổ hộ nghèo năm nay xét vào tháng mấy, nộp giấy tờ ở đâu?", Field.SOCIAL, Q.WAITING),
    ("Loa đầu thôn hỏng hai tháng nay, nhà tôi không nghe được thông báo gì.", Field.COMMUNICATION, Q.WAITING),
)  # fmt: skip
WHY_LATER = "Việc này cần đo đạc thực địa trước, nên xã xếp vào buổi đối thoại sau để có số liệu trả lời cho chắc."


def add_sorting(book: Book, dialogues: list[Dialogue]) -> int:
    """Sort what came in for the dialogue that collects; the number of questions that this adds."""
    _keep(book, db.session.scalars(sa.select(Question).where(Question.public_text != "").order_by(Question.id)))
    coming = next(one for one in dialogues if one.state is DialogueState.ANNOUNCED)
    waiting = _questions(coming, Q.WAITING, Question.channel != IntakeChannel.PORTAL)
    later = next((one for one in dialogues if one.state is DialogueState.DRAFT), None)
    if later is not None and len(waiting) > 1:
        _defer(book, waiting[1], later)
    _ask_others(book, coming)
    return _split(book, waiting[0]) if waiting else 0


def _questions(dialogue: Dialogue, state: QuestionState, *more: sa.ColumnElement[bool]) -> list[Question]:
    statement = sa.select(Question).where(Question.dialogue_id == dialogue.id, Question.state == state, *more)
    return list(db.session.scalars(statement.order_by(Question.received_at, Question.id)))


def _keep(book: Book, questions: Iterable[Question]) -> None:
    """What residents can read of these, as a first public wording."""
    db.session.add_all(
        PublicWording(
            commune_id=book.commune_id, question_id=one.id, text=one.public_text, by_id=book.clerk.id,
            at=one.published_at,
        )
        for one in questions
    )  # fmt: skip


def _decided(book: Book, question: Question) -> datetime:
    """Some moment in the office after it came in."""
    day = book.days.past(book.days.on(question.received_at) + timedelta(days=1))
    return book.days.office(day, after=question.received_at)


def _split(book: Book, question: Question) -> int:
    at = _decided(book, question)
    question.text = "\n".join(f"{number}. {text}" for number, (text, _field, _state) in enumerate(MATTERS, 1))
    question.state, question.decided_at = Q.SPLIT, at
    question.assigned_unit = question.assigned_staff = question.assigned_at = None
    parts = [
        Question(
            commune_id=book.commune_id, dialogue=question.dialogue, kind=question.kind, field=field,
            village=question.village, channel=question.channel, text=text, state=state,
            received_at=question.received_at, entered_by=question.entered_by, split_from_id=question.id,
        )
        for text, field, state in MATTERS
    ]  # fmt: skip
    db.session.add_all(parts)
    db.session.flush()
    book.tell(at, book.clerk, question, "split", ", ".join(str(one.id) for one in parts))
    for one in parts:
        book.tell(at, book.clerk, one, "split_off", str(question.id))
        if one.state is Q.PUBLISHED:
            one.public_text, one.decided_at = one.text, book.days.shortly(at)
            one.published_at = one.decided_at
            book.tell(one.decided_at, book.clerk, one, "published")
    db.session.flush()
    _keep(book, [one for one in parts if one.state is Q.PUBLISHED])
    return len(parts)


def _defer(book: Book, question: Question, later: Dialogue) -> None:
    at = _decided(book, question)
    db.session.add(
        Deferral(
            commune_id=book.commune_id, question_id=question.id, from_dialogue_id=question.dialogue_id,
            to_dialogue_id=later.id, reason=WHY_LATER, by_id=book.clerk.id, at=at,
        )
    )  # fmt: skip
    question.dialogue = later
    book.tell(at, book.clerk, question, "deferred", f"{later.title}. {WHY_LATER}")


def _ask_others(book: Book, coming: Dialogue) -> None:
    """A day for the answers of some assigned questions, and a department that helps."""
    due_on: date = deadline(book.people.commune, Step.DRAFTS, book.days.on(coming.starts_at)).on
    units: list[Unit] = list(book.people.units.values())
    assigned = _questions(coming, Q.PUBLISHED, Question.assigned_unit_id.is_not(None))[:6]
    for number, one in enumerate(assigned):
        one.answer_due_on = due_on
        helping = units[number % len(units)]
        if helping.id != one.assigned_unit_id:
            db.session.add(QuestionSupport(question_id=one.id, unit_id=helping.id))
