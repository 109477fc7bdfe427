"""Error pages: what happened, what to do, a way on. Nothing that was typed is lost."""

import re
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask, Response, g, make_response, render_template, request
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError, generate_csrf
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from dialogues.extensions import db
from dialogues.headers import HEADERS
from dialogues.places import service as places
from dialogues.places.rules import is_free_slug
from dialogues.text import clean_text

SENTENCES = {
    400: (_l("We could not read that"), _l("Please go back, check what you typed and try again.")),
    403: (_l("This page is not for your account"), _l("Ask the administrator of your commune if you need it.")),
    404: (_l("There is no such page"), _l("The address may be mistyped, or what it showed is no longer public.")),
    405: (_l("That does not work here"), _l("Please use the buttons of the page.")),
    409: (
        _l("Somebody else saved this at the same time"),
        _l("Nothing was overwritten. Go back, load the page again and look at what is new."),
    ),
    413: (_l("That is too much at once"), _l("Please go back and send less text, or a file of at most 10 MB.")),
    415: (_l("We could not read that"), _l("Please use the form of the page.")),
    429: (_l("Too many tries"), _l("Please wait some minutes, then try again.")),
    503: (_l("Very busy at the moment"), _l("Nothing was lost on our side. Please try again in a minute.")),
}
NOT_SAVED = _l(
    "What the form was about, or something that was chosen in it, is not there any more. Nothing was saved: please "
    "load the page again."
)
"""A form that was sent to what is not there; it may have been there when the page was opened."""
_UNREAD = frozenset({400, 405, 413, 415})
"""Answers to bodies that were not read, or cannot be."""
SHORT = 20
"""So many letters are typed again faster than copied."""
_NEVER_SHOWN = frozenset({"csrf_token", "password", "new_password", "repeat", "current", "next"})


def page(status: int) -> Response:
    """The error page of this status."""
    title, sentence = SENTENCES.get(status, SENTENCES[400])
    if status != 503:
        _find_commune()
    typed = texts_to_copy() if request.method == "POST" and same_site() and status not in _UNREAD else []
    if status == 404 and request.method == "POST":
        sentence = NOT_SAVED
    body = render_template("errors/error.html", status=status, title=title, sentence=sentence, typed=typed)
    return make_response(body, status)


def _find_commune() -> None:
    """Below the address of a commune its name and contact stand on the error page too. Never fails; one query."""
    slug = request.path.split("/", 2)[1]
    if g.get("commune") is not None or not is_free_slug(slug):
        return
    try:
        commune = places.commune_at(slug)
    except SQLAlchemyError:
        db.session.rollback()
        return
    if commune is not None:
        places.speak_of(commune)


def typed_values() -> list[tuple[str, str]]:
    """What was posted, as it can be shown or sent again; never a password."""
    return [
        (name, value)
        for name, values in request.form.lists()
        for value in values
        if name not in _NEVER_SHOWN and not name.startswith("password")
    ][:200]


def texts_to_copy() -> list[str]:
    """What was posted and takes long to type, cleaned, for a page that cannot keep the form; nothing of a body that
    cannot be read."""
    try:
        return [text for _name, value in typed_values() if len(text := clean_text(value)) > SHORT]
    except HTTPException:
        return []


def same_site() -> bool:
    """Whether this request was sent from one of our own pages, as far as the browser tells."""
    site = request.headers.get("Sec-Fetch-Site")
    if site:
        return site == "same-origin"
    origin = request.headers.get("Origin") or request.headers.get("Referer", "")
    return bool(origin) and origin.split("//", 1)[-1].split("/", 1)[0] == request.host


def _csrf(_error: CSRFError) -> Response:
    """The page was open too long, or cookies were lost: offer to send the same once more, with a fresh token."""
    again = typed_values() if same_site() and request.method == "POST" else []
    typed = texts_to_copy() if again else []
    body = render_template("errors/send_again.html", again=again, typed=typed, token=generate_csrf())
    return make_response(body, 400)


def _http(error: HTTPException) -> Any:
    if error.code is None or error.code < 400 or error.response is not None:
        return error
    response = page(error.code)
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def _stale(_error: StaleDataError) -> Response:
    db.session.rollback()
    return page(409)


def _busy(error: OperationalError) -> Response:
    db.session.rollback()
    if "locked" not in str(error.orig):
        raise error
    response = page(503)
    response.headers["Retry-After"] = "5"
    return response


def _crash(_error: Exception) -> Response:
    """500: a page that asks nothing of the database."""
    db.session.rollback()
    return make_response(render_template("errors/plain.html"), 500)


_HOST = re.compile(r"(?P<name>.*?)(?::(?P<port>[0-9]{1,5}))?", re.ASCII)


class HostGuard:
    """In front of the app: a Host header that is not ours is answered before anything reads it. Some cannot even be
    read ("xn--" is no name), and would crash what asks whether they are trusted."""

    def __init__(self, app: Flask) -> None:
        self.inner = app.wsgi_app
        self.hosts = frozenset(app.config["TRUSTED_HOSTS"])
        self.page = app.jinja_env.get_template("errors/host.html").render().encode()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        host = environ.get("HTTP_HOST")
        if host is None:
            return self.inner(environ, start_response)
        named = _HOST.fullmatch(host.lower())
        if named and named["name"] in self.hosts and int(named["port"] or 1) < 65536:
            return self.inner({**environ, "HTTP_HOST": host.lower()}, start_response)
        content = [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(self.page)))]
        start_response("400 BAD REQUEST", [*content, *HEADERS.items()])
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [self.page]


def init(app: Flask) -> None:
    """Bind to the app."""
    app.wsgi_app = HostGuard(app)  # type: ignore[method-assign]
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(StaleDataError, _stale)
    app.register_error_handler(OperationalError, _busy)
    app.register_error_handler(500, _crash)
