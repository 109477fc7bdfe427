"""The page of today, and marking a periodic report as sent."""

from datetime import date

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _

from dialogues import clock
from dialogues.access import Permission, me, requires
from dialogues.errors import RuleBroken
from dialogues.extensions import db
from dialogues.today import reports, service
from dialogues.today.rules import Period
from dialogues.web import refused, render, saved

bp = Blueprint("today_office", __name__, url_prefix="/office/today")


@bp.get("")
@requires(Permission.WORK)
def today() -> Response:
    staff, now = me(), clock.now()
    return render(
        "today/today.html",
        found=service.page(staff, now),
        today=clock.today(staff.commune.time_zone),
        period_name=reports.period_name,
    )


@bp.post("/reports/sent")
@requires(Permission.PLAN_DIALOGUES)
def report_sent() -> Response:
    period, ends_on = _period()
    if period is None or ends_on is None:
        return refused(url_for(".today"), _("No report of this period is due."))
    try:
        reports.mark_sent(commune=me().commune, period=period, ends_on=ends_on, actor=me())
    except RuleBroken as broken:
        return refused(url_for(".today"), broken.message)
    db.session.commit()
    return saved(url_for(".today"), _("Marked as sent: %(report)s.", report=reports.period_name(period, ends_on)))


@bp.post("/reports/undo")
@requires(Permission.PLAN_DIALOGUES)
def undo_report() -> Response:
    period, ends_on = _period()
    if period is None or ends_on is None:
        return refused(url_for(".today"), _("This report is not marked as sent any more."))
    try:
        reports.take_back(commune=me().commune, period=period, ends_on=ends_on, actor=me())
    except RuleBroken as broken:
        return refused(url_for(".today"), broken.message)
    db.session.commit()
    return saved(url_for(".today"), _("Taken back: %(report)s.", report=reports.period_name(period, ends_on)))


def _period() -> tuple[Period | None, date | None]:
    """Which report the button meant; nothing for what is no button of ours."""
    period = next((one for one in Period if one.value == request.form.get("period")), None)
    try:
        return period, date.fromisoformat(request.form.get("ends_on", ""))
    except ValueError:
        return period, None
