"""Dialogues as residents see them: list and page."""

import pytest

from dialogues.codes import grouped
from dialogues.extensions import db
from dialogues.places.rules import Field
from dialogues.questions.rules import QuestionState
from dialogues.schedule.models import AnnouncementReason, DoneStep
from dialogues.schedule.rules import RESULT_WAYS, AnnouncementCheck, DialogueState, HoldingForm
from tests.make import (
    make_answer,
    make_commitment,
    make_commune,
    make_dialogue,
    make_question,
    make_staff,
    make_village,
    save,
    the_commune,
    wall,
)

S, Q = DialogueState, QuestionState
LIST = "/minh-tam/dialogues"


def cards(page):
    return page.texts(".card-link")


def test_the_list_says_what_to_do_while_it_is_empty(client):
    the_commune()
    page = client.get(LIST)
    assert cards(page) == []
    assert "0900 000 000" in page.one(".empty").text


def test_filters_stand_in_the_address_and_in_the_form(client):
    village = make_village(name="Đồng")
    make_dialogue(title="Riêng thôn", villages=[village], topics=[Field.WATER])
    make_dialogue(title="Cả xã", topics=[Field.LAND])
    form = client.get(LIST).form(LIST)
    form.fill(village="Thôn Đồng", field="water", q="rieng")
    page = form.submit()
    assert f"village={village.id}" in page.url
    assert cards(page) == ["Riêng thôn"]
    assert (page.form(LIST)["village"], page.form(LIST)["field"], page.form(LIST)["q"]) == (
        str(village.id), "water", "rieng",
    )  # fmt: skip


@pytest.mark.parametrize(
    "query",
    [
        "village=abc", "village=99999999999999999999", "village=-1", "field=nonsense", "period=never", "period=0",
        "period=99999", "page=0", "page=x", "page=99999", "q=%00%ff", "_external=1&_scheme=javascript&_anchor=x",
        "village=1&village=2", "q=" + "x" * 5000,
    ],
)  # fmt: skip
def test_unknown_filters_narrow_nothing_and_break_nothing(client, query):
    make_dialogue(title="Cả xã")
    page = client.get(f"{LIST}?{query}")
    assert cards(page) == ([] if query.startswith("q=") else ["Cả xã"])


def test_villages_of_another_commune_are_no_filter(client):
    make_dialogue(title="Cả xã")
    other = make_village(make_commune())
    page = client.get(f"{LIST}?village={other.id}")
    assert cards(page) == ["Cả xã"]
    assert other.label not in page.source


def test_a_long_list_has_pages_that_keep_the_filter(client):
    for _ in range(21):
        make_dialogue(topics=[Field.WATER])
    page = client.get(f"{LIST}?field=water&nonsense=1")
    assert len(cards(page)) == 20
    following = page.one('a[rel="next"]')["href"]
    assert "field=water" in following
    assert "nonsense" not in following
    assert len(cards(client.get(following))) == 1


def test_an_unknown_commune_is_not_there(client):
    client.get("/khong-co/dialogues", status=404)


def test_the_page_says_when_where_who_and_how(client, at):
    at("2026-11-22 08:00")
    chair = make_staff("leader", name="Trịnh Thị Thu Hà", post="Chủ tịch UBND xã")
    village = make_village(name="Đồng")
    dialogue = make_dialogue(
        title="Đối thoại cuối năm", starts_at=wall(10), ends_at=wall(10, "11:30"), chair_id=chair.id,
        villages=[village], topics=[Field.WATER], form=HoldingForm.HYBRID, online_link="https://meet.example/minh-tam",
    )  # fmt: skip
    page = client.get(f"/d/{dialogue.code}")
    assert page.texts("h1") == ["Đối thoại cuối năm"]
    for text in (
        "thứ Tư", "7 giờ 30", "Hội trường UBND xã", "Trịnh Thị Thu Hà, Chủ tịch UBND xã", "Thôn Đồng", "Nước sạch",
        "Ủy ban MTTQ Việt Nam xã", "0900 000 000", "Ai cũng được vào", "Nghe Nhân dân nói về đường và đất.",
        "27/11/2026",
    ):  # fmt: skip
        assert text in page.text, text
    assert "https://meet.example/minh-tam" in page.links()
    assert f"/d/{dialogue.code}.ics" in page.links()
    assert [button["href"] for button in page.select(".btn-primary")] == [f"/d/{dialogue.code}/ask"]


@pytest.mark.parametrize(
    ("state", "announced"), [(S.DRAFT, False), (S.CANCELLED, False), (S.CANCELLED, True), (S.POSTPONED, True)]
)
def test_only_what_was_announced_can_be_seen(client, state, announced):
    dialogue = make_dialogue(state=state) if announced else make_dialogue(state=state, announced_at=None)
    client.get(f"/d/{dialogue.code}", status=200 if announced else 404)
    client.get(f"/d/{dialogue.code}/results", status=302 if announced else 404)


@pytest.mark.parametrize(("days_ago", "late"), [(5, False), (40, True)])
def test_residents_read_which_way_of_publishing_is_late(client, days_ago, late):
    dialogue = make_dialogue(state=S.PUBLISHED, starts_at=wall(-days_ago), conclusion="Làm cống trước tháng 3.")
    section = client.get(f"/d/{dialogue.code}").one("#results")
    assert ("đã quá hạn ngày" in section.text) is late


def test_residents_read_that_a_way_of_publishing_was_done_late(client):
    dialogue = make_dialogue(state=S.PUBLISHED, starts_at=wall(-40))
    for way, days_ago in zip(RESULT_WAYS, (35, 30, 5), strict=True):
        done = {"done_on": wall(-days_ago).date(), "evidence": "Loa 17 giờ", "noted_at": wall(-1)}
        save(DoneStep(commune_id=dialogue.commune_id, dialogue_id=dialogue.id, step=way, **done))
    assert client.get(f"/d/{dialogue.code}").one("#results").text.count("quá hạn") == 1


@pytest.mark.parametrize("write", [str.lower, lambda code: f"{code[:3]}-{code[3:]}", lambda code: f"-{grouped(code)}-"])
def test_other_ways_to_write_the_code_lead_to_the_same_page(client, write):
    dialogue = make_dialogue()
    answer = client.get(f"/d/{write(dialogue.code)}?page=1", status=301)
    assert answer.location == f"/d/{dialogue.code}?page=1"


@pytest.mark.parametrize("code", ["ABCDEF", "------", "0000000000000000000000", "x" * 25, "%00%00%00%00"])
def test_unknown_codes_are_not_there(client, code):
    make_dialogue()
    client.get(f"/d/{code}", status=404)


def test_the_address_of_the_results_leads_to_their_part_of_the_page(client):
    dialogue = make_dialogue(state=S.PUBLISHED, code="KMAX29")
    answer = client.get(f"/d/{dialogue.code.lower()}/results", status=302)
    assert answer.location == f"/d/{dialogue.code}#results"
    assert client.get(f"/d/{dialogue.code}").one("#results")


def test_postponed_and_cancelled_say_why_and_take_the_day_back(client):
    postponed = make_dialogue(state=S.POSTPONED, state_reason="Bão số 9.")
    page = client.get(f"/d/{postponed.code}")
    assert "Bão số 9." in page.one(".note").text
    assert page.select(".big-date.is-off")
    assert page.select('a[href$="/ask"]')
    cancelled = make_dialogue(state=S.CANCELLED, state_reason="Gộp với buổi tháng sau.")
    page = client.get(f"/d/{cancelled.code}")
    assert "Gộp với buổi tháng sau." in page.one(".note").text
    assert not page.select('a[href$="/ask"]')


def test_the_reason_of_a_late_announcement_stands_open(client):
    dialogue = make_dialogue()
    save(
        AnnouncementReason(
            dialogue_id=dialogue.id, check=AnnouncementCheck.NOTICE, reason="Nước lũ.", given_at=dialogue.created_at
        )
    )
    assert "Nước lũ." in client.get(f"/d/{dialogue.code}").one(".note").text


def test_after_the_deadline_nothing_can_be_asked(client, at):
    dialogue = make_dialogue(starts_at=wall(3), question_deadline_at=wall(-1))
    assert not client.get(f"/d/{dialogue.code}").select('a[href$="/ask"]')


def test_questions_answers_and_figures_are_shown_and_nothing_else(client):
    dialogue = make_dialogue(state=S.PUBLISHED, residents_present=86, conclusion="Giao Phòng Kinh tế.")
    answered = make_question(dialogue, state=Q.PUBLISHED, text="Bao giờ sửa đường?", asker={"name": "Người Giấu Tên"})
    make_commitment(make_answer(answered, text="Tuần tới thợ vào."), result="Đường hết ổ gà.")
    make_question(dialogue, state=Q.PUBLISHED, text="Còn nước sạch?")
    make_question(dialogue, text="Chưa ai đọc câu này")
    make_question(dialogue, state=Q.MOVED_TO_COMPLAINT, text="Tố cáo ông X", public_text="Tố cáo ông X")
    make_question(make_dialogue(), state=Q.PUBLISHED, text="Câu của buổi khác")
    page = client.get(f"/d/{dialogue.code}")
    for text in ("Bao giờ sửa đường?", "Tuần tới thợ vào.", "Đường hết ổ gà.", "Còn nước sạch?", "Giao Phòng Kinh tế."):
        assert text in page.text, text
    for text in ("Người Giấu Tên", "Chưa ai đọc", "Tố cáo", "Câu của buổi khác"):
        assert text not in page.source, text
    assert [text.split()[0] for text in page.texts(".stat")] == ["4", "2", "1", "86"]


def test_an_unpublished_conclusion_is_not_shown(client):
    dialogue = make_dialogue(state=S.HELD, conclusion="Chưa chốt.")
    assert "Chưa chốt" not in client.get(f"/d/{dialogue.code}").source


def test_fifty_questions_stand_on_a_page(client):
    dialogue = make_dialogue()
    for _ in range(51):
        make_question(dialogue, state=Q.PUBLISHED, asker=False)
    page = client.get(f"/d/{dialogue.code}")
    assert len(page.select(".question")) == 50
    assert len(client.get(page.one('a[rel="next"]')["href"]).select(".question")) == 1


def test_hostile_texts_are_shown_as_text(client):
    evil = '<script>alert(1)</script><img src=x onerror="x">'
    dialogue = make_dialogue(title=evil, purpose=evil, place=evil, how_to_attend=evil, mttq_partner=evil)
    page = client.get(f"/d/{dialogue.code}")
    assert page.texts("h1") == [evil]
    assert "<script>alert" not in page.source
    client.get(LIST)


def test_the_page_is_kept_until_something_changes(client):
    dialogue = make_dialogue(title="Tên cũ")
    first = client.get(f"/d/{dialogue.code}")
    tag = first.headers["ETag"]
    client.get(f"/d/{dialogue.code}", status=304, headers={"If-None-Match": tag})
    dialogue.title = "Tên mới"
    db.session.commit()
    assert client.get(f"/d/{dialogue.code}", headers={"If-None-Match": tag}).texts("h1") == ["Tên mới"]


def test_pages_take_the_same_queries_however_much_they_show(app, client, queries):
    dialogue = make_dialogue(villages=[make_village()])

    def count(url):
        app.extensions["page_cache"].clear()
        with queries() as seen:
            client.get(url)
        return seen.count

    def add():
        make_commitment(make_answer(make_question(dialogue, state=Q.PUBLISHED)))

    add()
    few = count(f"/d/{dialogue.code}"), count(LIST)
    for _ in range(8):
        add()
        make_dialogue(villages=[make_village()])
    assert (count(f"/d/{dialogue.code}"), count(LIST)) == few
    assert few[0] <= 13
    assert few[1] <= 8


def test_the_page_speaks_english_too(client):
    dialogue = make_dialogue()
    client.post("/language", {"language": "en", "next": "/"})
    assert "Ask a question" in client.get(f"/d/{dialogue.code}").text


def test_a_dialogue_that_nobody_recorded_owes_its_result_too(client):
    """R5 counts from the session: the page never names a day that has passed as one to come."""
    dialogue = make_dialogue(starts_at=wall(-20))
    page = client.get(f"/d/{dialogue.code}")
    assert page.select(".badge.tone-bad")
    assert page.select("#results .note.tone-bad")
