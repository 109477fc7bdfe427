"""The difference between what was brought in and what residents read, word by word. Pure."""

import difflib
import re
from typing import NamedTuple


class Piece(NamedTuple):
    """A run of words: `kept` in both, `left_out` of the public wording, or `added` to it."""

    kind: str
    text: str

    @property
    def words(self) -> int:
        """How many words: what those are told who may not read them."""
        return len(self.text.split())


def differences(original: str, public: str) -> list[Piece]:
    """The pieces from the first to the last word."""
    old, new = _words(original), _words(public)
    found: list[Piece] = []
    for tag, i, j, k, m in difflib.SequenceMatcher(None, old, new).get_opcodes():
        if tag == "equal":
            found.append(Piece("kept", "".join(old[i:j])))
            continue
        if j > i:
            found.append(Piece("left_out", "".join(old[i:j])))
        if m > k:
            found.append(Piece("added", "".join(new[k:m])))
    return found


def _words(text: str) -> list[str]:
    return re.findall(r"\S+|\s+", text)
