"""The letter of apology: prepared, read, changed, sent with a second click; and a page to print."""

from flask import Response, request, url_for
from flask_babel import gettext as _

from dialogues.access import Permission, me, requires
from dialogues.askers import apologies
from dialogues.askers.forms import ApologyForm
from dialogues.askers.office import bp
from dialogues.errors import RuleBroken
from dialogues.extensions import db
from dialogues.followup.models import Commitment
from dialogues.followup.story import with_story
from dialogues.places.service import row_or_404
from dialogues.web import refused, render, saved


def _commitment(commitment_id: int) -> Commitment:
    return row_or_404(Commitment, me().commune_id, commitment_id, *with_story())


@bp.route("/apology/<id:commitment_id>", methods=["GET", "POST"])
@requires(Permission.SERVE_ASKERS)
def apology(commitment_id: int) -> Response:
    """First press: the words once more with the number of people. Second press: sent."""
    commitment, form = _commitment(commitment_id), ApologyForm()
    back = url_for("followup_office.commitment", commitment_id=commitment_id)
    wrong = apologies.fault(commitment)
    if wrong:
        return refused(back, wrong)
    letter = apologies.prepared(commitment)
    step, status = "write", 200
    if request.method != "POST":
        form.text.data = letter.text
    elif not form.validate_on_submit():
        status = 422
    elif request.form.get("send") != "now":
        step = "send"
    else:
        try:
            number = apologies.send(commitment=commitment, text=form.text.data, actor=me())
        except RuleBroken as broken:
            form.refuse(broken.field, broken.message)
            status = 422
        else:
            db.session.commit()
            return saved(back, _("The apology is on its way to %(number)s people.", number=number))
    return render("askers/apology.html", c=commitment, form=form, letter=letter, step=step, back=back, status=status)


@bp.get("/apology/<id:commitment_id>/print")
@requires(Permission.SERVE_ASKERS)
def apology_print(commitment_id: int) -> Response:
    """The letter without names, large, for the notice board or to read out."""
    commitment = _commitment(commitment_id)
    back = url_for("followup_office.commitment", commitment_id=commitment_id)
    wrong = apologies.fault(commitment)
    if wrong:
        return refused(back, wrong)
    lines = apologies.prepared(commitment).text.split("\n")
    return render("askers/apology_print.html", c=commitment, lines=lines, back=back)
