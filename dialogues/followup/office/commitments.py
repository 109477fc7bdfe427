"""Commitments: made from an answer, listed, and what happens to one; and "my work"."""

from collections.abc import Callable
from datetime import date

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from dialogues.access import Permission, me, requires
from dialogues.errors import EditConflict, RuleBroken
from dialogues.extensions import db
from dialogues.followup import answers, done, service, work
from dialogues.followup import commitments as promises
from dialogues.followup.commitments import staff_choices
from dialogues.followup.evidence_forms import DoneForm, EvidenceForm, Files
from dialogues.followup.forms import (
    CommitmentFilter,
    CommitmentForm,
    ExtendForm,
    ProgressForm,
    ReopenForm,
)
from dialogues.followup.models import Commitment
from dialogues.followup.office import bp, this_day
from dialogues.followup.office.answers import answer_url, question_to_answer
from dialogues.followup.rules import UNFINISHED, CommitmentStage, CommitmentState, is_weekend
from dialogues.followup.story import story, with_story
from dialogues.paging import paged
from dialogues.places.rules import Field
from dialogues.places.service import row_or_404
from dialogues.staff import trail
from dialogues.staff.models import Staff
from dialogues.web import page_url, query_member, query_number, query_text, refused, render, saved, see_other


@bp.route("/questions/<id:question_id>/commitments/new", methods=["GET", "POST"])
@requires(Permission.MAKE_COMMITMENTS)
def new_commitment(question_id: int) -> Response:
    question = question_to_answer(question_id)
    present = answers.answer_of(question)
    if present is None:
        return refused(answer_url(question), _("Write the answer first: a commitment is made in an answer."))
    form = CommitmentForm()
    form.responsible_id.choices = staff_choices(question.commune_id, _("Choose a person"))
    if request.method != "POST":
        form.responsible_id.data = present.answered_by_id
    elif form.validate_on_submit():
        try:
            made = promises.make_commitment(
                question=question,
                answer=present,
                responsible=_person(form.responsible_id.data),
                result=form.result.data,
                due_on=form.due_on.data,
                actor=me(),
            )
        except RuleBroken as broken:
            form.refuse(broken.field, broken.message)
        else:
            due_on = made.due_on
            db.session.commit()
            url = url_for("followup_office.new_commitment", question_id=question.id)
            url = url if request.form.get("then") == "another" else answer_url(question)
            return saved(url, _with_weekend(_("The commitment is made."), due_on))
    status = 422 if request.method == "POST" else 200
    panel = answers.answer_panel(question, me())
    return render("followup/new_commitment.html", question=question, panel=panel, form=form, status=status)


def _person(staff_id: int | None) -> Staff | None:
    person = db.session.get(Staff, staff_id) if staff_id else None
    return person if person and person.commune_id == me().commune_id else None


def _with_weekend(sentence: str, due_on: date) -> str:
    """A promise for a Saturday or Sunday is allowed, and mostly a slip."""
    if not is_weekend(due_on):
        return sentence
    return f"{sentence} " + _("Please note: the due day is a Saturday or Sunday.")


@bp.get("/commitments")
@requires(Permission.READ_COMMITMENTS)
def commitments() -> Response:
    """All of the commune, overdue first."""
    commune_id, today = me().commune_id, this_day()
    base = service.all_commitments(commune_id)
    form = CommitmentFilter(request.args)
    dialogues = service.dialogues_with_commitments(base)
    form.dialogue.choices = [("", _("All dialogues")), *((code, title) for _id, code, title, _at in dialogues)]
    form.responsible.choices = staff_choices(commune_id, _("Everybody"))
    statement = service.narrowed(
        base,
        today,
        stage=query_member("state", CommitmentStage),
        field=query_member("field", Field),
        dialogue_id={code: id_ for id_, code, *_rest in dialogues}.get(query_text("dialogue")),
        responsible_id=query_number("responsible", 0) or None,
    )
    page = paged(statement, query_number("page"))
    return render(
        "followup/commitments.html",
        form=form,
        rows=service.commitment_rows(page.slice(service.most_urgent_first(statement, today)), today),
        page=page,
        page_url=page_url("followup_office.commitments", "state", "responsible", "dialogue", "field"),
        counts=service.commitment_counts(base, today),
        today=today,
    )


def _commitment_or_404(commitment_id: int) -> Commitment:
    return row_or_404(Commitment, me().commune_id, commitment_id, *with_story())


def _commitment_page(
    commitment: Commitment, *, typed: FlaskForm | None = None, is_conflict: bool = False, status: int = 200
) -> Response:
    """Facts, story, and the forms that this person may send now; `typed` stands in for its class."""
    staff, forms = me(), {}
    unfinished = commitment.state in UNFINISHED
    reported = commitment.state is CommitmentState.REPORTED_DONE
    withdrawn = commitment.state is CommitmentState.WITHDRAWN
    for name, kind, is_open in (
        ("progress", ProgressForm, unfinished and promises.may_report(staff, commitment)),
        ("done", DoneForm, unfinished and promises.may_report(staff, commitment)),
        ("extend", ExtendForm, unfinished and promises.may_extend(staff, commitment)),
        ("reopen", ReopenForm, reported and promises.may_report(staff, commitment)),
        ("evidence", EvidenceForm, not withdrawn and promises.may_report(staff, commitment)),
    ):
        if isinstance(typed, kind):
            forms[name] = typed
        elif is_open:
            forms[name] = kind(formdata=None)
        if name in forms and "version" in forms[name]:
            forms[name].version.data = str(commitment.version)
        if isinstance(forms.get(name), Files):
            forms[name].suggest(commitment.shown)
    return render(
        "followup/commitment.html",
        c=commitment,
        stage=service.stage_of(commitment, this_day()),
        entries=[
            *story(commitment),
            *trail.history(commitment.commune_id, "commitment", commitment.id, only="commitment_made"),
        ],
        forms=forms,
        opened=next((name for name, form in forms.items() if form is typed), ""),
        is_conflict=is_conflict,
        is_public=service.is_public(commitment),
        may_answer=answers.may_answer(staff, commitment.answer.question),
        status=status,
    )


@bp.get("/commitments/<id:commitment_id>")
@requires(Permission.READ_COMMITMENTS)
def commitment(commitment_id: int) -> Response:
    return _commitment_page(_commitment_or_404(commitment_id))


def _act(commitment: Commitment, form: FlaskForm, write: Callable[[], None], sentence: Callable[[], str]) -> Response:
    """One line more in the story; what was typed stays whatever happens."""
    commitment_id = commitment.id
    if request.method != "POST":  # after an error this address stands in the browser: lead back to the forms
        return see_other(url_for("followup_office.commitment", commitment_id=commitment_id))
    if form.validate_on_submit():
        try:
            write()
        except RuleBroken as broken:
            form.refuse(broken.field, broken.message)
        except EditConflict:
            db.session.rollback()
            return _commitment_page(_commitment_or_404(commitment_id), typed=form, is_conflict=True, status=409)
        else:
            said = sentence()
            db.session.commit()
            return saved(url_for("followup_office.commitment", commitment_id=commitment_id), said)
    return _commitment_page(commitment, typed=form, status=422)


@bp.route("/commitments/<id:commitment_id>/progress", methods=["GET", "POST"])
@requires(Permission.WORK)
def add_progress(commitment_id: int) -> Response:
    found, form = _commitment_or_404(commitment_id), ProgressForm()
    return _act(
        found,
        form,
        lambda: promises.add_progress(commitment=found, text=form.text.data, actor=me()),
        lambda: _("The progress is recorded. Residents read it now."),
    )


@bp.route("/commitments/<id:commitment_id>/extend", methods=["GET", "POST"])
@requires(Permission.WORK)
def extend(commitment_id: int) -> Response:
    found, form = _commitment_or_404(commitment_id), ExtendForm()
    return _act(
        found,
        form,
        lambda: promises.extend(
            commitment=found,
            version=form.version.number,
            new_due_on=form.new_due_on.data,
            reason=form.reason.data,
            actor=me(),
        ),
        lambda: _with_weekend(_("Extended. The first day stays visible, with the reason."), found.due_on),
    )


@bp.route("/commitments/<id:commitment_id>/reopen", methods=["GET", "POST"])
@requires(Permission.WORK)
def reopen(commitment_id: int) -> Response:
    found, form = _commitment_or_404(commitment_id), ReopenForm()
    return _act(
        found,
        form,
        lambda: done.take_back(commitment=found, version=form.version.number, reason=form.reason.data, actor=me()),
        lambda: _("Reopened: the commitment is in progress again."),
    )


@bp.get("/work")
@requires(Permission.WORK)
def my_work() -> Response:
    """What waits for this person: one look, on a phone too."""
    today = this_day()
    most = work.MOST if query_text("all") else work.FEW
    return render("followup/my_work.html", work=work.work_of(me(), today), today=today, shown=most, most=work.MOST)
