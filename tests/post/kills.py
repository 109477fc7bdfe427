"""Killing workers at random moments, and counting what arrived."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from icalendar import Calendar

from tests.post.mailbox import Mailbox

ROOT = Path(__file__).parent.parent.parent
MOMENTS = ("rcpt", "data", "yes")


@dataclass
class Report:
    """What arrived: how often each Message-ID, for whom it stands, and for each recipient UID and SEQUENCE of the
    invitations, as a calendar program reads them."""

    kills: int
    by_message_id: Counter[str]
    recipients: dict[str, set[str]]
    events: dict[str, set[tuple[str, int]]]
    contents_differ: int

    @property
    def repeats(self) -> int:
        return sum(number - 1 for number in self.by_message_id.values())


def start(database_url: str, smtp_url: str) -> subprocess.Popen[bytes]:
    """A worker that has everything loaded and waits for its go."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.post.worker", database_url, smtp_url],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )


def run(database_url: str, *, letters: int, kills: int, seed: int, patience: float = 120) -> Report:
    """Let workers deliver `letters` waiting letters, kill `kills` of them with SIGKILL: while a recipient is named,
    while the mail is handed over, or just when the server says yes; then let the last one finish."""
    chosen = random.Random(seed)
    plan = sorted(chosen.sample(range(1, letters), kills))
    with Mailbox() as box:
        spare = start(database_url, box.url)
        for after in [*plan, None]:
            worker = spare
            spare = start(database_url, box.url) if after is not None else worker
            worker.stdout.readline()
            dead = threading.Event()

            def kill(worker: subprocess.Popen[bytes] = worker, dead: threading.Event = dead) -> None:
                if not dead.is_set():
                    dead.set()
                    os.kill(worker.pid, signal.SIGKILL)

            def when_due(after: int | None = after, kill=kill) -> None:
                if after is not None and len(box.handler.envelopes) >= after:
                    kill()

            moment = chosen.choice(MOMENTS)
            box.handler.at_rcpt = when_due if moment == "rcpt" else _nothing
            box.handler.at_data = when_due if moment == "data" else _nothing
            box.handler.after_yes = when_due if moment == "yes" else _nothing
            worker.stdin.write(b"go\n")
            worker.stdin.close()
            worker.wait(patience)
            worker.stdout.close()
            assert dead.is_set() == (after is not None), "a worker ended before it was killed"
        mails = box.mails
    recipients: dict[str, set[str]] = {}
    contents: dict[str, set[str]] = {}
    events: dict[str, set[tuple[str, int]]] = {}
    for mail in mails:
        for event in _events(mail):
            events.setdefault(mail["To"], set()).add(event)
        recipients.setdefault(mail["Message-ID"], set()).add(mail["To"])
        contents.setdefault(mail["Message-ID"], set()).add(mail.get_body(("plain",)).get_content())
    return Report(
        kills=kills,
        by_message_id=Counter(mail["Message-ID"] for mail in mails),
        recipients=recipients,
        events=events,
        contents_differ=sum(len(one) > 1 for one in contents.values()),
    )


def _events(mail: EmailMessage) -> Iterator[tuple[str, int]]:
    """UID and SEQUENCE of every event in a mail."""
    for part in mail.walk():
        if part.get_content_type() == "text/calendar":
            for event in Calendar.from_ical(part.get_payload(decode=True)).walk("VEVENT"):
                yield str(event["UID"]), int(event["SEQUENCE"])


def _nothing() -> None:
    pass
