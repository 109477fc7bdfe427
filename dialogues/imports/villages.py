"""Which of our villages somebody means: names of today and of old, former communes, short forms. Pure.

Accents decide when they are written: Bãi and Bái are two villages, and "thon Bai" may be either.
"""

import enum
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from dialogues.text import clean_line, fold

_TONES = dict(zip("\u0300\u0301\u0303\u0309\u0323", "FSXRJ", strict=True))
_KINDS = {
    "thon": "thon", "t.": "thon", "th.": "thon", "lang": "thon", "ban": "ban", "b.": "ban", "ap": "ap", "a.": "ap",
    "xom": "xom", "x.": "xom", "buon": "buon", "plei": "buon", "phum": "phum", "soc": "soc", "khom": "khom",
    "khu pho": "khu", "kp": "khu", "kp.": "khu", "khu": "khu", "khu dan cu": "khu", "kdc": "khu", "khoi": "khoi",
    "khoi pho": "khoi", "to dan pho": "tdp", "tdp": "tdp", "tdp.": "tdp", "to": "tdp", "to dp": "tdp", "pho": "pho",
    "tieu khu": "khu", "cum": "cum", "doi": "doi", "ngo": "ngo", "hem": "ngo", "nhom": "nhom",
}  # fmt: skip
_WRITTEN = {"ban": ("bản", "ban"), "to": ("tổ", "to")}
"""Kinds that are other words with other accents: "bàn", "bạn"; "tờ", "tò"."""
_KIND = re.compile(
    r"^(" + "|".join(re.escape(k) for k in sorted(_KINDS, key=len, reverse=True)) + r")(?=\s|\d|$|(?<=\.))\s*(.*)$"
)
_UNITS = re.compile(r"^(xa|phuong|thi tran|tt|tt\.|dac khu|huyen|quan|thi xa|tx|thanh pho|tp|tinh|x\.|p\.)\s+(.+)$")
_BREAKS = re.compile(
    r"\s*(?:[,;()\n/\[\]]|\s[-–—]\s|\bnay (?:là|thuộc)\b|\bnay la\b|\bthuộc\b|\bthuoc\b)\s*|"
    r"\s+(?=(?:xã|phường|thị trấn|tt|huyện|tỉnh|xa|phuong|thi tran|huyen|tinh)\s)|"
    r"(?<=\S)\s+(?=(?:thôn|bản|ấp|xóm|buôn|khóm|tdp|tổ dân phố|khu phố|thon|ap|xom|to dan pho)\s)",
    re.I,
)
_PART = re.compile(
    r"(?:(?:so nha|so|nha|ngo|ngach|hem|doi|xom|to|khu|cum|nhom|duong|ben|gan|o|tai|cuoi|dau)\s*|"
    r"[a-z]?\d[\w/]*\s*|[a-e]\s+)+"
)
_EVERYWHERE = re.compile(
    r"(?:toan|ca|trong|cac|nhieu|moi|tat ca)\b.*|(?:khong|ko|chua)\b(?: (?:ghi|ro|co|biet|neu)).*|khong|ko|n/?a"
)
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8", "ix": "9"}


class Place(NamedTuple):
    """A village of ours as it is known."""

    id: int
    kind: str
    name: str
    former_commune: str
    old_names: str


class Doubt(enum.Enum):
    """Why no village was found."""

    NOT_WRITTEN = "not_written"
    UNKNOWN = "unknown"
    AMBIGUOUS = "ambiguous"


def spelling(text: str) -> str:
    """A name with its accents, wherever in the syllable the tone was put: Hòe as Hoè."""
    words = []
    for word in unicodedata.normalize("NFD", clean_line(text).casefold()).split():
        tones = "".join(_TONES[c] for c in word if c in _TONES)
        words.append(unicodedata.normalize("NFC", "".join(c for c in word if c not in _TONES)) + tones)
    return " ".join(words)


def _has_accents(text: str) -> bool:
    return fold(text) != clean_line(text).casefold()


def _apart(text: str) -> tuple[str, str]:
    """Kind (one word for all its forms, "" for none) and the rest: `("tdp", "Chợ Mét 1")`."""
    text = re.sub(r"(?<=[^\W\d])(?=\d)", " ", clean_line(text)).strip(" .:-–")
    plain = fold(text)
    if not (found := _KIND.match(plain)) or len(plain) != len(text):
        return "", text
    rest = text[len(plain) - len(found[2]) :].strip(" .:")
    kind = _KINDS[found[1]]
    if text[: len(found[1])].casefold() not in _WRITTEN.get(found[1], (text[: len(found[1])].casefold(),)):
        return "", text
    return (kind, re.sub(r"^(?:số|so|sô)\s+(?=\d)", "", rest, flags=re.I)) if rest else ("", text)


def _bag(text: str) -> tuple[str, ...]:
    """The words of a name without order, numbers alike: "1 Chợ Mét" is "Chợ Mét số 1"."""
    words = [w for w in re.findall(r"[^\W_]+", text) if w not in ("số", "so", "sôS")]
    return tuple(sorted(_ROMAN.get(w, w.lstrip("0") or "0") for w in words))


@dataclass(frozen=True)
class _Name:
    id: int
    kind: str
    rest: str
    former: str
    is_old: bool

    @cached_property
    def spelt(self) -> tuple[str, ...]:
        return _bag(spelling(self.rest))

    @cached_property
    def folded(self) -> tuple[str, ...]:
        return _bag(fold(self.rest))


class Gazetteer:
    """The villages of one commune, and what the commune was made of."""

    def __init__(self, places: Iterable[Place], commune: str) -> None:
        self.names: list[_Name] = []
        self.communes = {spelling(_bare(commune)): ""}
        for place in places:
            former = _bare(place.former_commune)
            self.names.append(
                _Name(place.id, _apart(f"{place.kind} x")[0], clean_line(place.name), spelling(former), False)
            )
            for old in re.split(r"\s*[;,]\s*", place.old_names):
                if old:
                    kind, rest = _apart(old)
                    self.names.append(_Name(place.id, kind, rest, spelling(former), True))
            if former:
                self.communes[spelling(former)] = spelling(former)
        self.folded_communes = {fold(name): former for name, former in self.communes.items()}
        self.known: dict[str, int | Doubt] = {}

    def find(self, written: str) -> int | Doubt:
        """The id of the village that is meant, or why there is none."""
        if written not in self.known:
            self.known[written] = self._find(written)
        return self.known[written]

    def _find(self, written: str) -> int | Doubt:
        if not any(c.isalnum() for c in written) or _EVERYWHERE.fullmatch(fold(clean_line(written))):
            return Doubt.NOT_WRITTEN
        parts, formers, is_foreign, last_is_now = (
            [],
            set[str](),
            False,
            bool(re.search(r"nay (?:là|thuộc|la)\b", written)),
        )
        for part in self._parts(written):
            unit = self._commune(part)
            if unit is None:
                parts.append(part)
            elif unit == "foreign":
                is_foreign = True
            elif unit:
                formers.add(unit)
        if is_foreign:
            return Doubt.UNKNOWN
        if not parts:
            return Doubt.NOT_WRITTEN
        found = [hit for part in parts if (hit := self._match(part, formers))]
        if not found:
            return Doubt.UNKNOWN
        if last_is_now:
            found = found[-1:]
        common = set.intersection(*found)
        if not common:
            sure = [hit for part, hit in zip(parts, [self._match(p, formers) for p in parts], strict=True)
                    if hit and _apart(part)[0] in ("thon", "ban", "tdp", "ap", "buon", "khu")]  # fmt: skip
            common = sure[-1] if sure else set.union(*found)
        return next(iter(common)) if len(common) == 1 else Doubt.AMBIGUOUS

    def _parts(self, written: str) -> Iterator[str]:
        for part in _BREAKS.split(clean_line(written)):
            part = re.sub(r"\b(?:cũ|cu|trước đây|truoc day|cu?̃)\s*$", "", part.strip(" .:-–'\""), flags=re.I).strip(
                " .:-–"
            )
            if any(c.isalnum() for c in part):
                yield part

    def _commune(self, part: str) -> str | None:
        """None: no commune. "": ours, or a district or province. "foreign": another one. Else the former commune."""
        unit = _UNITS.match(fold(part))
        bare = part[-len(unit[2]) :] if unit and len(fold(part)) == len(part) else part
        known = self.communes if _has_accents(bare) else self.folded_communes
        key = spelling(bare) if _has_accents(bare) else fold(bare)
        if key in known:
            # a village may be called like its commune: "thôn" before it decides, a bare name is the commune
            return known[key]
        if unit is None:
            return None
        if unit[1] in ("xa", "phuong", "thi tran", "tt", "tt.", "dac khu", "x.", "p."):
            return "foreign"
        return ""

    def _match(self, part: str, formers: set[str]) -> set[int]:
        kind, rest = _apart(part)
        found = self._called(kind, rest)
        if not found:
            for name in self.communes:
                words = spelling(rest).split()
                if words[-len(name.split()) :] == name.split() and len(words) > len(name.split()):
                    found = self._called(kind, " ".join(clean_line(rest).split()[: -len(name.split())]))
        found = found or self._inside(kind, rest)
        if len({one.id for one in found}) > 1:
            found = [one for one in found if one.former in formers] or found
        if len({one.id for one in found}) > 1:
            found = [one for one in found if kind and one.kind == kind] or found
        if len({one.id for one in found}) > 1:
            found = [one for one in found if not one.is_old] or found
        return {one.id for one in found}

    def _called(self, kind: str, rest: str) -> list[_Name]:
        """All names that these words can be."""
        if re.fullmatch(r"[\d\s]+|[ivx]+", rest.casefold()):
            return self._numbered(kind, _bag(rest.casefold()))
        if _has_accents(rest):
            exact = [name for name in self.names if name.spelt == _bag(spelling(rest))]
            if exact:
                return exact
        return [name for name in self.names if name.folded == _bag(fold(rest))]

    def _numbered(self, kind: str, number: tuple[str, ...]) -> list[_Name]:
        """A bare number means a village of this kind that is called so, or whose name ends with it."""
        of_kind = [name for name in self.names if name.kind == kind]
        whole = [name for name in of_kind if name.folded == number]
        return whole or [n for n in of_kind if (words := fold(n.rest).split())[-1:] == list(number) and len(words) > 1]

    def _inside(self, kind: str, rest: str) -> list[_Name]:
        """A part of a village before its name: "xóm 3 Phú Thượng", "số nhà 12 Cầu Đá"."""
        words = clean_line(rest).split()
        for start in range(1, len(words)):
            before = fold(" ".join(words[:start]))
            if _PART.fullmatch(before) and (any(c.isdigit() for c in before) or before.split()[-1] in ("o", "tai")):
                found = self._called("", " ".join(words[start:]))
                if found:
                    return found
        return []


def _bare(commune: str) -> str:
    """A commune without its kind: "xã Tâm Phú" is Tâm Phú."""
    unit = _UNITS.match(fold(commune))
    return clean_line(commune)[-len(unit[2]) :] if unit else clean_line(commune)


def gazetteer(places: Sequence[Place], commune: str) -> Gazetteer:
    """The names of a commune, ready to be asked."""
    return Gazetteer(places, commune)
