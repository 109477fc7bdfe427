"""What makes a text look like an advertisement or a program's work. Pure. It accuses nobody: a suspicious sending is
kept and read by the office, so a wrong hit costs a resident some hours and a missed one costs a clerk one press."""

import re

from dialogues.questions.rules import Suspicion
from dialogues.text import fold

MOST_LINKS = 1
"""One link may lead to a photo or a notice of the commune."""
_LINK = re.compile(r"(?:https?://|www\.|\bt\.me/|\bzalo\.me/|\bwa\.me/|\bbit\.ly/|\bfb\.(?:me|com)/)\S*", re.I)
_WORD = re.compile(r"[^\W\d_]+")
_WORDS_BESIDE_A_LINK = 3
"""A link with fewer words says nothing that the commune could answer."""

_SELLING = (
    "ban gap", "can ban gap", "chinh chu", "so hong rieng", "so do trao tay", "gia dau tu", "gia goc",
    "gia re nhat", "gia soc", "giam gia soc", "sieu giam gia", "sieu khuyen mai", "khuyen mai khung",
    "dai ha gia", "uu dai khung", "mien phi van chuyen", "freeship", "chiet khau cao", "dat hang ngay",
    "inbox ngay", "ib ngay", "lh ngay", "lien he ngay", "alo ngay", "ket ban zalo", "add zalo", "lo goc",
    "sinh loi", "loi nhuan cao", "cam ket loi nhuan", "so luong co han", "tang voucher", "vay tien nhanh",
    "vay nhanh", "vay tin chap", "vay online", "vay nong", "khong can the chap", "giai ngan nhanh",
    "giai ngan trong ngay", "giai ngan trong 5 phut", "lai suat 0", "ho tro no xau", "duyet vay", "bao duyet",
    "viec nhe luong cao", "kiem tien online", "kiem tien tai nha", "tuyen cong tac vien", "hoa hong cao",
    "casino", "nha cai", "ca cuoc", "nap rut", "keo nha cai", "tai xiu", "no hu", "lo de online",
    "danh bai doi thuong", "game doi thuong", "khuyen mai nap", "thuoc cuong duong", "giam can cap toc",
    "hang xach tay", "dich vu seo", "thiet ke website", "tang like", "tang follow", "click here", "buy now",
    "free money", "earn money", "bitcoin", "crypto", "viagra", "porn",
)  # fmt: skip
_SELLS = re.compile(r"\b(?:" + "|".join(map(re.escape, _SELLING)) + r")\b")
_ASKING = (
    "de nghi", "kien nghi", "phan anh", "xin hoi", "cho hoi", "cho em hoi", "cho toi hoi", "kinh gui",
    "kinh mong", "kinh thua", "mong xa", "nho xa", "xin xa", "xa co", "yeu cau", "bao gio", "khi nao", "vi sao",
    "tai sao", "the nao", "ra sao", "giai quyet", "xu ly", "ngan chan", "dep bo", "bat giu", "kiem tra",
    "lua dao", "to roi", "dan khap", "quang cao", "lam phien", "roi vao bay", "bi lua", "bi no", "nguoi dan",
    "ba con", "chinh quyen", "cong an", "uy ban", "ubnd", "lanh dao", "can bo", "de dan", "giup dan",
    "nha toi", "nha em", "gia dinh toi", "gia dinh em", "me toi", "bo toi", "con toi", "cua toi", "toi chua", "toi thi",
    "hang xom", "trong thon",
)  # fmt: skip
_ASKS = re.compile(r"\b(?:" + "|".join(map(re.escape, _ASKING)) + r")\b")
_SALES_OF_AN_AD, _SALES_BESIDE_AN_ASK = 2, 6
"""So many of the phrases are an advertisement; many more beside words that people use to ask or to complain, as they
may write about advertisements, lenders and land deals."""
_SYLLABLE = re.compile(
    r"(?:ngh|[cgknpt]h|gi|ng|qu|tr|[bcdghklmnpqrstvxfjwz])?"
    r"(?:uye|uoi|uou|ieu|yeu|oai|oay|uay|oeo|uya|uyu|ie|ye|uo|ua|ue|uy|oa|oe|ai|ao|au|ay|eo|eu|ia|iu|oi|ui|uu|[aeiouy])"
    r"(?:ch|nh|ng|[cmnpt])?"
)
"""What a Vietnamese syllable can look like without its marks."""


def signs_in(text: str) -> tuple[Suspicion, ...]:
    """What is suspicious about a text by itself, in the order of the enum; () for nearly everything people write."""
    bare, links = _LINK.sub(" ", text), _LINK.findall(text)
    found = {
        Suspicion.LINKS: len(links) > MOST_LINKS or (bool(links) and len(_WORD.findall(bare)) < _WORDS_BESIDE_A_LINK),
        Suspicion.ADVERTISING: _is_advertisement(fold(bare)),
        Suspicion.FOREIGN: _is_other_script(bare) or (bool(links) and not _is_vietnamese(fold(bare))),
    }
    return tuple(sign for sign, is_there in found.items() if is_there)


def _is_advertisement(folded: str) -> bool:
    sales = len(set(_SELLS.findall(folded)))
    return sales >= (_SALES_BESIDE_AN_ASK if _ASKS.search(folded) else _SALES_OF_AN_AD)


def _is_other_script(text: str) -> bool:
    """Mostly letters of no Latin alphabet. Latin without a link passes: people of every language live here."""
    letters = [c for c in fold(text) if c.isalpha()]
    return sum(c > "\u024f" for c in letters) * 2 > len(letters)


def _is_vietnamese(folded: str) -> bool:
    words = _WORD.findall(folded)
    return len(words) < 6 or sum(bool(_SYLLABLE.fullmatch(word)) for word in words) * 2 >= len(words)
