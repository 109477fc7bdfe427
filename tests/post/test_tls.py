"""Encrypted ways to the mail server, with a certificate made for one test run."""

import shutil
import socket
import ssl
import subprocess

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from dialogues.post import smtp
from dialogues.post.smtp import MailServer
from dialogues.post.trouble import Unreachable
from tests.post.mailbox import Handler, free_port

pytestmark = [
    pytest.mark.skipif(not shutil.which("openssl"), reason="openssl makes the certificate"),
    pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS"),  # it does not see the TLS of smtps
]
MAIL = b"From: a@xa.example\r\nTo: b@xa.example\r\nSubject: x\r\n\r\nx\r\n"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """Certificate and key of a server called localhost, which nobody trusts by itself."""
    folder = tmp_path_factory.mktemp("tls")
    made = folder / "server.pem", folder / "server.key"
    subprocess.run(
        [
            "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
            "-addext", "subjectAltName=DNS:localhost", "-out", made[0], "-keyout", made[1],
        ],
        check=True,
        capture_output=True,
    )  # fmt: skip
    return made


@pytest.fixture
def trusted(monkeypatch, certificate):
    """As if an authority had signed it."""
    make = ssl.create_default_context
    monkeypatch.setattr(smtp.ssl, "create_default_context", lambda: make(cafile=str(certificate[0])))


@pytest.fixture
def far(monkeypatch):
    """localhost stands for a server elsewhere: one on this computer needs no STARTTLS."""
    monkeypatch.setattr(smtp, "LOOPBACK", frozenset())


class Server(Controller):
    """`encrypted` from the first byte, or by STARTTLS, or never; `password` is asked for when it is set."""

    def __init__(self, certificate, way="smtps", password=""):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        more = {"ssl_context": context} if way == "smtps" else {}
        if way == "starttls":
            more |= {"tls_context": context, "require_starttls": True}
        if password:
            more |= {
                "auth_required": True,
                "auth_require_tls": way == "starttls",
                "authenticator": lambda _server, _session, _envelope, _way, data: AuthResult(
                    success=data == LoginPassword(b"van-phong", password.encode()), handled=False
                ),
            }
        self.box = Handler()
        super().__init__(self.box, hostname="localhost", port=free_port(), decode_data=False, **more)

    def _trigger_server(self):
        """How the controller looks whether it is there: a bare connection is enough."""
        socket.create_connection(("localhost", self.port), 5).close()

    def url(self, way="smtp", who=""):
        return f"{way}://{who}localhost:{self.port}"


@pytest.fixture
def serve(certificate):
    made = []

    def start(*what, **more):
        made.append(Server(certificate, *what, **more))
        made[-1].start()
        return made[-1]

    yield start
    for one in made:
        one.stop(no_assert=True)


def send(url):
    server = MailServer(url, timeout=5, deadline=5)
    try:
        server.send("a@xa.example", "b@xa.example", MAIL)
    finally:
        server.close()


def test_smtps_with_a_password(serve, trusted):
    server = serve("smtps", password="mat@khau")
    send(server.url("smtps", "van-phong:mat%40khau@"))
    assert len(server.box.envelopes) == 1


def test_a_password_with_accents_fails_no_letter(serve, trusted):
    server = serve("smtps", password="mat-khau")
    with pytest.raises(Unreachable, match="accents"):
        send(server.url("smtps", "van-phong:m%E1%BA%ADt@"))


def test_starttls_is_used_wherever_it_is_offered(serve, trusted, far):
    server = serve("starttls", password="mat-khau")
    send(server.url(who="van-phong:mat-khau@"))
    assert len(server.box.envelopes) == 1


def test_a_wrong_password_is_an_outage_with_the_words_of_the_server(serve, trusted):
    server = serve("smtps", password="mat-khau")
    with pytest.raises(Unreachable, match="535"):
        send(server.url("smtps", "van-phong:sai@"))
    assert server.box.envelopes == []


@pytest.mark.parametrize("way", ["smtps", "starttls"])
def test_a_certificate_that_nobody_signed_gets_no_mail_and_no_password(serve, far, way):
    server = serve(way, password="mat-khau")
    with pytest.raises(Unreachable, match=r"(?i)certificate"):
        send(server.url("smtps" if way == "smtps" else "smtp", "van-phong:mat-khau@"))
    assert server.box.envelopes == []


def test_a_certificate_of_another_name_gets_no_mail(serve, trusted):
    server = serve("smtps")
    with pytest.raises(Unreachable, match=r"(?i)certificate"):
        send(server.url("smtps").replace("localhost", "127.0.0.1"))
    assert server.box.envelopes == []


def test_a_password_is_not_given_to_a_server_without_encryption(serve, far):
    server = serve("plain")
    with pytest.raises(Unreachable, match="no encryption"):
        send(server.url(who="van-phong:mat-khau@"))
    assert server.box.envelopes == []
