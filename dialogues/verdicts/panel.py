"""What the office's page of a promise offers to say of a report."""

from dataclasses import dataclass

from dialogues.access import Permission, allowed
from dialogues.followup.commitments import may_report
from dialogues.followup.models import Commitment
from dialogues.staff.models import Staff
from dialogues.verdicts.forms import OverseerForm
from dialogues.verdicts.saying import own_promise_fault, report_of
from dialogues.verdicts.voices import Said, rounds_of


@dataclass(frozen=True)
class Panel:
    """`form`: of an overseer who may speak; `fault`: why not; `may_ask`: whether this person asks at the door; `words`:
    what askers wrote and residents do not read yet, for those who have to act on it."""

    form: OverseerForm | None = None
    fault: object | None = None
    may_ask: bool = False
    words: tuple[Said, ...] = ()


def panel(commitment: Commitment, staff: Staff) -> Panel:
    """What this person may do about the report that stands."""
    words: tuple[Said, ...] = ()
    if allowed(staff, Permission.READ_ASKERS) or may_report(staff, commitment):
        words = tuple(said for one in rounds_of(commitment) for said in one.unread)
    report = report_of(commitment)
    if report is None:
        return Panel(words=words)
    may_ask = allowed(staff, Permission.TELL_ASKERS)
    if not allowed(staff, Permission.CONFIRM_COMMITMENTS):
        return Panel(may_ask=may_ask, words=words)
    fault = own_promise_fault(staff, commitment)
    form = None if fault else OverseerForm(formdata=None, data={"report": str(report.id)})
    return Panel(form, fault, may_ask, words)
