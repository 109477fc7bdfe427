"""Commitments: made from an answer, listed, and what happens to one; and "my work"."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from dialogues.access import Permission, me, requires
from dialogues.errors import EditConflict, RuleBroken
from dialogues.extensions import db
from dialogues.followup import answers, done, evidence, extensions, office_list, service, work
from dialogues.followup import commitments as promises
from dialogues.followup.commitments import staff_choices
from dialogues.followup.due import day_off_note, how_counted
from dialogues.followup.evidence_forms import DoneForm, EvidenceForm, Files
from dialogues.followup.extension_forms import AskExtensionForm, ExtendForm
from dialogues.followup.extension_list import count_waiting
from dialogues.followup.forms import ProgressForm, ReopenForm
from dialogues.followup.models import Commitment
from dialogues.followup.office import bp, commitment_or_404, this_day
from dialogues.followup.plan_panel import plan_panel
from dialogues.followup.promise_forms import OPEN_MATTERS, PROMISES, OfficeFilter
from dialogues.followup.rules import UNFINISHED, CommitmentKind, CommitmentStage, CommitmentState, Outcome
from dialogues.followup.story import doubt_of, story
from dialogues.language import short_day
from dialogues.places.rules import Field
from dialogues.places.service import units
from dialogues.reminders import history as reminders
from dialogues.staff import trail
from dialogues.web import page_url, query_member, query_number, query_text, render, saved, see_other


@bp.get("/commitments")
@requires(Permission.READ_COMMITMENTS)
def commitments() -> Response:
    """All of the commune, overdue first."""
    commune_id, today = me().commune_id, this_day()
    base = service.all_commitments(commune_id)
    dialogues = office_list.dialogues_of(commune_id)
    form = _filter(commune_id, today, dialogues)
    wanted = office_list.Wanted(
        stage=query_member("state", CommitmentStage),
        kind=query_member("kind", CommitmentKind),
        outcome=query_member("kind", Outcome),
        field=query_member("field", Field),
        dialogue_id={code: id_ for id_, code, *_rest in dialogues}.get(query_text("dialogue")),
        responsible_id=query_number("responsible", 0) or None,
        unit_id=query_number("unit", 0) or None,
        year=query_number("year", 0, 9999) or None,
        is_open_matter=query_text("kind") == OPEN_MATTERS,
        is_promise=query_text("kind") == PROMISES,
    )
    page, rows = office_list.office_page(commune_id, today, wanted, query_number("page"))
    return render(
        "followup/commitments.html",
        form=form,
        rows=rows,
        page=page,
        page_url=page_url("followup_office.commitments", *FILTERS),
        counts=service.commitment_counts(base, today),
        matters=office_list.count_matters(commune_id),
        today=today,
    )


FILTERS = ("kind", "state", "responsible", "unit", "dialogue", "field", "year")


def _filter(commune_id: int, today: date, dialogues: list[tuple[int, str, str, datetime]]) -> OfficeFilter:
    form = OfficeFilter(request.args)
    form.dialogue.choices = [("", _("All dialogues")), *((code, title) for _id, code, title, _at in dialogues)]
    form.responsible.choices = staff_choices(commune_id, _("Everybody"))
    form.unit.choices = [(None, _("All departments")), *((unit.id, unit.name) for unit in units(commune_id, True))]
    years = [str(year) for year in office_list.years_of([at for *_rest, at in dialogues], today)]
    form.year.choices = [("", _("All years")), *((year, year) for year in years)]
    return form


def _commitment_page(
    commitment: Commitment, *, typed: FlaskForm | None = None, is_conflict: bool = False, status: int = 200
) -> Response:
    """Facts, story, and the forms that this person may send now; `typed` stands in for its class."""
    staff = me()
    forms: dict[str, Any] = {}
    unfinished = commitment.state in UNFINISHED
    reported = commitment.state is CommitmentState.REPORTED_DONE
    withdrawn = commitment.state is CommitmentState.WITHDRAWN
    waiting = extensions.waiting_request(commitment) if unfinished else None
    can_ask = unfinished and waiting is None and extensions.may_ask(staff, commitment)
    for name, kind, is_open in (
        ("progress", ProgressForm, unfinished and promises.may_report(staff, commitment)),
        ("done", DoneForm, unfinished and promises.may_report(staff, commitment)),
        ("ask", AskExtensionForm, can_ask and not extensions.may_decide(staff, commitment)),
        ("extend", ExtendForm, unfinished and extensions.may_decide(staff, commitment)),
        ("reopen", ReopenForm, reported and promises.may_report(staff, commitment)),
        ("evidence", EvidenceForm, not withdrawn and promises.may_report(staff, commitment)),
    ):
        if isinstance(typed, kind):
            forms[name] = typed
        elif is_open:
            forms[name] = kind(formdata=None)
        if name == "extend" and is_open and not isinstance(typed, kind):
            forms[name].offer(extensions.decider_choices(staff, commitment))
        if name == "done" and is_open and not isinstance(typed, kind):
            forms[name].offer(of_the_work(commitment))
        if name in forms and "version" in forms[name]:
            forms[name].version.data = str(commitment.version)
        if isinstance(forms.get(name), Files):
            forms[name].suggest(commitment.shown)
    return render(
        "followup/commitment.html",
        c=commitment,
        stage=service.stage_of(commitment, this_day()),
        doubt=doubt_of(commitment),
        entries=[
            *story(commitment),
            *trail.history(commitment.commune_id, "commitment", commitment.id, only="commitment_made"),
        ],
        plan=plan_panel(commitment, staff),
        how=how_counted(commitment, staff.commune),
        forms=forms,
        opened=next((name for name, form in forms.items() if form is typed), ""),
        is_conflict=is_conflict,
        is_public=service.is_public(commitment),
        waiting_request=waiting,
        reminded=reminders.of_commitment(commitment, this_day()),
        may_answer=answers.may_answer(staff, commitment.answer.question),
        status=status,
    )


def of_the_work(commitment: Commitment) -> list[tuple[int, str]]:
    """The photos of the work that may be ticked when it is reported done."""
    return [(one.id, f"{one.alt} ({short_day(one.added_at)})") for one in evidence.countable(commitment)]


@bp.get("/commitments/<id:commitment_id>")
@requires(Permission.READ_COMMITMENTS)
def commitment(commitment_id: int) -> Response:
    return _commitment_page(commitment_or_404(commitment_id))


def act(commitment: Commitment, form: FlaskForm, write: Callable[[], object], sentence: Callable[[], str]) -> Response:
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
            return _commitment_page(commitment_or_404(commitment_id), typed=form, is_conflict=True, status=409)
        else:
            said = sentence()
            db.session.commit()
            return saved(url_for("followup_office.commitment", commitment_id=commitment_id), said)
    return _commitment_page(commitment, typed=form, status=422)


@bp.route("/commitments/<id:commitment_id>/progress", methods=["GET", "POST"])
@requires(Permission.WORK)
def add_progress(commitment_id: int) -> Response:
    found, form = commitment_or_404(commitment_id), ProgressForm()
    return act(
        found,
        form,
        lambda: promises.add_progress(commitment=found, text=form.text.data, actor=me()),
        lambda: _("The progress is recorded. Residents read it now."),
    )


def _extended(sentence: str, due_on: date) -> str:
    return f"{sentence} {day_off_note(me().commune, due_on)}".strip()


@bp.route("/commitments/<id:commitment_id>/extend", methods=["GET", "POST"])
@requires(Permission.WORK)
def extend(commitment_id: int) -> Response:
    found = commitment_or_404(commitment_id)
    form = ExtendForm().offer(extensions.decider_choices(me(), found))
    return act(
        found,
        form,
        lambda: extensions.extend(
            commitment=found,
            version=form.version.number,
            new_due_on=form.new_due_on.data,
            reason=form.reason.data,
            actor=me(),
            decided_by_id=form.decider_id,
        ),
        lambda: _extended(_("Extended. The first day stays visible, with the reason."), found.due_on),
    )


@bp.route("/commitments/<id:commitment_id>/ask-extension", methods=["GET", "POST"])
@requires(Permission.WORK)
def ask_extension(commitment_id: int) -> Response:
    found, form = commitment_or_404(commitment_id), AskExtensionForm()
    return act(
        found,
        form,
        lambda: extensions.ask(commitment=found, new_due_on=form.new_due_on.data, reason=form.reason.data, actor=me()),
        lambda: _extended(_("Asked for. Until it is decided, the old day counts."), extensions.day_asked_for(found)),
    )


@bp.route("/commitments/<id:commitment_id>/reopen", methods=["GET", "POST"])
@requires(Permission.WORK)
def reopen(commitment_id: int) -> Response:
    found, form = commitment_or_404(commitment_id), ReopenForm()
    return act(
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
    found = work.work_of(me(), today)
    reminded = reminders.last_told([c.id for c in found.commitments])
    return render(
        "followup/my_work.html",
        work=found,
        today=today,
        shown=most,
        most=work.MOST,
        reminded=reminded,
        later_days=count_waiting(me(), today),
    )
