"""Subscribers: asking them first, confirming, ending, and who gets the news of a dialogue."""

import secrets
from datetime import timedelta

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import joinedload

from dialogues import clock
from dialogues.errors import RuleBroken
from dialogues.extensions import db, insert
from dialogues.places.models import Commune
from dialogues.places.service import villages
from dialogues.post import erasing
from dialogues.post.models import Message
from dialogues.post.rules import Kind, MessageState
from dialogues.schedule.models import Dialogue, DialogueVillage
from dialogues.subscribers.models import Subscriber

UNCONFIRMED_FOR = timedelta(days=7)


def can_send() -> bool:
    """A trial computer shows everything; its letters stand on the page of all post."""
    settings = current_app.config["SETTINGS"]
    return bool(settings.smtp_url) or bool(settings.on_loopback)


def ask_for_news(*, commune: Commune, email: str, village_id: int | None, language: str) -> Subscriber | None:
    """Note an address that wants news; it gets none before it is confirmed. None when it is confirmed already."""
    if village_id is not None and village_id not in {village.id for village in villages(commune.id)}:
        raise RuleBroken("", "village")
    email = email.lower()
    db.session.execute(
        insert(Subscriber)
        .values(
            commune_id=commune.id,
            email=email,
            village_id=village_id,
            language=language,
            key=secrets.token_urlsafe(18),
            created_at=clock.now(),
        )
        .on_conflict_do_nothing()
    )
    found = db.session.scalars(
        sa.select(Subscriber).where(
            Subscriber.commune_id == commune.id,
            Subscriber.email == email,
            Subscriber.village_id.is_(None) if village_id is None else Subscriber.village_id == village_id,
        )
    ).one()
    return found if found.confirmed_at is None else None


def by_key(commune_id: int, key: str) -> Subscriber | None:
    """Whom this link was sent to."""
    statement = sa.select(Subscriber).where(Subscriber.commune_id == commune_id, Subscriber.key == key)
    return db.session.scalar(statement.options(joinedload(Subscriber.village), joinedload(Subscriber.commune)))


def confirm(*, subscriber: Subscriber) -> None:
    """The owner of the address wants the news."""
    if subscriber.confirmed_at is None:
        subscriber.confirmed_at = clock.now()
        db.session.flush()


def end(*, subscriber: Subscriber, reason: str) -> None:
    """Forget the address in this commune, with all its villages; letters to it that still wait are not sent."""
    commune_id, email = subscriber.commune_id, subscriber.email
    mine = sa.select(sa.literal("subscriber:") + sa.cast(Subscriber.id, sa.String)).where(
        Subscriber.commune_id == commune_id, Subscriber.email == email
    )
    db.session.execute(
        sa.update(Message)
        .where(
            Message.commune_id == commune_id,
            Message.recipient == email,
            Message.state == MessageState.WAITING,
            sa.or_(
                Message.kind.in_([Kind.SUBSCRIBER_NEWS, Kind.SUBSCRIBER_REMINDER]),
                Message.thing.in_(mine),
            ),
        )
        .values(state=MessageState.DROPPED, drop_reason=reason, ended_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    db.session.execute(sa.delete(Subscriber).where(Subscriber.commune_id == commune_id, Subscriber.email == email))


def readers(dialogue: Dialogue) -> list[Subscriber]:
    """The confirmed addresses that the news of this dialogue is for, each once; one query."""
    s = Subscriber
    wanted = sa.select(s).where(s.commune_id == dialogue.commune_id, s.confirmed_at.is_not(None))
    here = sa.select(DialogueVillage.village_id).where(DialogueVillage.dialogue_id == dialogue.id)
    whole_commune = ~here.exists()
    wanted = wanted.where(sa.or_(s.village_id.is_(None), s.village_id.in_(here), whole_commune))
    found: dict[str, Subscriber] = {}
    for subscriber in db.session.scalars(wanted.order_by(s.id)):
        found.setdefault(subscriber.email, subscriber)
    return list(found.values())


def is_reader(commune_id: int, email: str) -> bool:
    """Whether this address still wants news."""
    mine = sa.select(Subscriber.id).where(Subscriber.commune_id == commune_id, Subscriber.email == email)
    return db.session.scalar(mine.where(Subscriber.confirmed_at.is_not(None)).limit(1)) is not None


def sweep() -> int:
    """Forget the addresses that were never confirmed; how many. Part of `flask --app wsgi tidy`."""
    old = Subscriber.created_at < clock.now() - UNCONFIRMED_FOR
    result = db.session.execute(sa.delete(Subscriber).where(Subscriber.confirmed_at.is_(None), old))
    return int(result.rowcount)  # type: ignore[attr-defined]


def erase_letters() -> int:
    """Erase the letters to addresses that want no news any more or never did; how many. Part of `tidy`."""
    wants = sa.select(Subscriber.id).where(
        Subscriber.commune_id == Message.commune_id, Subscriber.email == Message.recipient
    )
    return erasing.erase(
        Message.kind.in_([Kind.SUBSCRIBER_CONFIRM, Kind.SUBSCRIBER_NEWS, Kind.SUBSCRIBER_REMINDER]),
        Message.is_demo.is_(False),
        ~wants.exists(),
    )
