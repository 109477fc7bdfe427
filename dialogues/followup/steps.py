"""The steps of a promise, each with its own day: added, moved, done, dropped. The story names each of these."""

from datetime import date

from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from dialogues import clock, formatting
from dialogues.errors import RuleBroken
from dialogues.extensions import db
from dialogues.followup.commitments import may_report
from dialogues.followup.entries import add, move, record
from dialogues.followup.events import tell
from dialogues.followup.models import Commitment, CommitmentStep
from dialogues.followup.plans import check_planner
from dialogues.followup.rules import UNFINISHED, CommitmentState, EntryKind
from dialogues.language import current_language
from dialogues.questions.rules import QuestionEvent
from dialogues.staff.models import Staff

MOST_STEPS = 20


def is_open(step: CommitmentStep) -> bool:
    """Neither done nor dropped."""
    return step.done_on is None and step.dropped_on is None


def next_step(commitment: Commitment) -> CommitmentStep | None:
    """The open step whose day comes first; none of a promise that is not worked on."""
    if commitment.state not in UNFINISHED:
        return None
    return next((step for step in commitment.steps if is_open(step)), None)


def add_step(*, commitment: Commitment, text: str, due_on: date | None, actor: Staff) -> CommitmentStep:
    """One step more. It overwrites nothing, so it needs no version."""
    check_planner(actor, commitment)
    if not text:
        raise RuleBroken(_l("Write what the step is."), "text")
    day = _checked_day(commitment, due_on, actor)
    same = [one for one in commitment.steps if is_open(one) and (one.text, one.due_on) == (text, day)]
    if same:
        return same[0]  # the form was sent twice
    if len(commitment.steps) >= MOST_STEPS:
        raise RuleBroken(
            _l("At most %(most)s steps. Put small ones into the report of progress.", most=MOST_STEPS), "text"
        )
    step = CommitmentStep(commune_id=commitment.commune_id, commitment_id=commitment.id, text=text, due_on=day)
    commitment.steps.append(step)
    with force_locale("vi"):
        said = _("New step until %(day)s: %(step)s", day=formatting.short_date(day), step=text)
    _planned(commitment, actor, said)
    return step


def move_step(*, step: CommitmentStep, commitment: Commitment, due_on: date | None, reason: str, actor: Staff) -> None:
    """Another day for a step."""
    check_planner(actor, commitment)
    _check_open(step)
    day, old = _checked_day(commitment, due_on, actor), step.due_on
    if day == old:
        return
    if not reason:
        raise RuleBroken(_l("Write why the day changes. Residents read the reason."), "reason")
    step.due_on = day
    with force_locale("vi"):
        said = _(
            "Step “%(step)s”: %(old)s → %(new)s.",
            step=step.text, old=formatting.short_date(old), new=formatting.short_date(day),
        )  # fmt: skip
    _planned(commitment, actor, f"{said}\n{reason}")


def finish_step(*, step: CommitmentStep, commitment: Commitment, text: str, actor: Staff) -> None:
    """A step is done; the first one starts the work. Pressed twice it is done once."""
    if not may_report(actor, commitment):
        raise RuleBroken(_l("Only the responsible person, their unit and the office report on this commitment."))
    if step.done_on is not None:
        return
    check_at_work(commitment)
    _check_open(step)
    step.done_on = clock.today(actor.commune.time_zone)
    if commitment.state is CommitmentState.OPEN:
        move(commitment, CommitmentState.IN_PROGRESS)
    add(commitment, actor, EntryKind.STEP_DONE, f"{step.text}\n{text}".strip())
    db.session.flush()
    record(commitment, actor, "promise_step_done", step.text)
    tell(commitment, QuestionEvent.COMMITMENT_PROGRESS)


def drop_step(*, step: CommitmentStep, commitment: Commitment, reason: str, actor: Staff) -> None:
    """A step is not needed any more. It stays to be read, crossed out, with the reason in the story."""
    if step.dropped_on is not None:
        return
    check_planner(actor, commitment)
    _check_open(step)
    if not reason:
        raise RuleBroken(_l("Write why this step falls away. Residents read the reason."), "reason")
    step.dropped_on = clock.today(actor.commune.time_zone)
    with force_locale("vi"):
        said = _("Step dropped: %(step)s", step=step.text)
    _planned(commitment, actor, f"{said}\n{reason}")


def check_at_work(commitment: Commitment) -> None:
    """A step of what is finished or withdrawn stays as it is."""
    if commitment.state not in UNFINISHED:
        raise RuleBroken(_l("This commitment is not at work any more: its plan stays as it is."))


def _check_open(step: CommitmentStep) -> None:
    if not is_open(step):
        raise RuleBroken(_l("This step is done or dropped already."))


def _checked_day(commitment: Commitment, due_on: date | None, actor: Staff) -> date:
    if due_on is None:
        raise RuleBroken(_l("Choose the day of the step."), "due_on")
    if due_on < clock.today(actor.commune.time_zone):
        raise RuleBroken(_l("The day of the step has passed already. Choose today or a later day."), "due_on")
    if due_on > commitment.due_on:
        day = formatting.short_date(commitment.due_on, current_language())
        raise RuleBroken(
            _l("The promise is due on %(day)s: no step can come later. Choose an earlier day.", day=day), "due_on"
        )
    return due_on


def _planned(commitment: Commitment, actor: Staff, said: str) -> None:
    add(commitment, actor, EntryKind.PLAN_CHANGED, said)
    db.session.flush()
    record(commitment, actor, "plan_changed", said.replace("\n", " "))
