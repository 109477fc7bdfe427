"""The overview: the first page after signing in."""

from flask import Blueprint, Response

from dialogues import clock
from dialogues.access import Permission, allowed, me, requires
from dialogues.followup.work import work_counts
from dialogues.oversight import service
from dialogues.schedule.service import coming
from dialogues.web import render

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
