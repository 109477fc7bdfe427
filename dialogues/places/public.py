"""Where residents come in: the directory of communes, and the home of each."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from flask import Blueprint, Response, current_app, make_response

from dialogues import clock
from dialogues.access import Permission, requires
from dialogues.followup.question_views import newly_answered, question_views_by_id
from dialogues.followup.service import public_commitment_counts
from dialogues.fragments import Fragments
from dialogues.places import service
from dialogues.places.forms import SearchForm
from dialogues.places.models import Commune
from dialogues.schedule.rules import Phase
from dialogues.schedule.service import DialogueCard, coming, recent
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
    """What comes next, where to ask, what was answered and promised; a fixed number of queries, made by those parts of
    the page that are not kept."""
    public_page(commune)
    now = clock.now()
    today = clock.local(now, commune.time_zone).date()
    return render(
        "places/home.html",
        commune=commune,
        province=partial(_province, commune),
        agenda=partial(_agenda, commune, now),
        last_dialogue=lambda: next(iter(recent(commune.id, now, 1)), None),
        answered=partial(newly_answered, commune.id, ANSWERED),
        question_views=partial(question_views_by_id, commune.id, today, with_commitments=False),
        today=today,
        promises=partial(public_commitment_counts, commune.id, today),
    )


def _province(commune: Commune) -> str:
    kept: Fragments = current_app.extensions["fragments"]
    return kept.remembered("home: province", commune, "places", make=lambda: commune.province.name)


@dataclass(frozen=True)
class Agenda:
    """The dialogues to come: the next one, the one that takes questions, and the others."""

    first: DialogueCard | None
    asking: DialogueCard | None
    more: list[DialogueCard]


def _agenda(commune: Commune, now: datetime) -> Agenda:
    cards = coming(commune.id, now, COMING)
    first = next((card for card in cards if card.phase is not Phase.POSTPONED), None)
    asking = next((card for card in cards if card.takes_questions), None)
    return Agenda(first, asking, [card for card in cards if card is not first])


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
