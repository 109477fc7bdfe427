"""News by e-mail: a resident leaves an address, confirms it, ends it. Nothing tells whether an address is known."""

from functools import partial

from flask import Blueprint, Response, current_app, request, url_for
from flask_babel import gettext as _

from dialogues import language
from dialogues.access import Permission, requires
from dialogues.extensions import csrf, db
from dialogues.places import service as places
from dialogues.places.models import Commune
from dialogues.subscribers import news, own_page, pace, service
from dialogues.subscribers.forms import NewsForm
from dialogues.web import render, see_other

bp = Blueprint("subscribers", __name__)
TRIES_AN_HOUR, LETTERS_A_DAY = 10, 3


@bp.route("/<slug:commune>/news", methods=["GET", "POST"])
@csrf.exempt
@requires(Permission.EVERYONE)
def ask(commune: str) -> Response:
    """The form. Without a mail server it says so and leads to the calendar instead."""
    place = places.commune_or_404(commune)
    form = NewsForm()
    form.village.choices = places.village_choices(place.id, _("The whole commune"))
    if not service.can_send():
        return _page(place, form, 409 if request.method == "POST" else 200)
    if request.method != "POST":
        return _page(place, form)
    if not form.validate():
        return _page(place, form, 422)
    if pace.is_crowded(form, "news", TRIES_AN_HOUR):
        return _page(place, form, 429)
    if pace.may_write_to(form, "news", LETTERS_A_DAY):
        subscriber = service.ask_for_news(
            commune=place,
            email=form.email.data,
            village_id=form.village.data,
            language=language.current_language(),
        )
        if subscriber is not None:
            news.ask(subscriber=subscriber)
    db.session.commit()
    return see_other(url_for("subscribers.ask", commune=place.slug, sent=1))


def _page(commune: Commune, form: NewsForm, status: int = 200) -> Response:
    return render(
        "subscribers/ask.html",
        commune=commune,
        form=form,
        can_send=service.can_send(),
        is_sent=request.args.get("sent") == "1" and status == 200,
        is_trial=not current_app.config["SETTINGS"].smtp_url,
        status=status,
    )


@bp.route("/<slug:commune>/news/<key>", methods=["GET", "POST"])
@csrf.exempt
@requires(Permission.EVERYONE)
def own(commune: str, key: str) -> Response:
    """The page behind the links of the letters. Only a POST changes anything: mail scanners open every link."""
    place = places.commune_or_404(commune)
    subscriber = service.by_key(place.id, key) if own_page.is_key(key) else None
    if request.method == "POST":
        why = _("The reader does not want news any more.")
        return own_page.answer(
            subscriber,
            confirm=lambda one: service.confirm(subscriber=one),
            end=lambda one: service.end(subscriber=one, reason=why),
            url=partial(url_for, "subscribers.own", commune=place.slug, key=key),
        )
    response = render("subscribers/own.html", commune=place, subscriber=subscriber, done=request.args.get("done"))
    return own_page.tell_nobody(response)
