"""Many at once on a real server: one question for one sending, one winner, nothing lost, nothing acknowledged that is
gone after a crash."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor, wait
from http.cookiejar import CookieJar
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
import waitress

from dialogues import clock
from dialogues.codes import new_tracking_code
from dialogues.extensions import db
from dialogues.followup.models import CommitmentEntry
from dialogues.followup.rules import EntryKind
from dialogues.questions import stamp
from dialogues.questions.models import Asker, Question
from dialogues.questions.rules import QuestionState
from dialogues.staff.models import TrailEntry
from dialogues.verdicts.models import CommitmentVerdict
from tests.browser.live import free_port, stop
from tests.conftest import SETTINGS
from tests.make import PASSWORD, make_commitment, make_dialogue, make_question, make_reported, make_staff, save

THREADS = 16
PATIENCE = 30


class Caller:
    """A program with cookies that follows no redirect: status, address and text of every answer."""

    def __init__(self, base: str) -> None:
        self.base = base

        class Stay(urllib.request.HTTPRedirectHandler):
            def redirect_request(self, *args: Any) -> None:
                return None

        jar = urllib.request.HTTPCookieProcessor(CookieJar())
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), jar, Stay())

    def ask(self, path: str, fields: dict[str, str] | None = None) -> tuple[int, str, str]:
        data = urllib.parse.urlencode(fields).encode() if fields is not None else None
        try:
            with self.opener.open(f"{self.base}{path}", data, timeout=PATIENCE) as answer:
                return answer.status, "", answer.read().decode()
        except urllib.error.HTTPError as answer:
            with answer:
                return answer.code, answer.headers.get("Location", ""), answer.read().decode()

    def fields_of(self, path: str) -> dict[str, str]:
        """The hidden fields of the page: token, version."""
        _status, _where, text = self.ask(path)
        found = re.findall(r'<input[^>]*type="hidden"[^>]*>', text)
        pairs = [(re.search(r'name="([^"]*)"', one), re.search(r'value="([^"]*)"', one)) for one in found]
        return {name[1]: value[1] for name, value in pairs if name and value}


@pytest.fixture
def server(app):
    """The application behind waitress with as many threads as callers."""
    served = waitress.create_server(app, host="127.0.0.1", port=0, threads=THREADS, clear_untrusted_proxy_headers=True)
    thread = threading.Thread(target=served.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{served.effective_port}"
    served.trigger.pull_trigger(lambda: stop(served))
    thread.join(timeout=10)
    served.task_dispatcher.shutdown(timeout=5)


def at_once(calls):
    """Run all calls as close together as threads can; their results in order."""
    gate = threading.Barrier(len(calls))

    def run(call):
        gate.wait(PATIENCE)
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        running = [pool.submit(run, call) for call in calls]
        wait(running, PATIENCE)
        return [one.result(1) for one in running]


def old_stamp():
    """A stamp of a form opened a minute ago, so that nobody waits here."""
    with time_machine.travel(clock.now().timestamp() - 60, tick=False):
        return stamp.new()


def question(text="Bao giờ sửa cầu?", **more):
    return {"text": text, "field": "roads", "kind": "question", "village": "", "website": "", **more}


def clerks(server, number):
    """So many clerks, each signed in with a browser of their own; the test's own transaction ends before."""
    emails = [make_staff().email for _number in range(number)]
    db.session.remove()
    callers = [Caller(server) for _email in emails]
    for caller, email in zip(callers, emails, strict=True):
        fields = {**caller.fields_of("/office/sign-in"), "email": email, "password": PASSWORD}
        assert caller.ask("/office/sign-in", fields)[0] == 303
    return callers


def count(model, *conditions):
    db.session.rollback()
    found = db.session.scalar(sa.select(sa.func.count()).select_from(model).where(*conditions))
    db.session.rollback()
    return found


def test_sixteen_sendings_of_one_form_are_one_question(app, server):
    code, sent = make_dialogue().code, question(stamp=old_stamp())
    db.session.remove()
    answers = at_once([lambda: Caller(server).ask(f"/d/{code}/ask", sent)] * THREADS)
    assert {status for status, _where, _text in answers} == {303}
    assert len({where for _status, where, _text in answers}) == 1, "one code for all"
    assert (count(Question), count(Asker)) == (1, 1)
    assert count(TrailEntry, TrailEntry.action == "received") == 1


def test_sixteen_people_are_sixteen_questions(app, server):
    code = make_dialogue().code
    sent = [question(f"Câu hỏi của người số {number}", stamp=old_stamp()) for number in range(THREADS)]
    db.session.remove()
    answers = at_once([lambda one=one: Caller(server).ask(f"/d/{code}/ask", one) for one in sent])
    assert {status for status, _where, _text in answers} == {303}
    assert len({where for _status, where, _text in answers}) == count(Question) == THREADS


def test_of_eight_clerks_who_decide_at_once_one_wins_and_the_others_are_told(app, server):
    question_id = make_question(make_dialogue()).id
    acts = []
    for number, caller in enumerate(clerks(server, 8)):
        act = "publish" if number % 2 else "decline"
        path = f"/office/questions/{question_id}/{act}"
        fields = caller.fields_of(path)
        assert fields["version"] == "1"
        own = {"public_text": f"Lời của {number}", "reason": "unclear", "note": f"Vì {number}"}
        acts.append(lambda caller=caller, path=path, fields={**fields, **own}: caller.ask(path, fields))
    answers = at_once(acts)
    statuses = [status for status, _where, _text in answers]
    assert sorted(statuses) == [303] + [409] * 7
    assert all("<h1" in text for status, _where, text in answers if status == 409)
    winner = statuses.index(303)
    row = db.session.get(Question, question_id)
    if winner % 2:
        assert (row.state, row.public_text) == (QuestionState.PUBLISHED, f"Lời của {winner}")
    else:
        assert (row.state, row.state_note) == (QuestionState.DECLINED, f"Vì {winner}")
    assert row.version == 2
    decided = TrailEntry.action.in_(["published", "declined"])
    assert count(TrailEntry, decided, TrailEntry.thing == "question") == 1


def test_lines_of_progress_written_at_once_are_all_kept(app, server):
    page = f"/office/commitments/{make_commitment().id}"
    path = f"{page}/progress"
    callers = clerks(server, 8)
    token = [caller.fields_of(page)["csrf_token"] for caller in callers]
    sent = [{"csrf_token": token[number], "text": f"Đã đổ đoạn {number}"} for number in range(8)]
    answers = at_once([lambda n=n: callers[n].ask(path, sent[n]) for n in range(8)])
    refused = [n for n, (status, _where, _text) in enumerate(answers) if status != 303]
    for number in refused:  # told so, never lost in silence: sent once more it is kept
        assert answers[number][0] in (409, 503)
        assert callers[number].ask(path, sent[number])[0] == 303
    lines = {text for (text,) in db.session.execute(sa.select(CommitmentEntry.text))}
    assert lines == {f"Đã đổ đoạn {number}" for number in range(8)}
    assert count(CommitmentEntry) == 8


def test_voices_at_once_are_all_kept_each_once(app, server):
    """Four sendings of one asker are one voice; four others count beside it; the promise is confirmed once."""
    commitment = make_reported()
    first, day = commitment.answer.question.askers[0], commitment.created_at
    more = [
        save(Asker(commune_id=first.commune_id, code=new_tracking_code(), joined_at=day, question_id=first.question_id))
        for _number in range(4)
    ]
    codes, id_ = [first.code] * 4 + [one.code for one in more], commitment.id
    db.session.remove()
    said = {"judgement": "done", "text": "Đã xong thật."}
    answers = at_once([lambda code=code: Caller(server).ask(f"/q/{code}/promises/{id_}", said) for code in codes])
    assert {status for status, _where, _text in answers} == {303}
    assert count(CommitmentVerdict) == 5
    assert count(CommitmentEntry, CommitmentEntry.kind == EntryKind.CONFIRMED) == 1


SERVER = """
import sys, waitress
from dialogues import create_app
secret, database, instance, port = sys.argv[1:]
app = create_app({"SECRET_KEY": secret, "DATABASE_URL": database, "INSTANCE": instance, "BASE_URL": "http://localhost"})
server = waitress.create_server(app, host="127.0.0.1", port=int(port), threads=8, ident=None)
print("ready", flush=True)
server.run()
"""


def test_every_code_that_was_given_out_survives_a_killed_server(app, test_database, tmp_path, root):
    """kill -9 in the middle of a burst: what was acknowledged is there, and the next start finds a sound database."""
    code = make_dialogue().code
    sent = [question(f"Câu hỏi trong mưa số {number}", stamp=old_stamp()) for number in range(28)]
    db.session.remove()
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-c", SERVER, SETTINGS["SECRET_KEY"], test_database.url, str(tmp_path), str(port)],
        cwd=root,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(root)},
    )
    given: list[str] = []
    enough = threading.Event()

    def send(fields):
        try:
            status, where, _text = Caller(f"http://127.0.0.1:{port}").ask(f"/d/{code}/ask", fields)
        except OSError:
            return  # the server is gone: nothing was promised
        assert status == 303
        given.append(where.split("/")[2])
        if len(given) >= 8:
            enough.set()

    try:
        assert process.stdout.readline() == b"ready\n"
        with ThreadPoolExecutor(8) as pool:
            running = [pool.submit(send, fields) for fields in sent]
            assert enough.wait(PATIENCE)
            process.send_signal(signal.SIGKILL)
            wait(running, PATIENCE)
        for one in running:
            one.result(1)
    finally:
        process.kill()
        process.wait(PATIENCE)
        process.stdout.close()
    assert len(given) >= 8
    known = set(db.session.scalars(sa.select(Asker.code)))
    assert set(given) <= known, "a code was given out and its question is gone"
    assert len(known) == count(Question) == len({*db.session.scalars(sa.select(Question.text))})
    if test_database.name == "sqlite":
        assert db.session.execute(sa.text("PRAGMA integrity_check")).scalar_one() == "ok"
