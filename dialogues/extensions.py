"""Extensions, created but not bound, and the column types that the whole house shares."""

import enum
import sqlite3
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from flask import has_request_context, request
from flask_babel import Babel
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.orm import DeclarativeBase

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Base of all models, with the naming convention that migrations rely on."""

    metadata = sa.MetaData(naming_convention=NAMING)


class SessionsOnly(LoginManager):
    """Nobody is signed in by a "remember me" cookie: we set none, and reading a forged one would crash."""

    def _load_user_from_remember_cookie(self, cookie: str) -> None:
        return None


db = SQLAlchemy(model_class=Base, engine_options={"pool_pre_ping": False})
migrate = Migrate(render_as_batch=True, compare_type=True)
csrf = CSRFProtect()
babel = Babel()
login_manager = SessionsOnly()

if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model


class UTCDateTime(sa.types.TypeDecorator[datetime]):
    """An aware instant in Python, naive UTC in the database; refuses naive values."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant without time zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


class WordEnum(sa.types.TypeDecorator[enum.Enum]):
    """A StrEnum kept by its value in a short text column: a new member needs no migration."""

    impl = sa.String
    cache_ok = True

    def __init__(self, kind: type[enum.StrEnum]) -> None:
        super().__init__(32)
        self.kind = kind

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> str | None:
        return None if value is None else self.kind(value).value

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> Any:
        return None if value is None else self.kind(value)

    @property
    def python_type(self) -> type[enum.StrEnum]:
        return self.kind


def insert(model: type[DeclarativeBase]) -> Any:
    """An INSERT that knows ON CONFLICT, in the words of the database in use."""
    return (sqlite.insert if db.engine.dialect.name == "sqlite" else postgresql.insert)(model)


def value(name: str) -> Any:
    """A place in a statement that is built once and run often; the value comes with each run. Putting a large statement
    together takes longer than running it."""
    return sa.bindparam(name)


@event.listens_for(Engine, "connect")
def _sqlite_connect(connection: Any, _record: Any) -> None:
    """WAL, foreign keys, and transactions that we begin ourselves (PARTS: the driver's own lose updates)."""
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "busy_timeout=10000",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "cache_size=-16000",
        "temp_store=MEMORY",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@event.listens_for(Engine, "do_connect")
def _postgresql_connect(dialect: Dialect, _record: Any, _args: Any, named: dict[str, Any]) -> None:
    """Without JIT: compiling a statement takes PostgreSQL many times as long as running any of ours."""
    if dialect.name == "postgresql":
        named["options"] = f"{named.get('options', '')} -c jit=off".strip()


@event.listens_for(Engine, "begin")
def _sqlite_begin(connection: Connection) -> None:
    """Writers take the lock before they read. GET and HEAD only read, unless a caller asks for `writes`; outside a
    request (commands, the cache in front of Flask) all write, unless a caller `reads`."""
    if connection.dialect.name != "sqlite":
        return
    reads_only = has_request_context() and request.method in ("GET", "HEAD", "OPTIONS")
    options = connection.get_execution_options()
    if options.get("reads") or (reads_only and not options.get("writes")):
        connection.exec_driver_sql("BEGIN")
    else:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
