"""Redacting, splitting, passing up, moving on, acts on many, undo: what each does, and what it must not do."""

import re
from datetime import date

import pytest
import sqlalchemy as sa

from dialogues.errors import RuleBroken
from dialogues.extensions import db
from dialogues.followup import escalation
from dialogues.followup.models import Answer
from dialogues.places.rules import Field
from dialogues.questions import lineage, service, sorting
from dialogues.questions.models import Deferral, PublicWording, Question, QuestionUndo
from dialogues.questions.rules import QuestionKind, QuestionState
from dialogues.schedule.rules import DialogueState
from dialogues.staff.rules import Role
from dialogues.today import deadlines
from tests.make import (
    make_answer,
    make_commune,
    make_dialogue,
    make_question,
    make_staff,
    make_unit,
    make_village,
    the_commune,
    wall,
)

S = QuestionState
QUEUE = "/office/questions"
LONG = "Ông Lưu Văn Bền lấn ngõ. Ngõ nhà ông Khoan hẹp. Gọi tôi 0900.000.112."
PROPOSED = "Ông [tên riêng] lấn ngõ. Ngõ nhà ông Khoan hẹp. Gọi tôi [số điện thoại]."


@pytest.fixture(autouse=True)
def _evening(at):
    at("2026-11-20 18:00")


@pytest.fixture
def clerk(sign_in):
    staff = make_staff(Role.OFFICE)
    sign_in(staff)
    return staff


def fresh(question):
    db.session.expire_all()
    return db.session.get(Question, question.id)


def form(client, question, path):
    return client.get(f"{QUEUE}/{question.id}/{path}").form(f"{QUEUE}/{question.id}/{path}")


def undo(client, question, **more):
    button = client.get(f"{QUEUE}/{question.id}").form(f"{QUEUE}/{question.id}/undo")
    return button.submit(**more).follow()


# -- redact


def test_numbers_and_full_names_are_left_out_of_what_is_proposed(client, clerk):
    question = make_question(text=LONG)
    page = client.get(f"{QUEUE}/{question.id}/publish")
    sheet = page.form(f"{QUEUE}/{question.id}/publish")
    assert sheet["public_text"].strip() == PROPOSED
    assert page.texts("mark") == ["[tên riêng]", "[số điện thoại]"]
    assert "0900.000.112 → [số điện thoại]" in page.main
    sheet.submit("Đăng")
    question = fresh(question)
    assert (question.state, question.public_text, question.text) == (S.PUBLISHED, PROPOSED, LONG)
    public = client.get("/minh-tam/questions").source
    assert "Lưu Văn Bền" not in public
    assert "0900.000.112" not in public


def test_a_tick_taken_away_brings_a_word_back_and_more_words_are_left_out(client, clerk):
    question = make_question(text=LONG)
    page = form(client, question, "publish").uncheck("Lưu Văn Bền → [tên riêng]").fill(also="Khoan").submit("do", 200)
    assert page.one("textarea").get_text().strip() == (
        "Ông Lưu Văn Bền lấn ngõ. Ngõ nhà ông [tên riêng] hẹp. Gọi tôi [số điện thoại]."
    )
    assert fresh(question).state is S.WAITING


def test_what_a_tick_changes_is_seen_before_it_is_public(client, clerk):
    question = make_question(text=LONG)
    sheet = form(client, question, "publish").fill(public_text="Nhà ông Khoan có ngõ hẹp.", also="Khoan")
    page = sheet.submit("Đăng", status=422)
    assert page.one("textarea").get_text().strip() == "Nhà ông [tên riêng] có ngõ hẹp."
    page.form().submit("Đăng")
    assert fresh(question).public_text == "Nhà ông [tên riêng] có ngõ hẹp."


def test_a_number_stays_only_on_purpose_and_the_hotline_always(client, clerk):
    question = make_question(text="Tờ rơi cho vay ghi số 0900 000 145, gọi 0900.000.000 của xã thì không ai nghe.")
    sheet = form(client, question, "publish").fill(public_text=question.text).uncheck("0900 000 145 → [số điện thoại]")
    page = sheet.submit("Đăng", status=422)
    assert "0900 000 145" in page.errors[0]
    assert "0900.000.000" not in page.errors[0]
    page.form().check("on_purpose").submit("Đăng")
    assert fresh(question).public_text == question.text
    with pytest.raises(RuleBroken):
        sorting.publish(question=make_question(), public_text="Gọi 0900000145", actor=clerk)


# -- public versions


def test_every_public_wording_is_kept_and_overseers_read_no_left_out_word(client, clerk, new_client, sign_in):
    question = make_question(text="Bà Xoan lấn đường thôn.")
    for text in ("Bà Xoan nào đó lấn đường.", "Một hộ lấn đường."):
        sorting.publish(question=fresh(question), public_text=text, actor=clerk)
        db.session.commit()
    assert db.session.scalars(sa.select(PublicWording.text).order_by(PublicWording.id)).all() == [
        "Bà Xoan nào đó lấn đường.",
        "Một hộ lấn đường.",
    ]
    url = f"{QUEUE}/{question.id}/wordings"
    assert url in client.get(f"{QUEUE}/{question.id}").links()
    assert "Xoan" in client.get(url).main
    overseer = new_client()
    sign_in(make_staff(Role.OVERSEER), browser=overseer)
    page = overseer.get(url)
    assert "Xoan" not in page.source
    assert page.texts("del") == ["[bỏ 2 chữ]", "[bỏ 2 chữ]", "[bỏ 4 chữ]"]


# -- split


def split(client, question, **typed):
    return form(client, question, "split").fill(**typed).submit("Tách như trên")


def test_each_matter_becomes_a_question_and_one_code_shows_them_all(client, clerk):
    question = make_question(
        text="1. Bao giờ sửa đường? 2. Đèn tắt.", village=make_village(), asker={"name": "Trần Văn Bình"}
    )
    sheet = form(client, question, "split")
    assert (sheet["m1-text"].strip(), sheet["m2-text"].strip()) == ("Bao giờ sửa đường?", "Đèn tắt.")
    sheet.fill(**{"m2-field": "electricity", "m2-kind": "report"}).submit("Tách như trên")
    question = fresh(question)
    road, light = lineage.parts_of(question)
    assert question.state is S.SPLIT
    assert (light.field, light.kind, light.state) == (Field.ELECTRICITY, QuestionKind.REPORT, S.WAITING)
    assert {(one.received_at, one.village_id, one.channel) for one in (road, light)} == {
        (question.received_at, question.village_id, question.channel)
    }
    assert [one.name for one in lineage.askers_of(light)] == ["Trần Văn Bình"]
    assert "Trần Văn Bình" in client.get(f"{QUEUE}/{light.id}").main
    sorting.publish(question=light, public_text="Đèn tắt.", actor=clerk)
    db.session.commit()
    make_answer(light, text="Thay bóng thứ Hai.")
    own = client.get(f"/q/{question.askers[0].code}").main
    assert "Thay bóng thứ Hai." in own
    assert "Bao giờ sửa đường?" in own
    counted = sa.select(sa.func.count()).select_from(Question)
    assert db.session.scalar(counted.where(lineage.is_received_text())) == 1
    assert db.session.scalar(counted.where(lineage.is_matter())) == 2
    client.get(f"/minh-tam/questions/{question.id}", status=404)


def test_a_page_offers_one_more_matter_and_keeps_what_was_typed(client, clerk):
    question = make_question(text="Đường hỏng, đèn tắt")
    page = form(client, question, "split").fill(**{"m1-text": "Đường hỏng"}).submit("do", 200)
    sheet = page.form()
    assert (sheet["m1-text"].strip(), "m3-text" in dict(sheet.data(None))) == ("Đường hỏng", True)
    assert sheet.submit("Tách như trên", status=422).errors
    assert fresh(question).state is S.WAITING


def test_a_split_is_undone_until_something_was_done_with_a_part(client, clerk):
    question = make_question(text="1. Đường. 2. Đèn.")
    split(client, question)
    undo(client, question)
    assert fresh(question).state is S.WAITING
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Question)) == 1
    split(client, question)
    page = client.get(f"{QUEUE}/{question.id}")
    part = lineage.parts_of(fresh(question))[0]
    sorting.assign(question=part, staff_id=clerk.id, actor=clerk)
    db.session.commit()
    assert page.form(f"{QUEUE}/{question.id}/undo").submit().follow().select(".tone-bad")
    assert fresh(question).state is S.SPLIT


def test_who_withdraws_a_split_text_withdraws_its_parts(client, clerk):
    question = make_question(text="1. Đường. 2. Đèn.")
    split(client, question)
    service.withdraw(asker=fresh(question).askers[0])
    db.session.commit()
    assert set(db.session.scalars(sa.select(Question.state))) == {S.WITHDRAWN}


# -- lead, support, day


def test_those_who_help_find_it_under_my_work_with_its_day_the_overdue_first(client, clerk, new_client, sign_in, at):
    lead, helping = make_unit(name="Phòng Kinh tế"), make_unit(name="Công an xã")
    old = make_question(text="Chó thả rông", received_at=wall(-9), assigned_unit_id=helping.id)
    question = make_question(text="Bà Xoan lấn đường", state=S.PUBLISHED, public_text="Một hộ lấn đường")
    sheet = form(client, question, "assign")
    assert sheet["due_on"] == str(date(2026, 11, 28))  # two days before the dialogue
    sheet.fill(assigned=f"u:{lead.id}").check("Công an xã").submit("Phân công")
    assert sorting.supporting(question.id) == {helping.id}
    at("2026-12-01 09:00")
    browser, member = new_client(), make_staff(Role.DEPARTMENT, unit_id=helping.id)
    sign_in(member, browser=browser)
    work = browser.get("/office/work").one("#to-answer")
    assert [card["id"] for card in work.select("li.card")] == [f"to-answer-{question.id}", f"to-answer-{old.id}"]
    assert work.select(".is-late")
    assert "Phòng Kinh tế" in work.get_text()
    assert "Bà Xoan" in browser.get(f"{QUEUE}/{question.id}").main
    stranger = new_client()
    sign_in(make_staff(Role.DEPARTMENT, unit_id=make_unit().id), browser=stranger)
    assert "Bà Xoan" not in stranger.get(f"{QUEUE}/{question.id}").source


# -- pass up


def test_a_public_question_waits_for_a_named_body_in_sight_of_all(client, clerk):
    question = make_question(state=S.PUBLISHED)
    form(client, question, "escalate").fill(body="Sở Xây dựng").submit("Chuyển cấp trên")
    for url in (f"/minh-tam/questions/{question.id}", f"/q/{question.askers[0].code}", f"{QUEUE}?state=published"):
        page = client.get(url).main
        assert "Sở Xây dựng" in page, url
        assert "20/11/2026" in page, url
    undo(client, question)
    assert db.session.scalar(sa.select(Answer)) is None
    assert "Sở Xây dựng" not in client.get(f"/minh-tam/questions/{question.id}").main


def test_a_waiting_question_passed_up_stops_the_clock_and_residents_read_it_later(client, clerk, at):
    question = make_question(received_at=wall(-20))
    assert [one.id for one in deadlines.first_words(the_commune())] == [question.id]
    assert client.get(QUEUE).select("tbody .is-late")
    form(client, question, "escalate").fill(body="Điện lực").submit("Chuyển cấp trên")
    assert deadlines.first_words(the_commune()) == []
    assert not client.get(QUEUE).select("tbody .is-late")
    assert "Điện lực" in client.get(f"/q/{question.askers[0].code}").main
    form(client, question, "publish").submit("Đăng")
    assert "Điện lực" in client.get(f"/minh-tam/questions/{question.id}").main


def test_a_draft_of_a_department_is_not_published_along(client, clerk):
    question = make_question()
    make_answer(question, outcome="escalated", escalated_to="Sở Y tế", published_at=None)
    escalation.publish_with(question, clerk)
    assert db.session.scalar(sa.select(Answer.published_at)) is None


# -- to another dialogue


def test_a_question_moves_to_a_later_dialogue_and_its_asker_reads_why(client, clerk):
    first, later = make_dialogue(), make_dialogue(starts_at=wall(40))
    make_dialogue(state=DialogueState.HELD)
    question = make_question(first, state=S.PUBLISHED)
    draft = make_dialogue(state=DialogueState.DRAFT, starts_at=wall(50))
    assert lineage.later_dialogues(question) == [later]
    assert draft in lineage.later_dialogues(make_question(first))
    form(client, question, "defer").fill(dialogue=str(later.id), note="Chờ kết quả đo đạc.").submit("Chuyển buổi sau")
    assert fresh(question).dialogue_id == later.id
    assert "Chờ kết quả đo đạc." in client.get(f"/q/{question.askers[0].code}").main
    assert first.title in client.get(f"{QUEUE}/{question.id}").main
    undo(client, question)
    assert fresh(question).dialogue_id == first.id
    assert db.session.scalar(sa.select(Deferral)) is None


def test_another_commune_s_dialogue_is_none_to_move_to(client, clerk):
    question = make_question()
    foreign = make_dialogue(commune=make_commune())
    data = {"version": question.version, "dialogue": foreign.id, "note": "x"}
    client.post(f"{QUEUE}/{question.id}/defer", data, status=404)


# -- many at once


def test_many_are_published_as_they_stand_and_each_that_is_not_is_named(client, clerk):
    plain, other = make_question(), make_question()
    private, declined = make_question(text=LONG), make_question(state=S.DECLINED)
    keys = [f"{one.version}:{one.id}" for one in (plain, other, private, declined)]
    page = client.get(f"{QUEUE}/bulk", query_string={"act": "publish", "q": keys})
    assert page.main.count("Cần đọc riêng") == 1
    sorting.publish(question=fresh(other), public_text="Người khác đăng trước.", actor=clerk)
    db.session.commit()
    page = client.post(f"{QUEUE}/bulk", {"act": "publish", "q": keys}).follow()
    assert fresh(plain).state is S.PUBLISHED
    assert fresh(private).state is S.WAITING
    assert fresh(other).public_text == "Người khác đăng trước."
    for one in (other, private, declined):
        assert re.search(rf"Chưa làm được \d câu hỏi \([^)]*\b{one.id}\b", page.main)
    page.form(f"{QUEUE}/bulk/undo").submit()
    assert fresh(plain).state is S.WAITING


def test_a_reason_that_holds_for_many_is_said_once(client, clerk):
    rows = [make_question() for _n in range(40)]
    page = client.post(
        f"{QUEUE}/bulk",
        {
            "act": "decline",
            "reason": "unclear",
            "note": "x",
            "q": [f"77:{one.id}" for one in rows[1:]] + [f"1:{rows[0].id}"],
        },
    ).follow()
    assert page.main.count("Có người khác vừa sửa") == 1
    assert "Chưa làm được 39 câu hỏi" in page.main


def test_many_are_assigned_and_the_second_clerk_changes_nothing(client, clerk):
    unit, rows = make_unit(), [make_question(), make_question()]
    foreign = make_question(make_dialogue(commune=make_commune()))
    data = {"act": "assign", "assigned": f"u:{unit.id}", "q": [f"1:{rows[0].id}", f"2:{rows[1].id}"]}
    for odd in (f"1:{foreign.id}", "x", ":", "1:999999999"):
        client.post(f"{QUEUE}/bulk", {**data, "q": [*data["q"], odd]}, status=404)
    client.post(f"{QUEUE}/bulk", data)
    assert [fresh(one).assigned_unit_id for one in (*rows, foreign)] == [unit.id, None, None]
    assert client.post(f"{QUEUE}/bulk", {**data, "assigned": ""}, status=422).errors
    client.post(f"{QUEUE}/bulk", {**data, "q": []})
    client.post(f"{QUEUE}/bulk", {**data, "assigned": f"u:{make_unit(make_commune()).id}"}, status=404)


def test_declining_many_asks_for_reason_and_sentence_once(client, clerk):
    rows = [make_question(), make_question()]
    data = {"act": "decline", "q": [f"1:{one.id}" for one in rows]}
    assert len(client.post(f"{QUEUE}/bulk", data, status=422).errors) == 2
    client.post(f"{QUEUE}/bulk", {**data, "reason": "unclear", "note": "Xin gọi văn phòng."})
    assert {fresh(one).state for one in rows} == {S.DECLINED}


# -- undo


@pytest.mark.parametrize(
    ("path", "typed", "button"),
    [
        ("publish", {}, "Đăng"),
        ("decline", {"reason": "unclear", "note": "Xin nói rõ."}, "Không tiếp nhận"),
        ("complaint", {"note": "Đã chuyển Thanh tra."}, "Chuyển khiếu nại"),
        ("assign", {"assigned": "me"}, "Phân công"),
    ],
)
def test_an_act_is_undone_as_if_it_had_not_been(client, clerk, path, typed, button):
    question = make_question()
    columns = [c.name for c in Question.__table__.columns if c.name not in ("version", "shown_version", "touched")]
    before = {name: getattr(question, name) for name in columns}
    typed = {name: f"s:{clerk.id}" if value == "me" else value for name, value in typed.items()}
    form(client, question, path).fill(**typed).submit(button)
    assert any(getattr(fresh(question), name) != value for name, value in before.items())
    undo(client, question)
    assert {name: getattr(fresh(question), name) for name in columns} == before
    assert not client.get(f"{QUEUE}/{question.id}").select('form[action$="/undo"]')


def test_the_history_tells_which_act_was_undone_in_the_language_of_the_reader(client, clerk):
    question = make_question()
    form(client, question, "decline").fill(reason="unclear", note="Xin nói rõ.").submit("Không tiếp nhận")
    undo(client, question)
    page = client.get(f"{QUEUE}/{question.id}")
    assert "Không tiếp nhận câu hỏi" in page.main
    client.post("/language", {"language": "en"})
    page = client.get(f"{QUEUE}/{question.id}")
    assert "Decline the question" in page.main
    assert "Không tiếp nhận câu hỏi" not in page.main


def test_undo_stops_where_the_next_step_builds_on_it(client, clerk, at):
    question = make_question()
    form(client, question, "publish").submit("Đăng")
    page = client.get(f"{QUEUE}/{question.id}")
    at("2026-11-20 18:05")
    make_answer(fresh(question))
    assert page.form(f"{QUEUE}/{question.id}/undo").submit().follow().select(".tone-bad")
    assert fresh(question).state is S.PUBLISHED


def test_an_old_undo_button_does_not_undo_a_newer_act(client, clerk):
    question = make_question()
    form(client, question, "publish").submit("Đăng")
    old = client.get(f"{QUEUE}/{question.id}").form(f"{QUEUE}/{question.id}/undo")
    form(client, question, "take-back").fill(note="Nhầm").submit("Đưa về chờ đọc")
    old.submit()
    assert fresh(question).state is S.WAITING
    assert db.session.scalar(sa.select(sa.func.count()).select_from(QuestionUndo)) == 1


def test_the_row_offers_undo_where_the_act_was_done(client, clerk):
    question = make_question()
    url = f"{QUEUE}/{question.id}"
    data = {"version": question.version, "public_text": "Đường hỏng."}
    row = client.post(f"{url}/publish", data, status=200, htmx=True)
    button = row.one('form[hx-post$="/undo"]')
    one = button.select_one('input[name="undo"]')["value"]
    client.post(f"{url}/undo", {"undo": one}, status=200, htmx=True)
    assert fresh(question).state is S.WAITING


# -- the slip


def test_the_transfer_slip_holds_the_original_and_only_the_office_reads_it(client, clerk, new_client, sign_in):
    question = make_question(
        state=S.MOVED_TO_COMPLAINT, text="Tôi tố cáo.", asker={"name": "Trần Văn Bình", "phone": "0900 000 101"}
    )
    url = f"{QUEUE}/{question.id}/transfer-slip"
    page = client.get(url).main
    assert all(part in page for part in ("Tôi tố cáo.", "Trần Văn Bình", "0900 000 101", "Phiếu chuyển"))
    client.get(f"{QUEUE}/{make_question().id}/transfer-slip", status=404)
    leader = new_client()
    sign_in(make_staff(Role.LEADER), browser=leader)
    leader.get(url, status=403)


def test_a_text_that_speaks_of_a_complaint_is_marked_and_nothing_decided(client, clerk):
    question = make_question(text="Tôi khiếu nại quyết định 1187.")
    assert "có nói đến khiếu nại" in client.get(QUEUE).main
    assert client.get(f"{QUEUE}/{question.id}").select(f'a[href="{QUEUE}/{question.id}/complaint"]')
    assert fresh(question).state is S.WAITING
