"""What askers wrote instead of their first words; the original stays for ever."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dialogues.extensions import Model, UTCDateTime, WordEnum
from dialogues.questions.rules import ConsentHow


class QuestionCorrection(Model):
    """One correction before publication: the new text, when, how, and by which clerk when it was not the asker's own
    hand."""

    __tablename__ = "question_correction"

    id: Mapped[int] = mapped_column(primary_key=True)
    commune_id: Mapped[int] = mapped_column(sa.ForeignKey("commune.id"))
    question_id: Mapped[int] = mapped_column(sa.ForeignKey("question.id"), index=True)
    text: Mapped[str] = mapped_column(sa.Text)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    how: Mapped[ConsentHow] = mapped_column(WordEnum(ConsentHow))
    staff_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.id"), default=None)
