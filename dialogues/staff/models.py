"""Accounts, roles, reset links, throttle counters, the trail."""

from datetime import date, datetime

import sqlalchemy as sa
from flask_login import UserMixin
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dialogues.extensions import Model, UTCDateTime, WordEnum
from dialogues.places.models import Commune, Unit, Village
from dialogues.staff.rules import Role


class Staff(Model, UserMixin):
    """A person of the commune: officials who sign in, and those who are only named (`password_hash` empty)."""

    __tablename__ = "staff"

    id: Mapped[int] = mapped_column(primary_key=True)
    commune_id: Mapped[int] = mapped_column(sa.ForeignKey("commune.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    sort_name: Mapped[str] = mapped_column(sa.String(250), default="")
    post: Mapped[str] = mapped_column(sa.String(200), default="")
    unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.id"), index=True, default=None)
    village_id: Mapped[int | None] = mapped_column(sa.ForeignKey("village.id"), index=True, default=None)
    email: Mapped[str] = mapped_column(sa.String(200), unique=True)
    password_hash: Mapped[str] = mapped_column(sa.String(300), default="")
    session_key: Mapped[str] = mapped_column(sa.String(64), unique=True)
    feed_key: Mapped[str | None] = mapped_column(sa.String(64), default=None)
    is_active: Mapped[bool] = mapped_column(default=True)
    is_demo: Mapped[bool] = mapped_column(default=False)
    superior_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.id"), index=True, default=None)
    """Who decides on extensions of this person's promises, and hears when they are late."""
    away_from: Mapped[date | None] = mapped_column(default=None)
    away_until: Mapped[date | None] = mapped_column(default=None)
    deputy_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.id"), index=True, default=None)
    """Who acts for this person while they are away."""
    remind_phone: Mapped[str] = mapped_column(sa.String(40), default="", server_default="")
    """Where the morning message goes as a short text instead of a mail."""
    wants_weekly: Mapped[bool] = mapped_column(default=True, server_default=sa.true())
    """Whether the weekly summary comes by e-mail."""
    version: Mapped[int] = mapped_column(default=1)

    commune: Mapped[Commune] = relationship(lazy="joined", innerjoin=True)
    unit: Mapped[Unit | None] = relationship()
    village: Mapped[Village | None] = relationship()
    role_rows: Mapped[list["StaffRole"]] = relationship(cascade="all, delete-orphan", lazy="selectin")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(row.role for row in self.role_rows)

    def get_id(self) -> str:
        """What the session cookie holds: a random key, so that a changed password ends every other session."""
        return self.session_key


class StaffRole(Model):
    """One role of one person."""

    __tablename__ = "staff_role"

    staff_id: Mapped[int] = mapped_column(sa.ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[Role] = mapped_column(WordEnum(Role), primary_key=True)


class PasswordReset(Model):
    """A link that the admin hands over: one use, expires; only its hash is kept."""

    __tablename__ = "password_reset"

    id: Mapped[int] = mapped_column(primary_key=True)
    commune_id: Mapped[int] = mapped_column(sa.ForeignKey("commune.id"), index=True)
    staff_id: Mapped[int] = mapped_column(sa.ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=None)

    staff: Mapped[Staff] = relationship()


class Throttle(Model):
    """How often something was tried in the running window; `name` holds only a hash of the address or account."""

    __tablename__ = "throttle"

    name: Mapped[str] = mapped_column(sa.String(80), primary_key=True)
    window_started_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    tries: Mapped[int] = mapped_column(default=0)


class TrailEntry(Model):
    """Who did what to which thing when. `note` never holds personal data of an asker: overseers read it."""

    __tablename__ = "trail_entry"
    __table_args__ = (sa.Index("ix_trail_entry_thing", "commune_id", "thing", "thing_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    commune_id: Mapped[int] = mapped_column(sa.ForeignKey("commune.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    staff_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.id"), index=True, default=None)
    thing: Mapped[str] = mapped_column(sa.String(30))
    thing_id: Mapped[int]
    action: Mapped[str] = mapped_column(sa.String(40))
    note: Mapped[str] = mapped_column(sa.Text, default="")

    staff: Mapped[Staff | None] = relationship()
