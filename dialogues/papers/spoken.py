"""Vietnamese as it is read aloud: syllables, reading time, numbers, short forms written out. Pure."""

import re

SYLLABLES_A_MINUTE = 200
_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_SHORT_FORMS = {
    "UBND": "Ủy ban nhân dân",
    "HĐND": "Hội đồng nhân dân",
    "MTTQ": "Mặt trận Tổ quốc",
    "TDP": "tổ dân phố",
    "THCS": "trung học cơ sở",
    "THPT": "trung học phổ thông",
    "NVH": "nhà văn hóa",
    "TP": "thành phố",
}
_SHORT = re.compile(r"\b(" + "|".join(_SHORT_FORMS) + r")\b\.?")
_TOKENS = re.compile(r"[0-9]+|[^\W\d_]+")
_SOUNDED = re.compile("[aeiouyăâêôơưàáảãạ]", re.I)


def written_out(text: str) -> str:
    """UBND as `Ủy ban nhân dân`: a reader at the microphone must not have to think."""
    return _SHORT.sub(lambda found: _SHORT_FORMS[found[1]], text)


def number_words(number: int) -> list[str]:
    """`[hai, nghìn, không, trăm, hai, mươi, sáu]`: a number from 0 to 9999 as it is read."""
    if number < 10:
        return [_DIGITS[number]]
    if number < 100:
        tens, ones = divmod(number, 10)
        words = ["mười"] if tens == 1 else [_DIGITS[tens], "mươi"]
        last = {0: [], 1: ["mốt"] if tens > 1 else ["một"], 5: ["lăm"]}.get(ones, [_DIGITS[ones]])
        return words + last
    if number < 1000:
        hundreds, rest = divmod(number, 100)
        return [_DIGITS[hundreds], "trăm", *_below_hundred(rest)]
    thousands, rest = divmod(number, 1000)
    if not rest:
        return [_DIGITS[thousands], "nghìn"]
    return [_DIGITS[thousands], "nghìn", _DIGITS[rest // 100], "trăm", *_below_hundred(rest % 100)]


def _below_hundred(rest: int) -> list[str]:
    if not rest:
        return []
    return ["linh", _DIGITS[rest]] if rest < 10 else number_words(rest)


def _syllables_of(token: str) -> int:
    if token[0].isdigit():
        # Phone numbers and codes are read digit by digit.
        return len(token) if len(token) > 4 or (token[0] == "0" and len(token) > 2) else len(number_words(int(token)))
    if len(token) > 1 and token.isupper() and not _SOUNDED.search(token):
        return len(token)  # an abbreviation without vowel is spelt
    return 1


def syllables(text: str) -> int:
    """How many syllables are spoken: a Vietnamese word as written is one."""
    return sum(_syllables_of(token) for token in _TOKENS.findall(written_out(text)))


def reading_seconds(text: str) -> int:
    """How long it takes to read this aloud, in seconds, rounded up to 5."""
    return -(-syllables(text) * 60 // SYLLABLES_A_MINUTE // 5) * 5
