"""Questions of the demo commune: who brought them, by which channel, with which consents, what the office decided."""

from datetime import date, datetime, timedelta

from dialogues.demo.book import Book, Facts
from dialogues.demo.promises import add_answer
from dialogues.extensions import db
from dialogues.places.models import Village
from dialogues.places.rules import Field
from dialogues.questions.models import Asker, Question
from dialogues.questions.rules import (
    UNREAD,
    Consent,
    ConsentHow,
    DeclineReason,
    IntakeChannel,
    QuestionKind,
    QuestionState,
)
from dialogues.schedule.models import Dialogue
from dialogues.staff.models import Staff
from dialogues.text import clean_text

C, Q = IntakeChannel, QuestionState
COMPLAINT_NOTE = (
    "Nội dung này thuộc thủ tục khiếu nại, tố cáo nên không trả lời tại đối thoại. "
    "Văn phòng đã chuyển đến người có thẩm quyền và sẽ báo riêng cho người gửi."
)
HOW = {C.PORTAL: ConsentHow.WEB, C.PAPER_FORM: ConsentHow.PAPER, C.SUGGESTION_BOX: ConsentHow.PAPER}
WORKING_DAYS_ONLY = frozenset({C.DESK, C.PHONE, C.HOTLINE, C.PAPER_FORM})
FLAGS = {
    Consent.CONTACT: "may_contact",
    Consent.MESSAGE: "may_message",
    Consent.PUBLISH_NAME: "may_publish_name",
}
TAKEN_BACK = 0.06
"""Share of the consents that were taken back later."""


def add_question(book: Book, facts: Facts, dialogue: Dialogue, session_on: date) -> Question:
    """One question with its asker, the office's decision, its answer and promise."""
    channel = C(facts["channel"])
    village = book.people.villages[facts["village"]] if facts["village"] else None
    received_at = _received_at(book, facts, dialogue, session_on)
    clerk = _entered_by(book, channel, village, dialogue)
    question = Question(
        commune_id=book.commune_id,
        dialogue=dialogue,
        kind=QuestionKind(facts["kind"]),
        field=Field(facts["field"]),
        village=village,
        channel=channel,
        text=clean_text(facts["text"]),
        state=Q(facts["state"]),
        suspicions=facts.get("suspicions", ""),
        received_at=received_at,
        entered_by=clerk,
    )
    db.session.add(question)
    book.tell(received_at, clerk, question, "entered" if clerk else "received")
    _ask(book, facts, question)
    if question.state not in UNREAD:
        _decide(book, facts, question)
    if facts["answer"]:
        add_answer(book, facts, question, session_on)
    return question


def _received_at(book: Book, facts: Facts, dialogue: Dialogue, session_on: date) -> datetime:
    """While the session ran; or on a day before today, and early enough for what was decided since."""
    days, channel = book.days, C(facts["channel"])
    if channel is C.DIALOGUE:
        if "at" in facts:
            return days.at_hour(session_on, facts["at"])
        minutes = (dialogue.ends_at - dialogue.starts_at) // timedelta(minutes=1)
        return dialogue.starts_at + timedelta(minutes=book.random.randint(35, minutes - 30))
    is_decided = facts["state"] not in UNREAD
    latest = days.last_working if is_decided else days.yesterday
    day = min(session_on - timedelta(days=facts["received_days_before"]), latest)
    if channel is C.PORTAL and dialogue.announced_at:
        day = min(max(day, days.on(dialogue.announced_at) + timedelta(days=1)), latest)
    if channel in WORKING_DAYS_ONLY:
        day = days.past_before(day)
    if is_decided and day == days.last_working:
        return days.early(day)
    return days.waking(day) if channel is C.PORTAL else days.office(day)


def _entered_by(book: Book, channel: IntakeChannel, village: Village | None, dialogue: Dialogue) -> Staff | None:
    if channel is C.PORTAL:
        return None
    if channel is C.DIALOGUE:
        return dialogue.secretary or book.clerk
    if channel in (C.VILLAGE_MEETING, C.HOME_VISIT):
        return book.people.village_head(village) or book.clerk
    return book.clerk


def _ask(book: Book, facts: Facts, question: Question) -> None:
    """The asker, and the consents: given with the question, a few taken back later."""
    name, phone = facts["asker_name"], facts["asker_phone"]
    given = {
        Consent.CONTACT: bool(phone and facts["contact"]),
        Consent.MESSAGE: bool(phone and facts["message"]),
        Consent.PUBLISH_NAME: bool(name and facts["publish_name"]),
    }
    asker = Asker(
        commune_id=book.commune_id,
        question=question,
        code=book.tracking_code(),
        name=name,
        phone=phone,
        joined_at=question.received_at,
        **{FLAGS[consent]: is_given for consent, is_given in given.items()},
    )
    db.session.add(asker)
    how = HOW.get(question.channel, ConsentHow.SPOKEN)
    for consent, is_given in given.items():
        if not is_given:
            continue
        book.consent(question.received_at, asker, consent, True, how, question.entered_by)
        if book.random.random() < TAKEN_BACK:
            day = book.days.past(book.days.on(question.received_at) + timedelta(days=3))
            at = book.days.office(day, after=question.received_at)
            book.consent(at, asker, consent, False, ConsentHow.WEB, None)
            book.tell(at, None, question, "consent_taken_back")
            setattr(asker, FLAGS[consent], False)


def _decide(book: Book, facts: Facts, question: Question) -> None:
    """Published, declined, moved away by the clerk; or withdrawn by the asker."""
    days, state = book.days, question.state
    later = book.random.choice((1, 1, 2, 3) if question.channel is C.DIALOGUE else (0, 1, 1, 2))
    day = days.past(days.on(question.received_at) + timedelta(days=later))
    at = question.decided_at = days.office(day, after=question.received_at)
    if state is Q.WITHDRAWN:
        book.tell(at, None, question, "withdrawn")
        return
    if state is Q.DECLINED:
        question.decline_reason = DeclineReason(facts["decline_reason"])
        question.state_note = clean_text(facts["decline_note"])
    elif state is Q.MOVED_TO_COMPLAINT:
        question.state_note = COMPLAINT_NOTE
    else:
        question.published_at = at
        question.public_text = clean_text(facts["public_text"] or facts["text"])
        if question.public_text != question.text:
            book.tell(at, book.clerk, question, "redacted")
    book.tell(at, book.clerk, question, state.value, question.state_note)
    _assign(book, facts["assigned_to"], question, days.shortly(at))


def _assign(book: Book, to: str | None, question: Question, at: datetime) -> None:
    if not to:
        return
    if "@" in to:
        question.assigned_staff, name = book.people.staff[to], book.people.staff[to].name
    else:
        question.assigned_unit, name = book.people.units[to], to
    question.assigned_at = at
    book.tell(at, book.clerk, question, "assigned", name)
