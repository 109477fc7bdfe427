"""Reporting a promise as done, with what proves it and a sentence for who asked; taking such a report back."""

from collections.abc import Collection, Sequence

from flask_babel import lazy_gettext as _l

from dialogues import clock
from dialogues.errors import RuleBroken
from dialogues.extensions import db
from dialogues.followup import entries, evidence
from dialogues.followup.commitments import may_report
from dialogues.followup.events import tell
from dialogues.followup.evidence import Proof
from dialogues.followup.models import Commitment, CommitmentEntry
from dialogues.followup.rules import UNFINISHED, CommitmentState, EntryKind
from dialogues.questions.rules import QuestionEvent
from dialogues.staff.models import Staff


def report_done(
    *,
    commitment: Commitment,
    version: int,
    text: str,
    to_asker: str,
    actor: Staff,
    proofs: Sequence[Proof] = (),
    counted_ids: Collection[int] = (),
) -> CommitmentEntry:
    """Say that it is done: what is there now, what proves it, and a sentence for the askers. `counted_ids`: photos of
    the work that show it finished. A new report begins a new round of verdicts."""
    entries.check_version(commitment, version)
    if not may_report(actor, commitment):
        raise RuleBroken(_l("Only the responsible person, their unit and the office report on this commitment."))
    if commitment.state not in UNFINISHED:
        raise RuleBroken(entries.refused(CommitmentState.REPORTED_DONE))
    if not text:
        raise RuleBroken(_l("Write what is there now, so that somebody can go and look."), "text")
    if not to_asker:
        raise RuleBroken(_l("Write a sentence to those who asked: they get it as a message."), "to_asker")
    counted = [one for one in evidence.countable(commitment) if one.id in counted_ids]
    if not counted and not evidence.is_proven(commitment, proofs):
        raise RuleBroken(_l("Show that it is done: a photo from after, a paper, or the number of a decision."), "after")
    evidence.check(commitment, proofs)
    entries.move(commitment, CommitmentState.REPORTED_DONE)
    commitment.reported_done_on = clock.today(actor.commune.time_zone)
    commitment.objected_on = commitment.asked_again_on = None
    entries.add(commitment, actor, EntryKind.REPORTED_DONE, text)
    entry = commitment.entries[-1]
    entry.to_asker = to_asker
    db.session.flush()
    evidence.count_as_after(chosen=counted, entry=entry)
    evidence.add(commitment=commitment, proofs=proofs, actor=actor, entry=entry)
    entries.record(commitment, actor, "reported_done", text)
    tell(commitment, QuestionEvent.COMMITMENT_DONE)
    return entry


def take_back(*, commitment: Commitment, version: int, reason: str, actor: Staff) -> None:
    """It was reported too early: who reports on it opens it again. Who checks it says so with a verdict."""
    entries.check_version(commitment, version)
    if not may_report(actor, commitment):
        raise RuleBroken(_l("Only the responsible person, their unit and the office report on this commitment."))
    if commitment.state is not CommitmentState.REPORTED_DONE:
        raise RuleBroken(entries.refused(CommitmentState.IN_PROGRESS))
    if not reason:
        raise RuleBroken(_l("Write what is still missing."), "reason")
    entries.move(commitment, CommitmentState.IN_PROGRESS)
    commitment.reported_done_on = commitment.objected_on = None
    entries.add(commitment, actor, EntryKind.REOPENED, reason)
    db.session.flush()
    entries.record(commitment, actor, "reopened", reason)
    tell(commitment, QuestionEvent.COMMITMENT_REOPENED)
