"""What the office does with questions: the queue, the page of one, sorting, entering on behalf, receipts."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, abort, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload

from dialogues import clock, codes
from dialogues.access import Permission, allowed, me, requires
from dialogues.doubles.panel import panel_of
from dialogues.errors import EditConflict, RuleBroken
from dialogues.extensions import db
from dialogues.followup import escalation
from dialogues.followup.answers import answer_panel
from dialogues.followup.models import Answer
from dialogues.followup.rules import Outcome
from dialogues.forms import differences
from dialogues.places import service as places
from dialogues.places.days import Deadline
from dialogues.places.rules import Field
from dialogues.questions import (
    acts,
    intake,
    lineage,
    queue,
    redacting,
    service,
    sorting,
    splitting,
    undo,
    wording,
    wordings,
)
from dialogues.questions.acts import Act
from dialogues.questions.entering import dialogue_choices
from dialogues.questions.forms import PublishForm, QueueFilters
from dialogues.questions.models import Asker, Question, QuestionUndo
from dialogues.questions.queue import Filters
from dialogues.questions.rules import (
    IntakeChannel,
    QuestionState,
)
from dialogues.staff.models import Staff
from dialogues.today.deadlines import first_word_due, working_days_left
from dialogues.web import (
    page_url,
    query_member,
    query_number,
    query_text,
    refused,
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
    may_sort = allowed(staff, Permission.SORT_QUESTIONS)
    return render(
        "questions/queue.html",
        fragment="questions/_tabs.html",
        form=form,
        filters=filters,
        is_filtered=any(field.data for field in form),
        page=page,
        rows=rows,
        **_beside(staff, rows),
        batch=undo.of_batch(staff.commune_id, query_text("done")) if may_sort else [],
        tabs=_tabs(staff, filters),
        page_url=page_url("questions_office.queue", *FILTERS),
        may_sort=may_sort,
        bulk_acts=acts.BULK,
        keyed_acts=acts.KEYED,
        offered=acts.OFFERED,
    )


NEAR = 3
"""So many working days before its end the clock of the first word stands in the row."""


def _beside(staff: Staff, rows: Sequence[queue.QueueRow]) -> dict[str, Any]:
    """What rows show beside the question: to whom it was passed up, how much of the first word's time is left. One
    query."""
    commune, passed_up = staff.commune, escalation.waiting_of([row.id for row in rows])
    today = clock.today(commune.time_zone)
    left = {
        row.id: working_days_left(commune, first_word_due(commune, received_on).on, today)
        for row in rows
        if row.is_untold and row.id not in passed_up
        for received_on in (clock.local(row.received_at, commune.time_zone).date(),)
    }
    return {"passed_up": passed_up, "days_left": {id_: days for id_, days in left.items() if days <= NEAR}}


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
    if state is QuestionState.QUARANTINED:
        return _("Suspicious")
    return label(state) if state else _("All")


def _filters(staff: Staff) -> tuple[QueueFilters, Filters]:
    """What the address narrows the queue to; unknown values narrow nothing."""
    dialogues = dict(dialogue_choices(intake.dialogues_to_enter_for(staff, 200)))
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
        **_beside(staff, rows),
        "done": done,
        "undo": undo.of(db.session.get_one(Question, question_id)) if done else None,
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
    is_changed = question.public_text not in ("", question.own_text)
    reads_trail = allowed(staff, Permission.READ_TRAIL)
    return render(
        "questions/detail.html",
        fragment="questions/_row.html",
        question=question,
        reads_original=reads_original,
        corrected_pieces=wording.differences(question.text, question.corrected_text) if question.corrected_text else [],
        pieces=wording.differences(question.own_text, question.public_text)
        if is_changed and staff.roles & queue.READ_ALL
        else [],
        versions=wordings.count(question.id) if question.public_text else 0,
        askers=_askers(question) if allowed(staff, Permission.READ_ASKERS) else None,
        history=acts.history(question) if reads_trail else None,
        panel=(panel := answer_panel(question, staff)),
        doubles=panel_of(question, clock.today(staff.commune.time_zone), allowed(staff, Permission.SORT_QUESTIONS)),
        acts=acts.OFFERED[question.state] if allowed(staff, Permission.SORT_QUESTIONS) else (),
        may_print=allowed(staff, Permission.ENTER_QUESTIONS),
        undo=_undo(question) if allowed(staff, Permission.SORT_QUESTIONS) else None,
        hint=splitting.looks_like(question.own_text) if question.state is QuestionState.WAITING else None,
        parts=lineage.parts_of(question) if question.state is QuestionState.SPLIT else [],
        deferrals=lineage.deferrals(question.id),
        helping=sorting.helping_units(question.id) if question.assigned_at else [],
        first_word=_first_word(question, panel.answer),
        age_days=(clock.today(staff.commune.time_zone) - clock.local(question.received_at).date()).days,
    )


def _first_word(question: Question, answer: Answer | None) -> Deadline | None:
    """Until when the asker must be told who takes it up (R8); None when that has happened."""
    if question.state is not QuestionState.WAITING or question.assigned_at is not None:
        return None
    if answer is not None and answer.outcome is Outcome.ESCALATED:
        return None
    commune = me().commune
    return first_word_due(commune, clock.local(question.received_at, commune.time_zone).date())


def _askers(question: Question) -> list[tuple[Asker, str, list[intake.ConsentLine]]]:
    """The askers with their code in groups and the story of their consents; two queries. Those of a part of a text are
    the askers of the text."""
    askers = lineage.askers_of(question)
    lines: dict[int, list[intake.ConsentLine]] = {}
    for question_id in {asker.question_id for asker in askers}:
        lines.update(intake.consent_lines(question_id))
    return [(asker, codes.grouped(asker.code), lines.get(asker.id, [])) for asker in askers]


def _undo(question: Question) -> tuple[QuestionUndo, object] | None:
    """The act that can be undone now, with its words."""
    one = undo.of(question)
    return (one, acts.BY_PATH[one.act].title) if one and one.act in acts.BY_PATH else None


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
            if form.validate() and not _is_preview(question, form):
                with undo.kept(question, act.path, me()):
                    act.run(question, form, me())
                db.session.commit()
                return _acted(question_id, act)
            status = 422 if form.errors else 200
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
        look=redacting.look(form, question) if isinstance(form, PublishForm) else None,
        conflict=conflict,
    )


def _is_preview(question: Question, form: Any) -> bool:
    """Whether the clerk only wants to see what becomes of the text; what the ticks change is always seen first."""
    if not isinstance(form, PublishForm):
        return False
    is_changed = redacting.apply(form, question)
    if request.form.get("do") == "preview":
        return True
    if is_changed:
        form.refuse("public_text", _("What you ticked is left out now. Read the text once more, then send it."))
    return is_changed


def _act_form(question: Question, act: Act, **more: Any) -> Any:
    form = act.form(data={"version": str(question.version), **act.values(question)}, **more)
    form.number(question.id)
    if act is acts.ASSIGN:
        form.assigned.choices = acts.assignee_choices(question.commune_id, ("", _("Nobody yet")))
        form.support.choices = sorting.assignees(question.commune_id).units
    elif isinstance(form, PublishForm):
        redacting.offer(form, question)
    elif act is acts.DEFER:
        form.dialogue.choices = [(None, _("Please choose")), *dialogue_choices(lineage.later_dialogues(question))]
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


@bp.route("/<id:question_id>/release", methods=["GET", "POST"])
@requires(Permission.SORT_QUESTIONS)
def release(question_id: int) -> Response:
    question = _question_or_404(question_id)
    if request.method != "POST" and question.state is not QuestionState.QUARANTINED:
        return see_other(url_for("questions_office.detail", question_id=question_id))  # somebody was quicker
    return _act(question_id, acts.RELEASE)


@bp.route("/<id:question_id>/take-back", methods=["GET", "POST"])
@requires(Permission.SORT_QUESTIONS)
def take_back(question_id: int) -> Response:
    return _act(question_id, acts.TAKE_BACK)


@bp.route("/<id:question_id>/escalate", methods=["GET", "POST"])
@requires(Permission.SORT_QUESTIONS)
def escalate(question_id: int) -> Response:
    return _act(question_id, acts.ESCALATE)


@bp.route("/<id:question_id>/defer", methods=["GET", "POST"])
@requires(Permission.SORT_QUESTIONS)
def defer(question_id: int) -> Response:
    return _act(question_id, acts.DEFER)


@bp.post("/<id:question_id>/undo")
@requires(Permission.SORT_QUESTIONS)
def take_act_back(question_id: int) -> Response:
    """Undo the last act, if it is the one that was looked at and nothing was built on it."""
    question = _question_or_404(question_id, joinedload(Question.dialogue))
    url = url_for("questions_office.detail", question_id=question_id)
    one = undo.of(question)
    done, problem = _("Undone. It stands as before."), ""
    try:
        if one is None or request.form.get("undo") != str(one.version_after):
            raise RuleBroken(undo.TOO_LATE)
        acts.undo_act(question, one, me())
    except RuleBroken as broken:
        db.session.rollback()
        problem = broken.message
    else:
        db.session.commit()
    if wants_fragment():
        row = render("questions/_row.html", fragment="questions/_row.html", **_row_values(question_id, problem or done))
        return telling(row, SORTED)
    return refused(url, problem) if problem else saved(url, done)
