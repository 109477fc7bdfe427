"""Answers: write, publish, take back; the later answer; the list by stage."""

from collections.abc import Callable
from datetime import date

from flask import Response, abort, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload

from dialogues import clock
from dialogues.access import Permission, allowed, me, requires
from dialogues.errors import EditConflict, RuleBroken
from dialogues.extensions import db
from dialogues.followup import answer_list as listed
from dialogues.followup import answers, service
from dialogues.followup.commitments import staff_choices
from dialogues.followup.forms import AnswerFilter, AnswerForm, LaterAnswerForm, MoveForm
from dialogues.followup.models import Answer
from dialogues.followup.office import bp, this_day
from dialogues.followup.rules import AnswerStage, Outcome
from dialogues.forms import differences
from dialogues.places.service import row_or_404
from dialogues.questions.models import Question
from dialogues.schedule.models import Dialogue
from dialogues.web import page_url, query_member, query_number, query_text, refused, render, safe_next, saved, see_other


def question_to_answer(question_id: int) -> Question:
    """The question, if this person may answer it; else it does not exist for them."""
    question = row_or_404(
        Question,
        me().commune_id,
        question_id,
        joinedload(Question.dialogue).joinedload(Dialogue.commune),
        joinedload(Question.village),
        joinedload(Question.assigned_unit),
    )
    if not answers.may_answer(me(), question):
        abort(404)
    return question


def _answer_or_404(question: Question) -> Answer:
    answer = answers.answer_of(question)
    if answer is None:
        abort(404)
    return answer


def answer_url(question: Question) -> str:
    return url_for("followup_office.answer", question_id=question.id)


def _answer_form(question: Question, answer: Answer | None, typed: bool) -> AnswerForm:
    """The form as typed, or filled with what is saved, or with what is likely."""
    form = AnswerForm() if typed else AnswerForm(formdata=None, obj=answer)
    form.answered_by_id.choices = staff_choices(
        question.commune_id, _("Nobody named"), answer.answered_by_id if answer else None
    )
    if not typed:
        form.version.data = str(answer.version if answer else 0)
        if answer is None:
            form.answered_by_id.data = question.assigned_staff_id or me().id
            form.answered_on.data = _likely_day(question)
    return form


def _likely_day(question: Question) -> date:
    """The day of the dialogue, if it is over and the question was there; else today."""
    zone = question.dialogue.commune.time_zone
    received_on = clock.local(question.received_at, zone).date()
    held_on = clock.local(question.dialogue.starts_at, zone).date()
    return held_on if received_on <= held_on <= clock.today(zone) else clock.today(zone)


def _later_form(answer: Answer, typed: bool) -> LaterAnswerForm:
    """As typed, or filled with what is saved. Only who publishes gives the later answer its day."""
    form = LaterAnswerForm() if typed else LaterAnswerForm(formdata=None, obj=answer)
    if not allowed(me(), Permission.PUBLISH_ANSWERS):
        del form.final_on
    if not typed:
        form.version.data = str(answer.version)
        if form.final_on:
            form.final_on.data = answer.final_on or this_day()
    return form


def _answer_page(
    question: Question,
    *,
    form: AnswerForm | None = None,
    later: LaterAnswerForm | None = None,
    move: MoveForm | None = None,
    meanwhile: list[tuple[object, str]] | None = None,
    status: int = 200,
) -> Response:
    panel = answers.answer_panel(question, me())
    if later is None and panel.answer is not None and panel.wants_later:
        later = _later_form(panel.answer, typed=False)
    if move is None:
        move = MoveForm(formdata=None)
        move.note.data = panel.answer.text if panel.answer and panel.is_moved else ""
    return render(
        "followup/answer.html",
        question=question,
        panel=panel,
        form=form or _answer_form(question, panel.answer, typed=False),
        later=later,
        move=move,
        meanwhile=meanwhile or [],
        may_move=panel.is_moved and allowed(me(), Permission.SORT_QUESTIONS),
        status=status,
    )


@bp.get("/questions/<id:question_id>/answer")
@requires(Permission.ANSWER_QUESTIONS)
def answer(question_id: int) -> Response:
    return _answer_page(question_to_answer(question_id))


@bp.post("/questions/<id:question_id>/answer")
@requires(Permission.ANSWER_QUESTIONS)
def save_answer(question_id: int) -> Response:
    question = question_to_answer(question_id)
    present = answers.answer_of(question)
    form = _answer_form(question, present, typed=True)
    if form.validate_on_submit():
        try:
            now_saved = answers.save_answer(
                question=question,
                answer=present,
                version=form.version.number,
                outcome=Outcome(form.outcome.data),
                text=form.text.data or "",
                answered_by_id=form.answered_by_id.data,
                answered_on=form.answered_on.data,
                due_on=form.due_on.data,
                escalated_to=form.escalated_to.data or "",
                actor=me(),
            )
        except RuleBroken as broken:
            form.refuse(broken.field, broken.message)
        except EditConflict:
            return _answer_conflict(question_id, form)
        else:
            return _after_answer(question, now_saved, request.form.get("then", ""))
    return _answer_page(question, form=form, status=422)


def _after_answer(question: Question, now_saved: Answer, then: str) -> Response:
    """Commit, and go on to what the chosen button says: publish, a commitment, or stay."""
    if then == "publish" and allowed(me(), Permission.PUBLISH_ANSWERS) and now_saved.published_at is None:
        try:
            answers.publish_answer(question=question, answer=now_saved, version=now_saved.version, actor=me())
        except RuleBroken as broken:
            db.session.commit()
            return refused(answer_url(question), _("Saved as a draft. %(why)s", why=broken.message))
        db.session.commit()
        return saved(answer_url(question), _("The answer is saved and published: residents read it now."))
    is_public, outcome = now_saved.published_at is not None, now_saved.outcome
    db.session.commit()
    if outcome is Outcome.MOVED_TO_COMPLAINT:
        return saved(answer_url(question), _("Saved. Now the office moves the question to the complaint procedure."))
    if then == "commitment":
        return saved(
            url_for("followup_office.new_commitment", question_id=question.id),
            _("The answer is saved. Now the commitment."),
        )
    if is_public:
        return saved(answer_url(question), _("Saved. Residents read the new wording now."))
    return saved(answer_url(question), _("Saved as a draft. Residents read it when the office has published it."))


def _answer_conflict(question_id: int, form: AnswerForm) -> Response:
    """Somebody else saved meanwhile: show both; saving again is a deliberate act."""
    db.session.rollback()
    question = question_to_answer(question_id)
    present = _answer_or_404(question)
    meanwhile = differences(form, _answer_form(question, present, typed=False))
    form.version.data = str(present.version)
    return _answer_page(question, form=form, meanwhile=meanwhile, status=409)


@bp.post("/questions/<id:question_id>/answer/publish")
@requires(Permission.PUBLISH_ANSWERS)
def publish_answer(question_id: int) -> Response:
    question = question_to_answer(question_id)
    present = _answer_or_404(question)
    return _change_answer(
        question,
        lambda version: answers.publish_answer(question=question, answer=present, version=version, actor=me()),
        _("The answer is published: residents read it now."),
    )


@bp.post("/questions/<id:question_id>/answer/take-back")
@requires(Permission.PUBLISH_ANSWERS)
def take_back_answer(question_id: int) -> Response:
    question = question_to_answer(question_id)
    present = _answer_or_404(question)
    return _change_answer(
        question,
        lambda version: answers.take_back_answer(answer=present, version=version, actor=me()),
        _("The answer is a draft again: residents do not see it any more."),
    )


def _change_answer(question: Question, change: Callable[[int], None], sentence: str) -> Response:
    """A one-button change, back to the page it was pressed on."""
    url = safe_next(answer_url(question))
    raw = request.form.get("version", "")
    try:
        change(int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 10 else -1)
    except RuleBroken as broken:
        db.session.rollback()
        return refused(url, broken.message)
    except EditConflict:
        db.session.rollback()
        return refused(url, _("Somebody else changed this answer meanwhile. Nothing was done: look at it once more."))
    db.session.commit()
    return saved(url, sentence)


@bp.route("/questions/<id:question_id>/answer/later", methods=["GET", "POST"])
@requires(Permission.ANSWER_QUESTIONS)
def save_later_answer(question_id: int) -> Response:
    question = question_to_answer(question_id)
    if request.method != "POST":  # after an error this address stands in the browser: lead back to the forms
        return see_other(answer_url(question))
    present = _answer_or_404(question)
    form = _later_form(present, typed=True)
    if form.validate_on_submit():
        try:
            answers.save_later_answer(
                question=question,
                answer=present,
                version=form.version.number,
                text=form.final_text.data,
                final_on=form.final_on.data if form.final_on else None,
                actor=me(),
            )
        except RuleBroken as broken:
            form.refuse(broken.field, broken.message)
        except EditConflict:
            db.session.rollback()
            question = question_to_answer(question_id)
            present = _answer_or_404(question)
            form.version.data = str(present.version)
            meanwhile = differences(form, _later_form(present, typed=False))
            return _answer_page(question, later=form, meanwhile=meanwhile, status=409)
        else:
            is_given = present.final_on is not None
            db.session.commit()
            return saved(
                answer_url(question),
                _("The later answer is recorded.")
                if is_given
                else _("The later answer is saved as a draft. The office publishes it with its day."),
            )
    return _answer_page(question, later=form, status=422)


@bp.route("/questions/<id:question_id>/answer/move", methods=["GET", "POST"])
@requires(Permission.SORT_QUESTIONS)
def move_question(question_id: int) -> Response:
    question = question_to_answer(question_id)
    if request.method != "POST":
        return see_other(answer_url(question))
    form = MoveForm()
    if form.validate_on_submit():
        try:
            answers.move_to_complaint(question=question, note=form.note.data, actor=me())
        except RuleBroken as broken:
            form.refuse(broken.field, broken.message)
        else:
            db.session.commit()
            return saved(
                url_for("questions_office.detail", question_id=question.id),
                _("The question moved to the complaint procedure. It is not public any more."),
            )
    return _answer_page(question, move=form, status=422)


@bp.get("/answers")
@requires(Permission.READ_QUESTIONS)
def answer_list() -> Response:
    """Published questions by the stage of their answer."""
    form = AnswerFilter(request.args)
    stage = query_member("stage", AnswerStage)
    dialogues = service.dialogues_with_answers(me().commune_id)
    form.dialogue.choices = [("", _("All dialogues")), *((code, title) for _id, code, title in dialogues)]
    chosen = {code: id_ for id_, code, _title in dialogues}.get(query_text("dialogue"))
    rows, page, counts = listed.answer_list(
        me().commune_id, this_day(), me().commune.time_zone, query_number("page"), stage, chosen
    )
    return render(
        "followup/answers.html",
        form=form,
        rows=rows,
        page=page,
        page_url=page_url("followup_office.answer_list", "stage", "dialogue"),
        counts=counts,
        stages=list(AnswerStage),
        stage=stage,
        today=this_day(),
        may_answer=allowed(me(), Permission.PUBLISH_ANSWERS),
    )
