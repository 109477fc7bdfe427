"""Files that belong to a question, and the paper that it was copied from. Both may hold personal data of residents."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dialogues.attachments.rules import AttachmentKind
from dialogues.extensions import Model, UTCDateTime, WordEnum
from dialogues.questions.models import Question
from dialogues.staff.models import Staff


class Attachment(Model):
    """A photo, a scan or a voice recording of what a person handed in; the file itself stands in `uploads`."""

    __tablename__ = "attachment"

    id: Mapped[int] = mapped_column(primary_key=True)
    commune_id: Mapped[int] = mapped_column(sa.ForeignKey("commune.id"), index=True)
    question_id: Mapped[int] = mapped_column(sa.ForeignKey("question.id"), index=True)
    kind: Mapped[AttachmentKind] = mapped_column(WordEnum(AttachmentKind))
    file: Mapped[str] = mapped_column(sa.String(60))
    title: Mapped[str] = mapped_column(sa.String(120), default="")
    """How the file was called where it came from."""
    size: Mapped[int]
    added_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.id"), default=None)
    added_at: Mapped[datetime] = mapped_column(UTCDateTime)

    question: Mapped[Question] = relationship()
    added_by: Mapped[Staff | None] = relationship()


class PaperEntry(Model):
    """A question that was copied from a paper form: of which pile, and the number that stands on the paper."""

    __tablename__ = "paper_entry"
    __table_args__ = (sa.Index("ix_paper_entry_number", "dialogue_id", "village_id", "number"),)

    question_id: Mapped[int] = mapped_column(sa.ForeignKey("question.id", ondelete="CASCADE"), primary_key=True)
    commune_id: Mapped[int] = mapped_column(sa.ForeignKey("commune.id"), index=True)
    dialogue_id: Mapped[int] = mapped_column(sa.ForeignKey("dialogue.id"))
    village_id: Mapped[int | None] = mapped_column(sa.ForeignKey("village.id"), default=None)
    staff_id: Mapped[int] = mapped_column(sa.ForeignKey("staff.id"))
    pile: Mapped[str] = mapped_column(sa.String(24), index=True)
    number: Mapped[str] = mapped_column(sa.String(20), default="")

    question: Mapped[Question] = relationship()
