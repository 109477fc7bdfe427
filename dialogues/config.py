"""Settings: from the environment, typed, checked once at start with plain sentences."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import TypedDict
from urllib.parse import SplitResult, urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from dialogues.text import is_email

DEMO_SECRET = "demo-secret-for-this-computer-only"  # noqa: S105 (refused outside loopback)
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
MIN_SECRET_LENGTH = 32
MIN_GATEWAY_SECRET = 16


class SettingsError(Exception):
    """A setting is missing or wrong; the message is a sentence for the operator."""


@dataclass(frozen=True)
class Settings:
    """All settings of the program. README lists them in one table."""

    secret_key: str
    database_url: str
    base_url: str
    host: str
    port: int
    threads: int
    trusted_proxy: str
    smtp_url: str
    mail_from: str
    gateway_url: str
    gateway_secret: str
    gateway_allow_private: bool
    imap_url: str
    mail_auth_server: str
    demo_password: str
    demo_days_ahead: int
    default_language: str
    max_body_bytes: int

    @property
    def base_host(self) -> str:
        """The host name of BASE_URL, without port."""
        return urlsplit(self.base_url).hostname or ""

    @property
    def on_loopback(self) -> bool:
        """Whether only this computer reaches the program; demo accounts and the demo secret need that."""
        return self.base_host in LOOPBACK

    @property
    def https(self) -> bool:
        return self.base_url.startswith("https://")


def _int(env: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    raw = env.get(name, "").strip() or str(default)
    if not raw.isascii() or not raw.isdigit() or not low <= int(raw) <= high:
        raise SettingsError(f"{name} must be a whole number from {low} to {high}; it is {raw!r}.")
    return int(raw)


def _database_url(env: Mapping[str, str], instance: Path) -> str:
    """The address for SQLAlchemy; a relative file of SQLite stands where the program is started, as people expect."""
    url = env.get("DATABASE_URL", "").strip() or f"sqlite:///{instance / 'dialogues.db'}"
    if url.startswith(("postgres://", "postgresql://")):
        url = "postgresql+psycopg://" + url.split("://", 1)[1]
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise SettingsError("DATABASE_URL must start with sqlite:/// or postgresql+psycopg://.")
    try:
        parts = make_url(url)
    except (ArgumentError, ValueError):
        raise SettingsError(
            "DATABASE_URL cannot be read. It must look like postgresql+psycopg://user:password@host:5432/name."
        ) from None
    if not parts.database or parts.database == ":memory:":
        raise SettingsError("DATABASE_URL must name the database: sqlite:///instance/dialogues.db or .../name.")
    if url.startswith("sqlite:///"):
        return f"sqlite:///{Path(url.removeprefix('sqlite:///')).absolute()}"
    return url


def _trusted_proxy(env: Mapping[str, str]) -> str:
    raw = env.get("TRUSTED_PROXY", "").strip()
    try:
        return str(ip_address(raw)) if raw else ""
    except ValueError:
        raise SettingsError(f"TRUSTED_PROXY must be one address like 127.0.0.1; it is {raw!r}.") from None


def _parts(name: str, url: str) -> SplitResult:
    """The parts of an address, its port too."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise SettingsError(f"{name} cannot be read: {error}.") from None
    return parts


def _smtp_url(env: Mapping[str, str]) -> str:
    url = env.get("SMTP_URL", "").strip()
    if not url:
        return ""
    parts = _parts("SMTP_URL", url)
    if parts.scheme not in ("smtp", "smtps"):
        raise SettingsError("SMTP_URL must start with smtp:// or smtps://.")
    if not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment:
        raise SettingsError(
            "SMTP_URL must look like smtps://user:password@mail.example.vn:465; signs in the password that mean "
            "something in addresses are written as %40 (@), %3A (:), %2F (/)."
        )
    return url


def _mail_from(env: Mapping[str, str]) -> str:
    address = env.get("MAIL_FROM", "").strip()
    if address and not is_email(address):
        raise SettingsError(f"MAIL_FROM must be one e-mail address like thongbao@example.vn; it is {address!r}.")
    return address


def _imap_url(env: Mapping[str, str]) -> str:
    """The box into which calendar replies come."""
    url = env.get("IMAP_URL", "").strip()
    if not url:
        return ""
    parts = _parts("IMAP_URL", url)
    is_readable = parts.scheme in ("imap", "imaps") and parts.hostname and parts.username and not parts.query
    if not is_readable:
        raise SettingsError(
            "IMAP_URL must look like imaps://user:password@mail.example.vn/INBOX; signs in the password that mean "
            "something in addresses are written as %40 (@), %3A (:), %2F (/)."
        )
    if parts.scheme == "imap" and parts.hostname not in LOOPBACK:
        raise SettingsError(
            "IMAP_URL must start with imaps://; only a box on this computer is read without encryption."
        )
    return url


class _Gateway(TypedDict):
    gateway_url: str
    gateway_secret: str
    gateway_allow_private: bool


def _gateway(env: Mapping[str, str]) -> _Gateway:
    """The gateway for SMS and Zalo: https, unless private addresses are allowed."""
    url, secret = env.get("GATEWAY_URL", "").strip(), env.get("GATEWAY_SECRET", "").strip()
    raw = env.get("GATEWAY_ALLOW_PRIVATE", "").strip()
    if raw not in ("", "0", "1"):
        raise SettingsError(f"GATEWAY_ALLOW_PRIVATE must be 1 or 0; it is {raw!r}.")
    if url:
        try:
            parts = urlsplit(url)
            _ = parts.port
        except ValueError as error:
            raise SettingsError(f"GATEWAY_URL cannot be read: {error}.") from None
        if parts.scheme not in ("https", "http") or not parts.hostname or "@" in parts.netloc or parts.fragment:
            raise SettingsError("GATEWAY_URL must look like https://gateway.example.vn/send, without a password.")
        if parts.scheme == "http" and raw != "1":
            raise SettingsError("GATEWAY_URL must start with https://, or GATEWAY_ALLOW_PRIVATE must be 1.")
        if len(secret) < MIN_GATEWAY_SECRET:
            raise SettingsError(f"GATEWAY_SECRET is too short: at least {MIN_GATEWAY_SECRET} characters are needed.")
    return {"gateway_url": url, "gateway_secret": secret, "gateway_allow_private": raw == "1"}


def load(env: Mapping[str, str], instance: Path) -> Settings:
    """Read and check the settings; raises SettingsError."""
    port = _int(env, "PORT", 8000, 1, 65535)
    base_url = (env.get("BASE_URL", "").strip() or f"http://127.0.0.1:{port}").rstrip("/")
    try:
        parts = urlsplit(base_url)
        _ = parts.port
    except ValueError as error:
        raise SettingsError(f"BASE_URL cannot be read: {error}.") from None
    more = parts.path or parts.query or parts.fragment or "@" in parts.netloc
    if parts.scheme not in ("http", "https") or not parts.hostname or more:
        raise SettingsError("BASE_URL must look like https://doithoai.example.vn: scheme and host, nothing more.")
    language = env.get("DEFAULT_LANGUAGE", "").strip() or "vi"
    if language not in ("vi", "en"):
        raise SettingsError("DEFAULT_LANGUAGE must be vi or en.")
    settings = Settings(
        secret_key=env.get("SECRET_KEY", "") or DEMO_SECRET,
        database_url=_database_url(env, instance),
        base_url=base_url,
        host=env.get("HOST", "").strip() or "127.0.0.1",
        port=port,
        threads=_int(env, "THREADS", 8, 1, 64),
        trusted_proxy=_trusted_proxy(env),
        smtp_url=_smtp_url(env),
        mail_from=_mail_from(env),
        **_gateway(env),
        imap_url=_imap_url(env),
        mail_auth_server=env.get("MAIL_AUTH_SERVER", "").strip(),
        demo_password=env.get("DEMO_PASSWORD", "") or "doi-thoai-2026",
        demo_days_ahead=_int(env, "DEMO_DAYS_AHEAD", 0, 0, 3650),
        default_language=language,
        max_body_bytes=_int(env, "MAX_BODY_BYTES", 2_000_000, 10_000, 100_000_000),
    )
    if not settings.on_loopback:
        if settings.secret_key == DEMO_SECRET:
            raise SettingsError(
                "SECRET_KEY is not set. BASE_URL is not this computer, so the demo secret is refused. "
                'Make one with: python -c "import secrets; print(secrets.token_urlsafe(48))"'
            )
        if len(settings.secret_key) < MIN_SECRET_LENGTH:
            raise SettingsError(f"SECRET_KEY is too short: at least {MIN_SECRET_LENGTH} characters are needed.")
        if settings.demo_days_ahead:
            raise SettingsError(
                "DEMO_DAYS_AHEAD is for trying out only: it is refused where BASE_URL is not this computer."
            )
    return settings


def from_environment(instance: Path, overrides: Mapping[str, object] | None = None) -> Settings:
    """Settings of this process; `overrides` (same names, upper case) win over the environment."""
    env = dict(os.environ)
    env.update({key: str(value) for key, value in (overrides or {}).items() if isinstance(value, (str, int))})
    return load(env, instance)
