"""The register of voters' requests (R1): numbers only, never a name of a signer."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from dialogues import clock
from dialogues.errors import EditConflict, RuleBroken
from dialogues.extensions import db
from dialogues.places import service as places
from dialogues.places.models import Commune
from dialogues.places.rules import RuleName
from dialogues.schedule.round_models import Round, VoterRequest
from dialogues.schedule.round_plan import Note
from dialogues.schedule.round_rules import (
    HAPPENED,
    DayNote,
    RequestState,
    RoundState,
    needed_signatures,
    share_reached,
)
from dialogues.schedule.rules import DialogueState
from dialogues.staff import trail
from dialogues.staff.models import Staff

R = RequestState
NOT_CHECKING = _l("This request is decided already.")
LABELS: dict[str, object] = {
    "received_on": _l("Day it came in"), "about": _l("What they ask for"), "voters": _l("Voters in total"),
    "signatures": _l("Signatures"), "valid_signatures": _l("Valid signatures"),
    "deadline_on": _l("Hold the dialogue by"),
}  # fmt: skip
MOST_TIME_TO_HOLD = timedelta(days=366)
"""No law names it; a later day is a year mistyped, and nobody would be reminded."""


@dataclass(frozen=True)
class RequestPlan:
    """A line of the register as it was typed."""

    received_on: date
    about: str
    voters: int
    signatures: int
    valid_signatures: int | None
    deadline_on: date


@dataclass(frozen=True)
class RequestFacts:
    """A request with what follows from it today. `share` in percent, cut to two digits, never rounded up."""

    request: VoterRequest
    percent: int
    needed: int
    share: float | None
    is_reached: bool
    is_held: bool
    is_open: bool
    is_overdue: bool
    needs_round: bool


def with_details() -> tuple[ORMOption, ...]:
    """A request with its round and the dialogues of that."""
    return (joinedload(VoterRequest.commune), joinedload(VoterRequest.round).selectinload(Round.dialogues))


def listing(commune: Commune) -> list[RequestFacts]:
    """The register, newest first; what is open stands on top."""
    rows = db.session.scalars(
        sa.select(VoterRequest)
        .where(VoterRequest.commune_id == commune.id)
        .order_by(VoterRequest.received_on.desc(), VoterRequest.id.desc())
        .limit(500)
        .options(joinedload(VoterRequest.round).options(selectinload(Round.dialogues)))
    )
    found = [facts(commune, row) for row in rows]
    return sorted(found, key=lambda one: one.is_held or one.request.state is R.REFUSED)


def facts(commune: Commune, request: VoterRequest) -> RequestFacts:
    """What follows from a request today: its share by the rule of the day it came in, whether it is late."""
    percent = places.rule_value(commune, RuleName.VOTER_SHARE, request.received_on)
    valid = request.valid_signatures
    share = None if valid is None or not request.voters else valid * 10000 // request.voters / 100
    alive = (
        [one for one in request.round.dialogues if one.state is not DialogueState.CANCELLED] if request.round else []
    )
    is_held = bool(alive) and all(one.state in HAPPENED for one in alive)
    is_open = request.state is not R.REFUSED and not is_held
    return RequestFacts(
        request=request,
        percent=percent,
        needed=needed_signatures(request.voters, percent),
        share=share,
        is_reached=valid is not None and share_reached(valid, request.voters, percent),
        is_held=is_held,
        is_open=is_open,
        needs_round=needs_round(request),
        is_overdue=is_open and request.deadline_on < clock.today(commune.time_zone),
    )


def needs_round(request: VoterRequest) -> bool:
    """Whether it is accepted and no round answers it: none yet, or one that was skipped or cancelled since."""
    one = request.round
    if request.state is not R.ACCEPTED or one is None:
        return request.state is R.ACCEPTED
    cancelled = bool(one.dialogues) and all(d.state is DialogueState.CANCELLED for d in one.dialogues)
    return one.state is RoundState.SKIPPED or cancelled


def open_choices(commune_id: int) -> list[VoterRequest]:
    """Accepted requests that no round answers."""
    rows = db.session.scalars(
        sa.select(VoterRequest)
        .where(VoterRequest.commune_id == commune_id, VoterRequest.state == R.ACCEPTED)
        .order_by(VoterRequest.deadline_on)
        .limit(500)
        .options(joinedload(VoterRequest.round).options(selectinload(Round.dialogues)))
    )
    return [row for row in rows if needs_round(row)]


def find(commune_id: int, request_id: int | None) -> VoterRequest | None:
    """This request, when it is one of this commune."""
    if request_id is None:
        return None
    return db.session.scalar(
        sa.select(VoterRequest).where(VoterRequest.commune_id == commune_id, VoterRequest.id == request_id)
    )


def of_round(one: Round) -> VoterRequest | None:
    """The request that this round answers."""
    return db.session.scalars(
        sa.select(VoterRequest)
        .where(VoterRequest.commune_id == one.commune_id, VoterRequest.round_id == one.id)
        .limit(1)
    ).first()


def too_late(request: VoterRequest | None, starts_at: datetime, zone: str) -> list[Note]:
    """What speaks against a day that comes after the last one for the request that it answers."""
    is_late = request is not None and clock.local(starts_at, zone).date() > request.deadline_on
    return [Note(DayNote.AFTER_REQUEST)] if is_late else []


# -- writes -----------------------------------------------------------------------------------------------------------


def register(*, commune: Commune, values: RequestPlan, actor: Staff) -> VoterRequest:
    """A new line; the one that stands already when the form was sent twice."""
    _check(commune, values)
    same = {"received_on": values.received_on, "about": values.about, "signatures": values.signatures}
    twin = db.session.scalars(sa.select(VoterRequest).filter_by(commune_id=commune.id, **same).limit(1)).first()
    if twin is not None:
        return twin
    request = VoterRequest(commune_id=commune.id, created_at=clock.now(), **vars(values))
    db.session.add(request)
    _record(request, actor, "created")
    return request


def change(*, commune: Commune, request: VoterRequest, values: RequestPlan, version: int, actor: Staff) -> None:
    """Save the numbers again, as long as nothing was decided."""
    if request.state is not R.CHECKING:
        raise RuleBroken(NOT_CHECKING)
    if request.version != version:
        raise EditConflict
    _check(commune, values)
    lines = [_in_words(name, getattr(request, name), value) for name, value in vars(values).items()]
    for name, value in vars(values).items():
        setattr(request, name, value)
    if db.session.is_modified(request):
        _record(request, actor, "changed", "\n".join(filter(None, lines)))


def _in_words(name: str, old: object, new: object) -> str:
    """One line for the trail: the share stands or falls with these numbers, so the old one is kept beside the new."""

    def shown(value: object) -> str:
        return f"{value:%d/%m/%Y}" if isinstance(value, date) else "–" if value is None else str(value)

    return "" if old == new else f"{LABELS[name]}: {shown(old)} → {shown(new)}"


def _check(commune: Commune, values: RequestPlan) -> None:
    if values.received_on > clock.today(commune.time_zone):
        raise RuleBroken(_l("Choose the day on which it came in; it is not to come."), "received_on")
    if values.deadline_on < values.received_on:
        raise RuleBroken(
            _l("The last day to hold the dialogue lies before the request. Choose a later one."), "deadline_on"
        )
    if values.deadline_on > values.received_on + MOST_TIME_TO_HOLD:
        raise RuleBroken(_l("This day is more than a year after the request came in. Check the year."), "deadline_on")
    if values.signatures > values.voters:
        raise RuleBroken(_l("There are more signatures than voters. Check both numbers."), "signatures")
    if values.valid_signatures is not None and values.valid_signatures > values.signatures:
        raise RuleBroken(_l("There cannot be more valid signatures than signatures."), "valid_signatures")


def decide(*, commune: Commune, request: VoterRequest, accept: bool, reason: str, version: int, actor: Staff) -> None:
    """Accept it, or refuse it with a reason. What reached the share cannot be refused (Law 72/2025/QH15, Art. 43)."""
    if request.state is not R.CHECKING:
        raise RuleBroken(NOT_CHECKING)
    if request.version != version:
        raise EditConflict
    if request.valid_signatures is None:
        raise RuleBroken(_l("Count the valid signatures first."), "decision")
    found = facts(commune, request)
    if accept and not found.is_reached and not reason:
        raise RuleBroken(
            _l("It has fewer signatures than the law asks for. Accept it with a reason, or refuse it."), "reason"
        )
    if not accept and found.is_reached:
        raise RuleBroken(_l("It has the signatures that the law asks for, so the dialogue must be held."), "decision")
    if not accept and not reason:
        raise RuleBroken(_l("Write the reason."), "reason")
    request.state, request.state_reason = (R.ACCEPTED if accept else R.REFUSED), reason
    _record(request, actor, "request_accepted" if accept else "request_refused", reason)


def link(*, request: VoterRequest, one: Round | None, actor: Staff) -> None:
    """The round that answers this request, or none again."""
    if request.state is not R.ACCEPTED:
        raise RuleBroken(_l("This request is not accepted yet. Check its signatures first."), "round_id")
    if one is not None and one.commune_id != request.commune_id:
        raise RuleBroken(_l("Choose from the list."), "round_id")
    if request.round_id != (one.id if one else None):
        request.round = one
        _record(request, actor, "round_linked", one.title if one else "")


def _record(request: VoterRequest, actor: Staff, action: str, note: str = "") -> None:
    db.session.flush()
    trail.record(
        commune_id=request.commune_id, actor=actor, thing="voter_request", thing_id=request.id, action=action, note=note
    )


def overdue(found: Iterable[RequestFacts]) -> int:
    """How many of these should have led to a dialogue by now."""
    return sum(one.is_overdue for one in found)
