"""Searching for residents: only what they may read anyway."""

from collections.abc import Callable, Sequence
from functools import cache, partial

from flask import Blueprint, Response, current_app
from flask_babel import gettext as _

from dialogues import clock
from dialogues.access import Permission, requires
from dialogues.finding import service
from dialogues.finding.choosing import FILTERS, Options, data_of, fill, is_sought, search_of_address, what_url
from dialogues.finding.forms import PublicSearch
from dialogues.finding.rules import Sought
from dialogues.finding.service import Found, PromiseHit, QuestionHit, Search
from dialogues.fragments import Fragments
from dialogues.language import short_day
from dialogues.paging import PUBLIC_ROWS
from dialogues.places import service as places
from dialogues.places.models import Commune
from dialogues.questions.service import visible_dialogues
from dialogues.search_query import MOST_TYPED
from dialogues.web import page_url, public_page, query_number, query_text, render

bp = Blueprint("finding", __name__)


@bp.get("/<slug:commune>/search")
@requires(Permission.EVERYONE)
def search(commune: str) -> Response:
    """Questions with their answers and promises, or promises alone, by words and filters."""
    place = places.commune_or_404(commune)
    public_page(place)
    offered = _dialogues(place), _villages(place), _people(place)
    asked = search_of_address(*offered)
    found, hits = _found(place, asked)
    return render(
        "finding/public.html",
        commune=place,
        form=cache(partial(_form, asked, offered)),
        search=asked,
        typed=query_text("q", MOST_TYPED),
        found=found,
        hits=hits,
        what_url=what_url("finding.search", commune=place.slug),
        page_url=page_url("finding.search", *FILTERS, commune=place.slug),
    )


def _form(asked: Search, offered: tuple[Options, Options, Options]) -> PublicSearch:
    form = PublicSearch(formdata=None, data=data_of(asked))
    fill(form, asked, *offered, is_office=False)
    return form


def _found(commune: Commune, asked: Search) -> tuple[Found | None, Sequence[QuestionHit | PromiseHit]]:
    """What was found, and the rows of this page; None when nothing was looked for."""
    if not is_sought(asked):
        return None, []
    today, number = clock.today(commune.time_zone), query_number("page")
    if asked.sought is Sought.COMMITMENTS:
        found = service.find_promises(commune.id, asked, today, number, PUBLIC_ROWS, is_public=True)
        return found, service.promise_hits(commune.id, found.ids, asked.wanted, today, is_public=True)
    found = service.find_public(commune.id, asked, number, PUBLIC_ROWS, commune.time_zone)
    return found, service.question_hits(commune.id, found.ids, asked.wanted, today)


# -- what can be chosen, kept until it changes ------------------------------------------------------------------------


def _kept(name: str, commune: Commune, subjects: str, make: Callable[[], Options]) -> Options:
    fragments: Fragments = current_app.extensions["fragments"]
    return fragments.remembered(f"finding: {name}", commune, subjects, make=make)


def _dialogues(commune: Commune) -> Options:
    def make() -> Options:
        lines = visible_dialogues(commune.id)
        return [(None, _("All dialogues")), *((one.id, f"{short_day(one.starts_at)} · {one.title}") for one in lines)]

    return _kept("dialogues", commune, "schedule", make)


def _villages(commune: Commune) -> Options:
    def make() -> Options:
        return [(id_, str(label)) for id_, label in places.village_choices(commune.id, _("All villages"))]

    return _kept("villages", commune, "places", make)


def _people(commune: Commune) -> Options:
    def make() -> Options:
        people = service.people_with_promises(commune.id)
        return [("", _("Everybody")), *((f"s:{id_}", name) for id_, name in people)]

    return _kept("people", commune, "places promises", make)
