"""What askers were told, and what they wished of their personal data. Neither holds a name, a number or an address."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dialogues.askers.rules import RequestKind, TellHow, Way
from dialogues.extensions import Model, UTCDateTime, WordEnum
from dialogues.post.models import Message
from dialogues.questions.models import Asker
from dialogues.questions.rules import ConsentHow, QuestionEvent
from dialogues.staff.models import Staff


class Word(Model):
    """One word to one asker: what happened, in which words it is told, which way. By mail or gateway it is done by its
    letter; by hand, or when the letter failed, somebody told it (`told_...`). `is_first`: the one that R8 asks for."""

    __tablename__ = "word"
    __table_args__ = (
        sa.Index("ix_word_asker", "asker_id", "id"),
        sa.Index("ix_word_list", "commune_id", "way", "told_at", "at"),
        sa.Index("ix_word_question", "question_id", "is_first"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    commune_id: Mapped[int] = mapped_column(sa.ForeignKey("commune.id"))
    question_id: Mapped[int] = mapped_column(sa.ForeignKey("question.id", ondelete="CASCADE"))
    asker_id: Mapped[int] = mapped_column(sa.ForeignKey("asker.id", ondelete="CASCADE"))
    event: Mapped[QuestionEvent] = mapped_column(WordEnum(QuestionEvent))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    text: Mapped[str] = mapped_column(sa.Text)
    way: Mapped[Way] = mapped_column(WordEnum(Way))
    is_first: Mapped[bool] = mapped_column(default=False)
    message_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("message.id", ondelete="SET NULL"), index=True, default=None
    )
    told_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    told_on: Mapped[date | None] = mapped_column(default=None)
    told_how: Mapped[TellHow | None] = mapped_column(WordEnum(TellHow), default=None)
    told_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.id"), default=None)

    asker: Mapped[Asker] = relationship()
    message: Mapped[Message | None] = relationship()
    told_by: Mapped[Staff | None] = relationship()


class DataRequest(Model):
    """A wish of an asker about the own data: when it came and how, when it was answered and fulfilled. One that the
    asker fulfilled by the tracking code is done at once."""

    __tablename__ = "data_request"
    __table_args__ = (sa.Index("ix_data_request_list", "commune_id", "done_on", "received_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    commune_id: Mapped[int] = mapped_column(sa.ForeignKey("commune.id"))
    asker_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("asker.id", ondelete="SET NULL"), index=True, default=None
    )
    kind: Mapped[RequestKind] = mapped_column(WordEnum(RequestKind))
    how: Mapped[ConsentHow] = mapped_column(WordEnum(ConsentHow))
    received_on: Mapped[date]
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)
    recorded_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.id"), default=None)
    note: Mapped[str] = mapped_column(sa.Text, default="")
    answered_on: Mapped[date | None] = mapped_column(default=None)
    done_on: Mapped[date | None] = mapped_column(default=None)
    done_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.id"), default=None)

    asker: Mapped[Asker | None] = relationship()
    recorded_by: Mapped[Staff | None] = relationship(foreign_keys=[recorded_by_id])
    done_by: Mapped[Staff | None] = relationship(foreign_keys=[done_by_id])
