"""The outbox: putting letters in, taking them back, telling what became of them. Delivery is in delivery.py."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple, cast
from uuid import uuid4

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import InstrumentedAttribute

from dialogues import clock
from dialogues.extensions import db, insert
from dialogues.post.models import Message
from dialogues.post.rules import Channel, Kind, MessageState

if TYPE_CHECKING:
    from dialogues.places.models import Commune

__all__ = ["Channel", "Kind", "Letter", "MessageState"]

S = MessageState
AT_ONCE = 1000
Check = Callable[[Message], str | None]
Reminders = Callable[[datetime], Iterable[tuple["Commune", "Letter"]]]
CHECKS: dict[str, Check] = {}
REMINDERS: dict[str, Reminders] = {}
ROUNDS: dict[str, "Rounds"] = {}


@dataclass(frozen=True)
class Letter:
    """A finished letter. `kind`, `thing` ("dialogue:12"), `recipient` and `version` together are put only once, ever.
    `html` is a safe fragment for the body of a page, `calendar` an iTIP object of this `method`; `why` tells the reader
    why it was sent; `held` is what the recipient knew before it, for a newer letter that takes its place (`held_by`);
    `due_at`: not before (None: now)."""

    kind: str
    thing: str
    recipient: str
    version: int
    text: str
    channel: Channel = Channel.MAIL
    recipient_name: str = ""
    subject: str = ""
    html: str = ""
    calendar: bytes = b""
    method: str = ""
    reply_to: str = ""
    why: str = ""
    unsubscribe_url: str = ""
    held: dict[str, Any] | None = None
    due_at: datetime | None = None
    respects_quiet_hours: bool = True


class Rounds(NamedTuple):
    """Work done commune by commune: `waiting(now)` names the communes whose turn has come, `write(id, now)` does it for
    one, in a transaction of its own, and tells how many letters that put."""

    waiting: Callable[[datetime], Iterable[int]]
    write: Callable[[int, datetime], int]


def register_check(kind: str, check: Check) -> None:
    """`check` is asked again at sending; a sentence from it means: do not send, and why."""
    CHECKS[Kind(kind)] = check


def register_reminders(name: str, offer: Reminders) -> None:
    """`offer` gives the letters that are due by `now`, sent or not: the worker asks in every round, and each is put
    only once, so that after an outage nothing is missing and nothing comes twice."""
    REMINDERS[name] = offer


def register_rounds(name: str, rounds: Rounds) -> None:
    """The worker asks for `rounds` in every round of its own; what breaks for one commune holds up no other."""
    ROUNDS[name] = rounds


def put(*, commune: "Commune", letter: Letter) -> Message | None:
    """Write a letter in the running transaction; None when one with the same key stands already."""
    statement = insert(Message).values(_row(commune.id, letter)).on_conflict_do_nothing().returning(Message.id)
    found = db.session.execute(statement).scalar_one_or_none()
    return db.session.get(Message, found) if found is not None else None


def put_many(*, commune: "Commune", letters: Iterable[Letter]) -> int:
    """Write many letters, a thousand at once; how many were new."""
    count, source = 0, iter(letters)
    while batch := [_row(commune.id, letter) for letter in islice(source, AT_ONCE)]:
        statement = insert(Message).on_conflict_do_nothing().returning(Message.__table__.c.id)
        count += len(db.session.connection().execute(statement, batch).all())
    return count


def _row(commune_id: int, letter: Letter) -> dict[str, Any]:
    now = clock.now()
    return {
        "commune_id": commune_id,
        **_contents(letter),
        "channel": letter.channel,
        "kind": Kind(letter.kind),
        "thing": letter.thing,
        "recipient": letter.recipient,
        "version": letter.version,
        "message_id": f"<{uuid4().hex}@{_mail_host()}>",
        "state": S.WAITING,
        "is_demo": False,
        "created_at": now,
        "next_try_at": letter.due_at or now,
        "tries": 0,
        "last_error": "",
        "drop_reason": "",
        "lease_key": "",
    }


def _contents(letter: Letter) -> dict[str, Any]:
    """What rewriting may change."""
    return {
        "recipient_name": letter.recipient_name[:200],
        "subject": letter.subject,
        "text": letter.text,
        "html": letter.html,
        "calendar": letter.calendar,
        "method": letter.method,
        "reply_to": letter.reply_to,
        "why": letter.why,
        "unsubscribe_url": letter.unsubscribe_url,
        "held": letter.held,
        "respects_quiet_hours": letter.respects_quiet_hours,
    }


def _mail_host() -> str:
    """The right side of a Message-ID: the host of BASE_URL, which must be a name."""
    host = current_app.config["SETTINGS"].base_host
    try:
        ip_address(host)
    except ValueError:
        return str(host)
    return "localhost"


def _waiting(commune_id: int, kind: str, thing: str, recipient: str | None) -> list[Any]:
    """Waiting and in nobody's hand."""
    free = sa.or_(Message.lease_until.is_(None), Message.lease_until < clock.now())
    found = [Message.commune_id == commune_id, Message.kind == kind, Message.thing == thing]
    return [*found, Message.state == S.WAITING, free, *([Message.recipient == recipient] if recipient else [])]


def waiting_for(commune_id: int, kind: str, thing: str, recipient: str | None = None) -> list[Message]:
    """Letters that nobody has tried to send yet and that no worker takes before this transaction ends: they may be
    rewritten. One that was tried may have arrived, so that a change needs a letter of its own."""
    untouched = sa.select(Message).where(*_waiting(commune_id, kind, thing, recipient), Message.tries == 0)
    return list(db.session.scalars(untouched.order_by(Message.id).with_for_update(skip_locked=True)))


def waiting_among(commune_id: int, kinds: Iterable[str], things: Iterable[str]) -> list[Message]:
    """As `waiting_for`, for many things at once; one query a thousand things."""
    free = sa.or_(Message.lease_until.is_(None), Message.lease_until < clock.now())
    found: list[Message] = []
    source, wanted = iter(dict.fromkeys(things)), list(kinds)
    while batch := list(islice(source, AT_ONCE)):
        untouched = sa.select(Message).where(
            Message.commune_id == commune_id,
            Message.thing.in_(batch),
            Message.kind.in_(wanted),
            Message.state == S.WAITING,
            Message.tries == 0,
            free,
        )
        found += db.session.scalars(untouched.order_by(Message.id).with_for_update(skip_locked=True))
    return found


def held_by(commune_id: int, kind: str, thing: str) -> dict[str, dict[str, Any] | None]:
    """What the recipients of the waiting letters knew before them; one query."""
    statement = sa.select(Message.recipient, Message.held).where(*_waiting(commune_id, kind, thing, None))
    return dict(db.session.execute(statement).tuples().all())


def rewrite(*, message: Message, letter: Letter) -> None:
    """Put other contents into a letter from `waiting_for` or `waiting_among`; its key and Message-ID stay. Written with
    the next flush."""
    for name, content in _contents(letter).items():
        setattr(message, name, content)
    message.next_try_at = letter.due_at or clock.now()


def take_back(*, message: Message, reason: str) -> None:
    """Do not send a letter from `waiting_for` or `waiting_among`; it stays on the page with `reason`. Written with the
    next flush, so that thousands are taken back in one statement."""
    message.state, message.drop_reason, message.ended_at = S.DROPPED, reason, clock.now()
    message.lease_until = None


def drop(*, commune_id: int, kind: str, thing: str, recipient: str | None = None, reason: str) -> int:
    """Take back the waiting letters; they stay on the page with `reason`. How many."""
    statement = (
        sa.update(Message)
        .where(*_waiting(commune_id, kind, thing, recipient))
        .values(state=S.DROPPED, drop_reason=str(reason), ended_at=clock.now(), lease_until=None)
    )
    return int(cast(Any, db.session.execute(statement)).rowcount)


def states_of(commune_id: int, things: Iterable[str]) -> dict[str, list[Message]]:
    """The letters of these things without their contents, oldest first. One query a thousand things."""
    found: dict[str, list[Message]] = {}
    source = iter(dict.fromkeys(things))
    while batch := list(islice(source, AT_ONCE)):
        rows = db.session.scalars(
            sa.select(Message)
            .options(sa.orm.defer(Message.text), *map(sa.orm.defer, _LONG))
            .where(Message.commune_id == commune_id, Message.thing.in_(batch))
            .order_by(Message.id)
        )
        for message in rows:
            found.setdefault(message.thing, []).append(message)
    return found


_LONG: tuple[InstrumentedAttribute[Any], ...] = (Message.html, Message.calendar, Message.why, Message.held)


def failed(commune_id: int) -> int:
    """How many letters could not be sent: for the page of today."""
    statement = sa.select(sa.func.count()).where(Message.commune_id == commune_id, Message.state == S.FAILED)
    return db.session.scalar(statement) or 0


def held_up(commune_id: int, now: datetime) -> int:
    """How many mails should have gone out an hour ago: nobody sends, or the mail server takes none. For the page of
    today."""
    an_hour_ago = now - timedelta(hours=1)
    statement = sa.select(sa.func.count()).where(
        Message.commune_id == commune_id,
        Message.state == S.WAITING,
        Message.channel == Channel.MAIL,
        Message.is_demo.is_(False),
        Message.created_at < an_hour_ago,
        sa.or_(Message.next_try_at < an_hour_ago, Message.last_error != ""),
    )
    return db.session.scalar(statement) or 0
