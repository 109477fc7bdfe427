"""Tracking codes as they are said and mistyped: how to read one out, and what is probably wrong with one. Pure."""

import enum

from dialogues import codes

_VI = {
    "A": "a", "C": "xê", "E": "e", "H": "hát", "K": "ca", "M": "em-mờ", "Q": "quy", "R": "e-rờ", "U": "u",
    "X": "ích-xì", "Y": "i-dài",
    "2": "hai", "3": "ba", "4": "bốn", "5": "năm", "6": "sáu", "7": "bảy", "8": "tám", "9": "chín",
}  # fmt: skip
_EN = {
    "A": "Alpha", "C": "Charlie", "E": "Echo", "H": "Hotel", "K": "Kilo", "M": "Mike", "Q": "Quebec", "R": "Romeo",
    "U": "Uniform", "X": "X-ray", "Y": "Yankee",
    "2": "two", "3": "three", "4": "four", "5": "five", "6": "six", "7": "seven", "8": "eight", "9": "nine",
}  # fmt: skip


def spelled(code: str, language: str) -> str:
    """`bảy ca em-mờ a – hai ích-xì chín xê – ...`: a code as it is read out over the phone, group by group."""
    words = _EN if language == "en" else _VI
    return " – ".join(" ".join(words.get(c, c) for c in group) for group in codes.grouped(code).split("-"))


class Mistake(enum.Enum):
    """What is probably wrong with a code that somebody typed."""

    EMPTY = "empty"
    SHORT = "short"
    LONG = "long"
    FOREIGN = "foreign"
    MISTYPED = "mistyped"


def mistake_in(typed: str) -> Mistake | None:
    """The likely mistake in a code as typed; None when it can be one (which does not say that it is given out)."""
    code = codes.normalise(typed)
    if not code:
        return Mistake.EMPTY
    if foreign_in(typed):
        return Mistake.FOREIGN
    if len(code) != codes.TRACKING_LENGTH:
        return Mistake.SHORT if len(code) < codes.TRACKING_LENGTH else Mistake.LONG
    return None if codes.is_tracking_code(code) else Mistake.MISTYPED


def foreign_in(typed: str) -> str:
    """The characters that stand in no code (0, O, 1, I, L, ...), each once, in their order; at most five."""
    seen = dict.fromkeys(c for c in codes.normalise(typed) if c not in codes.ALPHABET)
    return " ".join(list(seen)[:5])
