"""A small IMAP server (RFC 3501) with one folder, for tests: as much of it as imap-tools speaks."""

import re
import socket
import threading
from typing import Any


class BoxServer:
    """Mails by UID with their flags; `keeps_flags=False`: it refuses flags that it does not know."""

    def __init__(self, mails: list[bytes], keeps_flags: bool = True) -> None:
        self.mails = {number: [mail, set()] for number, mail in enumerate(mails, 1)}
        self.keeps_flags = keeps_flags
        self.fetched_whole: list[int] = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def url(self, password: str = "mat%40khau") -> str:
        return f"imap://van-phong:{password}@127.0.0.1:{self.port}/INBOX"

    def flags(self, uid: int) -> set[str]:
        return set(self.mails[uid][1])

    def close(self) -> None:
        self.listener.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _address = self.listener.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as lines:
                connection.sendall(b"* OK ready\r\n")
                for raw in lines:
                    tag, command = raw.decode().strip().split(" ", 1)
                    answer = self._answer(command)
                    done = answer.pop() if answer and answer[-1].startswith((b"NO", b"BAD")) else b"OK done"
                    connection.sendall(b"".join(answer) + tag.encode() + b" " + done + b"\r\n")
                    if command.upper() == "LOGOUT":
                        break

    def _answer(self, command: str) -> list[bytes]:
        name = command.upper()
        if name.startswith("CAPABILITY"):
            return [b"* CAPABILITY IMAP4rev1\r\n"]
        if name.startswith("LOGIN"):
            return [] if '"mat@khau"' in command or command.endswith("mat@khau") else [b"NO wrong password"]
        if name.startswith("SELECT"):
            return [f"* {len(self.mails)} EXISTS\r\n".encode()]
        if name.startswith("UID SEARCH"):
            found = [uid for uid, (_mail, flags) in self.mails.items() if not flags]
            return [f"* SEARCH {' '.join(map(str, found))}\r\n".encode()]
        if name.startswith("UID FETCH"):
            return self._fetch(int(command.split()[2]), "HEADER" in name)
        if name.startswith("UID STORE"):
            return self._store(command)
        if name == "LOGOUT":
            return [b"* BYE\r\n"]
        return []

    def _fetch(self, uid: int, head_only: bool) -> list[bytes]:
        mail: Any = self.mails[uid][0]
        body = mail.split(b"\r\n\r\n", 1)[0] + b"\r\n\r\n" if head_only else mail
        if not head_only:
            self.fetched_whole.append(uid)
        part = "BODY[HEADER]" if head_only else "BODY[]"
        start = f"* {uid} FETCH (UID {uid} FLAGS () RFC822.SIZE {len(mail)} {part} {{{len(body)}}}\r\n"
        return [start.encode(), body, b")\r\n"]

    def _store(self, command: str) -> list[bytes]:
        uid, flag = int(command.split()[2]), re.findall(r"\(([^()]*)\)", command)[-1]
        if not flag.startswith("\\") and not self.keeps_flags:
            return [b"NO flags of others are not kept here"]
        self.mails[uid][1].add(flag)
        return []
