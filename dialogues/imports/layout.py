"""How a sheet is laid out: header, columns, sections, totals, signatures, and the rows between them. Pure.

Nothing is known of a sheet beforehand. Headers are found by the words that stand in them; what stands below is sorted
by its shape: a row with one text is a section, a row of sums a total, capitals at the end a signature.
"""

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from dialogues.imports.rules import Column
from dialogues.imports.values import Cell, as_text, is_blank
from dialogues.text import clean_line, fold

MOST_SEARCHED = 60
"""The header stands in the first rows."""


@dataclass(frozen=True)
class Sheet:
    """Cells from row 1, column A on, cleaned; `merges` are (first row, first column, last row, last column), from 0."""

    name: str
    rows: list[list[Cell]]
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden: frozenset[int] = frozenset()
    is_hidden: bool = False
    is_csv: bool = False
    unanswered: frozenset[tuple[int, int]] = frozenset()
    """Cells with a formula of which the file holds no result: they look empty, and are not."""

    def text(self, row: int, column: int) -> str:
        """A cell as one line, "" outside of the sheet."""
        cells = self.rows[row] if 0 <= row < len(self.rows) else []
        return " ".join(as_text(cells[column]).split()) if column < len(cells) else ""

    @cached_property
    def width(self) -> int:
        return max((len(row) for row in self.rows), default=0)

    @cached_property
    def anchors(self) -> dict[tuple[int, int], tuple[int, int]]:
        """The cell with the content, for each covered cell of merges."""
        return {
            (row, column): (r1, c1)
            for r1, c1, r2, c2 in self.merges
            for row in range(r1, min(r2, len(self.rows)) + 1)
            for column in range(c1, min(c2, self.width) + 1)
            if (row, column) != (r1, c1)
        }

    @cached_property
    def spans(self) -> dict[tuple[int, int], tuple[int, int]]:
        """How many rows and columns a merged cell has."""
        return {(r1, c1): (r2 - r1 + 1, c2 - c1 + 1) for r1, c1, r2, c2 in self.merges}


@dataclass(frozen=True)
class Layout:
    """The rows of the header (from 0; first > last: there is none), and the meaning of each column."""

    first: int
    last: int
    columns: dict[int, Column]
    labels: tuple[str, ...]

    @property
    def fingerprint(self) -> str:
        """The same for every sheet with these headers."""
        words = "|".join(re.sub(r"\W+", "", fold(label)) for label in self.labels)
        return hashlib.blake2b(words.encode(), digest_size=16).hexdigest()

    def of(self, meaning: Column) -> list[int]:
        """The columns with this meaning, from left to right."""
        return [column for column, found in sorted(self.columns.items()) if found is meaning]


# -- headers ----------------------------------------------------------------------------------------------------------

C = Column
_HEADERS: tuple[tuple[Column, str], ...] = (
    (C.NUMBER, r"(s?tt|so tt|so thu tu|so phieu|ma( so)?( phieu| y kien)?|no|so|thu tu|phieu so|id)\.?"),
    (C.NAME_AND_VILLAGE, r".*\bten\b.*(dia chi|thon\b|noi o|noi cu tru|to dan pho|tdp\b|khu pho|don vi).*"),
    (C.NAME_AND_VILLAGE, r"(nguoi (hoi|co y kien|gui|kien nghi|phan anh|phat bieu|de nghi|neu y kien|gop y)|cong dan|"
        r"cu tri) ?(va |- )?[,/;&+]? ?(dia chi|thon\b|noi o|noi cu tru|to dan pho|tdp\b|khu pho).*"),
    (C.NAME, r"(ho (va |, |& )?(ten|chu dem)|ho, ten|ten (nguoi|cong dan|cu tri|cua|ca nhan|quyvi)|quy danh).*|"
        r"ten|ong ?[/,] ?ba|ca nhan|"
             r"(nguoi (hoi|co y kien|gui|kien nghi|phan anh|phat bieu|dan|de nghi|dat cau hoi|neu y kien|gop y)|"
             r"cong dan|cu tri|dai bieu).{0,25}"),
    (C.NOTHING, r".*(ngay|nam) sinh.*|.*\b(tuoi|gioi tinh|nghe nghiep|cccd|cmnd|can cuoc|chuc vu|dan toc|"
        r"doi tuong)\b.*|"
                r"(da |co )?(tra loi|giai quyet)( chua)?"),
    (C.PUBLISH_NAME, r".*(cong khai|neu|hien thi|hien|dang|dua|cong bo)\b.*\bten\b.*|.*\bdong y cong khai.*|"
        r"cong khai.*"),
    (C.PHONE, r"(so )?(dien thoai|dt|sdt|di dong|lien he|lien lac|phone|mobile|so zalo).*|.*(so dien thoai|"
        r"\bsdt\b|so lien lac|so lien he|so dt\b).*|"
              r"thong tin lien (he|lac)"),
    (C.MESSAGE, r".*\b(nhan|gui|bao) (tin|thong bao|sms|zalo)\b.*|.*dong y (nhan|duoc nhan)\b.*|nhan tin.*"),
    (C.REPLY_BY, r".*(nhan|bao|tra|gui)( lai)? (ket qua|tra loi|phan hoi).*|.*muon duoc tra loi.*|"
                 r".*(hinh thuc|cach|muon).{0,20}(?<!tiep )(nhan|tra loi|phan hoi).*"),
    (C.NOTHING, r".*\b(thoi han|han (tra|giai|xu|cuoi)|tinh trang|trang thai|tien do|ket qua).*|"
        r".*noi dung (tra loi|giai trinh|giai quyet).*|"
                r".*y kien (giai quyet|chi dao|tra loi|xu ly|cua (ubnd|lanh dao|don vi)).*|(tra loi|giai trinh|"
                r"huong giai quyet|bien phap).*|"
                r".*(phuong an|ket luan).*"),
    (C.UNIT, r".*(don vi|co quan|bo phan|phong ban|can bo|nguoi|nganh|cap).{0,20}(tra loi|giai quyet|xu ly|"
        r"tham muu|chu tri|phu trach|thu ly|giai trinh).*|"
             r".*tham quyen.*|(don vi|co quan|phong ban)|phan cong.*"),
    (C.NOTHING, r".*(nguoi|can bo) (nhap|ghi|tong hop|tiep nhan|lap|thu thap).*"),
    (C.FIELD, r".*(linh vuc|nhom (noi dung|van de|y kien)|chu de|phan loai|loai (noi dung|y kien|cau hoi|van de|"
        r"kien nghi)).*|nhom|loai|mang"),
    (C.CHANNEL, r"(kenh|nguon|hinh thuc|phuong thuc|cach thuc)\b.*|.*(kenh|hinh thuc|nguon|cach|noi) (tiep nhan|"
        r"gui|thu thap|phan anh|y kien|tong hop).*|"
                r"(tiep nhan|gui|phan anh) (qua|tai|tu).*|qua (kenh|dau)|cach (tiep nhan|gui)"),
    (C.DAY, r"\b(ngay|thoi gian|thoi diem|dau thoi gian|timestamp|date|ngay thang).*|.*\bngay (tiep nhan|nhan|"
        r"gui|ghi|hoi|phan anh|den|hop|thang)\b.*"),
    (C.VILLAGE, r"(dia chi|noi o|noi cu tru|cho o|noi thuong tru|thuong tru|dia ban|khu dan cu|que quan|"
        r"khoi pho|khu pho|don vi dan cu|thuoc thon).*|"
                r".*\b(thon|xom|ap|buon|khom|to dan pho|tdp|to dp)\b.*|.*\bthonban\b.*|.*o dau.*|to|khu|khoi|lang"),
    (C.EMAIL, r".*(e-?mail|thu dien tu).*"),
    (C.TEXT, r".*(noi dung|cau hoi|y kien|kien nghi|phan anh|de xuat|nguyen vong|van de|thac mac|gop y|de nghi|"
        r"muon hoi|phat bieu).*"),
    (C.NOTE, r".*(ghi chu|luu y|chu thich|ghi them).*"),
)  # fmt: skip
_COMPILED = [(meaning, re.compile(rf"(?:{pattern})\Z")) for meaning, pattern in _HEADERS]


def meaning_of(header: str) -> Column | None:
    """What a header says that its column holds; None when it says nothing known. What stands in brackets explains."""
    apart = re.sub(r"\bbạn\b", "quyvi", re.sub(r"\bbản\b", "thonban", clean_line(header).casefold()))
    whole = fold(apart).strip(" .:*?")  # village and "you" would be one word without their accents
    bare = clean_line(re.sub(r"\([^)]*\)|\[[^\]]*\]", " ", whole)).strip(" .:*?")
    for text in (bare, whole):
        if any(c.isalpha() for c in text):
            for meaning, pattern in _COMPILED:
                if pattern.match(text):
                    return meaning
    return None


def _is_label(text: str) -> bool:
    return bool(text) and len(text) <= 220


def find(sheet: Sheet) -> Layout | None:
    """The header and its columns; None when no row looks like one."""
    best: tuple[int, Layout] | None = None
    for row in range(min(len(sheet.rows), MOST_SEARCHED)):
        for last in range(row, min(row + 3, len(sheet.rows))):
            if last > row and not _goes_on(sheet, row, last):
                break
            layout = layout_at(sheet, row, last)
            score = len({m for m in layout.columns.values() if m is not C.NOTHING})
            if C.TEXT in layout.columns.values() and score >= 2 and (best is None or score > best[0]):
                best = score, layout
    return best[1] if best else None


def _goes_on(sheet: Sheet, row: int, last: int) -> bool:
    """Whether the next row still belongs to the header: some cells have parts below them, the others reach down."""
    above = [c for c in range(sheet.width) if sheet.text(row, c)]
    below = [c for c in range(sheet.width) if sheet.text(last, c)]
    if not below or any(len(sheet.text(last, c)) > 80 or is_numbering(sheet.text(last, c)) for c in below):
        return False
    texts = [c for c in above if meaning_of(sheet.text(row, c)) is C.TEXT and c not in below]
    free = sum(c not in below for c in above)
    known = sum(meaning_of(sheet.text(last, c)) is not None for c in below)
    return bool(texts) and free >= 2 and known * 2 >= len(below) and known >= 1


def layout_at(sheet: Sheet, first: int, last: int) -> Layout:
    """The layout with the header in these rows. Of two columns with the same meaning the first counts; of texts the
    one that holds most."""
    labels, columns = [], dict[int, Column]()
    for column in range(sheet.width):
        texts = [_header_text(sheet, row, column) for row in range(first, last + 1)]
        texts = list(dict.fromkeys(text for text in texts if text))
        labels.append(" · ".join(texts))
        ways = [*reversed(texts), " ".join(texts)] if texts else []
        found = next((m for text in ways if _is_label(text) and (m := meaning_of(text))), None)
        columns[column] = found or C.NOTHING
    layout = Layout(first, last, columns, tuple(labels))
    return replace(layout, columns=_once(sheet, layout))


def _header_text(sheet: Sheet, row: int, column: int) -> str:
    """The words above a column; a cell merged across says its words of every column under it."""
    row, column = sheet.anchors.get((row, column), (row, column))
    text = sheet.text(row, column)
    if text or sheet.merges:
        return text
    return ""


def _once(sheet: Sheet, layout: Layout) -> dict[int, Column]:
    columns = dict(layout.columns)
    for meaning in set(columns.values()) - {C.NOTHING}:
        same = layout.of(meaning)
        if len(same) > 1:
            kept = same[0]
            if meaning in (C.TEXT, C.NAME, C.VILLAGE):
                kept = max(same, key=lambda c: _amount(sheet, layout.last, c))
            columns.update({c: C.NOTHING for c in same if c != kept})
    return columns


def _amount(sheet: Sheet, last: int, column: int) -> int:
    return sum(len(sheet.text(row, column)) for row in range(last + 1, min(len(sheet.rows), last + 80)))


def title_lines(sheet: Sheet, layout: Layout | None) -> Iterator[str]:
    """The lines above the header."""
    for row in range(min(layout.first if layout else 12, len(sheet.rows))):
        yield from (text for column in range(sheet.width) if (text := sheet.text(row, column)))


# -- rows -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """A row of data: its number as a person sees it, its cells by meaning, the sections above it (outer first)."""

    number: int
    cells: dict[Column, Cell]
    sections: tuple[str, ...] = ()
    is_hidden: bool = False
    from_above: bool = False
    has_channels: bool = False
    """Whether the sheet has a column that says how it came in."""
    is_unanswered: bool = False
    """Whether the file holds a formula without its result where the question should stand."""


_TOTAL = re.compile(r"(?:tổng|cộng|tổng cộng|tong cong|tong so|cong muc|cong don|cong\s*:|luỹ kế|lũy kế)\b", re.I)
_COUNT = re.compile(
    r"(?:gom |co |la |= ?)?\d[\d.,]*\s*(?:/\s*\d+\s*)?(?:y kien|cau hoi|kien nghi|luot|noi dung|phieu|nguoi|"
    r"dong|muc|cuoc|van de)?.{0,60}"
)
_ORDINAL = re.compile(r"^\(?([IVXLC]{1,6}|[A-Za-zĐđ]|\d{1,2}(?:\.\d{1,2})*)[.)\]:/\-]*\)?\s*$")
_NUMBERED = re.compile(r"^\(?([IVXLC]{1,6}|[A-ZĐ]|[a-z](?=\))|\d{1,2}(?:\.\d{1,2})*)\s*[.)\]:/\-–]+\s*(\S.*)$")
_SECTION = re.compile(
    r"^(?:lĩnh vực|về|nhóm|mục|phần|các (?:nội dung|ý kiến|vấn đề|lĩnh vực)|nội dung|ý kiến|khối|linh vuc|nhom|"
    r"thôn|bản|tdp|tổ dân phố|"
    r"ấp|xóm|khu phố|buôn|tổ)\s",
    re.I,
)
_SIGNED = re.compile(
    r"(?:.{0,40}, )?ngay\s*[\d.…]*\s*thang\s*[\d.…]*\s*nam\s*[\d.…]*|\(?\s*(?:da )?ky.{0,40}|noi nhan:?.*|"
    r"-\s*(?:nhu tren|luu).*|"
    r"(?:t|k|q)m?l?t?\.?\s*(?:tm|kt|tl|tuq)?\.? (?:chu tich|uy ban|ubnd|truong|chanh|ban).*|"
    r"(?:nguoi (?:tong hop|lap|ghi|lap bieu|nhap|viet)|thu ky|chu toa|chu tri|(?:pho )?chu tich|"
    r"(?:pho )?chanh van phong|truong (?:thon|ban|phong|ap|khu)|"
    r"to truong|bi thu|xac nhan|thu truong|ke toan|uy ban nhan dan|dai dien).{0,40}"
)


def is_numbering(text: str) -> bool:
    """A cell of the row "(1) (2) (3)" below a header."""
    return bool(re.fullmatch(r"\(?\s*(?:\d{1,2}|[A-Za-z])\s*\)?(?:\s*=.*)?", text))


def _style(ordinal: str, known: Sequence[str]) -> str:
    """What kind of number this is, so that sections of one kind follow each other."""
    if re.fullmatch(r"\d+", ordinal):
        return "digit"
    if "." in ordinal:
        return f"digit{ordinal.count('.')}"
    if ordinal.islower():
        return "small"
    if re.fullmatch(r"[IVXLC]+", ordinal) and (len(ordinal) > 1 or ordinal in "IVX" or "capital" not in known):
        return "roman"
    return "capital"


class _Reader:
    """Goes down a sheet below its header."""

    def __init__(self, sheet: Sheet, layout: Layout, is_section_word: Callable[[str], bool]) -> None:
        self.sheet, self.layout = sheet, layout
        self.is_section_word = is_section_word
        self.person = layout.of(C.NAME) + layout.of(C.NAME_AND_VILLAGE) + layout.of(C.VILLAGE)
        self.number, self.texts = layout.of(C.NUMBER), layout.of(C.TEXT)
        self.used = [c for c, meaning in layout.columns.items() if meaning is not C.NOTHING]
        self.own = [self._own(row) for row in range(len(sheet.rows))]
        self.end = self._end()

    def _own(self, row: int) -> dict[int, str]:
        """The filled cells of a row, without what merges bring down."""
        found = {}
        for column in range(len(self.sheet.rows[row])):
            text = self.sheet.text(row, column)
            if text and not is_blank(text):
                found[column] = text
        return found

    def text(self, row: int) -> str:
        return " ".join(self.own[row].get(c, "") for c in self.texts).strip()

    def is_total(self, row: int) -> bool:
        """A row of sums: such a word first, and no words in the text but a number of things."""
        own = self.own[row]
        first = own[min(own)] if own else ""
        if not _TOTAL.match(first):
            return False
        text = self.text(row)
        return not text or text == first or bool(_COUNT.fullmatch(fold(text)))

    def is_signature(self, row: int) -> bool:
        own = list(self.own[row].values())
        return bool(own) and len(own) <= 4 and all(len(t) < 90 and _SIGNED.fullmatch(fold(t)) for t in own)

    def _end(self) -> int:
        """The first row of what stands below the last question: the grand total, the place and day, the signatures."""
        rows = range(self.layout.last + 1, len(self.sheet.rows))
        for row in rows:
            is_sum = self.is_total(row) and bool(re.match(r"tổng|tong", self.own[row][min(self.own[row])], re.I))
            if (is_sum or self.is_signature(row)) and not any(
                self._is_question(later) for later in rows if later > row
            ):
                return row
        return len(self.sheet.rows)

    def _is_question(self, row: int) -> bool:
        """Surely no footer: a text with words and at least one more cell, or many cells."""
        own = self.own[row]
        if self.is_total(row) or self.is_signature(row):
            return False
        return len(own) >= 4 or (len(own) >= 2 and len(self.text(row)) >= 25) or len(self.text(row)) >= 80

    def rows(self) -> Iterator[Row]:
        sections: list[tuple[str, str]] = []
        last_person: dict[Column, Cell] = {}
        header = {text for r in range(self.layout.first, self.layout.last + 1) for text in self.own[r].values()}
        for row in range(self.layout.last + 1, self.end):
            own = self.own[row]
            is_unanswered = any((row, column) in self.sheet.unanswered for column in self.texts)
            if not own and not is_unanswered:
                continue
            if self._is_header_again(own, header) or self._numbers_columns(row) or self.is_total(row):
                continue
            if not is_unanswered and (section := self._section(row)):
                self._enter(sections, *section)
                continue
            cells, is_repeated = self._cells(row), False
            if self._is_nobody(row, cells) and last_person:
                cells, is_repeated = {**last_person, **cells}, True
            else:
                last_person = {
                    m: cells[m]
                    for m in (C.NUMBER, C.NAME, C.NAME_AND_VILLAGE, C.VILLAGE, C.PHONE, C.EMAIL)
                    if m in cells
                }
            number = row - self.layout.last if self.sheet.is_csv else row + 1
            names = tuple(name for _style, name in sections)
            yield Row(
                number, cells, names, row in self.sheet.hidden, is_repeated, bool(self.layout.of(C.CHANNEL)),
                is_unanswered,
            )  # fmt: skip

    def _is_header_again(self, own: dict[int, str], header: set[str]) -> bool:
        """A header printed again on the next page."""
        return len(own) > 2 and sum(text in header for text in own.values()) * 3 >= len(own) * 2

    def _numbers_columns(self, row: int) -> bool:
        """The row "(1) (2) (3)" below a header."""
        own = self.own[row]
        return len(own) > 2 and all(is_numbering(text) for text in own.values())

    def _section(self, row: int) -> tuple[str, str] | None:
        """Ordinal and name when this row is a heading between the questions."""
        own = dict(self.own[row])
        ordinal = ""
        columns = sorted(own)
        if len(columns) == 2 and (found := _ORDINAL.match(own[columns[0]])):
            ordinal = found[1]
            del own[columns[0]]
        if len(own) != 1:
            return None
        column, text = next(iter(own.items()))
        across = self.sheet.spans.get((row, column), (1, 1))[1]
        if not ordinal and (found := _NUMBERED.match(text)):
            ordinal, name = found[1], found[2]
        else:
            name = text
        if len(name) > 200 or not any(c.isalpha() for c in name):
            return None
        if column in self.texts and across < 3 and not (len(name) < 90 and ordinal and self.is_section_word(name)):
            return None
        is_lone = not self.person or column not in self.person
        is_named = bool(_SECTION.match(name)) or name.isupper()
        is_named = is_named or (self.is_section_word(name) and (is_lone or not ordinal.isdigit()))
        is_wide = across >= 3 and across * 2 >= len(self.used)
        if (
            is_wide
            or (is_named and (ordinal or is_lone or name.isupper()))
            or (ordinal and is_lone and not ordinal.isdigit())
        ):
            return ordinal, name
        return None

    def _enter(self, sections: list[tuple[str, str]], ordinal: str, name: str) -> None:
        style = _style(ordinal, [one for one, _ in sections]) if ordinal else "plain"
        known = [one for one, _ in sections]
        if style in known:
            del sections[known.index(style) :]
        sections.append((style, name))

    def _cells(self, row: int) -> dict[Column, Cell]:
        """The cells by meaning; merged ones say the same of every row that they cover."""
        found: dict[Column, Cell] = {}
        for column, meaning in sorted(self.layout.columns.items()):
            if meaning is C.NOTHING:
                continue
            at = (row, column)
            if meaning is not C.NOTE:
                anchor = self.sheet.anchors.get(at, at)
                at = anchor if anchor[0] > self.layout.last and anchor[1] == column else at
            cells = self.sheet.rows[at[0]]
            cell = cells[at[1]] if at[1] < len(cells) else ""
            if isinstance(cell, str) and is_blank(clean_line(cell)):
                continue
            if meaning in found and meaning in (C.TEXT, C.VILLAGE):
                joint = "\n" if meaning is C.TEXT else ", "
                cell = f"{as_text(found[meaning])}{joint}{as_text(cell)}"
            elif meaning in found:
                continue
            found[meaning] = cell
        return found

    def _is_nobody(self, row: int, cells: dict[Column, Cell]) -> bool:
        """Another matter of the person above: the number and the person are left blank, a text is there."""
        blank = not any(m in cells for m in (C.NUMBER, C.NAME, C.NAME_AND_VILLAGE, C.VILLAGE, C.PHONE))
        return bool(self.number) and bool(self.person) and blank and C.TEXT in cells


def rows(sheet: Sheet, layout: Layout, is_section_word: Callable[[str], bool]) -> list[Row]:
    """The questions of a sheet. `is_section_word` tells whether words name a field, a village or a channel."""
    return list(_Reader(sheet, layout, is_section_word).rows())
