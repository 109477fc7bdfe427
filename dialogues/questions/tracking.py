"""The asker's own page: found by the tracking code, told in plain words, withdrawn by the asker."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import joinedload, lazyload, load_only

from dialogues import clock, codes
from dialogues.errors import RuleBroken
from dialogues.extensions import db
from dialogues.language import short_day
from dialogues.questions import lineage
from dialogues.questions.events import tell
from dialogues.questions.models import Asker, Question
from dialogues.questions.rules import MOVES, QuestionEvent, QuestionState
from dialogues.schedule.models import Dialogue
from dialogues.staff import trail
from dialogues.staff.models import Staff
from dialogues.words import label


def asker_by_code(code: str) -> Asker | None:
    """The asker with this code (normalised), with everything that the own page shows; one query."""
    if not codes.is_tracking_code(code):
        return None
    question = joinedload(Asker.question)
    return db.session.scalar(
        sa.select(Asker)
        .where(Asker.code == code)
        .options(
            question.joinedload(Question.dialogue).joinedload(Dialogue.commune),
            question.joinedload(Question.assigned_unit),
            question.joinedload(Question.assigned_staff).options(
                load_only(Staff.name, Staff.post), lazyload(Staff.commune), lazyload(Staff.role_rows)
            ),
        )
    )


@dataclass(frozen=True)
class Step:
    """One line of the story, as the timeline macro shows it."""

    at: datetime
    what: object
    who: str = ""
    note: object = ""


def story(asker: Asker) -> list[Step]:
    """What happened to the question so far, newest first; answers and commitments stand on the page by themselves."""
    q, s = asker.question, QuestionState
    withdrawn = _("Taken back by who wrote it") if asker.is_supporter else _("Withdrawn by you")
    steps = [Step(q.received_at, _("Received"), note=_("By this way: %(channel)s", channel=label(q.channel)))]
    if asker.is_supporter:
        steps.append(Step(asker.joined_at, _("You joined")))
    if q.assigned_at:
        person, unit = q.assigned_staff, q.assigned_unit
        who = f"{person.name}, {person.post}" if person else unit.name if unit else ""
        steps.append(Step(q.assigned_at, _("Given to those who answer it"), who))
    if q.published_at:
        steps.append(Step(q.published_at, _("Read by the office and published")))
    decided_at = q.merged_at if q.state is s.MERGED else q.decided_at
    if decided_at and q.state is not s.PUBLISHED:
        what = {
            s.QUARANTINED: _("Being read by the office"),
            s.WAITING: _("Back with the office, to be read again"),
            s.DECLINED: _("Not accepted"),
            s.MOVED_TO_COMPLAINT: _("Moved to the complaint procedure"),
            s.WITHDRAWN: _("Taken back by the office") if q.state_note else withdrawn,
            s.SPLIT: _("Read by the office: it holds several matters, and each goes its own way"),
            s.MERGED: _("Put together with a question that asks the same"),
        }[q.state]
        steps.append(Step(decided_at, what, note=q.state_note if q.state is s.WITHDRAWN else ""))
    for moved in lineage.deferrals(q.id):
        to = f"{moved.to_dialogue.title}, {short_day(moved.to_dialogue.starts_at)}"
        steps.append(Step(moved.at, _("Moved to another dialogue: %(dialogue)s", dialogue=to), note=moved.reason))
    return sorted(steps, key=lambda step: step.at, reverse=True)


def can_withdraw(question: Question) -> bool:
    """Whether the asker may still take it back."""
    return QuestionState.WITHDRAWN in MOVES[question.state]


def can_leave(asker: Asker) -> bool:
    """Whether a supporter still takes part."""
    return asker.left_at is None


def leave(*, asker: Asker) -> None:
    """A supporter goes: the question stays, as it is somebody else's; what is known of the supporter is erased."""
    if asker.left_at is not None:
        raise RuleBroken(_l("You do not take part in this question any more."))
    asker.left_at = clock.now()
    asker.name = asker.phone = asker.email = ""
    asker.may_contact = asker.may_message = asker.may_publish_name = False
    trail.record(
        commune_id=asker.commune_id, actor=None, thing="question", thing_id=asker.question_id, action="support_left"
    )
    db.session.flush()


def withdraw(*, asker: Asker, actor: Staff | None = None) -> None:
    """Take the question back: not public any more; the office keeps it, marked as withdrawn. `actor` is the clerk who
    does it on behalf."""
    question = asker.question
    if asker.is_supporter:
        leave(asker=asker)
        return
    if question.state is QuestionState.WITHDRAWN:
        raise RuleBroken(_l("This question is withdrawn already."))
    if not can_withdraw(question):
        raise RuleBroken(_l("This question is not shown to anybody any more, so there is nothing to withdraw."))
    question.state = QuestionState.WITHDRAWN
    question.decided_at = clock.now()
    lineage.withdraw_parts(question)
    trail.record(
        commune_id=question.commune_id, actor=actor, thing="question", thing_id=question.id, action="withdrawn"
    )
    db.session.flush()
    tell(question, QuestionEvent.WITHDRAWN)
