"""Files with questions, the rows read from them until they are brought in, and what columns meant before."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dialogues.extensions import Model, UTCDateTime, WordEnum
from dialogues.imports.rules import Mark, Reason, Stage
from dialogues.places.models import Commune
from dialogues.schedule.models import Dialogue
from dialogues.staff.models import Staff


class QuestionImport(Model):
    """One file. `cells` and the rows hold names and phone numbers: for the office only, and erased after their term."""

    __tablename__ = "question_import"
    __table_args__ = (sa.Index("ix_question_import_list", "commune_id", "created_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    commune_id: Mapped[int] = mapped_column(sa.ForeignKey("commune.id"))
    dialogue_id: Mapped[int] = mapped_column(sa.ForeignKey("dialogue.id"), index=True)
    file_name: Mapped[str] = mapped_column(sa.String(200))
    file_hash: Mapped[str] = mapped_column(sa.String(64))
    stage: Mapped[Stage] = mapped_column(WordEnum(Stage), default=Stage.GUESSED)
    cells: Mapped[str] = mapped_column(sa.Text, default="", deferred=True)
    """The sheets as `workbook.unpack` gives them; "" once erased."""
    plan: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    counts: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    """What the import brought, for the report; no personal data."""
    staff_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.id"), index=True, default=None)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.id"), index=True, default=None)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    erased_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)
    version: Mapped[int] = mapped_column(default=1)

    commune: Mapped[Commune] = relationship()
    dialogue: Mapped[Dialogue] = relationship()
    staff: Mapped[Staff | None] = relationship(foreign_keys=[staff_id])
    ended_by: Mapped[Staff | None] = relationship(foreign_keys=[ended_by_id])

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class ImportRow(Model):
    """One row of a file as it would come in (`judging.Entry`), and what is wrong with it."""

    __tablename__ = "import_row"
    __table_args__ = (
        sa.Index("ix_import_row_list", "import_id", "mark", "position"),
        sa.Index("ix_import_row_same", "import_id", "same"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    commune_id: Mapped[int] = mapped_column(sa.ForeignKey("commune.id"))
    import_id: Mapped[int] = mapped_column(sa.ForeignKey("question_import.id", ondelete="CASCADE"))
    position: Mapped[int]
    sheet: Mapped[int]
    sheet_name: Mapped[str] = mapped_column(sa.String(100), default="")
    number: Mapped[int]
    """The row as Excel numbers it; in a text file the record after the header."""
    entry: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    notices: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    same: Mapped[str] = mapped_column(sa.String(64), default="")
    mark: Mapped[Mark] = mapped_column(WordEnum(Mark))
    reason: Mapped[Reason | None] = mapped_column(WordEnum(Reason), default=None)
    is_wanted: Mapped[bool] = mapped_column(default=True)
    is_seen: Mapped[bool] = mapped_column(default=False)
    """A person corrected or confirmed it."""
    question_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("question.id", ondelete="SET NULL"), index=True, default=None
    )
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class ImportMapping(Model):
    """What the columns with these headers meant the last time, as a person confirmed it."""

    __tablename__ = "import_mapping"
    __table_args__ = (sa.UniqueConstraint("commune_id", "fingerprint"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    commune_id: Mapped[int] = mapped_column(sa.ForeignKey("commune.id"))
    fingerprint: Mapped[str] = mapped_column(sa.String(40))
    columns: Mapped[dict[str, str]] = mapped_column(sa.JSON)
    channel: Mapped[str] = mapped_column(sa.String(32), default="")
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)
