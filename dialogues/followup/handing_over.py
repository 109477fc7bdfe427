"""When a person leaves: everything open goes to a successor in one step, on record; first days and stories stay."""

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import selectinload

from dialogues import clock
from dialogues.access import Permission, allowed
from dialogues.errors import RuleBroken
from dialogues.extensions import db
from dialogues.followup import events
from dialogues.followup.entries import add, calendars_hear, record
from dialogues.followup.models import Answer, Commitment
from dialogues.followup.rules import LATER, CommitmentState, EntryKind, Outcome
from dialogues.post import service as post
from dialogues.post.rules import Kind
from dialogues.post.service import Letter
from dialogues.questions.events import tell
from dialogues.questions.models import Question
from dialogues.questions.rules import ASSIGNABLE, QuestionEvent
from dialogues.schedule.models import Dialogue
from dialogues.schedule.rules import DialogueState
from dialogues.staff import trail
from dialogues.staff.models import Staff
from dialogues.staff.rules import is_away

OPEN = (CommitmentState.OPEN, CommitmentState.IN_PROGRESS, CommitmentState.REPORTED_DONE)
"""One that is reported done goes too: it may be reopened."""


@dataclass(frozen=True)
class Load:
    """What a person holds: promises that are not at their end, questions to answer, people who have them above or as a
    deputy. `dialogues`: to come, which name the person; who leads them is changed there, not here."""

    promises: int
    questions: int
    below: int
    deputies: int
    dialogues: int = 0

    def __bool__(self) -> bool:
        return any((self.promises, self.questions, self.below, self.deputies))


def _promises(staff: Staff) -> sa.Select[tuple[Commitment]]:
    c = Commitment
    return sa.select(c).where(c.commune_id == staff.commune_id, c.responsible_id == staff.id, c.state.in_(OPEN))


def _questions(staff: Staff) -> sa.Select[tuple[Question]]:
    """Without an answer that ends them: assigned to the person, or to nobody where the person promised a later one."""
    q, a = Question, Answer
    later = sa.and_(a.outcome.in_(LATER), a.final_on.is_(None))
    is_open = sa.or_(a.id.is_(None), a.published_at.is_(None), a.outcome == Outcome.NOTED, later)
    nobodys = sa.and_(q.assigned_staff_id.is_(None), q.assigned_unit_id.is_(None))
    own = sa.or_(q.assigned_staff_id == staff.id, sa.and_(nobodys, a.answered_by_id == staff.id, later))
    return (
        sa.select(q)
        .outerjoin(a, a.question_id == q.id)
        .where(q.commune_id == staff.commune_id, q.state.in_(ASSIGNABLE), own, is_open)
        .order_by(q.id)
    )


def _dialogues(staff: Staff) -> sa.Select[tuple[Dialogue]]:
    """To come, with the person as chair, co-chair or secretary."""
    d = Dialogue
    named = sa.or_(d.chair_id == staff.id, d.co_chair_id == staff.id, d.secretary_id == staff.id)
    to_come = d.state.in_((DialogueState.DRAFT, DialogueState.ANNOUNCED, DialogueState.POSTPONED))
    return sa.select(d).where(d.commune_id == staff.commune_id, to_come, named)


def _people(staff: Staff, column: sa.orm.InstrumentedAttribute[int | None]) -> sa.Select[tuple[Staff]]:
    return sa.select(Staff).where(Staff.commune_id == staff.commune_id, column == staff.id, Staff.is_active)


def load_of(staff: Staff) -> Load:
    """How much this person holds; one query."""
    parts = (
        _promises(staff).with_only_columns(sa.func.count()),
        _questions(staff).with_only_columns(sa.func.count()),
        _people(staff, Staff.superior_id).with_only_columns(sa.func.count()),
        _people(staff, Staff.deputy_id).with_only_columns(sa.func.count()),
        _dialogues(staff).with_only_columns(sa.func.count()),
    )
    row = db.session.execute(sa.select(*(part.order_by(None).scalar_subquery() for part in parts))).one()
    return Load(*row)


def _check(person: Staff, successor: Staff | None, today: date) -> Staff:
    if successor is None or successor.commune_id != person.commune_id or not successor.is_active:
        raise RuleBroken(_l("Choose who takes it over."), "successor_id")
    if successor.id == person.id:
        raise RuleBroken(_l("Choose somebody else: this person hands over."), "successor_id")
    if not allowed(successor, Permission.WORK):
        raise RuleBroken(
            _l("This person has no role that keeps promises. Give the account one first, or choose another person."),
            "successor_id",
        )
    if is_away(successor.away_from, successor.away_until, today):
        raise RuleBroken(_l("This person is away today. Choose somebody who is there."), "successor_id")
    return successor


def hand_over(*, person: Staff, successor: Staff | None, actor: Staff) -> Load:
    """Give all that is open to the successor, in this transaction; how much. Once more hands over nothing."""
    new = _check(person, successor, clock.today(actor.commune.time_zone))
    load = load_of(person)
    if not load:
        return load
    said = f"{_named(person)} → {_named(new)}"
    promises = db.session.scalars(_promises(person).options(selectinload(Commitment.entries))).all()
    for commitment in promises:
        commitment.responsible_id = new.id
        calendars_hear(commitment)
        add(commitment, actor, EntryKind.HANDED_OVER, said)
        record(commitment, actor, "handed_over", said)
    for question in db.session.scalars(_questions(person)).all():
        was_assigned = question.assigned_staff_id is not None
        question.assigned_staff_id, question.assigned_at = new.id, question.assigned_at or clock.now()
        trail.record(
            commune_id=question.commune_id, actor=actor, thing="question", thing_id=question.id, action="handed_over",
            note=said,
        )  # fmt: skip
        db.session.flush()
        if was_assigned:
            tell(question, QuestionEvent.ASSIGNED)
    if _is_below(new, person):  # moves up: else those who were between would stand above and below at once
        new.superior_id = person.superior_id
    for one in db.session.scalars(_people(person, Staff.superior_id)).all():
        one.superior_id = new.id if new.id != one.id else None
    for one in db.session.scalars(_people(person, Staff.deputy_id)).all():
        one.deputy_id = new.id if new.id != one.id else None
    db.session.flush()
    for commitment in promises:
        db.session.refresh(commitment, ["responsible"])
        events.tell(commitment, QuestionEvent.COMMITMENT_HANDED_OVER)
    trail.record(
        commune_id=person.commune_id, actor=actor, thing="staff", thing_id=person.id, action="handed_over",
        note=f"{said}: {load.promises} + {load.questions}",
    )  # fmt: skip
    _tell(person, new, load, actor)
    return load


def _is_below(staff: Staff, above: Staff) -> bool:
    """Whether somebody on the way up from `staff` is `above`."""
    seen: set[int] = set()
    one: Staff | None = staff
    while one is not None and one.superior_id is not None and one.id not in seen:
        if one.superior_id == above.id:
            return True
        seen.add(one.id)
        one = db.session.get(Staff, one.superior_id)
    return False


def _named(staff: Staff) -> str:
    return f"{staff.name} ({staff.post})" if staff.post else staff.name


def _tell(person: Staff, new: Staff, load: Load, actor: Staff) -> None:
    """One mail to the successor."""
    if not new.email:
        return
    base = current_app.config["SETTINGS"].base_url
    with force_locale("vi"):
        text = _(
            "%(actor)s handed over to you what %(person)s held: %(promises)s promises and %(questions)s questions.\n\n"
            "The days stay as they were promised. Look at them here:\n%(url)s",
            actor=actor.name, person=_named(person), promises=load.promises, questions=load.questions,
            url=f"{base}/office/work",
        )  # fmt: skip
        letter = Letter(
            kind=Kind.HANDED_OVER, thing=f"staff:{person.id}", recipient=new.email,
            version=int(clock.now().timestamp()), subject=_("Promises of %(person)s are yours now", person=person.name),
            text=text, recipient_name=new.name, why=_("You take over the work of a colleague."),
        )  # fmt: skip
    post.put(commune=person.commune, letter=letter)
