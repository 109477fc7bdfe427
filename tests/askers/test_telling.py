"""The list to tell by phone or on paper: who stands on it, marking, undo, slips, village heads, the page of today."""

import pytest
import sqlalchemy as sa

from dialogues import clock
from dialogues.askers import telling
from dialogues.askers.models import Word
from dialogues.askers.rules import TellHow
from dialogues.extensions import db
from dialogues.followup import answers
from dialogues.post.models import Message
from dialogues.post.rules import MessageState
from dialogues.questions import sorting
from dialogues.questions.rules import DeclineReason, IntakeChannel
from dialogues.staff.rules import Role
from tests.make import make_answer, make_question, make_staff, make_unit, make_village

PHONE = {"name": "Ông Sáu", "phone": "0900 000 206", "may_contact": True}
PAPER = {"name": "Bà Bảy"}


@pytest.fixture(autouse=True)
def _morning(at):
    at("2026-11-23 09:00")


def told_to(asker, office, **more):
    """A question that was given to somebody, so that its asker is to be told."""
    question = make_question(asker=asker, channel=IntakeChannel.PAPER_FORM, **more)
    sorting.assign(question=question, unit_id=make_unit(name=f"Phòng {question.id}").id, actor=office)
    db.session.commit()
    return question


def test_who_has_no_mailbox_stands_on_the_list_once_with_everything(client, sign_in, at):
    office = make_staff()
    question = told_to(PHONE, office)
    told_to(PAPER, office)
    told_to({"phone": "0900 000 999"}, office)  # allowed neither calls nor messages
    told_to({}, office)  # nobody knows who it was
    at("2026-11-24 09:00")
    sorting.publish(question=question, public_text="Bao giờ?", actor=office)
    answer = make_answer(question, published_at=None)
    answers.publish_answer(question=question, answer=answer, version=answer.version, actor=office)
    db.session.commit()
    sign_in(office)
    page = client.get("/office/askers")
    assert [card.select_one("h2").text for card in page.select(".to-tell")] == ["Ông Sáu", "Bà Bảy"]
    assert len(page.select(".to-tell")[0].select(":scope > p:not(.meta)")) == 2, "taken up, and answered"
    assert "0900 000 206" in page.main
    assert "0900 000 999" not in page.main


def test_a_person_is_marked_as_told_and_the_mark_is_taken_back(client, sign_in):
    office = make_staff(name="Lý Thị Mai")
    asker = told_to(PHONE, office).askers[0]
    sign_in(office)
    page = client.get("/office/askers")
    assert page.form(f"/office/askers/{asker.id}/told").submit(status=422).errors, "how is asked"
    page = client.get("/office/askers").form(f"/office/askers/{asker.id}/told").fill(how="call").submit().follow()
    assert not page.select(".to-tell")
    word = db.session.scalars(sa.select(Word)).one()
    assert (word.told_how, word.told_on, word.told_by_id) == (TellHow.CALL, clock.today(), office.id)
    told = client.get("/office/askers?show=told")
    assert "Lý Thị Mai" in told.main
    story = client.get(f"/q/{asker.code}")
    assert "Đã gọi điện ngày 23/11/2026" in story.main
    again = told.form(f"/office/askers/{asker.id}/untell").submit().follow()
    assert len(again.select(".to-tell")) == 1


def test_what_came_after_the_list_was_read_is_not_marked(app):
    office = make_staff()
    question = told_to(PHONE, office)
    upto = db.session.scalar(sa.select(sa.func.max(Word.id)))
    sorting.decline(question=question, reason=DeclineReason.UNCLEAR, note="Xin gọi lại.", actor=office)
    telling.mark_told(asker=question.askers[0], upto=upto, how=TellHow.CALL, on=clock.today(), actor=office)
    assert telling.count_open(office) == 1


def test_consent_that_is_gone_and_erased_people_leave_the_list_and_failed_letters_join_it(app):
    office = make_staff()
    asker = told_to(PHONE, office).askers[0]
    mailed = make_question(
        asker={"email": "x@minh-tam.example", "may_message": True, "email_confirmed_at": clock.now()}
    )
    sorting.publish(question=mailed, public_text="Bao giờ?", actor=office)
    assert telling.count_open(office) == 1
    asker.may_contact = False
    db.session.commit()
    assert telling.count_open(office) == 0
    db.session.execute(sa.update(Message).values(state=MessageState.FAILED))
    assert telling.count_open(office) == 1


def test_the_slip_says_it_in_large_letters_and_all_slips_print_as_one_page(client, sign_in):
    office = make_staff()
    asker = told_to(PAPER, office).askers[0]
    told_to({"name": "Cụ Tám"}, office)
    sign_in(office)
    one = client.get(f"/office/askers/{asker.id}/slip")
    assert len(one.select(".told-slip")) == 1
    assert asker.code[:4] in one.main
    assert len(client.get("/office/askers/slips").select(".told-slip")) == 2
    with_phone = client.get("/office/askers/slips?reach=phone")
    assert not with_phone.select(".told-slip")


def test_a_village_head_sees_only_people_whom_they_entered_and_no_numbers(client, sign_in):
    village = make_village()
    head, office = make_staff(Role.VILLAGE_HEAD, village=village), make_staff()
    mine = told_to({**PHONE, "name": "Người trong thôn"}, office, village=village, entered_by=head)
    other = told_to({**PHONE, "name": "Người gửi thẳng"}, office, village=village)
    sign_in(head)
    page = client.get("/office/askers")
    assert "Người trong thôn" in page.main
    assert "0900 000 206" not in page.main
    assert "Người gửi thẳng" not in page.main
    assert not page.select("select[name=village]")
    client.get(f"/office/askers/{other.askers[0].id}/slip", status=404)
    client.post(f"/office/askers/{other.askers[0].id}/told", {"how": "slip", "on": "2026-11-23"}, status=404)
    client.get(f"/office/askers/{mine.askers[0].id}", status=403)
    assert page.form(f"/office/askers/{mine.askers[0].id}/told").fill(how="slip").submit().follow().notice


def test_late_ones_are_marked_and_stand_on_the_page_of_today(client, sign_in, at):
    office = make_staff()
    told_to(PHONE, office)
    at("2026-11-30 09:00")  # five working days: the last one
    sign_in(office)
    assert client.get("/office/today").select("#today-words a[href='/office/askers']")
    assert not client.get("/office/askers").select(".to-tell .is-late")
    at("2026-12-01 09:00")
    sign_in(office)
    assert client.get("/office/today").select("#late-words")
    assert client.get("/office/askers").select(".to-tell .is-late")


def test_the_list_takes_a_fixed_number_of_statements(client, sign_in, queries):
    office = make_staff()
    told_to(PHONE, office)
    sign_in(office)
    client.get("/office/askers")
    with queries() as few:
        client.get("/office/askers")
    for _number in range(4):
        told_to(PHONE, office)
    with queries() as many:
        client.get("/office/askers")
    assert many.count == few.count


def test_the_asker_reads_that_nothing_is_told_any_more_once_it_is_not_allowed(client):
    asker = told_to(PHONE, make_staff()).askers[0]
    assert "còn phải báo" in client.get(f"/q/{asker.code}").main
    asker.may_contact = False
    db.session.commit()
    page = client.get(f"/q/{asker.code}")
    assert "còn phải báo" not in page.main
    assert "không báo vì không còn được phép" in page.main
