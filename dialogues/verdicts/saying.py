"""Somebody says of a report whether it is true: an asker or an overseer. It counts at once, and it is on record."""

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from dialogues import clock
from dialogues.errors import RuleBroken
from dialogues.extensions import db
from dialogues.followup import entries
from dialogues.followup.events import tell
from dialogues.followup.models import Commitment, CommitmentEntry
from dialogues.followup.rules import CommitmentState, EntryKind
from dialogues.questions.lineage import askers_of
from dialogues.questions.models import Asker
from dialogues.questions.rules import QuestionEvent
from dialogues.staff import trail
from dialogues.staff.models import Staff
from dialogues.verdicts import letters
from dialogues.verdicts.models import CommitmentVerdict
from dialogues.verdicts.rules import (
    NEEDS_WORDS,
    Judgement,
    VerdictWay,
    is_too_late,
    standing_report,
    state_after,
)

S, J = CommitmentState, Judgement
MOST_WORDS = 1000


@dataclass(frozen=True)
class Voice:
    """Who speaks, and how it came: an asker (`staff`: who wrote it down at the door), or an overseer."""

    way: VerdictWay
    asker: Asker | None = None
    staff: Staff | None = None

    @property
    def overseer(self) -> Staff | None:
        return self.staff if self.asker is None else None


NOT_REPORTED = _l("Nothing is reported done here just now, so there is nothing to say yes or no to.")
NOT_ASKED = _l("Only those who asked about this say whether it is done.")


def report_of(commitment: Commitment, voices: list[CommitmentVerdict] | None = None) -> CommitmentEntry | None:
    """The report that verdicts are about, until the next step is taken; None: there is none. One that was taken back by
    who made it is none either; one that a voice opened again is, whatever this voice says now. `voices`: verdicts of
    this promise, if they are known."""
    found = sorted(commitment.entries, key=lambda entry: entry.id)
    place = standing_report([entry.kind for entry in found])
    if place is None or commitment.state in (S.OPEN, S.WITHDRAWN):
        return None
    report = found[place]
    if commitment.state is S.IN_PROGRESS:
        reopened = next((entry for entry in reversed(found[place:]) if entry.kind is EntryKind.REOPENED), None)
        if reopened is None:
            return None
        said = _of_report(report.id) if voices is None else [one for one in voices if one.entry_id == report.id]
        if reopened.author_id not in {None, *(one.staff_id for one in said if one.asker_id is None)}:
            return None
    return report


def _of_report(entry_id: int) -> list[CommitmentVerdict]:
    mine = sa.select(CommitmentVerdict).where(CommitmentVerdict.entry_id == entry_id)
    return list(db.session.scalars(mine.order_by(CommitmentVerdict.id)))


def own_promise_fault(staff: Staff, commitment: Commitment) -> object | None:
    """Why this person neither confirms it nor writes down what others say of it, as a sentence; None when they may.
    "Done" needs a second voice."""
    if staff.id == commitment.responsible_id:
        return _l("This is your own commitment: somebody else says whether it is done.")
    reports = [entry for entry in commitment.entries if entry.kind is EntryKind.REPORTED_DONE]
    if reports and reports[-1].author_id == staff.id:
        return _l("You reported this as done yourself: somebody else says whether it is.")
    return None


def say(
    *, commitment: Commitment, judgement: Judgement, text: str, voice: Voice, report_id: int | None = None
) -> CommitmentVerdict:
    """Write down what this voice says of the standing report; a second time it takes the place of the first. Those who
    speak at the same time wait for each other. `report_id`: the report that the form showed."""
    db.session.refresh(commitment, with_for_update={"of": Commitment})
    db.session.expire(commitment, ["entries"])
    report = report_of(commitment)
    if report is None:
        raise RuleBroken(NOT_REPORTED)
    if report_id is not None and report_id != report.id:
        raise RuleBroken(_l("It was reported done anew meanwhile. Read what is reported now, then say what you see."))
    _check(commitment, judgement, text, voice)
    said = _of_report(report.id)
    mine = next((one for one in said if _is_same_voice(one, voice)), None)
    if mine is not None and (mine.judgement, mine.text) == (judgement, text):
        return mine  # sent twice
    is_new = mine is None or mine.judgement is not judgement
    now = clock.now()
    if mine is None:
        mine = CommitmentVerdict(
            commune_id=commitment.commune_id,
            commitment_id=commitment.id,
            entry_id=report.id,
            asker_id=voice.asker.id if voice.asker else None,
        )
        db.session.add(mine)
        said.append(mine)
    mine.staff_id, mine.way = voice.staff.id if voice.staff else None, voice.way
    mine.judgement, mine.text, mine.at = judgement, text, now
    mine.public_text, mine.published_at = (text, now) if voice.overseer else ("", None)
    db.session.flush()
    action = "verdict_said" if voice.overseer else "verdict_noted" if voice.staff else "verdict_said"
    _record(commitment, voice.staff, action, judgement)
    if is_new:
        _settle(commitment, report, mine, [one.judgement for one in said])
    return mine


def _is_same_voice(verdict: CommitmentVerdict, voice: Voice) -> bool:
    if voice.asker is not None:
        return verdict.asker_id == voice.asker.id
    return verdict.asker_id is None and voice.staff is not None and verdict.staff_id == voice.staff.id


def _check(commitment: Commitment, judgement: Judgement, text: str, voice: Voice) -> None:
    if voice.staff is not None and (fault := own_promise_fault(voice.staff, commitment)):
        raise RuleBroken(fault)
    if voice.asker is not None and voice.asker.id not in {one.id for one in askers_of(commitment.answer.question)}:
        raise RuleBroken(NOT_ASKED)
    if judgement in NEEDS_WORDS and not text:
        raise RuleBroken(_l("Write what is still missing, so that it can be done."), "text")
    if len(text) > MOST_WORDS:
        raise RuleBroken(_l("This is too long: at most %(most)s characters.", most=MOST_WORDS), "text")
    is_late = is_too_late(commitment.confirmed_on, clock.today(commitment.dialogue.commune.time_zone))
    if is_late and judgement is not J.DONE:
        raise RuleBroken(
            _l("This was confirmed more than three months ago. If something is wrong again, please ask it anew.")
        )


def _record(commitment: Commitment, staff: Staff | None, action: str, judgement: Judgement) -> None:
    trail.record(
        commune_id=commitment.commune_id,
        actor=staff,
        thing="commitment",
        thing_id=commitment.id,
        action=action,
        note=judgement.value,
    )


# -- what follows -----------------------------------------------------------------------------------------------------


def _settle(
    commitment: Commitment, report: CommitmentEntry, verdict: CommitmentVerdict, judgements: list[Judgement]
) -> None:
    """Bring the promise to where all that was said of its report puts it, and tell those whom it concerns."""
    to, before = state_after(commitment.state, judgements), commitment.state
    today = clock.today(commitment.dialogue.commune.time_zone)
    event = None
    if to is not before:
        if before is S.IN_PROGRESS:  # who said "not done" takes it back
            entries.move(commitment, S.REPORTED_DONE)
            commitment.reported_done_on = _day(commitment, report.at)
        if to is not commitment.state:
            entries.move(commitment, to)
    if to is S.IN_PROGRESS:
        commitment.reported_done_on = commitment.confirmed_on = commitment.objected_on = None
    else:
        commitment.objected_on = today if J.PARTLY in judgements else None
        commitment.confirmed_on = (commitment.confirmed_on or today) if to is S.CONFIRMED else None
    if to is S.IN_PROGRESS and before is not to:
        _line(commitment, verdict, EntryKind.REOPENED)
        event = QuestionEvent.COMMITMENT_REOPENED
    elif to is S.CONFIRMED and before is not to:
        _line(commitment, verdict, EntryKind.CONFIRMED)
        event = QuestionEvent.COMMITMENT_CONFIRMED
    elif verdict.judgement is J.PARTLY:
        _line(commitment, verdict, EntryKind.OBJECTED)
    db.session.flush()
    letters.tell_staff(commitment, verdict)
    if event is not None:
        tell(commitment, event)


def _day(commitment: Commitment, at: datetime) -> date:
    return clock.local(at, commitment.dialogue.commune.time_zone).date()


def _line(commitment: Commitment, verdict: CommitmentVerdict, kind: EntryKind) -> None:
    """One line in the story. The words of an asker stand there only when the office has read them: see `sentences`."""
    is_overseer = verdict.asker_id is None
    commitment.entries.append(
        CommitmentEntry(
            commune_id=commitment.commune_id,
            kind=kind,
            at=verdict.at,
            author_id=verdict.staff_id if is_overseer else None,
            text=verdict.text if is_overseer else "",
        )
    )
