"""Words that promise nothing anybody could check, as they stand in minutes and press reports. Pure.

They are pointed out, never forbidden: "phối hợp" may be right beside what will be seen.
"""

import re

from dialogues.text import clean_line, fold

PHRASES = (
    "sẽ xem xét", "xem xét", "quan tâm", "tiếp thu", "ghi nhận", "nghiên cứu", "cố gắng", "nỗ lực", "phấn đấu",
    "phối hợp", "đẩy mạnh", "tăng cường", "từng bước", "chú trọng", "lưu ý", "tạo điều kiện", "khi có điều kiện",
    "khi có kinh phí", "khi có nguồn", "khi bố trí được vốn", "nếu có thể", "trong khả năng", "sớm nhất có thể",
    "trong thời gian sớm nhất", "sớm", "trong thời gian tới", "thời gian tới", "kịp thời", "dần dần", "về cơ bản",
    "cơ bản hoàn thành", "chỉ đạo", "đôn đốc", "kiến nghị cấp trên",
)  # fmt: skip

_OF_SHAPE = {shape: phrase for phrase in PHRASES for shape in (fold(phrase), phrase)}
_PATTERN = re.compile(
    r"(?<!\w)(?:" + "|".join(re.escape(shape) for shape in sorted(_OF_SHAPE, key=len, reverse=True)) + r")(?!\w)"
)


def weak_words(*texts: str) -> tuple[str, ...]:
    """The phrases of the list that stand in these texts, each once, in their order. Typed with all marks or with none:
    "quận tám" is a place and no "quan tâm"."""
    found = (match[0] for text in texts for match in _PATTERN.finditer(clean_line(text).casefold()))
    return tuple(dict.fromkeys(_OF_SHAPE[shape] for shape in found))


def unseen(found: tuple[str, ...], seen: str) -> tuple[str, ...]:
    """Those that a person was not yet shown; `seen`: as `told` wrote them."""
    known = set(seen.split(", "))
    return tuple(phrase for phrase in found if phrase not in known)


def told(found: tuple[str, ...]) -> str:
    """The phrases in one line, for a sentence and for the form that comes back."""
    return ", ".join(found)
