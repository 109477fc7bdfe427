"""The published questions: only what a person published, found by words, filters and page."""

import pytest

from dialogues.followup.rules import Outcome
from dialogues.places.rules import Field
from dialogues.questions.rules import QuestionState
from dialogues.schedule.rules import DialogueState
from tests.make import make_answer, make_commitment, make_commune, make_dialogue, make_question, make_village, wall

S = QuestionState
URL = "/minh-tam/questions"


def published(text="Bao giờ sửa đường?", **more):
    return make_question(state=S.PUBLISHED, text=text, **more)


@pytest.mark.parametrize("state", [s for s in QuestionState if s is not S.PUBLISHED])
def test_nothing_but_published_questions_is_public(client, state):
    hidden = make_question(state=state, text="Không ai được đọc", public_text="Không ai được đọc")
    assert "Không ai được đọc" not in client.get(URL).text
    client.get(f"{URL}/{hidden.id}", status=404)


def test_the_original_is_never_public(client):
    question = published("Ông Tư lấn đường, gọi 0900 000 155", public_text="Một hộ lấn đường")
    for url in (URL, f"{URL}/{question.id}"):
        page = client.get(url)
        assert "Một hộ lấn đường" in page.main
        assert "Ông Tư" not in page.source
        assert "0900 000 155" not in page.source


def test_the_name_is_shown_only_with_consent(client):
    published(asker={"name": "Người Kín Tiếng"})
    published(asker={"name": "Người Nói To", "may_publish_name": True})
    page = client.get(URL)
    assert "Người Nói To" in page.main
    assert "Người Kín Tiếng" not in page.source


def test_questions_of_a_draft_dialogue_stay_hidden(client):
    question = published(dialogue=make_dialogue(state=DialogueState.DRAFT))
    assert client.get(URL).select("article.question") == []
    client.get(f"{URL}/{question.id}", status=404)


def test_questions_of_another_commune_are_not_there(client):
    make_commune()
    other = make_commune()
    question = published(dialogue=make_dialogue(commune=other))
    assert client.get(URL).select("article.question") == []
    client.get(f"{URL}/{question.id}", status=404)
    client.get(f"/{other.slug}/questions/{question.id}")


def test_the_newest_stands_first(client):
    old = published("Câu cũ", published_at=wall(-9))
    new = published("Câu mới", published_at=wall(-1))
    assert [tag["id"] for tag in client.get(URL).select("article.question")] == [f"q-{new.id}", f"q-{old.id}"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("duong lang", 1),
        ("ĐƯỜNG LÀNG", 1),
        ("làng đường", 1),
        ("đường chợ", 0),
        ("100%", 1),
        ("%", 1),
        ("_", 0),
        ("' OR 1=1 --", 0),
        ("\x00", 2),
        ("   ", 2),
    ],
)
def test_words_are_found_with_and_without_marks_and_none_is_a_wildcard(client, query, found):
    published("Đường làng hỏng 100% rồi")
    published("Đèn ở chợ tắt")
    assert len(client.get(URL, query_string={"q": query}).select("article.question")) == found


def test_filters_narrow_and_unknown_values_do_not(client):
    village = make_village()
    dialogue = make_dialogue()
    one = published(dialogue=dialogue, field=Field.WATER, village=village)
    published(dialogue=make_dialogue(), field=Field.ROADS)
    for query in (f"field=water&village={village.id}", f"dialogue={dialogue.code}", f"village={village.id}"):
        assert [tag["id"] for tag in client.get(f"{URL}?{query}").select("article.question")] == [f"q-{one.id}"]
    for query in ("field=x", "village=99999999999999999999", "village=abc", "dialogue=ABCDEF", "stage=x", "page=-3"):
        assert len(client.get(f"{URL}?{query}").select("article.question")) == 2


def test_answered_and_unanswered_are_told_apart(client):
    spot, noted, promised, given, drafted = (published() for _ in range(5))
    bare = published()
    make_answer(spot)
    make_answer(noted, outcome=Outcome.NOTED)
    make_answer(promised, outcome=Outcome.IN_WRITING, due_on=wall(5).date())
    make_answer(given, outcome=Outcome.IN_WRITING, due_on=wall(5).date(), final_text="Xong", final_on=wall(0).date())
    make_answer(drafted, published_at=None)

    def ids(stage):
        return {tag["id"] for tag in client.get(f"{URL}?stage={stage}").select("article.question")}

    assert ids("answered") == {f"q-{q.id}" for q in (spot, given)}
    assert ids("unanswered") == {f"q-{q.id}" for q in (noted, promised, drafted, bare)}


def test_the_filters_stay_in_the_pager(client):
    for _number in range(25):
        published(field=Field.WATER)
    page = client.get(f"{URL}?field=water&q=duong")
    assert len(page.select("article.question")) == 20
    more = page.click("Trang sau") if "Trang sau" in page.text else page.click("Next page")
    assert len(more.select("article.question")) == 5
    assert "field=water" in more.url
    assert "q=duong" in more.url


def test_a_page_number_past_the_end_shows_the_last_page(client):
    published()
    assert len(client.get(f"{URL}?page=99").select("article.question")) == 1


def test_empty_lists_say_what_to_do(client):
    make_commune()
    assert client.get(URL).select(".empty a")
    assert client.get(f"{URL}?q=khongco").select(".empty a")


def test_the_list_takes_a_fixed_number_of_statements(app, client, queries):
    def fill(number):
        for _number in range(number):
            question = published(village=make_village(), asker={"name": "An", "may_publish_name": True})
            make_commitment(make_answer(question))

    fill(2)
    with queries() as few:
        client.get(f"{URL}?visit=1")
    fill(12)
    app.extensions["page_cache"].clear()
    with queries() as many:
        client.get(f"{URL}?visit=2")
    assert many.count == few.count
    assert many.count <= 8


def test_a_search_lists_the_newest_that_fit_and_says_that_there_are_more(client, monkeypatch):
    monkeypatch.setattr("dialogues.questions.public.MOST_FOUND", 2)
    for number in range(3):
        published(f"Đường số {number}")
    page = client.get(f"{URL}?q=duong")
    assert "Đường số 0" not in page.main
    assert "Đường số 2" in page.main
    assert "viết thêm một từ" in page.main.lower()
    assert "viết thêm một từ" not in client.get(f"{URL}?q=so+2").main.lower()
    assert "Đường số 0" in client.get(URL).main


def test_the_list_is_answered_from_the_kept_page_until_something_changes(client, queries):
    published("Câu thứ nhất")
    client.get(URL)
    with queries() as kept:
        client.get(URL)
    assert kept.count == 1
    published("Câu thứ hai")
    assert "Câu thứ hai" in client.get(URL).main
