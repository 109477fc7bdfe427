"""Rating an answer by its code, the results of a dialogue, and the tablet at the desk, which has no session."""

import re
import secrets
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, abort, redirect, request, url_for
from flask_babel import gettext as _

from dialogues.access import Permission, requires
from dialogues.errors import RuleBroken
from dialogues.extensions import csrf, db
from dialogues.places import service as places
from dialogues.questions.door import asker_or_404
from dialogues.questions.models import Asker
from dialogues.schedule import service as schedule
from dialogues.schedule.models import Dialogue
from dialogues.staff.models import Staff
from dialogues.staff.throttle import is_throttled
from dialogues.verdicts import rating_counts, ratings, tablet
from dialogues.verdicts.rating_forms import RateForm, TabletForm
from dialogues.verdicts.rules import Rating, RatingWay
from dialogues.web import public_page, query_text, render, see_other

bp = Blueprint("ratings", __name__)
CHANGES, CHANGE_WINDOW = 20, timedelta(hours=1)
AT_DESK, DESK_WINDOW = 200, timedelta(hours=1)
THANKS, IDLE = 6, 120
"""Seconds after which the tablet goes back to its list: from the thanks, from a question that nobody rates."""
_SHEET = re.compile(r"[0-9a-f]{24}")


# -- with the code ----------------------------------------------------------------------------------------------------


@bp.route("/q/<code:code>/rate", methods=["GET", "POST"])
@csrf.exempt
@requires(Permission.EVERYONE)
def rate(code: str) -> Response:
    """The code in the address is the key. The form stands on the asker's own page; here it comes back with a sentence
    when something is missing."""
    asker = asker_or_404(code)
    form = RateForm()
    if request.method != "POST":
        return see_other(url_for("questions.tracking", code=asker.code) + "#rating")
    if not form.validate():
        return _rate_page(asker, form, 422)
    if is_throttled(f"rate:{asker.id}", CHANGES, CHANGE_WINDOW):
        db.session.commit()  # the try counts
        form.refuse("rating", _("You changed this very often. Please wait an hour, then send once more."))
        return _rate_page(asker, form, 429)
    try:
        ratings.rate(asker=asker, answer_id=form.answer_id, rating=Rating(form.rating.data), text=form.text.data or "")
    except RuleBroken as broken:
        form.refuse(broken.field, broken.message)
        return _rate_page(asker, form, 422)
    db.session.commit()
    return see_other(url_for("questions.tracking", code=asker.code, done="rated"))


def _rate_page(asker: Asker, form: RateForm, status: int) -> Response:
    own = {one.answer_id: one for one in ratings.of_asker(asker)}.get(form.answer_id or 0)
    commune = asker.question.dialogue.commune
    return render("verdicts/rate.html", commune=commune, asker=asker, own=own, form=form, status=status)


# -- results ----------------------------------------------------------------------------------------------------------


@bp.get("/d/<code:code>/ratings")
@requires(Permission.EVERYONE)
def results(code: str) -> Response:
    """How residents rated the answers of a dialogue: numbers only, small ones left out."""
    head = schedule.announced_head(code)
    if head is None:
        abort(404)
    if code != head.code:
        return redirect(url_for("ratings.results", code=head.code), 301)  # type: ignore[return-value]
    commune = places.speak_of(head.commune)
    public_page(commune)
    shown = rating_counts.public(commune.id, head.id)
    return render("verdicts/results.html", commune=commune, head=head, shown=shown)


# -- the tablet at the desk -------------------------------------------------------------------------------------------


@bp.get("/tablet/<tablet_token>")
@requires(Permission.EVERYONE)
def tablet_list(tablet_token: str) -> Response:
    """The answered questions with their numbers, large; where the page comes back to by itself."""
    opened = _opened(tablet_token)
    if opened is None:
        return _ended()
    questions = ratings.answered(opened[0])
    typed = query_text("number", 10)
    chosen = next((one for one in questions if str(one.number) == typed.lstrip("0")), None)
    if chosen:
        return see_other(url_for("ratings.tablet_rate", tablet_token=tablet_token, question_id=chosen.question_id))
    problem = _("There is no question number %(number)s here. Look at the list.", number=typed) if typed else None
    return _tablet_page(
        "verdicts/tablet_list.html",
        opened[0],
        422 if problem else 200,
        token=tablet_token,
        questions=questions,
        typed=typed,
        problem=problem,
    )


@bp.route("/tablet/<tablet_token>/<id:question_id>", methods=["GET", "POST"])
@csrf.exempt
@requires(Permission.EVERYONE)
def tablet_rate(tablet_token: str, question_id: int) -> Response:
    """One question, three large buttons."""
    opened = _opened(tablet_token)
    if opened is None:
        return _ended()
    questions = {one.question_id: one for one in ratings.answered(opened[0])}
    chosen = questions.get(question_id)
    if chosen is None:
        return see_other(url_for("ratings.tablet_list", tablet_token=tablet_token))
    form = TabletForm()
    if request.method == "POST" and form.validate() and _count(form, *opened, chosen.answer_id):
        return see_other(url_for("ratings.tablet_thanks", tablet_token=tablet_token))
    if not _SHEET.fullmatch(form.sheet.data or ""):
        form.sheet.data = secrets.token_hex(12)
    status = 422 if request.method == "POST" else 200
    response = _tablet_page(
        "verdicts/tablet_rate.html", opened[0], status, token=tablet_token, chosen=chosen, form=form
    )
    return _list_after(response, IDLE, tablet_token)


def _count(form: TabletForm, dialogue: Dialogue, staff: Staff, answer_id: int) -> bool:
    """Whether the rating was taken; what is wrong stands in the form."""
    if is_throttled(f"tablet:{dialogue.id}:{staff.id}", AT_DESK, DESK_WINDOW):
        form.refuse("rating", _("Very many ratings came from this tablet. Please tell the person at the desk."))
        db.session.commit()  # the try counts
        return False
    sheet = form.sheet.data if _SHEET.fullmatch(form.sheet.data or "") else secrets.token_hex(12)
    said = [ratings.Said(answer_id, Rating(form.rating.data), form.text.data or "")]
    try:
        ratings.add(dialogue=dialogue, way=RatingWay.DESK, sheet=sheet, said=said, staff=staff)
    except RuleBroken as broken:
        form.refuse(broken.field, broken.message)
        return False
    db.session.commit()
    return True


@bp.get("/tablet/<tablet_token>/thanks")
@requires(Permission.EVERYONE)
def tablet_thanks(tablet_token: str) -> Response:
    """Thanks; after some seconds the list comes back for the next person."""
    opened = _opened(tablet_token)
    if opened is None:
        return _ended()
    return _list_after(_tablet_page("verdicts/tablet_thanks.html", opened[0], token=tablet_token), THANKS, tablet_token)


def _list_after(response: Response, seconds: int, token: str) -> Response:
    """The browser goes back to the list by itself, without JavaScript: nobody finds what somebody else began."""
    response.headers["Refresh"] = f"{seconds}; url={url_for('ratings.tablet_list', tablet_token=token)}"
    return response


def _opened(token: str) -> tuple[Dialogue, Staff] | None:
    found = tablet.read(token)
    if found is not None:
        places.speak_of(found[0].commune)
    return found


def _tablet_page(template: str, dialogue: Dialogue, status: int = 200, **values: Any) -> Response:
    """Nothing of it stays on the tablet, and no page of it is found or framed."""
    response = render(template, status=status, commune=dialogue.commune, dialogue=dialogue, **values)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _ended() -> Response:
    return render("verdicts/tablet_ended.html", status=410)
