"""The office's navigation: what this person may open."""

from typing import NamedTuple

from flask import request, url_for
from flask_babel import lazy_gettext as _l

from dialogues.access import Permission, allowed
from dialogues.staff.models import Staff


class Entry(NamedTuple):
    """One entry of the navigation; `opens` a group of entries, which stand apart from those above."""

    url: str
    text: object
    active: bool
    waiting: int | None = None
    opens: bool = False


_GROUPS = (
    (
        ("today_office.today", _l("Today"), Permission.WORK),
        ("village_office.home", _l("My village"), Permission.LEAD_VILLAGE),
        ("oversight_office.home", _l("Overview"), Permission.SIGNED_IN),
        ("followup_office.my_work", _l("My work"), Permission.WORK),
        ("invitations_office.calendar", _l("My calendar"), Permission.SIGNED_IN),
    ),
    (
        ("questions_office.queue", _l("Questions"), Permission.READ_QUESTIONS),
        ("questions_office.enter", _l("Enter a question"), Permission.ENTER_QUESTIONS),
        ("imports_office.listing", _l("Questions from a file"), Permission.IMPORT_QUESTIONS),
        ("askers_office.to_tell", _l("Tell the askers"), Permission.TELL_ASKERS),
        ("verdicts_office.to_ask", _l("Ask whether it is done"), Permission.TELL_ASKERS),
        ("followup_office.answer_list", _l("Answers"), Permission.READ_QUESTIONS),
        ("followup_office.commitments", _l("Commitments"), Permission.READ_COMMITMENTS),
    ),
    (
        ("schedule_office.listing", _l("Dialogues"), Permission.READ_DIALOGUES),
        ("plan_office.planner", _l("Year plan"), Permission.READ_DIALOGUES),
    ),
    (
        ("finding_office.search", _l("Search"), Permission.READ_QUESTIONS),
        ("oversight_office.ways", _l("Ways of the questions"), Permission.READ_QUESTIONS),
        ("post_office.listing", _l("Letters"), Permission.READ_POST),
    ),
    (
        ("places_office.commune", _l("Commune"), Permission.MANAGE_COMMUNE),
        ("staff_accounts.listing", _l("Accounts"), Permission.MANAGE_STAFF),
    ),
)
"""The day's work first, then questions, dialogues, what is looked up, and what is set up once."""


def entries(staff: Staff) -> list[Entry]:
    """The entries that this person may open, the running one marked."""
    here = request.path
    overview = url_for("oversight_office.home")
    groups = [[(url_for(to), text) for to, text, needed in group if allowed(staff, needed)] for group in _GROUPS]
    found = [(url, text, group[0][0] == url) for group in groups for url, text in group]
    above = [url for url, _, _ in found if here == url or (url != overview and here.startswith(f"{url}/"))]
    best = max(above, key=len, default="")
    return [Entry(url, text, url == best, opens=opens and url != found[0][0]) for url, text, opens in found]
