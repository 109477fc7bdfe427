"""What a clerk can do with a question: for each act its words, its form and the one service call behind it."""

import enum
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.fields.choices import SelectChoice

from dialogues.questions import sorting
from dialogues.questions.forms import ActForm, AssignForm, ComplaintForm, DeclineForm, PublishForm, TakeBackForm
from dialogues.questions.models import Question
from dialogues.questions.rules import DeclineReason, QuestionState
from dialogues.staff.models import Staff


@dataclass(frozen=True)
class Act:
    """One act: `path` is the last part of its address."""

    path: str
    text: object
    title: object
    lead: object
    done: object
    form: type[ActForm]
    values: Callable[[Question], dict[str, object]]
    run: Callable[[Question, Any, Staff], None]
    tone: str = "primary"


def _publish(question: Question, form: PublishForm, actor: Staff) -> None:
    sorting.publish(question=question, public_text=form.public_text.data, actor=actor, version=form.version.number)


def _decline(question: Question, form: DeclineForm, actor: Staff) -> None:
    sorting.decline(
        question=question,
        reason=DeclineReason(form.reason.data),
        note=form.note.data,
        actor=actor,
        version=form.version.number,
    )


def _assign(question: Question, form: AssignForm, actor: Staff) -> None:
    sorting.assign(question=question, **form.target(), actor=actor, version=form.version.number)


def _complaint(question: Question, form: ComplaintForm, actor: Staff) -> None:
    sorting.move_to_complaint(question=question, note=form.note.data, actor=actor, version=form.version.number)


def _take_back(question: Question, form: TakeBackForm, actor: Staff) -> None:
    sorting.take_back(question=question, note=form.note.data, actor=actor, version=form.version.number)


def assigned_value(question: Question) -> str:
    """Who it is assigned to, as the choice of the form."""
    if question.assigned_staff_id:
        return f"s:{question.assigned_staff_id}"
    return f"u:{question.assigned_unit_id}" if question.assigned_unit_id else ""


def assignee_choices(commune_id: int, *first: tuple[str, object]) -> list[SelectChoice]:
    """Departments and people in two groups, after the `first` choices."""
    known = sorting.assignees(commune_id)
    return [
        *(SelectChoice(value, text) for value, text in first),
        *(SelectChoice(f"u:{id_}", name, optgroup=_("Departments")) for id_, name in known.units),
        *(SelectChoice(f"s:{id_}", name, optgroup=_("People")) for id_, name in known.people),
    ]


PUBLISH = Act(
    "publish",
    _l("Publish"),
    _l("Publish the question"),
    _l("Leave out names, phone numbers and addresses of other people. The original is kept as it is."),
    _l("Published. Residents can read it now."),
    PublishForm,
    lambda q: {"public_text": q.public_text or q.text},
    _publish,
)
WORDING = Act(
    "publish",
    _l("Wording"),
    _l("Change the public wording"),
    PUBLISH.lead,
    _l("Saved. Residents read this wording now."),
    PublishForm,
    PUBLISH.values,
    _publish,
)
DECLINE = Act(
    "decline",
    _l("Decline"),
    _l("Decline the question"),
    _l("The asker reads the reason and your sentence."),
    _l("Declined. The asker reads why."),
    DeclineForm,
    lambda q: {"reason": q.decline_reason.value if q.decline_reason else "", "note": q.state_note},
    _decline,
    "danger",
)
ASSIGN = Act(
    "assign",
    _l("Assign"),
    _l("Assign the question"),
    _l("Whoever is asked finds it under “My work”."),
    _l("Saved. It stands under “My work” of whom you chose."),
    AssignForm,
    lambda q: {"assigned": assigned_value(q)},
    _assign,
)
COMPLAINT = Act(
    "complaint",
    _l("Complaint procedure"),
    _l("Move to the complaint procedure"),
    _l("A complaint or a denunciation has a procedure of its own. It is never published; the asker is told."),
    _l("Moved to the complaint procedure. It is not public."),
    ComplaintForm,
    lambda q: {"note": q.state_note},
    _complaint,
    "danger",
)
TAKE_BACK = Act(
    "take-back",
    _l("Back to waiting"),
    _l("Take back to waiting"),
    _l("It leaves the public pages, with its answer, and waits to be read again."),
    _l("Taken back. It waits to be read again."),
    TakeBackForm,
    lambda _q: {"note": ""},
    _take_back,
)

S = QuestionState
OFFERED: dict[enum.Enum, tuple[Act, ...]] = {
    S.WAITING: (PUBLISH, ASSIGN, DECLINE, COMPLAINT),
    S.PUBLISHED: (ASSIGN, WORDING, TAKE_BACK, COMPLAINT),
    S.DECLINED: (TAKE_BACK,),
    S.MOVED_TO_COMPLAINT: (TAKE_BACK,),
    S.WITHDRAWN: (),
    S.MERGED: (),
}
