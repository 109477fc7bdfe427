"""Answers, commitments and their dated entries."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from dialogues.extensions import Model, UTCDateTime, WordEnum
from dialogues.followup.rules import CommitmentState, EntryKind, Outcome
from dialogues.questions.models import Question
from dialogues.schedule.models import Dialogue
from dialogues.staff.models import Staff
from dialogues.text import fold


class Answer(Model):
    """What was said to a question, and for IN_WRITING and ESCALATED what came later (`final_text`, `final_on`)."""

    __tablename__ = "answer"
    __table_args__ = (sa.Index("ix_answer_public", "commune_id", "published_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    commune_id: Mapped[int] = mapped_column(sa.ForeignKey("commune.id"))
    question_id: Mapped[int] = mapped_column(sa.ForeignKey("question.id"), unique=True)
    outcome: Mapped[Outcome] = mapped_column(WordEnum(Outcome))
    text: Mapped[str] = mapped_column(sa.Text, default="")
    folded: Mapped[str] = mapped_column(sa.Text, default="", server_default="")
    answered_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.id"), index=True, default=None)
    answered_on: Mapped[date]
    due_on: Mapped[date | None] = mapped_column(default=None, index=True)
    escalated_to: Mapped[str] = mapped_column(sa.String(200), default="")
    final_text: Mapped[str] = mapped_column(sa.Text, default="")
    final_folded: Mapped[str] = mapped_column(sa.Text, default="", server_default="")
    final_on: Mapped[date | None] = mapped_column(default=None)
    published_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    version: Mapped[int] = mapped_column(default=1)

    question: Mapped[Question] = relationship(backref=sa.orm.backref("answer", uselist=False))
    answered_by: Mapped[Staff | None] = relationship()
    commitments: Mapped[list["Commitment"]] = relationship(back_populates="answer", order_by="Commitment.id")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @validates("text", "final_text")
    def _fold(self, key: str, value: str) -> str:
        setattr(self, "folded" if key == "text" else "final_folded", fold(value))
        return value


class Commitment(Model):
    """A promise: who, what can be checked, by when. `first_due_on` never changes."""

    __tablename__ = "commitment"
    __table_args__ = (
        sa.Index("ix_commitment_due", "commune_id", "state", "due_on"),
        sa.Index("ix_commitment_mine", "responsible_id", "state", "due_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    commune_id: Mapped[int] = mapped_column(sa.ForeignKey("commune.id"))
    dialogue_id: Mapped[int] = mapped_column(sa.ForeignKey("dialogue.id"), index=True)
    answer_id: Mapped[int] = mapped_column(sa.ForeignKey("answer.id"), index=True)
    responsible_id: Mapped[int] = mapped_column(sa.ForeignKey("staff.id"))
    result: Mapped[str] = mapped_column(sa.Text)
    folded: Mapped[str] = mapped_column(sa.Text, default="", server_default="")
    promised_on: Mapped[date]
    first_due_on: Mapped[date]
    due_on: Mapped[date]
    state: Mapped[CommitmentState] = mapped_column(WordEnum(CommitmentState), default=CommitmentState.OPEN)
    reported_done_on: Mapped[date | None] = mapped_column(default=None)
    confirmed_on: Mapped[date | None] = mapped_column(default=None)
    uid: Mapped[str] = mapped_column(sa.String(120), unique=True)
    sequence: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    version: Mapped[int] = mapped_column(default=1)

    dialogue: Mapped[Dialogue] = relationship()
    answer: Mapped[Answer] = relationship(back_populates="commitments")
    responsible: Mapped[Staff] = relationship()
    entries: Mapped[list["CommitmentEntry"]] = relationship(
        back_populates="commitment", order_by="CommitmentEntry.id", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @validates("result")
    def _fold(self, _key: str, value: str) -> str:
        self.folded = fold(value)
        return value


class CommitmentEntry(Model):
    """One dated line in the story of a promise; an extension carries both dates."""

    __tablename__ = "commitment_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    commune_id: Mapped[int] = mapped_column(sa.ForeignKey("commune.id"))
    commitment_id: Mapped[int] = mapped_column(sa.ForeignKey("commitment.id", ondelete="CASCADE"), index=True)
    kind: Mapped[EntryKind] = mapped_column(WordEnum(EntryKind))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.id"), default=None)
    text: Mapped[str] = mapped_column(sa.Text)
    old_due_on: Mapped[date | None] = mapped_column(default=None)
    new_due_on: Mapped[date | None] = mapped_column(default=None)

    commitment: Mapped[Commitment] = relationship(back_populates="entries")
    author: Mapped[Staff | None] = relationship()
