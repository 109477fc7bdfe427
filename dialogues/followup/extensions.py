"""A later day for a promise: the responsible person asks, the superior or the office decides, residents read both.

Until it is decided the old day counts: who asks late is late. Nobody decides on a day that they asked for, or on the
own promise; for the head of the commune, who has nobody above, the office writes down what was decided.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import joinedload

from dialogues import clock, formatting
from dialogues.access import Permission, allowed
from dialogues.errors import RuleBroken
from dialogues.extensions import db
from dialogues.followup.entries import add, calendars_hear, check_version, record
from dialogues.followup.events import tell
from dialogues.followup.models import Commitment, ExtensionRequest
from dialogues.followup.rules import UNFINISHED, EntryKind, ExtensionState
from dialogues.questions.rules import QuestionEvent
from dialogues.staff.models import Staff
from dialogues.staff.standins import acts_for, head_id, superior_of

MOST = 100
_ASKED_ALREADY = _l("A later day is asked for already. It waits for a decision.")
_DECIDED_ALREADY = _l("Somebody decided this meanwhile. Look at what was decided.")


# -- who --------------------------------------------------------------------------------------------------------------


def may_ask(staff: Staff, commitment: Commitment) -> bool:
    """The responsible person or who acts for them, and the office on their behalf."""
    own = acts_for(staff, commitment.responsible, clock.today(staff.commune.time_zone))
    return allowed(staff, Permission.WORK) and (own or allowed(staff, Permission.PUBLISH_ANSWERS))


def may_decide(staff: Staff, commitment: Commitment) -> bool:
    """The superior of the responsible person, or who acts for the superior; the office. Never the responsible person
    or who acts for them."""
    today = clock.today(staff.commune.time_zone)
    if not allowed(staff, Permission.WORK) or acts_for(staff, commitment.responsible, today):
        return False
    if allowed(staff, Permission.PUBLISH_ANSWERS):
        return True
    superior = superior_of(commitment.responsible)
    return superior is not None and acts_for(staff, superior, today)


def decide_fault(staff: Staff, request: ExtensionRequest) -> object | None:
    """Why this person cannot decide, as a sentence; None when they can."""
    if request.state is not ExtensionState.ASKED:
        return _DECIDED_ALREADY
    if request.commitment.state not in UNFINISHED:
        return _l("This commitment is not at work any more: there is nothing to extend.")
    if staff.id == request.asked_by_id:
        return _l("You asked for this day yourself: somebody else decides.")
    if not may_decide(staff, request.commitment):
        return _l("The superior of the responsible person or the office decides on a later day.")
    return None


# -- asking and deciding ----------------------------------------------------------------------------------------------


def waiting_request(commitment: Commitment) -> ExtensionRequest | None:
    """The request of this promise that waits for a decision."""
    return next((one for one in commitment.extension_requests if one.state is ExtensionState.ASKED), None)


def day_asked_for(commitment: Commitment) -> date:
    """The day of the request that waits, else the present one."""
    waiting = waiting_request(commitment)
    return waiting.new_due_on if waiting else commitment.due_on


def _check_day(commitment: Commitment, new_due_on: date | None, reason: str, actor: Staff) -> date:
    if commitment.state not in UNFINISHED:
        raise RuleBroken(_l("This commitment is not at work any more: there is nothing to extend."), "new_due_on")
    if new_due_on is None:
        raise RuleBroken(_l("Choose the new day."), "new_due_on")
    if new_due_on <= commitment.due_on:
        raise RuleBroken(_l("The new day must be later than the present one."), "new_due_on")
    if new_due_on < clock.today(actor.commune.time_zone):
        raise RuleBroken(_l("The due day has passed already. Choose today or a later day."), "new_due_on")
    if not reason:
        raise RuleBroken(_l("Write why it takes longer. Residents read the reason."), "reason")
    return new_due_on


def ask(*, commitment: Commitment, new_due_on: date | None, reason: str, actor: Staff) -> ExtensionRequest:
    """Ask for a later day. The same form sent twice is one request; a second one waits until the first is decided."""
    if not may_ask(actor, commitment):
        raise RuleBroken(_l("Only the responsible person and the office ask for a later day."))
    day = _check_day(commitment, new_due_on, reason, actor)
    waiting = waiting_request(commitment)
    if waiting is not None:
        if (waiting.new_due_on, waiting.reason, waiting.asked_by_id) == (day, reason, actor.id):
            return waiting
        raise RuleBroken(_ASKED_ALREADY, "new_due_on")
    request = ExtensionRequest(
        commune_id=commitment.commune_id, asked_by_id=actor.id, asked_at=clock.now(), reason=reason,
        old_due_on=commitment.due_on, new_due_on=day, state=ExtensionState.ASKED,
    )  # fmt: skip
    try:
        with db.session.begin_nested():
            commitment.extension_requests.append(request)
            db.session.flush()
    except sa.exc.IntegrityError:  # two asked at the same moment
        db.session.refresh(commitment, ["extension_requests"])
        raise RuleBroken(_ASKED_ALREADY, "new_due_on") from None
    add(commitment, actor, EntryKind.EXTENSION_ASKED, reason, old_due_on=commitment.due_on, new_due_on=day)
    db.session.flush()
    record(commitment, actor, "extension_asked", f"{_days(commitment.due_on, day)}: {reason}")
    return request


def grant(*, request: ExtensionRequest, note: str, actor: Staff) -> None:
    """The later day counts from now on; residents read both days and the reason."""
    _check_decision(request, actor)
    if request.new_due_on < clock.today(actor.commune.time_zone):
        raise RuleBroken(_l("The day asked for has passed already. Refuse it, and let another day be asked for."))
    _decide(request, ExtensionState.GRANTED, note, actor)
    if request.new_due_on > request.commitment.due_on:
        _extend(request.commitment, request.new_due_on, request.reason, actor)


def refuse(*, request: ExtensionRequest, note: str, actor: Staff) -> None:
    """The old day stays; the reason stands in the story."""
    _check_decision(request, actor)
    if not note:
        raise RuleBroken(_l("Write why the day stays as it is."), "note")
    _decide(request, ExtensionState.REFUSED, note, actor)
    commitment = request.commitment
    dates = {"old_due_on": request.old_due_on, "new_due_on": request.new_due_on}
    add(commitment, actor, EntryKind.EXTENSION_REFUSED, note, **dates)
    db.session.flush()
    record(commitment, actor, "extension_refused", f"{_days(**dates)}: {note}")


def extend(*, commitment: Commitment, version: int, new_due_on: date | None, reason: str, actor: Staff) -> None:
    """Give it a later day without a request: who may decide does it at once. One that waits is settled with it. The
    first day and every reason stay visible for ever."""
    check_version(commitment, version)
    if not may_decide(actor, commitment):
        raise RuleBroken(_l("The superior of the responsible person or the office decides on a later day."))
    day = _check_day(commitment, new_due_on, reason, actor)
    waiting = waiting_request(commitment)
    if waiting is not None:
        if waiting.asked_by_id == actor.id:
            raise RuleBroken(_l("You asked for this day yourself: somebody else decides."))
        _decide(waiting, ExtensionState.GRANTED, reason, actor)
    _extend(commitment, day, reason, actor)


def _check_decision(request: ExtensionRequest, actor: Staff) -> None:
    db.session.refresh(request, with_for_update=True)
    fault = decide_fault(actor, request)
    if fault:
        raise RuleBroken(fault)


def _decide(request: ExtensionRequest, state: ExtensionState, note: str, actor: Staff) -> None:
    request.state, request.decision = state, note
    request.decided_by_id, request.decided_at = actor.id, clock.now()
    db.session.flush()


def _extend(commitment: Commitment, day: date, reason: str, actor: Staff) -> None:
    old = commitment.due_on
    commitment.due_on = day
    calendars_hear(commitment)
    add(commitment, actor, EntryKind.EXTENSION, reason, old_due_on=old, new_due_on=day)
    db.session.flush()
    record(commitment, actor, "extended", f"{_days(old, day)}: {reason}")
    tell(commitment, QuestionEvent.COMMITMENT_EXTENDED)


def _days(old_due_on: date, new_due_on: date) -> str:
    return f"{formatting.short_date(old_due_on)} → {formatting.short_date(new_due_on)}"


# -- lists ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Requests:
    """What a person finds on the page of later days."""

    mine: list[ExtensionRequest]
    """Those that wait for this person's word, the one whose old day comes first on top."""
    others: list[ExtensionRequest]
    """Those that wait for somebody else, as far as this person may see them."""
    decided: list[ExtensionRequest]
    """The last that were decided."""


def waiting_for(staff: Staff, today: date) -> sa.Select[tuple[ExtensionRequest]]:
    """The requests that wait for this person as superior, or as deputy of one who is away."""
    return _waiting(staff.commune_id).where(_decides(staff, today), ExtensionRequest.asked_by_id != staff.id)


def _waiting(commune_id: int) -> sa.Select[tuple[ExtensionRequest]]:
    r, c = ExtensionRequest, Commitment
    return (
        sa.select(r)
        .join(c, c.id == r.commitment_id)
        .join(Staff, Staff.id == c.responsible_id)
        .where(r.commune_id == commune_id, r.state == ExtensionState.ASKED, c.state.in_(UNFINISHED))
    )


def _decides(staff: Staff, today: date) -> sa.ColumnElement[bool]:
    """Condition on the responsible person (Staff): this one is their superior, or acts for the superior today."""
    closed = sa.select(Staff.id).where(Staff.commune_id == staff.commune_id, ~Staff.is_active)
    acted_for = _acted_for(staff, today)
    above: sa.ColumnElement[bool] = Staff.superior_id.in_(acted_for)
    if head_id(staff.commune) in acted_for:
        above = sa.or_(above, Staff.superior_id.is_(None), Staff.superior_id.in_(closed))
    return sa.and_(above, Staff.id != staff.id)


def _acted_for(staff: Staff, today: date) -> list[int]:
    """The ids of the person and of those whose deputy they are today."""
    away = db.session.scalars(sa.select(Staff).where(Staff.deputy_id == staff.id, Staff.is_active))
    return [staff.id, *(one.id for one in away if acts_for(staff, one, today))]


def count_waiting(staff: Staff, today: date) -> int:
    """How many later days wait for this person's word."""
    found = waiting_for(staff, today).with_only_columns(sa.func.count())
    return db.session.scalar(found) or 0


def requests_of(staff: Staff, today: date) -> Requests:
    """The page of later days: the office and overseers see those of others too."""
    r = ExtensionRequest
    shown = (
        joinedload(r.commitment).joinedload(Commitment.responsible),
        joinedload(r.asked_by),
        joinedload(r.decided_by),
    )

    def rows(statement: sa.Select[tuple[ExtensionRequest]], *order: Any) -> list[ExtensionRequest]:
        return list(db.session.scalars(statement.options(*shown).order_by(*order).limit(MOST)).unique())

    mine = rows(waiting_for(staff, today), r.old_due_on.asc(), r.id.asc())
    sees_all = allowed(staff, Permission.PUBLISH_ANSWERS) or allowed(staff, Permission.CONFIRM_COMMITMENTS)
    own = sa.or_(r.asked_by_id == staff.id, Commitment.responsible_id == staff.id)
    others = _waiting(staff.commune_id) if sees_all else _waiting(staff.commune_id).where(own)
    decided = sa.select(r).join(Commitment).where(r.commune_id == staff.commune_id, r.state != ExtensionState.ASKED)
    if not sees_all:
        decided = decided.where(sa.or_(own, r.decided_by_id == staff.id))
    ids = {one.id for one in mine}
    return Requests(
        mine,
        [one for one in rows(others, r.old_due_on.asc(), r.id.asc()) if one.id not in ids],
        list(db.session.scalars(decided.options(*shown).order_by(r.decided_at.desc(), r.id.desc()).limit(20)).unique()),
    )
