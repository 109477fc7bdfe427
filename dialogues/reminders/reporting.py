"""What a person may report by the link of a morning message: progress with a photo, and asking for a later day. Nothing
else: to say that it is done takes evidence and a signed-in page."""

import hashlib
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from dialogues import clock, photos, uploads
from dialogues.errors import RuleBroken
from dialogues.extensions import db
from dialogues.followup import commitments, extensions
from dialogues.followup.models import Commitment, Evidence
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


@dataclass(frozen=True)
class Picture:
    """A photo that may be kept, drawn anew. `checksum`: of what was sent."""

    data: bytes
    alt: str
    checksum: str


def look_at(photo: bytes, alt: str) -> Picture:
    """Take a photo apart and draw it anew; asks nothing of the database, which others need meanwhile."""
    data = photos.redrawn(photo)
    if not alt:
        raise RuleBroken(_l("Write in a few words what the photo shows, for those who cannot see it."), "alt")
    return Picture(data, alt, hashlib.sha256(photo).hexdigest())


def report(*, commitment: Commitment, text: str, picture: Picture | None, actor: Staff) -> None:
    """A line of progress, with a photo if one was sent; the same one again is kept once."""
    sums = db.session.scalars(sa.select(Evidence.checksum).where(Evidence.commitment_id == commitment.id)).all()
    if picture is not None and picture.checksum not in sums and len(sums) >= MOST_PHOTOS:
        raise RuleBroken(
            _l("This promise has %(most)s photos and papers already. Send the report without one.", most=MOST_PHOTOS),
            "photo",
        )
    commitments.add_progress(commitment=commitment, text=text, actor=actor)
    if picture is None or picture.checksum in sums:
        return
    db.session.add(
        Evidence(
            commune_id=commitment.commune_id,
            commitment_id=commitment.id,
            entry_id=commitment.entries[-1].id,
            kind=EvidenceKind.PHOTO_AFTER,
            file=uploads.keep(commitment.commune_id, picture.data, "jpg"),
            size=len(picture.data),
            checksum=picture.checksum,
            alt=picture.alt,
            added_by_id=actor.id,
            added_at=clock.now(),
        )
    )
    db.session.flush()


def ask_later(*, commitment: Commitment, new_due_on: date | None, reason: str, actor: Staff) -> None:
    """Ask for a later day, as on the page of the promise."""
    extensions.ask(commitment=commitment, new_due_on=new_due_on, reason=reason, actor=actor)


def waiting_request(commitment: Commitment) -> bool:
    """Whether a later day is asked for and not decided."""
    return extensions.waiting_request(commitment) is not None
