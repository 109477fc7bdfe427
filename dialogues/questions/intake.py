"""Taking questions in: from residents on the website, and from the office or a village head on behalf of a person."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from dialogues import clock, codes
from dialogues.errors import RuleBroken
from dialogues.extensions import db
from dialogues.places.rules import Field
from dialogues.questions.events import tell
from dialogues.questions.models import Asker, ConsentChange, Question
from dialogues.questions.rules import (
    MAX_TEXT,
    Consent,
    ConsentHow,
    IntakeChannel,
    Lacking,
    QuestionEvent,
    QuestionKind,
    QuestionState,
    Suspicion,
    lacking_for,
)
from dialogues.schedule.models import Dialogue
from dialogues.schedule.rules import DialogueState, takes_questions
from dialogues.staff import trail
from dialogues.staff.models import Staff
from dialogues.staff.rules import Role
from dialogues.words import label

FLAGS = {
    Consent.CONTACT: "may_contact",
    Consent.MESSAGE: "may_message",
    Consent.PUBLISH_NAME: "may_publish_name",
}


def receive(
    *,
    dialogue: Dialogue,
    text: str,
    field: Field,
    channel: IntakeChannel,
    kind: QuestionKind = QuestionKind.QUESTION,
    village_id: int | None = None,
    name: str = "",
    phone: str = "",
    email: str = "",
    consents: Collection[Consent] = (),
    how: ConsentHow = ConsentHow.WEB,
    actor: Staff | None = None,
    received_at: datetime | None = None,
    key: str = "",
    suspicions: Collection[Suspicion] = (),
) -> Asker:
    """Take one question in and give its asker, with the tracking code. `actor` is the clerk who enters it on behalf.

    `key` belongs to one opened form: the same key with the same text gives the asker of the first time, also when both
    arrive at once; with another text it is another question. With `suspicions` it goes into quarantine.
    """
    if not text or len(text) > MAX_TEXT:
        raise RuleBroken(_l("Write the question: at least a word, at most %(most)s characters.", most=MAX_TEXT), "text")
    for consent in Consent:
        lacking = lacking_for(consent, bool(name), bool(phone or email)) if consent in consents else None
        if lacking:
            raise RuleBroken(label(lacking), consent.value)
    submission_key = _submission_key(key, dialogue.id, text) if key else None
    known = _asker_of(submission_key)
    if known:
        return known
    now = clock.now()
    if channel is IntakeChannel.PORTAL and not takes_questions(
        dialogue.state, dialogue.starts_at, dialogue.question_deadline_at, now
    ):
        raise RuleBroken(_l("This dialogue takes no more questions."), "text")
    values = {
        "commune_id": dialogue.commune_id, "dialogue_id": dialogue.id, "text": text, "field": field, "kind": kind,
        "channel": channel, "village_id": village_id, "received_at": received_at or now,
        "entered_by_id": actor.id if actor else None, "submission_key": submission_key,
        "state": QuestionState.QUARANTINED if suspicions else QuestionState.WAITING,
        "suspicions": " ".join(sign for sign in Suspicion if sign in suspicions),
    }  # fmt: skip
    person = {"name": name, "phone": phone, "email": email, **{flag: c in consents for c, flag in FLAGS.items()}}
    person["email_confirmed_at"] = now if actor is not None and email else None  # a clerk heard or read it
    asker = _add(values, person)
    if asker is None:
        return _asker_of(submission_key) or _fail()
    db.session.add_all(_change(asker, consent, True, how, actor, now) for consent in Consent if consent in consents)
    trail.record(
        commune_id=dialogue.commune_id,
        actor=actor,
        thing="question",
        thing_id=asker.question_id,
        action="entered" if actor else "received",
    )
    db.session.flush()
    tell(asker.question, QuestionEvent.RECEIVED)
    return asker


def _add(values: dict[str, object], person: dict[str, object]) -> Asker | None:
    """Write the two rows; None when the same sending has just been written by another request."""
    for _try in range(3):
        code = codes.new_tracking_code()
        try:
            with db.session.begin_nested():
                asker = Asker(
                    commune_id=values["commune_id"],
                    question=Question(**values),
                    code=code,
                    joined_at=values["received_at"],
                    **person,
                )
                db.session.add(asker)
                db.session.flush()
        except IntegrityError:
            if db.session.scalar(sa.select(Asker.id).where(Asker.code == code)) is None:
                return None
        else:
            return asker
    return None


def _fail() -> Asker:
    raise RuntimeError("a question could neither be written nor found")


def has_arrived(dialogue: Dialogue, key: str, texts: Sequence[str]) -> bool:
    """Whether all these texts have arrived with this key before."""
    keys = {_submission_key(key, dialogue.id, text) for text in texts}
    known = sa.select(sa.func.count()).select_from(Question).where(Question.submission_key.in_(keys))
    return db.session.scalar(known) == len(keys)


def _submission_key(key: str, dialogue_id: int, text: str) -> str:
    return hashlib.blake2b(f"{key}\n{dialogue_id}\n{text}".encode(), digest_size=32).hexdigest()


def _asker_of(submission_key: str | None) -> Asker | None:
    if submission_key is None:
        return None
    return db.session.scalar(
        sa.select(Asker).join(Question).where(Question.submission_key == submission_key).order_by(Asker.id).limit(1)
    )


def known_sending(key: str, dialogue_id: int, text: str) -> Asker | None:
    """The asker that this very sending of a form has made already: `receive` would give it again."""
    return _asker_of(_submission_key(key, dialogue_id, text)) if key else None


def check_undo(question: Question, actor: Staff) -> None:
    """Refuse to take back what somebody else entered, or what somebody has worked on."""
    if question.entered_by_id != actor.id:
        raise RuleBroken(_l("Only who entered a question can take it back like this."))
    if question.state is not QuestionState.WAITING or question.assigned_at is not None:
        raise RuleBroken(_l("Somebody has worked on this question already, so it cannot be taken back here."))


def undo_entry(*, question: Question, note: str, actor: Staff) -> None:
    """Take back what was entered by mistake. Nothing is deleted: it is withdrawn, and the trail says why."""
    check_undo(question, actor)
    question.state, question.state_note, question.decided_at = QuestionState.WITHDRAWN, note, clock.now()
    db.session.flush()
    trail.record(
        commune_id=question.commune_id,
        actor=actor,
        thing="question",
        thing_id=question.id,
        action="entered_by_mistake",
    )
    db.session.flush()
    tell(question, QuestionEvent.WITHDRAWN)


def _change(
    asker: Asker, consent: Consent, is_given: bool, how: ConsentHow, actor: Staff | None, at: datetime
) -> ConsentChange:
    return ConsentChange(
        commune_id=asker.commune_id,
        asker_id=asker.id,
        consent=consent,
        is_given=is_given,
        how=how,
        staff_id=actor.id if actor else None,
        at=at,
    )


def set_consent(
    *, asker: Asker, consent: Consent, is_given: bool, how: ConsentHow = ConsentHow.WEB, actor: Staff | None = None
) -> None:
    """Give a consent or take it back; taking back is as easy as giving. The same once more changes nothing."""
    if getattr(asker, FLAGS[consent]) == is_given:
        return
    lacking = lacking_for(consent, bool(asker.name), bool(asker.phone or asker.email)) if is_given else None
    if lacking is Lacking.NAME:
        raise RuleBroken(_l("You gave no name, so there is none to show. Call the office if you want to add it."))
    if lacking:
        raise RuleBroken(_l("You left no phone number and no e-mail address. Call the office if you want to add one."))
    setattr(asker, FLAGS[consent], is_given)
    if is_given and actor is not None and consent is Consent.MESSAGE and asker.email:
        asker.email_confirmed_at = asker.email_confirmed_at or clock.now()
    db.session.add(_change(asker, consent, is_given, how, actor, clock.now()))
    trail.record(
        commune_id=asker.commune_id,
        actor=actor,
        thing="question",
        thing_id=asker.question_id,
        action="consent_given" if is_given else "consent_taken_back",
    )
    db.session.flush()


# -- entering on behalf -----------------------------------------------------------------------------------------------


def is_bound_to_village(staff: Staff) -> bool:
    """Whether this person enters questions only as head of the own village."""
    return Role.OFFICE not in staff.roles and Role.VILLAGE_HEAD in staff.roles


def dialogues_to_enter_for(staff: Staff, most: int = 40) -> list[Dialogue]:
    """The dialogues that a question may be entered for, newest first; village heads see only announced ones."""
    statement = (
        sa.select(Dialogue)
        .where(Dialogue.commune_id == staff.commune_id, Dialogue.state != DialogueState.CANCELLED)
        .order_by(Dialogue.starts_at.desc(), Dialogue.id)
        .limit(most)
    )
    if is_bound_to_village(staff):
        statement = statement.where(Dialogue.announced_at.is_not(None))
    return list(db.session.scalars(statement))


def usual_dialogue(dialogues: Sequence[Dialogue]) -> Dialogue | None:
    """The one that people mean: the next that has a day and collects, else one that was postponed, else the newest
    announced one, else the newest."""
    now = clock.now()
    collecting = [d for d in dialogues if takes_questions(d.state, d.starts_at, d.question_deadline_at, now)]
    announced = [d for d in dialogues if d.announced_at]
    with_day = [d for d in collecting if d.state is DialogueState.ANNOUNCED]
    usual = with_day[-1:] or collecting[-1:] or announced[:1] or dialogues[:1]
    return usual[0] if usual else None


def entered_by(staff: Staff, most: int = 20) -> list[Question]:
    """The questions that this person entered last, newest first."""
    return list(
        db.session.scalars(
            sa.select(Question)
            .where(
                Question.commune_id == staff.commune_id,
                Question.entered_by_id == staff.id,
                Question.split_from_id.is_(None),
            )
            .order_by(Question.id.desc())
            .limit(most)
        )
    )


def receipt_of(staff: Staff, question_id: int) -> Asker | None:
    """The asker whose receipt this person may print: the office any, a village head those of the own entries."""
    statement = (
        sa.select(Asker)
        .join(Asker.question)
        .where(Asker.commune_id == staff.commune_id, Asker.question_id == question_id)
        .options(joinedload(Asker.question).joinedload(Question.dialogue))
        .order_by(Asker.id)
        .limit(1)
    )
    if is_bound_to_village(staff):
        statement = statement.where(Question.village_id == staff.village_id, Question.entered_by_id == staff.id)
    return db.session.scalar(statement)


@dataclass(frozen=True)
class ConsentLine:
    """One change of a consent in the story of an asker."""

    at: datetime
    consent: Consent
    is_given: bool
    how: ConsentHow
    who: str


def consent_lines(question_id: int) -> dict[int, list[ConsentLine]]:
    """The changes of consents by asker, newest first; one query."""
    found: dict[int, list[ConsentLine]] = defaultdict(list)
    c = ConsentChange
    for asker_id, at, consent, is_given, how, who in db.session.execute(
        sa.select(c.asker_id, c.at, c.consent, c.is_given, c.how, Staff.name)
        .join(Asker, Asker.id == c.asker_id)
        .outerjoin(Staff, Staff.id == c.staff_id)
        .where(Asker.question_id == question_id)
        .order_by(c.id.desc())
    ):
        found[asker_id].append(ConsentLine(at, consent, is_given, how, who or ""))
    return found
