"""What the office's page of one promise shows about its plan, and what this person may do with it."""

from dataclasses import dataclass
from datetime import date

from dialogues import clock
from dialogues.access import Permission, allowed
from dialogues.followup.commitments import may_report
from dialogues.followup.entries import may_plan
from dialogues.followup.models import Commitment
from dialogues.followup.origin import Origin, origin_of
from dialogues.followup.plans import withdraw_fault
from dialogues.followup.rules import UNFINISHED
from dialogues.staff.models import Staff


@dataclass(frozen=True)
class PlanPanel:
    """`edits`: the plan and the days of the steps; `reports`: that a step is done; `reads_money`: the office's note."""

    origin: Origin
    today: date
    edits: bool
    reports: bool
    reads_money: bool
    may_withdraw: bool


def plan_panel(commitment: Commitment, staff: Staff) -> PlanPanel:
    """Two queries."""
    at_work = commitment.state in UNFINISHED
    return PlanPanel(
        origin=origin_of(commitment.answer.question),
        today=clock.today(staff.commune.time_zone),
        edits=at_work and may_plan(staff, commitment),
        reports=at_work and may_report(staff, commitment),
        reads_money=allowed(staff, Permission.PUBLISH_ANSWERS),
        may_withdraw=withdraw_fault(staff, commitment) is None,
    )
