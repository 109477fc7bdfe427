"""The start page of leaders, and whether its numbers come by mail every week."""

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _

from dialogues import clock
from dialogues.access import Permission, me, requires
from dialogues.extensions import db
from dialogues.today import leading
from dialogues.today.chart import chart
from dialogues.web import render, saved

bp = Blueprint("leading_office", __name__, url_prefix="/office/leading")


@bp.get("")
@requires(Permission.LEAD)
def home() -> Response:
    """The first page of a leader, for those who do other work too and begin elsewhere."""
    found = leading.page(me(), clock.now())
    return render("today/leading.html", found=found, chart=chart(found.months), counts=None)


@bp.post("/weekly")
@requires(Permission.LEAD)
def weekly() -> Response:
    """Whether the weekly summary comes by e-mail."""
    staff = me()
    staff.wants_weekly = request.form.get("weekly") == "1"
    db.session.commit()
    comes, ended = _("The summary comes every Monday morning."), _("No weekly summary comes any more.")
    return saved(url_for("leading_office.home") + "#weekly", comes if staff.wants_weekly else ended)
