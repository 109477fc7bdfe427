"""Dialogues of the demo commune, from the form of history-1.json."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from dialogues.demo.book import Book, Facts
from dialogues.demo.matters import add_question
from dialogues.demo.people import HOTLINE
from dialogues.extensions import db
from dialogues.places.models import Village
from dialogues.places.rules import Field
from dialogues.schedule.models import AnnouncementReason, Dialogue, DialogueTopic
from dialogues.schedule.rules import AnnouncementCheck, DialogueKind, DialogueState, HoldingForm, Trigger
from dialogues.text import clean_text

S = DialogueState
CONCLUDED_AFTER, PUBLISHED_AFTER = (1, 3), (5, 8)
"""Days after the session; the law gives ten for the result."""


def how_to_attend(form: HoldingForm, villages: Sequence[Village]) -> str:
    """The sentence of an announcement about taking part."""
    who = "Bà con trong xã" if not villages else "Bà con " + ", ".join(village.label for village in villages)
    come = f"{who} đều được vào, không cần giấy mời, không phải đăng ký trước."
    online = "Ở xa thì mở đường dẫn trên trang này bằng điện thoại, vào trước 10 phút để thử tiếng."
    help_ = f"Người già, người khuyết tật cần xe đón xin báo trưởng thôn hoặc gọi {HOTLINE}."
    parts = {
        HoldingForm.IN_PERSON: (come, help_),
        HoldingForm.ONLINE: (online,),
        HoldingForm.HYBRID: (come, online, help_),
    }
    return " ".join(parts[form])


def add_dialogue(book: Book, facts: Facts) -> Dialogue:
    """One dialogue with its questions, answers and promises."""
    session_on = book.days.session(facts["days"])
    dialogue = _dialogue(book, facts, session_on)
    db.session.add(dialogue)
    for one in facts["questions"]:
        add_question(book, one, dialogue, session_on)
    return dialogue


def _dialogue(book: Book, facts: Facts, session_on: date) -> Dialogue:
    days, state = book.days, S(facts["state"])
    notice = facts["announced_days_before"]
    announced_at = None
    if notice is not None:
        day = min(session_on - timedelta(days=notice), days.last_working - timedelta(days=1))
        announced_at = days.office(days.past(day) if facts["late_reason"] else days.past_before(day))
    begun_on = days.on(announced_at) if announced_at else days.today
    created_at = days.office(days.past_before(begun_on - timedelta(days=9)))
    villages = [book.people.villages[label] for label in facts["villages"]]
    dialogue = Dialogue(
        commune_id=book.commune_id,
        code=book.dialogue_code(),
        uid=book.uid("dialogue"),
        sequence=1 if state in (S.POSTPONED, S.CANCELLED) else 0,
        kind=DialogueKind(facts["kind"]),
        trigger=Trigger(facts["trigger"]),
        trigger_reason=clean_text(facts["trigger_reason"]),
        form=HoldingForm(facts["form"]),
        title=facts["title"],
        purpose=clean_text(facts["purpose"]),
        how_to_attend=how_to_attend(HoldingForm(facts["form"]), villages),
        place=facts["place"],
        address=facts["address"],
        online_link=facts["online_link"],
        starts_at=days.at_hour(session_on, facts["start"]),
        ends_at=days.at_hour(session_on, facts["end"]),
        question_deadline_at=_deadline(book, facts, session_on),
        hotline=HOTLINE,
        chair=book.staff(facts["chair"]),
        co_chair=book.staff(facts["co_chair"]),
        secretary=book.staff(facts["secretary"]),
        mttq_partner=facts["mttq_partner"],
        party_invited=state is not S.DRAFT,
        state=state,
        state_reason=clean_text(facts["state_reason"]),
        announced_at=announced_at,
        residents_present=facts["residents_present"],
        created_at=created_at,
        changed_at=announced_at or created_at,
        topic_rows=[DialogueTopic(field=Field(topic), position=place) for place, topic in enumerate(facts["topics"])],
        villages=villages,
    )
    book.tell(created_at, dialogue.secretary or book.clerk, dialogue, "created")
    if announced_at:
        _announce(book, dialogue, announced_at, clean_text(facts["late_reason"]))
    _finish(book, dialogue, session_on, clean_text(facts["conclusion"]))
    return dialogue


def _deadline(book: Book, facts: Facts, session_on: date) -> datetime | None:
    """Five days before at 17:00; later when questions came in later, or when it was announced late."""
    came = [one["received_days_before"] for one in facts["questions"] if one["channel"] != "dialogue"]
    notice = facts["announced_days_before"]
    before = min([5, *came, *([notice - 1] if notice else [])]) - 1
    return book.days.at_hour(session_on - timedelta(days=before), "17:00") if before > 0 else None


def _announce(book: Book, dialogue: Dialogue, at: datetime, late_reason: str) -> None:
    book.tell(at, book.clerk, dialogue, "announced", late_reason)
    if late_reason:
        reason = AnnouncementReason(
            check=AnnouncementCheck.NOTICE, reason=late_reason, staff_id=book.clerk.id, given_at=at
        )
        dialogue.announcement_reasons = [reason]


def _finish(book: Book, dialogue: Dialogue, session_on: date, conclusion: str) -> None:
    """Held, concluded, published; or postponed, cancelled: as far as the state says."""
    days, state, secretary = book.days, dialogue.state, dialogue.secretary or book.clerk
    if state in (S.POSTPONED, S.CANCELLED):
        at = days.office(days.past_before(session_on - timedelta(days=2)), after=dialogue.announced_at)
        dialogue.changed_at = at
        book.tell(at, book.clerk, dialogue, state.value, dialogue.state_reason)
    if state in (S.HELD, S.CONCLUDED, S.PUBLISHED):
        dialogue.held_at = dialogue.changed_at = dialogue.ends_at + timedelta(minutes=25)
        book.tell(dialogue.held_at, secretary, dialogue, "held")
    if state in (S.CONCLUDED, S.PUBLISHED):
        day = days.past(session_on + timedelta(days=book.random.randint(*CONCLUDED_AFTER)))
        dialogue.conclusion = conclusion
        dialogue.concluded_at = dialogue.changed_at = days.office(day, after=dialogue.held_at)
        book.tell(dialogue.concluded_at, secretary, dialogue, "concluded")
    if state is S.PUBLISHED:
        day = days.past(session_on + timedelta(days=book.random.randint(*PUBLISHED_AFTER)))
        dialogue.published_at = dialogue.changed_at = days.office(day, after=dialogue.concluded_at)
        book.tell(dialogue.published_at, book.clerk, dialogue, "result_published")
