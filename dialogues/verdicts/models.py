"""Verdicts on promises and ratings of answers."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dialogues.extensions import Model, UTCDateTime, WordEnum
from dialogues.followup.models import Answer, Commitment, CommitmentEntry
from dialogues.questions.models import Asker
from dialogues.staff.models import Staff
from dialogues.verdicts.rules import Judgement, Rating, RatingWay, VerdictWay


class CommitmentVerdict(Model):
    """What one asker, or one overseer (`asker_id` empty), says of one report (`entry_id`). The verdict counts at once;
    residents read the sentence of an asker (`public_text`) when the office has published it. `staff_id`: the overseer,
    or who wrote down what an asker said."""

    __tablename__ = "commitment_verdict"
    __table_args__ = (
        sa.UniqueConstraint("entry_id", "asker_id"),
        sa.Index(
            "uq_commitment_verdict_overseer",
            "entry_id",
            "staff_id",
            unique=True,
            sqlite_where=sa.text("asker_id IS NULL"),
            postgresql_where=sa.text("asker_id IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    commune_id: Mapped[int] = mapped_column(sa.ForeignKey("commune.id"), index=True)
    commitment_id: Mapped[int] = mapped_column(sa.ForeignKey("commitment.id", ondelete="CASCADE"), index=True)
    entry_id: Mapped[int] = mapped_column(sa.ForeignKey("commitment_entry.id", ondelete="CASCADE"))
    asker_id: Mapped[int | None] = mapped_column(sa.ForeignKey("asker.id", ondelete="CASCADE"), index=True)
    staff_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.id"), index=True, default=None)
    way: Mapped[VerdictWay] = mapped_column(WordEnum(VerdictWay))
    judgement: Mapped[Judgement] = mapped_column(WordEnum(Judgement))
    text: Mapped[str] = mapped_column(sa.Text, default="")
    public_text: Mapped[str] = mapped_column(sa.Text, default="")
    published_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    at: Mapped[datetime] = mapped_column(UTCDateTime)

    commitment: Mapped[Commitment] = relationship()
    entry: Mapped[CommitmentEntry] = relationship()
    asker: Mapped[Asker | None] = relationship()
    staff: Mapped[Staff | None] = relationship()


class AnswerRating(Model):
    """What a resident thinks of an answer. One asker rates an answer once and may change it. Of those without asker
    (`asker_id` empty), `sheet` names the form that was sent and `position` the place in it: sent twice counts once, and
    a sheet can be taken back. `staff_id`: who opened the tablet, or keyed in the paper. `counted`: how it stands in the
    numbers that residents read, None as long as it does not: these move by several at once, see `rating_steps`."""

    __tablename__ = "answer_rating"
    __table_args__ = (
        sa.UniqueConstraint("answer_id", "asker_id"),
        sa.Index(
            "uq_answer_rating_sheet",
            "sheet",
            "position",
            unique=True,
            sqlite_where=sa.text("sheet <> ''"),
            postgresql_where=sa.text("sheet <> ''"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    commune_id: Mapped[int] = mapped_column(sa.ForeignKey("commune.id"), index=True)
    answer_id: Mapped[int] = mapped_column(sa.ForeignKey("answer.id", ondelete="CASCADE"))
    asker_id: Mapped[int | None] = mapped_column(sa.ForeignKey("asker.id", ondelete="CASCADE"), index=True)
    staff_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.id"), index=True, default=None)
    way: Mapped[RatingWay] = mapped_column(WordEnum(RatingWay))
    rating: Mapped[Rating] = mapped_column(WordEnum(Rating))
    counted: Mapped[Rating | None] = mapped_column(WordEnum(Rating), default=None)
    text: Mapped[str] = mapped_column(sa.Text, default="")
    sheet: Mapped[str] = mapped_column(sa.String(40), default="", server_default="")
    position: Mapped[int] = mapped_column(default=0, server_default="0")
    at: Mapped[datetime] = mapped_column(UTCDateTime)

    answer: Mapped[Answer] = relationship()
    asker: Mapped[Asker | None] = relationship()
    staff: Mapped[Staff | None] = relationship()
