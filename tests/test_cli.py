"""The commands of an operator, on the database of the tests."""

from datetime import timedelta

import pytest

from dialogues import create_app, serve
from dialogues.staff import throttle
from tests.make import make_staff

TIDIED = (
    "counters deleted, 0 rounds planned, 0 addresses of readers deleted, 0 letters erased, "
    "0 received replies deleted, contact data of 0 askers and 0 guests erased."
)


@pytest.fixture
def run(app, session):
    def run(*words, code=0):
        session.commit()
        result = app.test_cli_runner().invoke(args=list(words))
        assert result.exit_code == code, result.output
        return result.output.strip()

    return run


def test_an_administrator_who_lost_the_password_gets_a_link(run, client):
    staff = make_staff(role="admin")
    link = run("commune", "reset-link", "--email", f" {staff.email.upper()} ")
    client.get(link.removeprefix("http://localhost"))


def test_nobody_gets_a_link_for_an_unknown_or_closed_account(run):
    closed = make_staff(is_active=False)
    assert "No open account" in run("commune", "reset-link", "--email", closed.email, code=1)
    assert "No open account" in run("commune", "reset-link", "--email", "nobody@example.com", code=1)


def test_tidy_deletes_only_counters_that_no_longer_count(run, app, at):
    at("2026-11-20 09:00")
    with app.test_request_context("/", method="POST"):
        throttle.is_throttled("old", 5, timedelta(minutes=5))
        at("2026-11-22 09:00")
        throttle.is_throttled("new", 5, timedelta(minutes=5))
    assert run("tidy") == f"1 {TIDIED}"
    assert run("tidy") == f"0 {TIDIED}"


@pytest.mark.parametrize(
    "command", [["start"], ["demo"], ["tidy"], ["commune", "reset-link", "--email", "a@b.example"]]
)
def test_a_database_that_cannot_be_opened_is_one_sentence(command, tmp_path):
    missing = tmp_path / "missing" / "x.db"
    app = create_app({"DATABASE_URL": f"sqlite:///{missing}", "INSTANCE": str(tmp_path), "PORT": "65000"})
    with app.app_context():
        result = app.test_cli_runner().invoke(args=command)
    assert result.exit_code == 1
    assert "cannot be used" in result.output
    assert "Check DATABASE_URL." in result.output
    assert "Traceback" not in result.output


def test_a_foreign_address_to_listen_on_is_called_by_its_setting():
    with pytest.raises(serve.click.ClickException, match="HOST must be an address of this computer"):
        serve.free_port("192.0.2.1", 65000)


def test_the_start_prints_no_password_that_does_not_open(app, session):
    def printed():
        return serve.demo_password(app.config["SETTINGS"])

    assert printed() is None
    demo = make_staff(is_demo=True)
    assert "set when the demo was made" in printed()
    demo.password_hash = make_staff(password=app.config["SETTINGS"].demo_password).password_hash
    assert printed() == app.config["SETTINGS"].demo_password
