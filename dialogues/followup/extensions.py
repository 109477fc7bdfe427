"""A later day for a promise: the responsible person asks, the superior or the office decides, residents read both days.

Until it is decided the old day counts: who asks late is late. Nobody decides on a day that they asked for, or on the
own promise. The office writes down what was decided on paper, and by whom; for the head of the commune, who has nobody
above, it may name nobody.
"""

from datetime import date

import sqlalchemy as sa
from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import lazyload

from dialogues import clock, formatting
from dialogues.access import Permission, allowed
from dialogues.errors import RuleBroken
from dialogues.extensions import db
from dialogues.followup.entries import add, calendars_hear, check_version, record
from dialogues.followup.events import tell
from dialogues.followup.models import Commitment, ExtensionRequest
from dialogues.followup.rules import UNFINISHED, EntryKind, ExtensionState
from dialogues.post import service as post
from dialogues.post.rules import Kind
from dialogues.post.service import Letter
from dialogues.questions.rules import QuestionEvent
from dialogues.staff.models import Staff, StaffRole
from dialogues.staff.rules import Role
from dialogues.staff.standins import acts_for, superior_of

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


def _is_on_paper(staff: Staff, superior: Staff | None) -> bool:
    """Whether this person only writes down what somebody else decided: the office, where it does not stand above."""
    today = clock.today(staff.commune.time_zone)
    return allowed(staff, Permission.PUBLISH_ANSWERS) and not (superior and acts_for(staff, superior, today))


def _deciders(commitment: Commitment, superior: Staff | None) -> list[Staff]:
    """Who may have decided on paper, the superior first: leaders, but not who is responsible; one query."""
    is_leader = sa.exists().where(StaffRole.staff_id == Staff.id, StaffRole.role == Role.LEADER)
    found = db.session.scalars(
        sa.select(Staff)
        .where(Staff.commune_id == commitment.commune_id, Staff.is_active, is_leader)
        .where(Staff.id != commitment.responsible_id)
        .options(lazyload(Staff.commune), lazyload(Staff.role_rows))
        .order_by(Staff.sort_name, Staff.id)
    ).all()
    above = [superior] if superior else []
    return [*above, *(one for one in found if superior is None or one.id != superior.id)]


def decider_choices(staff: Staff, commitment: Commitment) -> list[tuple[int | None, str]]:
    """Whom this person may name as who decided, for a form, the likeliest first; empty for who decides in person."""
    if not may_decide(staff, commitment):
        return []
    superior = superior_of(commitment.responsible)
    if not _is_on_paper(staff, superior):
        return []
    people: list[tuple[int | None, str]] = [
        (one.id, f"{one.name} ({one.post})" if one.post else one.name) for one in _deciders(commitment, superior)
    ]
    return people if superior else [(None, _("Nobody stands above: the office writes it down")), *people]


def _decider(commitment: Commitment, decided_by_id: int | None, actor: Staff, asked_by_id: int | None = None) -> Staff:
    """Whose decision it is: of the person who presses the button, or on paper of the person whom the office names."""
    superior = superior_of(commitment.responsible)
    if not _is_on_paper(actor, superior) or (superior is None and decided_by_id is None):
        return actor
    found = next((one for one in _deciders(commitment, superior) if one.id == decided_by_id), None)
    if found is None:
        raise RuleBroken(_l("Choose who decided on it."), "decided_by_id")
    if found.id == asked_by_id:
        raise RuleBroken(_l("This person asked for the day: somebody else decides."), "decided_by_id")
    return found


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


def grant(*, request: ExtensionRequest, note: str, actor: Staff, decided_by_id: int | None = None) -> None:
    """The later day counts from now on; residents read both days and the reason."""
    decider = _check_decision(request, actor, decided_by_id)
    if request.new_due_on < clock.today(actor.commune.time_zone):
        raise RuleBroken(_l("The day asked for has passed already. Refuse it, and let another day be asked for."))
    if request.new_due_on <= request.commitment.due_on:
        raise RuleBroken(_l("The promise has this day or a later one by now. Refuse it: nothing is lost."))
    _decide(request, ExtensionState.GRANTED, note, decider)
    _extend(request.commitment, request.new_due_on, request.reason, decider, actor)
    _tell_asking(request, actor)


def refuse(*, request: ExtensionRequest, note: str, actor: Staff, decided_by_id: int | None = None) -> None:
    """The old day stays; the reason stands in the story."""
    decider = _check_decision(request, actor, decided_by_id)
    if not note:
        raise RuleBroken(_l("Write why the day stays as it is."), "note")
    _decide(request, ExtensionState.REFUSED, note, decider)
    commitment = request.commitment
    dates = {"old_due_on": request.old_due_on, "new_due_on": request.new_due_on}
    add(commitment, decider, EntryKind.EXTENSION_REFUSED, note, **dates)
    db.session.flush()
    record(commitment, actor, "extension_refused", f"{_days(**dates)}{_said_by(decider, actor)}: {note}")
    _tell_asking(request, actor)


def extend(
    *,
    commitment: Commitment,
    version: int,
    new_due_on: date | None,
    reason: str,
    actor: Staff,
    decided_by_id: int | None = None,
) -> None:
    """Give it a later day without a request: who may decide does it at once. One that waits is settled with it. The
    first day and every reason stay visible for ever."""
    check_version(commitment, version)
    if not may_decide(actor, commitment):
        raise RuleBroken(_l("The superior of the responsible person or the office decides on a later day."))
    day = _check_day(commitment, new_due_on, reason, actor)
    waiting = waiting_request(commitment)
    if waiting is not None and waiting.asked_by_id == actor.id:
        raise RuleBroken(_l("You asked for this day yourself: somebody else decides."))
    decider = _decider(commitment, decided_by_id, actor, waiting.asked_by_id if waiting else None)
    if waiting is not None:
        _decide(waiting, ExtensionState.GRANTED, reason, decider)
    _extend(commitment, day, reason, decider, actor)
    if waiting is not None:
        _tell_asking(waiting, actor)


def _check_decision(request: ExtensionRequest, actor: Staff, decided_by_id: int | None) -> Staff:
    """Whose decision it is, if one is to be made at all."""
    db.session.refresh(request, with_for_update={"of": ExtensionRequest})
    fault = decide_fault(actor, request)
    if fault:
        raise RuleBroken(fault)
    return _decider(request.commitment, decided_by_id, actor, request.asked_by_id)


def _decide(request: ExtensionRequest, state: ExtensionState, note: str, decider: Staff) -> None:
    request.state, request.decision = state, note
    request.decided_by_id, request.decided_at = decider.id, clock.now()
    db.session.flush()


def _extend(commitment: Commitment, day: date, reason: str, decider: Staff, actor: Staff) -> None:
    old = commitment.due_on
    commitment.due_on = day
    calendars_hear(commitment)
    add(commitment, decider, EntryKind.EXTENSION, reason, old_due_on=old, new_due_on=day)
    db.session.flush()
    record(commitment, actor, "extended", f"{_days(old, day)}{_said_by(decider, actor)}: {reason}")
    tell(commitment, QuestionEvent.COMMITMENT_EXTENDED)


def _said_by(decider: Staff, actor: Staff) -> str:
    """For the trail, where the office wrote down what somebody else decided."""
    return f" ({decider.name})" if decider.id != actor.id else ""


def _tell_asking(request: ExtensionRequest, actor: Staff) -> None:
    """One mail to who is responsible: the day is another one, or it is not."""
    person = request.commitment.responsible
    if not person.email or person.id == actor.id:
        return
    base = current_app.config["SETTINGS"].base_url
    with force_locale("vi"):
        is_granted = request.state is ExtensionState.GRANTED
        day = formatting.short_date(request.commitment.due_on)
        said = _("The later day is granted: %(day)s.", day=day) if is_granted else _("The day stays: %(day)s.", day=day)
        note = "" if is_granted else request.decision
        url = f"{base}/office/commitments/{request.commitment_id}"
        parts = [request.commitment.result, said, note, url]
        letter = Letter(
            kind=Kind.EXTENSION_DECIDED, thing=f"extension:{request.id}", recipient=person.email, version=1,
            subject=said, text="\n\n".join(part for part in parts if part), recipient_name=person.name,
            why=_("You are responsible for this promise."),
        )  # fmt: skip
    post.put(commune=request.commitment.dialogue.commune, letter=letter)


def _days(old_due_on: date, new_due_on: date) -> str:
    return f"{formatting.short_date(old_due_on)} → {formatting.short_date(new_due_on)}"
