"""What a person may report by the link of a morning message: progress with a photo, and asking for a later day. Nothing
else: to say that it is done takes evidence and a signed-in page."""

from datetime import date

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from dialogues.errors import RuleBroken
from dialogues.extensions import db
from dialogues.followup import commitments, evidence
from dialogues.followup.evidence import Proof
from dialogues.followup.models import Commitment
from dialogues.followup.rules import UNFINISHED, EvidenceKind
from dialogues.followup.service import CommitmentRow, all_commitments, commitment_rows, most_urgent_first
from dialogues.followup.story import with_story
from dialogues.staff.models import Staff
from dialogues.staff.rules import is_away
from dialogues.staff.standins import acts_for

MOST_SHOWN = 100
MOST_PHOTOS = 40
"""Photos of one promise: more say nothing more, and fill the disk."""


def promises_of(staff: Staff, today: date) -> list[CommitmentRow]:
    """The unfinished promises of this person, and of those for whom they act today; the most urgent first. Two
    queries."""
    mine = [staff.id, *_for_whom(staff, today)]
    unfinished = all_commitments(staff.commune_id).where(
        Commitment.responsible_id.in_(mine), Commitment.state.in_(UNFINISHED)
    )
    return commitment_rows(most_urgent_first(unfinished, today).limit(MOST_SHOWN), today)


def has_promises(staff: Staff, today: date) -> bool:
    """Whether there is one of them: who only decides or oversees has nothing to report. Two queries."""
    mine = [staff.id, *_for_whom(staff, today)]
    found = sa.exists().where(
        Commitment.commune_id == staff.commune_id,
        Commitment.responsible_id.in_(mine),
        Commitment.state.in_(UNFINISHED),
    )
    return bool(db.session.scalar(sa.select(found)))


def _for_whom(staff: Staff, today: date) -> list[int]:
    if is_away(staff.away_from, staff.away_until, today):
        return []
    rows = db.session.execute(
        sa.select(Staff.id, Staff.away_from, Staff.away_until).where(
            Staff.deputy_id == staff.id, Staff.away_from.is_not(None)
        )
    )
    return [id_ for id_, first, last in rows if is_away(first, last, today)]


def promise_for(staff: Staff, commitment_id: int, today: date) -> Commitment | None:
    """One of them, finished or not, with its story; None for one of somebody else."""
    found = db.session.scalar(
        sa.select(Commitment)
        .where(Commitment.id == commitment_id, Commitment.commune_id == staff.commune_id)
        .options(*with_story())
    )
    return found if found is not None and acts_for(staff, found.responsible, today) else None


def look_at(photo: bytes, alt: str) -> Proof:
    """Take a photo apart and draw it anew; asks nothing of the database, which others need meanwhile."""
    try:
        proof = evidence.looked_at(EvidenceKind.PHOTO_DURING, photo, alt)
    except RuleBroken as broken:
        raise RuleBroken(broken.message, "photo") from None
    if not alt:
        raise RuleBroken(_l("Write in a few words what the photo shows, for those who cannot see it."), "alt")
    return proof


def report(*, commitment: Commitment, text: str, photo: Proof | None, actor: Staff) -> None:
    """A line of progress, with a photo of the work if one was sent; the same one again is kept once."""
    kept = commitment.evidence
    if photo is not None and any(one.checksum == photo.checksum for one in kept):
        photo = None
    if photo is not None and len(kept) >= MOST_PHOTOS:
        raise RuleBroken(
            _l("This promise has %(most)s photos and papers already. Send the report without one.", most=MOST_PHOTOS),
            "photo",
        )
    commitments.add_progress(commitment=commitment, text=text, actor=actor)
    if photo is not None:
        evidence.add(commitment=commitment, proofs=[photo], actor=actor, entry=commitment.entries[-1])
