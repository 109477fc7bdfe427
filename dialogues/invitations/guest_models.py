"""Guests of a dialogue, and the calendar replies that came in by mail."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dialogues.extensions import Model, UTCDateTime, WordEnum
from dialogues.invitations.guest_rules import GuestRole, Reply, ReplyWay, Verdict
from dialogues.schedule.models import Dialogue
from dialogues.staff.models import Staff


class Guest(Model):
    """One invited person or body.

    `says` is what the newest invitation says, `told` what the one before it said: that is what the guest holds while
    the newest waits in the outbox (see `schedule.told.Facts`; None: nothing). `sequence` is the highest SEQUENCE ever
    used for this guest's copy of the event, so that a removal and a second invitation each stand above what came
    before. A removed guest keeps the row: the removal must reach the calendar, and the link still says what happened.
    """

    __tablename__ = "guest"
    __table_args__ = (
        sa.UniqueConstraint("dialogue_id", "email"),
        sa.Index("ix_guest_list", "dialogue_id", "removed_at", "sort_name"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    commune_id: Mapped[int] = mapped_column(sa.ForeignKey("commune.id"), index=True)
    dialogue_id: Mapped[int] = mapped_column(sa.ForeignKey("dialogue.id", ondelete="CASCADE"))
    staff_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.id"), index=True, default=None)
    name: Mapped[str] = mapped_column(sa.String(120))
    sort_name: Mapped[str] = mapped_column(sa.String(250), default="")
    folded: Mapped[str] = mapped_column(sa.String(600), default="")
    post: Mapped[str] = mapped_column(sa.String(200), default="")
    body: Mapped[str] = mapped_column(sa.String(200), default="")
    email: Mapped[str | None] = mapped_column(sa.String(200), default=None)
    role: Mapped[GuestRole] = mapped_column(WordEnum(GuestRole), default=GuestRole.REQUIRED)
    reply_key: Mapped[str] = mapped_column(sa.String(32))
    invited_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    reminded_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    removed_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    sequence: Mapped[int] = mapped_column(default=-1)
    says: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True), default=None)
    told: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True), default=None)
    reply: Mapped[Reply] = mapped_column(WordEnum(Reply), default=Reply.WAITING)
    reply_note: Mapped[str] = mapped_column(sa.String(1000), default="")
    replied_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    reply_way: Mapped[ReplyWay | None] = mapped_column(WordEnum(ReplyWay), default=None)
    earlier_reply: Mapped[Reply | None] = mapped_column(WordEnum(Reply), default=None)
    calendar_stamp: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    erased_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    """Since then the e-mail address and the note of the answer are gone, by rule (see guests.erase_old)."""
    version: Mapped[int] = mapped_column(default=1)

    dialogue: Mapped[Dialogue] = relationship()
    staff: Mapped[Staff | None] = relationship()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class ReceivedReply(Model):
    """One calendar mail that came in and what became of it. `commune_id` is empty when nothing in it names one."""

    __tablename__ = "received_reply"
    __table_args__ = (sa.Index("ix_received_reply_list", "commune_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    commune_id: Mapped[int | None] = mapped_column(sa.ForeignKey("commune.id"), default=None)
    dialogue_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("dialogue.id", ondelete="CASCADE"), index=True, default=None
    )
    guest_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("guest.id", ondelete="CASCADE"), index=True, default=None
    )
    at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    sender: Mapped[str] = mapped_column(sa.String(200), default="")
    subject: Mapped[str] = mapped_column(sa.String(200), default="")
    verdict: Mapped[Verdict] = mapped_column(WordEnum(Verdict))
    note: Mapped[str] = mapped_column(sa.String(1000), default="")

    guest: Mapped[Guest | None] = relationship()
