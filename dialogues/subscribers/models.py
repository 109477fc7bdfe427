"""Subscribers to news."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dialogues.extensions import Model, UTCDateTime
from dialogues.followup.models import Commitment
from dialogues.places.models import Commune, Village


class Subscriber(Model):
    """One e-mail address for the news of one village, or of the whole commune (`village_id` empty). Unconfirmed ones
    get nothing but the one letter that asks; `key` stands in the links of their letters."""

    __tablename__ = "subscriber"
    __table_args__ = (
        sa.UniqueConstraint("commune_id", "email", "village_id"),
        sa.Index(
            "uq_subscriber_whole_commune",
            "commune_id",
            "email",
            unique=True,
            sqlite_where=sa.text("village_id IS NULL"),
            postgresql_where=sa.text("village_id IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    commune_id: Mapped[int] = mapped_column(sa.ForeignKey("commune.id"))
    email: Mapped[str] = mapped_column(sa.String(200))
    village_id: Mapped[int | None] = mapped_column(sa.ForeignKey("village.id"), index=True, default=None)
    language: Mapped[str] = mapped_column(sa.String(5), default="vi")
    key: Mapped[str] = mapped_column(sa.String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)

    commune: Mapped[Commune] = relationship()
    village: Mapped[Village | None] = relationship()


class Follower(Model):
    """One e-mail address that wants to know what becomes of one promise. Unconfirmed ones get nothing but the one
    letter that asks; `key` stands in the links of their letters."""

    __tablename__ = "follower"
    __table_args__ = (sa.UniqueConstraint("commitment_id", "email"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    commune_id: Mapped[int] = mapped_column(sa.ForeignKey("commune.id"), index=True)
    commitment_id: Mapped[int] = mapped_column(sa.ForeignKey("commitment.id", ondelete="CASCADE"))
    email: Mapped[str] = mapped_column(sa.String(200))
    language: Mapped[str] = mapped_column(sa.String(5), default="vi")
    key: Mapped[str] = mapped_column(sa.String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)

    commitment: Mapped[Commitment] = relationship()
