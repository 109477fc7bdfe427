"""Searching for signed-in people: what each of them may read."""

from collections.abc import Sequence

from flask import Blueprint, Response
from flask_babel import gettext as _

from dialogues import clock
from dialogues.access import Permission, me, requires
from dialogues.finding import service
from dialogues.finding.choosing import FILTERS, Options, data_of, fill, is_sought, search_of_address, what_url
from dialogues.finding.forms import OfficeSearch
from dialogues.finding.rules import Sought
from dialogues.finding.service import Found, OfficeHit, PromiseHit, Search
from dialogues.language import short_day
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
    dialogues: Options = [
        (None, _("All dialogues")),
        *((id_, f"{short_day(at)} · {title}") for id_, at, title in service.dialogue_lines(staff.commune_id)),
    ]
    villages = places.village_choices(staff.commune_id, _("All villages"))
    people = assignee_choices(staff.commune_id, ("", _("Everybody")))
    asked = search_of_address(dialogues, villages, [(choice.value, choice.label) for choice in people])
    form = OfficeSearch(formdata=None, data=data_of(asked))
    fill(form, asked, dialogues, villages, people, is_office=True)
    found, hits = _found(staff, asked)
    return render(
        "finding/office.html",
        form=form,
        search=asked,
        typed=query_text("q", MOST_TYPED),
        found=found,
        hits=hits,
        what_url=what_url("finding_office.search"),
        page_url=page_url("finding_office.search", *FILTERS),
    )


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
