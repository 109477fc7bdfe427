"""One round: its page, plan one by hand, move, skip."""

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
from dialogues.questions import round_links
from dialogues.schedule import checks, requests, round_moves, rounds, service
from dialogues.schedule.office import plan_bp
from dialogues.schedule.office.series import people
from dialogues.schedule.round_forms import (
    MoveForm,
    PaperForm,
    RoundForm,
    SkipForm,
    WarnedForm,
)
from dialogues.schedule.round_models import Round, VoterRequest
from dialogues.schedule.round_plan import Busy, Note
from dialogues.schedule.round_rules import RoundState, stage
from dialogues.schedule.rule_words import in_words
from dialogues.schedule.rules import Trigger
from dialogues.staff import trail
from dialogues.web import query_number, refused, render, saved
from dialogues.words import commune_title

DAYS_TO_PREPARE = 20


def round_or_404(round_id: int) -> Round:
    """The round of the signed-in person's commune."""
    return places.row_or_404(Round, me().commune_id, round_id, *rounds.with_details())


def page_of(one: Round) -> str:
    """The address of its page."""
    return url_for("plan_office.one_round", round_id=one.id)


@plan_bp.get("/rounds/<id:round_id>")
@requires(Permission.READ_DIALOGUES)
def one_round(round_id: int) -> Response:
    one = round_or_404(round_id)
    return round_page(one, PaperForm(formdata=None))


def round_page(one: Round, paper_form: PaperForm, status: int = 200) -> Response:
    commune, staff, now = one.commune, me(), clock.now()
    zone = commune.time_zone
    days = [(dialogue.state, clock.local(dialogue.starts_at, zone).date()) for dialogue in one.dialogues]
    is_planned = one.state is RoundState.PLANNED
    asked = requests.of_round(one)
    is_ahead = is_planned and one.starts_at > now
    notes = [*requests.too_late(asked, one.starts_at, zone), *rounds.notes_of(one)] if is_ahead else []
    return render(
        "schedule/plan/round.html",
        round=one,
        stage=stage(one.state, clock.local(one.starts_at, zone).date(), days, clock.today(zone)),
        phases={dialogue.id: service.phase_of(dialogue, now) for dialogue in one.dialogues},
        topics=rounds.topics_of(one),
        words=in_words(one.series.rule, one.series.starts_on) if one.series else "",
        notes=notes,
        request_row=asked,
        questions=round_links.linked(one, staff),
        paper_form=paper_form,
        may_plan=allowed(staff, Permission.PLAN_DIALOGUES),
        is_planned=is_planned,
        history=trail.history(one.commune_id, "round", one.id) if allowed(staff, Permission.READ_TRAIL) else None,
        status=status,
    )


# -- plan by hand -----------------------------------------------------------------------------------------------------


@plan_bp.route("/rounds/new", methods=["GET", "POST"])
@requires(Permission.PLAN_DIALOGUES)
def new_round() -> Response:
    commune = me().commune
    if request.method != "POST":
        wanted = query_number("request", 0)
        form = RoundForm(
            formdata=None,
            data={
                "title": _(
                    "Dialogue between the leaders of %(commune)s and the people", commune=commune_title(commune)
                ),
                "trigger": Trigger.VOTER_REQUEST if wanted else Trigger.NECESSITY,
                "request_id": wanted or None,
                "starts_on": clock.today(commune.time_zone) + timedelta(days=DAYS_TO_PREPARE),
                "starts": checks.USUAL_START,
                "ends": checks.USUAL_END,
                "address": commune.address,
            },
        )
        _offer_round(form)
        return render("schedule/plan/round_form.html", form=form)
    form, against = RoundForm(), list[Any]()
    _offer_round(form)
    if form.validate_on_submit():
        values = form.plan(commune.time_zone)
        try:
            round_moves.check_times(values.starts_at, values.ends_at, commune.time_zone)
            asked = requests.find(commune.id, values.request_id)
            against = warning(form, [rounds.wanted(1, values.title, values)], asked=asked)
            if against:
                return render("schedule/plan/round_form.html", form=form, against=against)
            one = round_moves.create(commune=commune, values=values, actor=me())
        except RuleBroken as broken:
            form.refuse(broken.field, broken.message)
        else:
            db.session.commit()
            return saved(page_of(one), _("The round is planned. Open it when its dialogues are to be prepared."))
    return render("schedule/plan/round_form.html", form=form, status=422)


def warning(
    form: WarnedForm, typed: list[Busy], but: int | None = None, asked: VoterRequest | None = None
) -> list[tuple[Busy, list[Note]]]:
    """What speaks against the typed days; nothing when it was shown already and they are sent again as they were.
    `asked`: the request of voters that they answer."""
    commune = me().commune
    notes = rounds.notes_on(commune, typed, [but] if but else [])
    against = [
        (one, found)
        for one, usual in zip(typed, notes, strict=True)
        if (found := [*requests.too_late(asked, one.starts_at, commune.time_zone), *usual])
    ]
    return [] if form.was_warned(typed) else against


def _offer_round(form: RoundForm) -> None:
    form.chair_id.choices = people()
    open_ones = requests.open_choices(me().commune_id)
    form.request_id.choices = [
        (None, _("No request chosen")),
        *((row.id, f"{short_day(row.received_on)}: {row.about[:80]}") for row in open_ones),
    ]
    if request.method != "POST" and form.request_id.data not in [id_ for id_, _label in form.request_id.choices]:
        form.request_id.data = None  # the address named one that is no longer open


# -- move, skip -------------------------------------------------------------------------------------------------------


@plan_bp.route("/rounds/<id:round_id>/move", methods=["GET", "POST"])
@requires(Permission.PLAN_DIALOGUES)
def move_round(round_id: int) -> Response:
    one = round_or_404(round_id)
    if one.state is not RoundState.PLANNED:
        return refused(page_of(one), round_moves.NOT_PLANNED)
    if request.method != "POST":
        return _move_page(one, _saved_move(one))
    form, status, differing = MoveForm(), 422, None
    form.chair_id.choices = people(one.chair_id)
    if form.validate_on_submit():
        part = form.part(one.commune.time_zone)
        try:
            round_moves.check_times(part.starts_at, part.ends_at, one.commune.time_zone)
            against = warning(form, [rounds.wanted(1, one.title, part)], one.id, requests.of_round(one))
            if against:
                return _move_page(one, form, status=200, against=against)
            round_moves.move(
                one=one,
                starts_at=part.starts_at,
                ends_at=part.ends_at,
                place=part.place,
                address=part.address,
                chair_id=part.chair_id,
                version=form.version.number,
                actor=me(),
            )
        except RuleBroken as broken:
            form.refuse(broken.field, broken.message)
        except EditConflict:
            differing, status = differences(form, _saved_move(one)), 409
            form.version.data = str(one.version)
        else:
            db.session.commit()
            return saved(page_of(one), _("The round is moved. The other rounds of its series stay where they are."))
    return _move_page(one, form, differing, status)


def _saved_move(one: Round) -> MoveForm:
    starts, ends = (clock.local(at, one.commune.time_zone) for at in (one.starts_at, one.ends_at))
    times = {"starts_on": starts.date(), "starts": starts.time(), "ends": ends.time()}
    form = MoveForm(formdata=None, obj=one, data=times)
    form.chair_id.choices = people(one.chair_id)
    return form


def _move_page(one: Round, form: MoveForm, differing: Any = None, status: int = 200, against: Any = None) -> Response:
    notes = rounds.notes_of(one) if status == 200 and not against else []
    return render(
        "schedule/plan/move.html",
        round=one, form=form, notes=notes, against=against, differing=differing, status=status,
    )  # fmt: skip


@plan_bp.route("/rounds/<id:round_id>/skip", methods=["GET", "POST"])
@requires(Permission.PLAN_DIALOGUES)
def skip_round(round_id: int) -> Response:
    one = round_or_404(round_id)
    if one.state is not RoundState.PLANNED:
        return refused(page_of(one), round_moves.NOT_PLANNED)
    if request.method != "POST":
        form = SkipForm(formdata=None, data={"version": one.version})
        return render("schedule/plan/skip.html", round=one, form=form)
    form, status = SkipForm(), 422
    if form.validate_on_submit():
        try:
            round_moves.skip(one=one, reason=form.reason.data or "", version=form.version.number, actor=me())
        except RuleBroken as broken:
            form.refuse(broken.field, broken.message)
        except EditConflict:
            form.refuse("reason", _("Somebody else changed this round meanwhile. Look at its day below once more."))
            form.version.data, status = str(one.version), 409
        else:
            db.session.commit()
            return saved(page_of(one), _("The round is skipped. The series goes on with the next one."))
    return render("schedule/plan/skip.html", round=one, form=form, status=status)


@plan_bp.post("/rounds/<id:round_id>/plan-again")
@requires(Permission.PLAN_DIALOGUES)
def plan_round_again(round_id: int) -> Response:
    one = round_or_404(round_id)
    try:
        round_moves.plan_again(one=one, actor=me())
    except RuleBroken as broken:
        return refused(page_of(one), broken.message)
    db.session.commit()
    return saved(page_of(one), _("The round stands in the plan again."))
