"""`flask --app wsgi deliver`."""

from dialogues.post.rules import MessageState
from tests.post.letters import put, reread


def test_once_says_what_it_did_and_without_servers_that_nothing_is_sent(app):
    message = put()
    done = app.test_cli_runner().invoke(args=["deliver", "--once"])
    assert done.exit_code == 0, done.output
    assert "SMTP_URL" in done.output
    assert "0 sent" in done.output
    assert reread(message).state is MessageState.WAITING
