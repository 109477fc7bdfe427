"""What proves the promises of the demo commune, and what askers and the overseer say of them: one is kept only in part,
one is said to be not done, and not all say the same. A village head has asked one at the door, and others wait."""

from datetime import datetime, timedelta
from hashlib import sha256
from io import BytesIO

import sqlalchemy as sa
from PIL import Image, ImageDraw
from sqlalchemy.orm import selectinload

from dialogues import photos, uploads
from dialogues.demo.book import Book
from dialogues.extensions import db
from dialogues.followup.models import Commitment, CommitmentEntry, Evidence
from dialogues.followup.rules import CommitmentState, EntryKind, EvidenceKind
from dialogues.schedule.models import Dialogue
from dialogues.staff.rules import Role
from dialogues.verdicts.models import CommitmentVerdict
from dialogues.verdicts.rules import Judgement, VerdictWay

E, J, S = EntryKind, Judgement, CommitmentState
OVERSEER = "loc.pv@minh-tam.example"
TO_ASKER = "Cảm ơn ông/bà đã phản ánh. Việc đã làm xong, mời ông/bà xem và cho biết có đúng không."
IN_PART = "Mới xong đoạn ngoài đường cái, còn đoạn trong xóm vẫn như cũ. Cần hỏi thêm xin gọi 0900 000 345."
NOT_DONE = "Thợ làm được hai buổi rồi nghỉ, nắp cống vẫn chưa lắp lại."
SEEN = "Tôi đã xem tận nơi sáng thứ Ba, phần việc theo cam kết đã xong."
AT_THE_DOOR = "Hết dột rồi, nhưng máng nước phía sau chưa thông, mưa to vẫn tràn."
THANKS = "Xong rồi, đúng như đã hứa. Cảm ơn xã."
WITH_PHOTOS = 3


def add_voices(book: Book) -> int:
    """Evidence with every report, voices about some; how many voices."""
    found = db.session.scalars(
        sa.select(Commitment)
        .join(Dialogue, Dialogue.id == Commitment.dialogue_id)
        .where(Commitment.commune_id == book.commune_id, Commitment.reported_done_on.is_not(None))
        .order_by(Dialogue.starts_at.desc(), Commitment.id)
        .options(selectinload(Commitment.entries))
    ).all()
    heads = {one.id for one in book.people.staff.values() if one.village_id is not None}
    reported = [one for one in found if one.state is S.REPORTED_DONE and one.answer.question.askers]
    to_ask = [one for one in reported if one.answer.question.entered_by_id in heads]
    reported = [one for one in reported if one not in to_ask]
    for place, commitment in enumerate(found):
        _prove(book, commitment, is_seen=place < WITH_PHOTOS, number=40 + place)
    voices = sum(_confirmed(book, one) for one in found if one.state is S.CONFIRMED)
    for commitment, say in zip(reported, (_in_part, _not_done), strict=False):
        voices += say(book, commitment)
    voices += sum(_at_the_door(book, commitment) for commitment in to_ask[:1])
    db.session.flush()
    return voices


def _report(commitment: Commitment) -> CommitmentEntry:
    return next(entry for entry in reversed(commitment.entries) if entry.kind is E.REPORTED_DONE)


def _prove(book: Book, commitment: Commitment, *, is_seen: bool, number: int) -> None:
    """Photos from before and after with the newest reports, the number of a paper with all others."""
    report = _report(commitment)
    report.to_asker = TO_ASKER
    rows = {"commune_id": book.commune_id, "entry_id": report.id, "added_by_id": report.author_id}
    if not is_seen:
        kind, paper = EvidenceKind.DECISION, f"{number:02d}/BB-NT"
        commitment.evidence.append(Evidence(kind=kind, number=paper, added_at=report.at, **rows))
        return
    for kind, words in ((EvidenceKind.PHOTO_BEFORE, "Trước khi làm"), (EvidenceKind.PHOTO_AFTER, "Sau khi làm")):
        picture = _picture(number, kind is EvidenceKind.PHOTO_AFTER)
        commitment.evidence.append(
            Evidence(
                kind=kind,
                file=uploads.keep(book.commune_id, picture, "jpg", small=photos.small(picture)),
                size=len(picture),
                checksum=sha256(picture).hexdigest(),
                alt=f"{words}: {commitment.shown[:140]}",
                added_at=report.at,
                **rows,
            )
        )


def _picture(number: int, is_after: bool) -> bytes:
    """A lane between two fields: with holes before, even after."""
    picture = Image.new("RGB", (960, 720), (196, 214, 226))
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 300, 960, 720), fill=(118, 152, 92))
    lane = (168, 166, 160) if is_after else (150, 122, 92)
    pen.polygon([(430, 300), (530, 300), (800, 720), (160, 720)], fill=lane)
    for hole in range(0 if is_after else 7):
        x, y = 330 + (hole * 97 + number * 31) % 260, 380 + hole * 44
        pen.ellipse((x, y, x + 60 + hole * 6, y + 22 + hole * 3), fill=(96, 78, 60))
    if is_after:
        pen.line((480, 310, 480, 720), fill=(236, 236, 230), width=6)
        pen.rectangle((820, 250, 836, 420 + number), fill=(150, 150, 154))
    out = BytesIO()
    picture.save(out, "JPEG", quality=78)
    return out.getvalue()


def _confirmed(book: Book, commitment: Commitment) -> int:
    """Who confirmed: the overseer, or an asker whom the office called."""
    last = commitment.entries[-1]
    author = last.author
    if author is None or (Role.OVERSEER not in author.roles and not commitment.answer.question.askers):
        return 0
    is_overseer = Role.OVERSEER in author.roles
    if not is_overseer:
        last.text = THANKS
    verdict = _verdict(book, commitment, J.DONE, last.at, last.text)
    verdict.staff_id = author.id
    verdict.way = VerdictWay.OVERSEER if is_overseer else VerdictWay.AT_THE_DOOR
    verdict.asker_id = None if is_overseer else commitment.answer.question.askers[0].id
    verdict.public_text, verdict.published_at = last.text, last.at
    if not is_overseer:
        last.author = None
    db.session.add(verdict)
    return 1


def _verdict(book: Book, commitment: Commitment, judgement: Judgement, at: datetime, text: str) -> CommitmentVerdict:
    return CommitmentVerdict(
        commune_id=book.commune_id,
        commitment_id=commitment.id,
        entry_id=_report(commitment).id,
        asker_id=commitment.answer.question.askers[0].id,
        way=VerdictWay.CODE,
        judgement=judgement,
        text=text,
        at=at,
    )


def _line(book: Book, commitment: Commitment, kind: EntryKind, at: datetime) -> None:
    commitment.entries.append(CommitmentEntry(commune_id=book.commune_id, kind=kind, at=at, author=None, text=""))


def _soon_after(book: Book, commitment: Commitment) -> datetime:
    """Some hours after the report, and before now."""
    latest = book.days.at(book.days.yesterday, 20 * 60)
    return max(min(_report(commitment).at + timedelta(days=2), latest), _report(commitment).at + timedelta(minutes=30))


def _in_part(book: Book, commitment: Commitment) -> int:
    """An asker says that a part is missing; nobody has read the words yet."""
    at = _soon_after(book, commitment)
    db.session.add(_verdict(book, commitment, J.PARTLY, at, IN_PART))
    _line(book, commitment, E.OBJECTED, at)
    commitment.objected_on = book.days.on(at)
    book.tell(at, None, commitment, "verdict_said", J.PARTLY.value)
    return 1


def _at_the_door(book: Book, commitment: Commitment) -> int:
    """The village head asked at the door: a part is missing."""
    at, head = _soon_after(book, commitment), commitment.answer.question.entered_by
    said = _verdict(book, commitment, J.PARTLY, at, AT_THE_DOOR)
    said.way, said.staff_id = VerdictWay.AT_THE_DOOR, head.id if head else None
    db.session.add(said)
    _line(book, commitment, E.OBJECTED, at)
    commitment.objected_on = book.days.on(at)
    book.tell(at, head, commitment, "verdict_noted", J.PARTLY.value)
    return 1


def _not_done(book: Book, commitment: Commitment) -> int:
    """The overseer says that it is done, an asker that it is not: it is open again, and both stand there."""
    overseer, at = book.people.staff[OVERSEER], _soon_after(book, commitment)
    seen = _verdict(book, commitment, J.DONE, at - timedelta(minutes=20), SEEN)
    seen.asker_id, seen.staff_id, seen.way = None, overseer.id, VerdictWay.OVERSEER
    seen.public_text, seen.published_at = SEEN, seen.at
    said = _verdict(book, commitment, J.NOT_DONE, at, NOT_DONE)
    said.public_text, said.published_at = NOT_DONE, at + timedelta(minutes=10)
    db.session.add_all([seen, said])
    _line(book, commitment, E.REOPENED, at)
    commitment.entries[-1].text = NOT_DONE
    commitment.state, commitment.reported_done_on = S.IN_PROGRESS, None
    commitment.sequence, commitment.changed_at = commitment.sequence + 1, at
    book.tell(seen.at, overseer, commitment, "verdict_said", J.DONE.value)
    book.tell(at, None, commitment, "verdict_said", J.NOT_DONE.value)
    return 2
