"""The web server that `start` runs, in front of the program."""

import socket
import threading
from dataclasses import replace

import pytest

from dialogues import serve
from tests.browser.live import stop


@pytest.fixture
def address(app, monkeypatch):
    """Where the server of `start` listens."""
    monkeypatch.setitem(app.config, "SETTINGS", replace(app.config["SETTINGS"], host="127.0.0.1", port=0))
    server = serve.make_server(app)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield "127.0.0.1", server.effective_port
    server.trigger.pull_trigger(lambda: stop(server))
    thread.join(5)
    server.task_dispatcher.shutdown(timeout=5)


def answer_to(address, head):
    with socket.create_connection(address, timeout=5) as line:
        line.sendall(head.encode())
        return b"".join(iter(lambda: line.recv(65536), b"")).decode().split("\r\n\r\n", 1)


def test_two_hundred_large_photos_get_a_page_in_our_words_before_they_have_come(address):
    head, page = answer_to(
        address,
        "POST /office/commitments/1/done HTTP/1.1\r\nHost: localhost\r\n"
        "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 400000000\r\n\r\n",
    )
    assert head.startswith("HTTP/1.1 413 ")
    assert "Content-Type: text/html; charset=utf-8" in head
    assert "Content-Security-Policy:" in head
    assert "những gì đã viết vẫn còn đó" in page
    assert page.rstrip().endswith("</html>")


def test_what_the_server_cannot_read_is_refused_all_the_same(address):
    head, _page = answer_to(address, "GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n")
    assert head.startswith("HTTP/1.1 400 ")
