"""The step between writing a question and sending it: published questions that ask the same, for whoever asks.

It shows and compares public words only. What was typed goes from page to page in the form; nothing of it stands in an
address or a log.
"""

from typing import Any

from flask import Response, current_app, request
from itsdangerous import BadSignature, URLSafeSerializer

from dialogues import clock
from dialogues.doubles import service
from dialogues.followup.question_views import QuestionView, question_views_by_id
from dialogues.places.rules import Field
from dialogues.questions.forms import AskForm
from dialogues.schedule.models import Dialogue
from dialogues.web import render

COOKIE, COOKIE_SECONDS, MOST_REMEMBERED = "same-as-mine", 400 * 86400, 60
SHORTEST = 12
"""Letters below which a text says too little to look for."""
GO_ON = "anyway"
"""The name of the button that sends the own question all the same."""
SEEN = "seen"
"""The name under which the form says which questions stood below the text while it was written."""


def similar_to(dialogue: Dialogue, form: AskForm) -> list[tuple[QuestionView, bool]]:
    """The published questions of the commune that ask something alike, and whether it is probably the same; of several
    matters those of each, each question once."""
    commune = dialogue.commune
    found: dict[int, bool] = {}
    for text, field in [(one.text.data or "", one.field.data) for one in form.written()]:
        if len(text) < SHORTEST:
            continue
        chosen = Field(field) if field in set(Field) else None
        for match in service.matches_for_residents(commune.id, text, chosen, form.village.data):
            found[match.id] = found.get(match.id, False) or match.is_same
    views = {view.id: view for view in question_views_by_id(commune.id, clock.today(commune.time_zone), list(found))}
    return [(views[id_], is_same) for id_, is_same in found.items() if id_ in views]


def step_before_sending(dialogue: Dialogue, form: AskForm) -> Response | None:
    """The page "Is yours one of these?", once, with those that are probably the same and did not stand below the text
    already; None: send it. What is merely similar stops nobody: it comes up while typing and by its own button."""
    if GO_ON in request.form:
        return None
    seen = set(request.form.getlist(SEEN))
    found = [one for one in similar_to(dialogue, form) if one[1] and str(one[0].id) not in seen]
    return page(dialogue, form, found) if found else None


def page(dialogue: Dialogue, form: AskForm, found: list[tuple[QuestionView, bool]]) -> Response:
    """The step as a page of its own, with everything that was typed in its form."""
    response = render(
        "doubles/before_sending.html",
        commune=dialogue.commune,
        dialogue=dialogue,
        form=form,
        found=found,
        typed=typed_in(form),
    )
    response.headers["Cache-Control"] = "private, no-cache"  # "back" brings it again, as the page of the form
    return response


def typed_in(form: AskForm) -> list[tuple[str, str]]:
    """Names and values of the form as the browser would send it once more."""
    return [(name, value) for name, value in request.form.items(multi=True) if name in form and name != "website"]


# -- one for each browser ---------------------------------------------------------------------------------------------


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="same-as-mine")


def joined_before() -> list[int]:
    """The questions that this browser joined; no account and no code stands in it."""
    try:
        found: Any = _signer().loads(request.cookies.get(COOKIE, ""))
    except BadSignature:
        return []
    return [id_ for id_ in found if isinstance(id_, int)] if isinstance(found, list) else []


def remember_joined(response: Response, question_id: int) -> Response:
    """Let this browser remember that it joined this question."""
    ids = [*joined_before(), question_id][-MOST_REMEMBERED:]
    response.set_cookie(
        COOKIE,
        str(_signer().dumps(ids)),
        max_age=COOKIE_SECONDS,
        httponly=True,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        samesite="Lax",
        path="/d/",
    )
    return response
