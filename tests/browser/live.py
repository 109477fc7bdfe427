"""The program as it is served in life: its own SQLite file with the demo commune, waitress on a free port."""

from __future__ import annotations

import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask

from tests.compiled import keep_compiled

CHROMIUM = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
NO_CHROMIUM = "Chromium was not found: install the Debian package chromium (apt install chromium) to run these tests."
LAUNCH = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]


@dataclass(frozen=True)
class Live:
    """A running server: where it is, and who may sign in."""

    app: Flask
    url: str
    password: str

    def account(self, name: str) -> str:
        """The address of a demo account: office, leader, department, village, overseer, admin."""
        return name if "@" in name else f"{name}@minh-tam.example"

    def forget_tries(self) -> None:
        """Start all counters of the throttle at zero: one test is one visitor."""
        from dialogues.extensions import db
        from dialogues.staff.models import Throttle

        with self.app.app_context():
            db.session.execute(sa.delete(Throttle))
            db.session.commit()


def chromium() -> str | None:
    """The program that Debian's package chromium brings, or another of its kind."""
    return next((found for found in map(shutil.which, CHROMIUM) if found), None)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def stop(server: Any) -> None:
    """Close the door and the lines that browsers keep open; runs in the server's own thread."""
    for channel in list(server.active_channels.values()):
        channel.handle_close()
    server.close()


@contextmanager
def serving(folder: Path, **settings: str) -> Iterator[Live]:
    """Migrate, load the demo commune as `flask start` does, serve until the block ends; `settings` win."""
    from dialogues import create_app
    from dialogues.extensions import db
    from dialogues.serve import bring_up_to_date, load_demo_if_empty, make_server

    port = free_port()
    app = create_app(
        {
            "DATABASE_URL": f"sqlite:///{folder / 'live.db'}",
            "INSTANCE": str(folder),
            "SECRET_KEY": "only-for-the-browser-tests-" + "x" * 40,
            "BASE_URL": f"http://127.0.0.1:{port}",
            "PORT": port,
            "DEFAULT_LANGUAGE": "vi",
            "SMTP_URL": "",
            **settings,
        }
    )
    keep_compiled(app)
    with app.app_context():
        bring_up_to_date(app)
        load_demo_if_empty(app)
        db.session.remove()
    server = make_server(app)
    thread = threading.Thread(target=server.run, name="live server", daemon=True)
    thread.start()
    try:
        yield Live(app, f"http://127.0.0.1:{port}", app.config["SETTINGS"].demo_password)
    finally:
        server.trigger.pull_trigger(lambda: stop(server))
        thread.join(timeout=10)
        server.task_dispatcher.shutdown(timeout=5)
        with app.app_context():
            db.engine.dispose()
