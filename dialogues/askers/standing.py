"""Who has a question now, and what comes next by when: for the asker's own page and for every word back."""

from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _

from dialogues import clock, formatting
from dialogues.extensions import db
from dialogues.followup import escalation
from dialogues.followup.question_views import CommitmentView, QuestionView, question_views
from dialogues.followup.rules import UNFINISHED, AnswerStage, CommitmentState
from dialogues.language import spoken_language
from dialogues.places.days import Deadline
from dialogues.places.models import Unit
from dialogues.questions import service as questions
from dialogues.questions.merges import lead_of
from dialogues.questions.models import Question
from dialogues.questions.rules import QuestionState
from dialogues.schedule import service as schedule
from dialogues.schedule.deadlines import result_due_on
from dialogues.staff.models import Staff
from dialogues.today.deadlines import first_word_due
from dialogues.words import commune_title

S, A = QuestionState, AnswerStage


@dataclass(frozen=True)
class Standing:
    """`who` has it now ("": nobody any more), and the sentence of what comes `next`; `is_late`: an apology stands in
    it."""

    who: str
    next: str
    is_late: bool = False


def day(value: date | datetime) -> str:
    """A day in the language that is spoken just now."""
    return formatting.short_date(value, spoken_language() or "vi")


def assigned_to(question: Question) -> str:
    """The person or department that prepares the answer; "" for nobody yet."""
    person = db.session.get(Staff, question.assigned_staff_id) if question.assigned_staff_id else None
    unit = db.session.get(Unit, question.assigned_unit_id) if question.assigned_unit_id else None
    if person is not None:
        return f"{person.name}, {person.post}" if person.post else str(person.name)
    return str(unit.name) if unit is not None else ""


def view_of(question: Question, today: date) -> QuestionView | None:
    """The question as residents read it; None when it is not public. Two queries."""
    views = question_views(questions.visible(question.commune_id).where(Question.id == question.id), today)
    return views[0] if views else None


def first_word_of(question: Question) -> Deadline:
    """Until when its asker hears who takes it up (R8)."""
    commune = question.dialogue.commune
    return first_word_due(commune, clock.local(question.received_at, commune.time_zone).date())


def standing(question: Question, view: QuestionView | None, now: datetime) -> Standing:
    """Where it stands at `now`; `view` is what residents read of it, if anything. A merged question stands where the
    one stands that is answered for it."""
    question = lead_of(question) or question
    commune = question.dialogue.commune
    hotline = commune.hotline or _("the office")
    office = _("The office of %(commune)s", commune=commune_title(commune))
    if question.state is S.DECLINED:
        return Standing("", _("You may ask again in other words, or call %(hotline)s.", hotline=hotline))
    if question.state is S.WITHDRAWN:
        return Standing("", _("Nothing more happens. You may ask again at any time."))
    if question.state is S.MOVED_TO_COMPLAINT:
        return Standing(
            _("The complaint procedure"), _("The body that has it now writes to you; the law sets its time limits.")
        )
    if question.state is S.SPLIT:
        return Standing("", _("Each matter goes its own way and gets its own answer; your page shows all of them."))
    if passed_up := escalation.told_while_waiting(question):
        return Standing(passed_up.body, _passed_up(passed_up.since))
    if question.state is S.QUARANTINED or (question.state is S.WAITING and question.assigned_at is None):
        return _unread(question, office, now)
    who = assigned_to(question) or office
    if view is None or view.stage in (A.UNANSWERED, A.DRAFTED):
        return Standing(who, _until_the_answer(question, now))
    return _answered(view, who, office, hotline)


def _passed_up(since: date) -> str:
    return _("The commune passed it up on %(day)s and waits for the answer. It stays open until then.", day=day(since))


def _unread(question: Question, office: str, now: datetime) -> Standing:
    due = first_word_of(question)
    if clock.local(now, question.dialogue.commune.time_zone).date() > due.on:
        late = _("You should have heard by %(day)s who takes it up. We apologise, and do it now.", day=day(due.on))
        return Standing(office, late, is_late=True)
    return Standing(office, _("The office reads it and tells you by %(day)s who takes it up.", day=day(due.on)))


def _until_the_answer(question: Question, now: datetime) -> str:
    dialogue, zone = question.dialogue, question.dialogue.commune.time_zone
    if dialogue.ends_at > now:
        on = clock.local(dialogue.starts_at, zone)
        return _("The answer is given at the dialogue on %(day)s and stands here afterwards.", day=day(on))
    result = result_due_on(dialogue.commune, schedule.session_on(dialogue))
    if result >= clock.local(now, zone).date():
        return _("The result of the dialogue is published by %(day)s.", day=day(result))
    return _("The answer is being prepared. We tell you as soon as it is there.")


def _answered(view: QuestionView, who: str, office: str, hotline: str) -> Standing:
    answer = view.answer
    if answer is None:
        return Standing(who, _("The answer is being prepared. We tell you as soon as it is there."))
    if view.stage is A.WRITTEN_PROMISED and answer.due_on:
        return Standing(who, _("The written answer comes by %(day)s.", day=day(answer.due_on)))
    if view.stage is A.WRITTEN_OVERDUE and answer.due_on:
        sentence = _(
            "The written answer was promised by %(day)s and is late. We apologise; you may call %(hotline)s.",
            day=day(answer.due_on), hotline=hotline,
        )  # fmt: skip
        return Standing(who, sentence, is_late=True)
    if view.stage is A.ESCALATED:
        return Standing(answer.escalated_to, _passed_up(answer.answered_on))
    if view.stage is A.NOTED:
        return Standing(who, _("It was noted. That is not an answer, so your question stays open."))
    return _promised(view.commitments, office, hotline)


def _promised(promises: tuple[CommitmentView, ...], office: str, hotline: str) -> Standing:
    open_ones = sorted((one for one in promises if one.state in UNFINISHED), key=lambda one: one.due_on)
    if open_ones:
        first = open_ones[0]
        who = f"{first.responsible}, {first.post}" if first.post else first.responsible
        if first.is_overdue:
            late = _("The promise was due on %(day)s and is late. We apologise.", day=day(first.due_on))
            return Standing(who, late, is_late=True)
        return Standing(who, _("The promise is to be kept by %(day)s.", day=day(first.due_on)))
    if any(one.state is CommitmentState.REPORTED_DONE for one in promises):
        sentence = _("It is reported done. Is that true? Say it on this page, or call %(hotline)s.")
        return Standing(office, sentence % {"hotline": hotline})
    return Standing("", _("You have the answer. If something is still open, call %(hotline)s.", hotline=hotline))
