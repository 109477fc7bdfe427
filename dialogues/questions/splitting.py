"""Where a text with several matters may be divided, and which texts look like another procedure. Pure."""

import enum
import re

from dialogues.text import fold

FEWEST, MOST = 2, 10

_WHERE = r"(?:^|(?<=[\n.;:!?]))[ \t]*"
_NUMBERED = re.compile(rf"{_WHERE}(?:\(?(\d{{1,2}})\s*[.)/:-])\s+(?=\S)", re.M)
_WORDED = re.compile(rf"{_WHERE}(?:Một là|Hai là|Ba là|Bốn là|Năm là|Sáu là|Thứ\s+\w+)\s*[,:.]?\s+", re.M | re.I)
_DASHED = re.compile(r"^[ \t]*[-–—+*•]\s*(?=\S)", re.M)
_LINES = re.compile(r"\n\s*\n")


def matters(text: str) -> list[str]:
    """The matters of a text as its own marks tell them ("1. ... 2. ...", "Thứ nhất ...", "- ..."), else its paragraphs;
    one when nothing tells them apart. What stands before the first mark belongs to the first matter."""
    for marks in (_rising(text), list(_WORDED.finditer(text)), list(_DASHED.finditer(text))):
        if len(marks) >= FEWEST:
            ends = [*(mark.start() for mark in marks[1:]), len(text)]
            parts = [text[mark.end() : end].strip() for mark, end in zip(marks, ends, strict=True)]
            opening = text[: marks[0].start()].strip()
            if opening:
                parts[0] = f"{opening} {parts[0]}"
            return _few([part for part in parts if part])
    return _few([part.strip() for part in _LINES.split(text) if part.strip()])


def _rising(text: str) -> list[re.Match[str]]:
    """The numbers 1, 2, 3 ... that begin a matter; a day or a house number that stands there too is none."""
    found = list[re.Match[str]]()
    for mark in _NUMBERED.finditer(text):
        if int(mark[1]) == len(found) + 1:
            found.append(mark)
    return found


def _few(parts: list[str]) -> list[str]:
    """No more than can be typed on one page: the last holds the rest."""
    return parts if len(parts) <= MOST else [*parts[: MOST - 1], "\n".join(parts[MOST - 1 :])]


class Procedure(enum.StrEnum):
    """Other procedures that a text may belong to (R10)."""

    COMPLAINT = "complaint"
    DENUNCIATION = "denunciation"


_DENUNCIATION = re.compile(r"\b(?:to cao|to giac|don to)\b")
_COMPLAINT = re.compile(r"\b(?:khieu nai|khieu kien)\b")
_NOT = re.compile(
    r"\b(?:khong|chua|ko) (?:phai |co |bi |he )?(?:la )?(?:don )?(?:to cao|to giac|khieu nai|khieu kien)\b"
)


def looks_like(text: str) -> Procedure | None:
    """Which other procedure the words of a text speak of. A hint for a clerk: nothing is decided by it."""
    folded = _NOT.sub(" ", " ".join(fold(text).split()))
    if _DENUNCIATION.search(folded):
        return Procedure.DENUNCIATION
    return Procedure.COMPLAINT if _COMPLAINT.search(folded) else None
