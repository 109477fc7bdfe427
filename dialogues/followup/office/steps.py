"""The steps of a promise: added on its page, changed on a page of their own."""

from collections.abc import Callable
from datetime import date

from flask import Response, abort, request, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from dialogues.access import Permission, me, requires
from dialogues.errors import RuleBroken
from dialogues.extensions import db
from dialogues.followup import steps
from dialogues.followup.due import day_off_note
from dialogues.followup.models import Commitment, CommitmentStep
from dialogues.followup.office import bp, commitment_or_404
from dialogues.followup.promise_forms import StepDoneForm, StepDropForm, StepForm, StepMoveForm
from dialogues.web import render, saved, see_other


def _back(commitment_id: int) -> str:
    return url_for("followup_office.commitment", commitment_id=commitment_id, _anchor="steps")


@bp.route("/commitments/<id:commitment_id>/steps/new", methods=["GET", "POST"])
@requires(Permission.WORK)
def new_step(commitment_id: int) -> Response:
    found, form = commitment_or_404(commitment_id), StepForm()
    if form.validate_on_submit():
        try:
            steps.add_step(commitment=found, text=form.text.data or "", due_on=form.due_on.data, actor=me())
        except RuleBroken as broken:
            form.refuse(broken.field, broken.message)
        else:
            db.session.commit()
            return saved(_back(commitment_id), _dated(_("The step is added. Residents read it now."), form.due_on.data))
    return render("followup/new_step.html", c=found, form=form, status=422 if request.method == "POST" else 200)


def _dated(sentence: str, due_on: date | None) -> str:
    """With a note when the day is a day off."""
    return f"{sentence} {day_off_note(me().commune, due_on)}".strip()


def _step_or_404(commitment: Commitment, step_id: int) -> CommitmentStep:
    return next((step for step in commitment.steps if step.id == step_id), None) or abort(404)


def _step_page(
    commitment: Commitment, step: CommitmentStep, typed: FlaskForm | None = None, status: int = 200
) -> Response:
    """The forms of one step; `typed` stands in for its class."""
    forms = {}
    for name, kind in (("done", StepDoneForm), ("move", StepMoveForm), ("drop", StepDropForm)):
        forms[name] = typed if isinstance(typed, kind) else kind(formdata=None)
    if typed is None:
        forms["move"].due_on.data = step.due_on
    opened = next((name for name, form in forms.items() if form is typed), "done")
    return render("followup/step.html", c=commitment, step=step, forms=forms, opened=opened, typed=typed, status=status)


@bp.get("/commitments/<id:commitment_id>/steps/<id:step_id>")
@requires(Permission.WORK)
def step(commitment_id: int, step_id: int) -> Response:
    commitment = commitment_or_404(commitment_id)
    found = _step_or_404(commitment, step_id)
    return _step_page(commitment, found) if steps.is_open(found) else see_other(_back(commitment_id))


def _act(
    commitment_id: int, step_id: int, form: FlaskForm, write: Callable[[Commitment, CommitmentStep], None], said: str
) -> Response:
    commitment = commitment_or_404(commitment_id)
    found = _step_or_404(commitment, step_id)
    if request.method != "POST":  # after an error this address stands in the browser
        return see_other(url_for("followup_office.step", commitment_id=commitment_id, step_id=step_id))
    if form.validate_on_submit():
        try:
            write(commitment, found)
        except RuleBroken as broken:
            form.refuse(broken.field, broken.message)
        else:
            db.session.commit()
            return saved(_back(commitment_id), said)
    return _step_page(commitment, found, form, 422)


@bp.route("/commitments/<id:commitment_id>/steps/<id:step_id>/done", methods=["GET", "POST"])
@requires(Permission.WORK)
def finish_step(commitment_id: int, step_id: int) -> Response:
    form = StepDoneForm()
    return _act(
        commitment_id,
        step_id,
        form,
        lambda c, one: steps.finish_step(step=one, commitment=c, text=form.text.data or "", actor=me()),
        _("The step is done. Residents read it now."),
    )


@bp.route("/commitments/<id:commitment_id>/steps/<id:step_id>/move", methods=["GET", "POST"])
@requires(Permission.WORK)
def move_step(commitment_id: int, step_id: int) -> Response:
    form = StepMoveForm()
    return _act(
        commitment_id,
        step_id,
        form,
        lambda c, one: steps.move_step(
            step=one, commitment=c, due_on=form.due_on.data, reason=form.reason.data or "", actor=me()
        ),
        _dated(_("The step has a new day. The story says which it was before."), form.due_on.data),
    )


@bp.route("/commitments/<id:commitment_id>/steps/<id:step_id>/drop", methods=["GET", "POST"])
@requires(Permission.WORK)
def drop_step(commitment_id: int, step_id: int) -> Response:
    form = StepDropForm()
    return _act(
        commitment_id,
        step_id,
        form,
        lambda c, one: steps.drop_step(step=one, commitment=c, reason=form.reason.data or "", actor=me()),
        _("The step is dropped. It stays in the story."),
    )
