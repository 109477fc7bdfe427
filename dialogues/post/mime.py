"""Mails as bytes (RFC 5322, 2047, 2045, 8058, 3834, 6047). Pure: values in, bytes out; the one builder of mails.

It is written here, not by `email.message`: that one turns a long List-Unsubscribe into encoded words, which no program
reads as an address, puts blanks into long Vietnamese subjects, and takes ten times as long.
"""

import re
from base64 import encodebytes
from binascii import b2a_qp
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.utils import format_datetime
from hashlib import sha256
from html import escape

from dialogues.text import clean_line, clean_text, is_email

_URL = re.compile(r"https?://[!-;=?-~]+", re.A)
_MESSAGE_ID = re.compile(r"<[A-Za-z0-9.-]+@[A-Za-z0-9.-]+>", re.A)
_METHOD = re.compile(r"[A-Z]{1,20}", re.A)
_LINE = 76


@dataclass(frozen=True)
class Mail:
    """One mail to one recipient. `html` is a safe fragment; `calendar` an iTIP object whose METHOD is `method`."""

    sender: str
    recipient: str
    subject: str
    text: str
    message_id: str
    date: datetime
    sender_name: str = ""
    recipient_name: str = ""
    html: str = ""
    calendar: bytes = b""
    method: str = ""
    reply_to: str = ""
    why: str = ""
    unsubscribe_url: str = ""


def build(mail: Mail) -> bytes:
    """The mail with CRLF line ends; raises ValueError with a plain sentence for what no mail can carry."""
    headers = [
        ("From", _address("From", mail.sender, mail.sender_name)),
        ("To", _address("To", mail.recipient, mail.recipient_name)),
        ("Subject", _words("Subject", clean_line(mail.subject))),
        ("Date", format_datetime(mail.date)),
        ("Message-ID", _matching(_MESSAGE_ID, mail.message_id, "Message-ID")),
        ("Auto-Submitted", "auto-generated"),
        ("X-Auto-Response-Suppress", "OOF, AutoReply"),
    ]
    if mail.reply_to:
        headers.insert(2, ("Reply-To", _address("Reply-To", mail.reply_to, "")))
    if mail.unsubscribe_url:
        headers.append(("List-Unsubscribe", f"<{_matching(_URL, mail.unsubscribe_url, 'address for unsubscribing')}>"))
        headers.append(("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))
    headers.append(("MIME-Version", "1.0"))
    head = "".join(f"{name}: {content}\r\n" for name, content in headers)
    return head.encode("ascii") + _body(mail)


def _body(mail: Mail) -> bytes:
    """Text, HTML and calendar as alternatives; the calendar once more as a file, for programs that look for one."""
    text, why = clean_text(mail.text), clean_text(mail.why)
    parts = [_text_part("plain", f"{text}\n\n-- \n{why}\n" if why else f"{text}\n")]
    if mail.html:
        parts.append(_text_part("html", _page(mail.html, why)))
    if not mail.calendar:
        return _together("alternative", parts, mail.message_id)
    method = _matching(_METHOD, mail.method, "method of the calendar part")
    parts.append(_file_part(f'text/calendar; charset="utf-8"; method="{method}"', mail.calendar))
    both = _together("alternative", parts, mail.message_id)
    return _together(
        "mixed", [both, _file_part('application/ics; name="invite.ics"', mail.calendar, "invite.ics")], mail.message_id
    )


def _text_part(subtype: str, text: str) -> bytes:
    quoted = b2a_qp(text.encode(), istext=True).replace(b"\n", b"\r\n")
    head = f'Content-Type: text/{subtype}; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
    return head.encode("ascii") + quoted


def _file_part(content_type: str, content: bytes, name: str = "") -> bytes:
    disposition = f'Content-Disposition: attachment; filename="{name}"\r\n' if name else ""
    head = f"Content-Type: {content_type}\r\nContent-Transfer-Encoding: base64\r\n{disposition}\r\n"
    return head.encode("ascii") + encodebytes(content).replace(b"\n", b"\r\n")


def _together(subtype: str, parts: list[bytes], message_id: str) -> bytes:
    """Several parts as one. "=_" stands in no quoted-printable or base64 text, so no part can hold the border; it
    comes from the Message-ID, so that a repeated mail is the same to the last byte but its date."""
    if len(parts) == 1:
        return parts[0]
    border = f"=_{subtype[0]}{sha256(message_id.encode()).hexdigest()[:40]}"
    head = f'Content-Type: multipart/{subtype};\r\n boundary="{border}"\r\n\r\n'.encode()
    line = f"--{border}".encode()
    return head + b"".join(line + b"\r\n" + part + b"\r\n" for part in parts) + line + b"--\r\n"


def _page(fragment: str, why: str) -> str:
    foot = f'<hr><p style="font-size:14px;color:#555555">{escape(why)}</p>' if why else ""
    style = "font-family:Arial,Helvetica,sans-serif;font-size:16px;line-height:1.5;color:#1a1a1a"
    return (
        '<!doctype html>\n<html lang="vi"><head><meta charset="utf-8"></head>\n'
        f'<body style="{style}">\n{fragment}\n{foot}\n</body></html>\n'
    )


def _words(name: str, text: str) -> str:
    """Unstructured text: plain where it can be, else encoded words of at most 75 characters, cut between letters."""
    plain = text.isascii() and "=?" not in text
    return Header(text, "us-ascii" if plain else "utf-8", _LINE, name).encode(linesep="\r\n")


def _address(name: str, address: str, person: str) -> str:
    """`"Lê, Văn A" <a@b.example>`; names are quoted or encoded, so that nothing in them is read as a header."""
    if not is_email(address) or len(address) > 200:
        raise ValueError(f"{clean_line(address)[:80]!r} is not an e-mail address.")
    person = clean_line(person)[:200]
    if not person:
        return address
    if person.isascii() and "=?" not in person:
        escaped = person.replace("\\", "\\\\").replace('"', '\\"')
        said = f'"{escaped}"'
    else:
        said = Header(person, "utf-8", _LINE, name).encode(linesep="\r\n")
    last = said.rsplit("\r\n", 1)[-1]
    fits = len(last) + len(address) + 3 + len(name) + 2 <= _LINE
    return f"{said}{' ' if fits else chr(13) + chr(10) + ' '}<{address}>"


def _matching(form: re.Pattern[str], value: str, what: str) -> str:
    if len(value) > 900 or not form.fullmatch(value):
        raise ValueError(f"The {what} cannot stand in a mail.")
    return value
