"""The signed time stamp of a public form: when the form was opened, and a key that makes sending it twice harmless."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app
from itsdangerous import BadSignature, URLSafeTimedSerializer

from dialogues import clock

MIN_SECONDS = 2
"""Nobody reads the form and writes a question faster; programs do."""


@dataclass(frozen=True)
class Stamp:
    """What a form brings back: its one-time key and when it was opened."""

    key: str
    opened_at: datetime

    @property
    def age(self) -> timedelta:
        return clock.now() - self.opened_at

    @property
    def is_too_fast(self) -> bool:
        return self.age.total_seconds() < MIN_SECONDS


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="question-form")


def new() -> str:
    """A stamp for a fresh form."""
    return str(_signer().dumps(secrets.token_hex(12)))


def read(stamp: str) -> Stamp | None:
    """The stamp, however old; None when it is missing or not ours."""
    try:
        key, opened_at = _signer().loads(stamp or "", return_timestamp=True)
    except BadSignature:
        return None
    return Stamp(str(key), opened_at)
