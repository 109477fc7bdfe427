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


@bp.get("/<slug:commune>/calendar.ics")
@requires(Permission.EVERYONE)
def feed(commune: str) -> Response:
    """All announced dialogues; the same in every language. Until something changes, the page cache answers 304."""
    place = places.commune_or_404(commune)
    public_page(place)
    return _file(service.public_feed(place), f"doi-thoai-{place.slug}")


@bp.get("/<slug:commune>/v/<id:village_id>/calendar.ics")
@requires(Permission.EVERYONE)
def village_feed(commune: str, village_id: int) -> Response:
    """What concerns one village. It goes on when the village is closed: addresses of calendars are for ever."""
    place = places.commune_or_404(commune)
    public_page(place)
    village = places.row_or_404(Village, place.id, village_id)
    return _file(service.public_feed(place, village), f"doi-thoai-{place.slug}-{village.id}")


@bp.get("/<slug:commune>/commitments.ics")
@requires(Permission.EVERYONE)
def promises(commune: str) -> Response:
    """The due days of all public promises."""
    place = places.commune_or_404(commune)
    public_page(place)
    return _file(promise_feeds.calendar(place), f"cam-ket-{place.slug}")


@bp.get("/<slug:commune>/v/<id:village_id>/commitments.ics")
@requires(Permission.EVERYONE)
def village_promises(commune: str, village_id: int) -> Response:
    """Those that were made to one village."""
    place = places.commune_or_404(commune)
    public_page(place)
    village = places.row_or_404(Village, place.id, village_id)
    return _file(promise_feeds.calendar(place, village), f"cam-ket-{place.slug}-{village.id}")


@bp.get("/<slug:commune>/commitments.atom")
@requires(Permission.EVERYONE)
def promise_news(commune: str) -> Response:
    """What happened to promises, for a feed reader."""
    place = places.commune_or_404(commune)
    public_page(place)
    return _atom(promise_feeds.news(place))


@bp.get("/<slug:commune>/v/<id:village_id>/commitments.atom")
@requires(Permission.EVERYONE)
def village_promise_news(commune: str, village_id: int) -> Response:
    """The same for one village."""
    place = places.commune_or_404(commune)
    public_page(place)
    return _atom(promise_feeds.news(place, places.row_or_404(Village, place.id, village_id)))


def _atom(body: bytes) -> Response:
    response = make_response(body)
    response.headers["Content-Type"] = "application/atom+xml; charset=utf-8"
    return response


@bp.get("/<slug:commune>/calendar")
@requires(Permission.EVERYONE)
def subscribe(commune: str) -> Response:
    """How to get the dialogues into a phone's calendar."""
    place = places.commune_or_404(commune)
    public_page(place)
    here = absolute("invitations.subscribe", commune=place.slug)
    return _ways(place, None, here)


@bp.get("/<slug:commune>/v/<id:village_id>/calendar")
@requires(Permission.EVERYONE)
def subscribe_village(commune: str, village_id: int) -> Response:
    """The same for one village."""
    place = places.commune_or_404(commune)
    public_page(place)
    village = places.row_or_404(Village, place.id, village_id)
    return _ways(place, village, absolute("invitations.subscribe_village", commune=place.slug, village_id=village.id))


def _ways(place: Commune, village: Village | None, here: str) -> Response:
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
