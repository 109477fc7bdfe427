"""CPU of one request, statements, and the load on a real server."""

import http.client
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any

from flask import Flask
from sqlalchemy import event
from werkzeug.test import EnvironBuilder

from dialogues.extensions import db
from tests.bench.pages import CPU, HOST

SLICES = 4
ROOT = Path(__file__).parent.parent.parent


# -- in this process --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


def environ(url: str, cookie: str = "", etag: str = "") -> dict[str, Any]:
    """What waitress hands over for a browser's GET."""
    headers = {"Accept-Encoding": "gzip, deflate", "Accept-Language": "vi", "Accept": "text/html"}
    if cookie:
        headers["Cookie"] = cookie
    if etag:
        headers["If-None-Match"] = etag
    path, _, query = url.partition("?")
    return EnvironBuilder(path, query_string=query, headers=headers, base_url=f"http://{HOST}").get_environ()


def ask(app: Any, asked: dict[str, Any]) -> Answer:
    """One request through the WSGI app, as a server would make it."""
    kept: dict[str, Any] = {}

    def start(status: str, headers: list[tuple[str, str]], *_rest: object) -> None:
        kept["status"], kept["headers"] = int(status[:3]), dict(headers)

    found = app.wsgi_app(dict(asked), start)
    body = b"".join(found)
    if hasattr(found, "close"):
        found.close()
    return Answer(kept["status"], kept["headers"], body)


def cpu_ms(
    app: Any, asked: dict[str, Any], rounds: int, before: Callable[[], None] | None = None, status: int = 200
) -> float:
    """CPU milliseconds of one request: the median of `rounds`, without what `before` costs."""
    spent = []
    for _ in range(rounds):
        if before:
            before()
        start = time.process_time_ns()
        answer = ask(app, asked)
        spent.append(time.process_time_ns() - start)
        assert answer.status == status, (answer.status, asked["PATH_INFO"])
    return statistics.median(spent) / 1e6


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    """The SQL statements of a block."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE")):
            seen.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


# -- on a real server -------------------------------------------------------------------------------------------------


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


class Server:
    """A server process; ends with the block."""

    def __init__(self, database: str) -> None:
        self.port = free_port()
        self.process = subprocess.Popen(
            [sys.executable, "-X", "faulthandler", "-m", "tests.bench.server", database, str(self.port)],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )

    def __enter__(self) -> "Server":
        until = time.monotonic() + 30
        while time.monotonic() < until:
            with socket.socket() as probe:
                if probe.connect_ex((HOST, self.port)) == 0:
                    return self
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        self.__exit__()
        raise RuntimeError("the server did not start")

    def __exit__(self, *_error: object) -> None:
        self.process.terminate()
        self.process.wait(timeout=20)

    def cpu(self) -> float:
        """Seconds of CPU that the process has spent."""
        connection = http.client.HTTPConnection(HOST, self.port, timeout=30)
        connection.request("GET", CPU)
        spent = float(connection.getresponse().read())
        connection.close()
        return spent

    def etag(self, url: str) -> str:
        """The version of a page that stands now."""
        connection = http.client.HTTPConnection(HOST, self.port, timeout=30)
        connection.request("GET", url, headers={"Accept-Encoding": "gzip"})
        response = connection.getresponse()
        response.read()
        connection.close()
        return response.headers["ETag"] or ""

    def one_by_one(
        self,
        url: str | Callable[[], str],
        headers: dict[str, str],
        seconds: float,
        before: Callable[[], None] | None = None,
    ) -> "Load":
        """One client, one request after the other, `before` each of them in this process: what a request costs the
        server when no other one fights for the interpreter. The CPU is that of the quietest slice."""
        found, cpu = Load(), []
        connection = http.client.HTTPConnection(HOST, self.port, timeout=30)
        for _ in range(SLICES):
            spent_before, number, until = self.cpu(), 0, time.perf_counter() + seconds / SLICES
            while time.perf_counter() < until:
                if before:
                    before()
                start = time.perf_counter()
                connection.request("GET", url if isinstance(url, str) else url(), headers=headers)
                response = connection.getresponse()
                response.read()
                found.times.append(time.perf_counter() - start)
                number += 1
                if response.status not in (200, 304):
                    found.errors.append(f"{url}: {response.status}")
            cpu.append((self.cpu() - spent_before) * 1000 / number)
        connection.close()
        found.cpu_ms, found.seconds = min(cpu), sum(found.times)
        return found

    def load(self, url: str, headers: dict[str, str], seconds: float) -> "Load":
        """Four clients without pause: requests a second and waiting times; the CPU is that of one client alone."""
        found = hammer(self.port, lambda *_: (url, headers), seconds)
        found.cpu_ms = self.one_by_one(url, headers, min(1.0, seconds)).cpu_ms
        return found

    @property
    def died(self) -> str:
        """How it ended by itself; an empty text while it lives."""
        code = self.process.poll()
        return "" if code is None else f"the server process ended with {code}"


@dataclass
class Load:
    """What clients saw."""

    seconds: float = 0.0
    times: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    cpu_ms: float = 0.0

    @property
    def per_second(self) -> float:
        return len(self.times) / self.seconds if self.seconds else 0.0

    def percentile(self, share: float) -> float:
        """Milliseconds."""
        ordered = sorted(self.times)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000 if ordered else 0.0


def hammer(
    port: int, requests: Callable[[int, int], tuple[str, dict[str, str]]], seconds: float, threads: int = 4
) -> Load:
    """Keep-alive clients that ask without pause; `requests(thread, n)` gives address and headers of the n-th one."""
    loads = [Load() for _ in range(threads)]

    def run(number: int) -> None:
        own, n = loads[number], 0
        connection = http.client.HTTPConnection(HOST, port, timeout=30)
        until = time.perf_counter() + seconds
        while time.perf_counter() < until:
            url, headers = requests(number, n)
            n += 1
            start = time.perf_counter()
            try:
                connection.request("GET", url, headers=headers)
                response = connection.getresponse()
                response.read()
            except (OSError, http.client.HTTPException) as error:
                own.errors.append(f"{url}: {error!r}")
                connection.close()
                if len(own.errors) > 20:
                    return
                continue
            own.times.append(time.perf_counter() - start)
            if response.status not in (200, 304):
                own.errors.append(f"{url}: {response.status}")

    workers = [Thread(target=run, args=(number,)) for number in range(threads)]
    start = time.perf_counter()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return Load(
        time.perf_counter() - start,
        [spent for load in loads for spent in load.times],
        [error for load in loads for error in load.errors],
    )
