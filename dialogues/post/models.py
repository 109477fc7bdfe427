"""The outbox: one row a letter."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dialogues.extensions import Model, UTCDateTime, WordEnum
from dialogues.post.rules import Channel, Kind, MessageState

if TYPE_CHECKING:
    from dialogues.places.models import Commune


class Message(Model):
    """One letter to one recipient, written in the transaction of its cause. `message_id` (RFC 5322) is the same in
    every try. `held`: what its recipient knew before, kept for a newer letter that takes its place. While a worker has
    it in hand, `lease_until` lies ahead and `lease_key` names that worker's grip."""

    __tablename__ = "message"
    __table_args__ = (
        sa.UniqueConstraint("kind", "thing", "recipient", "version"),
        sa.Index("ix_message_due", "state", "next_try_at"),
        sa.Index("ix_message_list", "commune_id", "state", "id"),
        sa.Index("ix_message_thing", "commune_id", "thing"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    commune_id: Mapped[int] = mapped_column(sa.ForeignKey("commune.id"))
    channel: Mapped[Channel] = mapped_column(WordEnum(Channel), default=Channel.MAIL)
    kind: Mapped[Kind] = mapped_column(WordEnum(Kind))
    thing: Mapped[str] = mapped_column(sa.String(60))
    recipient: Mapped[str] = mapped_column(sa.String(200))
    version: Mapped[int]
    recipient_name: Mapped[str] = mapped_column(sa.String(200), default="")
    subject: Mapped[str] = mapped_column(sa.Text, default="")
    text: Mapped[str] = mapped_column(sa.Text)
    html: Mapped[str] = mapped_column(sa.Text, default="")
    calendar: Mapped[bytes] = mapped_column(sa.LargeBinary, default=b"")
    method: Mapped[str] = mapped_column(sa.String(20), default="")
    reply_to: Mapped[str] = mapped_column(sa.String(200), default="")
    why: Mapped[str] = mapped_column(sa.Text, default="")
    unsubscribe_url: Mapped[str] = mapped_column(sa.String(500), default="")
    held: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True), default=None)
    message_id: Mapped[str] = mapped_column(sa.String(200), unique=True)
    state: Mapped[MessageState] = mapped_column(WordEnum(MessageState), default=MessageState.WAITING)
    respects_quiet_hours: Mapped[bool] = mapped_column(default=True)
    is_demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    next_try_at: Mapped[datetime] = mapped_column(UTCDateTime)
    tries: Mapped[int] = mapped_column(default=0)
    first_tried_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    last_error: Mapped[str] = mapped_column(sa.Text, default="")
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    drop_reason: Mapped[str] = mapped_column(sa.Text, default="")
    lease_until: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    lease_key: Mapped[str] = mapped_column(sa.String(40), default="")
    erased_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    """Since then recipient and text are gone (see erasing.py)."""

    commune: Mapped["Commune"] = relationship()
