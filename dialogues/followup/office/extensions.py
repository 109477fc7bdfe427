"""Asking for a later day, and deciding on it."""

from flask import Response, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload

from dialogues.access import Permission, me, requires
from dialogues.errors import RuleBroken
from dialogues.extensions import db
from dialogues.followup import extensions
from dialogues.followup.forms import GrantForm, RefuseForm
from dialogues.followup.models import Commitment, ExtensionRequest
from dialogues.followup.office import bp, this_day
from dialogues.places.service import row_or_404
from dialogues.web import refused, render, saved


@bp.get("/extensions")
@requires(Permission.READ_COMMITMENTS)
def extension_list() -> Response:
    """Later days that wait for a word, and the last that were decided."""
    today = this_day()
    return render("followup/extensions.html", requests=extensions.requests_of(me(), today), today=today)


@bp.route("/extensions/<id:extension_id>", methods=["GET", "POST"])
@requires(Permission.READ_COMMITMENTS)
def extension(extension_id: int) -> Response:
    """One request: what was promised, which day is asked for and why, and the two answers."""
    r = ExtensionRequest
    found = row_or_404(
        r, me().commune_id, extension_id, joinedload(r.commitment).joinedload(Commitment.responsible),
        joinedload(r.asked_by), joinedload(r.decided_by),
    )  # fmt: skip
    is_grant = request.form.get("answer") != "refuse"
    grant, refuse = GrantForm(), RefuseForm()
    form = grant if is_grant else refuse
    status = 200
    fault = extensions.decide_fault(me(), found)
    if request.method == "POST" and fault:
        return refused(url_for(".extension", extension_id=found.id), fault)
    if request.method == "POST":
        status = 422
        if form.validate_on_submit():
            write = extensions.grant if is_grant else extensions.refuse
            try:
                write(request=found, note=form.note.data or "", actor=me())
            except RuleBroken as broken:
                form.refuse(broken.field, broken.message)
            else:
                db.session.commit()
                said = _("The later day counts from now on.") if is_grant else _("The day stays as it was.")
                return saved(url_for(".extension_list"), said)
    return render(
        "followup/extension.html",
        one=found,
        grant=grant if is_grant else GrantForm(formdata=None),
        refuse=refuse if not is_grant else RefuseForm(formdata=None),
        typed=form if status == 422 else None,
        fault=fault,
        today=this_day(),
        status=status,
    )
