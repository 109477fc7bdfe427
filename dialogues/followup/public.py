"""Commitments for residents: all of them with their state, and the story of each."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from flask import Blueprint, Response, abort, current_app, request
from flask_babel import gettext as _

from dialogues import clock
from dialogues.access import Permission, requires
from dialogues.extensions import db
from dialogues.followup import open_matters, public_list, service
from dialogues.followup.due import how_counted
from dialogues.followup.forms import PublicCommitmentFilter
from dialogues.followup.models import Commitment
from dialogues.followup.public_list import Narrowing
from dialogues.followup.public_story import public_story
from dialogues.followup.question_views import question_views_by_id
from dialogues.followup.record import NO_BODY
from dialogues.followup.rules import CommitmentStage, EntryKind, Keeping
from dialogues.followup.story import doubt_of, with_story
from dialogues.fragments import Fragments
from dialogues.places.models import Commune
from dialogues.places.rules import Field
from dialogues.places.service import commune_or_404, village_choices
from dialogues.search_query import MOST_TYPED, read
from dialogues.subscribers import following
from dialogues.subscribers import service as subscribers
from dialogues.web import page_url, public_page, query_member, query_number, query_text, render

bp = Blueprint("followup", __name__)

FILTERS = ("q", "state", "kept", "field", "village", "dialogue", "body", "year")
FEW_OPEN = 2
"""So many matters without a promise stand above the list; a page of their own has all."""
Options = Sequence[tuple[Any, Any]]


@bp.get("/<slug:commune>/commitments")
@requires(Permission.EVERYONE)
def commitments(commune: str) -> Response:
    """Every public promise, overdue first; above them what is open without a promise."""
    place = commune_or_404(commune)
    public_page(place)
    today = clock.today(place.time_zone)
    form = _filters(place)
    by = _narrowing(form)
    counts = _kept(place, "counts", "schedule questions promises", partial(_counts, place.id, today), today)
    find = partial(public_list.in_order, place.id, by, today)
    ids = find() if by else _kept(place, "order", "schedule questions promises", find, today)
    found = public_list.listed(place.id, by, today, query_number("page"), ids)
    waiting = open_matters.waiting(place.id)
    return render(
        "followup/public_list.html",
        form=form,
        found=found,
        page_url=page_url("followup.commitments", *FILTERS, commune=commune),
        counts=counts,
        is_filtered=bool(by) or bool(query_text("q")),
        open_shown=FEW_OPEN,
        open_count=partial(open_matters.count, waiting),
        open_matters=partial(open_matters.matters, waiting.limit(FEW_OPEN)),
        today=today,
    )


def _counts(commune_id: int, today: Any) -> service.CommitmentCounts:
    return service.commitment_counts(service.visible_commitments(commune_id), today)


def _kept(commune: Commune, name: str, subjects: str, make: Callable[[], Any], *values: Any) -> Any:
    """Kept until something of the subjects changes."""
    fragments: Fragments = current_app.extensions["fragments"]
    return fragments.remembered(f"commitments: {name}", commune, subjects, *values, make=make)


def _filters(commune: Commune) -> PublicCommitmentFilter:
    """The form with all that can be chosen; the address fills it."""
    form = PublicCommitmentFilter(request.args)
    offered = _kept(commune, "choices", "places schedule questions promises", partial(_choices, commune))
    for name, choices in offered.items():
        form[name].choices = choices
    return form


def _choices(commune: Commune) -> dict[str, Options]:
    dialogues = service.dialogues_with_commitments(service.visible_commitments(commune.id))
    bodies = [
        (str(id_ or "none"), name or _("Leaders and people of no body")) for id_, name in public_list.bodies(commune.id)
    ]
    years = [str(year) for year in public_list.years(commune.id)]
    return {
        "dialogue": [("", _("All dialogues")), *((code, title) for _id, code, title, _at in dialogues)],
        "village": [(id_, str(label)) for id_, label in village_choices(commune.id, _("All villages"))],
        "body": [("", _("All bodies")), *bodies],
        "year": [("", _("All years")), *((year, year) for year in years)],
    }


def _narrowing(form: PublicCommitmentFilter) -> Narrowing:
    """What the address narrows the list to; unknown values narrow nothing."""
    codes = {value for value, _label in form.dialogue.choices if value}
    body, dialogue = query_text("body"), query_text("dialogue")
    year, village_id = query_number("year", 0), query_number("village", 0)
    return Narrowing(
        wanted=read(query_text("q", MOST_TYPED)),
        stage=query_member("state", CommitmentStage),
        keeping=query_member("kept", Keeping),
        field=query_member("field", Field),
        village_id=village_id if village_id in dict(form.village.choices) else None,
        dialogue_code=dialogue if dialogue in codes else "",
        unit_id=None if body not in dict(form.body.choices) or not body else NO_BODY if body == "none" else int(body),
        year=year if str(year) in dict(form.year.choices) else None,
    )


@bp.get("/<slug:commune>/commitments/<id:commitment_id>")
@requires(Permission.EVERYONE)
def commitment(commune: str, commitment_id: int) -> Response:
    """One promise with its story."""
    place = commune_or_404(commune)
    public_page(place)
    today = clock.today(place.time_zone)
    statement = service.visible_commitments(place.id).where(Commitment.id == commitment_id).options(*with_story())
    found = db.session.scalar(statement)
    if found is None:
        abort(404)
    question = next(iter(question_views_by_id(place.id, today, [found.answer.question_id], False)), None)
    return render(
        "followup/public_one.html",
        c=found,
        stage=service.stage_of(found, today),
        doubt=doubt_of(found),
        question=question,
        moments=public_story(found, question, place.time_zone),
        times_extended=sum(entry.kind is EntryKind.EXTENSION for entry in found.entries),
        how=how_counted(found, place),
        today=today,
        can_follow=subscribers.can_send() and following.is_running(found),
    )
