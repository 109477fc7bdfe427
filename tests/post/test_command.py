"""`flask --app wsgi deliver`."""

import os
import signal
import subprocess
import sys
import time

import pytest

from dialogues.extensions import db
from dialogues.post.rules import MessageState
from dialogues.subscribers import news
from dialogues.subscribers.service import ask_for_news
from tests.make import the_commune
from tests.post.kills import ROOT
from tests.post.letters import put, reread
from tests.post.mailbox import free_port


def test_once_says_what_it_did_and_without_servers_that_nothing_is_sent(app):
    message = put()
    done = app.test_cli_runner().invoke(args=["deliver", "--once"])
    assert done.exit_code == 0, done.output
    assert "SMTP_URL" in done.output
    assert "0 sent" in done.output
    assert reread(message).state is MessageState.WAITING


@pytest.mark.parametrize("command", [["start", "--no-demo"], ["deliver"]])
def test_ctrl_c_is_obeyed_at_once_even_while_a_server_keeps_us_waiting(app, box, test_database, tmp_path, command):
    box.handler.manner = "slow"
    reader = ask_for_news(commune=the_commune(), email="ba-con@minh-tam.example", village_id=None, language="vi")
    news.ask(subscriber=reader)
    db.session.commit()
    message = reread()[0]
    db.session.remove()  # an open transaction would hold the lock of SQLite
    port = str(free_port())
    settings = {
        "DATABASE_URL": test_database.url,
        "SMTP_URL": box.url,
        "PORT": port,
        "BASE_URL": f"http://127.0.0.1:{port}",
        "PATH": os.environ["PATH"],
    }
    program = [sys.executable, "-m", "flask", "--app", "wsgi", *command]
    running = subprocess.Popen(program, cwd=ROOT, env=settings, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        assert box.handler.asked.wait(30), "the worker never came"
        began = time.monotonic()
        running.send_signal(signal.SIGINT)
        running.wait(10)
        assert time.monotonic() - began < 8
        assert running.returncode == 0
    finally:
        running.kill()
        running.wait()
        running.stdout.close()
    assert reread(message).state is MessageState.WAITING, "it is taken up again when its lease ends"
