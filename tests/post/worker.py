"""A worker in a process of its own, for tests that kill it: python -m tests.post.worker DATABASE_URL SMTP_URL."""

import os
import sys
import tempfile
from datetime import timedelta
from threading import Event

import sqlalchemy as sa

from dialogues import create_app
from dialogues.extensions import db
from dialogues.post import service
from dialogues.post.delivery import Deliverer
from dialogues.post.models import Message
from dialogues.post.rules import MessageState

LEASE = timedelta(seconds=0.5)


def main() -> None:
    """Deliver until nothing waits. The lease is short, so that what a killed worker held comes back at once."""
    database, smtp = sys.argv[1:3]
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(
            {
                "DATABASE_URL": database,
                "SMTP_URL": smtp,
                "INSTANCE": folder,
                "TESTING": True,
                "BASE_URL": "http://localhost",
            }
        )
        service.CHECKS.clear()  # the letters of these tests belong to no guest and no dialogue
        service.REMINDERS.clear()
        service.ROUNDS.clear()
        os.write(1, b"ready\n")
        sys.stdin.readline()
        with app.app_context():
            worker = Deliverer.of(app.config["SETTINGS"])
            worker.lease = LEASE
            waiting = sa.select(sa.func.count()).where(Message.state == MessageState.WAITING)
            while True:
                worker.round()
                with db.engine.connect().execution_options(reads=True) as connection:
                    if not connection.scalar(waiting):
                        return
                Event().wait(0.05)


if __name__ == "__main__":
    main()
