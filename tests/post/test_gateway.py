"""The gateway for SMS and Zalo, with a small server on this machine."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from dialogues.config import SettingsError, load
from dialogues.post import gateway
from dialogues.post.delivery import Deliverer
from dialogues.post.gateway import Gateway, is_public, signature
from dialogues.post.rules import Channel, MessageState
from dialogues.post.trouble import Refused, TryLater, Unreachable
from tests.post.letters import put, reread
from tests.post.mailbox import free_port

SECRET = "mot-bi-mat-de-thu-0123"


class Receiver:
    """Keeps what it was sent; `status` and `headers` are its answer."""

    def __init__(self):
        self.got, self.status, self.headers = [], 200, {}
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append((self.path, dict(self.headers), body))
                self.send_response(receiver.status)
                for name, said in receiver.headers.items():
                    self.send_header(name, said)
                self.end_headers()
                self.wfile.write(b"said\nso")

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/send?to=sms"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})


@pytest.fixture
def receiver():
    made = Receiver()
    made.thread.start()
    yield made
    made.server.shutdown()
    made.thread.join()
    made.server.server_close()


def sending(receiver, **over):
    return Gateway(receiver.url, SECRET, **{"allow_private": True, "timeout": 5, **over})


def test_a_text_arrives_signed_and_with_the_key_that_makes_repeats_harmless(app, receiver):
    message = put(1, channel=Channel.GATEWAY, recipient="+84900000101", text="Đối thoại dời sang 7 giờ 30 thứ Bảy")
    worker = Deliverer(app.config["SETTINGS"], gateway=sending(receiver))
    assert worker.round().sent == 1
    ((path, headers, body),) = receiver.got
    assert path == "/send?to=sms"
    assert headers["X-Signature"] == signature(SECRET, headers["X-Timestamp"], body)
    assert headers["Idempotency-Key"] == message.message_id.strip("<>")
    sent = json.loads(body)
    assert (sent["to"], sent["text"]) == ("+84900000101", "Đối thoại dời sang 7 giờ 30 thứ Bảy")
    assert reread(message).state is MessageState.SENT


def test_the_signature_changes_with_secret_time_and_body():
    base = signature(SECRET, "1", b"x")
    assert len({base, signature("other", "1", b"x"), signature(SECRET, "2", b"x"), signature(SECRET, "1", b"y")}) == 4


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, None), (202, None), (400, Refused), (422, Refused), (401, Unreachable), (404, Unreachable),
        (302, Unreachable), (307, Unreachable), (429, TryLater), (500, TryLater), (503, TryLater),
    ],
)  # fmt: skip
def test_each_answer_means_something(receiver, status, outcome):
    receiver.status = status
    receiver.headers = {"Location": "http://127.0.0.1:1/elsewhere"}
    if outcome is None:
        sending(receiver).send("1@x", 1, {})
    else:
        with pytest.raises(outcome):
            sending(receiver).send("1@x", 1, {})
    assert len(receiver.got) == 1, "redirects are not followed"


def test_a_private_address_gets_nothing_unless_it_is_allowed(receiver):
    with pytest.raises(Unreachable, match="private address"):
        sending(receiver, allow_private=False).send("1@x", 1, {})
    assert receiver.got == []


def test_a_name_that_leads_to_a_private_address_gets_nothing(receiver, monkeypatch):
    def resolve(host, port, **kind):
        return [(2, 1, 6, "", ("8.8.8.8", port)), (2, 1, 6, "", ("10.0.0.1", port))]

    monkeypatch.setattr(gateway.socket, "getaddrinfo", resolve)
    with pytest.raises(Unreachable, match="private address"):
        Gateway("https://gateway.example.vn/", SECRET, allow_private=False).send("1@x", 1, {})


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1",
        "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::",
        "64:ff9b::7f00:1", "255.255.255.255",
    ],
)  # fmt: skip
def test_private_addresses_in_every_dress(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_open_addresses(address):
    assert is_public(address)


def test_a_gateway_that_is_away(app):
    message = put(1, channel=Channel.GATEWAY, recipient="0900000101")
    away = Gateway(f"http://127.0.0.1:{free_port()}/", SECRET, allow_private=True)
    assert Deliverer(app.config["SETTINGS"], gateway=away).round().later == 1
    assert "cannot be reached" in reread(message).last_error


@pytest.mark.parametrize(
    ("env", "said"),
    [
        ({"GATEWAY_URL": "http://gateway.example.vn/", "GATEWAY_SECRET": SECRET}, "https://"),
        ({"GATEWAY_URL": "https://gateway.example.vn/", "GATEWAY_SECRET": "short"}, "too short"),
        ({"GATEWAY_URL": "https://gateway.example.vn/"}, "too short"),
        ({"GATEWAY_URL": "ftp://gateway.example.vn/", "GATEWAY_SECRET": SECRET}, "must look like"),
        ({"GATEWAY_URL": "https://a:b@gateway.example.vn/", "GATEWAY_SECRET": SECRET}, "must look like"),
        ({"GATEWAY_URL": "https://gateway.example.vn:port/", "GATEWAY_SECRET": SECRET}, "cannot be read"),
        ({"GATEWAY_ALLOW_PRIVATE": "yes"}, "1 or 0"),
        ({"MAIL_FROM": "a@b\r\nBcc: c@d.example"}, "one e-mail address"),
        ({"SMTP_URL": "smtp://"}, "must look like"),
        ({"SMTP_URL": "smtp://mail.example.vn:abc"}, "cannot be read"),
        ({"SMTP_URL": "http://mail.example.vn"}, "smtp:// or smtps://"),
        ({"SMTP_URL": "smtp://mail.example.vn/?x=1"}, "must look like"),
    ],
)
def test_wrong_settings_end_with_a_sentence(tmp_path, env, said):
    with pytest.raises(SettingsError, match=said):
        load(env, tmp_path)


def test_right_settings_are_taken(tmp_path):
    env = {
        "SMTP_URL": "smtps://user:p%40ss@mail.example.vn",
        "MAIL_FROM": "thongbao@minh-tam.example",
        "GATEWAY_URL": "http://127.0.0.1:9000/send",
        "GATEWAY_SECRET": SECRET,
        "GATEWAY_ALLOW_PRIVATE": "1",
    }
    assert load(env, tmp_path).gateway_allow_private
