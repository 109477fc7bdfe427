"""The list, one dialogue, and its plan: new, edit, and what happens when two people save at once."""

from datetime import timedelta
from typing import Any

from flask import Response
from flask_babel import gettext as _

from dialogues import clock
from dialogues.access import Permission, allowed, me, requires
from dialogues.errors import EditConflict, RuleBroken
from dialogues.extensions import db
from dialogues.followup import carried, counts
from dialogues.followup.carried import LastResults
from dialogues.forms import differences
from dialogues.invitations import guests
from dialogues.papers import service as papers
from dialogues.places import service as places
from dialogues.places.days import next_working_day
from dialogues.places.rules import Field, RuleName
from dialogues.post import listing as post
from dialogues.schedule import checks, legal, line, moves, service
from dialogues.schedule.deadlines import deadline
from dialogues.schedule.forms import DEADLINE_HOUR, WHEN, DialogueForm, OfficeFilterForm
from dialogues.schedule.models import Dialogue
from dialogues.schedule.office import bp, checked, dialogue_or_404, legal_moves, page_of
from dialogues.schedule.rules import BY_HAND, DialogueKind, DialogueState, HoldingForm, Phase, Step, Trigger
from dialogues.schedule.service import Filters
from dialogues.staff import trail
from dialogues.web import page_url, query_member, query_number, query_text, refused, render, saved
from dialogues.words import choices, commune_title

S = DialogueState
FLOOR_PHASES = (Phase.RUNNING, Phase.AWAITING_RECORD, Phase.HELD)
"""When questions asked in the session are written down."""


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
    dialogue = dialogue_or_404(dialogue_id)
    now = clock.now()
    staff = me()
    may_plan = allowed(staff, Permission.PLAN_DIALOGUES)
    return render(
        "schedule/office_dialogue.html",
        dialogue=dialogue,
        phase=service.phase_of(dialogue, now),
        missing=checked(legal.missing(dialogue, now)) if dialogue.state is S.DRAFT else [],
        line=line.line_of(dialogue, now),
        can_tick={step for step in BY_HAND if line.refusal(dialogue, step) is None},
        may_tick=may_plan,
        reasons=legal.reasons(dialogue),
        questions=counts.questions_by_state([dialogue.id])[dialogue.id],
        received=counts.received_texts(dialogue.id),
        guest_counts=guests.counts(dialogue.id) if guests.may_see(dialogue, staff) else None,
        commitments=counts.commitments(dialogue.id, clock.today(dialogue.commune.time_zone)),
        last_results=_last_results(dialogue),
        notices=papers.proof(dialogue),
        letters=post.counts_if_any(dialogue.commune_id, f"dialogue:{dialogue.id}")
        if allowed(staff, Permission.READ_POST)
        else None,
        moves=legal_moves(dialogue) if may_plan else set(),
        may_enter_floor=may_plan and service.phase_of(dialogue, now) in FLOOR_PHASES,
        may_edit=may_plan and dialogue.state in moves.PLANNABLE,
        history=trail.history(dialogue.commune_id, "dialogue", dialogue.id)
        if allowed(staff, Permission.READ_TRAIL)
        else None,
    )


def _last_results(dialogue: Dialogue) -> LastResults | None:
    """What comes back at a dialogue that is not over."""
    if dialogue.state not in (S.DRAFT, S.ANNOUNCED, S.POSTPONED):
        return None
    return carried.summary(dialogue.commune_id, dialogue.id, clock.today(dialogue.commune.time_zone), carried.SHOWN)


@bp.get("/new")
@requires(Permission.PLAN_DIALOGUES)
def new() -> Response:
    form = DialogueForm(formdata=None, data=_defaults())
    _offer(form)
    del form.late_reason
    return render("schedule/office_form.html", form=form, dialogue=None, differing=[])


def _defaults() -> dict[str, Any]:
    """A new dialogue as most of them are: a working day as far ahead as the commune plans, one morning."""
    commune = me().commune
    today = clock.today(commune.time_zone)
    ahead = timedelta(days=places.rule_value(commune, RuleName.PLAN_DAYS, today))
    day = next_working_day(today + ahead, places.days_off(commune))
    return {
        "kind": DialogueKind.REGULAR,
        "trigger": Trigger.REGULAR,
        "form": HoldingForm.IN_PERSON,
        "title": _("Dialogue between the leaders of %(commune)s and the people", commune=commune_title(commune)),
        "starts_on": day,
        "starts": checks.USUAL_START,
        "ends": checks.USUAL_END,
        "deadline_on": deadline(commune, Step.QUESTIONS_CLOSE, day).on,
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
            return saved(page_of(dialogue), _("The draft is saved. Residents see it when it is announced."))
    return render("schedule/office_form.html", form=form, dialogue=None, differing=[], status=422)


@bp.get("/<id:dialogue_id>/edit")
@requires(Permission.PLAN_DIALOGUES)
def edit(dialogue_id: int) -> Response:
    dialogue = dialogue_or_404(dialogue_id)
    if dialogue.state not in moves.PLANNABLE:
        return refused(page_of(dialogue), moves.NOT_PLANNABLE)
    form = _saved_form(dialogue)
    return render("schedule/office_form.html", form=form, dialogue=dialogue, differing=[])


@bp.post("/<id:dialogue_id>/edit")
@requires(Permission.PLAN_DIALOGUES)
def save(dialogue_id: int) -> Response:
    dialogue = dialogue_or_404(dialogue_id)
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
            return saved(page_of(dialogue), _("The changes are saved."))
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
