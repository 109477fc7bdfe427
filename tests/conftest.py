"""What every test stands on: one database a process, the strict client, the clock, no network."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import flask_migrate
import pytest
import time_machine
from flask import Flask
from hypothesis import HealthCheck, settings
from sqlalchemy import event

from tests.compiled import keep_compiled
from tests.databases import MISSING, Cluster, PostgreSQLDatabase, SQLiteDatabase, postgresql_programs
from tests.needs import missing
from tests.page import Page, StrictClient

LONGEST = ("test_bad_input.py", "test_privacy.py", "test_build.py", "test_routes.py")
"""Files that run first: a file stays in one process, and nothing long should begin when the other one is done."""
LOCAL_ADDRESSES = ("127.0.0.1", "::1", "localhost")
SETTINGS = {
    "TESTING": True,
    "SECRET_KEY": "only-for-tests-" + "x" * 40,
    "BASE_URL": "http://localhost",
    "DEFAULT_LANGUAGE": "vi",
    "SMTP_URL": "",
}


# How long an example takes says how busy the machine is, not whether the program is right.
settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")


# -- the run ----------------------------------------------------------------------------------------------------------


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database", choices=("sqlite", "postgresql"), default="sqlite", help="what the tests run on (sqlite)"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Block the network; the first process starts the PostgreSQL cluster, and the others use it."""
    block_network()
    config.cluster_folder = getattr(config, "workerinput", {}).get("cluster_folder", "")
    if config.getoption("--database") != "postgresql" or hasattr(config, "workerinput"):
        return
    programs = postgresql_programs()
    if programs is not None:
        cluster = Cluster(programs)
        config.add_cleanup(cluster.stop)
        config.cluster_folder = str(cluster.folder)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL only what asks for a database: the rest is the same on every database, and runs with SQLite. The
    longest files come first."""
    if config.getoption("--database") == "postgresql":
        wanted = [item for item in items if {"test_database", "migrated_app"} & set(getattr(item, "fixturenames", ()))]
        config.hook.pytest_deselected(items=[item for item in items if item not in set(wanted)])
        items[:] = wanted
    places = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path.name, len(places)))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    node.workerinput["cluster_folder"] = node.config.cluster_folder


def pytest_report_header(config: pytest.Config) -> str:
    return f"database: {config.getoption('--database')}"


def block_network() -> None:
    """Let no test reach another machine."""

    def guard(real: Callable[..., Any]) -> Callable[..., Any]:
        def connect(self: socket.socket, address: Any) -> Any:
            if self.family != socket.AF_UNIX and address[0] not in LOCAL_ADDRESSES:
                raise RuntimeError(f"A test tried to reach {address[0]}; tests stay on this machine.")
            return real(self, address)

        return connect

    def resolve(host: Any, *rest: Any, **more: Any) -> Any:
        if host not in (None, "", *LOCAL_ADDRESSES):
            raise RuntimeError(f"A test tried to look up {host}; tests stay on this machine.")
        return getaddrinfo(host, *rest, **more)

    if getattr(socket.getaddrinfo, "guarded", False):
        return
    getaddrinfo = socket.getaddrinfo
    resolve.guarded = True  # type: ignore[attr-defined]
    socket.getaddrinfo = resolve
    socket.socket.connect = guard(socket.socket.connect)  # type: ignore[method-assign]
    socket.socket.connect_ex = guard(socket.socket.connect_ex)  # type: ignore[method-assign]


# -- application and database -----------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def test_database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SQLiteDatabase | PostgreSQLDatabase]:
    """An empty database of this process, without tables."""
    made: SQLiteDatabase | PostgreSQLDatabase
    if request.config.getoption("--database") == "sqlite":
        made = SQLiteDatabase(tmp_path_factory.mktemp("database"))
    else:
        if not request.config.cluster_folder:
            missing(MISSING)
        made = PostgreSQLDatabase(request.config.cluster_folder, os.environ.get("PYTEST_XDIST_WORKER", "main"))
    yield made
    made.close()


@pytest.fixture(scope="session")
def migrated_app(
    test_database: SQLiteDatabase | PostgreSQLDatabase, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """One application a process, on a database made by the migrations; tests take `app`."""
    from dialogues import create_app
    from dialogues.extensions import db

    StrictClient.reads_pages = test_database.name == "sqlite"
    instance = str(tmp_path_factory.mktemp("instance"))
    app = create_app({**SETTINGS, "DATABASE_URL": test_database.url, "INSTANCE": instance})
    keep_compiled(app)
    with app.app_context():
        if test_database.name == "sqlite":
            event.listen(db.engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
        flask_migrate.upgrade()
        db.session.remove()
        test_database.remember(db.metadata)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def app(migrated_app: Flask, test_database: SQLiteDatabase | PostgreSQLDatabase) -> Iterator[Flask]:
    """The application with its context; rows that the test leaves are deleted after it."""
    from dialogues.extensions import db

    with migrated_app.app_context():
        yield migrated_app
        db.session.remove()
    test_database.empty()
    migrated_app.extensions["page_cache"].clear()
    migrated_app.wsgi_app.pages.clear()  # PageCache: the next test may make rows with the same ids
    migrated_app.extensions["doubles"].clear()


@pytest.fixture
def session(app: Flask) -> Any:
    """The database session of the test itself; requests have their own."""
    from dialogues.extensions import db

    return db.session


# -- what tests do ----------------------------------------------------------------------------------------------------


@pytest.fixture
def client(app: Flask, session: Any) -> StrictClient:
    """A browser without JavaScript that checks every page (tests/page.py)."""
    return StrictClient(app, session)


@pytest.fixture
def new_client(app: Flask, session: Any) -> Callable[[], StrictClient]:
    """More browsers: another person, another phone."""
    return lambda: StrictClient(app, session)


@pytest.fixture
def sign_in(client: StrictClient) -> Callable[..., Page]:
    """sign_in(staff): through the real page. Set the clock first: a session from the future is not accepted."""

    def sign_in(staff: Any, password: str | None = None, browser: StrictClient | None = None) -> Page:
        if password is None:
            from tests.make import PASSWORD

            password = PASSWORD
        fields = {"email": staff if isinstance(staff, str) else staff.email, "password": password}
        return (browser or client).post("/office/sign-in", fields)

    return sign_in


@pytest.fixture
def at() -> Iterator[Callable[[str], datetime]]:
    """at("2026-11-22 18:00"): the clock stands at this wall time of the commune until the next call."""
    with ExitStack() as stack:

        def set_clock(wall_time: str) -> datetime:
            moment = datetime.fromisoformat(wall_time).replace(tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
            stack.close()
            stack.enter_context(time_machine.travel(moment.timestamp(), tick=False))
            return moment

        yield set_clock


class Queries(list[str]):
    """The SQL statements of a block, in order."""

    @property
    def count(self) -> int:
        return len(self)


@pytest.fixture
def queries(app: Flask) -> Callable[[], Any]:
    """with queries() as seen: ...; then seen.count, or seen itself to read the statements."""
    from dialogues.extensions import db

    @contextmanager
    def watch() -> Iterator[Queries]:
        seen = Queries()

        def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
            if not statement.lstrip().upper().startswith(("PRAGMA", "BEGIN", "SAVEPOINT", "RELEASE")):
                seen.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(db.engine, "before_cursor_execute", note)

    return watch


@pytest.fixture
def kept_files(app: Flask) -> Iterator[Callable[[], list[Path]]]:
    """kept_files(): the uploaded files that stand there since this test began; they go with it."""
    folder = Path(app.instance_path) / "uploads"

    def there() -> set[Path]:
        return {path for path in folder.rglob("*") if path.is_file()}

    before = there()
    yield lambda: sorted(there() - before)
    for path in there() - before:
        path.unlink()


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the repository."""
    return Path(__file__).parent.parent
