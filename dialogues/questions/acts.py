"""What a clerk can do with a question: for each act its words, its form and the one service call behind it."""

import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.fields.choices import SelectChoice

from dialogues import clock
from dialogues.errors import RuleBroken
from dialogues.followup import escalation
from dialogues.questions import lineage, redacting, sorting, undo
from dialogues.questions.forms import (
    ActForm,
    AssignForm,
    ComplaintForm,
    DeclineForm,
    DeferForm,
    EscalateForm,
    PublishForm,
    SplitForm,
    TakeBackForm,
)
from dialogues.questions.models import Question, QuestionUndo
from dialogues.questions.rules import DeclineReason, QuestionState
from dialogues.schedule import deadlines
from dialogues.schedule.rules import Step
from dialogues.staff import trail
from dialogues.staff.models import Staff


@dataclass(frozen=True)
class Act:
    """One act: `path` is the last part of its address, `key` the letter that opens it in the queue. `reverse`: what
    undoing it does beside putting the question back; None: this act cannot be undone here."""

    path: str
    text: object
    title: object
    lead: object
    done: object
    form: type[ActForm]
    values: Callable[[Question], dict[str, object]]
    run: Callable[[Question, Any, Staff], None]
    tone: str = "primary"
    key: str = ""
    reverse: Callable[[Question], None] | None = None
    in_place: bool = True
    """Whether its form stands in the row of the queue."""


def _nothing_more(_question: Question) -> None:
    return None


def _publish(question: Question, form: PublishForm, actor: Staff) -> None:
    sorting.publish(
        question=question,
        public_text=form.public_text.data,
        actor=actor,
        version=form.version.number,
        leave_in=form.on_purpose.data,
    )
    escalation.publish_with(question, actor)


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


def _release(question: Question, form: ActForm, actor: Staff) -> None:
    sorting.release(question=question, actor=actor, version=form.version.number)


def _escalate(question: Question, form: EscalateForm, actor: Staff) -> None:
    escalation.escalate(
        question=question,
        body=form.body.data,
        on=form.on.data,
        note=form.note.data or "",
        actor=actor,
        version=form.version.number,
    )


def _defer(question: Question, form: DeferForm, actor: Staff) -> None:
    lineage.defer(
        question=question,
        dialogue_id=form.dialogue.data,
        reason=form.note.data,
        actor=actor,
        version=form.version.number,
    )


def _own_page(_question: Question, _form: ActForm, _actor: Staff) -> None:
    raise NotImplementedError("this act has a page of its own")


def _assign_values(question: Question) -> dict[str, object]:
    return {
        "assigned": assigned_value(question),
        "support": sorted(sorting.supporting(question.id)),
        "due_on": question.answer_due_on or (None if question.assigned_at else usual_due_on(question)),
    }


def usual_due_on(question: Question) -> date | None:
    """When answers are usually ready: some days before the dialogue, after it by the day for written answers."""
    dialogue = question.dialogue
    commune = dialogue.commune
    today, held_on = clock.today(commune.time_zone), clock.local(dialogue.starts_at, commune.time_zone).date()
    days = (deadlines.deadline(commune, step, held_on).on for step in (Step.DRAFTS, Step.WRITTEN_ANSWERS))
    return next((day for day in days if day >= today), None)


def publish_as_it_stands(question: Question, villages: Sequence[str], actor: Staff, version: int) -> None:
    """Publish it in its own words, if nothing in them may be private."""
    if question.state is QuestionState.PUBLISHED:
        raise RuleBroken(_("This question is published already."))
    if redacting.candidates(question, villages):
        raise RuleBroken(_("A number, an address or a name may stand in it: read it and publish it alone."))
    sorting.publish(question=question, public_text=redacting.base_of(question), actor=actor, version=version)
    escalation.publish_with(question, actor)


def undo_act(question: Question, one: QuestionUndo, actor: Staff) -> None:
    """Take the last act on a question back, if nothing was built on it."""
    act = BY_PATH.get(one.act)
    if act is None or act.reverse is None or escalation.built_since(question.id, one.at):
        raise RuleBroken(undo.TOO_LATE)
    act.reverse(question)
    undo.restore(question, one, actor)


def history(question: Question) -> list[trail.Line]:
    """The history of a question; which act was undone is told in the words of the reader."""
    return [
        replace(line, note=str(BY_PATH[line.note].title)) if line.note in BY_PATH else line
        for line in trail.history(question.commune_id, "question", question.id)
    ]


def assigned_value(question: Question) -> str:
    """Who it is assigned to, as the choice of the form."""
    if question.assigned_staff_id:
        return f"s:{question.assigned_staff_id}"
    return f"u:{question.assigned_unit_id}" if question.assigned_unit_id else ""


def assignee_choices(commune_id: int, *first: tuple[str, object]) -> list[SelectChoice]:
    """Departments and people in two groups, after the `first` choices."""
    known, departments, people = sorting.assignees(commune_id), _("Departments"), _("People")
    return [
        *(SelectChoice(value, text) for value, text in first),
        *(SelectChoice(f"u:{id_}", name, optgroup=departments) for id_, name in known.units),
        *(SelectChoice(f"s:{id_}", name, optgroup=people) for id_, name in known.people),
    ]


PUBLISH = Act(
    "publish",
    _l("Publish"),
    _l("Publish the question"),
    _l("Leave out names, phone numbers and addresses of other people. The original is kept as it is."),
    _l("Published. Residents can read it now."),
    PublishForm,
    redacting.usual_values,
    _publish,
    key="p",
    reverse=_nothing_more,
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
    key="w",
    reverse=_nothing_more,
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
    key="d",
    reverse=_nothing_more,
)
ASSIGN = Act(
    "assign",
    _l("Assign"),
    _l("Assign the question"),
    _l("Whoever is asked finds it under “My work”."),
    _l("Saved. It stands under “My work” of whom you chose."),
    AssignForm,
    _assign_values,
    _assign,
    key="a",
    reverse=_nothing_more,
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
    key="c",
    reverse=_nothing_more,
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
    key="b",
    reverse=_nothing_more,
)
SPLIT = Act(
    "split",
    _l("Split"),
    _l("Split into several questions"),
    _l(
        "Each matter becomes a question of its own, with its own field and answer. The text as it came in is kept, and "
        "the asker follows all parts with one code."
    ),
    _l("Split. Each matter waits to be read."),
    SplitForm,
    lambda _q: {},
    _own_page,
    key="s",
    reverse=lineage.join,
    in_place=False,
)  # fmt: skip
ESCALATE = Act(
    "escalate",
    _l("Pass up"),
    _l("Pass up to a higher body"),
    _l("For what the commune cannot decide. It stays open, and everybody sees since when it waits and for whom."),
    _l("Passed up. It stays open until that body answers."),
    EscalateForm,
    lambda q: {"on": clock.today(q.dialogue.commune.time_zone)},
    _escalate,
    key="u",
    reverse=escalation.take_back,
)
DEFER = Act(
    "defer",
    _l("Next dialogue"),
    _l("Move to another dialogue"),
    _l("The asker reads to which one and why. That it was moved stays in sight for ever."),
    _l("Moved to the other dialogue. The asker reads why."),
    DeferForm,
    lambda _q: {"note": ""},
    _defer,
    key="n",
    reverse=lineage.forget_last_deferral,
)

RELEASE = Act(
    "release",
    _l("Release"),
    _l("Release from quarantine"),
    _l("It waits to be read then, like every other question."),
    _l("Released. It waits to be read."),
    ActForm,
    lambda _q: {},
    _release,
    key="r",
    reverse=_nothing_more,
)

S = QuestionState
OFFERED: dict[enum.Enum, tuple[Act, ...]] = {
    S.QUARANTINED: (RELEASE, DECLINE),
    S.WAITING: (PUBLISH, ASSIGN, DECLINE, COMPLAINT, SPLIT, ESCALATE, DEFER),
    S.PUBLISHED: (ASSIGN, WORDING, TAKE_BACK, COMPLAINT, ESCALATE, DEFER),
    S.DECLINED: (TAKE_BACK,),
    S.MOVED_TO_COMPLAINT: (TAKE_BACK,),
    S.WITHDRAWN: (),
    S.SPLIT: (),
    S.MERGED: (),
}
BY_PATH = {act.path: act for act in (RELEASE, PUBLISH, DECLINE, ASSIGN, COMPLAINT, TAKE_BACK, SPLIT, ESCALATE, DEFER)}
BULK = (PUBLISH, ASSIGN, DECLINE, DEFER)
"""What can be done with many questions at once."""
KEYED = (PUBLISH, ASSIGN, DECLINE, COMPLAINT, SPLIT, ESCALATE, DEFER, WORDING, TAKE_BACK, RELEASE)
"""The acts in the order of the list of keys."""
