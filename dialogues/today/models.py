"""Periodic reports that were sent."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dialogues.extensions import Model, WordEnum
from dialogues.today.rules import Period


class PeriodReport(Model):
    """A report of a period that ended on a day (R9), and when it was sent."""

    __tablename__ = "period_report"
    __table_args__ = (sa.UniqueConstraint("commune_id", "period", "ends_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    commune_id: Mapped[int] = mapped_column(sa.ForeignKey("commune.id"), index=True)
    period: Mapped[Period] = mapped_column(WordEnum(Period))
    ends_on: Mapped[date] = mapped_column(sa.Date)
    sent_on: Mapped[date] = mapped_column(sa.Date)
    staff_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.id"), index=True, default=None)
