"""Short messages that fit: facts stand whole or not at all. Pure.

One SMS holds 160 letters of the GSM-7 alphabet (3GPP TS 23.038), or 70 UTF-16 units as soon as one letter has a
Vietnamese mark. What is too long is shortened in steps that a clerk would take too: first the last day for questions,
then the address, ...; no fact is ever cut in its middle.
"""

import string
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from dialogues.papers.kit import Facts, sentence_case, short_address
from dialogues.papers.rules import Occasion, Said

GSM7_MOST, UCS2_MOST = 160, 70
GSM7 = frozenset(string.ascii_letters + string.digits + " @$_!\"#%&'()*+,-./:;<=>?")
_PLAIN = str.maketrans(
    {"đ": "d", "Đ": "D", "–": "-", "—": "-", "‑": "-", "“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "…": "...",
     "×": "x", "«": '"', "»": '"', "•": "-", "\u00a0": " "}
)  # fmt: skip

Wording = Callable[[str], str | None]


@dataclass(frozen=True)
class ShortText:
    """A message with its length, and the facts that had no room (or letters) in it."""

    text: str
    length: int
    most: int
    left_out: tuple[Said, ...] = ()


def plain(text: str) -> str | None:
    """The text in GSM-7 letters that every phone shows, without marks; None when a character has no such letter."""
    bare = unicodedata.normalize("NFD", text.translate(_PLAIN))
    bare = "".join(c for c in bare if not unicodedata.combining(c))
    return bare if GSM7.issuperset(bare) else None


def ucs2_length(text: str) -> int:
    """UTF-16 units: what a phone company counts; an emoji is two."""
    return len(text.encode("utf-16-le")) // 2


def _when(facts: Facts, with_weekday: bool) -> str:
    at = facts.starts_at
    hour = f"{at.hour}h{at.minute:02}" if at.minute else f"{at.hour}h"
    day = f"{at.day}/{at.month}/{at.year}"
    return f"{hour} {facts.weekday} {day}" if with_weekday else f"{hour} {day}"


def _openings(facts: Facts) -> tuple[str, ...]:
    """Who says what, from the long form to the shortest."""
    body, name = f"UBND {facts.commune}", sentence_case(facts.commune)
    return {
        Occasion.NEW: (f"{body} mời bà con dự đối thoại", f"{name} mời đối thoại", "Mời đối thoại"),
        Occasion.CHANGED: (f"{body} đổi lịch đối thoại, nay là", f"{name} đổi lịch đối thoại:", "Đổi lịch đối thoại:"),
        Occasion.POSTPONED: (f"{body} hoãn đối thoại", f"{name} hoãn đối thoại", "Hoãn đối thoại"),
        Occasion.CANCELLED: (f"{body} không tổ chức đối thoại", f"{name} hủy đối thoại", "Hủy đối thoại"),
    }[facts.occasion]


# The steps of shortening, in this order: a part and the wording it is brought down to; None leaves it out.
_OPENING, _WHEN = "opening", "when"
_STEPS: tuple[tuple[str, int | None], ...] = (
    (Said.DEADLINE, None), (_WHEN, 1), (_OPENING, 1), (Said.ADDRESS, None), (Said.LATER, None), (Said.HOTLINE, None),
    (_OPENING, 2), (Said.LINK, None), (Said.PLACE, None),
)  # fmt: skip


def _wordings(facts: Facts) -> dict[str, tuple[str, ...]]:
    """Every part with its wordings; a part that this message has no need of is not there."""
    found: dict[str, tuple[str, ...]] = {
        _OPENING: _openings(facts),
        _WHEN: (_when(facts, with_weekday=True), _when(facts, with_weekday=False)),
        Said.LINK: (f"Xem {short_address(facts.page_url)}",),
    }
    if facts.hotline:
        found[Said.HOTLINE] = (f"ĐT {facts.hotline}",)
    if facts.occasion in (Occasion.NEW, Occasion.CHANGED):
        if facts.is_online:
            found[Said.PLACE] = ("họp trực tuyến",)
        elif facts.place:
            found[Said.PLACE] = (f"tại {facts.place}",)
            if facts.address and facts.address != facts.place:
                found[Said.ADDRESS] = (facts.address,)
        if facts.deadline_at:
            at = facts.deadline_at
            hour = f"{at.hour}h{at.minute:02}" if at.minute else f"{at.hour}h"
            found[Said.DEADLINE] = (f"Gửi câu hỏi trước {hour} {at.day}/{at.month}",)
    if facts.occasion is Occasion.POSTPONED:
        found[Said.LATER] = ("Ngày mới sẽ báo sau",)
    return found


def _joined(said: dict[str, str]) -> str:
    """The parts as one message; a link stands last and without a full stop, which phones would take as part of it."""
    first = f"{said[_OPENING]} {said[_WHEN]}"
    if Said.PLACE in said:
        first += f", {said[Said.PLACE]}"
        if Said.ADDRESS in said:
            first += f", {said[Said.ADDRESS]}"
    others = [said[name] for name in (Said.LATER, Said.DEADLINE, Said.HOTLINE) if name in said]
    text = ". ".join([first, *others])
    return f"{text}. {said[Said.LINK]}" if Said.LINK in said else f"{text}."


def _short(facts: Facts, most: int, wording: Wording, length: Callable[[str], int]) -> ShortText:
    parts = {name: [wording(text) for text in texts] for name, texts in _wordings(facts).items()}
    # A wording with letters that cannot be sent is none; the shortest opening and the time always can.
    chosen: dict[str, int] = {}
    for name, texts in parts.items():
        usable = [place for place, text in enumerate(texts) if text is not None]
        if usable:
            chosen[name] = usable[0]

    def made(now: dict[str, int]) -> str:
        return _joined({name: parts[name][place] or "" for name, place in now.items()})

    for name, place in _STEPS:
        if length(made(chosen)) <= most:
            break
        if name in chosen and place is None:
            del chosen[name]
        elif name in chosen and place is not None and parts[name][place] is not None:
            chosen[name] = max(chosen[name], place)
    # What was given up first may fit again, because something longer went later.
    for name, _place in reversed(_STEPS):
        for place, text in enumerate(parts.get(name, ())):
            if text is None or place >= chosen.get(name, len(parts[name])):
                continue
            trial = {**chosen, name: place}
            if (name != Said.ADDRESS or Said.PLACE in trial) and length(made(trial)) <= most:
                chosen = trial
                break
    if Said.PLACE not in chosen:
        chosen.pop(Said.ADDRESS, None)
    text = made(chosen)
    left_out = tuple(said for said in Said if said in parts and said not in chosen)
    return ShortText(text, length(text), most, left_out)


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def without_marks(facts: Facts) -> ShortText:
    """At most 160 GSM-7 letters."""
    return _short(facts, GSM7_MOST, plain, len)


def with_marks(facts: Facts) -> ShortText:
    """At most 70 UTF-16 units, with Vietnamese marks."""
    return _short(facts, UCS2_MOST, _composed, ucs2_length)
