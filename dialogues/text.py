"""Vietnamese text: clean on the way in, folded for searching, names in order. Pure."""

import re
import unicodedata

_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_SPACES = re.compile(r"[^\S\n]+")
_BLANK_LINES = re.compile(r"\n{3,}")
_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
_D = str.maketrans({"đ": "d", "Đ": "d"})


def clean_text(value: str) -> str:
    """Text of several lines: NFC, line ends as \\n, no control or direction characters (they can disguise what is
    written), no trailing spaces. Zero-width joiners go too, as only emoji use them here."""
    value = value.encode("utf-8", "ignore").decode("utf-8")
    value = value.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    value = _composed(_CONTROL.sub("", _INVISIBLE.sub("", value.replace("\t", " "))))
    lines = [_SPACES.sub(" ", line).strip() for line in value.split("\n")]
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip()


MOST_MARKS = 30
_MANY_MARKS = re.compile(rf"[^\w\s]{{{MOST_MARKS + 1}}}")
"""Where more marks than that could stand in a row (or full stops); letters, digits and spaces are none."""


def _composed(value: str) -> str:
    """NFC. In long texts a letter keeps at most MOST_MARKS marks: putting them in order takes time that grows with the
    square of their number, so a megabyte of nothing but marks would hold a thread for a quarter of an hour."""
    if len(value) > 1000 and _MANY_MARKS.search(value):
        kept, marks = [], 0
        for character in value:
            marks = marks + 1 if unicodedata.combining(character) else 0
            if marks <= MOST_MARKS:
                kept.append(character)
        value = "".join(kept)
    return unicodedata.normalize("NFC", value)


def clean_line(value: str) -> str:
    """Text of one line: as `clean_text`, with every run of white space as one space."""
    return " ".join(clean_text(value).split())


def fold(value: str) -> str:
    """Text as it is compared and searched: no case, no marks, đ as d. `fold("Đất đai") == "dat dai"`."""
    value = unicodedata.normalize("NFD", value.casefold().translate(_D))
    return "".join(c for c in value if not unicodedata.combining(c))


_LETTERS = {"ă": "azz", "â": "azzz", "đ": "dzz", "ê": "ezz", "ô": "ozz", "ơ": "ozzz", "ư": "uzz"}
"""Letters of their own in the Vietnamese alphabet, spelt so that every database sorts them behind their base letter."""


def name_key(name: str) -> str:
    """Sort key of a Vietnamese name: given name (last word) first, then the rest, in the order of the alphabet."""
    words = name.split()
    ordered = " ".join([*words[-1:], *words[:-1]]).casefold()
    toneless = (unicodedata.normalize("NFD", letter) for letter in unicodedata.normalize("NFC", ordered))
    letters = (unicodedata.normalize("NFC", "".join(c for c in parts if c not in _TONES)) for parts in toneless)
    return "".join(_LETTERS.get(letter, letter) for letter in letters)[:250]


_EMAIL = re.compile(
    r"[^@\s<>\"',;:()\[\]\\\x7f-\U0010ffff]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}", re.I | re.A
)


def is_email(value: str) -> bool:
    """Whether this has the form of an e-mail address."""
    return _EMAIL.fullmatch(value) is not None


def search_words(query: str, most: int = 8) -> list[str]:
    """The folded words of a search box, at most `most` of them."""
    return re.findall(r"\w+", fold(clean_line(query)))[:most]
