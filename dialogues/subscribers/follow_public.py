"""Following one promise by e-mail: a resident leaves an address, confirms it, ends it. Nothing tells whether an address
follows."""

from functools import partial

from flask import Blueprint, Response, abort, current_app, request, url_for
from flask_babel import gettext as _

from dialogues import language
from dialogues.access import Permission, requires
from dialogues.extensions import csrf, db
from dialogues.followup.models import Commitment
from dialogues.followup.service import is_public, visible_commitments
from dialogues.places import service as places
from dialogues.places.models import Commune
from dialogues.subscribers import following, own_page, pace, promise_news
from dialogues.subscribers.forms import AddressForm
from dialogues.subscribers.service import can_send
from dialogues.web import render, see_other

bp = Blueprint("following", __name__)
TRIES_AN_HOUR, LETTERS_A_DAY = 20, 6


@bp.route("/<slug:commune>/commitments/<id:commitment_id>/follow", methods=["GET", "POST"])
@csrf.exempt
@requires(Permission.EVERYONE)
def ask(commune: str, commitment_id: int) -> Response:
    """The form on a page of its own; the page of the promise has it too."""
    place = places.commune_or_404(commune)
    commitment = db.session.scalar(visible_commitments(place.id).where(Commitment.id == commitment_id)) or abort(404)
    form = AddressForm()
    if request.method != "POST":
        return _page(place, commitment, form)
    if not can_send() or not following.is_running(commitment):
        return _page(place, commitment, form, 409)
    if not form.validate():
        return _page(place, commitment, form, 422)
    if pace.is_crowded(form, "follow", TRIES_AN_HOUR):
        return _page(place, commitment, form, 429)
    if pace.may_write_to(form, "follow", LETTERS_A_DAY):
        follower = following.ask_to_follow(
            commitment=commitment, email=form.email.data, language=language.current_language()
        )
        if follower is not None:
            promise_news.ask(follower=follower)
    db.session.commit()
    return see_other(url_for("following.ask", commune=place.slug, commitment_id=commitment_id, sent=1))


def _page(commune: Commune, commitment: Commitment, form: AddressForm, status: int = 200) -> Response:
    return render(
        "subscribers/follow.html",
        commune=commune,
        c=commitment,
        form=form,
        can_send=can_send(),
        is_running=following.is_running(commitment),
        is_sent=request.args.get("sent") == "1" and status == 200,
        is_trial=not current_app.config["SETTINGS"].smtp_url,
        status=status,
    )


@bp.route("/<slug:commune>/following/<key>", methods=["GET", "POST"])
@csrf.exempt
@requires(Permission.EVERYONE)
def own(commune: str, key: str) -> Response:
    """The page behind the links of the letters. Only a POST changes anything: mail scanners open every link."""
    place = places.commune_or_404(commune)
    follower = following.by_key(place.id, key) if own_page.is_key(key) else None
    if request.method == "POST":
        why = _("The reader does not follow this commitment any more.")
        return own_page.answer(
            follower,
            confirm=lambda one: following.confirm(follower=one),
            end=lambda one: following.end(follower=one, reason=why),
            url=partial(url_for, "following.own", commune=place.slug, key=key),
        )
    response = render(
        "subscribers/following.html",
        commune=place,
        f=follower,
        is_shown=follower is not None and is_public(follower.commitment),
        done=request.args.get("done"),
    )
    return own_page.tell_nobody(response)
