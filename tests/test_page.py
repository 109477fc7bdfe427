"""The strict client itself: what it finds fault with, and that it fills in forms as a browser does."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from flask import Flask, request

from tests.page import Page, StrictClient, faults, fragment_faults

GOOD = """<!doctype html><html lang="vi"><head><title>Câu hỏi</title><script src="/a.js"></script></head><body>
<form method="post" action="/language"><button name="language" value="en">English</button></form>
<main id="main"><h1>Câu hỏi</h1>
<a href="/x" hx-get="/x" hx-target="#main">Xem</a> <a href="#main">Lên đầu</a>
<form id="ask" method="post" action="/ask?from=home"><input type="hidden" name="csrf_token" value="t">
<label for="text">Nội dung</label><textarea id="text" name="text">
cũ</textarea>
<label for="field">Lĩnh vực</label>
<select id="field" name="field"><option value="roads">Đường</option>
<option value="water" selected>Nước</option></select>
<fieldset><legend>Gửi qua</legend><label><input type="radio" name="by" value="web" checked> Trang này</label>
<label><input type="radio" name="by" value="paper"> Giấy</label></fieldset>
<label><input type="checkbox" name="agree" value="yes"> Tôi đồng ý</label>
<label for="off">Tắt</label><input id="off" name="off" value="no" disabled>
<button name="do" value="save">Lưu</button><button name="do" value="send">Gửi</button></form>
</main></body></html>"""


def soup(html: str) -> BeautifulSoup:
    return BeautifulSoup(html, "html.parser")


def test_a_good_page_has_no_faults() -> None:
    assert faults(soup(GOOD)) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('lang="vi"', "", "no lang"),
        ("<h1>Câu hỏi</h1>", "", "0 h1"),
        ("</h1>", "</h1><h1>Hai</h1>", "2 h1"),
        ("<title>Câu hỏi</title>", "<title> </title>", "title is empty"),
        ('id="field"', 'id="text"', "stands twice"),
        ('for="text"', "", "no label"),
        ('hx-get="/x"', 'hx-get="/y"', "fails without JavaScript"),
        ('hx-get="/x"', 'hx-delete="/x"', "only GET and POST"),
        ("<h1>", '<h1 style="color:red">', "a style"),
        ("<h1>", "<style>h1{}</style><h1>", "<style>"),
        ("<h1>", "<script>1</script><h1>", "inline <script>"),
        ("<h1>", '<h1 onclick="x()">', "handler"),
        (">Xem<", ">None<", "looks broken"),
        (">Xem<", ">%(num)s câu<", "looks broken"),
        (">Xem<", "><", "no words"),
        ('href="/x"', 'href=""', "looks broken"),
        ('href="#main"', 'href="#mian"', "not there"),
        ('for="field"', 'for="fields"', "names no id"),
        ('name="csrf_token"', 'name="other"', "no csrf_token"),
        ("<legend>Gửi qua</legend>", "", "no legend"),
        ("<h1>", '<img src="/a.png"><h1>', "no alt"),
        ("<h1>", "<table><tr><td>1</td></tr></table><h1>", "header cells"),
    ],
)
def test_a_bad_page_is_found_out(old: str, new: str, said: str) -> None:
    assert old in GOOD
    assert any(said in sentence for sentence in faults(soup(GOOD.replace(old, new)))), faults(
        soup(GOOD.replace(old, new))
    )


def test_a_fragment_has_one_root_with_an_id() -> None:
    assert fragment_faults(soup('<article id="q1"><p>Một</p></article>')) == []
    assert fragment_faults(soup('<li id="q1">Một</li><p id="n" hx-swap-oob="true">Hai</p>')) == []
    assert fragment_faults(soup("<p>Một</p>")) != []
    assert fragment_faults(soup('<p id="a">Một</p><p id="b">Hai</p>')) != []


def test_texts_that_the_test_put_in_are_no_leaks() -> None:
    html = '<p id="a">{{ 7 * 7 }} None</p>'
    assert fragment_faults(soup(html)) != []
    assert fragment_faults(soup(html), ["{{ 7 * 7 }} None"]) == []


@pytest.fixture
def browser() -> StrictClient:
    app = Flask("sample")
    app.secret_key = "sample"
    app.testing = True
    safe = {"Content-Security-Policy": "default-src 'none'", "X-Content-Type-Options": "nosniff"}

    @app.get("/")
    def home():
        return GOOD, safe

    @app.post("/ask")
    def ask():
        app.sent = request.form.to_dict(flat=False)
        app.asked = request.full_path
        return "", 303, {"Location": "/"}

    @app.get("/broken")
    def broken():
        return GOOD.replace("<h1>", "<h2>"), safe

    @app.get("/bare")
    def bare():
        return GOOD

    @app.get("/away")
    def away():
        return "", 303, {"Location": "https://elsewhere.example/"}

    return StrictClient(app)


def test_form_sends_what_a_browser_would_send(browser: StrictClient) -> None:
    page = browser.get("/")
    answer = page.form("ask").submit()
    token = browser.app.sent.pop("csrf_token")
    assert token == ["t"]
    assert browser.app.sent == {"text": ["cũ"], "field": ["water"], "by": ["web"], "do": ["save"]}
    assert browser.app.asked == "/ask?from=home"
    assert answer.follow().h1 == "Câu hỏi"


def test_form_is_filled_in_by_labels_and_names(browser: StrictClient) -> None:
    form = browser.get("/").form("Gửi")
    form.fill("Nội dung", "mới").fill("Lĩnh vực", "Đường").fill("Gửi qua", "Giấy").check("Tôi đồng ý")
    assert form["by"] == "paper"
    form.submit("Gửi")
    sent = browser.app.sent
    assert (sent["text"], sent["field"], sent["by"], sent["agree"], sent["do"]) == (
        ["mới"],
        ["roads"],
        ["paper"],
        ["yes"],
        ["send"],
    )
    with pytest.raises(AssertionError, match="does not offer"):
        form.fill("Lĩnh vực", "Mây")


def test_links_are_followed_by_their_words(browser: StrictClient) -> None:
    with pytest.raises(AssertionError, match="answered 404"):
        browser.get("/").click("Xem")


@pytest.mark.parametrize("url", ["/broken", "/bare"])
def test_client_refuses_bad_pages(browser: StrictClient, url: str) -> None:
    with pytest.raises(AssertionError):
        browser.get(url)


def test_client_refuses_foreign_redirects_and_pages_for_htmx(browser: StrictClient) -> None:
    with pytest.raises(AssertionError, match="away"):
        browser.get("/away", status=303)
    with pytest.raises(AssertionError, match="whole page"):
        browser.get("/", htmx=True)


def test_page_finds_words(browser: StrictClient) -> None:
    page: Page = browser.get("/")
    assert page.title == page.h1 == "Câu hỏi"
    assert "Nội dung" in page.main
    assert "/x" in page.links()
