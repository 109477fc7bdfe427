"""Several matters in one text, found by the numbers that people put before them. Pure."""

import re

from dialogues.questions.rules import MOST_MATTERS

_ORDINALS = {
    "thứ nhất": 1, "thứ hai": 2, "thứ ba": 3, "thứ tư": 4, "thứ năm": 5,
    "một là": 1, "hai là": 2, "ba là": 3, "bốn là": 4, "năm là": 5,
}  # fmt: skip
_MARK = re.compile(
    r"(?:\A|\n|(?<=[.:;!?,…]) )[-+*•]? ?"
    r"(?:\(?(?P<digit>[1-9]) ?[.)/:,-](?=\s|[^\W\d_])|(?P<word>" + "|".join(_ORDINALS) + r")\b ?[,:.]?)",
    re.I,
)
"""At the start of a line or after the end of a sentence: `1. `, `2)`, `3/`, `Thứ nhất,`, `Hai là`."""
_LETTERS_OF_A_MATTER = 12
"""A shorter piece is a word of a list ("1. gạo 2. muối"), no matter of its own."""


def matters_in(text: str) -> list[str]:
    """The matters that are numbered 1, 2, ... in this text, without their numbers; [] when it is one matter. What
    stands before the first number goes with the first matter; what cannot be sent at once stays with the last one."""
    marks = _marks(text)[:MOST_MATTERS]
    if len(marks) < 2:
        return []
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    parts = [text[mark.end() : end].strip() for mark, end in zip(marks, ends, strict=True)]
    if any(sum(map(str.isalpha, part)) < _LETTERS_OF_A_MATTER for part in parts):
        return []
    opening = text[: marks[0].start()].strip()
    return [f"{opening}\n{parts[0]}" if opening else parts[0], *parts[1:]]


def _marks(text: str) -> list[re.Match[str]]:
    """The numbers in their order; one that is out of order (a date, a sum) is none."""
    found: list[re.Match[str]] = []
    for mark in _MARK.finditer(text):
        number = int(mark["digit"]) if mark["digit"] else _ORDINALS[mark["word"].lower()]
        if number == len(found) + 1:
            found.append(mark)
    return found
