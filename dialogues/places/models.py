"""Provinces, communes, villages, units; days off and numbers of rules."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dialogues.clock import DEFAULT_ZONE
from dialogues.extensions import Model, WordEnum
from dialogues.places.rules import CommuneKind, RuleName


class Province(Model):
    """Tỉnh, thành phố."""

    __tablename__ = "province"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(100), unique=True)


class Commune(Model):
    """Xã, phường, đặc khu: every row of the program belongs to one."""

    __tablename__ = "commune"

    id: Mapped[int] = mapped_column(primary_key=True)
    province_id: Mapped[int] = mapped_column(sa.ForeignKey("province.id"), index=True)
    kind: Mapped[CommuneKind] = mapped_column(WordEnum(CommuneKind), default=CommuneKind.XA)
    name: Mapped[str] = mapped_column(sa.String(100))
    slug: Mapped[str] = mapped_column(sa.String(60), unique=True)
    address: Mapped[str] = mapped_column(sa.String(300), default="")
    hotline: Mapped[str] = mapped_column(sa.String(40), default="")
    office_email: Mapped[str] = mapped_column(sa.String(200), default="")
    voters: Mapped[int | None] = mapped_column(default=None)
    time_zone: Mapped[str] = mapped_column(sa.String(60), default=DEFAULT_ZONE)
    head_name: Mapped[str] = mapped_column(sa.String(120), default="")
    head_post: Mapped[str] = mapped_column(sa.String(200), default="")
    quiet_from: Mapped[int] = mapped_column(default=21, server_default="21")
    quiet_to: Mapped[int] = mapped_column(default=7, server_default="7")
    public_version: Mapped[int] = mapped_column(default=1, server_default="1")
    places_version: Mapped[int] = mapped_column(default=1, server_default="1")
    schedule_version: Mapped[int] = mapped_column(default=1, server_default="1")
    questions_version: Mapped[int] = mapped_column(default=1, server_default="1")
    promises_version: Mapped[int] = mapped_column(default=1, server_default="1")
    touches: Mapped[int] = mapped_column(default=0, server_default="0")
    """Counts the changes to questions (see doubles.changes)."""
    version: Mapped[int] = mapped_column(default=1)

    province: Mapped[Province] = relationship()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class Village(Model):
    """Thôn, bản, ấp, xóm, buôn, tổ dân phố: `kind` is the local word as it is written there."""

    __tablename__ = "village"
    __table_args__ = (sa.UniqueConstraint("commune_id", "kind", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    commune_id: Mapped[int] = mapped_column(sa.ForeignKey("commune.id"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(30))
    name: Mapped[str] = mapped_column(sa.String(100))
    former_commune: Mapped[str] = mapped_column(sa.String(100), default="")
    old_names: Mapped[str] = mapped_column(sa.String(300), default="")
    head_name: Mapped[str] = mapped_column(sa.String(120), default="")
    head_phone: Mapped[str] = mapped_column(sa.String(40), default="")
    households: Mapped[int | None] = mapped_column(default=None)
    voters: Mapped[int | None] = mapped_column(default=None)
    position: Mapped[int] = mapped_column(default=0)
    is_active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def label(self) -> str:
        """`Thôn Đồng`, `TDP Chợ Mét 1`: what residents call it."""
        return f"{self.kind[:1].upper()}{self.kind[1:]} {self.name}"


class Unit(Model):
    """A department or body of the commune that answers and does: Phòng Kinh tế, Công an xã, ..."""

    __tablename__ = "unit"
    __table_args__ = (sa.UniqueConstraint("commune_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    commune_id: Mapped[int] = mapped_column(sa.ForeignKey("commune.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(150))
    position: Mapped[int] = mapped_column(default=0)
    is_active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class Holiday(Model):
    """A day off beside those of `days.HOLIDAYS`, or a Saturday or Sunday that `is_worked` in exchange: nationwide (no
    commune) or of one commune."""

    __tablename__ = "holiday"
    __table_args__ = (sa.UniqueConstraint("commune_id", "on_day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    commune_id: Mapped[int | None] = mapped_column(sa.ForeignKey("commune.id"), index=True, default=None)
    on_day: Mapped[date] = mapped_column(sa.Date)
    name: Mapped[str] = mapped_column(sa.String(100))
    is_worked: Mapped[bool] = mapped_column(default=False, server_default=sa.false())


class RuleValue(Model):
    """A number of a rule from a day on: of one commune, or for all (no commune) when the law changed."""

    __tablename__ = "rule_value"
    __table_args__ = (sa.UniqueConstraint("commune_id", "rule", "valid_from"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    commune_id: Mapped[int | None] = mapped_column(sa.ForeignKey("commune.id"), index=True, default=None)
    rule: Mapped[RuleName] = mapped_column(WordEnum(RuleName))
    valid_from: Mapped[date] = mapped_column(sa.Date)
    value: Mapped[int] = mapped_column()
