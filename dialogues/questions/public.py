"""What residents do with questions: ask without account, follow their own by its code, read the published ones."""

from datetime import timedelta
from functools import cache, lru_cache, partial
from typing import Any

from flask import Blueprint, Response, abort, current_app, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from dialogues import clock, codes
from dialogues.access import Permission, requires
from dialogues.askers import standing, telling, wishes
from dialogues.askers.rules import Way
from dialogues.doubles.asking import step_before_sending
from dialogues.errors import RuleBroken
from dialogues.extensions import csrf, db, value
from dialogues.followup.question_views import (
    QuestionView,
    Versions,
    only_versions,
    question_views,
    question_views_by_id,
    versions_of,
)
from dialogues.followup.service import is_answered
from dialogues.fragments import Fragments
from dialogues.language import short_days
from dialogues.paging import PUBLIC_ROWS, Paged, paged
from dialogues.places import service as places
from dialogues.places.models import Commune
from dialogues.places.rules import Field
from dialogues.questions import lineage, pace, receipts, service, spelling, stamp, tracking
from dialogues.questions.corrections import can_correct
from dialogues.questions.door import asker_or_404, find_page
from dialogues.questions.forms import AskForm, ConsentForm, ListFilters
from dialogues.questions.intake import FLAGS
from dialogues.questions.matters import BlankMatter
from dialogues.questions.merges import lead_of, people_of
from dialogues.questions.models import Asker, Question
from dialogues.questions.numbered import matters_in
from dialogues.questions.rules import MOST_MATTERS, Consent, QuestionKind, QuestionState, Suspicion
from dialogues.questions.sending import Matter
from dialogues.schedule import service as schedule
from dialogues.schedule.models import Dialogue
from dialogues.schedule.rules import Phase, question_deadline, takes_questions
from dialogues.staff.throttle import caller
from dialogues.verdicts import ratings
from dialogues.verdicts.rules import Rating
from dialogues.web import page_url, public_page, query_member, query_number, query_text, render, see_other
from dialogues.words import choices, label

bp = Blueprint("questions", __name__)

MOST_FOUND = 100
"""So many questions a search for words lists; who wants others writes one more word."""
DONE = {
    "given": _l("Saved: you allow this now."),
    "taken-back": _l("Saved: you do not allow this any more."),
    "withdrawn": _l("Your question is withdrawn. Residents cannot read it any more."),
    "corrected": _l("Saved. The office reads your new words; the first ones are kept."),
    "contact": _l("Saved. The office reaches you there from now on."),
    "contact-to-confirm": _l(
        "Saved. Look into your mailbox: a letter has come with a button to confirm the address. News comes after that."
    ),
    "erased": _l("Your name, phone and e-mail are erased. Your question and its answer stay, without your name."),
    "rated": _l("Thank you. Your rating is counted."),
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
    form.count_shown()
    if not takes_questions(dialogue.state, dialogue.starts_at, dialogue.question_deadline_at, clock.now()):
        return _not_collecting(dialogue, form)
    if request.method == "POST":
        return _changed(dialogue, form) or _send(dialogue, form)
    form.stamp.data = stamp.new()
    form.village.data = query_number("village", 0) or None  # the picture code on a paper form names it
    return _ask_page(dialogue, form)


def _ask_page(dialogue: Dialogue, form: AskForm, status: int = 200, divisible: int = 0) -> Response:
    deadline_at = question_deadline(dialogue.starts_at, dialogue.question_deadline_at)
    phase = schedule.phase_of(dialogue, clock.now())
    response = render(
        "questions/ask.html",
        status=status,
        commune=dialogue.commune,
        dialogue=dialogue,
        deadline_at=deadline_at if phase is Phase.COLLECTING else None,
        form=form,
        blank=BlankMatter(formdata=None).matter(),
        divisible=divisible,
        added=form.shown if "add" in request.form else None,
    )
    # The browser may bring the page back with what was typed ("back"), which no-store would forbid.
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _changed(dialogue: Dialogue, form: AskForm) -> Response | None:
    """Another matter is asked for, or one fewer: the same page with all that was typed. None: it is to be sent."""
    if "add" in request.form and form.can_add():
        form.add()
    elif "take_away" in request.form:
        form.take_away(request.form["take_away"])
    elif "divide" in request.form:
        texts = matters_in(form.text.data or "")
        if form.can_divide(texts):
            form.divide(texts)
    else:
        return None
    form.offered.data = "1" if "divide" in request.form else form.offered.data
    if stamp.read(form.stamp.data) is None:
        form.stamp.data = stamp.new()
    return _ask_page(dialogue, form)


def _send(dialogue: Dialogue, form: AskForm) -> Response:
    form.validate()
    if "change" in request.form:  # back from the step before sending
        return _ask_page(dialogue, form)
    opened = stamp.read(form.stamp.data)
    if opened is None:
        form.stamp.data = stamp.new()
        form.refuse("stamp", _("This page was open for very long. Nothing is lost: please press Send once more."))
    if form.errors or opened is None:
        form.website.data = ""
        return _ask_page(dialogue, form, 422)
    is_new = not service.has_arrived(dialogue, opened.key, [one.text.data for one in form.written()])
    refused = _look_again(dialogue, form, opened) if is_new else None
    if refused:
        return refused
    texts = matters_in(form.text.data) if form.offered.data != "1" else []
    if form.can_divide(texts):
        form.offered.data = "1"
        return _ask_page(dialogue, form, 422, divisible=len(texts))
    step = step_before_sending(dialogue, form) if is_new else None
    if step is not None:
        return step
    try:
        askers = service.send(
            dialogue=dialogue,
            key=opened.key,
            line=caller(),
            matters=_matters(form),
            signs=_signs(form, opened),
            **_person(form),
        )
    except RuleBroken as broken:
        form.refuse(broken.field, broken.message)
        return _ask_page(dialogue, form, 422)
    first, *more = [asker.code for asker in askers]
    db.session.commit()
    return see_other(url_for("questions.receipt", code=first, more=more))


def _look_again(dialogue: Dialogue, form: AskForm, opened: stamp.Stamp) -> Response | None:
    """What programs do and people hardly ever: the first time the form comes back with a sentence. Who sends it again
    all the same is not turned away: the office looks at it (see `_signs`)."""
    if form.again.data == "1":
        return None
    wait, is_trapped = pace.wait_for(caller()), form.is_trapped
    if opened.age >= wait and not opened.is_too_fast and not is_trapped:
        return None
    form.again.data, form.website.data = "1", ""
    if opened.is_too_fast or is_trapped:
        form.refuse("stamp", _("That went very quickly. Please read it through and press Send once more."))
        return _ask_page(dialogue, form, 422)
    minutes = ngettext("%(num)s minute", "%(num)s minutes", wait // timedelta(minutes=1))
    form.refuse(
        "stamp",
        _("Many questions came from this line just now. Please wait %(minutes)s, then press Send.", minutes=minutes),
    )
    return _ask_page(dialogue, form, 429)


def _signs(form: AskForm, opened: stamp.Stamp) -> set[Suspicion]:
    """What is suspicious about how this was sent."""
    is_hurried = opened.age < pace.wait_for(caller())
    found = {
        Suspicion.TRAPPED: form.is_trapped,
        Suspicion.TOO_FAST: opened.is_too_fast,
        Suspicion.MANY: is_hurried or pace.is_day_full(caller()),
    }
    return {sign for sign, is_there in found.items() if is_there}


def _matters(form: AskForm) -> list[Matter]:
    return [
        Matter(one.text.data, Field(one.field.data), QuestionKind(one.kind.data), one.suffix) for one in form.written()
    ]


def _person(form: AskForm) -> dict[str, Any]:
    return {
        "village_id": form.village.data,
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
        typed="\n\n".join(one.text.data or "" for one in form.matters()).strip(),
    )


# -- the asker's own page ---------------------------------------------------------------------------------------------


@bp.get("/q")
@requires(Permission.EVERYONE)
def find() -> Response:
    """The box for the code; a code that can be one leads to its page."""
    typed = query_text("code", 60)
    if "code" not in request.args:
        return find_page("")
    if spelling.mistake_in(typed):
        return find_page(typed, 422)
    return see_other(url_for("questions.tracking", code=codes.normalise(typed)))


@bp.get("/q/<code:code>", endpoint="tracking")
@requires(Permission.EVERYONE)
def own_page(code: str) -> Response:
    asker = asker_or_404(code)
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
        parts=_parts(question),
        is_coming=question.dialogue.ends_at > clock.now(),
        steps=_story(asker),
        standing=standing.standing(question, views[0] if views else None, clock.now()),
        can_correct=can_correct(question) and not asker.is_supporter,
        consents=[(consent, getattr(asker, FLAGS[consent])) for consent in Consent],
        can_withdraw=tracking.can_leave(asker) if asker.is_supporter else tracking.can_withdraw(question),
        code=codes.grouped(asker.code),
        done=DONE.get(request.args.get("done", "")),
        problem=problem,
        own_ratings=ratings.of_asker(asker),
        rating_choices=choices(Rating),
    )


def _story(asker: Asker) -> list[tracking.Step]:
    """What happened to the question, and what the asker was told of it and how; newest first."""
    told = [
        tracking.Step(line.at, _("Word to you: %(what)s", what=label(line.event)), note=line.how)
        for line in telling.told_lines(asker)
        if line.way is not Way.OWN_PAGE
    ]
    return sorted([*tracking.story(asker), *told], key=lambda step: step.at, reverse=True)


def _parts(question: Question) -> list[tuple[Question, QuestionView | None]]:
    """The matters of a text that was split, each with what residents read of it; none for others."""
    parts = lineage.parts_of(question) if question.state is QuestionState.SPLIT else []
    if not parts:
        return []
    commune = question.dialogue.commune
    views = question_views_by_id(commune.id, clock.today(commune.time_zone), [part.id for part in parts])
    by_id = {view.id: view for view in views}
    return [(part, by_id.get(part.id)) for part in parts]


@bp.get("/q/<code:code>/receipt")
@requires(Permission.EVERYONE)
def receipt(code: str) -> Response:
    """The code in large letters, to print or to photograph; where sending a question ends."""
    asker = asker_or_404(code)
    others = [asker_or_404(other) for other in request.args.getlist("more")[: MOST_MATTERS - 1]]
    if any(other.question.dialogue_id != asker.question.dialogue_id for other in others):
        abort(404)
    page = "questions/receipts.html" if others else "questions/receipt.html"
    lines = [receipts.line(one) for one in (asker, *others)] if others else []
    return render(page, asker=asker, lines=lines, **receipts.values(asker))


@bp.route("/q/<code:code>/consents", methods=["GET", "POST"])
@csrf.exempt
@requires(Permission.EVERYONE)
def consents(code: str) -> Response:
    """Give a consent or take it back; the code in the address is the key."""
    asker = asker_or_404(code)
    if request.method != "POST":  # after an error this address stands in the browser: lead back to the page
        return see_other(url_for("questions.tracking", code=asker.code))
    form = ConsentForm()
    if not form.is_readable:
        return _own_page(asker, _("Please use the buttons of this page."), 422)
    is_given = form.given.data == "1"
    try:
        wishes.set_consent(asker=asker, consent=Consent(form.consent.data), is_given=is_given)
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
    asker = asker_or_404(code)
    if request.method != "POST":
        if not (tracking.can_leave(asker) if asker.is_supporter else tracking.can_withdraw(asker.question)):
            return see_other(url_for("questions.tracking", code=asker.code))
        return render("questions/withdraw.html", asker=asker, question=asker.question)
    code, done = asker.code, "left" if asker.is_supporter else "withdrawn"
    try:
        wishes.withdraw(asker=asker)
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
    page, versions, is_cut = _found(*_narrowed(place, filters), bool(filters["q"]))
    today = clock.today(place.time_zone)
    return render(
        "questions/listing.html",
        commune=place,
        filters=filters,
        form=cache(partial(_list_form, choices_of, filters)),
        dialogues=choices_of["dialogue"],
        page=page,
        is_cut=is_cut,
        questions=versions,
        question_views=partial(question_views_by_id, place.id, today),
        today=today,
        page_url=page_url("questions.listing", *filters, commune=place.slug),
    )


def _found(statement: Any, values: dict[str, Any], is_search: bool) -> tuple[Paged, Versions, bool]:
    """The page of the list, its questions, and whether more would fit. A search ends at the newest ones, so that a
    common word need not be followed to the last row; otherwise all are counted."""
    number = query_number("page")
    if not is_search:
        page = paged(statement, number, PUBLIC_ROWS, values)
        return page, versions_of(page.slice(statement), values), False
    found = db.session.connection().execute(statement, {**values, "most": MOST_FOUND + 1}).all()
    page = Paged.of(min(len(found), MOST_FOUND), number, PUBLIC_ROWS)
    return page, found[page.skipped : page.skipped + page.per_page][: page.total], len(found) > MOST_FOUND


Choices = dict[str, list[tuple[Any, str]]]


def _choices(commune: Commune) -> Choices:
    """The villages, and the dialogues by their codes, that the list can be narrowed to."""

    def villages() -> list[tuple[Any, str]]:
        return [(id_, str(label)) for id_, label in places.village_choices(commune.id, _("All villages"))]

    def dialogues() -> list[tuple[Any, str]]:
        lines = service.visible_dialogues(commune.id)
        days = short_days(one.starts_at for one in lines)
        named = [(one.code, f"{day} · {one.title}") for one, day in zip(lines, days, strict=True)]
        return [("", _("All dialogues")), *named]

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
    form.stage.choices = [("", _("All")), ("answered", _("Answered")), ("unanswered", _("Not answered yet"))]
    return form


def _narrowed(commune: Commune, filters: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """The published questions that these filters leave, the newest first: the statement, and the values in it."""
    chosen = {"field": filters["field"], "village_id": filters["village"], "dialogue_code": filters["dialogue"]}
    values = {name: chosen_value for name, chosen_value in chosen.items() if chosen_value}
    patterns = service.patterns_of(filters["q"])
    statement = _list_statement(tuple(values), len(patterns), filters["stage"], bool(filters["q"]))
    words = {f"word_{number}": pattern for number, pattern in enumerate(patterns)}
    return statement, {"commune_id": commune.id, **values, **words}


@lru_cache(maxsize=64)
def _list_statement(names: tuple[str, ...], words: int, stage: str, is_search: bool) -> Any:
    """Built once for each choice of filters: putting it together takes longer than running it. A search asks only for
    the newest ones (value "most") and their versions."""
    statement = service.narrowed(
        service.visible(value("commune_id")),
        patterns=[value(f"word_{number}") for number in range(words)],
        **{name: value(name) for name in names},
    )
    if stage:
        statement = statement.where(is_answered() if stage == "answered" else ~is_answered())
    newest_first = service.newest_first(statement)
    return only_versions(newest_first.limit(value("most"))) if is_search else newest_first


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
