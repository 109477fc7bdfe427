"""A real mail server on this machine, for tests: it keeps what it accepted, and can be told to behave badly."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class Handler:
    """`manner` says how the server behaves: "accepts", "4xx", "5xx", "no such person", "hangs up", "slow"."""

    manner: str = "accepts"
    envelopes: list[Any] = field(default_factory=list)
    at_rcpt: Callable[[], None] = lambda: None
    at_data: Callable[[], None] = lambda: None
    after_yes: Callable[[], None] = lambda: None

    asked: threading.Event = field(default_factory=threading.Event)

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        self.at_rcpt()
        if self.manner == "no such person":
            return "550 5.1.1 No such person here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.manner == "4xx":
            return "451 4.7.1 Come back later"
        if self.manner == "5xx":
            return "554 5.7.1 This looks like spam"
        if self.manner == "hangs up":
            server.transport.abort()
            return "250 OK"
        if self.manner == "slow":
            self.asked.set()
            await asyncio.sleep(30)
        self.at_data()
        self.envelopes.append(envelope)
        asyncio.get_running_loop().call_soon(self.after_yes)
        return "250 Taken"


class Mailbox:
    """with Mailbox() as box: ...; box.url, box.mails, box.handler.manner = "4xx"."""

    def __init__(self) -> None:
        self.handler = Handler()
        self.port = free_port()
        self.controller = Controller(self.handler, hostname="127.0.0.1", port=self.port, decode_data=False)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def mails(self) -> list[EmailMessage]:
        return [message_from_bytes(one.content, policy=policy.default) for one in self.handler.envelopes]

    def __enter__(self) -> Mailbox:
        self.controller.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.controller.stop(no_assert=True)
