"""Long work: the page that shows how far it is, drawn while it runs.

The work runs in the request that draws the page, so it needs neither JavaScript nor a place in which several processes
would tell each other how far they are. When the browser goes away, the work ends, and its transaction with it.
"""

import contextvars
from collections.abc import Generator, Iterator
from dataclasses import dataclass

from flask import Response, current_app, render_template
from flask_babel import force_locale
from flask_babel import gettext as _
from markupsafe import Markup

from dialogues import web
from dialogues.extensions import db
from dialogues.language import current_language

LONG = 250
"""From so many things on a person wants to see how far it is: about a second on an old machine."""
STEP = 100
"""So often it is told."""
_STEPS = Markup("<!-- steps -->")


@dataclass(frozen=True)
class Ended:
    """How it ended: where to go on, the sentence for the person, and whether it was done."""

    url: str
    said: object = ""
    is_done: bool = True


Work = Generator[tuple[int, int], None, Ended]
"""Gives (done, all of it) from time to time, and how it ended."""


def follow(title: str, work: Work, number: int, back_url: str) -> Response:
    """Do the work on `number` things: at once and 303, or, when there are many, under the eyes of the person.

    The work may not lean on the session of the request; it opens and commits its own. `back_url` is where the person
    goes on when it failed.
    """
    if number < LONG:
        ended = _through(work)
        return (web.saved if ended.is_done else web.refused)(ended.url, ended.said)
    before, after = render_template("progress.html", title=title, steps=_STEPS).split(_STEPS)
    return Response(_page(before, _told(work, back_url), after), mimetype="text/html")


def _through(work: Work) -> Ended:
    while True:
        try:
            next(work)
        except StopIteration as stop:
            ended: Ended = stop.value
            return ended


def _page(before: str, steps: Iterator[str], after: str) -> Iterator[str]:
    """The parts of the page. They are drawn after Flask has ended the request, hence in a context of their own."""
    app, language = current_app._get_current_object(), current_language()  # type: ignore[attr-defined]

    def drawn() -> Generator[str, None, None]:
        with app.app_context(), force_locale(language):
            yield before
            yield from steps
            yield after

    def sent() -> Iterator[str]:
        parts, context = drawn(), contextvars.Context()
        try:
            while (part := context.run(next, parts, "")) != "":
                yield part
        finally:
            context.run(parts.close)

    return sent()


def _told(work: Work, back_url: str) -> Iterator[str]:
    """Each step as a line of HTML, of which the page shows the last; in the end the sentence and the way on."""
    try:
        while True:
            done, total = next(work)
            yield _step(done=done, total=total)
    except StopIteration as stop:
        ended = stop.value
    except Exception:
        db.session.rollback()
        current_app.logger.exception("Long work failed")
        ended = Ended(back_url, _("That did not work, and nothing was changed. Please try once more."), is_done=False)
    finally:
        work.close()
    yield _step(ended=ended)


def _step(**values: object) -> str:
    """A line; the request has ended for Flask, so nothing that a page knows of it is there."""
    return current_app.jinja_env.get_template("progress_step.html").render(**values)
