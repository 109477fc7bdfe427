"""Questions, their askers, and the record of consents. Personal data stands in `asker` only."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from dialogues.extensions import Model, UTCDateTime, WordEnum
from dialogues.places.models import Unit, Village
from dialogues.places.rules import Field
from dialogues.questions.rules import (
    Consent,
    ConsentHow,
    DeclineReason,
    Erasure,
    IntakeChannel,
    QuestionKind,
    QuestionState,
    Suspicion,
)
from dialogues.schedule.models import Dialogue
from dialogues.staff.models import Staff
from dialogues.text import fold


class Question(Model):
    """One matter brought in. `text` is the original and never changes; `public_text` is what residents read."""

    __tablename__ = "question"
    __table_args__ = (
        sa.Index("ix_question_public", "commune_id", "state", "published_at"),
        sa.Index("ix_question_queue", "commune_id", "state", "received_at"),
        sa.Index("ix_question_dialogue", "dialogue_id", "state", "published_at"),
        sa.Index("ix_question_touched", "commune_id", "touched"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    commune_id: Mapped[int] = mapped_column(sa.ForeignKey("commune.id"))
    dialogue_id: Mapped[int] = mapped_column(sa.ForeignKey("dialogue.id"))
    kind: Mapped[QuestionKind] = mapped_column(WordEnum(QuestionKind), default=QuestionKind.QUESTION)
    field: Mapped[Field] = mapped_column(WordEnum(Field))
    village_id: Mapped[int | None] = mapped_column(sa.ForeignKey("village.id"), index=True, default=None)
    channel: Mapped[IntakeChannel] = mapped_column(WordEnum(IntakeChannel))
    text: Mapped[str] = mapped_column(sa.Text)
    corrected_text: Mapped[str] = mapped_column(sa.Text, default="", server_default="")
    """What the asker wrote instead, before publication (see corrections.py); "": nothing."""
    folded: Mapped[str] = mapped_column(sa.Text, default="")
    public_text: Mapped[str] = mapped_column(sa.Text, default="")
    public_folded: Mapped[str] = mapped_column(sa.Text, default="")
    state: Mapped[QuestionState] = mapped_column(WordEnum(QuestionState), default=QuestionState.WAITING)
    decline_reason: Mapped[DeclineReason | None] = mapped_column(WordEnum(DeclineReason), default=None)
    state_note: Mapped[str] = mapped_column(sa.Text, default="")
    suspicions: Mapped[str] = mapped_column(sa.String(120), default="", server_default="")
    """Why it went into quarantine: values of Suspicion with spaces between them; stays when it is released."""
    received_at: Mapped[datetime] = mapped_column(UTCDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    published_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    entered_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.id"), default=None)
    assigned_unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.id"), index=True, default=None)
    assigned_staff_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.id"), index=True, default=None)
    assigned_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    answer_due_on: Mapped[date | None] = mapped_column(default=None)
    """Until when the one who was asked prepares the answer."""
    split_from_id: Mapped[int | None] = mapped_column(sa.ForeignKey("question.id"), index=True, default=None)
    """The text with several matters that this one was taken out of; its askers are those of that text (lineage.py)."""
    shown_version: Mapped[int] = mapped_column(default=1, server_default="1")
    """Raised with every change of what residents read of it: words, names, answer, promises (see page_cache)."""
    merged_into_id: Mapped[int | None] = mapped_column(sa.ForeignKey("question.id"), index=True, default=None)
    """The question that a clerk merged it into; `lead_id` is the one at the end of such a line, which is answered."""
    lead_id: Mapped[int | None] = mapped_column(sa.ForeignKey("question.id"), index=True, default=None)
    merged_from: Mapped[QuestionState | None] = mapped_column(WordEnum(QuestionState), default=None)
    merged_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    chain_id: Mapped[int | None] = mapped_column(sa.ForeignKey("question.id"), index=True, default=None)
    """Shared by the questions that asked the same over the years: the id of one of them."""
    touched: Mapped[int] = mapped_column(default=0, server_default="0")
    """The commune's number of the last change to this row, in the order of commits (see doubles.changes)."""
    submission_key: Mapped[str | None] = mapped_column(sa.String(64), unique=True, default=None)
    version: Mapped[int] = mapped_column(default=1)

    dialogue: Mapped[Dialogue] = relationship()
    village: Mapped[Village | None] = relationship()
    assigned_unit: Mapped[Unit | None] = relationship()
    assigned_staff: Mapped[Staff | None] = relationship(foreign_keys=[assigned_staff_id])
    entered_by: Mapped[Staff | None] = relationship(foreign_keys=[entered_by_id])
    askers: Mapped[list["Asker"]] = relationship(back_populates="question", order_by="Asker.id")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def signs(self) -> list[Suspicion]:
        """Why it went into quarantine."""
        return [Suspicion(sign) for sign in self.suspicions.split()]

    @validates("text", "public_text")
    def _fold(self, key: str, value: str) -> str:
        setattr(self, "folded" if key == "text" else "public_folded", fold(value))
        return value

    @validates("corrected_text")
    def _fold_both(self, _key: str, value: str) -> str:
        if value:
            self.folded = fold(f"{self.text}\n{value}")
        return value

    @property
    def own_text(self) -> str:
        """What the asker says now: the correction, or the original."""
        return self.corrected_text or self.text


class Asker(Model):
    """Who brought a question, and the tracking code that is their key to it. All personal data of residents is here."""

    __tablename__ = "asker"

    id: Mapped[int] = mapped_column(primary_key=True)
    commune_id: Mapped[int] = mapped_column(sa.ForeignKey("commune.id"), index=True)
    question_id: Mapped[int] = mapped_column(sa.ForeignKey("question.id"), index=True)
    code: Mapped[str] = mapped_column(sa.String(12), unique=True)
    name: Mapped[str] = mapped_column(sa.String(120), default="")
    phone: Mapped[str] = mapped_column(sa.String(40), default="")
    email: Mapped[str] = mapped_column(sa.String(200), default="")
    may_contact: Mapped[bool] = mapped_column(default=False)
    may_message: Mapped[bool] = mapped_column(default=False)
    may_publish_name: Mapped[bool] = mapped_column(default=False)
    joined_at: Mapped[datetime] = mapped_column(UTCDateTime)
    email_confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    """Its owner pressed the button of the first letter, or a clerk wrote it down: before that it gets no news."""
    erased_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    erased_why: Mapped[Erasure | None] = mapped_column(WordEnum(Erasure), default=None)
    is_supporter: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """Joined a published question of somebody else ("the same as mine"): reads only what residents read of it."""
    left_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)

    question: Mapped[Question] = relationship(back_populates="askers")


class ConsentChange(Model):
    """A consent given or taken back: when, how, and by which clerk when it was not the asker's own hand."""

    __tablename__ = "consent_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    commune_id: Mapped[int] = mapped_column(sa.ForeignKey("commune.id"))
    asker_id: Mapped[int] = mapped_column(sa.ForeignKey("asker.id", ondelete="CASCADE"), index=True)
    consent: Mapped[Consent] = mapped_column(WordEnum(Consent))
    is_given: Mapped[bool]
    how: Mapped[ConsentHow] = mapped_column(WordEnum(ConsentHow))
    staff_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.id"), default=None)
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class PublicWording(Model):
    """A text that residents could read from `at` on. Every one is kept."""

    __tablename__ = "public_wording"

    id: Mapped[int] = mapped_column(primary_key=True)
    commune_id: Mapped[int] = mapped_column(sa.ForeignKey("commune.id"))
    question_id: Mapped[int] = mapped_column(sa.ForeignKey("question.id", ondelete="CASCADE"), index=True)
    text: Mapped[str] = mapped_column(sa.Text)
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.id"), default=None)
    at: Mapped[datetime] = mapped_column(UTCDateTime)

    by: Mapped[Staff | None] = relationship()


class QuestionSupport(Model):
    """A department that helps the one that was asked to answer."""

    __tablename__ = "question_support"

    question_id: Mapped[int] = mapped_column(sa.ForeignKey("question.id", ondelete="CASCADE"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"), primary_key=True, index=True)

    unit: Mapped[Unit] = relationship()


class Deferral(Model):
    """A question that was moved to another dialogue, and the reason that its asker reads. Every one stays in sight."""

    __tablename__ = "deferral"

    id: Mapped[int] = mapped_column(primary_key=True)
    commune_id: Mapped[int] = mapped_column(sa.ForeignKey("commune.id"))
    question_id: Mapped[int] = mapped_column(sa.ForeignKey("question.id", ondelete="CASCADE"), index=True)
    from_dialogue_id: Mapped[int] = mapped_column(sa.ForeignKey("dialogue.id"))
    to_dialogue_id: Mapped[int] = mapped_column(sa.ForeignKey("dialogue.id"))
    reason: Mapped[str] = mapped_column(sa.Text)
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.id"), default=None)
    at: Mapped[datetime] = mapped_column(UTCDateTime)

    from_dialogue: Mapped[Dialogue] = relationship(foreign_keys=[from_dialogue_id])
    to_dialogue: Mapped[Dialogue] = relationship(foreign_keys=[to_dialogue_id])


class QuestionUndo(Model):
    """An act that can be taken back until something is built on it: how the question stood before, and its version
    after. `batch` is shared by the acts of one press on many questions."""

    __tablename__ = "question_undo"

    id: Mapped[int] = mapped_column(primary_key=True)
    commune_id: Mapped[int] = mapped_column(sa.ForeignKey("commune.id"))
    question_id: Mapped[int] = mapped_column(sa.ForeignKey("question.id", ondelete="CASCADE"), index=True)
    act: Mapped[str] = mapped_column(sa.String(40))
    before: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    version_after: Mapped[int]
    batch: Mapped[str] = mapped_column(sa.String(40), default="", index=True)
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.id"), default=None)
    at: Mapped[datetime] = mapped_column(UTCDateTime)

    question: Mapped[Question] = relationship()
    by: Mapped[Staff | None] = relationship()
