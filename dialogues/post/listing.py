"""The page of all post: what it counts and lists, and what the office does with one letter."""

from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import load_only

from dialogues import clock
from dialogues.errors import RuleBroken
from dialogues.extensions import db
from dialogues.paging import Paged, paged
from dialogues.post.models import Message
from dialogues.post.rules import TO_ASKERS, Kind, MessageState

S = MessageState
OPEN = (S.WAITING, S.FAILED)
TRIAL_LETTER = _l("This letter belongs to the trial data and is never sent.")


@dataclass(frozen=True)
class Filters:
    """What the list is narrowed to; empty values narrow nothing."""

    state: MessageState | None = None
    kind: Kind | None = None
    thing: str = ""
    recipient: str = ""


def _narrowed(commune_id: int, filters: Filters, knows_askers: bool) -> sa.Select[tuple[Message]]:
    """Whose name or address must not be known is not found by it either."""
    statement = sa.select(Message).where(Message.commune_id == commune_id)
    if filters.state:
        statement = statement.where(Message.state == filters.state)
    if filters.kind:
        statement = statement.where(Message.kind == filters.kind)
    if filters.thing:
        statement = statement.where(Message.thing == filters.thing)
    if filters.recipient:
        named = [
            column.icontains(filters.recipient, autoescape=True)
            for column in (Message.recipient, Message.recipient_name)
        ]
        statement = statement.where(sa.or_(*named))
        if not knows_askers:
            statement = statement.where(Message.kind.not_in(TO_ASKERS))
    return statement


def counts(commune_id: int, thing: str = "") -> dict[MessageState, int]:
    """How many letters (of one thing) are in each state; one query, nothing personal."""
    statement = sa.select(Message.state, sa.func.count()).where(Message.commune_id == commune_id)
    if thing:
        statement = statement.where(Message.thing == thing)
    rows = db.session.execute(statement.group_by(Message.state)).all()
    found: dict[MessageState, int] = dict(rows)  # type: ignore[arg-type]
    return {state: found.get(state, 0) for state in S}


def counts_if_any(commune_id: int, thing: str) -> dict[MessageState, int] | None:
    """The counts of one thing, for its own page; None when there are no letters about it."""
    found = counts(commune_id, thing)
    return found if any(found.values()) else None


def page(commune_id: int, filters: Filters, number: int, knows_askers: bool = True) -> tuple[Paged, list[Message]]:
    """One page of the letters, newest first, without their texts; two queries."""
    statement = _narrowed(commune_id, filters, knows_askers)
    cut = paged(statement, number)
    m = Message
    short = load_only(
        m.kind, m.channel, m.recipient, m.recipient_name, m.subject, m.state, m.created_at, m.next_try_at, m.ended_at,
        m.last_error, m.drop_reason, m.tries, m.erased_at,
    )  # fmt: skip
    return cut, list(db.session.scalars(cut.slice(statement.options(short).order_by(m.id.desc()))))


def resend(*, message: Message) -> None:
    """Send a letter that failed, or that waits for its next try, at once: as if it was never tried."""
    if message.state not in OPEN:
        raise RuleBroken(_l("Only a letter that waits or could not be sent can be sent again."))
    if message.is_demo:
        raise RuleBroken(TRIAL_LETTER)
    message.state, message.next_try_at, message.ended_at = S.WAITING, clock.now(), None
    message.tries, message.first_tried_at = 0, None
    db.session.flush()


def resend_failed(*, commune_id: int) -> int:
    """Send all failed letters of a commune again, but those of the trial data; how many."""
    now = clock.now()
    result = db.session.execute(
        sa.update(Message)
        .where(Message.commune_id == commune_id, Message.state == S.FAILED, Message.is_demo.is_(False))
        .values(state=S.WAITING, next_try_at=now, ended_at=None, tries=0, first_tried_at=None)
    )
    return int(result.rowcount)  # type: ignore[attr-defined]


def pass_on_by_hand(*, message: Message) -> None:
    """Somebody read it out, copied it or brought it there: it is not sent any more."""
    now = clock.now()
    is_held = message.lease_until is not None and message.lease_until >= now
    if message.state not in OPEN or is_held:
        raise RuleBroken(_l("This letter was sent meanwhile, or is not needed any more."))
    message.state, message.ended_at = S.BY_HAND, now
    db.session.flush()
