"""The lines of the certificate of announcement: the website's own acts and the recorded uses, in one list, in time."""

import re
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import force_locale

from dialogues import clock, formatting
from dialogues.language import LANGUAGES
from dialogues.papers.rules import UseStage
from dialogues.papers.service import Notice, Proof, Publication
from dialogues.places.models import Commune
from dialogues.schedule import changes
from dialogues.words import word

_ACTS = {
    "announced": "Công bố",
    "moved": "Công bố thay đổi thời gian, địa điểm",
    "postponed": "Công bố hoãn",
    "cancelled": "Công bố không tổ chức",
}
_MOVED = re.compile(r"(.+): \d\d:\d\d (\d\d)/(\d\d)/(\d{4}) → \d\d:\d\d \d\d/\d\d/\d{4}")
"""A line of the trail about hours: `changes.in_words`."""
SITE = "Trang thông tin đối thoại"


@dataclass(frozen=True)
class Line:
    """One time that it was announced."""

    at: str
    channel: str
    who: str
    note: str
    days: str


def lines_of(proof: Proof, notice: Notice) -> list[Line]:
    """All announcements that count, the oldest first."""
    zone = proof.dialogue.commune.time_zone

    def wall(at: datetime) -> str:
        return formatting.short_datetime(clock.local(at, zone))

    def note_of(first: str, *more: str) -> str:
        return ". ".join(part.rstrip(".").replace("\n", "; ") for part in (first, *more) if part)

    found: list[tuple[datetime, Line]] = []
    for act, session_on in _with_session(proof, notice):
        days = (session_on - clock.local(act.at, zone).date()).days
        days_text = str(days) if act.action in ("announced", "moved") and days >= 0 else ""
        note = note_of(_ACTS[act.action], act.note if act.action == "moved" else "")
        found.append((act.at, Line(wall(act.at), SITE, act.who, note, days_text)))
    with force_locale("vi"):
        for use in proof.counted:
            told = ""
            if use.stage is UseStage.BEFORE_CHANGE:
                told = f"Báo theo lịch {wall(use.session_at)}" if use.session_at else "Báo theo lịch cũ"
            days_text = str(use.days_before) if use.days_before is not None and use.days_before >= 0 else ""
            photo = "có ảnh lưu" if use.has_photo else ""
            line = Line(
                wall(use.used_at), str(word(use.channel).label), use.done_by, note_of(told, use.note, photo), days_text
            )
            found.append((use.used_at, line))
    return [line for _at, line in sorted(found, key=lambda pair: pair[0])]


def _with_session(proof: Proof, notice: Notice) -> list[tuple[Publication, date]]:
    """Each act of the website with the day that it announced: a later move does not make an earlier notice timelier."""
    labels = set()
    for language in LANGUAGES:
        with force_locale(language):
            labels.add(str(changes.LABELS["starts_at"]))
    found, session_on = [], notice.session_on
    for act in reversed(proof.publications):
        found.append((act, session_on))
        for line in act.note.splitlines():
            moved = _MOVED.fullmatch(line)
            if moved and moved[1] in labels:
                session_on = date(int(moved[4]), int(moved[3]), int(moved[2]))
    return found[::-1]


def signing_post(commune: Commune) -> str:
    """The post as it stands over a signature: `Chủ tịch`, not `Chủ tịch UBND xã`."""
    post = commune.head_post
    if post.startswith("Phó Chủ tịch"):
        return "KT. Chủ tịch\nPhó Chủ tịch"
    return "Chủ tịch" if post.startswith("Chủ tịch") or not post else post
