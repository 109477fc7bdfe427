"""Asking for a later day, and deciding on it."""

from flask import Response, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload

from dialogues.access import Permission, me, requires
from dialogues.errors import RuleBroken
from dialogues.extensions import db
from dialogues.followup import extension_list as lists
from dialogues.followup import extensions
from dialogues.followup.due import day_off_note
from dialogues.followup.extension_forms import GrantForm, RefuseForm
from dialogues.followup.forms import MOST_ENTRY
from dialogues.followup.models import Commitment, ExtensionRequest
from dialogues.followup.office import bp, this_day
from dialogues.places.service import row_or_404
from dialogues.text import clean_text
from dialogues.web import refused, render, saved


@bp.get("/extensions")
@requires(Permission.READ_COMMITMENTS)
def extension_list() -> Response:
    """Later days that wait for a word, and the last that were decided."""
    today = this_day()
    return render("followup/extensions.html", requests=lists.requests_of(me(), today), today=today)


def _request_or_404(extension_id: int) -> ExtensionRequest:
    r = ExtensionRequest
    with_people = (joinedload(r.commitment).joinedload(Commitment.responsible), joinedload(r.asked_by))
    return row_or_404(r, me().commune_id, extension_id, *with_people, joinedload(r.decided_by))


def _page(
    found: ExtensionRequest, typed: GrantForm | RefuseForm | None = None, status: int = 200, wrote: str = ""
) -> Response:
    """What was promised, which day is asked for and why, and the two answers; `typed` stands in for its class.
    `wrote`: the words of who cannot decide any more."""
    choices = extensions.decider_choices(me(), found.commitment)
    return render(
        "followup/extension.html",
        one=found,
        grant=typed if isinstance(typed, GrantForm) else GrantForm(formdata=None).offer(choices),
        refuse=typed if isinstance(typed, RefuseForm) else RefuseForm(formdata=None).offer(choices),
        typed=typed,
        wrote=wrote,
        fault=extensions.decide_fault(me(), found),
        day_off=day_off_note(me().commune, found.new_due_on),
        today=this_day(),
        status=status,
    )


@bp.route("/extensions/<id:extension_id>", methods=["GET", "POST"])
@requires(Permission.READ_COMMITMENTS)
def extension(extension_id: int) -> Response:
    """One request, and the word on it. Who comes second reads what was decided."""
    found = _request_or_404(extension_id)
    if request.method != "POST":
        return _page(found)
    fault = extensions.decide_fault(me(), found)
    if fault:
        wrote = clean_text(request.form.get("note", ""))[:MOST_ENTRY]
        return _page(found, status=422, wrote=wrote) if wrote else refused(request.path, fault)
    is_grant = request.form.get("answer") != "refuse"
    kind, write = (GrantForm, extensions.grant) if is_grant else (RefuseForm, extensions.refuse)
    form = kind().offer(extensions.decider_choices(me(), found.commitment))
    if form.validate_on_submit():
        try:
            write(request=found, note=form.note.data or "", actor=me(), decided_by_id=form.decider_id)
        except RuleBroken as broken:
            form.refuse(broken.field, broken.message)
        else:
            said = _("The later day counts from now on.") if is_grant else _("The day stays as it was.")
            db.session.commit()
            return saved(url_for(".extension_list"), said)
    return _page(found, form, 422)
