"""Commitments for residents: all of them with their state, and the story of each."""

from flask import Blueprint, Response, abort, request
from flask_babel import gettext as _

from dialogues import clock
from dialogues.access import Permission, requires
from dialogues.extensions import db
from dialogues.followup import service
from dialogues.followup.due import how_counted
from dialogues.followup.forms import CommitmentFilter
from dialogues.followup.models import Commitment
from dialogues.followup.rules import CommitmentStage
from dialogues.followup.story import public_story, with_story
from dialogues.paging import PUBLIC_ROWS, paged
from dialogues.places.rules import Field
from dialogues.places.service import commune_or_404, village_choices
from dialogues.web import page_url, public_page, query_member, query_number, query_text, render

bp = Blueprint("followup", __name__)


@bp.get("/<slug:commune>/commitments")
@requires(Permission.EVERYONE)
def commitments(commune: str) -> Response:
    """Every public promise, overdue first."""
    place = commune_or_404(commune)
    public_page(place)
    today = clock.today(place.time_zone)
    base = service.visible_commitments(place.id)
    form = CommitmentFilter(request.args)
    dialogues = service.dialogues_with_commitments(base)
    form.dialogue.choices = [("", _("All dialogues")), *((code, title) for _id, code, title, _at in dialogues)]
    form.village.choices = village_choices(place.id, _("All villages"))
    statement = service.narrowed(
        base,
        today,
        stage=query_member("state", CommitmentStage),
        field=query_member("field", Field),
        village_id=query_number("village", 0) or None,
        dialogue_id={code: id_ for id_, code, *_rest in dialogues}.get(query_text("dialogue")),
    )
    page = paged(statement, query_number("page"), PUBLIC_ROWS)
    return render(
        "followup/public_list.html",
        form=form,
        rows=service.commitment_rows(page.slice(service.most_urgent_first(statement, today)), today),
        page=page,
        page_url=page_url("followup.commitments", "state", "field", "village", "dialogue", commune=commune),
        counts=service.commitment_counts(base, today),
        is_filtered=any(request.args.get(name) for name in ("state", "field", "village", "dialogue")),
    )


@bp.get("/<slug:commune>/commitments/<id:commitment_id>")
@requires(Permission.EVERYONE)
def commitment(commune: str, commitment_id: int) -> Response:
    """One promise with its story."""
    place = commune_or_404(commune)
    public_page(place)
    statement = service.visible_commitments(place.id).where(Commitment.id == commitment_id).options(*with_story())
    found = db.session.scalar(statement)
    if found is None:
        abort(404)
    today = clock.today(place.time_zone)
    return render(
        "followup/public_one.html",
        c=found,
        stage=service.stage_of(found, today),
        entries=public_story(found),
        how=how_counted(found, place),
        today=today,
    )
