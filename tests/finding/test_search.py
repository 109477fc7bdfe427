"""The search pages: what residents find, what each role of the office finds, and that nothing typed breaks them."""

import pytest

from dialogues.extensions import db
from dialogues.places.rules import Field
from dialogues.questions.rules import IntakeChannel, QuestionState
from dialogues.schedule.rules import DialogueState
from dialogues.staff.rules import Role
from tests.make import (
    make_answer,
    make_commitment,
    make_commune,
    make_dialogue,
    make_question,
    make_staff,
    make_unit,
    make_village,
    wall,
)

S = QuestionState
URL, OFFICE = "/minh-tam/search", "/office/search"


def ids(page):
    return [tag["id"] for tag in page.select('li[id^="q-"], tr[id^="q-"], [id^="commitment-"]')]


def marks(page):
    return page.texts("mark")


def published(text, **more):
    return make_question(state=S.PUBLISHED, text=text, **more)


def test_residents_find_public_words_and_nothing_else(client):
    shown = published("Ông Tư đổ rác ra đường", public_text="Một hộ đổ <rác> thải ra đường")
    for state in S:
        if state is not S.PUBLISHED:
            make_question(state=state, text="Bãi rác", public_text="Bãi rác")
    published("Bãi rác", dialogue=make_dialogue(state=DialogueState.DRAFT))
    make_commune()
    published("Bãi rác", dialogue=make_dialogue(commune=make_commune()))
    make_answer(shown, text="Sẽ dọn rác", published_at=None)
    page = client.get(f"{URL}?q=RAC")
    assert ids(page) == [f"q-{shown.id}"]
    assert marks(page) == ["rác"]
    assert "&lt;<mark>rác</mark>&gt; thải" in page.source
    assert "dọn" not in page.source
    for typed in ("ông tư", "0900", "dọn"):
        assert ids(client.get(URL, query_string={"q": typed})) == []


def test_answers_and_promises_are_found_and_shown_where_the_words_stand(client):
    answer = make_answer(published("Đèn tắt"), text="Thay bóng mới")
    promise = make_commitment(answer, result="Mười bóng đèn sáng")
    page = client.get(f"{URL}?q=bong")
    assert ids(page) == [f"q-{answer.question_id}"]
    assert marks(page) == ["bóng", "bóng"]
    page = page.click("/minh-tam/search?what=commitments&q=bong")
    assert "what=commitments" in page.url
    assert ids(page) == [f"commitment-{promise.id}"]
    answer.question.state = S.WITHDRAWN
    db.session.commit()
    assert ids(client.get(f"{URL}?q=bong")) == []
    assert ids(client.get(f"{URL}?q=bong&what=commitments")) == [f"commitment-{promise.id}"]


def test_filters_in_the_address_narrow_and_unknown_ones_do_not(client):
    village, dialogue = make_village(), make_dialogue()
    one = published("Đường một", dialogue=dialogue, field=Field.WATER, village=village, received_at=wall(-400, "00:30"))
    other = published("Đường hai", dialogue=make_dialogue())
    make_answer(other)
    day = wall(-400).date()
    for query in (
        "field=water", f"village={village.id}", f"dialogue={dialogue.id}", "state=unanswered",
        f"first={day}&last={day}", f"q=duong&last={wall(-30).date()}",
    ):  # fmt: skip
        assert ids(client.get(f"{URL}?{query}")) == [f"q-{one.id}"], query
    assert ids(client.get(f"{URL}?state=answered")) == [f"q-{other.id}"]
    for query in (
        "field=x",
        "village=999999",
        "dialogue=0",
        "state=x",
        "first=2026-99-99",
        "responsible=s:1",
        "page=9",
    ):
        assert len(ids(client.get(f"{URL}?q=duong&{query}"))) == 2, query
    late = make_commitment(make_answer(one), due_on=wall(-9).date())
    make_commitment(make_answer(published("Ba")), responsible=make_staff(Role.LEADER))
    for query in ("state=overdue", f"responsible=s:{late.responsible_id}"):
        assert ids(client.get(f"{URL}?what=commitments&{query}")) == [f"commitment-{late.id}"], query


@pytest.mark.parametrize(
    "typed",
    ["a" * 10_000, "từ " * 3000, '"', '""" "', "AND OR NOT", "* ( ) : ^ -", "%%%", "\x00\x07", "\u202e\u200f", "😀😀",
     "{words} : x", "'; DROP TABLE question; --", "ￊ ²³ ⅷ ᄀ ก็"],
)  # fmt: skip
def test_nothing_that_can_be_typed_breaks_the_pages(client, sign_in, typed):
    published("Đường hỏng")
    for what in ("questions", "commitments"):
        assert ids(client.get(URL, query_string={"q": typed, "what": what})) == []
    sign_in(make_staff())
    assert ids(client.get(OFFICE, query_string={"q": typed})) == []


def test_roles_of_the_office_find_what_they_may_read(client, new_client, sign_in):
    unit = make_unit()
    member = make_staff(Role.DEPARTMENT, unit_id=unit.id)
    waiting = make_question(text="Bà Xoan đổ rác")
    public = published("Bà Xoan lấn đường", public_text="Một hộ lấn đường")
    theirs = make_question(text="Bà Xoan hỏi điện", assigned_unit_id=unit.id)
    gone = make_question(text="Bà Xoan nhận tiền", state=S.MOVED_TO_COMPLAINT, assigned_staff_id=member.id)
    everyone = {waiting, public, theirs, gone}
    for person, hidden, open_ in (
        (make_staff(Role.OFFICE), everyone, {public}),
        (make_staff(Role.LEADER), everyone, {public}),
        (make_staff(Role.OVERSEER), set(), {public}),
        (member, {theirs}, {public}),
        (make_staff(Role.DEPARTMENT), set(), {public}),
    ):
        browser = new_client()
        sign_in(person, browser=browser)
        page = browser.get(f"{OFFICE}?q=xoan")
        assert set(ids(page)) == {f"q-{q.id}" for q in hidden}, person.roles
        assert ("Xoan" in page.source) == bool(hidden)
        assert set(ids(browser.get(f"{OFFICE}?q=mot+ho"))) == {f"q-{q.id}" for q in open_}
        assert set(ids(browser.get(f"{OFFICE}?assigned=x&field=roads"))) >= {f"q-{public.id}"}
    sign_in(make_staff(Role.OFFICE, commune=make_commune()))
    assert ids(client.get(f"{OFFICE}?q=xoan")) == []


def test_the_office_narrows_by_channel_state_and_who_is_responsible(client, sign_in):
    unit = make_unit()
    one = make_question(text="Nước đục", channel=IntakeChannel.DESK, assigned_unit_id=unit.id)
    other = make_question(text="Nước yếu", state=S.DECLINED)
    promise = make_commitment(responsible=make_staff(Role.DEPARTMENT, unit_id=unit.id), result="Nước trong")
    make_commitment(result="Nước mạnh")
    sign_in(make_staff())
    for query in ("channel=desk", "state=waiting", f"responsible=u:{unit.id}"):
        assert ids(client.get(f"{OFFICE}?q=nuoc&{query}")) == [f"q-{one.id}"], query
    assert ids(client.get(f"{OFFICE}?q=nuoc&state=declined")) == [f"q-{other.id}"]
    page = client.get(f"{OFFICE}?q=nuoc&what=commitments&responsible=u:{unit.id}")
    assert ids(page) == [f"commitment-{promise.id}"]


def test_many_are_counted_up_to_a_limit_and_the_newest_stand_first(client, monkeypatch):
    monkeypatch.setattr("dialogues.finding.service.MOST", 24)
    found = [published(f"Đường số {n}", received_at=wall(n - 40)) for n in range(25)]
    page = client.get(f"{URL}?q=duong")
    assert ids(page)[0] == f"q-{found[-1].id}"
    assert "24" in page.one('main [role="status"]').get_text()
    assert len(ids(page.click("Trang sau"))) == 4
    assert "Tìm thấy 25" not in page.main


def test_a_search_takes_a_fixed_number_of_statements(client, sign_in, queries):
    def fill(number):
        for _number in range(number):
            question = published("Đường", village=make_village(), asker={"name": "An", "may_publish_name": True})
            make_commitment(make_answer(question, text="Đường xong"), result="Đường phẳng")

    def counted(page):
        with queries() as seen:
            client.get(page)
        return seen.count

    sign_in(make_staff(roles=[Role.OFFICE]))
    pages = [f"{path}?q=duong&what={what}" for path in (URL, OFFICE) for what in ("questions", "commitments")]
    fill(2)
    few = [counted(page) for page in pages]
    fill(9)
    assert all(now <= before for now, before in zip((counted(page) for page in pages), few, strict=True))
    assert max(few) <= 12
