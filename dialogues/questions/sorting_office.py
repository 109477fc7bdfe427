"""Sorting beyond one form in a row: texts with several matters, acts on many, all public wordings, transfer slips."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, abort, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import joinedload

from dialogues import clock
from dialogues.access import Permission, me, requires
from dialogues.errors import EditConflict, RuleBroken
from dialogues.extensions import db
from dialogues.language import short_day
from dialogues.places.rules import Field
from dialogues.questions import acts, bulk, lineage, queue, redacting, sorting, splitting, undo, wordings
from dialogues.questions.acts import Act
from dialogues.questions.bulk import Chosen, Result
from dialogues.questions.forms import DeclineForm, PartForm, PressForm, SplitForm
from dialogues.questions.lineage import Part
from dialogues.questions.models import Question
from dialogues.questions.rules import DeclineReason, QuestionKind, QuestionState
from dialogues.schedule.models import Dialogue
from dialogues.web import refused, render, saved, see_other, sent_text

bp = Blueprint("sorting_office", __name__, url_prefix="/office/questions")


def _question_or_404(question_id: int) -> Question:
    """The question with this id if the signed-in person may see it."""
    found = queue.visible_to(me()).where(Question.id == question_id)
    whole = joinedload(Question.dialogue).joinedload(Dialogue.commune)
    return db.session.scalar(found.options(whole, joinedload(Question.village))) or abort(404)


# -- split ------------------------------------------------------------------------------------------------------------


@bp.route("/<id:question_id>/split", methods=["GET", "POST"])
@requires(Permission.SORT_QUESTIONS)
def split(question_id: int) -> Response:
    """The text in as many parts as its own marks tell, to be mended; each becomes a question."""
    question = _question_or_404(question_id)
    form = SplitForm(data={"version": str(question.version)})
    if not form.is_submitted():
        texts = splitting.matters(question.own_text)
        form.count.data = str(max(len(texts), splitting.FEWEST))
        return _split_page(question, form, _part_forms(form, question, texts))
    parts = _part_forms(form, question)
    status = 422
    if request.form.get("do") == "more":
        form.count.data, status = str(min(form.number_of_parts + 1, splitting.MOST)), 200
        return _split_page(question, form, _part_forms(form, question), status)
    are_fine = [part.validate() for part in parts]  # each says what it lacks
    try:
        if form.validate() and all(are_fine):
            with undo.kept(question, acts.SPLIT.path, me()):
                typed = [_typed(part) for part in parts if part.text.data]
                lineage.split(question=question, parts=typed, actor=me(), version=form.version.number)
            db.session.commit()
            return saved(url_for("questions_office.detail", question_id=question_id), acts.SPLIT.done)
    except RuleBroken as broken:
        db.session.rollback()
        _place(broken, form, parts)
    except EditConflict:
        form.version.data, status = str(question.version), 409
        form.refuse(
            "version", _("Somebody else changed this question meanwhile. Read it once more before you split it.")
        )
    return _split_page(_question_or_404(question_id), form, parts, status)


def _part_forms(form: SplitForm, question: Question, texts: Sequence[str] = ()) -> list[PartForm]:
    """As many parts as stand on the page: filled with these texts, or with what was typed."""
    usual = {"field": question.field.value, "kind": question.kind.value}
    filled = [*texts, *[""] * (form.number_of_parts - len(texts))]
    parts = []
    for n, text in enumerate(filled, 1):
        part = PartForm(formdata=None if texts else request.form, prefix=f"m{n}-", data={**usual, "text": text})
        for field in (part.text, part.field, part.kind):
            field.label.text = f"{field.label.text} ({n})"  # so that a sentence tells which one it means
        parts.append(part)
    return parts


def _typed(part: PartForm) -> Part:
    return Part(part.text.data or "", Field(part.field.data), QuestionKind(part.kind.data))


def _place(broken: RuleBroken, form: SplitForm, parts: list[PartForm]) -> None:
    """The sentence at the first part that lacks a text, else above all."""
    empty = next((part for part in parts if not part.text.data), parts[-1])
    (empty if broken.field == "text" else form).refuse(broken.field, broken.message)


def _split_page(question: Question, form: SplitForm, parts: list[PartForm], status: int = 200) -> Response:
    return render(
        "questions/split.html",
        status=status,
        question=question,
        act=acts.SPLIT,
        form=form,
        parts=parts,
        may_add=len(parts) < splitting.MOST,
    )


# -- wordings, slip ---------------------------------------------------------------------------------------------------


@bp.get("/<id:question_id>/wordings")
@requires(Permission.READ_QUESTIONS)
def public_wordings(question_id: int) -> Response:
    """Every text that residents could read, with what was changed."""
    question = _question_or_404(question_id)
    staff = me()
    return render(
        "questions/wordings.html",
        question=question,
        versions=wordings.versions(question, staff),
        reads_original=queue.reads_original(staff, question),
    )


@bp.get("/<id:question_id>/transfer-slip")
@requires(Permission.READ_ASKERS)
def transfer_slip(question_id: int) -> Response:
    """The slip that goes with the original to the body in charge of complaints and denunciations (R10)."""
    question = _question_or_404(question_id)
    if question.state is not QuestionState.MOVED_TO_COMPLAINT:
        abort(404)
    commune = question.dialogue.commune
    return render(
        "questions/transfer_slip.html",
        question=question,
        commune=commune,
        askers=lineage.askers_of(question),
        today=clock.today(commune.time_zone),
        received_on=clock.local(question.received_at, commune.time_zone).date(),
    )


# -- many at once -----------------------------------------------------------------------------------------------------


@bp.route("/bulk", methods=["GET", "POST"])
@requires(Permission.SORT_QUESTIONS)
def many() -> Response:
    """What was ticked in the queue, what the act needs, and one button for all of them."""
    act = next((one for one in acts.BULK if one.path == request.values.get("act")), None)
    rows = bulk.chosen(me(), request.values.getlist("q"))
    if rows is None:
        abort(404)
    if act is None or not rows:
        return refused(url_for("questions_office.queue"), _("Tick the questions first, then choose what to do."))
    form = _bulk_form(act, rows)
    villages = redacting.village_names(me().commune_id) if act is acts.PUBLISH else []
    status = 200
    if form.is_submitted():
        status = 422
        if form.validate() and _is_whole(act, form):
            result = bulk.do(rows, act.path, me(), _runner(act, form, villages))
            name, why = result.for_all or ("", "")
            if name not in form:
                db.session.commit()
                return _done(act, result)
            form.refuse(name, why)  # nothing was done: what was typed stays to be mended
    private = (
        {one.question.id: redacting.candidates(one.question, villages) for one in rows} if act is acts.PUBLISH else {}
    )
    return render("questions/bulk.html", status=status, act=act, form=form, rows=rows, private=private)


def _is_whole(act: Act, form: Any) -> bool:
    """Many are given to somebody; that nobody has one any more is said of it alone."""
    if act is acts.ASSIGN and not form.assigned.data:
        form.refuse("assigned", _("Choose who prepares the answers."))
        return False
    return True


def _bulk_form(act: Act, rows: Sequence[Chosen]) -> Any:
    """The form of the act, empty; publishing asks for nothing more."""
    if act is acts.PUBLISH:
        return PressForm()
    form: Any = act.form()
    if act is acts.ASSIGN:
        form.assigned.choices = acts.assignee_choices(me().commune_id, ("", _("Please choose")))
        form.support.choices = sorting.assignees(me().commune_id).units
    if act is acts.DEFER:
        found = {one.id: one for row in rows for one in lineage.later_dialogues(row.question)}
        offered = sorted(found.values(), key=lambda one: one.starts_at)
        named = [(one.id, f"{short_day(one.starts_at)} · {one.title}") for one in offered]
        form.dialogue.choices = [(None, _("Please choose")), *named]
    return form


def _runner(act: Act, form: Any, villages: Sequence[str]) -> Any:
    """The service call for one of them."""
    staff = me()

    def run(question: Question, version: int) -> None:
        if act is acts.PUBLISH:
            acts.publish_as_it_stands(question, villages, staff, version)
        elif isinstance(form, DeclineForm):
            reason = DeclineReason(form.reason.data)
            sorting.decline(question=question, reason=reason, note=form.note.data, actor=staff, version=version)
        elif act is acts.ASSIGN:
            sorting.assign(question=question, **form.target(), actor=staff, version=version)
        else:
            lineage.defer(
                question=question, dialogue_id=form.dialogue.data, reason=form.note.data, actor=staff, version=version
            )

    return run


def _done(act: Act, result: Result) -> Response:
    """Back to the queue: how many were done, which were not and why, and a button that undoes them."""
    url = url_for("questions_office.queue", done=result.batch if result.done else None)
    if result.failed:
        refused(url, _not_done(result))
    if not result.done:
        return see_other(url)
    number = ngettext("%(num)s question", "%(num)s questions", len(result.done))
    return saved(url, _("%(act)s: %(number)s done.", act=str(act.text), number=number))


def _not_done(result: Result) -> str:
    """Each reason once, with the questions that it holds for."""
    held: dict[str, list[str]] = {}
    for id_, why in result.failed:
        held.setdefault(why, []).append(str(id_))
    return " ".join(
        ngettext(
            "Not done, question %(numbers)s: %(why)s",
            "Not done, %(num)s questions (%(numbers)s): %(why)s",
            len(ids),
            numbers=", ".join(ids),
            why=why,
        )
        for why, ids in held.items()
    )


@bp.post("/bulk/undo")
@requires(Permission.SORT_QUESTIONS)
def undo_many() -> Response:
    """Undo what one press did, each that nothing was built on."""
    staff = me()
    rows = undo.of_batch(staff.commune_id, sent_text("batch"))
    result = bulk.take_back(rows, lambda question, one: acts.undo_act(question, one, staff))
    db.session.commit()
    url = url_for("questions_office.queue")
    if result.failed or not result.done:
        return refused(url, _not_done(result) if result.failed else undo.TOO_LATE)
    number = ngettext("%(num)s question", "%(num)s questions", len(result.done))
    return saved(url, _("Undone: %(number)s.", number=number))
