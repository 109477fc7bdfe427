"""What residents may count and print: how promises are kept, what is open without one, the list for the notice board,
and what comes back at the next dialogue."""

from functools import partial

from flask import Blueprint, Response, abort, current_app, redirect, url_for

from dialogues import clock, qr
from dialogues.access import Permission, requires
from dialogues.extensions import db
from dialogues.followup import board as boards
from dialogues.followup import carried, open_matters, record
from dialogues.fragments import Fragments
from dialogues.paging import PUBLIC_ROWS, paged
from dialogues.places.models import Village
from dialogues.places.service import commune_or_404, speak_of
from dialogues.schedule import service as schedule
from dialogues.web import absolute, page_url, public_page, query_number, render

bp = Blueprint("record", __name__)


@bp.get("/<slug:commune>/commitments/record")
@requires(Permission.EVERYONE)
def shares(commune: str) -> Response:
    """How many were done on time: by year and by body, or of one year by body."""
    place = commune_or_404(commune)
    public_page(place)
    today = clock.today(place.time_zone)
    kept: Fragments = current_app.extensions["fragments"]
    count = partial(record.record, place.id, today)
    lines = kept.remembered("record", place, "places schedule questions promises", today, make=count)
    years = record.by_year(lines)
    chosen = query_number("year", 0)
    chosen = chosen if chosen in dict(years) else 0
    if chosen:
        lines = [line for line in lines if line.year == chosen]
    return render(
        "followup/record.html",
        years=years,
        chosen=chosen,
        whole=record.share_of(lines),
        bodies=record.by_body(lines, record.bodies(place.id)),
    )


@bp.get("/<slug:commune>/commitments/still-open")
@requires(Permission.EVERYONE)
def still_open(commune: str) -> Response:
    """Matters that were only noted or passed up, and that nobody promised anything about."""
    place = commune_or_404(commune)
    public_page(place)
    waiting = open_matters.waiting(place.id)
    page = paged(waiting, query_number("page"), PUBLIC_ROWS)
    return render(
        "followup/still_open.html",
        matters=open_matters.matters(page.slice(waiting)),
        page=page,
        page_url=page_url("record.still_open", commune=commune),
        today=clock.today(place.time_zone),
    )


@bp.get("/<slug:commune>/commitments/board")
@requires(Permission.EVERYONE)
def board(commune: str) -> Response:
    """To print on A4 for the notice board, of the commune or of one village."""
    place = commune_or_404(commune)
    public_page(place)
    village = db.session.get(Village, query_number("village", 0))
    if village is not None and village.commune_id != place.id:
        abort(404)
    today = clock.today(place.time_zone)
    address = absolute("followup.commitments", commune=place.slug, village=village.id if village else None)
    return render(
        "followup/board.html",
        village=village,
        board=boards.board(place.id, today, village.id if village else None),
        address=address,
        picture=qr.drawing(address, "Mã QR: danh sách cam kết"),
        today=today,
    )


@bp.get("/d/<code:code>/last-results")
@requires(Permission.EVERYONE)
def last_results(code: str) -> Response:
    """What was promised before this dialogue, what is done and what is late: it comes first on the day."""
    head = schedule.announced_head(code)
    if head is None:
        abort(404)
    if code != head.code:
        return redirect(url_for("record.last_results", code=head.code), 301)  # type: ignore[return-value]
    commune = speak_of(head.commune)
    public_page(commune)
    today = clock.today(commune.time_zone)
    return render(
        "followup/last_results.html",
        commune=commune,
        head=head,
        results=carried.last_results(commune.id, head.id, today),
        today=today,
    )
