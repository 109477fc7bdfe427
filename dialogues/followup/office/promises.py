"""A promise itself: making it from an answer, changing its plan, withdrawing it."""

from typing import TypeVar

from flask import Response, request, url_for
from flask_babel import gettext as _

from dialogues import formatting
from dialogues.access import Permission, allowed, me, requires
from dialogues.errors import EditConflict, RuleBroken
from dialogues.extensions import db
from dialogues.followup import answers, plans, promising, weak
from dialogues.followup.commitments import staff_choices
from dialogues.followup.due import how_counted
from dialogues.followup.models import Answer, Commitment
from dialogues.followup.office import bp, commitment_or_404
from dialogues.followup.office.answers import answer_url, question_to_answer
from dialogues.followup.origin import origin_of
from dialogues.followup.plans import Plan
from dialogues.followup.promise_forms import CommitmentForm, PlanFields, PlanForm, WithdrawForm
from dialogues.followup.promising import Promise
from dialogues.followup.rules import CommitmentKind, DayCount
from dialogues.forms import differences
from dialogues.language import current_language
from dialogues.places.service import units
from dialogues.questions.models import Question
from dialogues.staff.models import Staff
from dialogues.web import refused, render, saved, wants_fragment

Kind = TypeVar("Kind", CommitmentKind, DayCount)


def _looks() -> bool:
    """Whether only a look at the words and the day is asked for: while typing, and with a button of its own."""
    return request.form.get("then") == "look"


# -- making -----------------------------------------------------------------------------------------------------------


@bp.route("/questions/<id:question_id>/commitments/new", methods=["GET", "POST"])
@requires(Permission.MAKE_COMMITMENTS)
def new_commitment(question_id: int) -> Response:
    question = question_to_answer(question_id)
    present = answers.answer_of(question)
    if present is None:
        return refused(answer_url(question), _("Write the answer first: a commitment is made in an answer."))
    form = _commitment_form(question, present)
    if request.method != "POST":
        return _form_page(question, present, form)
    if _looks():
        return _form_page(question, present, form, fragment="followup/_promise_hints.html")
    if form.validate_on_submit() and _words_are_seen(form):
        try:
            made = promising.make_commitment(question=question, answer=present, promise=_typed(form), actor=me())
        except RuleBroken as broken:
            form.refuse(broken.field, broken.message)
        else:
            said = _made(made)
            db.session.commit()
            url = url_for("followup_office.new_commitment", question_id=question_id)
            return saved(url if request.form.get("then") == "another" else answer_url(question), said)
    return _form_page(question, present, form, status=422)


def _commitment_form(question: Question, present: Answer) -> CommitmentForm:
    form = CommitmentForm()
    form.responsible_id.choices = staff_choices(question.commune_id, _("Choose a person"))
    form.unit_ids.choices = _unit_choices(question.commune_id)
    _hide_money(form)
    if request.method != "POST":
        form.responsible_id.data = present.answered_by_id
    return form


def _unit_choices(commune_id: int, kept: tuple[int, ...] = ()) -> list[tuple[int, str]]:
    found = units(commune_id, with_closed=bool(kept))
    return [(unit.id, unit.name) for unit in found if unit.is_active or unit.id in kept]


def _hide_money(form: PlanFields) -> None:
    """The note on money is the office's alone."""
    if not allowed(me(), Permission.PUBLISH_ANSWERS):
        del form.budget_note


def _form_page(
    question: Question, present: Answer, form: CommitmentForm, *, fragment: str | None = None, status: int = 200
) -> Response:
    hints = promising.hints_for(me().commune, present.answered_on, _typed(form)) if form.is_submitted() else None
    if hints:
        form.seen.data = weak.told(hints.weak)
    return render(
        "followup/new_commitment.html",
        fragment=fragment,
        question=question,
        panel=answers.answer_panel(question, me()),
        origin=origin_of(question),
        form=form,
        hints=hints,
        is_look=bool(fragment) and wants_fragment(),
        url=url_for("followup_office.new_commitment", question_id=question.id),
        status=status,
    )


def _typed(form: CommitmentForm) -> Promise:
    return Promise(
        responsible=_person(form.responsible_id.data),
        result=form.result.data or "",
        due_on=form.due_on.data,
        counts=_member(DayCount, form.due_counts.data, DayCount.DAY),
        due_days=form.due_days.data,
        kind=_member(CommitmentKind, form.kind.data, CommitmentKind.DO),
        escalated_to=form.escalated_to.data or "",
        public_text=form.public_text.data or "",
        place=form.place.data or "",
        budget_note=(form.budget_note.data or "") if "budget_note" in form else "",
        unit_ids=tuple(form.unit_ids.data or ()),
        keeps_day=form.keeps_day.data,
        despite_leave=form.despite_leave.data,
    )


def _member(kind: type[Kind], raw: str | None, default: Kind) -> Kind:
    return next((member for member in kind if member.value == raw), default)


def _person(staff_id: int | None) -> Staff | None:
    person = db.session.get(Staff, staff_id) if staff_id and staff_id > 0 else None
    return person if person and person.commune_id == me().commune_id else None


def _words_are_seen(form: PlanFields) -> bool:
    """Weak words are pointed out once; the same words sent again are the person's will."""
    found = weak.weak_words(form.result.data or "", form.public_text.data or "")
    if not weak.unseen(found, form.seen.data or ""):
        return True
    form.seen.data = weak.told(found)
    form.refuse("result", weak_sentence(found))
    return False


def weak_sentence(found: tuple[str, ...]) -> str:
    return _(
        "“%(words)s”: what will be seen when it is done? Write that, or send it once more to keep your words.",
        words=weak.told(found),
    )


def _made(commitment: Commitment) -> str:
    """What was made, with the day and how it was worked out."""
    day = formatting.short_date(commitment.due_on, current_language())
    how, note = how_counted(commitment, me().commune), promising.account_note(commitment.responsible)
    return " ".join(part for part in (_("The commitment is made, due on %(day)s.", day=day), how, note) if part)


# -- the plan ---------------------------------------------------------------------------------------------------------


@bp.route("/commitments/<id:commitment_id>/plan", methods=["GET", "POST"])
@requires(Permission.WORK)
def change_plan(commitment_id: int) -> Response:
    found = commitment_or_404(commitment_id)
    url = url_for("followup_office.commitment", commitment_id=commitment_id)
    if request.method != "POST":
        try:
            plans.check_planner(me(), found)
        except RuleBroken as broken:
            return refused(url, broken.message)
        return _plan_page(found, _plan_form(found, typed=False))
    form = _plan_form(found, typed=True)
    if form.validate_on_submit() and _words_are_seen(form):
        try:
            plan, reason = _plan(form), form.reason.data or ""
            changed = plans.change_plan(
                commitment=found, version=form.version.number, plan=plan, reason=reason, actor=me()
            )
        except RuleBroken as broken:
            form.refuse(broken.field, broken.message)
        except EditConflict:
            db.session.rollback()
            return _plan_page(commitment_or_404(commitment_id), form, is_conflict=True, status=409)
        else:
            db.session.commit()
            return saved(url, _("The plan is changed. The story says what it was before.") if changed else "")
    return _plan_page(found, form, status=422)


def _plan_form(commitment: Commitment, *, typed: bool) -> PlanForm:
    unit_ids = tuple(one.unit_id for one in commitment.supports)
    form = PlanForm() if typed else PlanForm(formdata=None, obj=commitment, data={"unit_ids": list(unit_ids)})
    form.unit_ids.choices = _unit_choices(commitment.commune_id, unit_ids)
    if not typed:
        form.unit_ids.data = list(unit_ids)
        form.kind.data = commitment.kind.value
        form.seen.data = weak.told(weak.weak_words(commitment.result, commitment.public_text))
        form.version.data = str(commitment.version)
    _hide_money(form)
    return form


def _plan(form: PlanForm) -> Plan:
    return Plan(
        kind=_member(CommitmentKind, form.kind.data, CommitmentKind.DO),
        result=form.result.data or "",
        public_text=form.public_text.data or "",
        place=form.place.data or "",
        escalated_to=form.escalated_to.data or "",
        unit_ids=tuple(form.unit_ids.data or ()),
        budget_note=(form.budget_note.data or "") if "budget_note" in form else None,
    )


def _plan_page(commitment: Commitment, form: PlanForm, *, is_conflict: bool = False, status: int = 200) -> Response:
    saved_now = None
    if is_conflict:
        saved_now = differences(form, _plan_form(commitment, typed=False))
        form.version.data = str(commitment.version)
    return render("followup/plan.html", c=commitment, form=form, saved=saved_now, status=status)


# -- withdrawing ------------------------------------------------------------------------------------------------------


@bp.route("/commitments/<id:commitment_id>/withdraw", methods=["GET", "POST"])
@requires(Permission.WITHDRAW_COMMITMENTS)
def withdraw(commitment_id: int) -> Response:
    found, form = commitment_or_404(commitment_id), WithdrawForm()
    url = url_for("followup_office.commitment", commitment_id=commitment_id)
    fault = plans.withdraw_fault(me(), found)
    if request.method != "POST":
        if fault:
            return refused(url, fault)
        form.version.data = str(found.version)
        return render("followup/withdraw.html", c=found, form=form, is_conflict=False)
    if form.validate_on_submit():
        try:
            plans.withdraw(commitment=found, version=form.version.number, reason=form.reason.data or "", actor=me())
        except RuleBroken as broken:
            form.refuse(broken.field, broken.message)
        except EditConflict:
            db.session.rollback()
            found = commitment_or_404(commitment_id)
            form.version.data = str(found.version)
            return render("followup/withdraw.html", c=found, form=form, is_conflict=True, status=409)
        else:
            db.session.commit()
            return saved(url, _("Withdrawn. It stays in public, with the reason."))
    return render("followup/withdraw.html", c=found, form=form, is_conflict=False, status=422)
