"""What askers are told: short sentences in everyday words, thanks first, an apology when late, never a text of others.
In Vietnamese always: an asker has no language."""

from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from dialogues import clock
from dialogues.askers.standing import assigned_to, day, first_word_of, standing, view_of
from dialogues.extensions import db
from dialogues.followup.models import Answer, Commitment
from dialogues.followup.question_views import QuestionView
from dialogues.followup.rules import EntryKind, Outcome
from dialogues.questions.merges import lead_of
from dialogues.questions.models import Question
from dialogues.questions.rules import QuestionEvent, QuestionState
from dialogues.words import label

E = QuestionEvent


@dataclass(frozen=True)
class Said:
    """One word: a title of a few words, and the text under it."""

    title: str
    text: str


def about(question: Question) -> str:
    """Which question is meant, without its words: they may be about other people."""
    zone = question.dialogue.commune.time_zone
    received_on = day(clock.local(question.received_at, zone))
    return _("your question of %(day)s about: %(field)s", day=received_on, field=str(label(question.field)).lower())


def said(question: Question, event: QuestionEvent) -> Said:
    """The word about an event of a question as it stands now."""
    now, shown = clock.now(), lead_of(question) or question
    is_public = shown.state is QuestionState.PUBLISHED
    view = view_of(shown, clock.today(question.dialogue.commune.time_zone)) if is_public else None
    first = answered(view) if event is E.ANSWERED else _about_question(question, event)
    after = standing(question, view, now)
    return Said(first.title, f"{first.text} {after.next}".strip())


def said_to_supporters(question: Question, event: QuestionEvent) -> Said:
    """The same for those who joined: the wish and the words were another person's."""
    if event is not E.WITHDRAWN:
        return said(question, event)
    text = _("Who wrote it took it back, so nothing more happens with it. If it still matters to you, please ask it.")
    return Said(_("The question that you joined was taken back"), text)


def _about_question(question: Question, event: QuestionEvent) -> Said:
    who, body = assigned_to(question) or _("the office"), _body(question) if event is E.ESCALATED else ""
    if event is E.DECLINED:
        reason = str(label(question.decline_reason)) if question.decline_reason else ""
        text = _("Thank you for writing to us. We are sorry: it cannot be dealt with at the dialogue. Reason:")
        return Said(_("Your question was not accepted"), f"{text} {reason}. {question.state_note}".replace(". .", "."))
    if event is E.MOVED_TO_COMPLAINT:
        text = _("Thank you. The law has a procedure of its own for this, so it is handed over and never public.")
        title = _("Your question was handed over to the complaint procedure")
        return Said(title, f"{text} {question.state_note}".strip())
    found = {
        E.RECEIVED: (_("We have your question"), _("Thank you for your question. It has arrived.")),
        E.PUBLISHED: (
            _("Your question is public now"),
            _("Thank you. The office has read your question and published it; %(who)s has it now.", who=who),
        ),
        E.TAKEN_BACK: (
            _("Your question is being read again"),
            _("The office reads your question once more. Until then it is not public. We apologise for the wait."),
        ),
        E.ASSIGNED: (
            _("Your question was taken up"),
            _("Thank you. Your question is now with: %(who)s, who prepares the answer.", who=who),
        ),
        E.ESCALATED: (
            _("Your question was passed up"),
            _("The commune cannot decide this itself, so it passed your question up to: %(body)s.", body=body),
        ),
        E.DEFERRED: (
            _("Your question is taken to the next dialogue"),
            _("We apologise: there was no time for your question. It is taken up at the next dialogue."),
        ),
        E.SPLIT: (
            _("Your question was split"),
            _("You wrote about several matters. Each of them gets an answer of its own; your page shows all of them."),
        ),
        E.MERGED: (
            _("Your question is answered together with others"),
            _("Other people ask the same. You get one answer together; your code stays the same, and you are counted."),
        ),
        E.UNMERGED: (
            _("Your question is answered on its own again"),
            _("Your question is not answered together with others any more. It gets an answer of its own."),
        ),
        E.ANSWER_TAKEN_BACK: (
            _("The answer is being looked at again"),
            _("The office took the answer back to look at it once more. We apologise. You hear when it is there."),
        ),
        E.WITHDRAWN: (
            _("Your question is withdrawn"),
            _("As you wished, your question is withdrawn. Residents cannot read it any more."),
        ),
    }  # fmt: skip
    return Said(*found[event])


def _body(question: Question) -> str:
    """To whom it was passed up, also where the answer that says so is a draft."""
    body = db.session.scalar(sa.select(Answer.escalated_to).where(Answer.question_id == question.id))
    return body or _("a higher body")


def answered(view: QuestionView | None) -> Said:
    """The word about an answer that residents read now; its text stands on the asker's page."""
    answer = view.answer if view else None
    thanks = _("Thank you for your patience.")
    if answer is None:
        return Said(_("Your question is answered"), thanks)
    if answer.final_on is None and answer.outcome is Outcome.IN_WRITING:
        return Said(_("A written answer is promised to you"), _("Your question was dealt with at the dialogue."))
    if answer.final_on is None and answer.outcome is Outcome.ESCALATED:
        text = _("The commune cannot decide this itself, so it passed your question up to: %(body)s.")
        return Said(_("Your question was passed up"), text % {"body": answer.escalated_to})
    if answer.outcome is Outcome.NOTED:
        return Said(_("Your question was noted"), thanks)
    if answer.final_on and answer.due_on and answer.final_on > answer.due_on:
        late = _("The answer is there now. It was promised by %(day)s: we apologise for the delay.")
        return Said(_("Your question is answered"), late % {"day": day(answer.due_on)})
    there = _("The answer is there now.")
    return Said(_("Your question is answered"), f"{thanks} {there}")


def of_promise(commitment: Commitment, event: QuestionEvent) -> Said:
    """The word about a promise that was made in the answer."""
    person = commitment.responsible
    who = f"{person.name}, {person.post}" if person.post else person.name
    due = {"day": day(commitment.due_on)}
    what = _("What was promised: %(result)s", result=commitment.shown)
    entry = commitment.entries[-1] if commitment.entries else None
    last = entry.text if entry else ""
    is_asker = entry is not None and entry.author_id is None
    found = {
        E.COMMITMENT_MADE: (
            _("You were promised something"),
            _("%(who)s promises to keep it by %(day)s.", who=who, **due),
        ),
        E.COMMITMENT_PROGRESS: (_("Work on the promise goes on"), last),
        E.COMMITMENT_EXTENDED: (
            _("The promise takes longer"),
            _("We apologise. The new day is %(day)s. Reason: %(reason)s", reason=last, **due),
        ),
        E.COMMITMENT_DONE: (
            _("The promise is reported done"),
            f"{_reported(commitment)} {_IS_IT_TRUE}".strip(),
        ),
        E.COMMITMENT_ASKED: (
            _("Is the promise really kept?"),
            _("Four weeks ago it was reported done.") + f" {_IS_IT_TRUE}",
        ),
        E.COMMITMENT_REOPENED: (
            _("The promise is not kept yet"),
            _("It was reported done, and somebody who asked says that it is not. We apologise; it is open again.")
            if is_asker
            else _("We apologise: it was reported done and is not. What is missing: %(reason)s", reason=last),
        ),
        E.COMMITMENT_CONFIRMED: (
            _("The promise is kept"),
            _("Somebody who asked says that it is really done. Thank you for your patience.")
            if is_asker
            else _("Somebody went to look: it is really done. Thank you for your patience."),
        ),
        E.COMMITMENT_WITHDRAWN: (
            _("The promise was withdrawn"),
            _("We apologise: it will not be kept. Reason: %(reason)s", reason=last),
        ),
        E.COMMITMENT_HANDED_OVER: (
            _("Somebody else keeps the promise now"),
            _("From now on %(who)s keeps it. The day stays: %(day)s.", who=who, **due),
        ),
    }  # fmt: skip
    title, text = found[event]
    return Said(title, f"{text} {what}".strip())


_IS_IT_TRUE = _l("Is that true? Say it on your page, to the head of your village, or to the office.")


def _reported(commitment: Commitment) -> str:
    """The sentence for the askers in the last report; of reports without one what is there now."""
    reports = [entry for entry in commitment.entries if entry.kind is EntryKind.REPORTED_DONE]
    return (reports[-1].to_asker or reports[-1].text) if reports else ""


def apology(question: Question) -> str:
    """The sentence before a first word that comes after its day (R8); "" when it is in time."""
    due = first_word_of(question).on
    if clock.today(question.dialogue.commune.time_zone) <= due:
        return ""
    return _("We apologise: you should have heard from us by %(day)s.", day=day(due))
