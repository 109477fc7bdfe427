"""The ways of entering: a pile of papers, a call, the floor of a session; and the page of a village."""

import io
from urllib.parse import quote

import pytest
import sqlalchemy as sa

from dialogues import codes
from dialogues.attachments.models import Attachment
from dialogues.extensions import db
from dialogues.questions.models import Asker, ConsentChange, Question
from dialogues.questions.rules import Consent, ConsentHow, IntakeChannel, QuestionState
from dialogues.schedule.rules import DialogueState
from dialogues.staff.models import TrailEntry
from dialogues.staff.rules import Role
from tests.make import make_answer, make_commune, make_dialogue, make_question, make_staff, make_village

URL = "/office/questions/new"
PILE, PHONE, FLOOR = f"{URL}?way=pile", f"{URL}?way=phone", f"{URL}?way=floor"
Q = QuestionState


@pytest.fixture(autouse=True)
def _evening(at):
    at("2026-11-22 18:00")


@pytest.fixture
def clerk(sign_in):
    staff = make_staff(Role.OFFICE)
    sign_in(staff)
    return staff


@pytest.fixture
def head(sign_in):
    staff = make_staff(Role.VILLAGE_HEAD)
    sign_in(staff)
    return staff


def questions():
    return db.session.scalars(sa.select(Question).order_by(Question.id)).all()


# -- a pile


def begin(client, dialogue, village):
    code = codes.form_code(dialogue.code, village.id if village else 0)
    return client.get(f"{PILE}&form={codes.grouped(code, 3).lower()}", status=303).follow()


def paper(page, text, **fields):
    return page.form("new?way=pile").fill(text=text, **{"field": "water", **fields})


def test_a_pile_remembers_what_its_papers_have_in_common(client, clerk):
    dialogue, village = make_dialogue(), make_village()
    page = paper(begin(client, dialogue, village), "Nước đục.", number="1", name="Bà Sáu", publish_name=True)
    page = page.submit().follow()
    form = page.form("new?way=pile")
    assert (form["field"], form["village"], form["number"]) == ("water", str(village.id), "")
    assert page.select("textarea[autofocus]")
    assert page.one("#field option[value=water]").text == "F. Nước sạch"
    page = paper(page, "Nước mặn.", number="2").submit().follow()
    assert "2" in page.soup.select_one(".pile-line strong").text
    assert "Nước mặn." in page.soup.select_one(".pile-line").text
    assert {(q.dialogue_id, q.village_id, q.channel) for q in questions()} == {
        (dialogue.id, village.id, IntakeChannel.PAPER_FORM)
    }
    assert db.session.scalars(sa.select(ConsentChange.how)).all() == [ConsentHow.PAPER]
    receipts = client.get(next(link for link in page.links() if "/receipts" in link))
    assert [len(receipts.select(part)) for part in (".receipt", "h1")] == [2, 1]


def test_a_paper_entered_twice_is_recognised_by_its_number(client, clerk):
    dialogue, village = make_dialogue(), make_village()
    start = begin(client, dialogue, village)
    form = paper(start, "Nước đục.", number="a7")
    assert form.submit().location == form.submit().location  # the same sending is no second paper
    page = paper(begin(client, dialogue, village), "Nước đục, phiếu này nhập rồi.", number="A7").submit(status=422)
    assert page.soup.select_one(".error-summary a[href='#number']")
    assert len(questions()) == 1
    page.form("new?way=pile").fill(again=True).submit()
    assert len(questions()) == 2
    paper(begin(client, dialogue, make_village()), "Thôn khác.", number="A7").submit()  # its own numbers


def test_the_last_paper_is_taken_back_and_the_trail_keeps_it(client, clerk):
    page = paper(begin(client, make_dialogue(), make_village()), "Nhầm.", number="7").submit().follow()
    page = page.form("/entered-by-mistake").submit().follow()
    question = questions()[0]
    assert (question.state, question.state_note != "") == (Q.WITHDRAWN, True)
    assert "0" in page.soup.select_one(".pile-line strong").text
    assert db.session.scalars(sa.select(TrailEntry.action).order_by(TrailEntry.id)).all()[-1] == "entered_by_mistake"
    paper(page, "Đúng.", number="7").submit()


def test_only_an_own_question_that_nobody_touched_is_taken_back(client, clerk):
    for foreign in (make_question(), make_question(entered_by_id=clerk.id, state=Q.PUBLISHED)):
        client.post(f"/office/questions/{foreign.id}/entered-by-mistake", {}, status=303)
    assert {q.state for q in questions()} == {Q.WAITING, Q.PUBLISHED}


def test_a_scanned_address_names_dialogue_and_village_and_prechooses_the_village_for_residents(client, clerk):
    dialogue, village = make_dialogue(), make_village()
    address = f"http://localhost/d/{dialogue.code}/ask?village={village.id}"
    page = client.get(f"{PILE}&form={quote(address)}", status=303)
    assert f"village={village.id}" in page.location
    assert client.get(f"/d/{dialogue.code}/ask?village={village.id}").form("ask")["village"] == str(village.id)


def test_a_code_with_a_slip_or_of_another_commune_is_refused_with_a_sentence(client, clerk):
    make_dialogue()
    other = make_commune()
    code = codes.form_code(make_dialogue(commune=other).code, make_village(other).id)
    for typed in (code, code[:-1] + ("2" if code[-1] != "2" else "3"), "xyz", "%2F%2F"):
        assert client.get(f"{PILE}&form={typed}", status=422).errors


def test_a_broken_file_leaves_no_question_behind(client, clerk):
    form = paper(begin(client, make_dialogue(), None), "Có ảnh.")
    data = dict(form.data())
    client.post(form.action, {**data, "file": (io.BytesIO(b"<html>"), "x.jpg")}, status=422)
    page = client.post(form.action, {**data, "text": "", "file": (io.BytesIO(b"#!AMR\n"), "x.amr")}, status=422)
    assert page.soup.select_one(".error-summary a[href='#file']")  # it has to be chosen again
    assert questions() == []
    client.post(form.action, {**data, "file": (io.BytesIO(b"#!AMR\n" + bytes(9)), "x.amr")}, status=303)
    attachment = db.session.scalars(sa.select(Attachment)).one()
    assert attachment.question_id == questions()[0].id


# -- phone and floor


def test_each_consent_is_asked_on_the_phone_and_recorded_as_spoken(client, clerk):
    make_dialogue()
    form = client.get(PHONE).form("new?way=phone")
    form.fill(text="Hỏi chuyện đất.", field="land", phone="0900 000 101")
    page = form.submit(status=422)
    assert {link["href"] for link in page.select(".error-summary a")} == {"#contact", "#message", "#publish_name"}
    form = page.form("new?way=phone").fill(contact="yes", message="no", publish_name="no", channel="hotline")
    page = form.submit().follow()
    asker = db.session.scalars(sa.select(Asker)).one()
    assert (asker.may_contact, asker.may_message, asker.may_publish_name) == (True, False, False)
    change = db.session.scalars(sa.select(ConsentChange)).one()
    assert (change.consent, change.how, change.staff_id) == (Consent.CONTACT, ConsentHow.SPOKEN, clerk.id)
    assert questions()[0].channel is IntakeChannel.HOTLINE
    assert " – " in page.soup.select_one("#just-saved strong").text  # the code, spelled


def test_a_yes_without_the_means_for_it_is_refused(client, clerk):
    make_dialogue()
    form = client.get(PHONE).form("new?way=phone")
    form.fill(text="Hỏi.", field="land", contact="yes", message="no", publish_name="no")
    assert form.submit(status=422).soup.select_one(".error-summary a[href='#contact']")


def test_the_floor_needs_nothing_but_the_words(client, clerk):
    dialogue = make_dialogue(state=DialogueState.HELD)
    page = client.get(f"/office/dialogues/{dialogue.id}")
    page = client.get(next(link for link in page.links() if "way=floor" in link))
    page = page.form("new?way=floor").fill(text="Bao giờ có nước sạch?").submit().follow()
    question = questions()[0]
    assert (question.channel, question.dialogue_id, question.state) == (IntakeChannel.DIALOGUE, dialogue.id, Q.WAITING)
    assert page.select("input#text[autofocus]")


def test_nobody_reaches_the_floor_of_a_dialogue_that_has_not_begun_by_a_link(client, clerk):
    assert not [link for link in client.get(f"/office/dialogues/{make_dialogue().id}").links() if "way=floor" in link]


# -- the page of a village


def test_a_village_head_sees_the_own_entries_and_of_others_only_what_is_public(client, head):
    mine = make_question(village_id=head.village_id, entered_by_id=head.id, text="Tôi nhập", asker={"name": "Bà Sáu"})
    make_question(village_id=head.village_id, text="Chưa ai đọc", asker={"name": "Kín", "phone": "0900 000 999"})
    answered = make_question(
        village_id=head.village_id, text="Lời gốc", public_text="Lời đăng", state=Q.PUBLISHED, asker={"name": "Kín"}
    )
    make_answer(answered, text="Tuần tới sửa.")
    make_answer(make_question(state=Q.PUBLISHED, text="Thôn khác"))
    page = client.get("/office/village")
    for words in ("Tôi nhập", "Bà Sáu", "Lời đăng"):
        assert words in page.main
    assert f"/office/questions/{mine.id}/receipt" in page.links()
    results = client.get("/office/village/results")
    assert "Tuần tới sửa." in results.main
    for hidden in ("Chưa ai đọc", "Kín", "0900 000 999", "Lời gốc", "Thôn khác"):
        assert hidden not in page.main + results.main


def test_a_village_head_begins_a_pile_of_the_own_village_only(client, head):
    dialogue = make_dialogue()
    assert client.get(f"{PILE}&form={codes.form_code(dialogue.code, make_village().id)}", status=422).errors
    page = client.get(f"{PILE}&form={codes.form_code(dialogue.code, head.village_id)}", status=303).follow()
    paper(page, "Nước đục.").submit()
    assert (questions()[0].village_id, questions()[0].entered_by_id) == (head.village_id, head.id)
    assert "way=floor" not in client.get(URL).source


def test_without_village_the_page_says_whom_to_ask(client, sign_in):
    sign_in(make_staff(Role.VILLAGE_HEAD, village_id=None))
    assert client.get("/office/village").select(".note")
    client.get("/office/village/results", status=303)
