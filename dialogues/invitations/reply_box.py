"""The mail box into which calendar replies come (IMAP_URL): every new mail with a calendar part is taken once.

The box may be the office's own: mails without a calendar part are left alone and unread. So that they are not fetched
again every time, they get a flag of ours, where the server allows flags of its own.
"""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from imaplib import IMAP4
from urllib.parse import SplitResult, unquote, urlsplit

from imap_tools import AND, BaseMailBox, MailBox, MailBoxUnencrypted, MailMessage, MailMessageFlags
from imap_tools.errors import ImapToolsError

from dialogues.invitations import receive
from dialogues.invitations.guest_rules import Verdict

LOOKED_AT = "DialoguesLookedAt"
AT_ONCE = 200
TIMEOUT = 60


class BoxTrouble(Exception):
    """The box cannot be read; the words are for the operator and hold no password."""


def read(url: str, commit: Callable[[], None]) -> Counter[Verdict]:
    """Take the new mails, at most AT_ONCE. Each is committed before the box is told that it was read, so that an outage
    between can only bring a mail twice, which changes nothing."""
    parts = urlsplit(url)
    made = MailBox if parts.scheme == "imaps" else MailBoxUnencrypted
    found: Counter[Verdict] = Counter()
    try:
        box = made(parts.hostname or "", parts.port or (993 if parts.scheme == "imaps" else 143), timeout=TIMEOUT)
        try:
            _read(box, parts, found, commit)
        finally:
            with suppress(OSError):  # closed already after a good end
                box.client.shutdown()
    except (OSError, IMAP4.error, ImapToolsError) as error:
        raise BoxTrouble(f"The mail box of IMAP_URL cannot be read: {type(error).__name__}.") from None
    return found


def _read(box: BaseMailBox, parts: SplitResult, found: Counter[Verdict], commit: Callable[[], None]) -> None:
    folder = unquote(parts.path.strip("/")) or "INBOX"
    with box.login(unquote(parts.username or ""), unquote(parts.password or ""), initial_folder=folder):
        for uid in box.uids(AND(seen=False, no_keyword=LOOKED_AT))[-AT_ONCE:]:
            verdict = _take(box, uid, commit)
            if verdict is not None:
                found[verdict] += 1


def _take(box: BaseMailBox, uid: str, commit: Callable[[], None]) -> Verdict | None:
    """One mail; None for one without a calendar part. What is too large is not fetched whole."""
    head = _one(box, uid, headers_only=True)
    if head is None:
        return None
    if head.size_rfc822 > receive.MOST_BYTES:
        is_calendar = "calendar" in str(head.obj.get("Content-Type", "")).lower()
        if is_calendar:
            return _done(box, uid, head, commit, is_cut=True)
        _skip(box, uid)
        return None
    whole = _one(box, uid)
    if whole is None or not receive.has_calendar(whole.obj):
        _skip(box, uid)
        return None
    return _done(box, uid, whole, commit)


def _one(box: BaseMailBox, uid: str, *, headers_only: bool = False) -> MailMessage | None:
    return next(iter(box.fetch(uid_list=[uid], mark_seen=False, headers_only=headers_only)), None)


def _done(
    box: BaseMailBox, uid: str, mail: MailMessage, commit: Callable[[], None], *, is_cut: bool = False
) -> Verdict:
    verdict = receive.take(mail.obj.as_bytes(), is_cut=is_cut)
    commit()
    box.flag(uid, MailMessageFlags.SEEN, True)
    return verdict


def _skip(box: BaseMailBox, uid: str) -> None:
    with suppress(ImapToolsError):  # a server without flags of others: the mail is looked at again next time
        box.flag(uid, LOOKED_AT, True)
