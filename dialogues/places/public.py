"""Where residents come in: the directory of communes, and the home of each."""

from flask import Blueprint, Response, make_response

from dialogues import clock
from dialogues.access import Permission, requires
from dialogues.followup.service import newly_answered, public_commitment_counts
from dialogues.places import service
from dialogues.places.forms import SearchForm
from dialogues.places.models import Commune
from dialogues.schedule.service import coming, recent
from dialogues.web import public_page, query_text, render

bp = Blueprint("places", __name__)

MANY_COMMUNES = 20
COMING, ANSWERED = 4, 3


@bp.get("/")
@requires(Permission.EVERYONE)
def index() -> Response:
    """The home of the only commune; a directory of several; how to start when there is none."""
    commune = service.only_commune()
    if commune is not None:
        return _home(service.speak_of(commune))
    query = query_text("q")
    found = service.directory(query)
    if not found and not query:
        return render("places/start.html")
    form = SearchForm(formdata=None, data={"q": query})
    return render("places/directory.html", communes=found, form=form, query=query, many=MANY_COMMUNES)


@bp.get("/<slug:commune>/")
@requires(Permission.EVERYONE)
def home(commune: str) -> Response:
    return _home(service.commune_or_404(commune))


def _home(commune: Commune) -> Response:
    """What comes next, where to ask, what was answered and promised; a fixed number of queries."""
    public_page(commune)
    now = clock.now()
    today = clock.local(now, commune.time_zone).date()
    dialogues = coming(commune.id, now, COMING)
    latest = recent(commune.id, now, 1)
    return render(
        "places/home.html",
        commune=commune,
        dialogues=dialogues,
        first=next((card for card in dialogues if card.phase.value != "postponed"), None),
        asking=next((card for card in dialogues if card.takes_questions), None),
        latest=latest[0] if latest else None,
        answered=newly_answered(commune.id, ANSWERED, today),
        promises=public_commitment_counts(commune.id, today),
    )


@bp.get("/healthz")
@requires(Permission.EVERYONE)
def health() -> Response:
    """For whoever watches the server: 200 when the database answers; otherwise the error pages say so."""
    return _plain("ok\n" if service.is_answering() else "")


@bp.get("/robots.txt")
@requires(Permission.EVERYONE)
def robots() -> Response:
    """Search engines may read what residents read, not the askers' own pages and not the office."""
    private = ("/q/", "/q?", "/office/", "/calendar/")  # not "/q": communes may begin with it
    return _plain("User-agent: *\n" + "".join(f"Disallow: {path}\n" for path in private))


def _plain(text: str) -> Response:
    response = make_response(text)
    response.mimetype = "text/plain"
    return response
