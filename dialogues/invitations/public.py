"""Calendar files and feeds for everybody, news of promises, and private feeds for whoever holds the address."""

from flask import Blueprint, Response, abort, make_response, request

from dialogues import qr
from dialogues.access import Permission, requires
from dialogues.invitations import promise_feeds, service
from dialogues.places import service as places
from dialogues.places.models import Commune, Village
from dialogues.web import absolute, public_page, query_member, render

bp = Blueprint("invitations", __name__)


def _file(body: bytes, name: str) -> Response:
    """A calendar file; inline, so that a phone opens its calendar instead of a folder."""
    response = make_response(body)
    response.headers["Content-Type"] = "text/calendar; charset=utf-8"
    response.headers["Content-Disposition"] = f'inline; filename="{name}.ics"'
    return response


@bp.get("/d/<code:code>.ics")
@requires(Permission.EVERYONE)
def dialogue_file(code: str) -> Response:
    """One dialogue; its address is printed on posters, so every writing of the code is answered at once."""
    dialogue = service.announced(code)
    if dialogue is None:
        abort(404)
    public_page(places.speak_of(dialogue.commune))
    return _file(service.dialogue_file(dialogue), f"doi-thoai-{dialogue.code}")


def _place(commune: str, village_id: int | None) -> tuple[Commune, Village | None]:
    """The commune of a public address, and its village where the address names one: also a closed one, as addresses of
    calendars are for ever."""
    place = places.commune_or_404(commune)
    public_page(place)
    return place, places.row_or_404(Village, place.id, village_id) if village_id else None


def _name(what: str, place: Commune, village: Village | None) -> str:
    return "-".join([what, place.slug, *([str(village.id)] if village else [])])


@bp.get("/<slug:commune>/calendar.ics")
@bp.get("/<slug:commune>/v/<id:village_id>/calendar.ics")
@requires(Permission.EVERYONE)
def feed(commune: str, village_id: int | None = None) -> Response:
    """All announced dialogues, or what concerns one village; the same in every language. Until something changes, the
    page cache answers 304."""
    place, village = _place(commune, village_id)
    return _file(service.public_feed(place, village), _name("doi-thoai", place, village))


@bp.get("/<slug:commune>/commitments.ics")
@bp.get("/<slug:commune>/v/<id:village_id>/commitments.ics")
@requires(Permission.EVERYONE)
def promises(commune: str, village_id: int | None = None) -> Response:
    """The due days of all public promises, or of those to one village."""
    place, village = _place(commune, village_id)
    return _file(promise_feeds.calendar(place, village), _name("cam-ket", place, village))


@bp.get("/<slug:commune>/commitments.atom")
@bp.get("/<slug:commune>/v/<id:village_id>/commitments.atom")
@requires(Permission.EVERYONE)
def promise_news(commune: str, village_id: int | None = None) -> Response:
    """What happened to promises, for a feed reader."""
    response = make_response(promise_feeds.news(*_place(commune, village_id)))
    response.headers["Content-Type"] = "application/atom+xml; charset=utf-8"
    return response


@bp.get("/<slug:commune>/calendar")
@bp.get("/<slug:commune>/v/<id:village_id>/calendar")
@requires(Permission.EVERYONE)
def subscribe(commune: str, village_id: int | None = None) -> Response:
    """How to get the dialogues, of all or of one village, into a phone's calendar."""
    place, village = _place(commune, village_id)
    here = absolute("invitations.subscribe", commune=place.slug, village_id=village_id)
    url = service.public_feed_url(place, village)
    return render(
        "invitations/subscribe.html",
        village=village,
        villages=places.villages(place.id),
        feed_url=url,
        webcal_url=service.webcal(url),
        google_url=service.google(url),
        here=here,
        picture=qr.picture(here),
        promises_url=(promises_url := promise_feeds.url_of(place, village, "ics")),
        promises_webcal=service.webcal(promises_url),
        promises_google=service.google(promises_url),
        news_url=promise_feeds.url_of(place, village, "atom"),
    )


@bp.get("/calendar/<token>.ics")
@requires(Permission.EVERYONE)
def private_feed(token: str) -> Response:
    """A person's own feed: the address is the key. One that was ended says so: programs that get 410 may stop."""
    key = service.feed_token(token) if token.isascii() and len(token) < 300 else None
    if key is None:
        abort(404)
    staff = service.owner_of_feed(*key)
    if staff is None:
        return render("invitations/ended.html", status=410)
    tasks = query_member("tasks", service.Tasks) or service.Tasks.EVENT
    response = _file(service.private_feed(staff, tasks), "viec-cua-toi")
    response.headers["Cache-Control"] = "private, no-cache"
    response.add_etag(weak=True)
    response.make_conditional(request)
    return response
