"""Ratings in the office: what residents think of the answers, papers keyed in, the tablet opened."""

import secrets

from flask import Blueprint, Response, request, session, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import logout_user

from dialogues import qr
from dialogues.access import Permission, allowed, me, requires
from dialogues.errors import RuleBroken
from dialogues.extensions import db
from dialogues.places import service as places
from dialogues.schedule.models import Dialogue
from dialogues.verdicts import rating_counts, ratings, tablet
from dialogues.verdicts.rating_forms import BaseForm, OnePaperForm, cell, grid
from dialogues.verdicts.rating_rules import together
from dialogues.verdicts.rules import Rating, RatingWay
from dialogues.web import absolute, page_url, query_number, refused, render, saved, see_other, sent_text

bp = Blueprint("ratings_office", __name__, url_prefix="/office/dialogues/<id:dialogue_id>/ratings")
IN_LIST = 90


def _dialogue(dialogue_id: int) -> Dialogue:
    return places.row_or_404(Dialogue, me().commune_id, dialogue_id)


@bp.get("")
@requires(Permission.READ_RATINGS)
def results(dialogue_id: int) -> Response:
    """All numbers, and the sentences, which residents never read."""
    dialogue = _dialogue(dialogue_id)
    bodies = rating_counts.all_of(dialogue)
    page, sentences = rating_counts.sentences(dialogue, query_number("page"))
    return render(
        "verdicts/office_results.html",
        dialogue=dialogue,
        bodies=bodies,
        whole=together(bodies),
        ways=rating_counts.by_way(dialogue),
        sentences=sentences,
        page=page,
        page_url=page_url("ratings_office.results", dialogue_id=dialogue_id),
        may_enter=allowed(me(), Permission.SORT_QUESTIONS),
    )


# -- the tablet -------------------------------------------------------------------------------------------------------


@bp.get("/tablet")
@requires(Permission.ENTER_QUESTIONS)
def open_tablet(dialogue_id: int) -> Response:
    """How to begin: on this device, which is signed out by it, or on another one by its link."""
    dialogue = _dialogue(dialogue_id)
    link = absolute("ratings.tablet_list", tablet_token=tablet.token(dialogue, me()))
    return render(
        "verdicts/open_tablet.html",
        dialogue=dialogue,
        questions=len(ratings.answered(dialogue)) if dialogue.announced_at else 0,
        link=link,
        picture=qr.picture(link),
        hours=tablet.VALID_HOURS,
    )


@bp.post("/tablet")
@requires(Permission.ENTER_QUESTIONS)
def start_tablet(dialogue_id: int) -> Response:
    """Sign this device out and show the tablet's page: residents who hold it then reach nothing else."""
    dialogue = _dialogue(dialogue_id)
    if dialogue.announced_at is None:
        return refused(url_for(".open_tablet", dialogue_id=dialogue_id), _("This dialogue is not announced yet."))
    token = tablet.token(dialogue, me())
    logout_user()
    session.clear()
    return see_other(url_for("ratings.tablet_list", tablet_token=token))


# -- paper ------------------------------------------------------------------------------------------------------------


@bp.route("/paper", methods=["GET", "POST"])
@requires(Permission.SORT_QUESTIONS)
def paper(dialogue_id: int) -> Response:
    """A pile of papers counted by hand: three numbers for each question."""
    dialogue = _dialogue(dialogue_id)
    questions = ratings.answered(dialogue)
    form = grid([one.answer_id for one in questions])
    if request.method == "POST" and form.validate():
        said = [
            ratings.Said(one.answer_id, rating)
            for one in questions
            for rating in Rating
            for _paper in range(form[cell(one.answer_id, rating)].data or 0)
        ]
        done = _add(dialogue, form, said)
        if done:
            return done
    return _paper_page(dialogue, questions, form, _one_paper(questions, formdata=None))


@bp.post("/paper/one")
@requires(Permission.SORT_QUESTIONS)
def one_paper(dialogue_id: int) -> Response:
    """One paper with a sentence."""
    dialogue = _dialogue(dialogue_id)
    questions = ratings.answered(dialogue)
    form = _one_paper(questions)
    if form.validate():
        said = [ratings.Said(int(form.answer.data), Rating(form.rating.data), form.text.data or "")]
        done = _add(dialogue, form, said)
        if done:
            return done
    return _paper_page(dialogue, questions, grid([one.answer_id for one in questions], formdata=None), form)


def _one_paper(questions: list[ratings.Answered], **more: None) -> OnePaperForm:
    form = OnePaperForm(**more)
    form.answer.choices = [("", _("Choose")), *((str(one.answer_id), _in_list(one)) for one in questions)]
    return form


def _in_list(one: ratings.Answered) -> str:
    text = " ".join(one.text.split())
    return f"{one.number}. {text if len(text) <= IN_LIST else text[: IN_LIST - 1] + '…'}"


def _add(dialogue: Dialogue, form: BaseForm, said: list[ratings.Said]) -> Response | None:
    """Back to the empty form, or None with the sentence in `form`."""
    sheet = str(form["sheet"].data or "")[:40] or secrets.token_hex(12)
    try:
        ratings.add(dialogue=dialogue, way=RatingWay.PAPER, sheet=sheet, said=said, staff=me())
    except RuleBroken as broken:
        form.refuse(broken.field, broken.message)
        return None
    db.session.commit()
    number = len(said)
    message = ngettext("%(num)s paper is entered.", "%(num)s papers are entered.", number)
    return saved(url_for(".paper", dialogue_id=dialogue.id), message)


def _paper_page(dialogue: Dialogue, questions: list[ratings.Answered], form: BaseForm, one: OnePaperForm) -> Response:
    for each in (form, one):
        each["sheet"].data = each["sheet"].data or secrets.token_hex(12)
    return render(
        "verdicts/paper.html",
        dialogue=dialogue,
        questions=questions,
        form=form,
        one=one,
        cell=cell,
        ratings=list(Rating),
        sheets=ratings.sheets(dialogue),
        status=422 if request.method == "POST" else 200,
    )


@bp.post("/paper/take-back")
@requires(Permission.SORT_QUESTIONS)
def take_back(dialogue_id: int) -> Response:
    """Papers that were keyed in by mistake."""
    dialogue = _dialogue(dialogue_id)
    number = ratings.take_back(dialogue=dialogue, sheet=sent_text("sheet"), actor=me())
    url = url_for(".paper", dialogue_id=dialogue_id)
    if not number:
        return refused(url, _("These papers were taken back already."))
    db.session.commit()
    return saved(url, ngettext("%(num)s paper is taken back.", "%(num)s papers are taken back.", number))
