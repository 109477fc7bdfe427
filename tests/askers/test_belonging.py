"""Askers whose question is not answered where they asked it: joined, merged, split, in quarantine, passed up."""

import pytest
import sqlalchemy as sa

from dialogues import uploads
from dialogues.askers import erasing, letters, telling
from dialogues.askers.models import Word
from dialogues.askers.rules import Way
from dialogues.attachments.models import Attachment
from dialogues.doubles import joining, merging
from dialogues.extensions import db
from dialogues.followup import answers, escalation
from dialogues.followup.rules import Outcome
from dialogues.places.rules import Field
from dialogues.questions import lineage, sorting, tracking
from dialogues.questions.lineage import Part
from dialogues.questions.models import Asker
from dialogues.questions.rules import Consent, Erasure, IntakeChannel, QuestionEvent, QuestionKind, QuestionState
from dialogues.staff.rules import Role
from tests.make import make_answer, make_attachment, make_question, make_staff, make_unit, make_village, save, wall

E, Q = QuestionEvent, QuestionState
SECRET = "Nhà ông Mận xây lấn mương"
PERSON = {"name": "Bà Hoa Mận", "phone": "0900 000 301", "may_message": True}


@pytest.fixture(autouse=True)
def _morning(at):
    at("2026-11-23 09:00")


def joined(question):
    asker = joining.join(question=question)
    db.session.commit()
    return asker


def events_of(asker):
    db.session.commit()
    return db.session.scalars(sa.select(Word.event).where(Word.asker_id == asker.id).order_by(Word.id)).all()


# -- who joined reads only what residents read -------------------------------------------------------------------------


def test_who_joined_never_reads_the_first_words(client):
    question = make_question(state=Q.PUBLISHED, text=SECRET, public_text="Có nhà xây lấn mương")
    asker, office = joined(question), make_staff()
    url = f"/q/{asker.code}"

    def read():
        pages = [client.get(url).source, client.get(f"{url}/receipt").source]
        return [*pages, client.post(f"{url}/my-data", {}, csrf=False, status=200).text]

    assert all("ông Mận" not in text for text in read())
    assert "Có nhà xây lấn mương" in read()[2]
    sorting.take_back(question=question, note="Xem lại lời đăng.", actor=office)
    db.session.commit()
    assert all("ông Mận" not in text for text in read())
    assert f"{url}/correct" not in read()[0]
    client.get(f"{url}/correct", status=303)
    refused = client.post(f"{url}/correct", {"text": "Lời khác"}, csrf=False, status=409)
    assert "ông Mận" not in refused.source
    parts = [Part(SECRET, Field.LAND, QuestionKind.QUESTION), Part("Đèn hỏng", Field.ROADS, QuestionKind.QUESTION)]
    lineage.split(question=question, parts=parts, actor=office)
    db.session.commit()
    assert all("ông Mận" not in text for text in read())


def test_who_joined_hears_that_another_took_the_question_back(app):
    question = make_question(state=Q.PUBLISHED, asker=PERSON)
    asker = joined(question)
    tracking.withdraw(asker=question.askers[0])
    assert events_of(asker) == [E.WITHDRAWN]
    (said,) = db.session.scalars(sa.select(Word.text).where(Word.asker_id == asker.id))
    assert "Theo ý" not in said
    assert said.startswith("Câu hỏi mà ông/bà cùng hỏi")


# -- merged, split, quarantined ---------------------------------------------------------------------------------------


def test_the_page_of_a_merged_question_says_who_has_the_one_that_is_answered(client):
    lead = make_question(state=Q.PUBLISHED, public_text="Bao giờ có nước?", channel=IntakeChannel.PAPER_FORM)
    sorting.assign(question=lead, unit_id=make_unit(name="Phòng Kinh tế").id, actor=make_staff())
    merged = make_question(asker={"name": "Ông Ất"}, channel=IntakeChannel.PORTAL)
    merging.merge(question=merged, into=lead, actor=make_staff())
    asker = merged.askers[0]
    assert letters.way_of(asker, E.ANSWERED) is Way.OWN_PAGE, "the lead came on paper, this one did not"
    db.session.commit()
    assert "Phòng Kinh tế" in client.get(f"/q/{asker.code}").main
    (said,) = db.session.scalars(sa.select(Word.text).where(Word.asker_id == asker.id, Word.event == E.MERGED))
    assert "hạn" not in said, "it is not read anew, as the lead is assigned already"


def test_a_village_head_tells_only_people_whom_they_wrote_down_themselves(client, sign_in):
    village = make_village(name="Đồng")
    head = make_staff(roles={Role.VILLAGE_HEAD}, village=village)
    lead = make_question(state=Q.PUBLISHED, village=village, entered_by=head, asker={**PERSON, "may_contact": True})
    other = make_question(village=village, asker={"name": "Ông Ất", "phone": "0900 000 302", "may_contact": True})
    joining.join(question=lead, phone="0900 000 303", consents=[Consent.CONTACT])
    merging.merge(question=other, into=lead, actor=make_staff())
    answers.publish_answer(question=lead, answer=(answer := make_answer(lead, published_at=None)),
                           version=answer.version, actor=make_staff())  # fmt: skip
    db.session.commit()
    sign_in(head)
    page = client.get("/office/askers").main
    assert "Bà Hoa Mận" in page
    assert "Ông Ất" not in page
    client.get(f"/office/askers/{other.askers[0].id}/slip", status=404)
    assert len(telling.asker_for(head, lead.askers[0].id).name) > 0
    assert all(telling.asker_for(head, one.id) is None for one in lead.askers if one.is_supporter)


def test_a_question_in_quarantine_is_told_like_one_that_waits(client):
    question = make_question(state=Q.QUARANTINED)
    page = client.get(f"/q/{question.askers[0].code}").main
    assert "sẽ đọc" in page or "đọc" in page
    assert "Câu trả lời sẽ có tại buổi" not in page


def test_a_name_that_may_be_shown_stands_beside_each_part(client):
    question = make_question(text="1. Nước. 2. Điện.", asker={"name": "Bà Hoa Mận", "may_publish_name": True})
    parts = [Part(text, Field.WATER, QuestionKind.QUESTION) for text in ("Bao giờ có nước?", "Bao giờ có điện?")]
    office = make_staff()
    one, _other = lineage.split(question=question, parts=parts, actor=office)
    sorting.publish(question=one, public_text=one.text, actor=office)
    db.session.commit()
    assert "Bà Hoa Mận" in client.get(f"/minh-tam/questions/{one.id}").main
    client.post(f"/q/{question.askers[0].code}/consents", {"consent": "publish_name", "given": "0"}, csrf=False)
    assert "Bà Hoa Mận" not in client.get(f"/minh-tam/questions/{one.id}").main


# -- passed up --------------------------------------------------------------------------------------------------------


def test_passing_up_a_public_question_is_told_once_and_taken_back_with_it(app):
    question, office = make_question(state=Q.PUBLISHED, asker=PERSON), make_staff()
    escalation.escalate(question=question, body="UBND tỉnh", on=wall(0).date(), note="Đã gửi.", actor=office)
    assert events_of(question.askers[0]) == [E.ANSWERED]
    escalation.take_back(question)
    assert events_of(question.askers[0]) == []


def test_the_asker_reads_who_has_a_waiting_question_that_the_office_passed_up_but_no_draft(client):
    question, drafted = make_question(), make_question()
    escalation.escalate(question=question, body="Sở Xây dựng", on=wall(0).date(), note="", actor=make_staff())
    make_answer(drafted, outcome=Outcome.ESCALATED, escalated_to="Sở Tài chính", published_at=None)
    db.session.commit()
    page = client.get(f"/q/{question.askers[0].code}").main
    assert "Hiện do Sở Xây dựng giữ" in page
    assert "sẽ đọc và báo" not in page
    assert "Sở Tài chính" not in client.get(f"/q/{drafted.askers[0].code}").main


# -- erasing ----------------------------------------------------------------------------------------------------------


def test_files_go_with_the_data_of_the_last_who_asked(app):
    question = make_question(state=Q.PUBLISHED, asker=PERSON)
    other = save(Asker(commune_id=question.commune_id, question=question, code="2345678ACEFH", name="Ông Ất",
                       joined_at=question.received_at))  # fmt: skip
    joined(question)
    path = uploads.found(question.commune_id, uploads.keep(question.commune_id, b"x", "jpg"))
    make_attachment(question, file=path.name)
    erasing.erase(asker=other, why=Erasure.WISH)
    db.session.commit()
    assert path.exists()
    erasing.erase(asker=question.askers[0], why=Erasure.WISH)
    db.session.commit()
    assert not path.exists()
    assert db.session.scalar(sa.select(sa.func.count(Attachment.id))) == 0


def test_the_data_of_merged_and_split_questions_ends_with_those_that_are_answered(app, at):
    office = make_staff()
    lead = make_question(state=Q.PUBLISHED, asker={"name": "Ông Giáp"})
    merged = make_question(asker={"name": "Ông Ất"})
    merging.merge(question=merged, into=lead, actor=office)
    text = make_question(asker={"name": "Bà Bính"})
    parts = [Part(text, Field.WATER, QuestionKind.QUESTION) for text in ("Nước?", "Điện?")]
    first, second = lineage.split(question=text, parts=parts, actor=office)
    for one in (first, lead):
        one.state, one.public_text = Q.PUBLISHED, "x"
        make_answer(one)
    db.session.commit()
    at("2029-06-01 09:00")
    assert erasing.erase_old() == 2, "the lead's and the merged one's; one part is not answered"
    assert text.askers[0].name
    second.state, second.public_text = Q.PUBLISHED, "x"
    make_answer(second)
    db.session.commit()
    at("2032-06-01 09:00")
    assert erasing.erase_old() == 1
    assert not text.askers[0].name
