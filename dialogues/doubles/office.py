"""What the office does with doubles: merge, take out, link as asked before; the commune's words; what comes again."""

from flask import Blueprint, Response, abort, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload

from dialogues import clock
from dialogues.access import Permission, me, requires
from dialogues.doubles import chains, merging, own_words
from dialogues.doubles.forms import OtherForm, OutForm, WordsForm
from dialogues.doubles.models import SameWords
from dialogues.errors import EditConflict, RuleBroken
from dialogues.extensions import db
from dialogues.places import service as places
from dialogues.questions import service as questions
from dialogues.questions.models import Question
from dialogues.schedule.models import Dialogue
from dialogues.staff import trail
from dialogues.web import refused, render, saved

bp = Blueprint("doubles_office", __name__, url_prefix="/office")


def _question_or_404(question_id: int) -> Question:
    """The question with this id if the signed-in person may see it."""
    found = questions.visible_to(me()).where(Question.id == question_id)
    return db.session.scalar(found.options(joinedload(Question.dialogue))) or abort(404)


def _page_of(question_id: int) -> str:
    return url_for("questions_office.detail", question_id=question_id, _anchor="doubles")


def _conflict(question_id: int) -> Response:
    sentence = _("Somebody else saved this question meanwhile, so nothing was done. Look at it once more.")
    return refused(_page_of(question_id), sentence)


def _other_of(form: OtherForm) -> Question | None:
    """The question that the form names; one that this person may not see is as good as none. None: the form says why
    not."""
    if not form.validate():
        return None
    found = questions.visible_to(me()).where(Question.id == form.other.data)
    other = db.session.scalar(found.options(joinedload(Question.dialogue)))
    if other is None:
        form.refuse("other", _("There is no question with this number. It stands in the heading of its page."))
    return other


def _number_again(question: Question, form: OtherForm) -> Response:
    """The number once more, with what was typed."""
    form.version.data = form.version.data or str(question.version)
    return render("doubles/other.html", status=422, question=question, form=form)


@bp.post("/questions/<id:question_id>/merge")
@requires(Permission.SORT_QUESTIONS)
def merge(question_id: int) -> Response:
    """Merge this question into the other one."""
    question, form = _question_or_404(question_id), OtherForm()
    other = _other_of(form)
    if other is None:
        return _number_again(question, form)
    try:
        lead = merging.merge(question=question, into=other, actor=me(), version=form.version.number)
    except RuleBroken as broken:
        return refused(_page_of(question_id), broken.message)
    except EditConflict:
        return _conflict(question_id)
    sentence = _("Merged into question %(number)s. Its askers keep their codes and hear the answer.", number=lead.id)
    lead_id = lead.id
    db.session.commit()
    return saved(_page_of(lead_id), sentence)


@bp.post("/questions/<id:question_id>/take-in")
@requires(Permission.SORT_QUESTIONS)
def take_in(question_id: int) -> Response:
    """Merge the other question into this one; the version is that of the other one."""
    question, form = _question_or_404(question_id), OtherForm()
    other = _other_of(form)
    if other is None:
        return _number_again(question, form)
    try:
        merging.merge(question=other, into=question, actor=me(), version=form.version.number)
    except RuleBroken as broken:
        return refused(_page_of(question_id), broken.message)
    except EditConflict:
        return _conflict(question_id)
    sentence = _("Question %(number)s is merged into this one.", number=other.id)
    db.session.commit()
    return saved(_page_of(question_id), sentence)


@bp.post("/questions/<id:question_id>/unmerge")
@requires(Permission.SORT_QUESTIONS)
def unmerge(question_id: int) -> Response:
    """Undo of a merge: everything is as it was."""
    question, form = _question_or_404(question_id), OutForm()
    try:
        merging.unmerge(question=question, actor=me(), version=form.version.number)
    except RuleBroken as broken:
        return refused(_page_of(question_id), broken.message)
    except EditConflict:
        return _conflict(question_id)
    db.session.commit()
    return saved(_page_of(question_id), _("Taken out. The question is what it was before."))


@bp.post("/questions/<id:question_id>/link")
@requires(Permission.SORT_QUESTIONS)
def link(question_id: int) -> Response:
    """Note that the other question asked the same before."""
    question, form = _question_or_404(question_id), OtherForm()
    other = _other_of(form)
    if other is None:
        return _number_again(question, form)
    if form.version.number != question.version:
        return _conflict(question_id)
    try:
        chains.link(question=question, earlier=other, actor=me())
    except RuleBroken as broken:
        return refused(_page_of(question_id), broken.message)
    sentence = _("Linked with question %(number)s: asked before.", number=other.id)
    db.session.commit()
    return saved(_page_of(question_id), sentence)


@bp.post("/questions/<id:question_id>/unlink")
@requires(Permission.SORT_QUESTIONS)
def unlink(question_id: int) -> Response:
    """Take this question out of its chain."""
    question = _question_or_404(question_id)
    try:
        chains.unlink(question=question, actor=me())
    except RuleBroken as broken:
        return refused(_page_of(question_id), broken.message)
    db.session.commit()
    return saved(_page_of(question_id), _("The link is taken away."))


@bp.get("/dialogues/<id:dialogue_id>/asked-again")
@requires(Permission.READ_QUESTIONS)
def asked_again(dialogue_id: int) -> Response:
    """What comes again at this dialogue, with what was answered and promised before; for the leaders."""
    commune = me().commune
    dialogue = places.row_or_404(Dialogue, commune.id, dialogue_id)
    matters = chains.asked_again(dialogue, clock.today(commune.time_zone))
    return render("doubles/asked_again.html", dialogue=dialogue, matters=matters)


@bp.get("/same-words")
@requires(Permission.SORT_QUESTIONS)
def same_words() -> Response:
    return _words_page(WordsForm(formdata=None))


@bp.post("/same-words")
@requires(Permission.SORT_QUESTIONS)
def add_words() -> Response:
    form = WordsForm()
    if form.validate():
        try:
            line = own_words.add(commune_id=me().commune_id, words=form.words.data or "", actor=me())
        except RuleBroken as broken:
            form.refuse(broken.field, broken.message)
        else:
            sentence = _("Added: %(words)s", words=line.words)
            db.session.commit()
            return saved(url_for(".same_words"), sentence)
    return _words_page(form, 422)


@bp.post("/same-words/<id:line_id>/remove")
@requires(Permission.SORT_QUESTIONS)
def remove_words(line_id: int) -> Response:
    line = places.row_or_404(SameWords, me().commune_id, line_id)
    sentence = _("Removed: %(words)s", words=line.words)
    own_words.remove(line=line, actor=me())
    db.session.commit()
    return saved(url_for(".same_words"), sentence)


def _words_page(form: WordsForm, status: int = 200) -> Response:
    commune_id = me().commune_id
    return render(
        "doubles/same_words.html",
        status=status,
        form=form,
        lines=own_words.own_words(commune_id),
        history=trail.history(commune_id, "same_words", commune_id, most=20),
    )
