"""The letter of apology: prepared, read, changed, sent with a second click; and pages to print."""

from flask import Response, request, url_for
from flask_babel import gettext as _

from dialogues import clock, codes, qr
from dialogues.access import Permission, me, requires
from dialogues.askers import apologies, links
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
    wrong = apologies.fault(commitment)
    if wrong:
        return refused(_back(commitment_id), wrong)
    if request.method != "POST":
        form.text.data = apologies.prepared(commitment).text
        return _page(commitment, form)
    if not form.validate_on_submit():
        return _page(commitment, form, status=422)
    if request.form.get("send") != "now":
        return _page(commitment, form, step="send")
    try:
        number = apologies.send(commitment=commitment, text=form.text.data, people=form.people_read, actor=me())
    except RuleBroken as broken:
        if apologies.prepared(commitment).sent_at:
            return refused(url_for(".apology", commitment_id=commitment_id), broken.message)
        form.refuse(broken.field, broken.message)
        return _page(commitment, form, step="send", status=422)
    db.session.commit()
    return saved(_back(commitment_id), _("The apology is on its way to %(number)s people.", number=number))


def _back(commitment_id: int) -> str:
    return url_for("followup_office.commitment", commitment_id=commitment_id)


def _page(commitment: Commitment, form: ApologyForm, step: str = "write", status: int = 200) -> Response:
    letter = apologies.prepared(commitment)
    step = "write" if letter.sent_at else step
    form.people.data = str(letter.people)
    back = _back(commitment.id)
    return render("askers/apology.html", c=commitment, form=form, letter=letter, step=step, back=back, status=status)


@bp.route("/apology/<id:commitment_id>/print", methods=["GET", "POST"])
@requires(Permission.SERVE_ASKERS)
def apology_print(commitment_id: int) -> Response:
    """In large letters: one without names, for the board or to read out, and one for each asker whom no message
    reaches. Sent here by the form: with the words that stand in it; nothing is written."""
    commitment, form = _commitment(commitment_id), ApologyForm()
    wrong = apologies.fault(commitment)
    if wrong:
        return refused(_back(commitment_id), wrong)
    if request.method == "POST" and not form.validate_on_submit():
        return _page(commitment, form, status=422)
    letter = apologies.prepared(commitment)
    text = form.text.data if request.method == "POST" else letter.text
    pages = [f"{links.base()}/q/{sheet.code}" for sheet in letter.sheets]
    sheets = [
        (sheet, codes.grouped(sheet.code), url, qr.picture(url))
        for sheet, url in zip(letter.sheets, pages, strict=True)
    ]
    lines = [line for line in text.splitlines() if line.strip()]
    today = clock.today(me().commune.time_zone)
    return render("askers/apology_print.html", c=commitment, lines=lines, sheets=sheets, today=today)
