"""Series, rounds and requests of voters: what plans dialogues (R1, R2)."""

from datetime import date, datetime, time
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dialogues.extensions import Model, UTCDateTime, WordEnum
from dialogues.places.models import Commune, Village
from dialogues.places.rules import Field
from dialogues.schedule.round_rules import RequestState, RoundState
from dialogues.schedule.rules import Trigger
from dialogues.staff.models import Staff

if TYPE_CHECKING:
    from dialogues.schedule.models import Dialogue


class Series(Model):
    """The rule that plans regular rounds, and the template they begin with. `rule` is an RRULE without its start (RFC
    5545, 3.3.10); `starts` and `ends` are wall times of the commune."""

    __tablename__ = "series"

    id: Mapped[int] = mapped_column(primary_key=True)
    commune_id: Mapped[int] = mapped_column(sa.ForeignKey("commune.id"), index=True)
    title: Mapped[str] = mapped_column(sa.String(300))
    rule: Mapped[str] = mapped_column(sa.String(200))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None] = mapped_column(default=None)
    starts: Mapped[time]
    ends: Mapped[time]
    place: Mapped[str] = mapped_column(sa.String(200), default="")
    address: Mapped[str] = mapped_column(sa.String(300), default="")
    chair_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.id"), index=True, default=None)
    follows_id: Mapped[int | None] = mapped_column(sa.ForeignKey("series.id"), index=True, default=None)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    version: Mapped[int] = mapped_column(default=1)

    commune: Mapped[Commune] = relationship()
    chair: Mapped[Staff | None] = relationship()
    topic_rows: Mapped[list["SeriesTopic"]] = relationship(
        cascade="all, delete-orphan", order_by="SeriesTopic.position"
    )
    villages: Mapped[list[Village]] = relationship(secondary="series_village", order_by=Village.position)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def topics(self) -> list[Field]:
        return [row.field for row in self.topic_rows]


class SeriesTopic(Model):
    """One field of the template."""

    __tablename__ = "series_topic"

    series_id: Mapped[int] = mapped_column(sa.ForeignKey("series.id", ondelete="CASCADE"), primary_key=True)
    field: Mapped[Field] = mapped_column(WordEnum(Field), primary_key=True)
    position: Mapped[int] = mapped_column(default=0)


class SeriesVillage(Model):
    """One village of the template; none means the whole commune."""

    __tablename__ = "series_village"

    series_id: Mapped[int] = mapped_column(sa.ForeignKey("series.id", ondelete="CASCADE"), primary_key=True)
    village_id: Mapped[int] = mapped_column(sa.ForeignKey("village.id"), primary_key=True, index=True)


class Round(Model):
    """One campaign of 1..n dialogues. Planned by a series for the day `slot_on` of its rule, or by hand (`series_id`
    empty). Calendars of the staff know it by `uid` and `sequence` until it is opened."""

    __tablename__ = "round"
    __table_args__ = (
        sa.UniqueConstraint("series_id", "slot_on"),
        sa.Index("ix_round_plan", "commune_id", "starts_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    commune_id: Mapped[int] = mapped_column(sa.ForeignKey("commune.id"))
    series_id: Mapped[int | None] = mapped_column(sa.ForeignKey("series.id"), default=None)
    slot_on: Mapped[date | None] = mapped_column(default=None)
    uid: Mapped[str] = mapped_column(sa.String(120), unique=True)
    sequence: Mapped[int] = mapped_column(default=0)
    state: Mapped[RoundState] = mapped_column(WordEnum(RoundState), default=RoundState.PLANNED)
    state_reason: Mapped[str] = mapped_column(sa.Text, default="")
    trigger: Mapped[Trigger] = mapped_column(WordEnum(Trigger), default=Trigger.REGULAR)
    trigger_reason: Mapped[str] = mapped_column(sa.Text, default="")
    decided_by: Mapped[str] = mapped_column(sa.String(200), default="")
    title: Mapped[str] = mapped_column(sa.String(300))
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime)
    place: Mapped[str] = mapped_column(sa.String(200), default="")
    address: Mapped[str] = mapped_column(sa.String(300), default="")
    chair_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.id"), index=True, default=None)
    is_moved: Mapped[bool] = mapped_column(default=False)
    results: Mapped[str] = mapped_column(sa.Text, default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    version: Mapped[int] = mapped_column(default=1)

    commune: Mapped[Commune] = relationship()
    series: Mapped[Series | None] = relationship()
    chair: Mapped[Staff | None] = relationship()
    topic_rows: Mapped[list["RoundTopic"]] = relationship(cascade="all, delete-orphan", order_by="RoundTopic.position")
    papers: Mapped[list["RoundPaper"]] = relationship(cascade="all, delete-orphan", order_by="RoundPaper.id")
    dialogues: Mapped[list["Dialogue"]] = relationship(back_populates="round", order_by="Dialogue.starts_at")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def topics(self) -> list[Field]:
        return [row.field for row in self.topic_rows]


class RoundTopic(Model):
    """One common field of a round; as long as it is planned by a series, the template's count."""

    __tablename__ = "round_topic"

    round_id: Mapped[int] = mapped_column(sa.ForeignKey("round.id", ondelete="CASCADE"), primary_key=True)
    field: Mapped[Field] = mapped_column(WordEnum(Field), primary_key=True)
    position: Mapped[int] = mapped_column(default=0)


class RoundPaper(Model):
    """A text or link that belongs to the whole round: plan, synthesis, report."""

    __tablename__ = "round_paper"

    id: Mapped[int] = mapped_column(primary_key=True)
    commune_id: Mapped[int] = mapped_column(sa.ForeignKey("commune.id"), index=True)
    round_id: Mapped[int] = mapped_column(sa.ForeignKey("round.id", ondelete="CASCADE"), index=True)
    title: Mapped[str] = mapped_column(sa.String(200))
    text: Mapped[str] = mapped_column(sa.Text, default="")
    link: Mapped[str] = mapped_column(sa.String(500), default="")
    added_at: Mapped[datetime] = mapped_column(UTCDateTime)


class RoundQuestion(Model):
    """A question that made a round necessary."""

    __tablename__ = "round_question"

    round_id: Mapped[int] = mapped_column(sa.ForeignKey("round.id", ondelete="CASCADE"), primary_key=True)
    question_id: Mapped[int] = mapped_column(sa.ForeignKey("question.id"), primary_key=True, index=True)


class VoterRequest(Model):
    """Voters ask for a dialogue (R1): a line of the register, with numbers only and never a name."""

    __tablename__ = "voter_request"

    id: Mapped[int] = mapped_column(primary_key=True)
    commune_id: Mapped[int] = mapped_column(sa.ForeignKey("commune.id"), index=True)
    received_on: Mapped[date]
    about: Mapped[str] = mapped_column(sa.Text)
    voters: Mapped[int]
    signatures: Mapped[int]
    valid_signatures: Mapped[int | None] = mapped_column(default=None)
    deadline_on: Mapped[date]
    state: Mapped[RequestState] = mapped_column(WordEnum(RequestState), default=RequestState.CHECKING)
    state_reason: Mapped[str] = mapped_column(sa.Text, default="")
    round_id: Mapped[int | None] = mapped_column(sa.ForeignKey("round.id"), index=True, default=None)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    version: Mapped[int] = mapped_column(default=1)

    commune: Mapped[Commune] = relationship()
    round: Mapped[Round | None] = relationship()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012
