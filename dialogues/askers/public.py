"""What an asker does with the own question and data: the tracking code is the key. And the page behind the links of
letters, where the key is the link."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, make_response, request, url_for
from flask_babel import gettext as _

from dialogues import clock
from dialogues.access import Permission, requires
from dialogues.askers import data_file, letters, links, wishes
from dialogues.askers.forms import OwnContactForm, OwnCorrectForm, OwnEraseForm
from dialogues.errors import RuleBroken
from dialogues.extensions import csrf, db
from dialogues.places import service as places
from dialogues.questions.corrections import TOO_LATE, can_correct
from dialogues.questions.door import asker_or_404
from dialogues.questions.models import Asker
from dialogues.questions.rules import Consent
from dialogues.staff.throttle import caller, is_throttled
from dialogues.web import render, see_other

bp = Blueprint("askers", __name__)
CHANGES, CHANGE_WINDOW = 10, timedelta(hours=1)


def _back(code: str, done: str) -> Response:
    return see_other(url_for("questions.tracking", code=code, done=done))


def _wish(template: str, asker: Asker, form: Any, status: int = 200, **more: Any) -> Response:
    return render(template, status=status, asker=asker, question=asker.question, form=form, **more)


def _is_too_much(form: Any) -> bool:
    """Whether very many changes came from this address; the try counts."""
    if not is_throttled(f"wish:{caller()}", CHANGES, CHANGE_WINDOW):
        return False
    db.session.commit()
    form.refuse("", _("Very many changes came from here within an hour. Please wait, then send once more."))
    return True


@bp.route("/q/<code:code>/correct", methods=["GET", "POST"])
@csrf.exempt
@requires(Permission.EVERYONE)
def correct(code: str) -> Response:
    """Other words, while nobody has read the question."""
    asker = asker_or_404(code)
    if asker.is_supporter or not can_correct(asker.question):
        if request.method == "POST":
            return _wish("askers/own_too_late.html", asker, OwnCorrectForm(), 409, sentence=TOO_LATE)
        return see_other(url_for("questions.tracking", code=asker.code))
    form = OwnCorrectForm(data={"text": asker.question.own_text})
    if request.method != "POST":
        return _wish("askers/own_correct.html", asker, form)
    if not form.validate():
        return _wish("askers/own_correct.html", asker, form, 422)
    if _is_too_much(form):
        return _wish("askers/own_correct.html", asker_or_404(code), form, 429)
    code = asker.code
    try:
        wishes.correct(asker=asker, text=form.text.data)
    except RuleBroken as broken:
        form.refuse(broken.field, broken.message)
        return _wish("askers/own_correct.html", asker, form, 422)
    db.session.commit()
    return _back(code, "corrected")


@bp.route("/q/<code:code>/contact", methods=["GET", "POST"])
@csrf.exempt
@requires(Permission.EVERYONE)
def contact(code: str) -> Response:
    """Add or change name, phone and e-mail. What is stored is not shown: whoever finds the receipt must not read it."""
    asker = asker_or_404(code)
    form = OwnContactForm()
    if request.method != "POST":
        return _wish("askers/own_contact.html", asker, form)
    if not form.validate():
        return _wish("askers/own_contact.html", asker, form, 422)
    if _is_too_much(form):
        return _wish("askers/own_contact.html", asker_or_404(code), form, 429)
    code = asker.code
    try:
        wishes.change_contact(asker=asker, **form.values())
        if form.message.data:
            wishes.set_consent(asker=asker, consent=Consent.MESSAGE, is_given=True)
    except RuleBroken as broken:
        db.session.rollback()
        form.refuse(broken.field, broken.message)
        return _wish("askers/own_contact.html", asker_or_404(code), form, 422)
    must_confirm = asker.may_message and bool(form.email.data) and asker.email_confirmed_at is None
    db.session.commit()
    return _back(code, "contact-to-confirm" if must_confirm else "contact")


@bp.route("/q/<code:code>/my-data", methods=["GET", "POST"])
@csrf.exempt
@requires(Permission.EVERYONE)
def my_data(code: str) -> Response:
    """Everything that is stored about the asker, as a file."""
    asker = asker_or_404(code)
    if request.method != "POST":
        return see_other(url_for("questions.tracking", code=asker.code))
    text, name = wishes.show_data(asker=asker), data_file.file_name(asker)
    db.session.commit()
    response = make_response(text.encode("utf-8-sig"))
    response.headers["Content-Type"] = "text/plain; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.route("/q/<code:code>/erase", methods=["GET", "POST"])
@csrf.exempt
@requires(Permission.EVERYONE)
def erase(code: str) -> Response:
    """Erase name, phone and e-mail at once, after a page that says what that means."""
    asker = asker_or_404(code)
    form = OwnEraseForm()
    if request.method != "POST":
        if asker.erased_at is not None:
            return see_other(url_for("questions.tracking", code=asker.code))
        return _wish("askers/own_erase.html", asker, form)
    code = asker.code
    try:
        wishes.erase(asker=asker)
    except RuleBroken:
        return _back(code, "erased")  # pressed twice
    db.session.commit()
    return _back(code, "erased")


# -- the links of letters ---------------------------------------------------------------------------------------------


@bp.route("/q/news/<token>", methods=["GET", "POST"])
@csrf.exempt
@requires(Permission.EVERYONE)
def news(token: str) -> Response:
    """The page behind the links of letters. Only a POST changes anything: mail scanners open every link. Mail programs
    end the letters with one POST and no page (RFC 8058). It names nothing of the question."""
    found = links.asker_by_token(token) if len(token) <= 64 else None
    asker = found[0] if found else None
    if asker is not None:
        places.speak_of(asker.question.dialogue.commune)
    is_fresh = found is not None and _is_fresh(*found)
    if request.method == "POST":
        return _answer(token, asker, is_fresh)
    response = render(
        "askers/news.html", asker=asker, token=token, is_fresh=is_fresh, done=request.args.get("done", "")
    )
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _is_fresh(asker: Asker, written_on: Any) -> bool:
    """Whether the first letter's link is still good."""
    today = clock.today(asker.question.dialogue.commune.time_zone)
    return bool(today - written_on <= letters.CONFIRM_WITHIN)


def _answer(token: str, asker: Asker | None, is_fresh: bool) -> Response:
    is_one_click = request.form.get("List-Unsubscribe") == "One-Click"
    act, done = request.form.get("act"), ""
    if is_one_click or act == "end":
        if asker is not None and asker.may_message:
            wishes.set_consent(asker=asker, consent=Consent.MESSAGE, is_given=False)
        done = "ended"
    elif act == "confirm" and asker is not None and is_fresh and asker.may_message:
        letters.confirm(asker=asker)
        done = "confirmed"
    db.session.commit()
    if is_one_click:
        return Response("OK", mimetype="text/plain")
    return see_other(url_for("askers.news", token=token, done=done))
