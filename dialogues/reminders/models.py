"""The ladder of a commune, who was reminded of what, and the links in the messages."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dialogues.extensions import Model, UTCDateTime, WordEnum
from dialogues.followup.models import Commitment
from dialogues.reminders.rules import RemindedAs
from dialogues.staff.models import Staff


class LadderStep(Model):
    """One step that a commune has set: so many days after the due day (negative: before it) this person is reminded.
    A commune without any has `rules.LADDER`."""

    __tablename__ = "ladder_step"
    __table_args__ = (sa.UniqueConstraint("commune_id", "days", "reminded_as"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    commune_id: Mapped[int] = mapped_column(sa.ForeignKey("commune.id"))
    days: Mapped[int]
    reminded_as: Mapped[RemindedAs] = mapped_column(WordEnum(RemindedAs))


class Reminder(Model):
    """A person was reminded of a promise: at most once for each step and due day, whatever happens to the process."""

    __tablename__ = "reminder"
    __table_args__ = (
        sa.UniqueConstraint("commitment_id", "staff_id", "due_on", "days", "reminded_as"),
        sa.Index("ix_reminder_staff", "staff_id", "told_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    commune_id: Mapped[int] = mapped_column(sa.ForeignKey("commune.id"), index=True)
    commitment_id: Mapped[int] = mapped_column(sa.ForeignKey("commitment.id", ondelete="CASCADE"))
    staff_id: Mapped[int] = mapped_column(sa.ForeignKey("staff.id"))
    due_on: Mapped[date]
    days: Mapped[int]
    reminded_as: Mapped[RemindedAs] = mapped_column(WordEnum(RemindedAs))
    told_on: Mapped[date]
    at: Mapped[datetime] = mapped_column(UTCDateTime)

    commitment: Mapped[Commitment] = relationship()
    staff: Mapped[Staff] = relationship()


class LadderDay(Model):
    """Up to which day the rounds of a commune are done (a day off counts as done), and of the last real one when it was
    and how many reminders and messages it wrote."""

    __tablename__ = "ladder_day"

    commune_id: Mapped[int] = mapped_column(sa.ForeignKey("commune.id"), primary_key=True)
    on_day: Mapped[date]
    at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    reminders: Mapped[int] = mapped_column(default=0)
    letters: Mapped[int] = mapped_column(default=0)


class PromiseLink(Model):
    """A link in a message with which a person reports on the own promises without signing in; only its hash is kept."""

    __tablename__ = "promise_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    commune_id: Mapped[int] = mapped_column(sa.ForeignKey("commune.id"), index=True)
    staff_id: Mapped[int] = mapped_column(sa.ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)

    staff: Mapped[Staff] = relationship()
