"""Uses of the announcement: the proof that it was read, posted, sent."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dialogues.extensions import Model, UTCDateTime, WordEnum
from dialogues.papers.rules import NoticeChannel, Occasion
from dialogues.schedule.models import Dialogue
from dialogues.staff.models import Staff


class NoticeUse(Model):
    """The announcement of a dialogue was used once on one channel. What it said then is kept beside it: a later move
    must not change the proof. Never deleted; a mistaken one is taken back and stays visible."""

    __tablename__ = "notice_use"
    __table_args__ = (sa.Index("ix_notice_use_list", "dialogue_id", "used_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    commune_id: Mapped[int] = mapped_column(sa.ForeignKey("commune.id"), index=True)
    dialogue_id: Mapped[int] = mapped_column(sa.ForeignKey("dialogue.id", ondelete="CASCADE"))
    channel: Mapped[NoticeChannel] = mapped_column(WordEnum(NoticeChannel))
    used_at: Mapped[datetime] = mapped_column(UTCDateTime)
    done_by: Mapped[str] = mapped_column(sa.String(120))
    note: Mapped[str] = mapped_column(sa.Text, default="")
    occasion: Mapped[Occasion] = mapped_column(WordEnum(Occasion))
    sequence: Mapped[int]
    said: Mapped[str] = mapped_column(sa.String(64), default="")
    """Fingerprint of the facts that were announced (see service.said_by); "" when the use came before a change."""
    session_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    session_place: Mapped[str] = mapped_column(sa.String(600), default="")
    photo: Mapped[str] = mapped_column(sa.String(60), default="")
    recorded_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.id"), index=True, default=None)
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)
    taken_back_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    taken_back_reason: Mapped[str] = mapped_column(sa.Text, default="")

    dialogue: Mapped[Dialogue] = relationship()
    recorded_by: Mapped[Staff | None] = relationship(foreign_keys=[recorded_by_id])
