"""What may not stand in a public text: phone numbers, e-mail addresses, identity numbers; and words that look like
names of persons, for the clerk to judge. Pure.

Numbers and addresses are found by pattern and left out first; a clerk puts them back on purpose. What stands in their
place is Vietnamese in every language of the page, as it is part of a Vietnamese text.
"""

import enum
import re
from collections.abc import Collection, Iterable
from typing import NamedTuple


class Private(enum.StrEnum):
    """Kinds of words that are left out."""

    PHONE = "phone"
    EMAIL = "email"
    IDENTITY = "identity"
    NAME = "name"
    HOUSE = "house"


PLACEHOLDERS: dict[Private, str] = {
    Private.PHONE: "[số điện thoại]",
    Private.EMAIL: "[địa chỉ thư điện tử]",
    Private.IDENTITY: "[số giấy tờ]",
    Private.NAME: "[tên riêng]",
    Private.HOUSE: "[số nhà]",
}


class Finding(NamedTuple):
    """Words of a text, from `start` to `end`, that may be private."""

    kind: Private
    start: int
    end: int
    text: str

    @property
    def placeholder(self) -> str:
        return PLACEHOLDERS[self.kind]

    @property
    def is_sure(self) -> bool:
        """Whether it is left out first. A single name often says where ("the lane beside Mr Khoan's house")."""
        return self.kind is not Private.NAME or " " in self.text.strip()


# -- numbers and addresses --------------------------------------------------------------------------------------------

_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_DATE = re.compile(r"(?<!\d)(?:0?[1-9]|[12]\d|3[01])[./-](?:0?[1-9]|1[0-2])[./-](?:19|20)\d\d(?!\d)")
_RUN = re.compile(r"(?<!\d)\+?\(?\d+(?:[ \u00a0.\-–()]{1,2}\d+)*")
_AMOUNT = re.compile(r"[1-9]\d{0,2}(?:[. \u00a0]\d{3})+")
_UNIT = re.compile(
    r"\s*(?:đồng|đ\b|vnđ|vnd|triệu|tr\b|tỷ|nghìn|ngàn|usd|m2|m²|m3|m³|mét|m\b|km|kg|tấn|ha\b|sào|người|hộ|con\b|%)",
    re.I,
)
_PHONE = re.compile(r"0[35789]\d{8}|02\d{8,9}|01\d{9}")
_BLANK_DIGITS = re.compile(r"\D")
MOST_DIGITS = 12
"""No private number is longer."""


def findings(text: str, allowed: Collection[str] = ()) -> list[Finding]:
    """Phone numbers, e-mail addresses and identity numbers, in their order. `allowed`: numbers and addresses of
    offices, written in any way."""
    fine = {_bare(one) for one in allowed if one}
    found = [Finding(Private.EMAIL, m.start(), m.end(), m[0]) for m in _EMAIL.finditer(text)]
    taken = [(one.start, one.end) for one in found] + [m.span() for m in _DATE.finditer(text)]
    hidden = list(text)
    for start, end in taken:
        hidden[start:end] = " \n" * ((end - start) // 2) + "\n" * ((end - start) % 2)
    rest = "".join(hidden)
    for run in _RUN.finditer(rest):
        found.extend(_numbers(text, run))
    return sorted((one for one in found if _bare(one.text) not in fine), key=lambda one: one.start)


def _bare(text: str) -> str:
    """A number by its digits, with 0 for the country's prefix; an address in small letters."""
    if "@" in text:
        return text.casefold()
    digits = _BLANK_DIGITS.sub("", text)
    return "0" + digits[2:] if digits.startswith("84") and len(digits) in (11, 12) else digits


def _numbers(text: str, run: re.Match[str]) -> Iterable[Finding]:
    """The private numbers in a run of digits with blanks and dots: a word of digits that is one by itself, else the
    longest row of words that is one together."""
    words = [(run.start() + m.start(), run.start() + m.end()) for m in re.finditer(r"\+?\(?\d+", run[0])]
    at = 0
    while at < len(words):
        ends = [at, *range(min(len(words), at + MOST_DIGITS) - 1, at, -1)]
        kinds = ((last, _kind(text, words[at][0], words[last][1])) for last in ends)
        last, kind = next(((last, kind) for last, kind in kinds if kind), (at, None))
        if kind:
            yield Finding(kind, words[at][0], words[last][1], text[words[at][0] : words[last][1]])
        at = last + 1


def _kind(text: str, start: int, end: int) -> Private | None:
    digits = _bare(text[start:end])
    if len(digits) > MOST_DIGITS:
        return None
    if _PHONE.fullmatch(digits):
        return Private.PHONE
    if len(digits) not in (9, 12) or (_AMOUNT.fullmatch(text[start:end]) and _UNIT.match(text, end)):
        return None
    return Private.PHONE if len(digits) == 9 and digits[0] in "5789" else Private.IDENTITY


# -- names ------------------------------------------------------------------------------------------------------------

_BEFORE = (
    "ông", "bà", "anh", "chị", "cô", "chú", "bác", "cụ", "cậu", "mợ", "dì", "thím", "em", "cháu", "thầy", "hộ", "nhà",
    "đồng chí", "đ/c", "tên là", "tên", "họ tên",
)  # fmt: skip
_SURNAMES = (
    "Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Huỳnh", "Phan", "Vũ", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương",
    "Lý", "Đinh", "Trịnh", "Đoàn", "Lưu", "Mai", "Cao", "Lương", "Hà", "Tạ", "Đào", "Nông", "Hoàng", "Triệu", "Vi",
    "Lò", "Giàng", "Sùng", "Vàng", "Thào", "Quách", "Nghiêm", "Tống", "Chu", "Kiều", "Thái", "Tô", "Tăng", "Lâm",
)  # fmt: skip
_TITLES = frozenset(
    ("Chủ", "Bí", "Trưởng", "Phó", "Giám", "Cán", "Công", "Chánh", "Tổ", "Ủy", "Hội", "Văn phòng", "Nước", "Nhà")
)
"""First words of posts and bodies, which stand after "ông", "bà" like names."""
MOST_NAMES = 40
"""So many are proposed; nobody reads more of them than of the text."""
_WORD = r"[^\W\d_]+"
_NICKNAME = r"""(?:\s+["“'‘][^"”'’\n]{1,20}["”'’])"""
_NAME = rf"{_WORD}(?:\s+{_WORD}){{0,5}}"
_AFTER = re.compile(rf"(?<!\w)(?i:{'|'.join(_BEFORE)})\s+(?=({_NAME}))", re.UNICODE)
_NUMBERED = re.compile(r"(?<!\w)(?i:nhà|hộ)\s+(số\s+\d+\w{0,2}(?:/\d+\w?)*)")
_SURNAMED = re.compile(rf"(?<!\w)(?:{'|'.join(_SURNAMES)})\s+(?=({_NAME}))")
_PLACES = re.compile(
    r"(?i:thôn|bản|xóm|làng|ấp|khu|phố|tổ dân phố|tdp|xã|phường|huyện|tỉnh|thị trấn|đường|ngõ|cầu|chợ|hồ|sông|trường)"
    r"\s+$"
)


def names(text: str, places: Collection[str] = ()) -> list[Finding]:
    """Words that look like the name of a person or the number of a house: capitals after "ông", "bà", "hộ", or after a
    surname, each once, in their order. They are proposed, never judged. `places`: names of villages, which are none."""
    known = {place.casefold() for place in places}
    found: dict[str, Finding] = {}
    for match in _NUMBERED.finditer(text):
        _note(found, Private.HOUSE, text, match.start(1), match.end(1))
    for match in _AFTER.finditer(text):
        start, end = match.start(1), _capitals(text, match.start(1))
        if end > start and text[start:end].split()[0] not in _TITLES and not _is_compound(text, match, end):
            _note(found, Private.NAME, text, start, end)
    for match in _SURNAMED.finditer(text):
        start, end = match.start(), _capitals(text, match.start())
        if " " in text[start:end].strip() and not _PLACES.search(text, max(0, start - 20), start):
            _note(found, Private.NAME, text, start, end)
    kept = sorted(found.values(), key=lambda one: one.start)
    kept = [one for one in kept if not any(_inside(one, other) for other in kept)]
    return [one for one in kept if not _is_place(one.text, known)][:MOST_NAMES]


def _is_place(name: str, known: set[str]) -> bool:
    """Whether this is the name of a village, also behind one word more ("Hồ Ngọc Lâm" is a lake)."""
    name = name.casefold()
    return name in known or name.partition(" ")[2] in known


def _inside(one: Finding, other: Finding) -> bool:
    return other is not one and other.start <= one.start and one.end <= other.end


def _note(found: dict[str, Finding], kind: Private, text: str, start: int, end: int) -> None:
    found.setdefault(text[start:end], Finding(kind, start, end, text[start:end]))


def _capitals(text: str, start: int) -> int:
    """Where the words in capitals end that begin at `start`; a nickname in quotes belongs to them."""
    end = start
    for match in re.compile(rf"\s*({_WORD})").finditer(text, start):
        if match.start() != end or "\n" in match[0] or not match[1][0].isupper() or end - start > 60:
            break
        end = match.end()
    nickname = re.compile(_NICKNAME).match(text, end) if end > start else None
    return nickname.end() if nickname else end


def _is_compound(text: str, match: re.Match[str], end: int) -> bool:
    """Whether the capital belongs to a common word: "nhà Văn hóa", "em Phụ nữ"."""
    words = re.compile(rf"\s({_WORD})").match(text, end)
    one = text[match.start(1) : end]
    return " " not in one and words is not None and f"{one} {words[1]}".casefold() in _COMPOUNDS


_COMPOUNDS = frozenset(
    ("văn hóa", "phụ nữ", "thanh niên", "cựu chiến", "nông dân", "thầu xây", "máy nước", "trưởng thôn", "bí thư")
)


# -- leaving out ------------------------------------------------------------------------------------------------------

_LISTED = re.compile(r"[,;\n]")


def listed(words: str) -> list[str]:
    """What a clerk wrote into a field of words, separated by commas or line ends; signs alone are no word."""
    parts = (part.strip() for part in _LISTED.split(words))
    return list(dict.fromkeys(part for part in parts if any(sign.isalnum() for sign in part)))


def without(text: str, words: Collection[str]) -> str:
    """The text without these words, wherever they stand as whole words, in capitals or not."""
    for word in sorted(words, key=len, reverse=True):
        pattern = r"\s+".join(re.escape(part) for part in word.split())
        if pattern:
            mark = placeholder(word)  # no pattern of its own: it holds no backslash
            text = re.sub(rf"(?<!\w){pattern}(?!\w)", mark, text, flags=re.I)
    return text


def placeholder(word: str) -> str:
    """What stands in the place of these words."""
    number = next(iter(findings(word)), None)
    if number:
        return number.placeholder
    return PLACEHOLDERS[Private.HOUSE if _HOUSE.fullmatch(word) else Private.NAME]


_HOUSE = re.compile(r"số\s+\d+\w{0,2}(?:/\d+\w?)*", re.I)


def candidates(text: str, places: Collection[str] = (), allowed: Collection[str] = ()) -> list[Finding]:
    """Everything that a clerk is asked about, in the order of the text."""
    numbers = findings(text, allowed)
    words = [one for one in names(text, places) if not any(_inside(one, number) for number in numbers)]
    once = {one.text: one for one in sorted([*numbers, *words], key=lambda one: one.start)}
    return list(once.values())


_MARKS = re.compile("|".join(re.escape(mark) for mark in PLACEHOLDERS.values()))


def pieces(text: str) -> list[tuple[bool, str]]:
    """A text in pieces, each with whether it stands for something left out; for a preview that marks them."""
    found, at = list[tuple[bool, str]](), 0
    for match in _MARKS.finditer(text):
        found += [(False, text[at : match.start()]), (True, match[0])]
        at = match.end()
    return [(mark, piece) for mark, piece in (*found, (False, text[at:])) if piece]
