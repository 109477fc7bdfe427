"""Handing short texts to a gateway for SMS or Zalo: one signed JSON POST each.

The receiver proves the sender by `X-Signature: sha256=HEX`, the HMAC-SHA256 of `X-Timestamp`, a dot and the body, with
GATEWAY_SECRET as key, and drops a repeat by `Idempotency-Key`, which stays the same in every try.
"""

import contextlib
import hashlib
import hmac
import http.client
import json
import socket
import ssl
import threading
from collections.abc import Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit

from dialogues.post.trouble import Refused, TryLater, Unreachable

TIMEOUT = 20.0
DEADLINE = 60.0
MOST_READ = 64_000
OUR_MISTAKE = frozenset({401, 403, 404, 405, 407})
"""Answers that say something about our settings, not about the letter."""
LATER = frozenset({408, 409, 425, 429})


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """What stands in X-Signature."""
    return "sha256=" + hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def is_public(address: str) -> bool:
    """Whether this IP address is one of the open internet, also when it is wrapped in an IPv6 address."""
    ip: IPv4Address | IPv6Address = ip_address(address.split("%")[0])
    if isinstance(ip, IPv6Address):
        if ip.ipv4_mapped:
            return is_public(str(ip.ipv4_mapped))
        if ip.sixtofour or ip.teredo or ip.packed.startswith(b"\x00\x64\xff\x9b"):
            return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


class Gateway:
    """The gateway at GATEWAY_URL."""

    def __init__(
        self, url: str, secret: str, *, allow_private: bool, timeout: float = TIMEOUT, deadline: float = DEADLINE
    ) -> None:
        parts = urlsplit(url)
        self.is_tls = parts.scheme == "https"
        self.host = parts.hostname or ""
        self.port = parts.port or (443 if self.is_tls else 80)
        self.netloc = parts.netloc
        self.path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self.secret, self.allow_private = secret, allow_private
        self.timeout, self.deadline = timeout, deadline

    def send(self, message_id: str, timestamp: int, contents: Mapping[str, object]) -> None:
        """Hand over one text; raises Refused, TryLater or Unreachable. Redirects are not followed."""
        body = json.dumps(contents, ensure_ascii=False, separators=(",", ":")).encode()
        headers = {
            "Host": self.netloc,
            "Content-Type": "application/json; charset=utf-8",
            "X-Timestamp": str(timestamp),
            "X-Signature": signature(self.secret, str(timestamp), body),
            "Idempotency-Key": message_id,
        }
        connection = http.client.HTTPConnection(self.host, self.port, timeout=self.timeout)
        timer = threading.Timer(self.deadline, _cut, [connection])
        timer.daemon = True
        try:
            connection.sock = self._open()
            timer.start()
            connection.request("POST", self.path, body, headers)
            status, said = _answer(connection)
        except (OSError, http.client.HTTPException) as error:
            raise TryLater(f"The gateway broke off. {_line(str(error))}".strip()) from None
        finally:
            timer.cancel()
            connection.close()
        _judge(status, said)

    def _open(self) -> socket.socket:
        """Connect to the very address that was checked, so that a second look-up cannot name another one."""
        try:
            found = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        except OSError:
            raise Unreachable(f"The gateway {self.host} is not known.") from None
        addresses = [str(info[4][0]) for info in found]
        if not self.allow_private and not all(is_public(address) for address in addresses):
            raise Unreachable("GATEWAY_URL leads to a private address. Set GATEWAY_ALLOW_PRIVATE=1 if that is meant.")
        try:
            opened = socket.create_connection((addresses[0], self.port), self.timeout)
        except OSError as error:
            raise Unreachable(f"The gateway cannot be reached. {_line(str(error))}") from None
        if not self.is_tls:
            return opened
        try:
            return ssl.create_default_context().wrap_socket(opened, server_hostname=self.host)
        except OSError as error:
            opened.close()
            raise Unreachable(f"The gateway cannot prove who it is. {_line(str(error))}") from None


def _answer(connection: http.client.HTTPConnection) -> tuple[int, str]:
    response = connection.getresponse()
    return response.status, _line(response.read(MOST_READ).decode("utf-8", "replace"))


def _judge(status: int, said: str) -> None:
    sentence = f"{status} {said}".strip()
    if 200 <= status < 300:
        return
    if 300 <= status < 400:
        raise Unreachable(f"{status}: the gateway sends us elsewhere. Put the final address into GATEWAY_URL.")
    if status in OUR_MISTAKE:
        raise Unreachable(sentence)
    if 400 <= status < 500 and status not in LATER:
        raise Refused(sentence)
    raise TryLater(sentence)


def _line(text: str) -> str:
    return " ".join(text.split())[:300]


def _cut(connection: http.client.HTTPConnection) -> None:
    if connection.sock is not None:
        with contextlib.suppress(OSError):
            connection.sock.shutdown(socket.SHUT_RDWR)
