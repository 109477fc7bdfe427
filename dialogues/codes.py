"""Codes that people read aloud, write down and type: tracking codes and dialogue codes. Pure.

The alphabet has no 0/O, 1/I/L, no letters that sound alike in Vietnamese over a bad line (B/P/D/T/V/G, M/N, S/X kept
once), and 19 members: a prime, so that one check character finds every single wrong character and every swap.
"""

import hmac
import re
import secrets
from collections.abc import Callable

ALPHABET = "23456789ACEHKMRUXYQ"
_VALUE = {c: i for i, c in enumerate(ALPHABET)}
_P = len(ALPHABET)
TRACKING_LENGTH = 12
DIALOGUE_LENGTH = 6
FORM_MOST = 15


def _check(body: str) -> str:
    return ALPHABET[-sum((i + 2) * _VALUE[c] for i, c in enumerate(body)) % _P]


def new_tracking_code(choose: Callable[[str], str] = secrets.choice) -> str:
    """11 random characters (46 bits) and a check character, without grouping, as it is stored. Only the demo commune
    has another `choose`: its codes are the same every time."""
    body = "".join(choose(ALPHABET) for _ in range(TRACKING_LENGTH - 1))
    return body + _check(body)


def steady_tracking_code(secret: str, *about: object) -> str:
    """The same code for the same thing, made with a secret that only the server knows: a form that is sent twice finds
    what it made the first time."""
    digest = hmac.digest(secret.encode(), "\n".join(map(str, about)).encode(), "sha256")
    number, body = int.from_bytes(digest), ""
    while len(body) < TRACKING_LENGTH - 1:
        number, place = divmod(number, _P)
        body += ALPHABET[place]
    return body + _check(body)


def new_dialogue_code(choose: Callable[[str], str] = secrets.choice) -> str:
    """6 random characters. A draft is not public, so this code need not resist guessing for long."""
    return "".join(choose(ALPHABET) for _ in range(DIALOGUE_LENGTH))


def form_code(dialogue_code: str, village: int) -> str:
    """What stands on a paper form: dialogue, number of the village (0: none) and a check character; no secret."""
    digits = ""
    while village or len(digits) < 2:
        village, digit = divmod(village, _P)
        digits = ALPHABET[digit] + digits
    body = dialogue_code + digits
    return body + _check(body)


def read_form_code(code: str) -> tuple[str, int] | None:
    """Dialogue code and number of the village of a form code (normalised); None when it is none."""
    body, village = code[:-1], 0
    if not DIALOGUE_LENGTH + 3 <= len(code) <= FORM_MOST or any(c not in _VALUE for c in code):
        return None
    if _check(body) != code[-1]:
        return None
    for c in body[DIALOGUE_LENGTH:]:
        village = village * _P + _VALUE[c]
    return body[:DIALOGUE_LENGTH], village


def normalise(typed: str) -> str:
    """What a person typed or said, as it is stored: capitals, without spaces, dots and hyphens."""
    return re.sub(r"[\s.\-–—_]+", "", typed).upper()


def is_tracking_code(code: str) -> bool:
    """Whether `code` (normalised) has the right length, characters and check character."""
    return len(code) == TRACKING_LENGTH and all(c in _VALUE for c in code) and _check(code[:-1]) == code[-1]


def grouped(code: str, size: int = 4) -> str:
    """`7KMA-2X9C-H4RU`: groups of four (or of `size`), for eyes and ears."""
    return "-".join(code[i : i + size] for i in range(0, len(code), size))
