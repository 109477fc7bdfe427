"""Handing mails to a mail server."""

import contextlib
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from dialogues.config import LOOPBACK
from dialogues.post.trouble import Refused, TryLater, Unreachable

TIMEOUT = 30.0
"""Seconds for one answer of the server."""
DEADLINE = 120.0
"""Seconds for one mail; shorter than the lease of the row, so that no other worker takes it meanwhile."""


class MailServer:
    """One connection to the server of SMTP_URL, opened when it is needed and opened anew when it broke."""

    def __init__(self, url: str, *, timeout: float = TIMEOUT, deadline: float = DEADLINE) -> None:
        parts = urlsplit(url)
        self.is_tls = parts.scheme == "smtps"
        self.host = parts.hostname or ""
        self.port = parts.port or (465 if self.is_tls else 587 if parts.username else 25)
        self.user, self.password = unquote(parts.username or ""), unquote(parts.password or "")
        self.timeout, self.deadline = timeout, deadline
        self._connection: smtplib.SMTP | None = None

    def send(self, sender: str, recipient: str, content: bytes) -> None:
        """Send one mail. When it returns, the server has taken it; raises Refused, TryLater or Unreachable."""
        connection = self._connection or self._connect()
        with self._within_deadline(connection):
            try:
                connection.sendmail(sender, [recipient], content)
            except smtplib.SMTPRecipientsRefused as error:
                code, words = next(iter(error.recipients.values()))
                self._tidy(code)
                raise _answered(code, words) from None
            except smtplib.SMTPSenderRefused as error:
                self._tidy(error.smtp_code)
                raise TryLater(_sentence(error.smtp_code, error.smtp_error)) from None
            except smtplib.SMTPResponseException as error:
                self._tidy(error.smtp_code)
                raise _answered(error.smtp_code, error.smtp_error) from None
            except (smtplib.SMTPException, OSError) as error:
                self.close()
                raise TryLater(_plain(error, "The mail server broke off.")) from None

    def close(self) -> None:
        """End the connection, politely if the server still listens."""
        connection, self._connection = self._connection, None
        if connection is not None:
            if connection.sock is not None:
                connection.sock.settimeout(min(2.0, self.timeout))
            with contextlib.suppress(smtplib.SMTPException, OSError):
                connection.quit()
            connection.close()

    def _connect(self) -> smtplib.SMTP:
        connection: smtplib.SMTP | None = None
        try:
            if self.is_tls:
                context = ssl.create_default_context()
                connection = smtplib.SMTP_SSL(self.host, self.port, timeout=self.timeout, context=context)
            else:
                connection = smtplib.SMTP(self.host, self.port, timeout=self.timeout)
            with self._within_deadline(connection):
                connection.ehlo_or_helo_if_needed()
                if not self.is_tls and self.host not in LOOPBACK:
                    if connection.has_extn("starttls"):
                        connection.starttls(context=ssl.create_default_context())
                        connection.ehlo()
                    elif self.user:
                        raise Unreachable("The mail server offers no encryption, so the password is not given to it.")
                if self.user:
                    connection.login(self.user, self.password)
        except (Unreachable, smtplib.SMTPException, OSError, UnicodeError) as error:
            if connection is not None:
                connection.close()
            if isinstance(error, Unreachable):
                raise
            if isinstance(error, UnicodeError):
                raise Unreachable("User and password in SMTP_URL must be written without accents.") from None
            if isinstance(error, smtplib.SMTPResponseException):
                raise Unreachable(_sentence(error.smtp_code, error.smtp_error)) from None
            raise Unreachable(_plain(error, "The mail server cannot be reached.")) from None
        self._connection = connection
        return connection

    def _tidy(self, code: int) -> None:
        """After an answer that was no: a server that says 421 hangs up, and smtplib has closed already."""
        if code == 421 or self._connection is None or self._connection.sock is None:
            self.close()

    @contextlib.contextmanager
    def _within_deadline(self, connection: smtplib.SMTP) -> Iterator[None]:
        """Cut the line when a server that answers drop by drop takes longer than the deadline."""

        def cut() -> None:
            if connection.sock is not None:
                with contextlib.suppress(OSError):
                    connection.sock.shutdown(socket.SHUT_RDWR)

        timer = threading.Timer(self.deadline, cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()


def _answered(code: int, words: bytes | str) -> Refused | TryLater:
    sentence = _sentence(code, words)
    return Refused(sentence) if 500 <= code < 600 else TryLater(sentence)


def _sentence(code: int, words: bytes | str) -> str:
    said = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return f"{code} {' '.join(said.split())}"[:500]


def _plain(error: Exception, sentence: str) -> str:
    said = "" if isinstance(error, smtplib.SMTPServerDisconnected) else " ".join(str(error).split())
    return f"{sentence} {said}".strip()[:500]
