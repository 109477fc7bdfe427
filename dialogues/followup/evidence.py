"""What proves that a promise was kept: photos from before and after, papers, the number of a decision.

Photos are drawn anew without what a phone writes into them; a small one stands beside each for lists and phones.
"""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from dialogues import clock, photos, uploads
from dialogues.errors import EditConflict, RuleBroken
from dialogues.extensions import db
from dialogues.followup import entries
from dialogues.followup.models import Commitment, CommitmentEntry, Evidence
from dialogues.followup.rules import EntryKind, EvidenceKind
from dialogues.staff.models import Staff

MOST_FILES = 10
"""So many come with one report."""
MOST_OF_ONE = 60
"""So many one promise has at most."""
MOST_BYTES = 60_000_000
"""All files of one report together; one photo has at most `photos.MOST_BYTES`."""
PROVES = (EvidenceKind.PHOTO_AFTER, EvidenceKind.PAPER, EvidenceKind.DECISION)
"""A photo from before or of the work alone proves nothing."""
FIELDS = {
    EvidenceKind.PHOTO_AFTER: "after",
    EvidenceKind.PHOTO_BEFORE: "before",
    EvidenceKind.PHOTO_DURING: "photo",
    EvidenceKind.PAPER: "paper",
    EvidenceKind.DECISION: "number",
}
"""Where each stands in the form."""


@dataclass(frozen=True)
class Proof:
    """One piece that somebody hands in, looked at already. `small`: of a photo; `checksum`: of what was sent."""

    kind: EvidenceKind
    alt: str = ""
    number: str = ""
    ending: str = ""
    data: bytes = b""
    small: bytes = b""
    checksum: str = ""


def looked_at(kind: EvidenceKind, data: bytes, alt: str) -> Proof:
    """A file that may be kept; raises RuleBroken on its field with what to do."""
    field, checksum = FIELDS[kind], hashlib.sha256(data).hexdigest()
    if kind is EvidenceKind.PAPER and data.startswith(b"%PDF-"):
        if len(data) > photos.MOST_BYTES:
            raise RuleBroken(_l("A paper has at most 10 MB. Scan it with a lower quality."), field)
        if b"%%EOF" not in data[-2048:]:
            raise RuleBroken(_l("The end of this PDF is missing. Choose the file once more."), field)
        return Proof(kind, alt, ending="pdf", data=data, checksum=checksum)
    try:
        picture = photos.redrawn(data)
    except RuleBroken as broken:
        raise RuleBroken(broken.message, field) from None
    return Proof(kind, alt, ending="jpg", data=picture, small=photos.small(picture), checksum=checksum)


def decision(number: str) -> Proof:
    """The number of a decision, which anybody can ask for."""
    return Proof(EvidenceKind.DECISION, number=number)


def is_proven(commitment: Commitment, proofs: Sequence[Proof]) -> bool:
    """Whether something shows that it is done: among these, or handed in since it was last opened again."""
    if any(proof.kind in PROVES for proof in proofs):
        return True
    return any(one.kind in PROVES for one in _since_reopened(commitment))


def _since_reopened(commitment: Commitment) -> list[Evidence]:
    """What was handed in since it was last opened again, or ever."""
    reopened_at = max((e.at for e in commitment.entries if e.kind is EntryKind.REOPENED), default=None)
    return [one for one in commitment.evidence if reopened_at is None or one.added_at > reopened_at]


def countable(commitment: Commitment) -> list[Evidence]:
    """Photos of the work that who reports may say show it finished."""
    return [one for one in _since_reopened(commitment) if one.kind is EvidenceKind.PHOTO_DURING]


def count_as_after(*, chosen: Collection[Evidence], entry: CommitmentEntry) -> None:
    """Who reports says that these photos of the work show it finished: they belong to this report now."""
    for one in chosen:
        one.kind, one.entry_id = EvidenceKind.PHOTO_AFTER, entry.id


def check(commitment: Commitment, proofs: Sequence[Proof]) -> None:
    """Refuse what is too much, and what stands here already."""
    if sum(bool(proof.data) for proof in proofs) > MOST_FILES:
        raise RuleBroken(too_many(), "after")
    if len(commitment.evidence) + len(proofs) > MOST_OF_ONE:
        raise RuleBroken(_l("This commitment has %(most)s pieces of evidence already.", most=MOST_OF_ONE), "after")
    files = {one.checksum for one in commitment.evidence if one.checksum}
    of_work = {one.checksum for one in countable(commitment)}
    numbers = {one.number.casefold() for one in commitment.evidence if one.number}
    for proof in proofs:
        if proof.kind is EvidenceKind.PHOTO_AFTER and proof.checksum in of_work:
            raise RuleBroken(
                _l("This photo came with a report of progress already. When it is reported done, tick it there."),
                FIELDS[proof.kind],
            )
        if proof.checksum and proof.checksum in files:
            raise RuleBroken(
                _l("One of these files stands here already, or was chosen twice. Choose it once."), FIELDS[proof.kind]
            )
        if proof.number and proof.number.casefold() in numbers:
            raise RuleBroken(_l("This number stands here already."), FIELDS[proof.kind])
        files.add(proof.checksum)


def too_many() -> object:
    """More files than one report can have."""
    return _l(
        "One report has at most %(most)s files. Choose the ones that show it best; what you wrote is kept.",
        most=MOST_FILES,
    )


def add(
    *, commitment: Commitment, proofs: Sequence[Proof], actor: Staff, entry: CommitmentEntry | None = None
) -> list[Evidence]:
    """Keep what was handed in, with the report it came with. `check` was called."""
    made = [
        Evidence(
            commune_id=commitment.commune_id,
            entry_id=entry.id if entry else None,
            kind=proof.kind,
            file=uploads.keep(commitment.commune_id, proof.data, proof.ending, small=proof.small) if proof.data else "",
            size=len(proof.data),
            checksum=proof.checksum,
            alt=proof.alt,
            number=proof.number,
            added_by_id=actor.id,
            added_at=clock.now(),
        )
        for proof in proofs
    ]
    commitment.evidence.extend(made)
    if made:
        db.session.flush()
        entries.record(commitment, actor, "evidence_added", ", ".join(sorted({str(one.kind) for one in made})))
    return made


def correct_alt(*, evidence: Evidence, alt: str, seen: str, actor: Staff) -> None:
    """Other words for what it shows, on record with the day and without the old ones, which may have named somebody.
    `seen`: what stood in the form."""
    if not alt:
        raise RuleBroken(_l("Write what it shows, for people who cannot see it."), "alt")
    if evidence.alt == alt:
        return  # sent twice
    if evidence.alt != seen:
        raise EditConflict
    evidence.alt = alt
    db.session.flush()
    entries.record(evidence.commitment, actor, "evidence_corrected", alt)


def take_down(*, evidence: Evidence, reason: str, actor: Staff) -> None:
    """Delete one that shows what it must not, or not this promise. The trail keeps that there was one, and why."""
    if not reason:
        raise RuleBroken(_l("Write why it is taken down."), "reason")
    commitment = evidence.commitment
    for name in (evidence.file, uploads.small_name(evidence.file)):
        uploads.remove_after_commit(evidence.commune_id, name)
    commitment.evidence.remove(evidence)
    db.session.delete(evidence)
    db.session.flush()
    entries.record(commitment, actor, "evidence_removed", reason)


# -- what there is ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shown:
    """One piece as a page shows it. `elsewhere`: another promise for which the same file was handed in."""

    id: int
    kind: EvidenceKind
    alt: str
    number: str
    is_photo: bool
    is_file: bool
    added_at: datetime
    by: str
    elsewhere: int | None


def listed(commitment: Commitment) -> list[Shown]:
    """Everything that was handed in, in its order; one query."""
    other = sa.orm.aliased(Evidence)
    same = (
        sa.select(sa.func.min(other.commitment_id))
        .where(
            other.commune_id == Evidence.commune_id,
            other.checksum == Evidence.checksum,
            other.commitment_id != Evidence.commitment_id,
            Evidence.checksum != "",
        )
        .correlate(Evidence)
        .scalar_subquery()
    )
    rows = db.session.execute(
        sa.select(Evidence.id, Evidence.kind, Evidence.alt, Evidence.number, Evidence.file, Evidence.added_at,
                  Staff.name, same)
        .outerjoin(Staff, Staff.id == Evidence.added_by_id)
        .where(Evidence.commitment_id == commitment.id)
        .order_by(Evidence.id)
    )  # fmt: skip
    return [
        Shown(id_, kind, alt, number, file.endswith(".jpg"), bool(file), added_at, by or "", elsewhere)
        for id_, kind, alt, number, file, added_at, by, elsewhere in rows
    ]


def file_of(commitment_id: int, evidence_id: int) -> Evidence | None:
    """A piece of this promise that is a file."""
    statement = sa.select(Evidence).where(
        Evidence.id == evidence_id, Evidence.commitment_id == commitment_id, Evidence.file != ""
    )
    return db.session.scalar(statement)
