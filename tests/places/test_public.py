"""Where residents come in: the home of the only commune, the directory of many, the start of none."""

from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError

from dialogues import clock
from dialogues.followup.rules import CommitmentState, Outcome
from dialogues.places import service
from dialogues.questions.rules import QuestionState
from dialogues.schedule.rules import DialogueState
from tests.make import (
    make_answer,
    make_commitment,
    make_commune,
    make_dialogue,
    make_question,
    the_commune,
    wall,
)

HOME = "/minh-tam/"


@pytest.fixture(autouse=True)
def today(at):
    return at("2026-11-22 09:00")


def answered(text, **overrides):
    question = make_question(state=QuestionState.PUBLISHED, text=text)
    return make_answer(question, **overrides)


# -- the first page ---------------------------------------------------------------------------------------------------


def test_without_commune_the_first_page_says_how_to_begin(client):
    page = client.get("/")
    assert "flask --app wsgi demo" in page.main
    assert "commune create" in page.main


def test_the_only_commune_has_its_home_on_the_first_page(client):
    make_dialogue(title="Đối thoại quý bốn")
    page = client.get("/")
    assert page.main == client.get(HOME).main
    assert "Đối thoại quý bốn" in page.main


def test_several_communes_stand_in_a_directory_by_name(client):
    make_commune(name="Yên Lạc", slug="yen-lac", head_name="Đỗ Văn An", hotline="0900 000 111")
    make_commune(name="Đông Hà", slug="dong-ha")
    make_commune(name="An Bình", slug="an-binh")
    page = client.get("/")
    assert page.texts("main h2") == ["xã An Bình", "xã Đông Hà", "xã Yên Lạc"]
    assert "Đỗ Văn An" in page.main
    assert "0900 000 111" in page.main
    assert page.select("main form") == []
    assert page.click("xã Yên Lạc").status == 200


def test_a_long_directory_can_be_searched_without_accents(client):
    for number in range(21):
        make_commune(name=f"Đông Hà {number}", slug=f"dong-ha-{number}")
    page = client.get("/").form().fill(q="dong ha 17").submit()
    assert page.texts("main h2") == ["xã Đông Hà 17"]
    page = client.get("/?q=kh%C3%B4ng-c%C3%B3")
    assert page.select("main h2") == []
    assert "/" in page.links()


@pytest.mark.parametrize("query", ["%00", "%F0%9F%98%80", "%3Cscript%3E", "a" * 5000, "%E2%80%AE"])
def test_odd_searches_find_nothing_and_harm_nothing(client, query):
    make_commune()
    make_commune()
    client.get(f"/?q={query}")


def test_an_unknown_commune_is_not_found(client):
    the_commune()
    client.get("/an-binh/", status=404)
    client.get("/Minh-Tam/", status=404)


@pytest.mark.parametrize("path", ["/minh-tam/khong-co", "/minh-tam/a/b/c", "/minh-tam/questions/x.php"])
def test_a_wrong_address_below_a_commune_keeps_its_name_and_contact(client, queries, path):
    make_commune(slug="minh-tam", name="Minh Tâm", hotline="0204 3862 001")
    make_commune()
    with queries() as seen:
        page = client.get(path, status=404)
    assert seen.count == 1
    assert "xã Minh Tâm" in page.text
    assert page.select('main a[href="tel:02043862001"]')
    assert "/minh-tam/" in page.links()


def test_an_error_page_stands_without_the_database_too(client, monkeypatch):
    def fail(_slug):
        raise OperationalError("SELECT", {}, Exception("gone"))

    make_commune(slug="minh-tam")
    monkeypatch.setattr(service, "commune_at", fail)
    assert client.get("/minh-tam/khong-co", status=404).h1


# -- the home ---------------------------------------------------------------------------------------------------------


def test_the_home_leads_to_the_question_form_while_something_collects(client):
    dialogue = make_dialogue()
    page = client.get(HOME)
    assert page.texts("main a.btn-primary") == [page.texts("main .btn-primary")[0]]
    assert page.one("main a.btn-primary")["href"] == f"/d/{dialogue.code}/ask"


def test_the_home_has_one_primary_action_when_nothing_collects(client):
    dialogue = make_dialogue(question_deadline_at=clock.now() - timedelta(minutes=1))
    assert client.get(HOME).one("main .btn-primary")["href"] == f"/d/{dialogue.code}"


def test_past_dialogues_are_offered_only_where_there_are_some(client):
    the_commune()
    past = "/minh-tam/dialogues"
    assert past not in client.get(HOME).one("main .empty").decode()
    make_dialogue(state=DialogueState.PUBLISHED, starts_at=wall(-20))
    assert past in client.get(HOME).one("main .empty").decode()


def test_the_home_says_so_when_nothing_is_planned(client):
    make_dialogue(state=DialogueState.DRAFT)
    make_dialogue(state=DialogueState.PUBLISHED, title="Buổi đã qua")
    page = client.get(HOME)
    assert page.select("main .empty") != []
    assert "Buổi đã qua" in page.main


def test_a_postponed_dialogue_still_takes_questions(client):
    dialogue = make_dialogue(state=DialogueState.POSTPONED, state_reason="Bão.")
    page = client.get(HOME)
    assert page.select("main .big-date") == []
    assert page.one("main .btn-primary")["href"] == f"/d/{dialogue.code}/ask"


def test_drafts_and_questions_that_wait_are_not_on_the_home(client):
    make_dialogue(state=DialogueState.DRAFT, title="Bản nháp kín")
    make_question(make_dialogue(), text="Chưa ai đọc câu này")
    page = client.get(HOME)
    assert "Bản nháp kín" not in page.source
    assert "Chưa ai đọc" not in page.source


def test_the_newest_answers_stand_first_and_noted_ones_are_none(client):
    answered("Câu cũ", published_at=clock.now() - timedelta(days=5))
    answered("Câu mới", published_at=clock.now() - timedelta(days=1))
    answered("Câu ghi nhận", outcome=Outcome.NOTED)
    answered("Câu hẹn văn bản", outcome=Outcome.IN_WRITING, due_on=clock.today())
    answered("Câu chưa đăng trả lời", published_at=None)
    page = client.get(HOME)
    assert [text for text in page.texts("main .card h3") if text.startswith("Câu")] == ["Câu mới", "Câu cũ"]


def test_the_numbers_of_promises_add_up_and_overdue_is_not_hidden(client):
    answer = make_answer()
    day = clock.today()
    make_commitment(answer, due_on=day - timedelta(days=1), state=CommitmentState.IN_PROGRESS)
    make_commitment(answer, due_on=day, state=CommitmentState.OPEN)
    make_commitment(answer, due_on=day - timedelta(days=9), state=CommitmentState.CONFIRMED)
    make_commitment(answer, due_on=day - timedelta(days=9), state=CommitmentState.REPORTED_DONE)
    make_commitment(make_answer(published_at=None), due_on=day - timedelta(days=9))
    assert client.get(HOME).texts("main .stat strong") == ["1", "1", "1", "1"]


def test_hostile_texts_stay_texts(client):
    make_dialogue(title="<script>alert(1)</script>{{ 7 * 7 }}", place="<img src=x onerror=alert(1)>")
    client.said += ["{{ 7 * 7 }}"]
    page = client.get(HOME)
    assert page.select("main script, main img") == []
    assert "<script>alert(1)</script>" in page.main


def test_a_code_is_looked_up_from_the_home(client):
    make_dialogue()
    form = client.get(HOME).form("/q")
    assert form.method == "get"
    assert form.names() == ["code"]


def test_statements_of_the_home_do_not_grow(client, queries, at):
    make_dialogue()
    make_commitment(answered("Một"))
    with queries() as few:
        client.get(HOME)
    for number in range(6):
        make_dialogue(starts_at=wall(10 + number))
        make_commitment(answered(f"Câu {number}"))
    at("2026-11-22 09:05")
    with queries() as many:
        client.get(HOME)
    assert few.count == many.count <= 10


# -- for machines -----------------------------------------------------------------------------------------------------


def test_health_says_that_the_database_answers(client):
    page = client.get("/healthz")
    assert page.text == "ok\n"
    assert page.headers["Cache-Control"] == "no-store"


def test_search_engines_stay_out_of_askers_pages_and_office(client):
    text = client.get("/robots.txt").text.splitlines()
    assert {"Disallow: /q/", "Disallow: /office/", "Disallow: /calendar/"} <= set(text)
    assert "Disallow: /q" not in text


@pytest.mark.parametrize("url", ["/", HOME, "/healthz", "/robots.txt"])
def test_only_reading_is_possible(client, url):
    the_commune()
    client.post(url, {"x": "1"}, status=405)
