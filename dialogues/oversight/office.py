"""The overview: the first page after signing in."""

from flask import Blueprint, Response
from flask_babel import gettext as _

from dialogues import clock
from dialogues.access import Permission, allowed, me, requires
from dialogues.followup.work import work_counts
from dialogues.language import short_day
from dialogues.oversight import service, ways
from dialogues.oversight.forms import WayFilters
from dialogues.oversight.rules import WayStep
from dialogues.questions.intake import dialogues_to_enter_for
from dialogues.questions.rules import QuestionState
from dialogues.schedule.service import coming
from dialogues.today import leading
from dialogues.today.chart import chart
from dialogues.web import page_url, query_member, query_number, render

bp = Blueprint("oversight_office", __name__, url_prefix="/office")


@bp.get("/")
@requires(Permission.SIGNED_IN)
def home() -> Response:
    """What waits, by what this person may do; each number leads to its list."""
    staff, now = me(), clock.now()
    commune = staff.commune
    today = clock.today(commune.time_zone)
    runs_office = allowed(staff, Permission.SORT_QUESTIONS)
    oversees = allowed(staff, Permission.CONFIRM_COMMITMENTS)
    counts = service.commune_counts(commune, now) if runs_office or oversees else None
    if allowed(staff, Permission.LEAD) and not runs_office:
        found = leading.page(staff, now)
        return render("today/leading.html", found=found, chart=chart(found.months), counts=counts)
    oldest_at = counts.oldest_at if counts else None
    return render(
        "oversight/home.html",
        counts=counts,
        oldest_days=(today - clock.local(oldest_at, commune.time_zone).date()).days if oldest_at else None,
        runs_office=runs_office,
        oversees=oversees and not runs_office,
        work=work_counts(staff, today) if allowed(staff, Permission.WORK) else None,
        enters=allowed(staff, Permission.ENTER_QUESTIONS) and not runs_office,
        coming=coming(commune.id, now, 3),
        preparing=service.preparing(commune.id, now) if allowed(staff, Permission.PLAN_DIALOGUES) else [],
        accounts=service.account_counts(commune.id) if allowed(staff, Permission.MANAGE_STAFF) else None,
    )


@bp.get("/ways", endpoint="ways")
@requires(Permission.READ_QUESTIONS)
def way_list() -> Response:
    """Every question with the days of its steps, those that wait longest first."""
    staff = me()
    zone = staff.commune.time_zone
    today = clock.today(zone)
    dialogues = {one.id: f"{short_day(one.starts_at)} · {one.title}" for one in dialogues_to_enter_for(staff, 200)}
    years = ways.years(staff, zone)
    dialogue_id, year = query_number("dialogue", 0), query_number("year", 0)
    filters = ways.Filters(
        step=query_member("step", WayStep),
        state=query_member("state", QuestionState),
        dialogue_id=dialogue_id if dialogue_id in dialogues else None,
        year=year if year in years else None,
    )
    form = WayFilters(
        formdata=None,
        data={
            "step": filters.step or "",
            "state": filters.state or "",
            "dialogue": filters.dialogue_id,
            "year": filters.year or "",
        },
    )
    form.dialogue.choices = [(None, _("All dialogues")), *dialogues.items()]
    form.year.choices = [("", _("All years")), *((number, str(number)) for number in years)]
    page, rows = ways.ways(staff, filters, query_number("page"), today, zone)
    return render(
        "oversight/ways.html",
        form=form,
        rows=rows,
        page=page,
        waiting=ways.waiting(staff, filters, today, zone),
        is_filtered=any((filters.step, filters.state, filters.dialogue_id, filters.year)),
        page_url=page_url("oversight_office.ways", "step", "state", "dialogue", "year"),
    )
