"""The register of voters' requests."""

from datetime import timedelta
from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _

from dialogues import clock
from dialogues.access import Permission, allowed, me, requires
from dialogues.errors import EditConflict, RuleBroken
from dialogues.extensions import db
from dialogues.forms import differences
from dialogues.language import short_day
from dialogues.places import service as places
from dialogues.places.days import calendar_deadline
from dialogues.schedule import requests, rounds
from dialogues.schedule.office import plan_bp
from dialogues.schedule.request_forms import DecisionForm, RequestForm, RequestRoundForm
from dialogues.schedule.requests import RequestPlan
from dialogues.schedule.round_models import Round, VoterRequest
from dialogues.schedule.round_rules import RequestState, RoundState
from dialogues.staff import trail
from dialogues.web import refused, render, saved

DAYS_TO_HOLD = 30
"""[?] No law names this number; the office writes the day that its province asks for."""


def request_or_404(request_id: int) -> VoterRequest:
    """The request of the signed-in person's commune."""
    return places.row_or_404(VoterRequest, me().commune_id, request_id, *requests.with_details())


def page_of(found: VoterRequest) -> str:
    """The address of its page."""
    return url_for("plan_office.one_request", request_id=found.id)


@plan_bp.get("/requests")
@requires(Permission.READ_DIALOGUES)
def request_list() -> Response:
    return render("schedule/plan/requests.html", lines=requests.listing(me().commune))


@plan_bp.get("/requests/<id:request_id>")
@requires(Permission.READ_DIALOGUES)
def one_request(request_id: int) -> Response:
    return _page(request_or_404(request_id))


def _page(
    found: VoterRequest,
    decision: DecisionForm | None = None,
    choice: RequestRoundForm | None = None,
    status: int = 200,
) -> Response:
    staff = me()
    decision = decision or DecisionForm(formdata=None, data={"version": found.version})
    choice = choice or RequestRoundForm(formdata=None)
    _offer(choice)
    return render(
        "schedule/plan/request.html",
        facts=requests.facts(found.commune, found),
        request_row=found,
        late_round=requests.too_late(found, found.round.starts_at, found.commune.time_zone)
        if found.round and found.round.state is RoundState.PLANNED
        else [],
        form=decision,
        round_form=choice,
        may_plan=allowed(staff, Permission.PLAN_DIALOGUES),
        history=trail.history(found.commune_id, "voter_request", found.id)
        if allowed(staff, Permission.READ_TRAIL)
        else None,
        status=status,
    )


def _offer(choice: RequestRoundForm) -> None:
    """Planned rounds that can answer a request."""
    until = clock.now() + timedelta(days=600)
    found = rounds.planned(me().commune_id, until)
    choice.round_id.choices = [
        (None, _("Choose the round")),
        *((one.id, f"{short_day(one.starts_at)}: {one.title}") for one in found),
    ]


@plan_bp.route("/requests/new", methods=["GET", "POST"])
@requires(Permission.PLAN_DIALOGUES)
def new_request() -> Response:
    commune = me().commune
    today = clock.today(commune.time_zone)
    if request.method != "POST":
        hold_by = calendar_deadline(today, DAYS_TO_HOLD, places.days_off(commune)).on
        days = {"received_on": today, "deadline_on": hold_by, "voters": commune.voters}
        return _form_page(RequestForm(formdata=None, data=days), None)
    form = RequestForm()
    if form.validate_on_submit():
        try:
            made = requests.register(commune=commune, values=_values(form), actor=me())
        except RuleBroken as broken:
            form.refuse(broken.field, broken.message)
        else:
            db.session.commit()
            return saved(page_of(made), _("The request stands in the register."))
    return _form_page(form, None, status=422)


@plan_bp.route("/requests/<id:request_id>/edit", methods=["GET", "POST"])
@requires(Permission.PLAN_DIALOGUES)
def edit_request(request_id: int) -> Response:
    found = request_or_404(request_id)
    if found.state is not RequestState.CHECKING:
        return refused(page_of(found), requests.NOT_CHECKING)
    if request.method != "POST":
        return _form_page(RequestForm(formdata=None, obj=found), found)
    form, status, differing = RequestForm(), 422, None
    if form.validate_on_submit():
        try:
            requests.change(
                commune=found.commune, request=found, values=_values(form), version=form.version.number, actor=me()
            )
        except RuleBroken as broken:
            form.refuse(broken.field, broken.message)
        except EditConflict:
            differing, status = differences(form, RequestForm(formdata=None, obj=found)), 409
            form.version.data = str(found.version)
        else:
            db.session.commit()
            return saved(page_of(found), _("The changes are saved."))
    return _form_page(form, found, differing, status)


def _form_page(form: RequestForm, found: VoterRequest | None, differing: Any = None, status: int = 200) -> Response:
    return render("schedule/plan/request_form.html", form=form, request_row=found, differing=differing, status=status)


def _values(form: RequestForm) -> RequestPlan:
    typed: dict[str, Any] = form.data
    names = ("received_on", "about", "voters", "signatures", "valid_signatures", "deadline_on")
    return RequestPlan(**{name: typed[name] for name in names})


@plan_bp.post("/requests/<id:request_id>/decide")
@requires(Permission.PLAN_DIALOGUES)
def decide_request(request_id: int) -> Response:
    found = request_or_404(request_id)
    form, status = DecisionForm(), 422
    if form.validate_on_submit():
        try:
            requests.decide(
                commune=found.commune,
                request=found,
                accept=form.decision.data == "accept",
                reason=form.reason.data or "",
                version=form.version.number,
                actor=me(),
            )
        except RuleBroken as broken:
            form.refuse(broken.field, broken.message)
        except EditConflict:
            form.refuse("decision", _("Somebody else changed this request meanwhile. Look at the numbers once more."))
            form.version.data, status = str(found.version), 409
        else:
            db.session.commit()
            return saved(page_of(found), _("The decision is saved."))
    if found.state is not RequestState.CHECKING:
        return refused(page_of(found), requests.NOT_CHECKING)
    return _page(found, decision=form, status=status)


@plan_bp.post("/requests/<id:request_id>/round")
@requires(Permission.PLAN_DIALOGUES)
def link_request(request_id: int) -> Response:
    found = request_or_404(request_id)
    form = RequestRoundForm()
    _offer(form)
    if form.validate_on_submit():
        one = places.row_or_404(Round, me().commune_id, form.round_id.data)
        try:
            requests.link(request=found, one=one, actor=me())
        except RuleBroken as broken:
            form.refuse(broken.field, broken.message)
        else:
            db.session.commit()
            return saved(page_of(found), _("The round is linked to the request."))
    if found.state is not RequestState.ACCEPTED:
        return refused(page_of(found), _("This request is not accepted yet. Check its signatures first."))
    return _page(found, choice=form, status=422)
