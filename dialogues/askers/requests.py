"""The register of what askers wish of their personal data, with its clocks (Law 91/2025/QH15)."""

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import joinedload

from dialogues import clock
from dialogues.askers.models import DataRequest
from dialogues.askers.rules import RequestKind, RequestStage, stage_of
from dialogues.errors import RuleBroken
from dialogues.extensions import db
from dialogues.paging import Paged, paged
from dialogues.places import service as places
from dialogues.places.days import Deadline, calendar_deadline, working_deadline
from dialogues.places.models import Commune
from dialogues.places.rules import RuleName
from dialogues.questions.models import Asker
from dialogues.questions.rules import ConsentHow
from dialogues.staff import trail
from dialogues.staff.models import Staff

K = RequestKind
DAYS = {
    K.SHOW: RuleName.DATA_SHOW_DAYS,
    K.CORRECT: RuleName.DATA_SHOW_DAYS,
    K.STOP: RuleName.DATA_STOP_DAYS,
    K.ERASE: RuleName.DATA_ERASE_DAYS,
}


def answer_due(commune: Commune, received_on: date) -> Deadline:
    """The last day to answer: working days."""
    number = places.rule_value(commune, RuleName.DATA_ANSWER_DAYS, received_on)
    return working_deadline(received_on, number, places.days_off(commune))


def due(commune: Commune, kind: RequestKind, received_on: date) -> Deadline:
    """The last day to fulfil it: calendar days, an end on a day off moves to the next working day."""
    number = places.rule_value(commune, DAYS[kind], received_on)
    return calendar_deadline(received_on, number, places.days_off(commune))


@dataclass(frozen=True)
class RequestLine:
    """A request in the register, with its last days."""

    request: DataRequest
    answer_due: Deadline
    due: Deadline
    stage: RequestStage

    @property
    def next_due(self) -> Deadline:
        """The nearest of the last days that still count."""
        return self.answer_due if self.request.answered_on is None else self.due


def line(commune: Commune, request: DataRequest) -> RequestLine:
    """One request as the register shows it."""
    first = answer_due(commune, request.received_on)
    last = due(commune, request.kind, request.received_on)
    today = clock.today(commune.time_zone)
    stage = stage_of(request.answered_on, request.done_on, first.on, last.on, today)
    return RequestLine(request, first, last, stage)


def note_down(
    *,
    asker: Asker,
    kind: RequestKind,
    how: ConsentHow,
    actor: Staff | None = None,
    received_on: date | None = None,
    note: str = "",
    is_done: bool = True,
) -> DataRequest:
    """Write a request down; `is_done`: fulfilled at once, by the asker's own hand or while the person stands there."""
    today = clock.today(asker.question.dialogue.commune.time_zone)
    received_on = received_on or today
    if received_on > today:
        raise RuleBroken(_l("This day is still to come. Write the day on which it came in."), "received_on")
    if not is_done:
        same = _of(asker.commune_id).where(
            DataRequest.asker_id == asker.id,
            DataRequest.kind == kind,
            DataRequest.received_on == received_on,
            DataRequest.done_on.is_(None),
        )
        stands = db.session.scalar(same.limit(1))
        if stands is not None:
            return stands  # the form was sent twice
    made = DataRequest(
        commune_id=asker.commune_id,
        asker_id=asker.id,
        kind=kind,
        how=how,
        received_on=received_on,
        recorded_at=clock.now(),
        recorded_by_id=actor.id if actor else None,
        note=note,
        answered_on=today if is_done else None,
        done_on=today if is_done else None,
        done_by_id=actor.id if actor and is_done else None,
    )
    db.session.add(made)
    db.session.flush()
    _record(made, actor, "data_request_noted")
    return made


def _was_shown_today(asker: Asker) -> bool:
    """The same file fetched again on one day is one request, also where the first time fulfilled one from the desk."""
    today = clock.today(asker.question.dialogue.commune.time_zone)
    mine = _of(asker.commune_id).where(DataRequest.asker_id == asker.id, DataRequest.kind == K.SHOW)
    return db.session.scalar(mine.where(DataRequest.done_on == today).limit(1)) is not None


def answered(*, request: DataRequest, actor: Staff) -> None:
    """The person was told that the request arrived and what happens with it."""
    if request.answered_on is not None:
        raise RuleBroken(_l("This request is answered already."))
    request.answered_on = clock.today(actor.commune.time_zone)
    _record(request, actor, "data_request_answered")


def done(*, request: DataRequest, zone: str, actor: Staff | None) -> None:
    """It is fulfilled, and so it is answered too."""
    if request.done_on is not None:
        raise RuleBroken(_l("This request is done already."))
    today = clock.today(zone)
    request.answered_on = request.answered_on or today
    request.done_on, request.done_by_id = today, actor.id if actor else None
    _record(request, actor, "data_request_done")


def fulfilled(*, asker: Asker, kind: RequestKind, how: ConsentHow, actor: Staff | None = None) -> None:
    """Something was done at once: the open request about it is done, or there is a new one that is done."""
    mine = _of(asker.commune_id).where(DataRequest.asker_id == asker.id, DataRequest.kind == kind)
    waiting = db.session.scalar(mine.where(DataRequest.done_on.is_(None)).order_by(DataRequest.id).limit(1))
    if waiting is not None:
        done(request=waiting, zone=asker.question.dialogue.commune.time_zone, actor=actor)
    elif kind is not K.SHOW or not _was_shown_today(asker):
        note_down(asker=asker, kind=kind, how=how, actor=actor)


def reopen(*, request: DataRequest, actor: Staff) -> None:
    """Take a tick back that was set by mistake."""
    if request.done_on is None or request.recorded_by_id is None:
        raise RuleBroken(_l("This request cannot be opened again."))
    request.done_on = request.done_by_id = None
    _record(request, actor, "data_request_reopened")


def _record(request: DataRequest, actor: Staff | None, action: str) -> None:
    """In the trail stands what staff did; what askers do themselves stands in that of their question."""
    db.session.flush()
    if actor is None:
        return
    trail.record(commune_id=request.commune_id, actor=actor, thing="data_request", thing_id=request.id, action=action)
    db.session.flush()


def _of(commune_id: int) -> sa.Select[tuple[DataRequest]]:
    return sa.select(DataRequest).where(DataRequest.commune_id == commune_id)


def page(commune: Commune, is_open: bool | None, number: int) -> tuple[Paged, list[RequestLine]]:
    """One page of the register: open ones oldest first, others newest first; two queries."""
    d = DataRequest
    statement = _of(commune.id)
    if is_open is not None:
        statement = statement.where(d.done_on.is_(None) if is_open else d.done_on.is_not(None))
    cut = paged(statement, number)
    order = (d.received_on, d.id) if is_open else (d.received_on.desc(), d.id.desc())
    rows = db.session.scalars(
        cut.slice(
            statement.options(joinedload(d.asker), joinedload(d.recorded_by), joinedload(d.done_by)).order_by(*order)
        )
    )
    return cut, [line(commune, row) for row in rows]


def open_lines(commune: Commune, most: int = 200) -> list[RequestLine]:
    """All that are not done, for the page of today; one query."""
    rows = db.session.scalars(_of(commune.id).where(DataRequest.done_on.is_(None)).order_by(DataRequest.id).limit(most))
    return [line(commune, row) for row in rows]


def of_asker(asker: Asker) -> list[DataRequest]:
    """The requests of one asker, newest first; one query."""
    mine = _of(asker.commune_id).where(DataRequest.asker_id == asker.id)
    return list(db.session.scalars(mine.order_by(DataRequest.id.desc())))
