"""Dialogues in the office: plan, announce, move, hold, conclude, publish."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm.interfaces import ORMOption

from dialogues import clock
from dialogues.access import Permission, allowed, me, requires
from dialogues.errors import EditConflict, RuleBroken
from dialogues.extensions import db
from dialogues.followup import counts
from dialogues.forms import differences
from dialogues.places import service as places
from dialogues.places.rules import Field
from dialogues.schedule import moves, service
from dialogues.schedule.forms import (
    DEADLINE_HOUR,
    WHEN,
    AnnounceForm,
    ConclusionForm,
    DialogueForm,
    HeldForm,
    OfficeFilterForm,
    ReasonForm,
)
from dialogues.schedule.models import Dialogue
from dialogues.schedule.rules import (
    MOVES,
    REQUIRED,
    AnnouncementCheck,
    DialogueKind,
    DialogueState,
    HoldingForm,
    Phase,
    Trigger,
    is_late_announcement,
)
from dialogues.schedule.service import Filters
from dialogues.staff import trail
from dialogues.web import page_url, query_member, query_number, query_text, refused, render, saved
from dialogues.words import choices, commune_title

bp = Blueprint("schedule_office", __name__, url_prefix="/office/dialogues")

S = DialogueState
DAYS_TO_PREPARE, DAYS_BEFORE_CLOSING = 20, 5


def _dialogue_or_404(dialogue_id: int, *options: ORMOption) -> Dialogue:
    return places.row_or_404(Dialogue, me().commune_id, dialogue_id, *(options or service.with_details()))


def _page(dialogue: Dialogue) -> str:
    return url_for("schedule_office.detail", dialogue_id=dialogue.id)


# -- reading ----------------------------------------------------------------------------------------------------------


@bp.get("")
@requires(Permission.READ_DIALOGUES)
def listing() -> Response:
    commune = me().commune
    form, filters = _filters()
    page, cards = service.office_listing(commune, filters, clock.now(), query_number("page"))
    return render(
        "schedule/office_listing.html",
        form=form,
        is_filtered=filters != Filters(),
        page=page,
        cards=cards,
        questions=counts.questions_by_state([card.id for card in cards]),
        page_url=page_url("schedule_office.listing", "q", "state", "village", "field", "period"),
    )


def _filters() -> tuple[OfficeFilterForm, Filters]:
    commune = me().commune
    everything = service.every(commune.id)
    years = [str(year) for year in service.years(everything, commune.time_zone)]
    villages = places.village_choices(commune.id, _("All villages"))
    village_id, period = query_number("village", 0), query_text("period")
    filters = Filters(
        text=query_text("q"),
        village_id=village_id if village_id in [id_ for id_, label in villages] else None,
        field=query_member("field", Field),
        period=period if period in ("coming", "past", *years) else "",
        state=query_member("state", Phase) or query_member("state", DialogueState),
    )
    form = OfficeFilterForm(
        formdata=None,
        data={
            "q": filters.text,
            "state": filters.state or "",
            "village": filters.village_id,
            "field": filters.field or "",
            "period": filters.period,
        },
    )
    form.state.choices = [("", _("All")), *choices(DialogueState, S.ANNOUNCED), *choices(Phase)]
    form.village.choices = villages
    form.field.choices = [("", _("All fields")), *choices(Field)]
    form.period.choices = [
        ("", _("All")), ("coming", _("To come")), ("past", _("Past")), *((year, year) for year in years),
    ]  # fmt: skip
    return form, filters


@bp.get("/<id:dialogue_id>")
@requires(Permission.READ_DIALOGUES)
def detail(dialogue_id: int) -> Response:
    dialogue = _dialogue_or_404(dialogue_id)
    now = clock.now()
    staff = me()
    may_plan = allowed(staff, Permission.PLAN_DIALOGUES)
    return render(
        "schedule/office_dialogue.html",
        dialogue=dialogue,
        phase=service.phase_of(dialogue, now),
        missing=_checks(service.missing(dialogue, now)) if dialogue.state is S.DRAFT else [],
        days=service.legal_days(dialogue, now),
        reasons=service.reasons(dialogue),
        questions=counts.questions_by_state([dialogue.id])[dialogue.id],
        commitments=counts.commitments(dialogue.id, clock.today(dialogue.commune.time_zone)),
        moves=_moves(dialogue) if may_plan else set(),
        may_edit=may_plan and dialogue.state in moves.PLANNABLE,
        history=trail.history(dialogue.commune_id, "dialogue", dialogue.id)
        if allowed(staff, Permission.READ_TRAIL)
        else None,
    )


def _moves(dialogue: Dialogue) -> set[str]:
    """The names of the moves that are legal now; an announced dialogue can be held once it has begun."""
    found = {state.value for state in MOVES[dialogue.state]}
    if dialogue.state is S.ANNOUNCED and clock.now() < dialogue.starts_at:
        found.discard(S.HELD.value)
    return found


def _checks(missing: list[AnnouncementCheck]) -> list[tuple[AnnouncementCheck, bool, bool]]:
    """Every check with whether it is missing and whether it must be there."""
    return [(check, check in missing, check in REQUIRED) for check in AnnouncementCheck]


# -- planning ---------------------------------------------------------------------------------------------------------


@bp.get("/new")
@requires(Permission.PLAN_DIALOGUES)
def new() -> Response:
    form = DialogueForm(formdata=None, data=_defaults())
    _offer(form)
    del form.late_reason
    return render("schedule/office_form.html", form=form, dialogue=None, differing=[])


def _defaults() -> dict[str, Any]:
    """A new dialogue as most of them are: a working day in 20 days, one morning, questions close 5 days before."""
    commune = me().commune
    day = clock.today(commune.time_zone) + timedelta(days=DAYS_TO_PREPARE)
    while day.weekday() >= 5:
        day += timedelta(days=1)
    return {
        "kind": DialogueKind.REGULAR,
        "trigger": Trigger.REGULAR,
        "form": HoldingForm.IN_PERSON,
        "title": _("Dialogue between the leaders of %(commune)s and the people", commune=commune_title(commune)),
        "starts_on": day,
        "starts": moves.USUAL_START,
        "ends": moves.USUAL_END,
        "deadline_on": day - timedelta(days=DAYS_BEFORE_CLOSING),
        "deadline": DEADLINE_HOUR,
        "hotline": commune.hotline,
        "how_to_attend": _(
            "Every resident may come; no invitation is needed. "
            "Whoever cannot come sends a question on this website, on paper to the office, or through the village head."
        ),
    }


@bp.post("/new")
@requires(Permission.PLAN_DIALOGUES)
def create() -> Response:
    form = DialogueForm()
    _offer(form)
    del form.late_reason
    if form.validate_on_submit():
        commune = me().commune
        try:
            dialogue = moves.plan(commune=commune, values=form.plan(commune.time_zone), actor=me())
        except RuleBroken as broken:
            form.refuse(broken.field, broken.message)
        else:
            db.session.commit()
            return saved(_page(dialogue), _("The draft is saved. Residents see it when it is announced."))
    return render("schedule/office_form.html", form=form, dialogue=None, differing=[], status=422)


@bp.get("/<id:dialogue_id>/edit")
@requires(Permission.PLAN_DIALOGUES)
def edit(dialogue_id: int) -> Response:
    dialogue = _dialogue_or_404(dialogue_id)
    if dialogue.state not in moves.PLANNABLE:
        return refused(_page(dialogue), moves.NOT_PLANNABLE)
    form = _saved_form(dialogue)
    return render("schedule/office_form.html", form=form, dialogue=dialogue, differing=[])


@bp.post("/<id:dialogue_id>/edit")
@requires(Permission.PLAN_DIALOGUES)
def save(dialogue_id: int) -> Response:
    dialogue = _dialogue_or_404(dialogue_id)
    form = DialogueForm()
    _fit(form, dialogue)
    differing, status = [], 422
    if form.validate_on_submit():
        try:
            moves.change(
                dialogue=dialogue,
                values=form.plan(dialogue.commune.time_zone),
                version=form.version.number,
                late_reason=form.late_reason.data or "" if "late_reason" in form else "",
                actor=me(),
            )
        except RuleBroken as broken:
            form.refuse(broken.field, broken.message)
        except EditConflict:
            differing, status = differences(form, _saved_form(dialogue)), 409
            form.version.data = str(dialogue.version)
        else:
            db.session.commit()
            return saved(_page(dialogue), _("The changes are saved."))
    return render("schedule/office_form.html", form=form, dialogue=dialogue, differing=differing, status=status)


def _saved_form(dialogue: Dialogue) -> DialogueForm:
    """The form as the saved row fills it."""
    zone = dialogue.commune.time_zone
    starts, ends = clock.local(dialogue.starts_at, zone), clock.local(dialogue.ends_at, zone)
    closes = clock.local(dialogue.question_deadline_at, zone) if dialogue.question_deadline_at else None
    form = DialogueForm(
        formdata=None,
        obj=dialogue,
        data={
            "topics": [topic.value for topic in dialogue.topics],
            "villages": [village.id for village in dialogue.villages],
            "starts_on": starts.date(),
            "starts": starts.time(),
            "ends": ends.time(),
            "deadline_on": closes.date() if closes else None,
            "deadline": closes.time() if closes else None,
        },
    )
    form.topics.data = [topic.value for topic in dialogue.topics]
    form.villages.data = [village.id for village in dialogue.villages]
    _fit(form, dialogue)
    return form


def _fit(form: DialogueForm, dialogue: Dialogue) -> None:
    """Offer what this dialogue may choose from, and leave out what does not belong to its state."""
    _offer(form, dialogue)
    if dialogue.state is S.POSTPONED:
        for name in WHEN:
            del form[name]
    if dialogue.state is not S.ANNOUNCED:
        del form.late_reason


def _offer(form: DialogueForm, dialogue: Dialogue | None = None) -> None:
    """Villages and people of this commune; those already chosen stay, also when they are closed."""
    commune_id = me().commune_id
    villages = [(village.id, village.label) for village in places.villages(commune_id)]
    known = {id_ for id_, _label in villages}
    closed = [v for v in dialogue.villages if v.id not in known] if dialogue else []
    form.villages.choices = [*villages, *((village.id, village.label) for village in closed)]
    named = (dialogue.chair_id, dialogue.co_chair_id, dialogue.secretary_id) if dialogue else ()
    people = [(p.id, f"{p.name}, {p.post}" if p.post else p.name) for p in service.people(commune_id, named)]
    for field in (form.chair_id, form.co_chair_id, form.secretary_id):
        field.choices = [(None, _("Not named yet")), *people]


# -- moves ------------------------------------------------------------------------------------------------------------


@bp.get("/<id:dialogue_id>/announce")
@requires(Permission.PLAN_DIALOGUES)
def announce(dialogue_id: int) -> Response:
    dialogue = _dialogue_or_404(dialogue_id)
    if S.ANNOUNCED not in MOVES[dialogue.state]:
        return refused(_page(dialogue), moves.REFUSALS[S.ANNOUNCED])
    form = AnnounceForm(formdata=None, data={"version": dialogue.version, **_known_reasons(dialogue)})
    return _announce_page(dialogue, form, _lacking(dialogue, form))


@bp.post("/<id:dialogue_id>/announce")
@requires(Permission.PLAN_DIALOGUES)
def announce_now(dialogue_id: int) -> Response:
    dialogue = _dialogue_or_404(dialogue_id)
    if S.ANNOUNCED not in MOVES[dialogue.state]:
        return refused(_page(dialogue), moves.REFUSALS[S.ANNOUNCED])
    form = AnnounceForm()
    lacking = _lacking(dialogue, form)
    status = 422
    if form.validate_on_submit():
        is_postponed = dialogue.state is S.POSTPONED
        try:
            moves.announce(
                dialogue=dialogue,
                reasons={check: form[f"reason_{check.value}"].data for check in lacking if check not in REQUIRED},
                version=form.version.number,
                times=form.times(dialogue.commune.time_zone) if is_postponed else None,
                actor=me(),
            )
        except RuleBroken as broken:
            form.refuse(broken.field, broken.message)
        except EditConflict:
            status = 409
            form.version.data = str(dialogue.version)
        else:
            db.session.commit()
            return saved(_page(dialogue), _("The dialogue is announced. Residents see it now and can send questions."))
    return _announce_page(dialogue, form, lacking, status)


def _lacking(dialogue: Dialogue, form: AnnounceForm) -> list[AnnouncementCheck]:
    """What is missing; the form keeps a reason field for just that, and the time fields for a postponed dialogue. There
    the day that was typed decides whether it is late; an empty form asks for no reason yet."""
    lacking = service.missing(dialogue, clock.now())
    if dialogue.state is S.POSTPONED:
        zone = dialogue.commune.time_zone
        lacking = [check for check in lacking if check not in (AnnouncementCheck.TIME, AnnouncementCheck.NOTICE)]
        if form.starts_on.data and is_late_announcement(clock.today(zone), form.starts_on.data):
            lacking.append(AnnouncementCheck.NOTICE)
    else:
        for name in WHEN:
            del form[name]
    for check in AnnouncementCheck:
        name = f"reason_{check.value}"
        if name in form and check not in lacking:
            del form[name]
    return lacking


def _known_reasons(dialogue: Dialogue) -> dict[str, str]:
    """What was written at an earlier announcement, to be confirmed; never for a late day, which is a new one."""
    return {
        f"reason_{row.check.value}": row.reason
        for row in dialogue.announcement_reasons
        if row.check is not AnnouncementCheck.NOTICE
    }


def _announce_page(
    dialogue: Dialogue, form: AnnounceForm, lacking: list[AnnouncementCheck], status: int = 200
) -> Response:
    return render(
        "schedule/office_announce.html",
        dialogue=dialogue,
        form=form,
        checks=_checks(lacking),
        is_blocked=any(check in REQUIRED for check in lacking),
        is_conflict=status == 409,
        status=status,
    )


@bp.route("/<id:dialogue_id>/postpone", methods=["GET", "POST"])
@requires(Permission.PLAN_DIALOGUES)
def postpone(dialogue_id: int) -> Response:
    dialogue = _dialogue_or_404(dialogue_id)
    form = ReasonForm()
    return _move_page(
        "schedule/office_postpone.html",
        dialogue,
        form,
        S.POSTPONED,
        lambda: moves.postpone(dialogue=dialogue, reason=form.reason.data, actor=me()),
        _("The dialogue is postponed. Residents see the reason and can go on sending questions."),
    )


@bp.route("/<id:dialogue_id>/cancel", methods=["GET", "POST"])
@requires(Permission.PLAN_DIALOGUES)
def cancel(dialogue_id: int) -> Response:
    dialogue = _dialogue_or_404(dialogue_id)
    form = ReasonForm()
    return _move_page(
        "schedule/office_cancel.html",
        dialogue,
        form,
        S.CANCELLED,
        lambda: moves.cancel(dialogue=dialogue, reason=form.reason.data, actor=me()),
        _("The dialogue is cancelled."),
    )


@bp.route("/<id:dialogue_id>/hold", methods=["GET", "POST"])
@requires(Permission.PLAN_DIALOGUES)
def hold(dialogue_id: int) -> Response:
    dialogue = _dialogue_or_404(dialogue_id)
    form = HeldForm()
    return _move_page(
        "schedule/office_hold.html",
        dialogue,
        form,
        S.HELD,
        lambda: moves.hold(dialogue=dialogue, residents_present=form.residents_present.data, actor=me()),
        _("Recorded as held. Next comes the conclusion."),
    )


@bp.route("/<id:dialogue_id>/conclude", methods=["GET", "POST"])
@requires(Permission.PLAN_DIALOGUES)
def conclude(dialogue_id: int) -> Response:
    dialogue = _dialogue_or_404(dialogue_id)
    form = ConclusionForm(obj=dialogue)
    return _move_page(
        "schedule/office_conclude.html",
        dialogue,
        form,
        S.CONCLUDED,
        lambda: moves.conclude(
            dialogue=dialogue,
            conclusion=form.conclusion.data,
            residents_present=form.residents_present.data,
            actor=me(),
        ),
        _("The conclusion is saved and residents can read it. Publish the result when all is complete."),
    )


def _move_page(template: str, dialogue: Dialogue, form: Any, to: DialogueState, move: Any, sentence: str) -> Response:
    """A move with a page of its own. What was typed stays, also when somebody else was quicker."""
    is_legal = to.value in _moves(dialogue) and not (to is S.HELD and dialogue.state is S.CONCLUDED)
    if request.method == "GET" and not is_legal:
        return refused(_page(dialogue), moves.refusal(dialogue, to))
    if request.method == "POST":
        if form.validate_on_submit():
            try:
                move()
            except RuleBroken as broken:
                form.refuse(broken.field, broken.message)
            else:
                db.session.commit()
                return saved(_page(dialogue), sentence)
        return render(template, dialogue=dialogue, form=form, status=422)
    return render(template, dialogue=dialogue, form=form)


@bp.post("/<id:dialogue_id>/publish")
@requires(Permission.PLAN_DIALOGUES)
def publish(dialogue_id: int) -> Response:
    dialogue = _dialogue_or_404(dialogue_id)
    try:
        moves.publish_result(dialogue=dialogue, actor=me())
    except RuleBroken as broken:
        return refused(_page(dialogue), broken.message)
    db.session.commit()
    return saved(_page(dialogue), _("The result is published."))


@bp.post("/<id:dialogue_id>/reopen")
@requires(Permission.PLAN_DIALOGUES)
def reopen(dialogue_id: int) -> Response:
    dialogue = _dialogue_or_404(dialogue_id)
    try:
        moves.reopen(dialogue=dialogue, actor=me())
    except RuleBroken as broken:
        return refused(_page(dialogue), broken.message)
    db.session.commit()
    return saved(_page(dialogue), _("The conclusion is open again."))
