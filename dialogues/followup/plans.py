"""Changing the plan of a promise, and withdrawing it: dated lines in its story, nothing is edited in silence."""

from dataclasses import dataclass

from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from dialogues import clock
from dialogues.access import Permission, allowed
from dialogues.errors import RuleBroken
from dialogues.extensions import db
from dialogues.followup.entries import add, calendars_hear, check_version, may_plan, move, record
from dialogues.followup.events import tell
from dialogues.followup.models import Commitment, CommitmentSupport
from dialogues.followup.rules import UNFINISHED, CommitmentKind, CommitmentState, EntryKind
from dialogues.places import service as places
from dialogues.questions.rules import QuestionEvent
from dialogues.staff.models import Staff
from dialogues.words import label


@dataclass(frozen=True)
class Plan:
    """How a promise is to be kept, as a form says it. `budget_note` None: this person does not see it."""

    kind: CommitmentKind
    result: str
    public_text: str
    place: str
    escalated_to: str
    unit_ids: tuple[int, ...]
    budget_note: str | None = None

    @property
    def shown(self) -> str:
        return self.public_text or self.result


def check_planner(actor: Staff, commitment: Commitment) -> None:
    """Who may change the plan, and only while it is worked on."""
    if not may_plan(actor, commitment):
        raise RuleBroken(_l("Only the responsible person and the office change the plan of a commitment."))
    if commitment.state not in UNFINISHED:
        raise RuleBroken(_l("This commitment is not at work any more: its plan stays as it is."))


def change_plan(*, commitment: Commitment, version: int, plan: Plan, reason: str, actor: Staff) -> bool:
    """Put a new plan in the place of the old; the story names both, with the reason. False when nothing differs."""
    check_version(commitment, version)
    check_planner(actor, commitment)
    if not plan.result:
        raise RuleBroken(_l("Write what will be there in the end, so that anybody can check it."), "result")
    if plan.kind is CommitmentKind.PASS_UP and not plan.escalated_to:
        raise RuleBroken(_l("Name the body that the matter is passed up to."), "escalated_to")
    own_unit = commitment.responsible.unit_id
    unit_ids = {id_ for id_ in plan.unit_ids if id_ != own_unit}
    with force_locale("vi"):  # the story is read by residents, whoever writes it
        public, office = _differences(commitment, plan, unit_ids)
    note = plan.budget_note
    notes_money = note is not None and note != commitment.budget_note and allowed(actor, Permission.PUBLISH_ANSWERS)
    if not public and not office and not notes_money:
        return False
    if public and not reason:
        raise RuleBroken(_l("Write why the plan changes. Residents read the reason."), "reason")
    _apply(commitment, plan, unit_ids)
    if notes_money:
        commitment.budget_note = note or ""
    if public:
        calendars_hear(commitment)
        add(commitment, actor, EntryKind.PLAN_CHANGED, "\n".join([*public, reason]))
    db.session.flush()
    # Of the note on money the trail tells only that it changed: overseers and leaders read the trail.
    trail = [*public, *office, *([str(_("Note on money"))] if notes_money else []), *([reason] if reason else [])]
    record(commitment, actor, "plan_changed", "; ".join(trail))
    return True


def _differences(commitment: Commitment, plan: Plan, unit_ids: set[int]) -> tuple[list[str], list[str]]:
    """`what: old → new`, for the story that residents read and for the office alone."""
    c, public, office = commitment, list[str](), list[str]()
    body = plan.escalated_to if plan.kind is CommitmentKind.PASS_UP else ""
    if c.kind is not plan.kind:
        public.append(_change(_("What is promised"), _kind(c.kind), _kind(plan.kind)))
    if c.escalated_to != body:
        public.append(_change(_("Passed up to"), c.escalated_to, body))
    if c.shown != plan.shown:
        public.append(_change(_("What will be there"), c.shown, plan.shown))
    if c.result != plan.result and (c.public_text or plan.public_text):
        office.append(_change(_("For the office"), c.result, plan.result))
    if c.place != plan.place:
        public.append(_change(_("Place or project"), c.place, plan.place))
    old = {one.unit_id: one.unit.name for one in c.supports}
    if set(old) != unit_ids:
        names = {unit.id: unit.name for unit in places.units(c.commune_id, with_closed=True)}
        new = ", ".join(name for id_, name in names.items() if id_ in unit_ids)
        public.append(_change(_("Supporting"), ", ".join(old.values()), new))
    return public, office


def _kind(kind: CommitmentKind) -> str:
    return str(label(kind))


def _change(what: str, old: str, new: str) -> str:
    return f"{what}: {_quoted(old)} → {_quoted(new)}"


def _quoted(text: str) -> str:
    return f"“{text}”" if text else "–"


def _apply(commitment: Commitment, plan: Plan, unit_ids: set[int]) -> None:
    commitment.kind = plan.kind
    commitment.result = plan.result
    commitment.public_text = "" if plan.public_text == plan.result else plan.public_text
    commitment.place = plan.place
    commitment.escalated_to = plan.escalated_to if plan.kind is CommitmentKind.PASS_UP else ""
    kept = {one.unit_id: one for one in commitment.supports}
    if set(kept) != unit_ids:
        commitment.supports = [kept.get(id_) or CommitmentSupport(unit_id=id_) for id_ in sorted(unit_ids)]


# -- withdrawing ------------------------------------------------------------------------------------------------------


def withdraw_fault(staff: Staff, commitment: Commitment) -> object | None:
    """Why this person cannot withdraw it, as a sentence; None when they can."""
    if not allowed(staff, Permission.WITHDRAW_COMMITMENTS):
        return _l("Only the office withdraws a commitment.")
    if staff.id == commitment.responsible_id:
        return _l("This is your own commitment: somebody else of the office decides whether it is withdrawn.")
    if commitment.state not in UNFINISHED:
        return _l("Only a commitment that is not done can be withdrawn.")
    return None


def withdraw(*, commitment: Commitment, version: int, reason: str, actor: Staff) -> None:
    """It will not be kept. It stays in public for ever, with the reason, and in every count."""
    check_version(commitment, version)
    fault = withdraw_fault(actor, commitment)
    if fault:
        raise RuleBroken(fault)
    if not reason:
        raise RuleBroken(_l("Write why it will not be kept. Residents read the reason."), "reason")
    move(commitment, CommitmentState.WITHDRAWN)
    commitment.withdrawn_on = clock.today(actor.commune.time_zone)
    add(commitment, actor, EntryKind.WITHDRAWN, reason)
    db.session.flush()
    record(commitment, actor, "commitment_withdrawn", reason)
    tell(commitment, QuestionEvent.COMMITMENT_WITHDRAWN)
