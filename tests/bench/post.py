"""1,000 mails through a real mail server on this machine: how fast, and what 20 kills at random moments do to them.

python -m tests.bench.post [letters] [kills]
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from time import perf_counter

import flask_migrate
import sqlalchemy as sa

from dialogues import create_app
from dialogues.extensions import db
from dialogues.invitations import guests, mail
from dialogues.places.models import Commune
from dialogues.post import service
from dialogues.post.delivery import Deliverer
from dialogues.post.models import Message
from dialogues.post.rules import MessageState
from tests.make import make_dialogue, make_staff, the_commune
from tests.post import kills
from tests.post.mailbox import Mailbox


def _invite(commune: Commune, number: int) -> None:
    """Real invitations to one dialogue: text, HTML and a REQUEST for each guest, as the office sends them."""
    dialogue = make_dialogue(commune=commune)
    clerk = make_staff(commune=commune)
    lines = "\n".join(
        f"Lý Thị Mai {one}; Trưởng thôn; Thôn Đồng; khach-{one}@minh-tam.example" for one in range(number)
    )
    guests.add_list(dialogue=dialogue, text=lines, actor=clerk)
    mail.invite(dialogue=dialogue, guests=list(db.session.scalars(guests.to_invite(dialogue.id))), actor=clerk)
    db.session.execute(sa.update(Message).values(respects_quiet_hours=False))
    db.session.commit()


def main() -> None:
    """Print the figures."""
    letters, deaths = (int(one) for one in (*sys.argv[1:], "1000", "20")[:2]) if len(sys.argv) > 2 else (1000, 20)
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'post.db'}"
        app = create_app({"DATABASE_URL": url, "INSTANCE": folder, "TESTING": True, "BASE_URL": "http://localhost"})
        with app.app_context():
            flask_migrate.upgrade()
            service.CHECKS.clear()
            commune = the_commune()
            began = perf_counter()
            _invite(commune, letters)
            print(f"{letters} guests put on the list and invited: {perf_counter() - began:.2f} s")
            with Mailbox() as box:
                worker = Deliverer.of(replace(app.config["SETTINGS"], smtp_url=box.url))
                began = perf_counter()
                sent = worker.round().sent
                took = perf_counter() - began
                size = sum(len(one.content) for one in box.handler.envelopes) / max(1, len(box.handler.envelopes))
            print(f"{sent} mails of {size / 1000:.1f} kB in {took:.1f} s: {sent / took:.0f} mails a second")
            db.session.execute(
                sa.update(Message).values(state=MessageState.WAITING, tries=0, first_tried_at=None, ended_at=None)
            )
            db.session.commit()
            db.session.remove()
            began = perf_counter()
            report = kills.run(url, letters=letters, kills=deaths, seed=2026, patience=600)
            took = perf_counter() - began
            known = set(db.session.scalars(sa.select(Message.message_id)))
            states = dict(
                db.session.execute(sa.select(Message.state, sa.func.count()).group_by(Message.state)).tuples().all()
            )
            db.session.remove()
    lost = len(known - set(report.by_message_id))
    invitations = {guest: len(found) for guest, found in report.events.items()}
    second = sum(number != 1 for number in invitations.values())
    uids = {uid for found in report.events.values() for uid, _sequence in found}
    strange = len(set(report.by_message_id) - known) + sum(len(one) > 1 for one in report.recipients.values())
    print(
        f"{deaths} workers killed while {letters} mails went out ({took:.0f} s): {lost} lost, {report.repeats} "
        f"repeated with the same Message-ID, {strange} with another one, {report.contents_differ} with other contents"
    )
    print(
        f"{len(report.by_message_id)} different Message-IDs, {len(invitations)} guests with one UID and SEQUENCE each "
        f"({len(uids)} UID in all), {second} with a second invitation"
    )
    print("states afterwards: " + ", ".join(f"{number} {state.value}" for state, number in states.items()))
    if lost or strange or second or report.contents_differ or len(invitations) != letters:
        sys.exit(1)


if __name__ == "__main__":
    main()
