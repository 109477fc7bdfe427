"""Answers to the browser: the only module that knows htmx' headers."""

import enum
from collections.abc import Callable, MutableMapping
from typing import Any, TypeVar, cast

from flask import Response, current_app, flash, g, make_response, redirect, render_template, request, url_for
from flask.templating import Environment

from dialogues.places.models import Commune
from dialogues.text import clean_line

Member = TypeVar("Member", bound=enum.StrEnum)
FLASH_GOOD, FLASH_BAD = "good", "error"


class SharedGlobals(Environment):
    """All templates have one dict of globals. Jinja would lay an empty one over it for each template, and go through
    both key by key at every import and render."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Only a template with globals of its own gets them laid over."""
        return super().make_globals(d) if d else self.globals


def wants_fragment() -> bool:
    """Whether htmx asks for a part of the page: not for boosted links, not to restore its history."""
    headers = request.headers
    return (
        headers.get("HX-Request") == "true"
        and headers.get("HX-Boosted") != "true"
        and headers.get("HX-History-Restore-Request") != "true"
    )


def render(template: str, *, fragment: str | None = None, status: int = 200, **context: Any) -> Response:
    """The page `template`, or its `fragment` when htmx asks for it. Always varies on what decides that."""
    chosen = fragment if fragment and wants_fragment() else template
    response = make_response(render_template(chosen, **context), status)
    if fragment:
        response.vary.add("HX-Request")
    return response


def telling(response: Response, event: str) -> Response:
    """The answer to htmx that also tells the rest of the page what happened: elements listen for `event`."""
    response.headers["HX-Trigger"] = event
    return response


def saved(url: str, message: object = "") -> Response:
    """After a write: 303 to `url`, with the sentence of what happened."""
    if message:
        flash(str(message), FLASH_GOOD)
    return see_other(url)


def refused(url: str, message: object) -> Response:
    """After a write that a rule forbade and that has no form to stand on: 303 back, with the sentence."""
    flash(str(message), FLASH_BAD)
    return see_other(url)


def see_other(url: str) -> Response:
    """303: the browser goes on with GET."""
    return cast(Response, redirect(url, 303))


def safe_next(default: str) -> str:
    """The path in `next` if it stays on this site, else `default`."""
    target = clean_line(request.values.get("next", ""))
    stays = target.startswith("/") and not target.startswith(("//", "/\\"))
    return target if stays else default


def query_text(name: str, most: int = 100) -> str:
    """A word of the query string: cleaned, cut, never refused."""
    return clean_line(request.args.get(name, ""))[:most]


def sent_text(name: str, most: int = 40) -> str:
    """A mark that a form of ours sends back: cleaned, cut, never refused (PostgreSQL takes no NUL)."""
    return clean_line(request.form.get(name, ""))[:most]


def query_number(name: str, default: int = 1, most: int = 999_999_999) -> int:
    """A positive whole number of the query string, as large as ids may be (see IdConverter), or `default`."""
    raw = request.args.get(name, "")
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 10 and 1 <= int(raw) <= most else default


def query_member(name: str, kind: type[Member]) -> Member | None:
    """A member of an enum named in the query string; an unknown one is no filter."""
    raw = request.args.get(name, "")
    return next((member for member in kind if member.value == raw), None)


def page_url(endpoint: str, *filters: str, **values: Any) -> Callable[[int], str]:
    """Addresses of the pages of a list, for the pager: `filters` are the names in the query string that are kept."""
    kept: dict[str, Any] = {name: request.args[name] for name in filters if request.args.get(name)}
    return lambda number: url_for(endpoint, **kept, **values, page=number)


def absolute(endpoint: str, **values: Any) -> str:
    """An address for papers, calendars and mails: from BASE_URL, never from the Host header."""
    return current_app.config["SETTINGS"].base_url + url_for(endpoint, **values)


def public_page(commune: Commune) -> None:
    """Call in a view for residents, before its other queries: the page depends on nothing but its address, the language
    and this commune's public rows, so that it may be kept and answered again until they change (see page_cache)."""
    g.public_page_of = (commune.id, commune.public_version)
