"""Searching for signed-in people: what each of them may read."""

from collections.abc import Sequence
from functools import cache, partial

from flask import Blueprint, Response, current_app
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice

from dialogues import clock
from dialogues.access import Permission, me, requires
from dialogues.finding import service
from dialogues.finding.choosing import FILTERS, Options, data_of, fill, is_sought, search_of_address, what_url
from dialogues.finding.forms import OfficeSearch
from dialogues.finding.rules import Sought
from dialogues.finding.service import Found, OfficeHit, PromiseHit, Search
from dialogues.fragments import Fragments
from dialogues.language import short_days
from dialogues.places import service as places
from dialogues.questions.acts import assignee_choices
from dialogues.search_query import MOST_TYPED
from dialogues.staff.models import Staff
from dialogues.web import page_url, query_number, query_text, render

ROWS = 15
bp = Blueprint("finding_office", __name__, url_prefix="/office")


@bp.get("/search")
@requires(Permission.READ_QUESTIONS)
def search() -> Response:
    """Questions or promises, by words and filters; originals for those who read them."""
    staff = me()
    kept: Fragments = current_app.extensions["fragments"]
    dialogues, villages, people = kept.remembered(
        "finding: choices", staff.commune, "places schedule", make=partial(_choices, staff.commune_id), is_public=False
    )
    responsible = [(choice.value, choice.label) for choice in people]
    asked = search_of_address(dialogues, villages, responsible)

    @cache
    def form() -> OfficeSearch:
        made = OfficeSearch(formdata=None, data=data_of(asked))
        fill(made, asked, dialogues, villages, people, is_office=True)
        return made

    found, hits = _found(staff, asked)
    return render(
        "finding/office.html",
        form=form,
        narrowing=_narrowing(asked, dialogues, villages, responsible),
        search=asked,
        typed=query_text("q", MOST_TYPED),
        found=found,
        hits=hits,
        what_url=what_url("finding_office.search"),
        page_url=page_url("finding_office.search", *FILTERS),
    )


def _choices(commune_id: int) -> tuple[Options, Options, list[SelectChoice]]:
    """The dialogues, the villages and the people that a search can be narrowed to."""
    lines = service.dialogue_lines(commune_id)
    days = short_days(at for _id, at, _title in lines)
    named = [(id_, f"{day} · {title}") for (id_, _at, title), day in zip(lines, days, strict=True)]
    return (
        [(None, _("All dialogues")), *named],
        [(id_, str(label)) for id_, label in places.village_choices(commune_id, _("All villages"))],
        assignee_choices(commune_id, ("", _("Everybody"))),
    )


def _narrowing(asked: Search, *offered: Options) -> tuple[object, ...]:
    """All that the part of the form with the filters shows: what is chosen, and what can be."""
    chosen = {name: value for name, value in data_of(asked).items() if name != "q"}
    shown = tuple((str(value), str(label)) for options in offered for value, label in options)
    return (asked.sought, tuple(chosen.items()), shown)


def _found(staff: Staff, asked: Search) -> tuple[Found | None, Sequence[OfficeHit | PromiseHit]]:
    """What was found, and the rows of this page; None when nothing was looked for."""
    if not is_sought(asked):
        return None, []
    commune = staff.commune
    today, number = clock.today(commune.time_zone), query_number("page")
    if asked.sought is Sought.COMMITMENTS:
        found = service.find_promises(commune.id, asked, today, number, ROWS, is_public=False)
        return found, service.promise_hits(commune.id, found.ids, asked.wanted, today, is_public=False)
    found = service.find_for(staff, asked, number, ROWS, commune.time_zone)
    return found, service.office_hits(staff, found.ids, asked.wanted, today)
