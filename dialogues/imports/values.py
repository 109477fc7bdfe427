"""What people write into cells, and what it means: days, phones, consents, fields, channels, names. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from dialogues.imports.rules import Notice
from dialogues.places.rules import Field
from dialogues.questions.rules import IntakeChannel
from dialogues.text import clean_line, fold, is_email

Cell = str | int | date
"""A cell: text, a whole number, or a real day of the spreadsheet. Other numbers are text."""


def as_text(cell: Cell) -> str:
    """A cell as a person reads it."""
    return cell.strftime("%d/%m/%Y") if isinstance(cell, date) else str(cell)


def is_blank(text: str) -> bool:
    """Nothing but spaces and marks: a dash in an empty cell is empty."""
    return not any(unicodedata.category(c)[0] in "LNS" for c in text)


# -- days -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Window:
    """From when to when questions were collected."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


_MONTHS = {name: n for n, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}
_HOUR = (
    r"(?:\d{1,2}\s*(?:[:h]|gio|g)\s*(?:\d{1,2})?(?:\s*(?::|phut)\s*(?:\d{1,2})?(?:\.\d+)?)?\s*(?:am|pm|sa|ch|phut)?)"
)
_AROUND = re.compile(
    rf"^(?:(?:luc\s*)?{_HOUR}[\s,;]*(?=\D|\d+[/.-]))?(?:(?:thu\s+(?:hai|ba|tu|nam|sau|bay|[2-7])|chu nhat|"
    rf"t[2-7]|cn)[\s,]+)?"
    r"(?:(?:hom|sang|chieu|toi|vao|ngay)\s+){0,3}"
)
_NUMBERS = re.compile(
    rf"(\d{{1,4}})\s*([/.\-])\s*(\d{{1,2}})(?:\s*\2\s*(\d{{4}}|\d{{2}}))?\.?(?:[\sT,]*(?:luc\s*)?{_HOUR})?", re.I
)
_WORDS = re.compile(rf"(\d{{1,2}})\s*(?:thang|thg)\s*(\d{{1,2}})(?:[\s,]*(?:nam)?\s*(\d{{4}}))?(?:[\s,]*{_HOUR})?")
_ENGLISH = re.compile(rf"(\d{{1,2}})[\s\-]([a-z]{{3}})[a-z]*\.?(?:[\s\-,]+(\d{{4}}|\d{{2}}))?(?:[\s,]*{_HOUR})?")
_THG = re.compile(r"(\d{1,2})[\s\-]*(?:thg|thang)[\s\-]*(\d{1,2})(?:[\s\-,]+(\d{4}|\d{2}))?")


def _core(written: str) -> str:
    text = _AROUND.sub("", fold(clean_line(written)).strip(" '.,"))
    return re.sub(r"^ngay\s*", "", text)


def _made(year: int, month: int, day: int) -> date | None:
    try:
        found = date(year + 2000 if year < 100 else year, month, day)
    except ValueError:
        return None
    return found if 1990 <= found.year <= 2100 else None


def _latest(month: int, day: int, last: date) -> date | None:
    """A day without year: the latest such day not after the last day of collecting."""
    years = (last.year, last.year - 1, last.year - 2, last.year - 3)
    return next((d for year in years if (d := _made(year, month, day)) and d <= last), None)


def read_day(cell: Cell, last: date, month_first: bool = False) -> date | None:
    """The day that is meant; None when it cannot be read, or when there is no such day."""
    if isinstance(cell, date):
        return cell if 1990 <= cell.year <= 2100 else None
    if isinstance(cell, int) or re.fullmatch(r"[34]\d{4}(\.\d+)?|5[0-9]\d{3}", str(cell).strip()):
        number = int(float(cell))
        return date(1899, 12, 30) + timedelta(days=number) if 33_000 < number < 60_000 else None
    core = _core(str(cell))
    if found := _NUMBERS.fullmatch(core):
        one, _mark, two, three = found.groups()
        if len(one) == 4:
            return _made(int(one), int(two), int(three)) if three else None
        if len(one) == 3:
            return None
        day, month = (int(two), int(one)) if month_first else (int(one), int(two))
        return _made(int(three), month, day) if three else _latest(month, day, last)
    if found := _WORDS.fullmatch(core) or _THG.fullmatch(core):
        day, month = int(found[1]), int(found[2])
        return _made(int(found[3]), month, day) if found[3] else _latest(month, day, last)
    if (found := _ENGLISH.fullmatch(core)) and found[2] in _MONTHS:
        day, month = int(found[1]), _MONTHS[found[2]]
        return _made(int(found[3]), month, day) if found[3] else _latest(month, day, last)
    return None


def is_month_first(cells: Iterable[Cell], window: Window) -> bool:
    """Whether a column writes month/day/year: when a day above 12 proves it. A column of time stamps that proves
    nothing goes by what lies in the time of collecting."""
    written = [found for c in cells if isinstance(c, str) and (found := _NUMBERS.fullmatch(_core(c))) and found[4]]
    day_first = sum(12 < int(one[1]) < 32 for one in written)
    month_first = sum(12 < int(one[3]) < 32 for one in written)
    if day_first or month_first:
        return month_first > day_first
    stamps = [one[0] for one in written if ":" in one[0]]
    if len(stamps) < max(1, len(written) // 2):
        return False

    def inside(is_first: bool) -> int:
        return sum((day := read_day(one, window.last, is_first)) is not None and day in window for one in stamps)

    return inside(True) > inside(False)


_COLLECTED = re.compile(
    r"tu (?:ngay )?(\d{1,2}[/.\-]\d{1,2}(?:[/.\-]\d{2,4})?)\s*(?:den|-|"
    r"–)(?: het)?(?: ngay)? ?(\d{1,2}[/.\-]\d{1,2}[/.\-]\d{2,4})"
)


def window_written(lines: Iterable[str]) -> Window | None:
    """The time of collecting as a title says it: "Tổng hợp từ ngày 20/10/2025 đến ngày 09/01/2026"."""
    for line in lines:
        if found := _COLLECTED.search(fold(clean_line(line))):
            last = read_day(found[2], date(2100, 12, 31))
            first = read_day(found[1], last) if last else None
            if first and last and first <= last:
                return Window(first, last)
    return None


# -- people -----------------------------------------------------------------------------------------------------------

_NOBODY = re.compile(
    r"(?:(?:khong|ko|k|chua|xin khong|xin duoc giau|xin giau)\s*(?:muon|xin|de lai|cho biet)?\s*(?:ghi|neu|co|"
    r"de lai|de|cho biet|muon neu|ro)?"
    r"\s*(?:ho\s*(?:va)?\s*)?(?:ten|danh)?(?:\s*tuoi)?|an danh|giau ten|khuyet danh|vo danh|nac danh|"
    r"xin (?:duoc )?giau ten|anonymous)"
)


def read_name(written: str) -> str:
    """The name as written; "" when it says that there is none."""
    name = clean_line(written)
    plain = fold(name).strip(" .()[]-_*!?")
    return "" if is_blank(name) or _NOBODY.fullmatch(plain) else name


def name_and_place(written: str) -> tuple[str, str]:
    """Name and place out of one cell: "Trần Văn Nam, thôn Hạ"."""
    parts = re.split(
        r"\s*(?:[,;\n(–—]|\s-\s?|:)\s*|\s+(?=(?:thôn|bản|tdp|tổ|ấp|xóm|khu)\s)", written.strip(), maxsplit=1, flags=re.I
    )
    return clean_line(parts[0]), clean_line(parts[1]).rstrip(")") if len(parts) > 1 else ""


class ReadPhone(NamedTuple):
    number: str
    notice: Notice | None = None


def read_phone(cell: Cell) -> ReadPhone:
    """The number, with the zero that spreadsheets eat. What became "9,00E+08" is lost."""
    written = clean_line(as_text(cell)).lstrip("'` ")
    if not any(c.isdigit() for c in written):
        return ReadPhone("")
    if re.fullmatch(r"\d([.,]\d+)?E\+?\d+", written, re.I):
        return ReadPhone("", Notice.PHONE_LOST)
    first = re.split(r"\s*(?:[/;|]|,\s|\bhoặc\b|\bvà\b|\s-\s|\n)\s*", written)[0]
    digits = re.sub(r"\D", "", first.removesuffix(".0"))
    if digits.startswith("84") and len(digits) in (11, 12):
        return ReadPhone("0" + digits[2:])
    if re.fullmatch(r"0\d{9,10}", digits):
        return ReadPhone(digits)
    if re.fullmatch(r"[235789]\d{8}|2\d{9}", digits):
        return ReadPhone("0" + digits, Notice.ZERO_RESTORED)
    return ReadPhone(written[:40], Notice.PHONE_ODD)


def read_email(written: str) -> str:
    """The first word that is an e-mail address, or ""."""
    return next((word for word in re.split(r"[\s,;<>/]+", written) if is_email(word)), "")


_YES = re.compile(
    r"(?:co(?! the)|yes|y|x|v|ok|1|true|dong y|nhat tri|duoc|cho phep|da ky|\u2713|\u2714|\u2611|\u00d7)\b|[✓✔☑×√]"
)


def is_yes(written: str) -> bool:
    """A consent: "Có", "có (ký)", a cross. Empty is no, and so is everything else."""
    return bool(_YES.match(fold(clean_line(written))))


def wants_message(reply_by: str) -> bool:
    """Whether the way in which the answer is wanted is a message."""
    return bool(re.search(r"zalo|sms|tin nhan|nhan tin|e-?mail|thu dien tu|messenger", fold(reply_by)))


def wants_call(reply_by: str) -> bool:
    """Whether it is a call or a visit."""
    return bool(re.search(r"goi dien|dien thoai|goi lai|den nha|truc tiep", fold(reply_by)))


# -- fields -----------------------------------------------------------------------------------------------------------

F = Field
_LABELS: dict[Field, tuple[str, ...]] = {
    F.LAND: ("đất đai",),
    F.CLEARANCE: ("giải phóng mặt bằng, tái định cư",),
    F.ROADS: ("giao thông",),
    F.DRAINAGE: ("thủy lợi, thoát nước", "thoát nước, thủy lợi"),
    F.ELECTRICITY: ("điện, chiếu sáng", "điện, chiếu sáng công cộng"),
    F.WATER: ("nước sạch",),
    F.ENVIRONMENT: ("rác thải, môi trường", "môi trường, rác thải"),
    F.SOCIAL: ("chính sách xã hội", "lao động, thương binh và xã hội"),
    F.SECURITY: ("an ninh trật tự", "an ninh, trật tự"),
    F.PROCEDURES: ("thủ tục hành chính",),
    F.CULTURE: ("y tế, giáo dục, văn hóa", "văn hóa, giáo dục, y tế"),
    F.COMMUNICATION: ("truyền thanh, thông tin", "thông tin, truyền thông"),
    F.OTHER: ("khác",),
}
"""Words with a comma inside that are one choice of a form."""
_STEMS: dict[Field, str] = {
    F.LAND: "dat dai|dia chinh|so do|so hong|bia do|giay chung nhan|gcn|gcnqsdd|quyen su dung dat|do dac|dat o|"
        "tach thua|quan ly dat|"
    "quy hoach|tai nguyen|dat|nha dat|su dung dat|dat nong nghiep",
    F.CLEARANCE: "giai phong mat bang|gpmb|tai dinh cu|boi thuong|den bu|thu hoi dat|"
        "boi thuong giai phong mat bang|ho tro tai dinh cu",
    F.ROADS: "giao thong|duong sa|duong xa|cau duong|cau cong|duong lang|duong|duong giao thong|ha tang|"
        "ha tang giao thong|via he|"
    "xay dung co ban|dau tu cong|ben bai|an toan giao thong|trat tu giao thong|duong bo|duong lien thon",
    F.DRAINAGE: "thuy loi|thoat nuoc|tieu thoat|tieu ung|kenh muong|muong|kenh|ngap|ngap ung|ngap lut|de dieu|"
        "tuoi tieu|cong ranh|"
    "phong chong thien tai|thien tai|bao lu|ke song|sat lo|thoat nuoc thai|thuy nong",
    F.ELECTRICITY: "dien|chieu sang|den duong|luoi dien|dien luc|dien sang|dien sinh hoat|dien chieu sang",
    F.WATER: "nuoc sach|nuoc may|nuoc sinh hoat|cap nuoc|nuoc an|cung cap nuoc",
    F.ENVIRONMENT: "rac|rac thai|moi truong|ve sinh|ve sinh moi truong|o nhiem|chat thai|nghia trang|nuoc thai|"
        "tai nguyen moi truong|"
    "tai nguyen va moi truong",
    F.SOCIAL: "chinh sach|chinh sach xa hoi|xa hoi|nguoi co cong|ho ngheo|giam ngheo|xoa doi giam ngheo|an sinh|"
        "an sinh xa hoi|bao hiem|"
    "lao dong|viec lam|thuong binh|liet si|tro cap|bhxh|bhyt|bao tro|tre em|nguoi cao tuoi|bao tro xa hoi|"
    "nha o xa hoi|"
    "chinh sach an sinh",
    F.SECURITY: "an ninh|trat tu|an ninh trat tu|cong an|quoc phong|te nan|toi pham|ma tuy|an toan xa hoi|"
        "trat tu an toan xa hoi|"
    "phong chay|quan su|quan ly tru|antt|trat tu xa hoi|trat tu an toan",
    F.PROCEDURES: "thu tuc|hanh chinh|thu tuc hanh chinh|cai cach hanh chinh|cai cach|mot cua|tac phong|can bo|"
        "cong vu|ho tich|tu phap|"
    "dich vu cong|cong chuc|bo may|tthc|thai do|to chuc bo may|sap nhap|chung thuc",
    F.CULTURE: "y te|giao duc|van hoa|truong hoc|truong|the thao|the duc|suc khoe|dao tao|nha van hoa|tram y te|"
        "du lich|le hoi|gia dinh|"
    "benh vien|hoc duong",
    F.COMMUNICATION: "truyen thanh|thong tin|loa|loa dai|vien thong|internet|truyen thong|chuyen doi so|"
        "buu chinh|dai|song dien thoai|"
    "cong nghe thong tin|wifi|bao chi|tuyen truyen",
    F.OTHER: "khac|noi dung khac|linh vuc khac|van de khac|y kien khac|con lai|tong hop",
}  # fmt: skip
_STEM_OF = {stem: field for field, stems in _STEMS.items() for stem in stems.split("|")}
_STEM = re.compile(r"\b(?:" + "|".join(sorted(_STEM_OF, key=len, reverse=True)) + r")\b")
_LABEL_OF = {fold(label): field for field, labels in _LABELS.items() for label in labels}
_LEADING = re.compile(
    r"^(?:cac |nhung )?(?:linh vuc|ve|nhom|muc|phan|noi dung|van de|mang|y kien)(?: ve)?(?: linh vuc)?\s+(?!khac)"
)


def read_fields(written: str, more: Sequence[tuple[str, Field]] = ()) -> tuple[list[Field], bool]:
    """The fields of a cell in their order, each once, and whether all of its words were understood. Separators also
    stand inside labels, so the longest known label wins. `more`: the program's own words for them."""
    labels = _LABEL_OF | {fold(clean_line(label)): field for label, field in more}
    parts = [part for part in re.split(r"\s*([,;/|+\n\u2022]| - | – )\s*", fold(written.strip())) if part]
    found: list[Field] = []
    understood, place = True, 0
    while place < len(parts):
        if re.fullmatch(r"[,;/|+\n\u2022]| - | – ", parts[place]):
            place += 1
            continue
        for end in range(min(len(parts), place + 9), place, -1):
            joined = _LEADING.sub("", clean_line(" ".join(parts[place:end]).replace(" ,", ",")))
            if joined in labels:
                found.append(labels[joined])
                place = end
                break
        else:
            one = _field_of(parts[place])
            found += [one] if one else []
            understood = understood and one is not None
            place += 1
    return list(dict.fromkeys(found)), understood


def _field_of(folded: str) -> Field | None:
    """The field whose longest word occurs; of equally long ones the first."""
    hits = _STEM.findall(folded)
    return _STEM_OF[max(hits, key=len)] if hits else None


# -- channels ---------------------------------------------------------------------------------------------------------

C = IntakeChannel
_CHANNELS: tuple[tuple[str, IntakeChannel], ...] = (
    (r"mat tran|mttq|ctmt|\bub ?mt\b|\bmt\b|doan the|\bhoi (lien hiep )?(phu nu|nong dan|cuu chien binh|ccb|"
        r"nguoi cao tuoi|nct)|"
     r"phu nu|nong dan|cuu chien binh|doan thanh nien|\bdoan tn|hoi vien|to chuc xa hoi", C.FRONT_AND_ORGANISATIONS),
    (r"duong day nong|hot ?line|\b1022\b", C.HOTLINE),
    (r"hom thu|hop thu gop y|thung thu|hom gop y|hop gop y", C.SUGGESTION_BOX),
    (r"zalo|facebook|\bfb\b|fanpage|mang xa hoi|messenger|tiktok|\bmxh\b|youtube", C.SOCIAL_NETWORK),
    (r"\bqr\b|cong thong tin|\bweb|online|truc tuyen|google|form\b|cong dvc|\blink\b|portal|trang thong tin|"
        r"app\b|ung dung|"
     r"cong dich vu|thu dien tu|e-?mail|phan anh hien truong", C.PORTAL),
    (r"doi thoai|tai hoi truong|phat bieu", C.DIALOGUE),
    (r"tai nha|den nha|tham ho|tung nha|tan nha|xuong ho|di ho\b", C.HOME_VISIT),
    (r"\bphieu|giay\b|\bmau don|mau so", C.PAPER_FORM),
    (r"\bhop\b|hoi nghi (thon|ban|to|khu|ap|xom|dan|nhan dan)|sinh hoat|truong thon|truong ban|to truong|"
        r"truong ap|cong dong|"
     r"hoi nghi nhan dan|tiep xuc", C.VILLAGE_MEETING),
    (r"tiep (cong )?dan|van phong|\bvp\b|tru so|mot cua|\bdon\b|bo phan|tai (xa|ubnd|phuong|uy ban|tru so)|"
        r"truc tiep|quay|"
     r"trung tam phuc vu|ttpvhcc|pvhcc|cong van|van ban", C.DESK),
    (r"dien thoai|goi dien|\bsdt\b|\bdt\b|goi\b|tin nhan|sms", C.PHONE),
)  # fmt: skip


def read_channel(written: str, more: Sequence[tuple[str, IntakeChannel]] = ()) -> IntakeChannel | None:
    """The lawful channel behind the office's words; None when they say nothing known."""
    plain = fold(clean_line(written))
    for label, channel in more:
        if plain == fold(label):
            return channel
    return next((channel for pattern, channel in _CHANNELS if re.search(pattern, plain)), None)


# -- hints ------------------------------------------------------------------------------------------------------------

_PHONE = re.compile(r"(?<!\d)(?:\+?84|0)(?:[\s.\-]?\d){8,10}(?!\d)")
_MATTERS = re.compile(r"(?m)^\s*(?:\(?(\d{1,2}|[a-e])[.)/]|(?:câu|ý)\s*\d\s*[:.])\s*\S")


def hints(text: str) -> list[Notice]:
    """What a clerk may want to look at in the words themselves. Hints only: a person decides."""
    found = []
    low = text.casefold()
    if re.search(r"khiếu nại|đơn khiếu|khieu nai", low):
        found.append(Notice.LOOKS_LIKE_COMPLAINT)
    if re.search(r"tố cáo|tố giác|to cao\b|nhận hối lộ|đòi hối lộ|vòi tiền|nhận tiền của", low):
        found.append(Notice.LOOKS_LIKE_DENUNCIATION)
    if _PHONE.search(text):
        found.append(Notice.PHONE_IN_TEXT)
    if len(_MATTERS.findall(text)) > 1:
        found.append(Notice.SEVERAL_MATTERS)
    return found


def same_key(name: str, village_id: int | None, text: str) -> str:
    """What makes two rows the same: person, village and words, without case, accents and spaces."""
    return "|".join(re.sub(r"\s+", "", fold(part)) for part in (name, str(village_id or ""), text))
