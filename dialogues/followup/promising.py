"""Making a promise from an answer: what it cannot do without, and what is worth a second look before it is made."""

from dataclasses import dataclass
from datetime import date
from uuid import uuid4

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from dialogues import clock, formatting
from dialogues.access import Permission, allowed
from dialogues.errors import RuleBroken
from dialogues.extensions import db
from dialogues.followup import due as days
from dialogues.followup.entries import record
from dialogues.followup.events import tell
from dialogues.followup.models import Answer, Commitment, CommitmentSupport
from dialogues.followup.rules import CommitmentKind, DayCount, Outcome
from dialogues.followup.weak import weak_words
from dialogues.language import current_language
from dialogues.places.models import Commune
from dialogues.questions.models import Question
from dialogues.questions.rules import QuestionEvent
from dialogues.staff.models import Staff


@dataclass(frozen=True)
class Promise:
    """What a person wrote. `keeps_day`, `despite_leave`: the ticks that answer a doubt."""

    responsible: Staff | None
    result: str
    due_on: date | None = None
    counts: DayCount = DayCount.DAY
    due_days: int | None = None
    kind: CommitmentKind = CommitmentKind.DO
    escalated_to: str = ""
    public_text: str = ""
    place: str = ""
    budget_note: str = ""
    unit_ids: tuple[int, ...] = ()
    keeps_day: bool = False
    despite_leave: bool = False


@dataclass(frozen=True)
class Hints:
    """What is said about a promise while it is written. Each is "" when there is nothing to say."""

    weak: tuple[str, ...]
    due: days.Due
    day_off: str
    leave: str
    account: str


def hints_for(commune: Commune, promised_on: date, promise: Promise) -> Hints:
    """Everything worth a second look, found before anything is refused."""
    today = clock.today(commune.time_zone)
    due = _due(commune, promised_on, promise)
    return Hints(
        weak=weak_words(promise.result, promise.public_text),
        due=due,
        day_off=days.day_off_doubt(commune, due.on) if due.counted is None else "",
        leave=leave_doubt(promise.responsible, (today, due.on)),
        account=account_fault(promise.responsible) or account_note(promise.responsible),
    )


def _due(commune: Commune, promised_on: date, promise: Promise) -> days.Due:
    return days.due_of(commune, promised_on, promise.counts, promise.due_on, promise.due_days)


# -- the responsible person -------------------------------------------------------------------------------------------


def account_fault(person: Staff | None) -> str:
    """No account that signs in and no address: this person would never hear of it."""
    if person is None or person.password_hash or person.email:
        return ""
    return _(
        "%(name)s can neither sign in nor get mail, so no reminder would arrive. Choose somebody else, or ask the"
        " administrator for an account first.",
        name=person.name,
    )


def account_note(person: Staff | None) -> str:
    """Somebody who is only named gets reminders by mail, and the office reports for them."""
    if person is None or person.password_hash or not person.email:
        return ""
    return _(
        "%(name)s has no account that signs in: reminders come by mail, and somebody of the same department or the"
        " office reports the progress.",
        name=person.name,
    )


def leave_doubt(person: Staff | None, moments: tuple[date | None, ...]) -> str:
    """That the person is away on one of these days, until when and who acts meanwhile; "" when they are there."""
    if person is None or person.away_from is None:
        return ""
    first, last = person.away_from, person.away_until
    if not any(day and first <= day and (last is None or day <= last) for day in moments):
        return ""
    language = current_language()
    until = formatting.short_date(last, language) if last else _("further notice")
    away = _(
        "%(name)s is away from %(first)s until %(last)s.",
        name=person.name, first=formatting.short_date(first, language), last=until,
    )  # fmt: skip
    deputy = db.session.get(Staff, person.deputy_id) if person.deputy_id else None
    acts = _("%(name)s acts meanwhile.", name=deputy.name) if deputy else _("Nobody is named who acts meanwhile.")
    return " ".join((away, acts, _("Choose somebody else, or tick that it stays with this person.")))


# -- making -----------------------------------------------------------------------------------------------------------


def make_commitment(*, question: Question, answer: Answer | None, promise: Promise, actor: Staff) -> Commitment:
    """A promise made in an answer. Never without a person, something to check and a day."""
    if answer is None:
        raise RuleBroken(_l("Write the answer first: a commitment is made in an answer."))
    if answer.outcome is Outcome.MOVED_TO_COMPLAINT:
        raise RuleBroken(_l("What goes to the complaint procedure gets no public commitment."))
    responsible = _checked_person(question, promise)
    _check_words(promise)
    due = _due(actor.commune, answer.answered_on, promise)
    due_on = _checked_day(actor.commune, due, promise, responsible)
    same = [
        c
        for c in answer.commitments
        if (c.responsible_id, c.result, c.due_on) == (responsible.id, promise.result, due_on)
    ]
    if same:
        return same[0]  # the form was sent twice
    commitment = _row(question, answer, promise, due_on, actor)
    db.session.add(commitment)
    db.session.flush()
    day = formatting.short_date(due_on)
    record(commitment, actor, "commitment_made", f"{responsible.name}, {day}" + (f" ({due.how})" if due.how else ""))
    tell(commitment, QuestionEvent.COMMITMENT_MADE)
    return commitment


def _checked_person(question: Question, promise: Promise) -> Staff:
    person = promise.responsible
    if person is None or not person.is_active or person.commune_id != question.commune_id:
        raise RuleBroken(_l("Choose the person who is responsible."), "responsible_id")
    fault = account_fault(person)
    if fault:
        raise RuleBroken(fault, "responsible_id")
    return person


def _check_words(promise: Promise) -> None:
    if not promise.result:
        raise RuleBroken(_l("Write what will be there in the end, so that anybody can check it."), "result")
    if promise.kind is CommitmentKind.PASS_UP and not promise.escalated_to:
        raise RuleBroken(_l("Name the body that the matter is passed up to."), "escalated_to")


def _checked_day(commune: Commune, due: days.Due, promise: Promise, person: Staff) -> date:
    today = clock.today(commune.time_zone)
    due_on = days.check_due(due, promise.counts, today)
    doubt = days.day_off_doubt(commune, due_on) if due.counted is None else ""
    if doubt and not promise.keeps_day:
        raise RuleBroken(doubt, "keeps_day")
    doubt = leave_doubt(person, (today, due_on))
    if doubt and not promise.despite_leave:
        raise RuleBroken(doubt, "despite_leave")
    return due_on


def _row(question: Question, answer: Answer, promise: Promise, due_on: date, actor: Staff) -> Commitment:
    own_unit = promise.responsible.unit_id if promise.responsible else None
    is_counted = promise.counts is not DayCount.DAY
    return Commitment(
        commune_id=question.commune_id,
        dialogue_id=question.dialogue_id,
        answer_id=answer.id,
        responsible=promise.responsible,
        kind=promise.kind,
        result=promise.result,
        public_text="" if promise.public_text == promise.result else promise.public_text,
        place=promise.place,
        escalated_to=promise.escalated_to if promise.kind is CommitmentKind.PASS_UP else "",
        budget_note=promise.budget_note if allowed(actor, Permission.PUBLISH_ANSWERS) else "",
        supports=[CommitmentSupport(unit_id=id_) for id_ in promise.unit_ids if id_ != own_unit],
        promised_on=answer.answered_on,
        first_due_on=due_on,
        due_on=due_on,
        due_counts=promise.counts,
        due_days=promise.due_days if is_counted else None,
        uid=f"commitment-{uuid4().hex}@{current_app.config['SETTINGS'].base_host}",
        created_at=clock.now(),
        changed_at=clock.now(),
    )
