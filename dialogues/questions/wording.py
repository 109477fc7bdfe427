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
    """The pieces from the first to the last word. Between changed words a blank is changed with them."""
    old, new = _words(original), _words(public)
    steps = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    found: list[Piece] = []
    left_out = added = ""
    for number, (tag, i, j, k, m) in enumerate(steps):
        kept = "".join(old[i:j])
        is_between = left_out or added if tag == "equal" and not kept.strip() else ""
        if tag == "equal" and not (is_between and number + 1 < len(steps)):
            found += _change(left_out, added)
            found.append(Piece("kept", kept))
            left_out = added = ""
            continue
        left_out, added = left_out + kept, added + "".join(new[k:m])
    return [*found, *_change(left_out, added)]


def _change(left_out: str, added: str) -> list[Piece]:
    return [Piece(kind, text) for kind, text in (("left_out", left_out), ("added", added)) if text]


def _words(text: str) -> list[str]:
    return re.findall(r"\S+|\s+", text)
