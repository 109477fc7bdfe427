"""What belongs to a whole round: its title and fields, papers, the questions that caused it."""

from flask import Response, request, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from dialogues.access import Permission, me, requires
from dialogues.errors import EditConflict, RuleBroken
from dialogues.extensions import db
from dialogues.forms import differences
from dialogues.questions import round_links
from dialogues.schedule import round_moves, rounds
from dialogues.schedule.office import plan_bp
from dialogues.schedule.office.rounds import page_of, round_or_404, round_page
from dialogues.schedule.round_forms import CommonForm, PaperForm, topics
from dialogues.schedule.round_models import Round
from dialogues.web import query_text, render, saved

# -- title, fields, results, papers -----------------------------------------------------------------------------------


@plan_bp.route("/rounds/<id:round_id>/common", methods=["GET", "POST"])
@requires(Permission.PLAN_DIALOGUES)
def common(round_id: int) -> Response:
    one = round_or_404(round_id)
    if request.method != "POST":
        return render("schedule/plan/common.html", round=one, form=_saved_common(one))
    form, status, differing = CommonForm(), 422, None
    if form.validate_on_submit():
        try:
            round_moves.change_common(
                one=one,
                title=form.title.data or "",
                topics=topics(form),
                results=form.results.data or "",
                version=form.version.number,
                actor=me(),
            )
        except RuleBroken as broken:
            form.refuse(broken.field, broken.message)
        except EditConflict:
            differing, status = differences(form, _saved_common(one)), 409
            form.version.data = str(one.version)
        else:
            db.session.commit()
            return saved(page_of(one), _("The changes are saved."))
    return render("schedule/plan/common.html", round=one, form=form, differing=differing, status=status)


def _saved_common(one: Round) -> CommonForm:
    form = CommonForm(formdata=None, obj=one)
    form.topics.data = [topic.value for topic in rounds.topics_of(one)]
    return form


@plan_bp.post("/rounds/<id:round_id>/papers")
@requires(Permission.PLAN_DIALOGUES)
def add_paper(round_id: int) -> Response:
    one = round_or_404(round_id)
    form = PaperForm()
    if form.validate_on_submit():
        try:
            round_moves.add_paper(
                one=one, title=form.title.data or "", text=form.text.data or "", link=form.link.data or "", actor=me()
            )
        except RuleBroken as broken:
            form.refuse(broken.field, broken.message)
        else:
            db.session.commit()
            return saved(page_of(one), _("The paper is added to the round."))
    return round_page(one, form, 422)


@plan_bp.post("/rounds/<id:round_id>/papers/<id:paper_id>/remove")
@requires(Permission.PLAN_DIALOGUES)
def remove_paper(round_id: int, paper_id: int) -> Response:
    one = round_or_404(round_id)
    if not round_moves.remove_paper(one=one, paper_id=paper_id, actor=me()):
        raise NotFound
    db.session.commit()
    return saved(page_of(one), _("The paper is removed."))


# -- the questions that caused it -------------------------------------------------------------------------------------


@plan_bp.get("/rounds/<id:round_id>/questions")
@requires(Permission.PLAN_DIALOGUES)
def questions(round_id: int) -> Response:
    one = round_or_404(round_id)
    words = query_text("q")
    found = round_links.search(one, words) if words else []
    linked = round_links.linked(one, me())
    return render("schedule/plan/questions.html", round=one, words=words, found=found, linked=linked)


@plan_bp.post("/rounds/<id:round_id>/questions/<id:question_id>/link")
@requires(Permission.PLAN_DIALOGUES)
def link_question(round_id: int, question_id: int) -> Response:
    one = round_or_404(round_id)
    round_links.link(one=one, question_id=_question(question_id), actor=me())
    db.session.commit()
    return saved(_search_again(one), _("The question is linked to the round."))


@plan_bp.post("/rounds/<id:round_id>/questions/<id:question_id>/unlink")
@requires(Permission.PLAN_DIALOGUES)
def unlink_question(round_id: int, question_id: int) -> Response:
    one = round_or_404(round_id)
    round_links.unlink(one=one, question_id=_question(question_id), actor=me())
    db.session.commit()
    return saved(_search_again(one), _("The question is no longer linked."))


def _search_again(one: Round) -> str:
    """The page of its questions, with the words that were looked for."""
    return url_for("plan_office.questions", round_id=one.id, q=query_text("q") or None)


def _question(question_id: int) -> int:
    """The number of a question of this commune, else 404."""
    if not round_links.is_ours(me().commune_id, question_id):
        raise NotFound
    return question_id
