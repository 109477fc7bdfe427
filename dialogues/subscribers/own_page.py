"""The page behind the links of the letters to readers, of news and of followed promises alike."""

from collections.abc import Callable
from typing import TypeVar

from flask import Response, request

from dialogues.extensions import db
from dialogues.web import see_other

Reader = TypeVar("Reader")
MOST_KEY = 64


def is_key(key: str) -> bool:
    """Whether this may be the key of a reader: nothing else is asked of the database."""
    return key.isascii() and key.isprintable() and len(key) <= MOST_KEY


def answer(
    reader: Reader | None,
    *,
    confirm: Callable[[Reader], object],
    end: Callable[[Reader], object],
    url: Callable[..., str],
) -> Response:
    """Do what the POST asks. Mail programs end it with one POST and no page (RFC 8058); whoever has no such key learns
    nothing from the answer. `url(done=...)` is the address of the page itself."""
    is_one_click = request.form.get("List-Unsubscribe") == "One-Click"
    done = None
    if is_one_click or request.form.get("act") == "end":
        if reader is not None:
            end(reader)
        done = "ended"
    elif reader is not None and request.form.get("act") == "confirm":
        confirm(reader)
        done = "confirmed"
    db.session.commit()
    return Response("OK", mimetype="text/plain") if is_one_click else see_other(url(done=done))


def tell_nobody(response: Response) -> Response:
    """The address is a key: no other site and no search engine gets it."""
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
