"""Answers, commitments and their dated entries."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from dialogues.extensions import Model, UTCDateTime, WordEnum
from dialogues.followup.rules import (
    CommitmentKind,
    CommitmentState,
    DayCount,
    EntryKind,
    EvidenceKind,
    ExtensionState,
    Outcome,
)
from dialogues.places.models import Unit
from dialogues.questions.models import Question
from dialogues.schedule.models import Dialogue
from dialogues.staff.models import Staff
from dialogues.text import fold


class Answer(Model):
    """What was said to a question, and for IN_WRITING and ESCALATED what came later (`final_text`, `final_on`)."""

    __tablename__ = "answer"
    __table_args__ = (
        sa.Index("ix_answer_public", "commune_id", "published_at"),
        sa.Index("ix_answer_open", "commune_id", "outcome", "final_on"),
    )

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
    """A promise: who, what can be checked, by when. `first_due_on` never changes.

    `result` is what can be checked; `public_text`, where it is not empty, says the same in the words that residents
    read. `due_days` are kept for a day that was counted (`due_counts`), from `promised_on` on. `budget_note` is read by
    the office only. `objected_on`: when somebody last said of the standing report that it is done only in part;
    `asked_again_on`: when the askers who said nothing were asked a second time.
    """

    __tablename__ = "commitment"
    __table_args__ = (
        sa.Index("ix_commitment_due", "commune_id", "state", "due_on"),
        sa.Index("ix_commitment_mine", "responsible_id", "state", "due_on"),
        sa.Index(
            "ix_commitment_ask_again",
            "reported_done_on",
            sqlite_where=sa.text("state = 'reported_done' AND asked_again_on IS NULL"),
            postgresql_where=sa.text("state = 'reported_done' AND asked_again_on IS NULL"),
        ),
        sa.Index("ix_commitment_made", "commune_id", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    commune_id: Mapped[int] = mapped_column(sa.ForeignKey("commune.id"))
    dialogue_id: Mapped[int] = mapped_column(sa.ForeignKey("dialogue.id"), index=True)
    answer_id: Mapped[int] = mapped_column(sa.ForeignKey("answer.id"), index=True)
    responsible_id: Mapped[int] = mapped_column(sa.ForeignKey("staff.id"))
    kind: Mapped[CommitmentKind] = mapped_column(
        WordEnum(CommitmentKind), default=CommitmentKind.DO, server_default=CommitmentKind.DO.value
    )
    result: Mapped[str] = mapped_column(sa.Text)
    public_text: Mapped[str] = mapped_column(sa.Text, default="", server_default="")
    place: Mapped[str] = mapped_column(sa.String(200), default="", server_default="")
    escalated_to: Mapped[str] = mapped_column(sa.String(200), default="", server_default="")
    budget_note: Mapped[str] = mapped_column(sa.Text, default="", server_default="")
    folded: Mapped[str] = mapped_column(sa.Text, default="", server_default="")
    promised_on: Mapped[date]
    first_due_on: Mapped[date]
    due_on: Mapped[date]
    due_counts: Mapped[DayCount] = mapped_column(
        WordEnum(DayCount), default=DayCount.DAY, server_default=DayCount.DAY.value
    )
    due_days: Mapped[int | None] = mapped_column(default=None)
    state: Mapped[CommitmentState] = mapped_column(WordEnum(CommitmentState), default=CommitmentState.OPEN)
    reported_done_on: Mapped[date | None] = mapped_column(default=None)
    objected_on: Mapped[date | None] = mapped_column(default=None)
    asked_again_on: Mapped[date | None] = mapped_column(default=None)
    confirmed_on: Mapped[date | None] = mapped_column(default=None)
    withdrawn_on: Mapped[date | None] = mapped_column(default=None)
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
    steps: Mapped[list["CommitmentStep"]] = relationship(order_by="CommitmentStep.due_on, CommitmentStep.id")
    supports: Mapped[list["CommitmentSupport"]] = relationship(
        order_by="CommitmentSupport.unit_id", cascade="all, delete-orphan"
    )
    evidence: Mapped[list["Evidence"]] = relationship(order_by="Evidence.id", back_populates="commitment")
    extension_requests: Mapped[list["ExtensionRequest"]] = relationship(
        order_by="ExtensionRequest.id", back_populates="commitment"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def shown(self) -> str:
        """The words that residents read."""
        return self.public_text or self.result

    @validates("result", "public_text", "place")
    def _fold(self, key: str, value: str) -> str:
        words = {"result": self.result, "public_text": self.public_text, "place": self.place, key: value}
        shown = (words["public_text"] or words["result"], words["place"])  # residents find only what they may read
        self.folded = fold("\n".join(text for text in shown if text))
        return value


class CommitmentEntry(Model):
    """One dated line in the story of a promise; an extension carries both dates, a report a sentence to the asker."""

    __tablename__ = "commitment_entry"
    __table_args__ = (sa.Index("ix_commitment_entry_news", "commune_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    commune_id: Mapped[int] = mapped_column(sa.ForeignKey("commune.id"))
    commitment_id: Mapped[int] = mapped_column(sa.ForeignKey("commitment.id", ondelete="CASCADE"), index=True)
    kind: Mapped[EntryKind] = mapped_column(WordEnum(EntryKind))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.id"), default=None)
    text: Mapped[str] = mapped_column(sa.Text)
    old_due_on: Mapped[date | None] = mapped_column(default=None)
    new_due_on: Mapped[date | None] = mapped_column(default=None)
    to_asker: Mapped[str] = mapped_column(sa.Text, default="", server_default="")

    commitment: Mapped[Commitment] = relationship(back_populates="entries")
    author: Mapped[Staff | None] = relationship()


class CommitmentSupport(Model):
    """A department that helps to keep a promise."""

    __tablename__ = "commitment_support"

    commitment_id: Mapped[int] = mapped_column(sa.ForeignKey("commitment.id", ondelete="CASCADE"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"), primary_key=True, index=True)

    unit: Mapped[Unit] = relationship()


class CommitmentStep(Model):
    """A part of a promise with its own day. One that is dropped stays, with the day on which it was."""

    __tablename__ = "commitment_step"

    id: Mapped[int] = mapped_column(primary_key=True)
    commune_id: Mapped[int] = mapped_column(sa.ForeignKey("commune.id"), index=True)
    commitment_id: Mapped[int] = mapped_column(sa.ForeignKey("commitment.id", ondelete="CASCADE"), index=True)
    text: Mapped[str] = mapped_column(sa.String(300))
    due_on: Mapped[date]
    done_on: Mapped[date | None] = mapped_column(default=None)
    dropped_on: Mapped[date | None] = mapped_column(default=None)


class Evidence(Model):
    """What shows that a promise was kept: a photo or a paper (the file stands in `uploads`), or the number of a
    decision. `alt` says what a photo shows. `checksum` (SHA-256 of what was sent) finds the same file sent twice."""

    __tablename__ = "evidence"

    id: Mapped[int] = mapped_column(primary_key=True)
    commune_id: Mapped[int] = mapped_column(sa.ForeignKey("commune.id"), index=True)
    commitment_id: Mapped[int] = mapped_column(sa.ForeignKey("commitment.id", ondelete="CASCADE"), index=True)
    entry_id: Mapped[int | None] = mapped_column(sa.ForeignKey("commitment_entry.id"), index=True, default=None)
    kind: Mapped[EvidenceKind] = mapped_column(WordEnum(EvidenceKind))
    file: Mapped[str] = mapped_column(sa.String(60), default="")
    size: Mapped[int] = mapped_column(default=0)
    checksum: Mapped[str] = mapped_column(sa.String(64), default="")
    alt: Mapped[str] = mapped_column(sa.String(300), default="")
    number: Mapped[str] = mapped_column(sa.String(120), default="")
    added_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.id"), default=None)
    added_at: Mapped[datetime] = mapped_column(UTCDateTime)

    commitment: Mapped[Commitment] = relationship(back_populates="evidence")
    added_by: Mapped[Staff | None] = relationship()


class ExtensionRequest(Model):
    """Asking the superior for a later day: at most one waits for each promise."""

    __tablename__ = "extension_request"
    __table_args__ = (
        sa.Index(
            "uq_extension_request_waiting",
            "commitment_id",
            unique=True,
            sqlite_where=sa.text("state = 'asked'"),
            postgresql_where=sa.text("state = 'asked'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    commune_id: Mapped[int] = mapped_column(sa.ForeignKey("commune.id"), index=True)
    commitment_id: Mapped[int] = mapped_column(sa.ForeignKey("commitment.id", ondelete="CASCADE"), index=True)
    state: Mapped[ExtensionState] = mapped_column(WordEnum(ExtensionState), default=ExtensionState.ASKED)
    asked_by_id: Mapped[int] = mapped_column(sa.ForeignKey("staff.id"), index=True)
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    reason: Mapped[str] = mapped_column(sa.Text)
    old_due_on: Mapped[date]
    new_due_on: Mapped[date]
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.id"), index=True, default=None)
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    decision: Mapped[str] = mapped_column(sa.Text, default="")

    commitment: Mapped[Commitment] = relationship(back_populates="extension_requests")
    asked_by: Mapped[Staff] = relationship(foreign_keys=asked_by_id)
    decided_by: Mapped[Staff | None] = relationship(foreign_keys=decided_by_id)
