"""Dialogues as residents see them: the list, and the page of one."""

from functools import cache, partial
from typing import Any

from flask import Blueprint, Response, abort, current_app, redirect, request, url_for
from flask_babel import gettext as _

from dialogues import clock, codes
from dialogues.access import Permission, requires
from dialogues.followup import carried, counts
from dialogues.followup.question_views import question_views_by_id, questions_of_dialogue
from dialogues.fragments import Fragments
from dialogues.invitations import service as calendars
from dialogues.paging import Paged
from dialogues.places import service as places
from dialogues.places.models import Commune
from dialogues.places.rules import Field
from dialogues.schedule import legal, line, service
from dialogues.schedule.deadlines import result_due_on
from dialogues.schedule.forms import FilterForm
from dialogues.schedule.rules import DialogueState, question_deadline, takes_questions
from dialogues.schedule.service import Filters
from dialogues.verdicts import rating_counts
from dialogues.web import absolute, page_url, public_page, query_member, query_number, query_text, render
from dialogues.words import choices

bp = Blueprint("schedule", __name__)

QUESTIONS_A_PAGE = 50


@bp.get("/<slug:commune>/dialogues")
@requires(Permission.EVERYONE)
def listing(commune: str) -> Response:
    place = places.commune_or_404(commune)
    public_page(place)
    form, filters = _filters(place)
    page, cards = service.listing(place, filters, clock.now(), query_number("page"))
    return render(
        "schedule/listing.html",
        commune=place,
        form=form,
        is_filtered=filters != Filters(),
        page=page,
        cards=cards,
        page_url=page_url("schedule.listing", "q", "village", "field", "period", commune=commune),
    )


def _filters(commune: Commune) -> tuple[FilterForm, Filters]:
    """What the address narrows the list to; unknown values narrow nothing."""
    villages = places.village_choices(commune.id, _("All villages"))
    years = [str(year) for year in service.years(service.visible(commune.id), commune.time_zone)]
    village_id, period = query_number("village", 0), query_text("period")
    filters = Filters(
        text=query_text("q"),
        village_id=village_id if village_id in [id_ for id_, label in villages] else None,
        field=query_member("field", Field),
        period=period if period in ("coming", "past", *years) else "",
    )
    form = FilterForm(
        formdata=None,
        data={"q": filters.text, "village": filters.village_id, "field": filters.field or "", "period": filters.period},
    )
    form.village.choices = villages
    form.field.choices = [("", _("All fields")), *choices(Field)]
    form.period.choices = [
        ("", _("All")), ("coming", _("To come")), ("past", _("Past")), *((year, year) for year in years),
    ]  # fmt: skip
    return form, filters


@bp.get("/d/<code:code>")
@requires(Permission.EVERYONE)
def dialogue(code: str) -> Response:
    head = service.announced_head(code)
    if head is None:
        abort(404)
    if code != head.code:
        query = "?" + request.query_string.decode("latin-1") if request.query_string else ""
        return redirect(url_for("schedule.dialogue", code=head.code) + query, 301)  # type: ignore[return-value]
    commune = places.speak_of(head.commune)
    public_page(commune)
    today = clock.today(commune.time_zone)
    kept: Fragments = current_app.extensions["fragments"]
    figures = kept.remembered(
        "dialogue: figures", commune, "questions", head.id, make=partial(counts.public_figures, head.id)
    )
    page = Paged.of(figures.published, query_number("page"), QUESTIONS_A_PAGE)
    return render(
        "schedule/dialogue.html",
        commune=commune,
        head=head,
        whole=cache(partial(_whole, head.code)),
        figures=figures,
        page=page,
        page_url=page_url("schedule.dialogue", code=head.code),
        questions=partial(questions_of_dialogue, commune.id, head.id, page),
        question_views=partial(question_views_by_id, commune.id, today),
        last_results=partial(carried.summary, commune.id, head.id, today, carried.SHOWN),
        today=today,
        rated=kept.remembered(
            "dialogue: rated", commune, "questions places", head.id,
            make=partial(rating_counts.public, commune.id, head.id),
        ),
    )  # fmt: skip


def _whole(code: str) -> dict[str, Any]:
    """Everything about the dialogue itself, in a fixed number of queries; fetched by the parts that are made anew."""
    dialogue = service.announced_by_code(code) or abort(404)
    now, day = clock.now(), service.session_on(dialogue)
    kept: Fragments = current_app.extensions["fragments"]
    result_due = partial(result_due_on, dialogue.commune, day)
    return {
        "dialogue": dialogue,
        "phase": service.phase_of(dialogue, now),
        "is_past": dialogue.state in service.AFTER_SESSION or dialogue.ends_at <= now,
        "has_result": dialogue.state in (DialogueState.CONCLUDED, DialogueState.PUBLISHED),
        "is_off": dialogue.state in (DialogueState.POSTPONED, DialogueState.CANCELLED),
        "takes_questions": takes_questions(dialogue.state, dialogue.starts_at, dialogue.question_deadline_at, now),
        "deadline_at": question_deadline(dialogue.starts_at, dialogue.question_deadline_at),
        "result_on": kept.remembered("dialogue: result due", dialogue.commune, "places", day, make=result_due),
        "ways": line.result_ways(dialogue),
        "reasons": legal.reasons(dialogue),
        "page_address": absolute("schedule.dialogue", code=dialogue.code),
        "google_url": lambda: calendars.google_event(calendars.dialogue_event(dialogue, dialogue.commune)),
    }


@bp.get("/d/<code:code>/results")
@requires(Permission.EVERYONE)
def results(code: str) -> Response:
    """An address that stands on papers for ever: the result's part of the page."""
    if service.announced_head(code) is None:
        abort(404)
    return redirect(url_for("schedule.dialogue", code=codes.normalise(code)) + "#results", 302)  # type: ignore[return-value]
