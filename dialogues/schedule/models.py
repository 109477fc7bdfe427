"""Dialogues, their topics and villages, and the reasons given when an announcement lacked something."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dialogues.extensions import Model, UTCDateTime, WordEnum
from dialogues.places.models import Commune, Village
from dialogues.places.rules import Field
from dialogues.schedule.round_models import Round
from dialogues.schedule.rules import AnnouncementCheck, DialogueKind, DialogueState, HoldingForm, Step, Trigger
from dialogues.staff.models import Staff


class Dialogue(Model):
    """One meeting at one place and time; calendars know it by `uid` and `sequence` (RFC 5545, 3.8.4.7, 3.8.7.4)."""

    __tablename__ = "dialogue"
    __table_args__ = (sa.Index("ix_dialogue_list", "commune_id", "starts_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    commune_id: Mapped[int] = mapped_column(sa.ForeignKey("commune.id"))
    code: Mapped[str] = mapped_column(sa.String(12), unique=True)
    round_id: Mapped[int | None] = mapped_column(sa.ForeignKey("round.id"), index=True, default=None)
    uid: Mapped[str] = mapped_column(sa.String(120), unique=True)
    sequence: Mapped[int] = mapped_column(default=0)
    kind: Mapped[DialogueKind] = mapped_column(WordEnum(DialogueKind))
    trigger: Mapped[Trigger] = mapped_column(WordEnum(Trigger))
    trigger_reason: Mapped[str] = mapped_column(sa.Text, default="")
    form: Mapped[HoldingForm] = mapped_column(WordEnum(HoldingForm))
    title: Mapped[str] = mapped_column(sa.String(300))
    purpose: Mapped[str] = mapped_column(sa.Text, default="")
    how_to_attend: Mapped[str] = mapped_column(sa.Text, default="")
    place: Mapped[str] = mapped_column(sa.String(200), default="")
    address: Mapped[str] = mapped_column(sa.String(300), default="")
    online_link: Mapped[str] = mapped_column(sa.String(500), default="")
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime)
    question_deadline_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    hotline: Mapped[str] = mapped_column(sa.String(40), default="")
    chair_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.id"), index=True, default=None)
    co_chair_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.id"), index=True, default=None)
    secretary_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.id"), index=True, default=None)
    mttq_partner: Mapped[str] = mapped_column(sa.String(200), default="")
    party_invited: Mapped[bool] = mapped_column(default=False)
    state: Mapped[DialogueState] = mapped_column(WordEnum(DialogueState), default=DialogueState.DRAFT)
    state_reason: Mapped[str] = mapped_column(sa.Text, default="")
    announced_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    held_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    concluded_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    published_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    result_public_on: Mapped[date | None] = mapped_column(default=None)
    """The day of the last of the three ways of R5, once all are done; `published_at` is the first: this site."""
    conclusion: Mapped[str] = mapped_column(sa.Text, default="")
    residents_present: Mapped[int | None] = mapped_column(default=None)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    version: Mapped[int] = mapped_column(default=1)

    commune: Mapped[Commune] = relationship()
    round: Mapped[Round | None] = relationship(back_populates="dialogues")
    chair: Mapped[Staff | None] = relationship(foreign_keys=[chair_id])
    co_chair: Mapped[Staff | None] = relationship(foreign_keys=[co_chair_id])
    secretary: Mapped[Staff | None] = relationship(foreign_keys=[secretary_id])
    topic_rows: Mapped[list["DialogueTopic"]] = relationship(
        cascade="all, delete-orphan", order_by="DialogueTopic.position"
    )
    villages: Mapped[list[Village]] = relationship(secondary="dialogue_village", order_by=Village.position)
    announcement_reasons: Mapped[list["AnnouncementReason"]] = relationship(
        cascade="all, delete-orphan", order_by="AnnouncementReason.id"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def topics(self) -> list[Field]:
        return [row.field for row in self.topic_rows]


class DialogueTopic(Model):
    """One field that the dialogue is about, in the order of the announcement."""

    __tablename__ = "dialogue_topic"

    dialogue_id: Mapped[int] = mapped_column(sa.ForeignKey("dialogue.id", ondelete="CASCADE"), primary_key=True)
    field: Mapped[Field] = mapped_column(WordEnum(Field), primary_key=True)
    position: Mapped[int] = mapped_column(default=0)


class DialogueVillage(Model):
    """One village that the dialogue is for; none means the whole commune."""

    __tablename__ = "dialogue_village"

    dialogue_id: Mapped[int] = mapped_column(sa.ForeignKey("dialogue.id", ondelete="CASCADE"), primary_key=True)
    village_id: Mapped[int] = mapped_column(sa.ForeignKey("village.id"), primary_key=True, index=True)


class AnnouncementReason(Model):
    """Why it was announced although something was missing or late; visible for ever (R3, R4)."""

    __tablename__ = "announcement_reason"

    id: Mapped[int] = mapped_column(primary_key=True)
    dialogue_id: Mapped[int] = mapped_column(sa.ForeignKey("dialogue.id", ondelete="CASCADE"), index=True)
    check: Mapped[AnnouncementCheck] = mapped_column("check_name", WordEnum(AnnouncementCheck))
    reason: Mapped[str] = mapped_column(sa.Text)
    staff_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.id"), default=None)
    given_at: Mapped[datetime] = mapped_column(UTCDateTime)


class DoneStep(Model):
    """A step around a dialogue that somebody ticked: on which day, who, and what shows it."""

    __tablename__ = "done_step"
    __table_args__ = (sa.UniqueConstraint("dialogue_id", "step"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    commune_id: Mapped[int] = mapped_column(sa.ForeignKey("commune.id"), index=True)
    dialogue_id: Mapped[int] = mapped_column(sa.ForeignKey("dialogue.id", ondelete="CASCADE"), index=True)
    step: Mapped[Step] = mapped_column(WordEnum(Step))
    done_on: Mapped[date] = mapped_column(sa.Date)
    staff_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.id"), index=True, default=None)
    evidence: Mapped[str] = mapped_column(sa.Text, default="")
    noted_at: Mapped[datetime] = mapped_column(UTCDateTime)

    dialogue: Mapped[Dialogue] = relationship()
    staff: Mapped[Staff | None] = relationship()
