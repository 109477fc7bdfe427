"""What residents may count: how the office dealt with their questions."""

from flask import Blueprint, Response

from dialogues.access import Permission, requires
from dialogues.oversight.moderation import accounts
from dialogues.places import service as places
from dialogues.questions.rules import QuestionState
from dialogues.web import public_page, query_number, render

bp = Blueprint("oversight", __name__)


@bp.get("/<slug:commune>/moderation")
@requires(Permission.EVERYONE)
def moderation(commune: str) -> Response:
    """The account of moderation of one year, by dialogue; without years: the newest one."""
    place = places.commune_or_404(commune)
    public_page(place)
    years = accounts(place.id, place.time_zone)
    asked = query_number("year", 0)
    chosen = next((year for year in years if year.year == asked), years[0] if years else None)
    return render(
        "oversight/moderation.html",
        commune=place,
        years=[year.year for year in years],
        chosen=chosen,
        states=tuple(QuestionState),
    )
