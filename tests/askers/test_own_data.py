"""What an asker does with the code, and a clerk on behalf: correct, contact, hide, get, erase; and erasing by rule."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from dialogues import clock
from dialogues.askers import erasing
from dialogues.askers.models import DataRequest, Word
from dialogues.askers.rules import RequestKind
from dialogues.extensions import db
from dialogues.followup.rules import CommitmentState, Outcome
from dialogues.invitations import guests
from dialogues.invitations.guest_models import Guest
from dialogues.places.models import RuleValue
from dialogues.places.rules import RuleName
from dialogues.post.models import Message
from dialogues.post.rules import Kind
from dialogues.questions import sorting
from dialogues.questions.correction_models import QuestionCorrection
from dialogues.questions.models import Asker, ConsentChange, Question
from dialogues.questions.rules import ConsentHow, DeclineReason, Erasure, QuestionState
from dialogues.staff.rules import Role
from tests.invitations.guest_make import make_guest
from tests.make import (
    make_answer,
    make_commitment,
    make_data_request,
    make_dialogue,
    make_question,
    make_staff,
    save,
    the_commune,
    wall,
)

PERSON = {"name": "Bà Hoa Mận", "phone": "0900 000 301", "email": "hoa-man@minh-tam.example", "may_message": True}


@pytest.fixture(autouse=True)
def _morning(at):
    at("2026-11-23 09:00")


def kinds():
    db.session.rollback()
    rows = db.session.execute(sa.select(DataRequest.kind, DataRequest.how, DataRequest.done_on))
    return [(kind, how, done_on is not None) for kind, how, done_on in rows]


# -- by the code ------------------------------------------------------------------------------------------------------


def test_the_words_are_corrected_until_the_office_publishes_and_the_first_ones_stay(client, sign_in):
    question = make_question(text="Bao giờ sửa cống?")
    url = f"/q/{question.askers[0].code}"
    page = client.get(url).click(f"{url}/correct")
    done = page.form().fill(text="Bao giờ sửa cống thôn Đồng?").submit().follow()
    assert "Bao giờ sửa cống thôn Đồng?" in done.main
    db.session.expire_all()
    assert question.text == "Bao giờ sửa cống?"
    assert db.session.scalars(sa.select(QuestionCorrection.text)).all() == ["Bao giờ sửa cống thôn Đồng?"]
    office = make_staff()
    sign_in(office)
    detail = client.get(f"/office/questions/{question.id}")
    assert "thôn Đồng" in detail.select(".differences ins")[0].text
    assert "thôn Đồng" in client.get("/office/questions").main
    assert "thôn Đồng" in client.get(f"/office/questions/{question.id}/publish").select("textarea")[0].text
    sorting.publish(question=question, public_text="Bao giờ?", actor=office)
    db.session.commit()
    late = client.post(f"{url}/correct", {"text": "Lời viết muộn"}, csrf=False, status=409)
    assert "Lời viết muộn" in late.main, "what was typed is not lost"
    assert db.session.scalar(sa.select(sa.func.count()).select_from(QuestionCorrection)) == 1


def test_a_new_address_gets_one_letter_that_asks_and_what_is_stored_is_not_shown(client):
    asker = make_question(asker={"phone": "0900 000 305"}).askers[0]
    url = f"/q/{asker.code}"
    page = client.get(url).click(f"{url}/contact")
    assert "305" not in page.source
    done = page.form().fill(email="moi@minh-tam.example").check("message").submit().follow()
    assert done.notice
    db.session.expire_all()
    assert (asker.phone, asker.email, asker.email_confirmed_at) == ("0900 000 305", "moi@minh-tam.example", None)
    (letter,) = db.session.scalars(sa.select(Message))
    assert (letter.kind, letter.recipient) == (Kind.ASKER_CONFIRM, "moi@minh-tam.example")
    client.post(f"{url}/contact", {}, csrf=False, status=422)


def test_a_name_is_hidden_with_one_button(client):
    question = make_question(state=QuestionState.PUBLISHED, asker={"name": "Bà Hoa Mận", "may_publish_name": True})
    url = f"/q/{question.askers[0].code}"
    assert "Bà Hoa Mận" in client.get(f"/minh-tam/questions/{question.id}").main
    assert "Ẩn tên của tôi" in client.get(url).main
    client.post(f"{url}/consents", {"consent": "publish_name", "given": "0"}, csrf=False)
    assert "Bà Hoa Mận" not in client.get(f"/minh-tam/questions/{question.id}").main
    assert kinds() == [(RequestKind.STOP, ConsentHow.WEB, True)]


def test_the_file_holds_everything_that_is_stored_and_is_kept_by_no_cache(client):
    question = make_question(text="Bao giờ có nước sạch?", asker=PERSON)
    sorting.decline(question=question, reason=DeclineReason.UNCLEAR, note="Xin gọi lại.", actor=make_staff())
    db.session.commit()
    url = f"/q/{question.askers[0].code}/my-data"
    client.get(url, status=303)
    answer = client.post(url, {}, csrf=False, status=200)
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["Cache-Control"] == "no-store"
    for held in (*(PERSON[name] for name in ("name", "phone", "email")), "Bao giờ có nước sạch?", "Xin gọi lại."):
        assert held in answer.text
    assert answer.source.count("\n") == answer.source.count("\r\n") == answer.source.count("\r")
    assert kinds() == [(RequestKind.SHOW, ConsentHow.WEB, True)]


def test_erasing_leaves_the_question_and_takes_the_person_out_of_everything(client, sign_in):
    question = make_question(state=QuestionState.PUBLISHED, asker={**PERSON, "email_confirmed_at": clock.now()})
    answer = make_answer(question, published_at=None)
    from dialogues.followup import answers

    answers.publish_answer(question=question, answer=answer, version=answer.version, actor=make_staff())
    db.session.commit()
    url = f"/q/{question.askers[0].code}"
    page = client.get(url).click(f"{url}/erase")
    done = page.form().submit().follow()
    assert "Đã xóa theo ý người hỏi" in done.main
    asker = db.session.scalars(sa.select(Asker).execution_options(populate_existing=True)).one()
    assert (asker.name, asker.phone, asker.email, asker.may_message) == ("", "", "", False)
    assert asker.erased_why is Erasure.WISH
    (letter,) = db.session.scalars(sa.select(Message).execution_options(populate_existing=True))
    assert letter.erased_at is not None
    assert letter.text == ""
    client.get(f"/minh-tam/questions/{question.id}")
    client.post(f"{url}/erase", {}, csrf=False, status=303)
    for held in ("Hoa Mận", "000 301", "hoa-man"):
        assert held not in client.post(f"{url}/my-data", {}, csrf=False, status=200).text
    sign_in(make_staff())
    assert "Đã xóa theo ý người hỏi" in client.get(f"/office/questions/{question.id}").main


def test_the_page_says_who_has_it_and_what_comes_next(client, at):
    question = make_question()
    url = f"/q/{question.askers[0].code}"
    assert "chậm nhất ngày 07/12/2026" in client.get(url).main
    at("2026-12-08 09:00")
    assert "xin lỗi" in client.get(url).main
    question.state, question.public_text, question.published_at = QuestionState.PUBLISHED, "Bao giờ?", clock.now()
    make_commitment(make_answer(question), responsible=make_staff(name="Trần Văn Bê"), due_on=clock.today())
    assert "Trần Văn Bê" in client.get(url).main
    assert "Cam kết sẽ làm xong chậm nhất ngày 08/12/2026" in client.get(url).main


# -- on behalf --------------------------------------------------------------------------------------------------------


def test_the_office_acts_on_behalf_and_writes_down_how_it_was_said(client, sign_in):
    office = make_staff()
    asker = make_question(asker={"name": "Cụ Tư"}).askers[0]
    sign_in(office)
    here = f"/office/askers/{asker.id}"
    page = client.get(here).click(f"{here}/contact")
    assert page.form().fill(phone="0900 000 404", email="cu-tu@minh-tam.example").submit(status=422).errors
    page.form().fill(phone="0900 000 404", email="cu-tu@minh-tam.example", how="desk").submit()
    client.get(f"{here}/consent").form().fill(consent="message", given="yes", how="spoken").submit()
    db.session.expire_all()
    assert asker.email_confirmed_at is not None, "a clerk wrote it down"
    change = db.session.scalars(sa.select(ConsentChange)).one()
    assert (change.how, change.staff_id) == (ConsentHow.SPOKEN, office.id)
    client.get(f"{here}/correct").form().fill(text="Lời đã sửa.", how="spoken").submit()
    file = client.get(f"{here}/data").form().fill(how="desk").submit(status=200)
    assert "cu-tu@minh-tam.example" in file.text
    client.get(f"{here}/withdraw").form().fill(how="paper").submit()
    client.get(f"{here}/erase").form().fill(how="paper").submit()
    db.session.expire_all()
    assert db.session.get(Question, asker.question_id).state is QuestionState.WITHDRAWN
    assert db.session.get(Asker, asker.id).email == ""
    assert {kind for kind, _how, done in kinds() if done} == set(RequestKind)


def test_a_request_has_its_clocks_stands_on_today_and_is_fulfilled_by_the_act_itself(client, sign_in, at):
    asker = make_question(asker=PERSON).askers[0]
    sign_in(make_staff())
    here = f"/office/askers/{asker.id}"
    form = client.get(here).form(f"{here}/requests")
    form.fill(kind="erase", how="paper", received_on="2026-11-20", note="Gọi lúc 8 giờ").submit()
    page = client.get("/office/askers/requests")
    assert "24/11/2026" in page.main, "two working days after Friday"
    assert "10/12/2026" in page.main
    assert client.get("/office/today").select("#week-data")
    page.form("/answered").submit()
    client.get(f"{here}/erase").form().fill(how="spoken").submit()
    (row,) = db.session.scalars(sa.select(DataRequest).execution_options(populate_existing=True))
    assert row.done_on == clock.today()
    assert row.note == "", "what was noted of the person is gone too"


def test_only_the_office_acts_for_askers_and_admins_read_no_letters_to_them(client, sign_in):
    question = make_question(asker={**PERSON, "email_confirmed_at": clock.now()})
    sorting.publish(question=question, public_text="Bao giờ?", actor=make_staff())
    db.session.commit()
    (letter,) = db.session.scalars(sa.select(Message))
    sign_in(make_staff(Role.ADMIN))
    for url in ("/office/post", f"/office/post/{letter.id}", "/office/post?q=hoa-man"):
        page = client.get(url)
        assert question.askers[0].code not in page.source
        assert "Hoa Mận" not in page.main
        assert "hoa-man" not in page.main
    assert not client.get("/office/post?q=hoa-man").select("tbody tr")
    make_data_request(question.askers[0])
    client.get("/office/askers/requests", status=403)


# -- by rule ----------------------------------------------------------------------------------------------------------


def ended(days, **more):
    at = clock.now() - timedelta(days=days)
    state = more.pop("state", QuestionState.DECLINED)
    return make_question(state=state, asker=PERSON, decided_at=at, published_at=at, received_at=at, **more)


def test_contact_data_is_erased_by_rule_two_years_after_the_end_and_not_before(app):
    over, kept = ended(740), ended(700)
    answered, noted, promised = (ended(1000, state=QuestionState.PUBLISHED) for _number in range(3))
    long_ago = {"answered_on": clock.today() - timedelta(days=900), "published_at": clock.now() - timedelta(days=900)}
    make_answer(answered, **long_ago)
    make_answer(noted, outcome=Outcome.NOTED, **long_ago)
    promise = make_commitment(make_answer(promised, **long_ago), due_on=clock.today() - timedelta(days=800))
    assert erasing.erase_old() == 2
    gone = {q.id for q in (over, answered)}
    db.session.commit()
    rows = db.session.scalars(sa.select(Asker).order_by(Asker.id)).all()
    assert {row.question_id for row in rows if row.erased_why is Erasure.RULE and not row.phone} == gone
    assert kept.id not in gone
    promise.state, promise.confirmed_on = CommitmentState.CONFIRMED, clock.today() - timedelta(days=750)
    save(
        RuleValue(
            commune_id=the_commune().id,
            rule=RuleName.KEEP_CONTACT_MONTHS,
            valid_from=clock.today() - timedelta(days=1),
            value=12,
        )
    )
    assert erasing.erase_old() == 2, "the commune keeps for a year: the kept one and the promise go too"
    assert erasing.erase_old() == 0


def test_addresses_of_guests_are_erased_two_years_after_their_dialogue(app):
    old = make_guest(make_dialogue(starts_at=wall(-740)), email="khach-cu@minh-tam.example")
    new = make_guest(make_dialogue(starts_at=wall(-700)), email="khach-moi@minh-tam.example")
    assert guests.erase_old(erasing.keeps_until) == 1
    db.session.commit()
    db.session.expire_all()
    assert (db.session.get(Guest, old.id).email, db.session.get(Guest, new.id).email) == (
        None,
        "khach-moi@minh-tam.example",
    )
    assert db.session.get(Guest, old.id).erased_at is not None


def test_who_was_erased_is_told_nothing_more(app):
    question = ended(740)
    erasing.erase_old()
    sorting.take_back(question=question, note="Xem lại.", actor=make_staff())
    assert db.session.scalars(sa.select(Word)).all() == []
