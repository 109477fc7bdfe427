"""What the office does with questions: the queue, the page of one, sorting, entering on behalf, receipts."""

import secrets
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from flask import Blueprint, Response, abort, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload

from dialogues import clock, codes
from dialogues.access import Permission, allowed, me, requires
from dialogues.doubles.panel import panel_of
from dialogues.errors import EditConflict, RuleBroken
from dialogues.extensions import db
from dialogues.followup.answers import answer_panel
from dialogues.forms import differences
from dialogues.language import short_day
from dialogues.places import service as places
from dialogues.places.days import Deadline
from dialogues.places.rules import Field
from dialogues.questions import acts, intake, queue, receipts, service, wording
from dialogues.questions.acts import Act
from dialogues.questions.forms import EnterForm, QueueFilters
from dialogues.questions.models import Asker, Question
from dialogues.questions.queue import Filters
from dialogues.questions.rules import (
    ON_BEHALF_CHANNELS,
    VILLAGE_HEAD_CHANNELS,
    ConsentHow,
    IntakeChannel,
    QuestionKind,
    QuestionState,
)
from dialogues.schedule.models import Dialogue
from dialogues.staff import trail
from dialogues.staff.models import Staff
from dialogues.today.deadlines import first_word_due
from dialogues.web import (
    page_url,
    query_member,
    query_number,
    query_text,
    render,
    saved,
    see_other,
    telling,
    wants_fragment,
)
from dialogues.words import choices, label

bp = Blueprint("questions_office", __name__, url_prefix="/office/questions")


# -- the queue --------------------------------------------------------------------------------------------------------

SORTED = "question-sorted"
"""What the tabs of the queue listen for (questions/_tabs.html)."""
FILTERS = ("state", "q", "dialogue", "field", "village", "channel", "assigned")


@bp.get("", endpoint="queue")
@requires(Permission.READ_QUESTIONS)
def queue_page() -> Response:
    """What waits, oldest first; other states by tab. For htmx just the tabs, whose numbers an act has changed."""
    staff, zone = me(), me().commune.time_zone
    form, filters = _filters(staff)
    if wants_fragment():
        return render("questions/queue.html", fragment="questions/_tabs.html", tabs=_tabs(staff, filters))
    page, rows = queue.page(staff, filters, query_number("page"), clock.today(zone), zone)
    return render(
        "questions/queue.html",
        fragment="questions/_tabs.html",
        form=form,
        filters=filters,
        is_filtered=any(field.data for field in form),
        page=page,
        rows=rows,
        tabs=_tabs(staff, filters),
        page_url=page_url("questions_office.queue", *FILTERS),
        may_sort=allowed(staff, Permission.SORT_QUESTIONS),
        offered=acts.OFFERED,
    )


def _tabs(staff: Staff, filters: Filters) -> list[tuple[str, object, int, bool]]:
    """Address, word and number of each state, and whether it is the one shown; one query."""
    kept: dict[str, Any] = {name: request.args[name] for name in FILTERS[1:] if request.args.get(name)}
    tabs: list[QuestionState | None] = [*QuestionState, None]
    counted = queue.counts(staff, filters)
    return [
        (
            url_for("questions_office.queue", **kept, state=state.value if state else "all"),
            _tab(state),
            counted[state] if state else sum(counted.values()),
            state is filters.state,
        )
        for state in tabs
    ]


def _tab(state: QuestionState | None) -> object:
    """Short words, as all tabs stand in one line."""
    if state is QuestionState.MOVED_TO_COMPLAINT:
        return _("Complaints")
    return label(state) if state else _("All")


def _filters(staff: Staff) -> tuple[QueueFilters, Filters]:
    """What the address narrows the queue to; unknown values narrow nothing."""
    dialogues = dict(_dialogue_choices(intake.dialogues_to_enter_for(staff, 200)))
    villages = dict(places.village_choices(staff.commune_id, _("All villages")))
    nobody_or_me = [("", _("Anybody")), ("none", _("Nobody yet")), ("me", _("Me or my department"))]
    assignees = acts.assignee_choices(staff.commune_id, *nobody_or_me)
    assigned = query_text("assigned")
    dialogue_id, village_id = query_number("dialogue", 0), query_number("village", 0)
    usual = QuestionState.WAITING if staff.roles & queue.READ_ALL else None
    state = query_member("state", QuestionState)
    filters = Filters(
        state=None if request.args.get("state") == "all" else state or usual,
        dialogue_id=dialogue_id if dialogue_id in dialogues else None,
        field=query_member("field", Field),
        village_id=village_id if village_id in villages else None,
        channel=query_member("channel", IntakeChannel),
        assigned=assigned if assigned in {choice.value for choice in assignees} else "",
        words=query_text("q"),
    )
    form = QueueFilters(
        formdata=None,
        data={
            "q": filters.words,
            "dialogue": filters.dialogue_id,
            "field": filters.field.value if filters.field else "",
            "village": filters.village_id,
            "channel": filters.channel.value if filters.channel else "",
            "assigned": filters.assigned,
        },
    )
    form.dialogue.choices = [(None, _("All dialogues")), *dialogues.items()]
    form.field.choices = [("", _("All fields")), *choices(Field)]
    form.village.choices = list(villages.items())
    form.channel.choices = [("", _("All channels")), *choices(IntakeChannel)]
    form.assigned.choices = assignees
    return form, filters


# -- one question -----------------------------------------------------------------------------------------------------


def _question_or_404(question_id: int, *options: Any) -> Question:
    """The question with this id if the signed-in person may see it."""
    found = service.visible_to(me()).where(Question.id == question_id)
    return db.session.scalar(found.options(*options)) or abort(404)


def _row_values(question_id: int, done: object = "") -> dict[str, Any]:
    """What the row of one question shows."""
    staff, zone = me(), me().commune.time_zone
    this_one = service.visible_to(staff).where(Question.id == question_id)
    rows = queue.rows(this_one, staff, clock.today(zone), zone)
    return {
        "row": rows[0] if rows else abort(404),
        "done": done,
        "may_sort": allowed(staff, Permission.SORT_QUESTIONS),
        "offered": acts.OFFERED,
    }


@bp.get("/<id:question_id>")
@requires(Permission.READ_QUESTIONS)
def detail(question_id: int) -> Response:
    """The page of one question; for the queue its row."""
    if wants_fragment():
        return render("questions/_row.html", fragment="questions/_row.html", **_row_values(question_id))
    staff = me()
    question = _question_or_404(
        question_id,
        joinedload(Question.dialogue),
        joinedload(Question.village),
        joinedload(Question.assigned_unit),
        joinedload(Question.assigned_staff),
        joinedload(Question.entered_by),
    )
    reads_original = queue.reads_original(staff, question)
    is_changed = question.public_text not in ("", question.text)
    reads_trail = allowed(staff, Permission.READ_TRAIL)
    return render(
        "questions/detail.html",
        fragment="questions/_row.html",
        question=question,
        reads_original=reads_original,
        pieces=wording.differences(question.text, question.public_text)
        if is_changed and staff.roles & queue.READ_ALL
        else [],
        askers=_askers(question) if allowed(staff, Permission.READ_ASKERS) else None,
        history=trail.history(staff.commune_id, "question", question.id) if reads_trail else None,
        panel=answer_panel(question, staff),
        doubles=panel_of(question, clock.today(staff.commune.time_zone), allowed(staff, Permission.SORT_QUESTIONS)),
        acts=acts.OFFERED[question.state] if allowed(staff, Permission.SORT_QUESTIONS) else (),
        may_print=allowed(staff, Permission.ENTER_QUESTIONS),
        first_word=_first_word(question),
        age_days=(clock.today(staff.commune.time_zone) - clock.local(question.received_at).date()).days,
    )


def _first_word(question: Question) -> Deadline | None:
    """Until when the asker must be told who takes it up (R8); None when that has happened."""
    if question.state is not QuestionState.WAITING or question.assigned_at is not None:
        return None
    commune = me().commune
    return first_word_due(commune, clock.local(question.received_at, commune.time_zone).date())


def _askers(question: Question) -> list[tuple[Asker, str, list[intake.ConsentLine]]]:
    """The askers with their code in groups and the story of their consents; two queries."""
    lines = intake.consent_lines(question.id)
    return [(asker, codes.grouped(asker.code), lines.get(asker.id, [])) for asker in question.askers]


# -- sorting ----------------------------------------------------------------------------------------------------------


def _act(question_id: int, act: Act) -> Response:
    """Ask what the act needs, do it, and answer with the sentence of what happened: a page, or the row of the queue."""
    question = _question_or_404(question_id, joinedload(Question.dialogue))
    if act is acts.PUBLISH and question.state is QuestionState.PUBLISHED:
        act = acts.WORDING
    form = _act_form(question, act)
    status = 200
    conflict: list[tuple[object, str]] = []
    if form.is_submitted():
        status = 422
        try:
            if form.validate():
                act.run(question, form, me())
                db.session.commit()
                return _acted(question_id, act)
        except RuleBroken as broken:
            form.refuse(broken.field, broken.message)
        except EditConflict:
            now_saved = _act_form(question, act, formdata=None)
            conflict = [(_("State"), str(label(question.state))), *differences(form, now_saved)]
            form.version.data = str(question.version)
            status = 422 if wants_fragment() else 409
    return render(
        "questions/act.html",
        fragment="questions/_row_form.html",
        status=status,
        question=question,
        act=act,
        form=form,
        conflict=conflict,
    )


def _act_form(question: Question, act: Act, **more: Any) -> Any:
    form = act.form(data={"version": str(question.version), **act.values(question)}, **more)
    form.number(question.id)
    if act is acts.ASSIGN:
        form.assigned.choices = acts.assignee_choices(question.commune_id, ("", _("Nobody yet")))
    return form


def _acted(question_id: int, act: Act) -> Response:
    if wants_fragment():
        row = render("questions/_row.html", fragment="questions/_row.html", **_row_values(question_id, act.done))
        return telling(row, SORTED)
    return saved(url_for("questions_office.detail", question_id=question_id), act.done)


@bp.route("/<id:question_id>/publish", methods=["GET", "POST"])
@requires(Permission.SORT_QUESTIONS)
def publish(question_id: int) -> Response:
    return _act(question_id, acts.PUBLISH)


@bp.route("/<id:question_id>/decline", methods=["GET", "POST"])
@requires(Permission.SORT_QUESTIONS)
def decline(question_id: int) -> Response:
    return _act(question_id, acts.DECLINE)


@bp.route("/<id:question_id>/assign", methods=["GET", "POST"])
@requires(Permission.SORT_QUESTIONS)
def assign(question_id: int) -> Response:
    return _act(question_id, acts.ASSIGN)


@bp.route("/<id:question_id>/complaint", methods=["GET", "POST"])
@requires(Permission.SORT_QUESTIONS)
def complaint(question_id: int) -> Response:
    return _act(question_id, acts.COMPLAINT)


@bp.route("/<id:question_id>/take-back", methods=["GET", "POST"])
@requires(Permission.SORT_QUESTIONS)
def take_back(question_id: int) -> Response:
    return _act(question_id, acts.TAKE_BACK)


# -- entering on behalf -----------------------------------------------------------------------------------------------


@bp.get("/new")
@requires(Permission.ENTER_QUESTIONS)
def enter() -> Response:
    """The form that stays open for the next question: what was chosen for the last one stands in the address."""
    form = _enter_form(me())
    form.key.data = secrets.token_hex(12)
    return _enter_page(form)


@bp.post("/new")
@requires(Permission.ENTER_QUESTIONS)
def enter_now() -> Response:
    staff = me()
    form = _enter_form(staff)
    if form.validate():
        try:
            asker = service.receive(actor=staff, **_entered(form, staff))
        except RuleBroken as broken:
            form.refuse(broken.field, broken.message)
        else:
            question_id = asker.question_id
            db.session.commit()
            return see_other(
                url_for(
                    "questions_office.enter",
                    dialogue=form.dialogue.data,
                    channel=form.channel.data,
                    field=form.field.data,
                    village=form.village.data,
                    on=str(form.received_on.data),
                    saved=question_id,
                )
            )
    return _enter_page(form, 422)


def _enter_form(staff: Staff) -> EnterForm:
    """The form with what this person can choose; village heads only their village and the channels of a village."""
    is_bound = intake.is_bound_to_village(staff)
    dialogues = intake.dialogues_to_enter_for(staff)
    channels = choices(IntakeChannel, *(VILLAGE_HEAD_CHANNELS if is_bound else ON_BEHALF_CHANNELS))
    villages = places.village_choices(staff.commune_id, _("Not known"))
    if is_bound:
        villages = [(id_, name) for id_, name in villages if id_ == staff.village_id and id_ is not None]
    today = clock.today(staff.commune.time_zone)
    usual = intake.usual_dialogue(dialogues)
    channel, field = query_member("channel", IntakeChannel), query_member("field", Field)
    form = EnterForm(
        data={
            "dialogue": query_number("dialogue", usual.id if usual else 0),
            "channel": channel.value if channel else "",
            "field": field.value if field else "",
            "village": staff.village_id if is_bound else query_number("village", 0) or None,
            "received_on": _day(query_text("on"), today),
        }
    )
    form.offer(_dialogue_choices(dialogues), [("", _("Please choose")), *channels], villages, today)
    return form


def _dialogue_choices(dialogues: Sequence[Dialogue]) -> list[tuple[int | None, object]]:
    """The day first: the titles of regular dialogues are all alike."""
    return [(dialogue.id, f"{short_day(dialogue.starts_at)} · {dialogue.title}") for dialogue in dialogues]


def _day(raw: str, today: date) -> date:
    try:
        return min(date.fromisoformat(raw), today)
    except ValueError:
        return today


def _entered(form: EnterForm, staff: Staff) -> dict[str, Any]:
    zone = staff.commune.time_zone
    today = clock.today(zone)
    day = form.received_on.data or today
    noon = clock.instant(datetime.combine(day, time(12)), zone)
    return {
        "dialogue": places.row_or_404(Dialogue, staff.commune_id, form.dialogue.data),
        "text": form.text.data,
        "field": Field(form.field.data),
        "kind": QuestionKind(form.kind.data),
        "channel": IntakeChannel(form.channel.data),
        "village_id": form.village.data,
        "name": form.name.data or "",
        "phone": form.phone.data or "",
        "email": form.email.data or "",
        "consents": form.consents(),
        "how": ConsentHow(form.how.data or ConsentHow.PAPER),
        "received_at": None if day == today else noon,
        "key": f"{staff.id}:{form.key.data}" if form.key.data else "",
    }


def _enter_page(form: EnterForm, status: int = 200) -> Response:
    staff = me()
    is_bound = intake.is_bound_to_village(staff)
    just_saved = intake.receipt_of(staff, query_number("saved", 0)) if request.method != "POST" else None
    return render(
        "questions/enter.html",
        status=status,
        form=form,
        just_saved=just_saved,
        code=codes.grouped(just_saved.code) if just_saved else "",
        is_bound=is_bound,
        has_no_village=is_bound and staff.village_id is None,
        mine=intake.entered_by(staff) if is_bound else [],
    )


@bp.get("/<id:question_id>/receipt")
@requires(Permission.ENTER_QUESTIONS)
def receipt(question_id: int) -> Response:
    """The receipt to hand over on paper."""
    asker = intake.receipt_of(me(), question_id) or abort(404)
    return render("questions/office_receipt.html", asker=asker, **receipts.values(asker))
