"""Handing everything over to a successor."""

from flask import Response, request, url_for
from flask_babel import gettext as _

from dialogues.access import Permission, allowed, me, requires
from dialogues.errors import RuleBroken
from dialogues.extensions import db
from dialogues.followup import handing_over, service
from dialogues.followup.extension_forms import HandOverForm
from dialogues.followup.models import Commitment
from dialogues.followup.office import bp, this_day
from dialogues.places.service import row_or_404
from dialogues.staff.models import Staff
from dialogues.staff.standins import others
from dialogues.web import render, saved

SHOWN = 20


@bp.route("/accounts/<id:staff_id>/hand-over", methods=["GET", "POST"])
@requires(Permission.HAND_OVER)
def hand_over(staff_id: int) -> Response:
    """What this person holds, and who takes it: one button."""
    person = row_or_404(Staff, me().commune_id, staff_id)
    form = HandOverForm()
    form.successor_id.choices = [(None, _("Choose a person")), *others(person, person.commune_id)]
    if request.method != "POST":
        form.successor_id.data = person.deputy_id
    elif form.validate_on_submit():
        successor = db.session.get(Staff, form.successor_id.data) if form.successor_id.data else None
        try:
            load = handing_over.hand_over(person=person, successor=successor, actor=me())
        except RuleBroken as broken:
            form.refuse(broken.field, broken.message)
        else:
            name = successor.name if successor else ""
            db.session.commit()
            said = _("Handed over to %(name)s: %(promises)s promises, %(questions)s questions.",
                     name=name, promises=load.promises, questions=load.questions)  # fmt: skip
            nothing = _("Nothing was open any more: it was handed over before.")
            return saved(url_for(".hand_over", staff_id=staff_id), said if load else nothing)
    mine = service.all_commitments(person.commune_id).where(
        Commitment.responsible_id == person.id, Commitment.state.in_(handing_over.OPEN)
    )
    today = this_day()
    return render(
        "followup/hand_over.html",
        person=person,
        form=form,
        load=handing_over.load_of(person),
        rows=service.commitment_rows(service.most_urgent_first(mine, today).limit(SHOWN), today),
        may_close=allowed(me(), Permission.MANAGE_STAFF) and person.is_active and person.id != me().id,
        today=today,
        status=422 if request.method == "POST" else 200,
    )
