"""A pasted list of guests: one a line, as it comes from a table, a mail or a text. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from dialogues.invitations.guest_rules import GuestRole
from dialogues.text import clean_line, fold, is_email

MOST_LINES = 5000
MOST_IN_LINE = 600
MOST_NAME, MOST_POST = 120, 200
_ROLES = {
    GuestRole.CHAIR: ("chu tri", "dong chu tri", "chair"),
    GuestRole.REQUIRED: ("bat buoc", "can co mat", "required"),
    GuestRole.OPTIONAL: ("khong bat buoc", "neu thu xep duoc", "optional"),
}
_ROLE_OF = {word: role for role, words in _ROLES.items() for word in words}
_HEADINGS = frozenset({"ho ten", "ho va ten", "ten", "name", "stt", "tt"})
_BRACKETED = re.compile(r"(.*?)<([^<>]*)>(.*)")
_QUOTED = re.compile(r'"([^"]*)"(?=\s*<)')
"""A name as mail programs write it when a comma stands in it: `"Lê, Thị B" <b@xa.example>`."""
_NUMBER = re.compile(r"\d{1,4}[.)]?\s+")
_ALONE = re.compile(r"\d{1,4}[.)]?")
_LOST_AT = re.compile(r"[a-z0-9][a-z0-9._%+-]*\.(?:vn|com|net|org|example)")
"""What was meant as an address and lost its @: taken for a body, its guest would silently be invited on paper."""


@dataclass(frozen=True)
class Entry:
    """One line as it was written: a guest, or what is wrong with it (a key of PROBLEMS)."""

    number: int
    line: str
    name: str = ""
    post: str = ""
    body: str = ""
    email: str | None = None
    role: GuestRole = GuestRole.REQUIRED
    problem: str = ""


def read(text: str) -> Iterator[Entry]:
    """Every line that is not empty. Tabs, semicolons, bars or commas part name, post, body, e-mail and role; the e-mail
    and the role may stand anywhere, also `Name <address>`. A line of headings is left out."""
    for number, raw in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
        line = _line(raw)
        if line and not _is_heading(line):
            yield _entry(number, line, raw.strip())


def count(text: str) -> int:
    """How many lines are not empty."""
    return sum(1 for line in text.splitlines() if line.strip())


def _line(raw: str) -> str:
    """Cleaned, tabs kept as bars: cleaning would turn them into spaces."""
    return clean_line(raw.strip().replace("\t", " | ")[: MOST_IN_LINE + 1])


def _is_heading(line: str) -> bool:
    return fold(_parts(line)[0]) in _HEADINGS if _parts(line) else False


def _parts(line: str) -> list[str]:
    separator = next((one for one in ("|", ";") if one in line), ",")
    return [part for part in (one.strip(" \"'") for one in line.split(separator)) if part]


def _entry(number: int, line: str, written: str) -> Entry:
    if len(line) > MOST_IN_LINE:
        return Entry(number, written, problem="long")
    words: list[str] = []
    emails: list[str] = []
    role = GuestRole.REQUIRED
    for part in _parts(_unbracketed(line) if _BRACKETED.search(line) else line):
        if "@" in part:
            emails.append(part.removeprefix("mailto:"))
        elif fold(part) in _ROLE_OF:
            role = _ROLE_OF[fold(part)]
        elif not _ALONE.fullmatch(part):
            words.append(_NUMBER.sub("", part, count=1) if _NUMBER.match(part) else part)
    email = emails[0].lower() if emails else None
    name, post = (*words[:2], "", "")[:2]
    body = ", ".join(words[2:])
    problem = ""
    if len(emails) > 1:
        problem = "two_addresses"
    elif _is_wrong(email, words):
        problem = "address"
    elif not (name or email):
        problem = "name"
    elif len(name) > MOST_NAME or len(post) > MOST_POST or len(body) > MOST_POST:
        problem = "long"
    return Entry(number, written, name or email or "", post, body, email, role, problem)


def _unbracketed(line: str) -> str:
    """`Name, post <address>` with semicolons between the parts; a comma inside a quoted name parts nothing."""
    kept = _QUOTED.sub(lambda found: found[1].replace(",", "\0"), line)
    return _BRACKETED.sub(r"\1;\2;\3", kept).replace(",", ";").replace("\0", ",")


def _is_wrong(email: str | None, words: list[str]) -> bool:
    """Whether the address is none, or one of the other parts was meant as it."""
    if email is None:
        return any(_LOST_AT.fullmatch(word.lower()) for word in words)
    return not is_email(email) or len(email) > MOST_POST
