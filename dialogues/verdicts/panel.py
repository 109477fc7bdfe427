"""What the office's page of a promise offers to say of a report."""

from dataclasses import dataclass

from dialogues.access import Permission, allowed
from dialogues.followup.models import Commitment
from dialogues.staff.models import Staff
from dialogues.verdicts.forms import OverseerForm
from dialogues.verdicts.saying import own_promise_fault, report_of


@dataclass(frozen=True)
class Panel:
    """`form`: of an overseer who may speak; `fault`: why not; `may_ask`: whether this person asks at the door."""

    form: OverseerForm | None
    fault: object | None
    may_ask: bool


def panel(commitment: Commitment, staff: Staff) -> Panel:
    """What this person may do about the report that stands."""
    report = report_of(commitment)
    if report is None:
        return Panel(None, None, False)
    may_ask = allowed(staff, Permission.TELL_ASKERS)
    if not allowed(staff, Permission.CONFIRM_COMMITMENTS):
        return Panel(None, None, may_ask)
    fault = own_promise_fault(staff, commitment)
    form = None if fault else OverseerForm(formdata=None, data={"report": str(report.id)})
    return Panel(form, fault, may_ask)
