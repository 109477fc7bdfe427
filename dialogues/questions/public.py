"""What residents do with questions: ask without account, follow their own by its code, read the published ones."""

from datetime import timedelta
from functools import cache, partial
from typing import Any

from flask import Blueprint, Response, abort, current_app, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from dialogues import clock, codes
from dialogues.access import Permission, requires
from dialogues.doubles.asking import step_before_sending
from dialogues.errors import RuleBroken
from dialogues.extensions import csrf, db
from dialogues.followup.service import (
    QuestionView,
    Versions,
    is_answered,
    question_views,
    question_views_by_id,
    versions_of,
)
from dialogues.fragments import Fragments
from dialogues.language import short_day
from dialogues.paging import PUBLIC_ROWS, Paged, paged
from dialogues.places import service as places
from dialogues.places.models import Commune
from dialogues.places.rules import Field
from dialogues.questions import receipts, service, spelling, stamp, tracking
from dialogues.questions.forms import AskForm, ConsentForm, FindForm, ListFilters
from dialogues.questions.intake import FLAGS
from dialogues.questions.lineage import lead_of, people_of
from dialogues.questions.models import Asker, Question
from dialogues.questions.rules import Consent, IntakeChannel, QuestionKind
from dialogues.questions.spelling import Mistake
from dialogues.schedule import service as schedule
from dialogues.schedule.models import Dialogue
from dialogues.schedule.rules import Phase, question_deadline, takes_questions
from dialogues.staff.throttle import is_throttled
from dialogues.web import page_url, public_page, query_member, query_number, query_text, render, see_other
from dialogues.words import choices

bp = Blueprint("questions", __name__)

MOST_FOUND = 100
"""So many questions a search for words lists; who wants others writes one more word."""
ASKS, ASK_WINDOW = 30, timedelta(hours=1)
WRONG_CODES, CODE_WINDOW = 20, timedelta(minutes=10)
DONE = {
    "given": _l("Saved: you allow this now."),
    "taken-back": _l("Saved: you do not allow this any more."),
    "withdrawn": _l("Your question is withdrawn. Residents cannot read it any more."),
    "left": _l("Done: you do not take part in this question any more."),
}


# -- asking -----------------------------------------------------------------------------------------------------------


@bp.route("/d/<code:code>/ask", methods=["GET", "POST"])
@csrf.exempt
@requires(Permission.EVERYONE)
def ask(code: str) -> Response:
    """Ask without account. The form carries no session, so that it works without cookies."""
    dialogue = schedule.announced_by_code(code) or abort(404)
    if request.method != "POST" and code != dialogue.code:
        return redirect(url_for("questions.ask", code=dialogue.code), 301)  # type: ignore[return-value]
    commune = places.speak_of(dialogue.commune)
    form = AskForm()
    form.offer(places.village_choices(commune.id, _("I would rather not say")))
    if not takes_questions(dialogue.state, dialogue.starts_at, dialogue.question_deadline_at, clock.now()):
        return _not_collecting(dialogue, form)
    if request.method == "POST":
        return _send(dialogue, form)
    form.stamp.data = stamp.new()
    return _ask_page(dialogue, form)


def _ask_page(dialogue: Dialogue, form: AskForm, status: int = 200) -> Response:
    deadline_at = question_deadline(dialogue.starts_at, dialogue.question_deadline_at)
    phase = schedule.phase_of(dialogue, clock.now())
    response = render(
        "questions/ask.html",
        status=status,
        commune=dialogue.commune,
        dialogue=dialogue,
        deadline_at=deadline_at if phase is Phase.COLLECTING else None,
        form=form,
    )
    # The browser may bring the page back with what was typed ("back"), which no-store would forbid.
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _send(dialogue: Dialogue, form: AskForm) -> Response:
    form.validate()
    if "change" in request.form:  # back from the step before sending
        return _ask_page(dialogue, form)
    opened = stamp.read(form.stamp.data)
    if opened is None:
        form.stamp.data = stamp.new()
        form.refuse("stamp", _("This page was open for very long. Nothing is lost: please press Send once more."))
    elif (opened.is_too_fast or form.is_trapped) and not form.errors:
        form.website.data = ""
        form.refuse("stamp", _("That went very quickly. Please read it through and press Send once more."))
    if form.errors or opened is None:
        return _ask_page(dialogue, form, 422)
    if is_throttled(f"ask:{request.remote_addr}", ASKS, ASK_WINDOW):
        db.session.commit()  # the try counts
        form.refuse("stamp", _("Very many questions came from here within an hour. Please wait, then send once more."))
        return _ask_page(dialogue, form, 429)
    step = step_before_sending(dialogue, form)
    if step is not None:
        return step
    try:
        asker = service.receive(dialogue=dialogue, key=opened.key, **_typed(form))
    except RuleBroken as broken:
        form.refuse(broken.field, broken.message)
        return _ask_page(dialogue, form, 422)
    code = asker.code
    db.session.commit()
    return see_other(url_for("questions.receipt", code=code))


def _typed(form: AskForm) -> dict[str, Any]:
    return {
        "text": form.text.data,
        "field": Field(form.field.data),
        "kind": QuestionKind(form.kind.data),
        "village_id": form.village.data,
        "channel": IntakeChannel.PORTAL,
        "name": form.name.data or "",
        "phone": form.phone.data or "",
        "email": form.email.data or "",
        "consents": form.consents(),
    }


def _not_collecting(dialogue: Dialogue, form: AskForm) -> Response:
    """Why this dialogue takes no questions, and what to do instead; what was typed stands there for copying."""
    now = clock.now()
    others = [
        card
        for card in schedule.coming(dialogue.commune_id, now, 6)
        if card.phase is Phase.COLLECTING and card.code != dialogue.code
    ]
    return render(
        "questions/closed.html",
        status=200 if request.method != "POST" else 409,
        commune=dialogue.commune,
        dialogue=dialogue,
        phase=schedule.phase_of(dialogue, now),
        deadline_at=question_deadline(dialogue.starts_at, dialogue.question_deadline_at),
        next_card=others[0] if others else None,
        typed=form.text.data or "",
    )


# -- the asker's own page ---------------------------------------------------------------------------------------------


@bp.get("/q")
@requires(Permission.EVERYONE)
def find() -> Response:
    """The box for the code; a code that can be one leads to its page."""
    typed = query_text("code", 60)
    if "code" not in request.args:
        return _find_page("")
    if spelling.mistake_in(typed):
        return _find_page(typed, 422)
    return see_other(url_for("questions.tracking", code=codes.normalise(typed)))


def _find_page(typed: str, status: int = 200) -> Response:
    commune = places.only_commune()
    if commune:
        places.speak_of(commune)
    form = FindForm(formdata=None, data={"code": typed})
    if status != 200:
        form.refuse("code", _mistake(typed))
    return render("questions/find.html", form=form, status=status)


def _mistake(typed: str) -> str:
    """What is probably wrong with this code, and what to do."""
    length = len(codes.normalise(typed))
    sentences = {
        Mistake.EMPTY: _("Write the code that stands on your receipt, for example 7KMA-2X9C-H4RU."),
        Mistake.SHORT: _("A code has 12 characters, this one has %(number)s. Some are missing.", number=length),
        Mistake.LONG: _("A code has 12 characters, this one has %(number)s. Some are too many.", number=length),
        Mistake.FOREIGN: _(
            "These characters stand in no code: %(characters)s. Codes have no 0 and O, no 1, I and L.",
            characters=spelling.foreign_in(typed),
        ),
        Mistake.MISTYPED: _("One character is mistyped, or two are swapped. Compare it with your receipt once more."),
    }
    unknown = _("Nobody was given this code. Compare it with your receipt, or call the office.")
    found = spelling.mistake_in(typed)
    return sentences[found] if found else unknown


def _asker_or_404(code: str) -> Asker:
    """The asker with this code, as the one whose commune the page is about. Wrong codes are counted by address."""
    name = f"code:{request.remote_addr}"
    if is_throttled(name, WRONG_CODES, CODE_WINDOW, weight=0):
        abort(429)
    asker = tracking.asker_by_code(codes.normalise(code))
    if asker is None:
        is_throttled(name, WRONG_CODES, CODE_WINDOW)
        db.session.commit()  # the try counts
        abort(_find_page(code, 404))
    places.speak_of(asker.question.dialogue.commune)
    return asker


@bp.get("/q/<code:code>", endpoint="tracking")
@requires(Permission.EVERYONE)
def own_page(code: str) -> Response:
    asker = _asker_or_404(code)
    if code != asker.code:
        return redirect(url_for("questions.tracking", code=asker.code))  # type: ignore[return-value]
    return _own_page(asker)


def _own_page(asker: Asker, problem: object = None, status: int = 200) -> Response:
    question = asker.question
    commune = question.dialogue.commune
    lead = lead_of(question)
    this_one = service.visible(commune.id).where(Question.id == (lead or question).id)
    views = question_views(this_one, clock.today(commune.time_zone))
    return render(
        "questions/tracking.html",
        status=status,
        commune=commune,
        asker=asker,
        question=question,
        shown=lead or question,
        others=people_of(lead) - 1 if lead else 0,
        q=views[0] if views else None,
        is_coming=question.dialogue.ends_at > clock.now(),
        steps=tracking.story(question),
        consents=[(consent, getattr(asker, FLAGS[consent])) for consent in Consent],
        can_withdraw=tracking.can_leave(asker) if asker.is_supporter else tracking.can_withdraw(question),
        code=codes.grouped(asker.code),
        done=DONE.get(request.args.get("done", "")),
        problem=problem,
    )


@bp.get("/q/<code:code>/receipt")
@requires(Permission.EVERYONE)
def receipt(code: str) -> Response:
    """The code in large letters, to print or to photograph; where sending a question ends."""
    asker = _asker_or_404(code)
    return render("questions/receipt.html", asker=asker, **receipts.values(asker))


@bp.route("/q/<code:code>/consents", methods=["GET", "POST"])
@csrf.exempt
@requires(Permission.EVERYONE)
def consents(code: str) -> Response:
    """Give a consent or take it back; the code in the address is the key."""
    asker = _asker_or_404(code)
    if request.method != "POST":  # after an error this address stands in the browser: lead back to the page
        return see_other(url_for("questions.tracking", code=asker.code))
    form = ConsentForm()
    if not form.is_readable:
        return _own_page(asker, _("Please use the buttons of this page."), 422)
    is_given = form.given.data == "1"
    try:
        service.set_consent(asker=asker, consent=Consent(form.consent.data), is_given=is_given)
    except RuleBroken as broken:
        return _own_page(asker, broken.message, 422)
    code = asker.code
    db.session.commit()
    return see_other(url_for("questions.tracking", code=code, done="given" if is_given else "taken-back"))


@bp.route("/q/<code:code>/withdraw", methods=["GET", "POST"])
@csrf.exempt
@requires(Permission.EVERYONE)
def withdraw(code: str) -> Response:
    """Take the question back, after a page that says what that means."""
    asker = _asker_or_404(code)
    if request.method != "POST":
        if not (tracking.can_leave(asker) if asker.is_supporter else tracking.can_withdraw(asker.question)):
            return see_other(url_for("questions.tracking", code=asker.code))
        return render("questions/withdraw.html", asker=asker, question=asker.question)
    code, done = asker.code, "left" if asker.is_supporter else "withdrawn"
    try:
        service.withdraw(asker=asker)
    except RuleBroken as broken:
        return _own_page(asker, broken.message, 422)
    db.session.commit()
    return see_other(url_for("questions.tracking", code=code, done=done))


# -- published questions ----------------------------------------------------------------------------------------------


@bp.get("/<slug:commune>/questions")
@requires(Permission.EVERYONE)
def listing(commune: str) -> Response:
    place = places.commune_or_404(commune)
    public_page(place)
    choices_of = _choices(place)
    filters = _filters(choices_of)
    page, versions, is_cut = _found(_narrowed(place, filters), bool(filters["q"]))
    today = clock.today(place.time_zone)
    return render(
        "questions/listing.html",
        commune=place,
        filters=filters,
        form=cache(partial(_list_form, choices_of, filters)),
        page=page,
        is_cut=is_cut,
        questions=versions,
        question_views=partial(question_views_by_id, place.id, today),
        today=today,
        page_url=page_url("questions.listing", *filters, commune=place.slug),
    )


def _found(statement: Any, is_search: bool) -> tuple[Paged, Versions, bool]:
    """The page of the list, its questions, and whether more would fit. A search ends at the newest ones, so that a
    common word need not be followed to the last row; otherwise all are counted."""
    number, newest_first = query_number("page"), service.newest_first(statement)
    if not is_search:
        page = paged(statement, number, PUBLIC_ROWS)
        return page, versions_of(page.slice(newest_first)), False
    found = versions_of(newest_first.limit(MOST_FOUND + 1))
    page = Paged.of(min(len(found), MOST_FOUND), number, PUBLIC_ROWS)
    return page, found[page.skipped : page.skipped + page.per_page][: page.total], len(found) > MOST_FOUND


Choices = dict[str, list[tuple[Any, str]]]


def _choices(commune: Commune) -> Choices:
    """The villages, and the dialogues by their codes, that the list can be narrowed to."""

    def villages() -> list[tuple[Any, str]]:
        return [(id_, str(label)) for id_, label in places.village_choices(commune.id, _("All villages"))]

    def dialogues() -> list[tuple[Any, str]]:
        lines = service.visible_dialogues(commune.id)
        return [("", _("All dialogues")), *((one.code, f"{short_day(one.starts_at)} · {one.title}") for one in lines)]

    kept: Fragments = current_app.extensions["fragments"]
    return {
        "village": kept.remembered("questions: villages", commune, "places", make=villages),
        "dialogue": kept.remembered("questions: dialogues", commune, "schedule", make=dialogues),
    }


def _filters(offered: Choices) -> dict[str, Any]:
    """What the address narrows the list to, by the names of the form; unknown values narrow nothing."""
    village_id, code, stage = query_number("village", 0), codes.normalise(query_text("dialogue")), query_text("stage")
    return {
        "q": query_text("q"),
        "field": query_member("field", Field) or "",
        "village": village_id if village_id in dict(offered["village"]) else None,
        "dialogue": code if code in dict(offered["dialogue"]) else "",
        "stage": stage if stage in ("answered", "unanswered") else "",
    }


def _list_form(offered: Choices, filters: dict[str, Any]) -> ListFilters:
    form = ListFilters(formdata=None, data=filters)
    form.field.choices = [("", _("All fields")), *choices(Field)]
    form.village.choices = offered["village"]
    form.dialogue.choices = offered["dialogue"]
    form.stage.choices = [("", _("All")), ("answered", _("Answered")), ("unanswered", _("Not answered yet"))]
    return form


def _narrowed(commune: Commune, filters: dict[str, Any]) -> Any:
    """The published questions that these filters leave."""
    statement = service.narrowed(
        service.visible(commune.id),
        field=filters["field"] or None,
        village_id=filters["village"],
        dialogue_code=filters["dialogue"],
        words=filters["q"],
    )
    if filters["stage"]:
        statement = statement.where(is_answered() if filters["stage"] == "answered" else ~is_answered())
    return statement


@bp.get("/<slug:commune>/questions/<id:question_id>")
@requires(Permission.EVERYONE)
def question(commune: str, question_id: int) -> Response:
    place = places.commune_or_404(commune)
    public_page(place)
    view = _view_or_404(place, question_id)
    dialogue = db.session.get(Dialogue, view.dialogue_id)
    return render("questions/question.html", commune=place, q=view, dialogue=dialogue)


def _view_or_404(commune: Commune, question_id: int) -> QuestionView:
    this_one = service.visible(commune.id).where(Question.id == question_id)
    views = question_views(this_one, clock.today(commune.time_zone))
    return views[0] if views else abort(404)
