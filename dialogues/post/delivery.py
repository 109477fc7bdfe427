"""The worker: takes due letters one at a time, asks whether they still matter, sends them, writes down what came of it.

Several workers may run: a letter is taken by one atomic UPDATE with a lease, which a worker that dies leaves to end by
itself. A letter is written down as sent right after the server's yes. Killed between the two, it is sent once more, as
the same mail with the same Message-ID: SMTP offers nothing better.
"""

import logging
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from threading import Event, Thread
from typing import TYPE_CHECKING, Any, cast
from uuid import uuid4

import sqlalchemy as sa
from flask import Flask, current_app
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload

from dialogues import clock
from dialogues.config import Settings
from dialogues.extensions import db
from dialogues.post import mime, rules, service
from dialogues.post.gateway import Gateway
from dialogues.post.models import Message
from dialogues.post.rules import Channel, MessageState
from dialogues.post.smtp import MailServer
from dialogues.post.trouble import Refused, TryLater, Unreachable
from dialogues.words import commune_title

if TYPE_CHECKING:
    from dialogues.places.models import Commune

S = MessageState
log = logging.getLogger("dialogues.post")
PAUSE = 5.0
"""Seconds between two looks into the outbox."""
STOP_WITHIN = 1.0
"""Seconds that the letter in the worker's hand may still take when the program ends: Ctrl-C is obeyed at once."""
REMIND_EVERY = timedelta(minutes=1)
REST_AFTER_OUTAGE = timedelta(minutes=1)


@dataclass
class Counts:
    """What one round did."""

    sent: int = 0
    failed: int = 0
    later: int = 0
    dropped: int = 0
    quiet: int = 0
    reminded: int = 0

    def __str__(self) -> str:
        return ", ".join(f"{getattr(self, one.name)} {one.name}" for one in fields(self))


@dataclass(frozen=True)
class Taken:
    """A letter in our hand: the mail, the values for the gateway, or a sentence why it cannot be written now."""

    id: int
    key: str
    channel: Channel
    content: mime.Mail | dict[str, Any] | str


@dataclass
class Deliverer:
    """One worker. Needs the application context."""

    settings: Settings
    lease: timedelta = rules.LEASE
    mail_server: MailServer | None = None
    gateway: Gateway | None = None
    _rests_until: dict[Channel, datetime] = field(default_factory=dict)
    _reminded_at: datetime | None = None

    @classmethod
    def of(cls, settings: Settings) -> "Deliverer":
        """The worker for these settings: it sends what they name a server for."""
        mail_server = MailServer(settings.smtp_url) if settings.smtp_url else None
        gateway = None
        if settings.gateway_url:
            secret, private = settings.gateway_secret, settings.gateway_allow_private
            gateway = Gateway(settings.gateway_url, secret, allow_private=private)
        return cls(settings, mail_server=mail_server, gateway=gateway)

    def round(self, stop: Event | None = None) -> Counts:
        """Put the reminders that are due, then send until nothing is due."""
        counts = Counts()
        self._remind(counts, stop)
        while not (stop and stop.is_set()):
            taken = self._take(counts)
            if taken is None:
                break
            self._deliver(taken, counts)
        if self.mail_server is not None:
            self.mail_server.close()
        return counts

    # -- reminders --------------------------------------------------------------------------------------------------

    def _remind(self, counts: Counts, stop: Event | None = None) -> None:
        now = clock.now()
        if self._reminded_at is not None and now - self._reminded_at < REMIND_EVERY:
            return
        self._reminded_at = now
        for name, offer in service.REMINDERS.items():
            try:
                by_commune: dict[Commune, list[service.Letter]] = {}
                for commune, letter in offer(now):
                    by_commune.setdefault(commune, []).append(letter)
                for commune, letters in by_commune.items():
                    counts.reminded += service.put_many(commune=commune, letters=letters)
                db.session.commit()
            except Exception:
                db.session.rollback()
                log.exception("the reminders of %s could not be written", name)
        counts.reminded += do_rounds(now, stop)

    # -- taking -----------------------------------------------------------------------------------------------------

    def _open_channels(self, now: datetime) -> list[Channel]:
        ways = {Channel.MAIL: self.mail_server, Channel.GATEWAY: self.gateway}
        return [way for way, there in ways.items() if there and self._rests_until.get(way, now) <= now]

    def _take(self, counts: Counts) -> "Taken | None":
        """The next due letter, leased to us and checked again; None when nothing is due."""
        while True:
            now = clock.now()
            channels = self._open_channels(now)
            if not channels or not _something_is_due(channels, now):
                return None
            message = self._claim(channels, now)
            if message is None:
                db.session.rollback()
                return None
            taken = None if self._put_aside(message, now, counts) else self._contents(message)
            db.session.commit()
            if taken is not None:
                return taken

    def _claim(self, channels: list[Channel], now: datetime) -> Message | None:
        """One UPDATE: on PostgreSQL other workers skip the locked row, on SQLite they wait for the lock."""
        due = _due(channels, now).order_by(Message.next_try_at, Message.id).limit(1).with_for_update(skip_locked=True)
        key = uuid4().hex
        taken = db.session.execute(
            sa.update(Message)
            .where(Message.id == due.scalar_subquery())
            .values(
                lease_until=now + self.lease,
                lease_key=key,
                tries=Message.tries + 1,
                first_tried_at=sa.func.coalesce(Message.first_tried_at, sa.literal(now, Message.first_tried_at.type)),
            )
            .returning(Message.id)
            .execution_options(synchronize_session=False)
        ).scalar_one_or_none()
        if taken is None:
            return None
        one = sa.select(Message).where(Message.id == taken).options(joinedload(Message.commune))
        return db.session.scalars(one.execution_options(populate_existing=True)).one()

    def _put_aside(self, message: Message, now: datetime, counts: Counts) -> bool:
        """Whether the letter is not sent now: nobody needs it any more, or people sleep."""
        check = service.CHECKS.get(message.kind)
        if check is not None:
            try:
                reason = check(message)
            except Exception:
                log.exception("the check of letter %s broke", message.id)
                self._not_now(message, _("The program could not check this letter."), now, counts)
                return True
            if reason is not None:
                counts.dropped += 1
                message.state, message.drop_reason, message.ended_at = S.DROPPED, str(reason), now
                _let_go(message)
                return True
        commune = message.commune
        wall = clock.local(now, commune.time_zone)
        until = rules.end_of_quiet(wall, commune.quiet_from, commune.quiet_to)
        if message.respects_quiet_hours and until is not None:
            counts.quiet += 1
            message.next_try_at = clock.instant(until.replace(tzinfo=None), commune.time_zone)
            _untry(message)
            _let_go(message)
            return True
        return False

    # -- sending ----------------------------------------------------------------------------------------------------

    def _contents(self, message: Message) -> "Taken":
        """All that sending needs, so that no transaction stays open while a server takes its time."""
        content = _mail(message, self.settings) if message.channel is Channel.MAIL else _text(message)
        return Taken(message.id, message.lease_key, message.channel, content)

    def _deliver(self, taken: "Taken", counts: Counts) -> None:
        outcome: Exception | None = None
        try:
            if isinstance(taken.content, mime.Mail):
                mail = taken.content
                sender = self.settings.mail_from or mail.sender
                cast(MailServer, self.mail_server).send(sender, mail.recipient, mime.build(mail))
            elif isinstance(taken.content, dict):
                cast(Gateway, self.gateway).send(str(taken.content["id"]), int(clock.now().timestamp()), taken.content)
            else:
                outcome = TryLater(taken.content)
        except ValueError as error:
            outcome = Refused(str(error))
        except (Refused, TryLater, Unreachable) as error:
            outcome = error
        except Exception:  # a letter on which the program stumbles must end some day like any other
            log.exception("letter %s could not be handed over", taken.id)
            outcome = TryLater(_("The program could not send this letter."))
        self._write_down(taken, outcome, counts)

    def _write_down(self, taken: "Taken", outcome: Exception | None, counts: Counts) -> None:
        """What came of it, if the lease is still ours."""
        now = clock.now()
        mine = sa.select(Message).where(Message.id == taken.id, Message.lease_key == taken.key).with_for_update()
        message = db.session.scalars(mine.execution_options(populate_existing=True)).one_or_none()
        if message is None:
            db.session.rollback()
            log.warning("letter %s was taken by another worker meanwhile", taken.id)
            return
        if outcome is None:
            counts.sent += 1
            message.state, message.ended_at, message.last_error = S.SENT, now, ""
        elif isinstance(outcome, Refused):
            counts.failed += 1
            message.state, message.ended_at, message.last_error = S.FAILED, now, str(outcome)
        else:
            self._not_now(message, str(outcome), now, counts, is_outage=isinstance(outcome, Unreachable))
            if isinstance(outcome, Unreachable):
                self._rests_until[taken.channel] = now + REST_AFTER_OUTAGE
                log.warning("%s: %s", taken.channel, outcome)
        _let_go(message)
        db.session.commit()

    def _not_now(self, message: Message, error: str, now: datetime, counts: Counts, is_outage: bool = False) -> None:
        """Try again later. An outage is nobody's letter's fault: it never makes one fail for good."""
        message.last_error = error
        again = rules.next_try(message.tries, message.first_tried_at or now, now)
        if is_outage:
            again = now + rules.OUTAGE_STEP
            _untry(message)
        if again is None:
            counts.failed += 1
            message.state, message.ended_at = S.FAILED, now
        else:
            counts.later += 1
            message.next_try_at = again
        _let_go(message)


def do_rounds(now: datetime, stop: Event | None = None) -> int:
    """Do what is done commune by commune, each in a transaction of its own; how many letters were put."""
    put = 0
    for name, rounds in service.ROUNDS.items():
        try:
            waiting = list(rounds.waiting(now))
        except Exception:
            log.exception("the rounds of %s could not be looked up", name)
            continue
        for commune_id in waiting:
            if stop and stop.is_set():
                return put
            try:
                put += rounds.write(commune_id, now)
                db.session.commit()
            except Exception:
                db.session.rollback()
                log.exception("the round of %s for commune %s could not be done", name, commune_id)
    return put


def _untry(message: Message) -> None:
    """It never left the house: this was no try, so that days without a server do not use up the patience of the letter,
    and it may still be rewritten."""
    message.tries -= 1
    if message.tries == 0:
        message.first_tried_at = None


def _let_go(message: Message) -> None:
    message.lease_until, message.lease_key = None, ""


def _due(channels: list[Channel], now: datetime) -> sa.Select[tuple[int]]:
    return sa.select(Message.id).where(
        Message.state == S.WAITING,
        Message.next_try_at <= now,
        Message.channel.in_(channels),
        Message.is_demo.is_(False),
        sa.or_(Message.lease_until.is_(None), Message.lease_until < now),
    )


def _something_is_due(channels: list[Channel], now: datetime) -> bool:
    """A look that takes no lock."""
    with db.engine.connect().execution_options(reads=True) as connection:
        return connection.execute(_due(channels, now).limit(1)).first() is not None


def _mail(message: Message, settings: Settings) -> mime.Mail | str:
    """The values of the mail, from the commune's own address, with its name; or a sentence why there are none."""
    commune = message.commune
    sender = commune.office_email or settings.mail_from
    if not sender:
        return _("The commune has no e-mail address to send from. The administrator fills it in.")
    title = commune_title(commune)
    return mime.Mail(
        sender=sender,
        sender_name=f"{title[:1].upper()}{title[1:]}",
        recipient=message.recipient,
        recipient_name=message.recipient_name,
        subject=message.subject,
        text=message.text,
        html=message.html,
        calendar=message.calendar,
        method=message.method,
        reply_to=message.reply_to,
        why=message.why,
        unsubscribe_url=message.unsubscribe_url,
        message_id=message.message_id,
        date=clock.local(clock.now(), commune.time_zone),
    )


def _text(message: Message) -> dict[str, Any]:
    """What the gateway gets."""
    return {
        "id": message.message_id.strip("<>"),
        "kind": message.kind.value,
        "commune": message.commune.slug,
        "to": message.recipient,
        "name": message.recipient_name,
        "text": message.text,
    }


def start(app: Flask, stop: Event) -> Thread:
    """The worker beside what else the program does. At the end give it STOP_WITHIN for the letter in its hand; what
    takes longer is taken up again when its lease ends."""
    worker = Thread(target=run, args=(app, stop), name="post", daemon=True)
    worker.start()
    return worker


def run(app: Flask, stop: Event, *, pause: float = PAUSE) -> None:
    """Work until `stop` is set: a thread of the server, or a process of its own."""
    with app.app_context():
        worker = Deliverer.of(current_app.config["SETTINGS"])
    while not stop.is_set():
        with app.app_context():
            try:
                counts = worker.round(stop)
                if counts != Counts():
                    log.info("%s", counts)
            except Exception:
                db.session.rollback()
                log.exception("a round of deliveries broke off")
            finally:
                db.session.remove()
        stop.wait(pause)
