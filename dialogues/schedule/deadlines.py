"""The last days around a session, with how they were counted: each from the commune's numbers and days off."""

from datetime import date

from dialogues.places import service as places
from dialogues.places.days import Deadline, calendar_deadline, days_before
from dialogues.places.models import Commune
from dialogues.places.rules import RuleName
from dialogues.schedule.rules import Step

R = RuleName
BEFORE: dict[Step, RuleName] = {
    Step.PLAN: R.PLAN_DAYS, Step.ANNOUNCE: R.ANNOUNCE_DAYS, Step.QUESTIONS_CLOSE: R.QUESTIONS_CLOSE_DAYS,
    Step.DRAFTS: R.DRAFTS_DAYS,
}  # fmt: skip
AFTER: dict[Step, RuleName] = {
    Step.MINUTES: R.MINUTES_DAYS, Step.RESULT: R.RESULT_DAYS, Step.WRITTEN_ANSWERS: R.WRITTEN_ANSWER_DAYS,
    Step.REPORTS: R.REPORT_DAYS,
}  # fmt: skip


def deadline(commune: Commune, step: Step, session_on: date) -> Deadline:
    """The last day of a step that the commune's numbers set (those in BEFORE and AFTER)."""
    if step in BEFORE:
        return days_before(session_on, places.rule_value(commune, BEFORE[step], session_on))
    number = places.rule_value(commune, AFTER[step], session_on)
    return calendar_deadline(session_on, number, places.days_off(commune))


def announce_by(commune: Commune, session_on: date) -> Deadline:
    """The last day on which an announcement is lawful (R4)."""
    return days_before(session_on, places.rule_value(commune, R.NOTICE_DAYS, session_on))


def result_due_on(commune: Commune, session_on: date) -> date:
    """The last day to publish the result (R5). The session day is not counted."""
    return deadline(commune, Step.RESULT, session_on).on
