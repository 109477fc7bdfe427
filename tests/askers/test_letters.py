"""Word back by letter: in the transaction of its cause, gathered, taken back, confirmed first, checked at sending."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from dialogues import clock
from dialogues.askers import letters
from dialogues.askers.models import Word
from dialogues.askers.rules import Way
from dialogues.doubles import merging
from dialogues.extensions import db
from dialogues.followup import answers, extensions, promising
from dialogues.followup.promising import Promise
from dialogues.followup.rules import Outcome
from dialogues.places.rules import Field
from dialogues.post import service as post
from dialogues.post.models import Message
from dialogues.post.rules import Channel, Kind, MessageState
from dialogues.questions import intake, service, sorting
from dialogues.questions.rules import Consent, DeclineReason, IntakeChannel, QuestionEvent, QuestionState
from dialogues.staff.rules import Role
from tests.make import make_answer, make_dialogue, make_question, make_staff, make_unit

E, S = QuestionEvent, MessageState
MAIL = {"email": "ba-hoa@minh-tam.example", "may_message": True, "name": "Bà Hoa"}


@pytest.fixture(autouse=True)
def _morning(at):
    at("2026-11-23 09:00")


@pytest.fixture
def with_gateway(app):
    before = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(before, gateway_url="https://gateway.example/send", gateway_secret="x" * 20)
    yield
    app.config["SETTINGS"] = before


def outbox(kind=Kind.ASKER_NEWS):
    db.session.commit()
    return db.session.scalars(sa.select(Message).where(Message.kind == kind).order_by(Message.id)).all()


def words():
    db.session.commit()
    return db.session.scalars(sa.select(Word).order_by(Word.id)).all()


def confirmed(**more):
    return {**MAIL, "email_confirmed_at": clock.now(), **more}


def checked(message):
    return post.CHECKS[message.kind](message)


def test_each_act_on_a_question_tells_its_asker(app):
    office, unit = make_staff(), make_unit(name="Phòng Kinh tế")
    question = make_question(asker=confirmed())
    sorting.assign(question=question, unit_id=unit.id, actor=office)
    sorting.publish(question=question, public_text="Bao giờ sửa?", actor=office)
    (letter,) = outbox()
    assert letter.recipient == "ba-hoa@minh-tam.example"
    assert letter.next_try_at == clock.now() + letters.GATHER
    assert "Phòng Kinh tế" in letter.text
    assert f"/q/{question.askers[0].code}" in letter.text
    assert "đã được đăng" in letter.subject, "the newest is the subject of the one letter"
    assert [(word.event, word.message_id, word.is_first) for word in words()] == [
        (E.ASSIGNED, letter.id, True),
        (E.PUBLISHED, letter.id, False),
    ]


def test_words_of_the_asker_and_of_others_never_stand_in_a_letter(app):
    question = make_question(text="Ông Tư <b>lấn đường</b>.", asker=confirmed(name="<i>Hoa</i>"))
    make_question(asker=confirmed(name="Ông Năm"))
    sorting.decline(question=question, reason=DeclineReason.UNCLEAR, note="Xin <u>gọi</u>.", actor=make_staff())
    (letter,) = outbox()
    assert "Ông Tư" not in letter.text + letter.html
    assert "Ông Năm" not in letter.text
    assert "&lt;i&gt;Hoa" in letter.html
    assert "&lt;u&gt;gọi" in letter.html
    assert "Xin <u>gọi</u>." in letter.text


def test_what_is_taken_back_before_the_letter_went_out_is_not_told(app):
    office, question = make_staff(), make_question(asker=confirmed())
    sorting.publish(question=question, public_text="Bao giờ?", actor=office)
    sorting.take_back(question=question, note="Nhầm.", actor=office)
    (letter,) = outbox()
    assert letter.state is S.DROPPED
    assert words() == []


def test_what_was_sent_and_is_taken_back_is_told(app):
    office, question = make_staff(), make_question(asker=confirmed())
    sorting.publish(question=question, public_text="Bao giờ?", actor=office)
    (letter,) = outbox()
    letter.state, letter.ended_at = S.SENT, clock.now()
    db.session.commit()
    sorting.take_back(question=question, note="Nhầm.", actor=office)
    assert "đọc lại" in outbox()[-1].text
    assert len(outbox()) == 2


def test_an_address_typed_by_the_public_is_asked_first_and_told_nothing_before(client):
    asker = intake.receive(
        dialogue=make_dialogue(), text="Bao giờ sửa đường?", field=Field.ROADS, channel=IntakeChannel.PORTAL,
        email="ai-do@minh-tam.example", consents={Consent.MESSAGE},
    )  # fmt: skip
    sorting.publish(question=asker.question, public_text="Bao giờ?", actor=make_staff())
    (question,) = outbox(Kind.ASKER_CONFIRM)
    assert outbox() == []
    assert asker.code not in question.text + question.subject, "the address may be somebody else's"
    link = re.search(r"/q/news/\S+", question.text)[0]
    assert checked(question) is None
    client.get(link)
    assert outbox() == [], "a mail scanner opens every link"
    client.post(link, {"act": "confirm"}, csrf=False)
    (letter,) = outbox()
    assert asker.code in letter.text
    assert {word.message_id for word in words()} == {letter.id}
    assert checked(question), "nobody is asked again"


def test_the_link_of_the_first_letter_ends_after_a_week_and_forged_ones_open_nothing(client, at):
    asker = make_question(asker=MAIL).askers[0]
    letters.ask(asker)
    link = re.search(r"/q/news/\S+", outbox(Kind.ASKER_CONFIRM)[0].text)[0]
    assert "ba-hoa" not in client.get(link[:-1] + ("0" if link[-1] != "0" else "1")).text
    at("2026-12-01 09:00")
    client.post(link, {"act": "confirm"}, csrf=False)
    db.session.rollback()
    assert asker.email_confirmed_at is None


def test_nobody_can_fill_a_mailbox_with_questions(app):
    for _number in range(6):
        letters.ask(make_question(asker=MAIL).askers[0])
    assert len(outbox(Kind.ASKER_CONFIRM)) == letters.QUESTIONS_A_DAY


def test_one_click_of_a_mail_program_ends_the_letters(client):
    question = make_question(asker=confirmed())
    sorting.publish(question=question, public_text="Bao giờ?", actor=make_staff())
    (letter,) = outbox()
    path = letter.unsubscribe_url.removeprefix("http://localhost")
    assert client.post(path, {"List-Unsubscribe": "One-Click"}, csrf=False, status=200).text == "OK"
    db.session.expire_all()
    assert question.askers[0].may_message is False
    assert outbox()[0].state is S.DROPPED


@pytest.mark.parametrize("change", [{"may_message": False}, {"email": "khac@minh-tam.example"}])
def test_a_letter_is_checked_again_when_it_goes_out(app, change):
    question = make_question(asker=confirmed())
    sorting.publish(question=question, public_text="Bao giờ?", actor=make_staff())
    (letter,) = outbox()
    assert checked(letter) is None
    for name, value in change.items():
        setattr(question.askers[0], name, value)
    db.session.commit()
    assert checked(letter)


def test_a_phone_gets_short_texts_by_the_gateway_and_not_endlessly(app, with_gateway):
    office = make_staff()
    for number in range(letters.TEXTS_A_DAY + 1):
        question = make_question(asker={"phone": "0912 000 101", "may_message": True})
        sorting.publish(question=question, public_text=f"Bao giờ {number}?", actor=office)
    texts = outbox()
    assert len(texts) == letters.TEXTS_A_DAY
    assert texts[0].channel is Channel.GATEWAY
    assert texts[0].recipient == "0912000101"
    assert checked(texts[0]) is None
    assert words()[-1].way is Way.BY_HAND, "who is told so often is told by hand"


def test_an_answer_its_delay_and_its_promises_are_told(app, at):
    office = make_staff()
    question = make_question(state=QuestionState.PUBLISHED, asker=confirmed())
    answer = make_answer(
        question, outcome=Outcome.IN_WRITING, text="", due_on=clock.today() + timedelta(days=5), published_at=None
    )
    answers.publish_answer(question=question, answer=answer, version=answer.version, actor=office)
    (letter,) = outbox()
    assert "28/11/2026" in letter.text
    at("2026-12-03 09:00")
    answers.save_later_answer(
        question=question, answer=answer, version=answer.version, text="Đã sửa.", final_on=clock.today(), actor=office
    )
    assert "xin lỗi" in outbox()[0].text, "late: an apology"
    promising.make_commitment(
        question=question, answer=answer, actor=office,
        promise=Promise(responsible=office, result="Đường hết ổ gà.", due_on=clock.today() + timedelta(days=33)),
    )  # fmt: skip
    db.session.refresh(answer)
    commitment = answer.commitments[0]
    extensions.extend(
        commitment=commitment, version=commitment.version, new_due_on=clock.today() + timedelta(days=60),
        reason="Mưa lớn.", actor=make_staff(Role.OFFICE, commune=office.commune),
    )  # fmt: skip
    assert [word.event for word in words()][-3:] == [E.ANSWERED, E.COMMITMENT_MADE, E.COMMITMENT_EXTENDED]
    assert "Mưa lớn." in outbox()[0].text
    assert "Đường hết ổ gà." in outbox()[0].text


def test_a_published_answer_that_ends_another_way_is_told_and_a_slip_of_the_pen_is_not(app):
    office, question = make_staff(), make_question(state=QuestionState.PUBLISHED, asker=confirmed())
    answer = make_answer(question, outcome=Outcome.ESCALATED, text="", escalated_to="Sở Xây dựng", published_at=None)
    answers.publish_answer(question=question, answer=answer, version=answer.version, actor=office)
    (letter,) = outbox()
    letter.state, letter.ended_at = S.SENT, clock.now()
    db.session.commit()
    values = {
        "question": question, "answer": answer, "answered_by_id": None, "answered_on": clock.today(), "due_on": None,
        "actor": office,
    }  # fmt: skip
    passed_up = {"outcome": Outcome.ESCALATED, "escalated_to": "Sở Xây dựng"}
    answers.save_answer(**values, **passed_up, version=answer.version, text="Đã gửi Sở.")
    assert len(outbox()) == 1
    answers.save_answer(
        **values, outcome=Outcome.ANSWERED_ON_SPOT, escalated_to="", version=answer.version, text="Xã đã kè xong."
    )
    assert len(outbox()) == 2
    assert "đã có trả lời" in outbox()[-1].subject


def test_who_is_taken_out_of_a_merge_is_told_nothing_of_the_other_question(app):
    """The slip for the hand would tell an answer to a question that is not the asker's any more."""
    office, lead = make_staff(), make_question(state=QuestionState.PUBLISHED, asker=confirmed())
    by_hand = {"phone": "0900 000 111", "may_contact": True}
    other, early = make_question(asker=by_hand), make_question(asker=by_hand)
    merging.merge(question=other, into=lead, actor=office)
    merging.merge(question=early, into=lead, actor=office)
    (merged,) = [word for word in words() if word.asker is early.askers[0]]
    merged.told_at = clock.now()
    answer = make_answer(lead, published_at=None)
    answers.publish_answer(question=lead, answer=answer, version=answer.version, actor=office)
    merging.unmerge(question=other, actor=office)
    merging.unmerge(question=early, actor=office)
    told = [(word.asker.question_id, word.event) for word in words()]
    assert told == [(early.id, E.MERGED), (lead.id, E.ANSWERED), (early.id, E.UNMERGED)]


def test_a_first_word_after_its_day_begins_with_an_apology(app, at):
    question = make_question(asker=confirmed())
    at("2026-12-10 09:00")
    sorting.assign(question=question, unit_id=make_unit().id, actor=make_staff())
    assert "xin lỗi" in words()[0].text


def test_a_withdrawn_question_tells_nothing_older(app):
    office, question = make_staff(), make_question(asker=confirmed())
    sorting.publish(question=question, public_text="Bao giờ?", actor=office)
    service.withdraw(asker=question.askers[0])
    assert [word.event for word in words()] == [E.WITHDRAWN]
    (letter,) = outbox()
    assert "đã được rút" in letter.text
    assert "đã được đăng" not in letter.text


def test_telling_costs_no_more_statements_when_nothing_waits(app, queries):
    office = make_staff()
    one, other = make_question(asker=confirmed()), make_question(asker=False)
    with queries() as silent:
        sorting.publish(question=other, public_text="Bao giờ?", actor=office)
    with queries() as told:
        sorting.publish(question=one, public_text="Bao giờ?", actor=office)
    assert told.count <= silent.count + 12
