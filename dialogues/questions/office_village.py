"""The page of one village, for its head and helpers: enter, see what became of it, print what is handed out."""

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _

from dialogues import clock
from dialogues.access import Permission, me, requires
from dialogues.followup.question_views import question_views
from dialogues.followup.service import is_answered
from dialogues.paging import paged
from dialogues.places.models import Village
from dialogues.places.service import row_or_404
from dialogues.questions import village
from dialogues.questions.models import Question
from dialogues.schedule.service import coming
from dialogues.staff.models import Staff
from dialogues.web import page_url, query_number, refused, render

bp = Blueprint("village_office", __name__, url_prefix="/office/village")
MOST_PRINTED = 30


@bp.get("")
@requires(Permission.LEAD_VILLAGE)
def home() -> Response:
    """What this person sent for the village, with its state; what is public of the others; what to print."""
    staff = me()
    own = _village(staff)
    if own is None:
        return render("questions/village.html", village=None)
    today = clock.today(staff.commune.time_zone)
    public, entries = village.public_ones(staff), village.entries(staff)
    ours = public.where(Question.id.in_([entry.id for entry in entries]))
    return render(
        "questions/village.html",
        village=own,
        entries=entries,
        stages={view.id: view.stage for view in question_views(ours, today)},
        counts=village.counts(staff),
        questions=question_views(public.limit(village.MOST_PUBLIC), today),
        coming=coming(staff.commune_id, clock.now(), 3),
    )


@bp.get("/results")
@requires(Permission.LEAD_VILLAGE)
def results() -> Response:
    """The answers to questions of the village in large letters, to hand out or to pin up."""
    staff = me()
    own = _village(staff)
    if own is None:
        return refused(url_for("village_office.home"), _("Your account belongs to no village"))
    answered = village.public_ones(staff).where(is_answered())
    page, today = paged(answered, query_number("page"), MOST_PRINTED), clock.today(staff.commune.time_zone)
    return render(
        "questions/village_results.html",
        village=own,
        questions=question_views(page.slice(answered), today),
        page=page,
        page_url=page_url("village_office.results"),
        today=today,
    )


def _village(staff: Staff) -> Village | None:
    """The village that this account belongs to."""
    return row_or_404(Village, staff.commune_id, staff.village_id) if staff.village_id else None
