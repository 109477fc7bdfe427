"""What residents do with doubles: see while typing what was asked already, and join it: "the same as mine"."""

from datetime import timedelta

from flask import Blueprint, Response, abort, request, url_for
from flask_babel import gettext as _

from dialogues import clock, codes
from dialogues.access import Permission, requires
from dialogues.doubles import asking, joining
from dialogues.doubles.forms import JoinForm
from dialogues.errors import RuleBroken
from dialogues.extensions import csrf, db
from dialogues.followup.question_views import QuestionView, question_views
from dialogues.places import service as places
from dialogues.questions import stamp
from dialogues.questions.forms import AskForm
from dialogues.questions.models import Question
from dialogues.questions.service import visible
from dialogues.schedule import service as schedule
from dialogues.schedule.models import Dialogue
from dialogues.schedule.rules import takes_questions
from dialogues.staff.throttle import caller, is_throttled
from dialogues.web import render, see_other

bp = Blueprint("doubles", __name__)

LOOKS, LOOK_WINDOW = 240, timedelta(minutes=10)
JOINS, JOIN_WINDOW = 30, timedelta(hours=1)
"""A village shares one mobile address, so many may join from it; of one question fewer."""
JOINS_OF_ONE = 10


def _dialogue_or_404(code: str) -> Dialogue:
    dialogue = schedule.announced_by_code(codes.normalise(code)) or abort(404)
    places.speak_of(dialogue.commune)
    return dialogue


@bp.route("/d/<code:code>/ask/similar", methods=["GET", "POST"])
@csrf.exempt
@requires(Permission.EVERYONE)
def similar(code: str) -> Response:
    """Published questions like the one that is being written: a piece below the text, or without JavaScript a page.
    By POST, as what is typed belongs into no address."""
    dialogue = _dialogue_or_404(code)
    ask_url = url_for("questions.ask", code=dialogue.code)
    if request.method != "POST" or not _takes(dialogue):
        return see_other(ask_url)
    form = AskForm()
    form.offer(places.village_choices(dialogue.commune_id, _("I would rather not say")))
    form.count_shown()
    found = [] if _looks_too_often() else asking.similar_to(dialogue, form)
    response = render(
        "doubles/before_sending.html",
        fragment="doubles/_similar.html",
        commune=dialogue.commune,
        dialogue=dialogue,
        form=form,
        found=found,
        typed=asking.typed_in(form),
    )
    response.headers["Cache-Control"] = "private, no-cache"  # as the page of the form
    return response


def _looks_too_often() -> bool:
    """Counted without holding up others: looking is not asking."""
    throttled = is_throttled(f"look:{caller()}", LOOKS, LOOK_WINDOW)
    db.session.commit()
    return throttled


def _takes(dialogue: Dialogue) -> bool:
    return takes_questions(dialogue.state, dialogue.starts_at, dialogue.question_deadline_at, clock.now())


@bp.route("/d/<code:code>/ask/same/<id:question_id>", methods=["GET", "POST"])
@csrf.exempt
@requires(Permission.EVERYONE)
def same(code: str, question_id: int) -> Response:
    """ "The same as mine": shows the question with its answer and asks how to reach the person; then joins."""
    dialogue = _dialogue_or_404(code)
    form, view = JoinForm(), _view_or_404(dialogue, question_id)
    if view.id in asking.joined_before():
        return _join_page(dialogue, form, view, is_joined=True)
    if request.method == "POST":
        return _join(dialogue, form, view)
    form.stamp.data = stamp.new()
    return _join_page(dialogue, form, view)


def _view_or_404(dialogue: Dialogue, question_id: int) -> QuestionView:
    this_one = visible(dialogue.commune_id).where(Question.id == question_id)
    views = question_views(this_one, clock.today(dialogue.commune.time_zone))
    return views[0] if views else abort(404)


def _join_page(
    dialogue: Dialogue, form: JoinForm, view: QuestionView, status: int = 200, is_joined: bool = False
) -> Response:
    response = render(
        "doubles/join.html",
        status=status,
        commune=dialogue.commune,
        dialogue=dialogue,
        form=form,
        q=view,
        is_joined=is_joined,
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _join(dialogue: Dialogue, form: JoinForm, view: QuestionView) -> Response:
    form.validate()
    opened = stamp.read(form.stamp.data or "")
    if opened is None or form.website.data:
        form.stamp.data, form.website.data = stamp.new(), ""
        form.refuse("stamp", _("This page was open for very long. Nothing is lost: please press the button once more."))
    if form.errors or opened is None:
        return _join_page(dialogue, form, view, 422)
    address = caller()
    tries = [
        is_throttled(f"join:{address}", JOINS, JOIN_WINDOW),
        is_throttled(f"join:{address}:{view.id}", JOINS_OF_ONE, JOIN_WINDOW),
    ]
    if any(tries):
        db.session.commit()  # the try counts
        form.refuse("stamp", _("Very many people joined from here within an hour. Please wait, then press once more."))
        return _join_page(dialogue, form, view, 429)
    question = places.row_or_404(Question, dialogue.commune_id, view.id)
    try:
        asker = joining.join(
            question=question,
            key=opened.key,
            phone=form.phone.data or "",
            email=form.email.data or "",
            consents=form.consents(),
        )
    except RuleBroken as broken:
        form.refuse(broken.field, broken.message)
        return _join_page(dialogue, form, view, 422)
    code = asker.code
    db.session.commit()
    return asking.remember_joined(see_other(url_for("questions.receipt", code=code)), view.id)
