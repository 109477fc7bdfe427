"""The filters of a search in the address and in the form, for both pages."""

import enum
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _

from dialogues.finding.forms import OfficeSearch, PublicSearch
from dialogues.finding.rules import FIRST_YEAR, LAST_YEAR, AnswerState, Sought
from dialogues.finding.service import Search
from dialogues.followup.rules import CommitmentStage
from dialogues.places.rules import Field
from dialogues.questions.rules import IntakeChannel, QuestionState
from dialogues.search_query import MOST_TYPED, read
from dialogues.web import query_member, query_number, query_text
from dialogues.words import spoken_label

FILTERS = ("q", "what", "field", "village", "dialogue", "state", "channel", "responsible", "first", "last")
Options = Sequence[tuple[Any, Any]]


def search_of_address(dialogues: Options, villages: Options, responsible: Options) -> Search:
    """What the address looks for; unknown values narrow nothing."""
    sought = query_member("what", Sought) or Sought.QUESTIONS
    village_id, dialogue_id = query_number("village", 0), query_number("dialogue", 0)
    kind, _colon, number = _chosen(query_text("responsible"), responsible).partition(":")
    is_promise = sought is Sought.COMMITMENTS
    return Search(
        wanted=read(query_text("q", MOST_TYPED)),
        sought=sought,
        field=query_member("field", Field),
        village_id=village_id if village_id in dict(villages) else None,
        dialogue_id=dialogue_id if dialogue_id in dict(dialogues) else None,
        channel=None if is_promise else query_member("channel", IntakeChannel),
        state=None if is_promise else query_member("state", QuestionState),
        answer=None if is_promise else query_member("state", AnswerState),
        stage=query_member("state", CommitmentStage) if is_promise else None,
        unit_id=int(number) if kind == "u" else None,
        staff_id=int(number) if kind == "s" else None,
        first=_day(query_text("first")),
        last=_day(query_text("last")),
    )


def is_sought(search: Search) -> bool:
    """Whether there is something to look for: letters or digits, or a filter where nothing was typed."""
    return bool(search.wanted) or not (search.is_empty or query_text("q"))


def what_url(endpoint: str, **values: Any) -> Callable[[str], str]:
    """The same search for the other kind of thing; its own states are left behind."""
    names = [name for name in FILTERS if name not in ("what", "state", "channel", "responsible")]
    kept: dict[str, Any] = {name: request.args[name] for name in names if request.args.get(name)}
    return lambda what: url_for(endpoint, what=what, **values, **kept)


def _chosen(value: str, offered: Options) -> str:
    """The value if it is one of those offered."""
    return value if value in {str(choice[0]) for choice in offered} else ""


def _day(raw: str) -> date | None:
    try:
        found = date.fromisoformat(raw)
    except ValueError:
        return None
    return found if FIRST_YEAR <= found.year <= LAST_YEAR else None


def fill(
    form: PublicSearch, search: Search, dialogues: Options, villages: Options, responsible: Options, *, is_office: bool
) -> None:
    """Put what is looked for into the form, with all that can be chosen."""
    form.field.choices = [("", _("All fields")), *_spoken(Field)]
    form.village.choices, form.dialogue.choices, form.responsible.choices = villages, dialogues, responsible
    if search.sought is Sought.COMMITMENTS:
        states = _spoken(CommitmentStage)
    else:
        states = _spoken(QuestionState) if is_office else _spoken(AnswerState)
    form.state.choices = [("", _("All states")), *states]
    if isinstance(form, OfficeSearch):
        form.channel.choices = [("", _("All channels")), *_spoken(IntakeChannel)]


def _spoken(kind: type[enum.StrEnum]) -> list[tuple[str, object]]:
    """Choices in their words at once: a form of a search has some sixty of them."""
    return [(member.value, spoken_label(member)) for member in kind]


def data_of(search: Search) -> dict[str, Any]:
    """The values of the form."""
    who = f"u:{search.unit_id}" if search.unit_id else f"s:{search.staff_id}" if search.staff_id else ""
    return {
        "q": query_text("q", MOST_TYPED),
        "field": search.field or "",
        "village": search.village_id,
        "dialogue": search.dialogue_id or "",
        "state": search.state or search.answer or search.stage or "",
        "channel": search.channel or "",
        "responsible": who,
        "first": search.first,
        "last": search.last,
    }
