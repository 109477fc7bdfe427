"""A worker may be killed at any moment. The long run, with its figures, is `python -m tests.bench.post`."""

from dialogues.extensions import db
from dialogues.post import service
from dialogues.post.rules import MessageState
from tests.make import the_commune
from tests.post import kills
from tests.post.letters import letter, reread

LETTERS, KILLS = 20, 3


def test_killed_workers_lose_no_letter_and_a_repeat_is_the_same_mail(app, test_database):
    service.put_many(commune=the_commune(), letters=[letter(n) for n in range(LETTERS)])
    db.session.commit()
    db.session.remove()
    report = kills.run(test_database.url, letters=LETTERS, kills=KILLS, seed=2026)
    messages = reread()
    assert {one.state for one in messages} == {MessageState.SENT}
    assert set(report.by_message_id) == {one.message_id for one in messages}
    assert all(len(one) == 1 for one in report.recipients.values())
    assert report.contents_differ == 0
    assert report.repeats <= KILLS
