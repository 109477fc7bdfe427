"""Followers of one promise: asking them first, confirming, ending, forgetting. Nothing tells who follows."""

import secrets
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from dialogues import clock
from dialogues.extensions import db, insert
from dialogues.followup.models import Commitment
from dialogues.followup.rules import SILENT_DAYS, CommitmentState
from dialogues.followup.service import is_public
from dialogues.places.models import Commune
from dialogues.post import erasing
from dialogues.post.models import Message
from dialogues.post.rules import Kind, MessageState
from dialogues.subscribers.models import Follower
from dialogues.subscribers.service import UNCONFIRMED_FOR

KEPT_AFTER_END = timedelta(days=90)
"""So long after a promise has ended, its followers are forgotten."""
ENDED = (CommitmentState.CONFIRMED, CommitmentState.WITHDRAWN)


def is_running(commitment: Commitment) -> bool:
    """Whether something can still happen to it that a follower wants to know."""
    return commitment.state not in ENDED


def ask_to_follow(*, commitment: Commitment, email: str, language: str) -> Follower | None:
    """Note an address that wants to follow; it hears nothing before it is confirmed. None when it is confirmed."""
    email = email.lower()
    db.session.execute(
        insert(Follower)
        .values(
            commune_id=commitment.commune_id,
            commitment_id=commitment.id,
            email=email,
            language=language,
            key=secrets.token_urlsafe(18),
            created_at=clock.now(),
        )
        .on_conflict_do_nothing()
    )
    mine = sa.select(Follower).where(Follower.commitment_id == commitment.id, Follower.email == email)
    found = db.session.scalars(mine).one()
    return found if found.confirmed_at is None else None


def by_key(commune_id: int, key: str) -> Follower | None:
    """Whom this link was sent to."""
    statement = sa.select(Follower).where(Follower.commune_id == commune_id, Follower.key == key)
    return db.session.scalar(statement.options(joinedload(Follower.commitment)))


def confirm(*, follower: Follower) -> None:
    """The owner of the address wants to know what becomes of it."""
    if follower.confirmed_at is None:
        follower.confirmed_at = clock.now()
        db.session.flush()


def end(*, follower: Follower, reason: str) -> None:
    """Forget the address at this promise; letters to it that still wait are not sent."""
    things = (f"commitment:{follower.commitment_id}", f"follower:{follower.id}")
    db.session.execute(
        sa.update(Message)
        .where(
            Message.commune_id == follower.commune_id,
            Message.recipient == follower.email,
            Message.state == MessageState.WAITING,
            Message.kind.in_([Kind.FOLLOWER_NEWS, Kind.FOLLOWER_CONFIRM]),
            Message.thing.in_(things),
        )
        .values(state=MessageState.DROPPED, drop_reason=reason, ended_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    db.session.execute(sa.delete(Follower).where(Follower.id == follower.id))


def followers(commitment: Commitment) -> list[Follower]:
    """The confirmed addresses of this promise; one query."""
    mine = sa.select(Follower).where(Follower.commitment_id == commitment.id, Follower.confirmed_at.is_not(None))
    return list(db.session.scalars(mine.order_by(Follower.id)))


def still_follows(commitment_id: int, email: str) -> bool:
    """Whether this address still wants letters about this promise, and residents may read it."""
    mine = sa.select(Follower.id).where(Follower.commitment_id == commitment_id, Follower.email == email)
    if db.session.scalar(mine.where(Follower.confirmed_at.is_not(None))) is None:
        return False
    commitment = db.session.get(Commitment, commitment_id)
    return commitment is not None and is_public(commitment)


def sweep() -> int:
    """Forget addresses that were never confirmed, and those of promises that ended long ago; how many. Part of
    `flask --app wsgi tidy`."""
    old = sa.and_(Follower.confirmed_at.is_(None), Follower.created_at < clock.now() - UNCONFIRMED_FOR)
    count = int(db.session.execute(sa.delete(Follower).where(old)).rowcount)  # type: ignore[attr-defined]
    for commune in db.session.scalars(sa.select(Commune).order_by(Commune.id)).all():
        c, last = Commitment, clock.today(commune.time_zone) - KEPT_AFTER_END
        over = sa.or_(
            sa.and_(c.state == CommitmentState.CONFIRMED, c.confirmed_on < last),
            sa.and_(c.state == CommitmentState.WITHDRAWN, c.withdrawn_on < last),
            sa.and_(c.state == CommitmentState.REPORTED_DONE, c.reported_done_on < last - timedelta(days=SILENT_DAYS)),
        )
        ended = sa.select(c.id).where(c.commune_id == commune.id, over)
        result = db.session.execute(sa.delete(Follower).where(Follower.commitment_id.in_(ended)))
        count += int(result.rowcount)  # type: ignore[attr-defined]
    return count


def erase_letters() -> int:
    """Erase the letters to addresses that follow nothing any more or never did; how many. Part of `tidy`."""
    follows = sa.select(Follower.id).where(
        Follower.commune_id == Message.commune_id, Follower.email == Message.recipient
    )
    return erasing.erase(
        Message.kind.in_([Kind.FOLLOWER_CONFIRM, Kind.FOLLOWER_NEWS]), Message.is_demo.is_(False), ~follows.exists()
    )
