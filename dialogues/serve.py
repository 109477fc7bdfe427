"""`flask --app wsgi start`: migrate, demo when empty, serve with waitress."""

import errno
import logging
import signal
import socket
import sys
from threading import Event
from typing import Any

import click
import sqlalchemy as sa
import waitress
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import upgrade
from waitress.channel import HTTPChannel
from waitress.task import ErrorTask
from werkzeug.security import check_password_hash

from dialogues import photos
from dialogues.config import Settings
from dialogues.extensions import db
from dialogues.headers import HEADERS
from dialogues.places.models import Commune
from dialogues.post import delivery
from dialogues.staff.models import Staff


def is_newest(app: Flask) -> bool:
    """Whether the database stands at the newest migration; asks without loading the migrations' machinery."""
    script = ScriptDirectory(app.extensions["migrate"].directory)
    try:
        with db.engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision() == script.get_current_head()
    except sa.exc.DatabaseError as error:
        raise click.ClickException(
            f"The database {db.engine.url} cannot be used: {str(error.orig).strip()}. Check DATABASE_URL."
        ) from None


def bring_up_to_date(app: Flask) -> None:
    """Run the migrations that are missing."""
    if not is_newest(app):
        logging.getLogger("alembic").setLevel(logging.WARNING)
        upgrade()


def load_demo_if_empty(app: Flask) -> None:
    """The demo commune, if there is no commune at all and only this computer reaches the program."""
    if not app.config["SETTINGS"].on_loopback or db.session.scalar(sa.select(Commune.id).limit(1)):
        return
    from dialogues.demo.build import build

    click.echo("Building the demo commune xã Minh Tâm ...")
    build()
    db.session.commit()


def free_port(host: str, port: int) -> None:
    """Raise a plain sentence when the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno in (errno.EADDRINUSE, errno.EACCES):
                sentence = f"Port {port} cannot be used ({error.strerror}). Choose another one: PORT=8001 make run"
            else:
                sentence = f"HOST must be an address of this computer, like 127.0.0.1; it is {host!r}."
            raise click.ClickException(sentence) from None


DEMO_ACCOUNTS = (
    ("office", "Văn phòng", "office"),
    ("leader", "Lãnh đạo", "leader"),
    ("department", "Phòng, ban", "department"),
    ("village", "Trưởng thôn", "village head"),
    ("overseer", "Giám sát", "overseer"),
    ("admin", "Quản trị", "administrator"),
)


def demo_password(settings: Settings) -> str | None:
    """What to print as the password of the demo accounts; None without them. The setting counts when they are made."""
    made_with = db.session.scalar(sa.select(Staff.password_hash).where(Staff.is_demo).order_by(Staff.id).limit(1))
    if made_with is None:
        return None
    if check_password_hash(made_with, settings.demo_password):
        return settings.demo_password
    return "đặt khi tạo dữ liệu dùng thử (set when the demo was made)"


def welcome(settings: Settings, *, password: str | None) -> str:
    """What the person at the terminal needs: where to go, as whom, how to stop."""
    lines = [
        "",
        f"  Trang cho Nhân dân (residents)   {settings.base_url}/",
        f"  Trang cho cán bộ (staff)         {settings.base_url}/office/",
    ]
    if password and settings.on_loopback:
        lines += ["", f"  Tài khoản dùng thử, mật khẩu chung (demo accounts, one password): {password}"]
        lines += [f"    {name + '@minh-tam.example':<30} {vi} ({en})" for name, vi, en in DEMO_ACCOUNTS]
    if settings.demo_days_ahead:
        lines += ["", f"  Đồng hồ chạy trước (the clock is ahead): {settings.demo_days_ahead} ngày (days)"]
    return "\n".join([*lines, "", "  Dừng (stop): Ctrl-C", ""])


def _refusal(page: bytes) -> type[HTTPChannel]:
    """Lines that answer a body above all limits with this page, where the server has a few English words."""

    class Refusal(ErrorTask):
        def execute(self) -> None:
            if self.request.error.code != 413:
                super().execute()
                return
            self.status = "413 Request Entity Too Large"
            self.response_headers += [("Content-Type", "text/html; charset=utf-8"), *HEADERS.items()]
            self.set_close_on_finish()
            self.content_length = len(page)
            self.write(page)

    class Channel(HTTPChannel):
        error_task_class = Refusal

    return Channel


def make_server(app: Flask) -> Any:
    """The web server of `start`, not running yet."""
    settings = app.config["SETTINGS"]
    proxy: dict[str, Any] = {}
    if settings.trusted_proxy:
        proxy = {
            "trusted_proxy": settings.trusted_proxy,
            "trusted_proxy_count": 1,
            "trusted_proxy_headers": "x-forwarded-for x-forwarded-proto",
            "clear_untrusted_proxy_headers": True,
        }
    server = waitress.create_server(
        app,
        host=settings.host,
        port=settings.port,
        threads=settings.threads,
        ident=None,
        # Larger ones are answered by the program: with a sentence, where the server has only a word.
        max_request_body_size=max(settings.max_body_bytes + 1_000_000, photos.MOST_BODY_BYTES + 1_000_000, 64_000_000),
        **proxy,
    )
    server.channel_class = _refusal(app.jinja_env.get_template("errors/too_large.html").render().encode())
    return server


def serve(app: Flask, *, with_demo: bool) -> None:
    """Serve until Ctrl-C or SIGTERM; both end with exit code 0."""
    settings = app.config["SETTINGS"]
    free_port(settings.host, settings.port)
    with app.app_context():
        bring_up_to_date(app)
        if with_demo:
            load_demo_if_empty(app)
        password = demo_password(settings)
        db.session.remove()
    server = make_server(app)
    stop = Event()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell that starts us in the background had it ignored
    click.echo(welcome(settings, password=password))
    sys.stdout.flush()
    worker = delivery.start(app, stop)
    try:
        server.run()
    except (KeyboardInterrupt, SystemExit):
        pass
    finally:
        stop.set()
        server.close()
        worker.join(delivery.STOP_WITHIN)
    click.echo("Stopped.")
