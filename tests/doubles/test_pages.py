"""Doubles on the pages: of the office, of residents who ask, and on the asker's own page."""

from datetime import timedelta

import pytest

from dialogues.doubles import chains, merging, store
from dialogues.doubles.panel import Panel, Proposal
from dialogues.questions.models import Asker, Question
from dialogues.questions.rules import QuestionState
from dialogues.staff.rules import Role
from tests.make import clock, make_answer, make_commune, make_dialogue, make_question, make_staff, make_village

S = QuestionState
TEXT = "Xin lắp đèn năng lượng mặt trời ở ngã ba cây gạo, đêm đi làm về tối quá."
ALIKE = "Ngã ba cây gạo tối om, đề nghị xã lắp đèn năng lượng mặt trời."


@pytest.fixture
def village(app):
    return make_village()


@pytest.fixture
def shown(village):
    """A published question with an answer."""
    question = make_question(state=S.PUBLISHED, text=TEXT, village_id=village.id)
    make_answer(question, text="Xã lắp 5 đèn trong tháng 12.")
    return question


@pytest.fixture
def typed(village, shown, at):
    """What a resident fills in to ask the same."""
    return {"text": ALIKE, "field": shown.field.value, "village": str(village.id), "kind": "question"}


def asking(client, at, shown, typed):
    """The form, filled in; a minute passes, as with people."""
    form = client.get(f"/d/{shown.dialogue.code}/ask").form(f"/d/{shown.dialogue.code}/ask")
    at(f"{clock.now() + timedelta(hours=7, minutes=2):%Y-%m-%d %H:%M}")
    return form.fill(**typed)


# -- the office -------------------------------------------------------------------------------------------------------


def test_the_office_merges_a_proposal_and_takes_it_out_again(client, sign_in, session, village):
    clerk = make_staff()
    first = make_question(text=TEXT, village_id=village.id)
    new = make_question(text=ALIKE, village_id=village.id)
    sign_in(clerk)
    page = client.get(f"/office/questions/{new.id}")
    assert "Có lẽ là một" in page.text
    assert TEXT in page.text
    page = page.form("Gộp vào câu này").submit().follow()
    assert page.url.startswith(f"/office/questions/{first.id}")
    session.expire_all()
    assert new.state is S.MERGED
    page = client.get(f"/office/questions/{new.id}").form(f"/office/questions/{new.id}/unmerge").submit().follow()
    session.expire_all()
    assert new.state is S.WAITING


def test_what_is_the_same_stands_before_what_is_similar_and_what_can_be_merged_before_what_cannot():
    def proposal(number, is_same, may_merge):
        blank = dict.fromkeys(Proposal.__dataclass_fields__)
        return Proposal(**{**blank, "id": number, "is_same": is_same, "may_merge": may_merge})

    shown = [proposal(1, False, True), proposal(2, True, False), proposal(3, True, True), proposal(4, False, False)]
    groups = Panel(None, [], 1, [], shown).groups
    assert [(is_same, [one.id for one in found]) for is_same, found in groups] == [(True, [3, 2]), (False, [1, 4])]


def test_a_declined_proposal_says_why_and_has_no_button(client, sign_in, village):
    declined = make_question(text=TEXT, village_id=village.id, state=S.DECLINED, decline_reason="unclear")
    new = make_question(declined.dialogue, text=ALIKE, village_id=village.id)
    sign_in(make_staff())
    card = client.get(f"/office/questions/{new.id}").one("#doubles .proposal")
    assert "Không rõ nội dung" in card.text
    assert "chỉ để đọc" in card.text
    assert not card.select("button")


def test_only_similar_questions_do_not_stand_under_the_same(client, sign_in, village):
    make_question(text=TEXT, village_id=make_village(name="Bãi").id)
    new = make_question(text=ALIKE, village_id=village.id)
    sign_in(make_staff())
    page = client.get(f"/office/questions/{new.id}")
    assert page.texts("#doubles h3") == ["Gần giống: đọc kỹ, có thể là việc khác"]


def test_a_merge_that_is_refused_says_why(client, sign_in, session):
    sign_in(make_staff())
    one, foreign = make_question(), make_question(make_dialogue(commune=make_commune()))
    url = f"/office/questions/{one.id}"
    assert client.post(f"{url}/merge", {"version": "1", "other": str(one.id)}, status=303).follow().select(".flash")
    for act in ("merge", "link"):
        for other in (str(foreign.id), "999999", "x", ""):
            page = client.post(f"{url}/{act}", {"version": "1", "other": other}, status=422)
            assert page.select(".error-summary")
            assert page.one("input[name=other]").get("value", "") == other
    client.post(f"{url}/link", {"version": "77", "other": str(make_question().id)}, status=303)
    page = client.post(
        f"/office/questions/{one.id}/merge", {"version": "77", "other": str(make_question().id)}, status=303
    )
    assert "lưu" in page.follow().text
    session.expire_all()
    assert one.state is S.WAITING


def test_leaders_see_before_the_session_what_is_asked_again(client, sign_in, session):
    old = make_answer(make_question(make_dialogue(starts_at=clock.now().replace(year=2024)), state=S.PUBLISHED))
    now = make_question(make_dialogue(), state=S.PUBLISHED)
    chains.link(question=now, earlier=old.question, actor=make_staff())
    session.commit()
    sign_in(make_staff(Role.LEADER))
    page = client.get(f"/office/dialogues/{now.dialogue_id}").click("Hỏi lại")
    assert old.text in page.text
    assert "2024" in page.text


def test_the_office_adds_and_removes_words_of_the_commune(client, sign_in, session):
    sign_in(make_staff())
    commune_id = make_question().commune_id
    page = client.get("/office/same-words")
    form = page.form("/office/same-words")
    form.fill(words="đường gom")
    assert form.submit(status=422).select(".error-summary")
    form.fill(words="a=b" + "=c" * 200)  # longer than the column once there is room around each sign
    assert form.submit(status=422).select(".error-summary")
    form.fill(words="đường gom = đường dân sinh")
    page = form.submit().follow()
    assert store.own_lines(commune_id) == ("đường gom = đường dân sinh",)
    page.form("/remove").submit()
    assert store.own_lines(commune_id) == ()


# -- residents --------------------------------------------------------------------------------------------------------


def test_while_typing_published_questions_with_their_answers_come_up(client, shown, typed):
    make_question(text=ALIKE, village_id=shown.village_id)  # waits to be read: nobody sees it
    piece = client.post(f"/d/{shown.dialogue.code}/ask/similar", typed, 200, htmx=True)
    assert TEXT in piece.text
    assert "Xã lắp 5 đèn" in piece.text
    assert ALIKE not in piece.text
    assert client.post(
        f"/d/{shown.dialogue.code}/ask/similar", {**typed, "text": "Chó thả rông cắn người"}, 200, htmx=True
    )


def test_before_sending_a_resident_is_shown_what_was_asked_and_may_send_all_the_same(client, session, shown, typed, at):
    step = asking(client, at, shown, typed).submit(status=200)
    assert TEXT in step.text
    assert ALIKE in step.text
    assert session.query(Question).count() == 1
    step.form(f"/d/{shown.dialogue.code}/ask").submit("anyway").follow()
    assert session.query(Question).count() == 2


def test_what_is_merely_similar_stops_nobody(client, shown, typed, at):
    typed = {**typed, "village": str(make_village(name="Bãi").id)}
    assert "Gần giống" in client.post(f"/d/{shown.dialogue.code}/ask/similar", typed, 200, htmx=True).text
    assert "/receipt" in asking(client, at, shown, typed).submit().follow().url


def test_what_stood_below_the_text_while_typing_is_not_shown_a_second_time(client, shown, typed, at):
    piece = client.post(f"/d/{shown.dialogue.code}/ask/similar", typed, 200, htmx=True)
    assert "Có lẽ là một" in piece.text
    seen = {"seen": [one["value"] for one in piece.select("input[name=seen]")]}
    form = asking(client, at, shown, typed)
    assert "/receipt" in client.post(form.action, {**dict(form.data()), **seen}, 303).location


def test_a_question_unlike_all_others_goes_through_at_once(client, session, shown, typed, at):
    form = asking(client, at, shown, {**typed, "text": "Chó thả rông cắn trẻ con ở đầu chợ, đề nghị xử phạt."})
    assert "/receipt" in form.submit().follow().url


def test_the_same_as_mine_gives_an_own_code_and_is_counted_once_for_each_browser(
    client, new_client, session, shown, at
):
    url = f"/d/{shown.dialogue.code}/ask/same/{shown.id}"
    page = client.get(url).form(url).submit().follow()
    assert "/receipt" in page.url
    with_no_cookie = new_client().get(url).form(url)
    joined = session.query(Asker).count()
    code = with_no_cookie.submit().location
    assert with_no_cookie.page.client.client.delete_cookie("same-as-mine", path="/d/") is None
    assert with_no_cookie.submit().location == code  # two quick clicks are one
    assert session.query(Asker).count() == joined + 1
    asker = session.query(Asker).order_by(Asker.id.desc()).first()
    assert (asker.is_supporter, asker.question_id) == (True, shown.id)
    own = client.get(f"/q/{asker.code}")
    assert "Xã lắp 5 đèn" in own.text
    assert not client.get(url).select("input[name=phone]")
    assert client.get(f"/minh-tam/questions/{shown.id}").text.count("3 người")
    other = new_client().get(url).form(url)
    other.check("contact")
    assert other.submit(status=422).select(".error-summary")


def test_a_supporter_reads_public_words_only_and_may_leave(client, session, village):
    question = make_question(state=S.PUBLISHED, text=TEXT + " Nhà ông Bảy biết rõ.", public_text=TEXT)
    url = f"/d/{question.dialogue.code}/ask/same/{question.id}"
    form = client.get(url).form(url)
    form.fill(phone="0900 000 001")
    form.submit()
    asker = session.query(Asker).filter_by(is_supporter=True).one()
    for page in (f"/q/{asker.code}", f"/q/{asker.code}/withdraw", f"/q/{asker.code}/receipt"):
        assert "ông Bảy" not in client.get(page).text
    client.get(f"/q/{asker.code}/withdraw").form("/withdraw").submit().follow()
    session.expire_all()
    assert (asker.phone, asker.left_at is None, question.state) == ("", False, S.PUBLISHED)


def test_questions_that_are_not_public_cannot_be_joined(client, shown):
    waiting = make_question(text=TEXT)
    foreign = make_question(make_dialogue(commune=make_commune()), state=S.PUBLISHED)
    for question in (waiting, foreign):
        client.get(f"/d/{shown.dialogue.code}/ask/same/{question.id}", status=404)


def test_the_asker_of_a_merged_question_reads_the_answer_of_the_lead(client, session, shown):
    other = make_question(text="Đèn ở ngã ba bao giờ có? Hỏi hộ bà Tám.")
    merging.merge(question=other, into=shown, actor=make_staff())
    session.commit()
    page = client.get(f"/q/{other.askers[0].code}")
    assert "Xã lắp 5 đèn" in page.text
    assert "Hỏi hộ bà Tám" in page.text  # the own words
    assert "Hỏi hộ bà Tám" not in client.get(f"/minh-tam/questions/{shown.id}").text
    assert client.get(f"/minh-tam/questions/{other.id}", status=404)
