import pytest

from dialogues.post import service
from dialogues.post.delivery import Deliverer
from dialogues.post.smtp import MailServer
from tests.post.mailbox import Mailbox


@pytest.fixture
def box():
    with Mailbox() as box:
        yield box


@pytest.fixture
def worker(app, box):
    """A worker for the mailbox, with short timeouts."""
    made = Deliverer(app.config["SETTINGS"], mail_server=MailServer(box.url, timeout=5, deadline=5))
    yield made
    made.mail_server.close()


@pytest.fixture(autouse=True)
def own_registers(monkeypatch):
    """Checks and reminders of the features stay out of these tests."""
    monkeypatch.setattr(service, "CHECKS", {})
    monkeypatch.setattr(service, "REMINDERS", {})
    monkeypatch.setattr(service, "ROUNDS", {})
