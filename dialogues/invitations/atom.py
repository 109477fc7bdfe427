"""A news feed after RFC 4287 (Atom). Pure: values in, bytes out."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.sax.saxutils import escape, quoteattr

from dialogues.text import clean_line, clean_text


@dataclass(frozen=True)
class News:
    """One entry. `id` is an IRI that never changes; `at` (aware): when it happened; `url`: the page about it."""

    id: str
    title: str
    at: datetime
    url: str
    text: str = ""
    author: str = ""


def feed(
    entries: Iterable[News], *, id: str, title: str, url: str, page_url: str, author: str, empty_at: datetime
) -> bytes:
    """A whole feed in Vietnamese, its entries in the order given. `url`: where it stands itself; `page_url`: the page
    that shows the same; `empty_at`: its time as long as it has no entry."""
    news = list(entries)
    updated = max((one.at for one in news), default=empty_at)
    parts = [
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="vi">',
        _element("id", id),
        _element("title", clean_line(title)),
        _element("updated", _instant(updated)),
        f'<link rel="self" type="application/atom+xml" href={quoteattr(url)}/>',
        f'<link rel="alternate" type="text/html" href={quoteattr(page_url)}/>',
        f"<author>{_element('name', clean_line(author))}</author>",
        *(_entry(one) for one in news),
        "</feed>\n",
    ]
    return "\n".join(parts).encode()


def _entry(one: News) -> str:
    parts = [
        _element("id", one.id),
        _element("title", clean_line(one.title) or "–"),
        _element("updated", _instant(one.at)),
        _element("published", _instant(one.at)),
        f'<link rel="alternate" type="text/html" href={quoteattr(one.url)}/>',
        f"<author>{_element('name', clean_line(one.author))}</author>" if clean_line(one.author) else "",
        _element("summary", clean_text(one.text)) if clean_text(one.text) else "",
    ]
    return f"<entry>{''.join(parts)}</entry>"


_FORBIDDEN = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold, not even escaped."""


def _element(name: str, text: str) -> str:
    return f"<{name}>{escape(_FORBIDDEN.sub('', text))}</{name}>"


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
