"""Dialogues in the office: the whole way in forms, who may, what is refused, what is kept."""

import pytest

from dialogues import clock
from dialogues.extensions import db
from dialogues.questions.rules import QuestionState
from dialogues.schedule.models import Dialogue
from dialogues.schedule.rules import DialogueState
from tests.make import (
    make_answer,
    make_commitment,
    make_commune,
    make_dialogue,
    make_question,
    make_staff,
    make_village,
    wall,
)

S = DialogueState
LIST, NEW = "/office/dialogues", "/office/dialogues/new"


@pytest.fixture
def office(client, sign_in, at):
    """A clerk of the first commune, signed in on 22 November 2026."""
    at("2026-11-22 08:00")
    staff = make_staff()
    sign_in(staff)
    return staff


def url(dialogue, what=""):
    return f"{LIST}/{dialogue.id}" + (f"/{what}" if what else "")


def the_dialogue():
    return db.session.query(Dialogue).one()


def test_the_whole_way_from_plan_to_published_result(client, office, at):
    chair, co_chair = make_staff("leader", name="Hà"), make_staff("leader", name="Lộc")
    form = client.get(LIST).click(NEW).form()
    assert form["starts"] == "07:30"
    assert form["ends"] == "11:30"
    assert "xã Minh Tâm" in form["title"]
    assert form["hotline"] == "0900 000 000"
    form.fill(place="Hội trường", purpose="Nghe Nhân dân.", mttq_partner="MTTQ xã", topics=["roads", "land"])
    form.fill(chair_id=str(chair.id), co_chair_id=str(co_chair.id)).check("party_invited")
    page = form.submit().follow()
    dialogue = the_dialogue()
    assert (dialogue.state, dialogue.created_at) == (S.DRAFT, clock.now())
    client.get(f"/d/{dialogue.code}", status=404)

    page = page.click(url(dialogue, "announce")).form().submit().follow()
    assert the_dialogue().state is S.ANNOUNCED
    client.get(f"/d/{dialogue.code}")

    page = page.click(url(dialogue, "edit"))
    page = page.form().fill(place="Nhà văn hóa").submit().follow()
    assert "Hội trường → Nhà văn hóa" in page.text

    at("2026-12-14 12:00")
    client.post("/office/sign-in", {"email": office.email, "password": "bốn chữ cho dễ nhớ"})
    page = client.get(url(dialogue)).click(url(dialogue, "hold")).form().fill(residents_present="86").submit().follow()
    page = page.click(url(dialogue, "conclude")).form().fill(conclusion="Giao Phòng Kinh tế.").submit().follow()
    assert "Giao Phòng Kinh tế." in client.get(f"/d/{dialogue.code}").text
    page = page.form(url(dialogue, "publish")).submit().follow()
    assert the_dialogue().state is S.PUBLISHED
    assert the_dialogue().residents_present == 86
    assert page.select(".timeline li")


def test_postpone_then_set_the_new_day(client, office):
    chair, co_chair = make_staff("leader"), make_staff("leader")
    dialogue = make_dialogue(chair_id=chair.id, co_chair_id=co_chair.id)
    page = client.get(url(dialogue, "postpone")).form().fill(reason="Bão số 9.").submit().follow()
    assert "Bão số 9." in page.one(".note").text
    form = client.get(url(dialogue, "edit")).form()
    assert "starts_on" not in form.names()
    form = page.click(url(dialogue, "announce")).form()
    form.fill(starts_on="2026-12-24", starts="08:00", ends="11:00", deadline_on="2026-12-20")
    form.submit().follow()
    assert dialogue.state is S.ANNOUNCED
    assert dialogue.starts_at == wall(32, "08:00")
    assert dialogue.question_deadline_at == wall(28, "17:00")


def test_a_new_day_at_short_notice_asks_for_the_reason_and_keeps_what_was_typed(client, office):
    chair, co_chair = make_staff("leader"), make_staff("leader")
    dialogue = make_dialogue(state=S.POSTPONED, chair_id=chair.id, co_chair_id=co_chair.id)
    form = client.get(url(dialogue, "announce")).form()
    page = form.fill(starts_on="2026-11-25", starts="8:00", ends="11:00").submit(status=422)
    assert page.form()["starts_on"] == "2026-11-25"
    page = page.form().fill(reason_notice="Khách mời chỉ rảnh hôm đó.").submit().follow()
    assert dialogue.state is S.ANNOUNCED
    assert "Khách mời chỉ rảnh hôm đó." in client.get(f"/d/{dialogue.code}").text


def test_the_announcement_lists_what_is_missing(client, office):
    dialogue = make_dialogue(state=S.DRAFT, place="", mttq_partner="")
    page = client.get(url(dialogue, "announce"))
    assert url(dialogue, "edit") in page.links()
    assert page.select("main form") == []
    client.post(url(dialogue, "announce"), {"version": dialogue.version, "reason_mttq": "x"}, status=422)
    assert dialogue.state is S.DRAFT
    dialogue.place = "Hội trường"
    form = client.get(url(dialogue, "announce")).form()
    assert {"reason_mttq", "reason_chair", "reason_co_chair"} <= set(form.names())
    assert "reason_party" not in form.names()
    page = form.fill(reason_mttq="MTTQ đang họp đại hội.", reason_chair="  \u200b ").submit(status=422)
    assert page.form()["reason_mttq"] == "MTTQ đang họp đại hội."
    assert dialogue.state is S.DRAFT
    page.form().fill(reason_chair="Chưa phân công.", reason_co_chair="Chưa cử.").submit().follow()
    assert dialogue.state is S.ANNOUNCED
    for reason in ("MTTQ đang họp đại hội.", "Chưa phân công.", "Chưa cử."):
        assert reason in client.get(f"/d/{dialogue.code}").text


def test_every_missing_reason_is_asked_for_in_its_own_words(client, office):
    dialogue = make_dialogue(state=S.DRAFT, mttq_partner="", party_invited=False, chair_id=None, co_chair_id=None)
    page = client.get(url(dialogue, "announce")).form().submit(status=422)
    asked = [link.text for link in page.select(".error-summary a")]
    assert len(asked) == len(set(asked)) == 4


def test_a_second_click_on_announce_changes_nothing(client, office):
    dialogue = make_dialogue(state=S.DRAFT)
    fields = {"version": dialogue.version, "reason_chair": "a", "reason_co_chair": "b"}
    client.post(url(dialogue, "announce"), fields)
    announced_at, version = dialogue.announced_at, dialogue.version
    assert client.post(url(dialogue, "announce"), fields).follow().select('[role="alert"]')
    assert (dialogue.announced_at, dialogue.version) == (announced_at, version)


def test_cancelling_is_confirmed_with_a_reason(client, office):
    dialogue = make_dialogue()
    page = client.get(url(dialogue, "cancel"))
    assert page.select(".danger-box")
    page.form().submit(status=422)
    assert dialogue.state is S.ANNOUNCED
    page.form().fill(reason="Gộp với buổi tháng sau.").submit().follow()
    assert dialogue.state is S.CANCELLED


@pytest.mark.parametrize(
    ("state", "what"),
    [
        (S.HELD, "edit"), (S.ANNOUNCED, "announce"), (S.DRAFT, "postpone"), (S.HELD, "cancel"), (S.ANNOUNCED, "hold"),
        (S.CONCLUDED, "hold"), (S.ANNOUNCED, "conclude"), (S.CANCELLED, "announce"),
    ],
)  # fmt: skip
def test_pages_of_moves_that_are_not_legal_lead_back_and_say_why(client, office, state, what):
    dialogue = make_dialogue(state=state)
    answer = client.get(url(dialogue, what), status=303)
    assert answer.location == url(dialogue)
    assert answer.follow().notice.endswith(".")


@pytest.mark.parametrize("what", ["publish", "reopen"])
def test_results_are_not_published_or_reopened_out_of_turn(client, office, what):
    dialogue = make_dialogue(state=S.HELD)
    page = client.post(url(dialogue, what)).follow()
    assert page.select('[role="alert"]')
    assert dialogue.state is S.HELD


def test_a_conclusion_can_be_written_again_until_the_result_is_public(client, office):
    dialogue = make_dialogue(state=S.CONCLUDED, conclusion="Bản một.")
    page = client.get(url(dialogue)).form(url(dialogue, "reopen")).submit().follow()
    form = page.click(url(dialogue, "conclude")).form()
    assert form["conclusion"] == "Bản một."
    form.fill(conclusion="Bản hai.").submit().follow()
    assert (dialogue.state, dialogue.conclusion) == (S.CONCLUDED, "Bản hai.")


def test_the_second_conclusion_is_not_lost(client, office):
    dialogue = make_dialogue(state=S.HELD)
    form = client.get(url(dialogue, "conclude")).form()
    form.fill(conclusion="Của tôi.").submit()
    page = form.fill(conclusion="Của người thứ hai.").submit(status=422)
    assert page.form()["conclusion"] == "Của người thứ hai."
    assert "Của tôi." in page.text
    assert dialogue.conclusion == "Của tôi."


def test_two_people_edit_and_the_second_sees_both_texts(client, office):
    dialogue = make_dialogue(state=S.DRAFT, title="Tên đầu")
    mine = client.get(url(dialogue, "edit")).form()
    theirs = client.get(url(dialogue, "edit")).form()
    theirs.fill(title="Tên của người khác", place="Nhà văn hóa").submit()
    page = mine.fill(title="Tên của tôi").submit(status=409)
    assert dialogue.title == "Tên của người khác"
    note = page.one(".note").text
    assert "Tên của người khác" in note
    assert "Nhà văn hóa" in note
    assert page.form()["title"] == "Tên của tôi"
    page.form().submit().follow()
    assert dialogue.title == "Tên của tôi"


def test_a_stale_announcement_is_shown_again_with_what_was_typed(client, office):
    dialogue = make_dialogue(state=S.DRAFT)
    form = client.get(url(dialogue, "announce")).form().fill(reason_chair="Lý do của tôi.", reason_co_chair="b")
    client.get(url(dialogue, "edit")).form().fill(place="Nhà văn hóa").submit()
    page = form.submit(status=409)
    assert dialogue.state is S.DRAFT
    assert "Nhà văn hóa" in page.one(".note").text
    assert page.form()["reason_chair"] == "Lý do của tôi."
    page.form().submit().follow()
    assert dialogue.state is S.ANNOUNCED


GOOD = {
    "kind": "regular", "trigger": "regular", "form": "in_person", "title": "Đối thoại", "starts_on": "2026-12-14",
    "starts": "07:30", "ends": "11:30",
}  # fmt: skip


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""), ("title", "   "), ("title", "\u200b\u00a0"), ("title", "x" * 301), ("starts_on", ""),
        ("starts_on", "2026-02-31"), ("starts_on", "31/02/2027"), ("starts_on", "2026-11-21"),
        ("starts_on", "0001-01-01"), ("starts_on", "9999-12-31"), ("starts_on", "2026-12-14' OR 1=1"),
        ("starts", "25:00"), ("starts", "x"), ("starts", ""), ("ends", "07:30"), ("ends", "06:00"),
        ("deadline_on", "2026-12-15"), ("deadline_on", "2026-02-30"),
        ("deadline", "12:00"), ("kind", "nonsense"), ("kind", ""), ("trigger", "x"), ("trigger", "necessity"),
        ("form", "x"), ("topics", "nonsense"),
        ("online_link", "data:text/html,x"),
        ("online_link", "meet.example"), ("online_link", "ftp://meet.example"), ("online_link", "https://"),
        ("online_link", "https://[x"), ("hotline", "call me"), ("purpose", "x" * 4001),
    ],
)  # fmt: skip
def test_bad_input_is_refused_at_its_field_and_nothing_is_lost(client, office, field, value):
    page = client.post(NEW, {**GOOD, "place": "Hội trường thử", field: value}, status=422)
    assert db.session.query(Dialogue).count() == 0
    assert page.form()["place"] == "Hội trường thử"
    place = {"trigger": "trigger_reason"} if value == "necessity" else {}
    assert page.select(f'.error-summary a[href="#{place.get(field, field)}"]')


def test_a_day_that_exists_but_is_out_of_reach_is_called_that(client, office):
    form = client.get(LIST).click(NEW).form()
    for typed, sentence in (("9999-12-31", "từ năm 1990 đến năm 2100"), ("2026-02-31", "Không có ngày này")):
        assert sentence in form.fill(starts_on=typed).submit(status=422).text


def test_the_same_good_input_is_taken(client, office):
    """So that the test above can fail for its own reason only."""
    client.post(NEW, GOOD)
    assert the_dialogue().title == "Đối thoại"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Đối\x00 thoại\x07", "Đối thoại"),
        ("Đối thoại", "Đối thoại"),
        ("\u202eĐối thoại\u202c", "Đối thoại"),
        ("Đối thoại 🎉", "Đối thoại 🎉"),
        ("Đối\r\nthoại", "Đối thoại"),
        ("<b>Đối thoại</b>", "<b>Đối thoại</b>"),
    ],
)
def test_texts_are_cleaned_on_the_way_in(client, office, typed, kept):
    page = client.post(NEW, {**GOOD, "title": typed}).follow()
    assert the_dialogue().title == kept
    assert page.texts("h1") == [kept]


def test_ids_of_another_commune_are_refused_like_unknown_ones(client, office):
    other = make_commune()
    village, person = make_village(other), make_staff(commune=other)
    for village_id in (village.id, 999_999, "x", "-1"):
        client.post(NEW, {**GOOD, "villages": str(village_id)}, status=404)
    for field in ("chair_id", "co_chair_id", "secretary_id"):
        for person_id in (person.id, 999_999, "abc"):
            client.post(NEW, {**GOOD, field: str(person_id)}, status=404)
    assert db.session.query(Dialogue).count() == 0


def test_closed_villages_and_people_stay_chosen(client, office):
    village, chair = make_village(), make_staff("leader")
    dialogue = make_dialogue(state=S.DRAFT, villages=[village], chair_id=chair.id)
    village.is_active = chair.is_active = False
    form = client.get(url(dialogue, "edit")).form()
    form.fill(place="Nhà văn hóa").submit().follow()
    assert dialogue.chair_id == chair.id
    assert [row.id for row in dialogue.villages] == [village.id]
    assert f'value="{chair.id}"' not in client.get(NEW).source.split('name="chair_id"')[1].split("</select>")[0]


@pytest.mark.parametrize("number", ["-1", "x", "1e9", "99999999999", "१२"])
def test_residents_are_counted_in_whole_numbers(client, office, number):
    dialogue = make_dialogue(starts_at=wall(-1))
    client.post(url(dialogue, "hold"), {"residents_present": number}, status=422)
    assert dialogue.state is S.ANNOUNCED


@pytest.mark.parametrize("what", ["", "edit", "announce", "postpone", "cancel", "hold", "conclude"])
def test_dialogues_of_another_commune_do_not_exist(client, office, what):
    theirs = make_dialogue(commune=make_commune())
    client.get(url(theirs, what), status=404)
    if what:
        client.post(url(theirs, what), {**GOOD, "reason": "x", "conclusion": "x"}, status=404)
    for only_post in ("publish", "reopen"):
        client.post(url(theirs, only_post), status=404)
    assert theirs.title not in client.get(LIST).source


@pytest.mark.parametrize("role", ["leader", "department", "village_head", "overseer", "admin"])
def test_others_read_and_do_not_plan(client, sign_in, role):
    dialogue = make_dialogue(state=S.DRAFT)
    sign_in(make_staff(role))
    page = client.get(url(dialogue))
    assert not page.select("main form")
    assert url(dialogue, "edit") not in page.links()
    assert NEW not in client.get(LIST).links()
    client.get(NEW, status=403)
    client.post(url(dialogue, "announce"), {"version": 1}, status=403)
    client.post(url(dialogue, "cancel"), {"reason": "x"}, status=403)
    assert dialogue.state is S.DRAFT


def test_the_list_filters_by_state_and_marks_what_is_overdue(client, office):
    make_dialogue(title="Chậm", state=S.HELD, starts_at=wall(-12))
    make_dialogue(title="Nháp", state=S.DRAFT)
    make_dialogue(title="Đang nhận câu hỏi")
    rows = "tbody th a"
    page = client.get(LIST)
    assert page.texts(rows)[0] == "Chậm"
    assert page.texts("tr.is-late th a") == ["Chậm"]
    assert client.get(f"{LIST}?state=result_overdue").texts(rows) == ["Chậm"]
    assert client.get(f"{LIST}?state=draft").texts(rows) == ["Nháp"]
    assert client.get(f"{LIST}?state=announced").texts(rows) == ["Đang nhận câu hỏi"]
    assert client.get(f"{LIST}?state=collecting").texts(rows) == ["Đang nhận câu hỏi"]
    assert len(client.get(f"{LIST}?state=nonsense&village=x&period=y").texts(rows)) == 3
    assert client.get(f"{LIST}?q=khong-co").select(".empty")


def test_an_empty_list_says_what_to_do(client, office):
    page = client.get(LIST)
    assert [a["href"] for a in page.select(".empty a")] == [NEW]


def test_figures_of_questions_and_commitments(client, office):
    dialogue = make_dialogue(state=S.HELD)
    question = make_question(dialogue, state=QuestionState.PUBLISHED)
    make_commitment(make_answer(question), due_on=clock.today())
    make_commitment(question.answer, due_on=wall(-1).date())
    make_question(dialogue)
    page = client.get(url(dialogue))
    assert [text.split()[0] for text in page.texts(".stat")] == ["2", "1", "1", "0", "2", "1"]


def test_pages_take_the_same_queries_however_much_they_show(client, office, queries):
    dialogue = make_dialogue(villages=[make_village()], chair_id=office.id)

    def count(address):
        with queries() as seen:
            client.get(address)
        return seen.count

    make_question(dialogue)
    count(LIST)
    few = count(url(dialogue)), count(LIST), count(url(dialogue, "edit"))
    for _ in range(8):
        make_commitment(make_answer(make_question(dialogue, state=QuestionState.PUBLISHED)))
        make_dialogue(villages=[make_village()])
        make_staff()
    assert (count(url(dialogue)), count(LIST), count(url(dialogue, "edit"))) == few
    assert max(few) <= 18


def test_thousands_of_ticks_are_no_crash(client, office):
    client.post(NEW, {**GOOD, "villages": [str(n) for n in range(900)]}, status=404)
    assert db.session.query(Dialogue).count() == 0


@pytest.mark.parametrize("link", ["javascript:alert(1)", "JavaScript:alert(1)", " java\nscript:alert(1)"])
def test_scripts_are_no_links(client, office, link):
    client.client.post(NEW, data={**GOOD, "online_link": link, "csrf_token": client.csrf_token()})
    assert db.session.query(Dialogue).count() == 0
