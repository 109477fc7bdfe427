"""A worker may be killed at any moment. The long run, with its figures, is `python -m tests.bench.post`."""

import sqlalchemy as sa

from dialogues.extensions import db
from dialogues.invitations import mail
from dialogues.post.models import Message
from dialogues.post.rules import MessageState
from tests.invitations.guest_make import make_guest, the_office
from tests.make import make_dialogue
from tests.post import kills
from tests.post.letters import reread

LETTERS, KILLS = 20, 3


def test_killed_workers_lose_no_letter_and_a_repeat_is_the_same_mail(app, test_database):
    dialogue = make_dialogue()
    rows = [make_guest(dialogue, email=f"khach-{n}@xa.example") for n in range(LETTERS)]
    mail.invite(dialogue=dialogue, guests=rows, actor=the_office())
    db.session.execute(sa.update(Message).values(respects_quiet_hours=False))
    db.session.commit()
    db.session.remove()
    report = kills.run(test_database.url, letters=LETTERS, kills=KILLS, seed=2026)
    messages = reread()
    assert {one.state for one in messages} == {MessageState.SENT}
    assert set(report.by_message_id) == {one.message_id for one in messages}
    assert all(len(one) == 1 for one in report.recipients.values())
    assert report.contents_differ == 0
    assert report.repeats <= KILLS
    assert len(report.events) == LETTERS
    assert set(map(len, report.events.values())) == {1}, "each guest got one UID with one SEQUENCE"
