"""Askers are asked at once and again after four weeks; once, only the silent ones, never when it is over."""

import pytest
import sqlalchemy as sa

from dialogues import clock
from dialogues.askers import again
from dialogues.askers.models import Word
from dialogues.extensions import db
from dialogues.followup import done, evidence
from dialogues.followup.rules import CommitmentState
from dialogues.post import delivery
from dialogues.post import service as post
from dialogues.post.models import Message
from dialogues.post.rules import Kind
from dialogues.questions.rules import QuestionEvent, QuestionState
from dialogues.verdicts import saying
from dialogues.verdicts.rules import Judgement, VerdictWay
from dialogues.verdicts.saying import Voice
from tests.make import make_answer, make_commitment, make_question, make_reported

E = QuestionEvent
MAIL = {"email": "ba-hoa@minh-tam.example", "may_message": True, "name": "Bà Hoa"}


@pytest.fixture(autouse=True)
def now(at, app):
    at("2026-11-20 09:00")


def asked():
    db.session.commit()
    return list(db.session.scalars(sa.select(Word).where(Word.event == E.COMMITMENT_ASKED).order_by(Word.id)))


def ask_again():
    number = again.ask_again(clock.now())
    db.session.commit()
    return number


def question_of(**asker):
    return make_question(state=QuestionState.PUBLISHED, asker={**MAIL, "email_confirmed_at": clock.now(), **asker})


def test_the_letter_of_the_report_asks_at_once_with_a_link_to_answer(app):
    commitment = make_commitment(make_answer(question_of()))
    done.report_done(
        commitment=commitment,
        version=commitment.version,
        text="Đã đổ bê tông 120 m.",
        to_asker="Đường đã xong, cảm ơn bà.",
        actor=commitment.responsible,
        proofs=[evidence.decision("45/QĐ-UBND")],
    )
    db.session.commit()
    letter = db.session.scalars(sa.select(Message).where(Message.kind == Kind.ASKER_NEWS)).one()
    assert "Đường đã xong, cảm ơn bà." in letter.text
    assert "Có đúng vậy không?" in letter.text
    assert "/q/say/" in letter.text
    assert "/q/say/" in letter.html


def test_after_four_weeks_the_silent_are_asked_once(app, at):
    commitment = make_reported(make_answer(question_of()))
    at("2026-12-17 09:00")
    assert ask_again() == 0
    at("2026-12-18 09:00")
    assert ask_again() == 1
    assert ask_again() == 0
    assert len(asked()) == 1
    letter = db.session.scalars(sa.select(Message).where(Message.kind == Kind.ASKER_NEWS)).one()
    assert "/q/say/" in letter.text
    db.session.refresh(commitment)
    assert commitment.version == 1


@pytest.mark.parametrize("judgement", list(Judgement))
def test_who_spoke_is_not_asked_again(app, at, judgement):
    commitment = make_reported(make_answer(question_of()))
    asker = commitment.answer.question.askers[0]
    saying.say(commitment=commitment, judgement=judgement, text="Có xem.", voice=Voice(VerdictWay.CODE, asker))
    db.session.commit()
    at("2026-12-18 09:00")
    assert ask_again() == 0
    assert asked() == []


@pytest.mark.parametrize("state", [CommitmentState.CONFIRMED, CommitmentState.IN_PROGRESS, CommitmentState.WITHDRAWN])
def test_it_stops_with_the_state(app, at, state):
    make_reported(make_answer(question_of()), state=state)
    at("2026-12-18 09:00")
    assert ask_again() == 0


def test_of_a_promise_that_is_not_public_nobody_is_asked(app, at):
    make_reported(make_answer(question_of(), published_at=None))
    at("2026-12-18 09:00")
    assert ask_again() == 0


def test_the_worker_asks_in_its_round_and_an_outage_loses_nothing(app, at):
    make_reported(make_answer(question_of()))
    at("2027-03-01 09:00")
    for _ in range(2):
        delivery.Deliverer.of(app.config["SETTINGS"]).round()
    assert len(asked()) == 1
    assert "askers asked again" in post.REMINDERS


def test_a_new_report_is_asked_about_again(app, at):
    commitment = make_reported(make_answer(question_of()))
    at("2026-12-18 09:00")
    ask_again()
    db.session.refresh(commitment)
    version = commitment.version
    done.take_back(commitment=commitment, version=version, reason="Chưa xong.", actor=commitment.responsible)
    done.report_done(
        commitment=commitment,
        version=commitment.version,
        text="Xong thật.",
        to_asker="Cảm ơn bà.",
        actor=commitment.responsible,
        proofs=[evidence.decision("46/QĐ-UBND")],
    )
    db.session.commit()
    at("2027-01-15 09:00")
    assert ask_again() == 1
