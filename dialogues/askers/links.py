"""The links in letters to an e-mail address: they prove that who presses there owns the address, and end the letters.
Nothing of the question is in them, least of all its code: the address may belong to somebody else."""

import hashlib
import hmac
import re
from datetime import date

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import joinedload

from dialogues.extensions import db
from dialogues.questions.models import Asker, Question
from dialogues.schedule.models import Dialogue

_TOKEN = re.compile(r"([1-9][0-9]{0,8})k([0-9]{1,7})k([0-9a-f]{32})")


_NEWS, _SAY = "asker-mail", "asker-says"
"""What a link is for: one does not open the door of the other."""


def _proof(asker: Asker, day: int, use: str = _NEWS) -> str:
    """What only this program can make, for this very address."""
    secret = str(current_app.config["SECRET_KEY"]).encode()
    said = f"{use}:{asker.id}:{day}:{asker.email.lower()}"
    return hmac.new(secret, said.encode(), hashlib.sha256).hexdigest()[:32]


def link(asker: Asker, today: date) -> str:
    """The address in a letter that is written today."""
    day = today.toordinal()
    return f"{base()}/q/news/{asker.id}k{day}k{_proof(asker, day)}"


def say_link(asker: Asker, today: date) -> str:
    """Where the owner of the address says whether a promise is really kept."""
    day = today.toordinal()
    return f"{base()}/q/say/{asker.id}k{day}k{_proof(asker, day, _SAY)}"


def asker_by_token(token: str) -> tuple[Asker, date] | None:
    """Whose link this is and when it was written; None for a forged one, or when the address has changed. One query."""
    return _asker_by(token, _NEWS)


def asker_by_say_token(token: str) -> tuple[Asker, date] | None:
    """The same of a link to say whether a promise is kept."""
    return _asker_by(token, _SAY)


def _asker_by(token: str, use: str) -> tuple[Asker, date] | None:
    found = _TOKEN.fullmatch(token)
    if found is None:
        return None
    question = joinedload(Asker.question).joinedload(Question.dialogue).joinedload(Dialogue.commune)
    asker = db.session.scalar(sa.select(Asker).where(Asker.id == int(found[1])).options(question))
    if asker is None or not asker.email or not hmac.compare_digest(_proof(asker, int(found[2]), use), found[3]):
        return None
    return asker, date.fromordinal(int(found[2]))


def page_of(asker: Asker) -> str:
    """The asker's own page, for letters and slips: from BASE_URL."""
    return f"{base()}/q/{asker.code}"


def base() -> str:
    """The address of this installation."""
    return str(current_app.config["SETTINGS"].base_url)
