"""The year plan in the browser: choose, look at the dates, save, move, skip, open; the register of requests."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from dialogues import clock
from dialogues.extensions import db
from dialogues.schedule import series
from dialogues.schedule.models import Dialogue
from dialogues.schedule.round_models import Round, RoundQuestion, Series, VoterRequest
from dialogues.schedule.round_rules import RequestState, RoundState
from dialogues.schedule.rules import DialogueState, Trigger
from tests.make import (
    make_commune,
    make_dialogue,
    make_holiday,
    make_question,
    make_request,
    make_round,
    make_series,
    make_staff,
    make_village,
    wall,
)

NEW = {
    "title": "Đối thoại định kỳ", "pattern": "weekday", "months": "6", "nth": "1", "weekday": "5",
    "of_months": ["6", "12"], "rule": "", "starts_on": "2026-11-23", "ends_on": "", "starts": "07:30", "ends": "11:30",
    "place": "Hội trường", "address": "", "chair_id": "",
}  # fmt: skip


@pytest.fixture(autouse=True)
def monday(at):
    at("2026-11-23 08:00")


@pytest.fixture
def office(app, sign_in):
    staff = make_staff()
    sign_in(staff)
    return staff


def count(model):
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count()).select_from(model))


def test_the_dates_are_shown_before_anything_is_saved(office, client):
    page = client.post("/office/plan/series/new", {**NEW, "do": "preview"}, status=200)
    assert "05/12/2026" in page.text
    assert "04/12/2027" in page.text
    assert count(Series) == count(Round) == 0
    client.post("/office/plan/series/new", {**NEW, "do": "save"}, status=303)
    assert (count(Series), count(Round)) == (1, 3)


def test_the_page_of_a_series_names_what_speaks_against_its_days_and_its_rule_in_words(office, client):
    client.post("/office/plan/series/new", {**NEW, "do": "save"}, status=303)
    make_holiday(office.commune, on_day=date(2026, 12, 5), name="Lễ hội đình")
    page = client.get(f"/office/plan/series/{db.session.scalar(sa.select(Series.id))}")
    assert [row.select_one(".plan-notes") is not None for row in page.soup.select("tbody tr")] == [True] * 3
    assert "Ngày lễ" in page.soup.select_one(".plan-notes").text
    assert "FREQ=" not in page.text


def test_the_preview_names_holidays_and_clashes(office, client):
    leader = make_staff("leader")
    make_holiday(office.commune, on_day=date(2026, 12, 5))
    make_dialogue(starts_at=wall(12, "09:00"), place="Nơi khác", chair=leader, title="Đối thoại về chợ")
    page = client.post("/office/plan/series/new", {**NEW, "chair_id": str(leader.id), "do": "preview"}, status=200)
    assert "Đối thoại về chợ" in page.text


@pytest.mark.parametrize(
    "over",
    [
        {"pattern": "own", "rule": "FREQ=SECONDLY"},
        {"pattern": "own", "rule": "nonsense"},
        {"pattern": "own", "rule": ""},
        {"pattern": "own", "rule": "FREQ=DAILY"},
        {"pattern": "weekday", "of_months": []},
        {"pattern": "months", "months": "7"},
        {"pattern": "sometimes"},
        {"starts": "11:30", "ends": "07:30"},
        {"starts_on": "1900-01-01"},
        {"starts_on": "9999-12-31"},
        {"ends_on": "2026-01-01"},
        {"title": ""},
        {"title": "x" * 301},
        {"place": "y" * 201},
    ],
)
def test_bad_input_is_refused_with_a_sentence_and_nothing_is_planned(office, client, over):
    page = client.post("/office/plan/series/new", {**NEW, **over, "do": "save"}, status=422)
    assert page.soup.select_one(".error-summary li")
    assert count(Series) == count(Round) == 0


def test_villages_of_another_commune_are_no_choice(office, client):
    foreign = make_village(make_commune())
    client.post("/office/plan/series/new", {**NEW, "villages": [str(foreign.id)], "do": "save"}, status=404)
    assert count(Series) == 0


def test_two_people_editing_one_series_lose_nothing(office, client):
    one = make_series()
    client.post(f"/office/plan/series/{one.id}/edit", {**NEW, "version": "1", "do": "save"}, status=303)
    page = client.post(
        f"/office/plan/series/{one.id}/edit", {**NEW, "title": "Tên khác", "version": "1", "do": "save"}, status=409
    )
    assert page.soup.select_one("#conflict")
    assert "Tên khác" in str(page.soup.select_one("[name=title]"))


def test_reading_the_plan_writes_nothing(office, client):
    make_series()
    for url in ("/office/plan", "/office/plan/month", "/office/plan/series", "/office/plan/communes"):
        client.get(url)
    assert count(Round) == 0
    client.post("/office/plan/extend", {}, status=303)
    assert count(Round) == 3
    client.post("/office/plan/extend", {}, status=303)
    assert count(Round) == 3


@pytest.mark.parametrize(
    "query", ["year=1", "year=9999", "year=x", "on=2026-13", "on=0000-00", "on=9999-12", "on=٢٠٢٦-١٢"]
)
def test_strange_years_and_months_show_this_one(office, client, query):
    assert "2026" in client.get(f"/office/plan?{query}").text
    assert "2026" in client.get(f"/office/plan/month?{query}").text


def test_edges_of_the_calendar_can_be_looked_at(office, client):
    for on in ("2000-01", "2099-12"):
        client.get(f"/office/plan/month?on={on}")
    for year in ("2000", "2099"):
        client.get(f"/office/plan?year={year}")


def test_the_year_counts_a_split_round_once(office, client):
    one = make_round(state=RoundState.OPENED, starts_at=wall(-30))
    for _ in range(3):
        make_dialogue(state=DialogueState.PUBLISHED, starts_at=wall(-30), round=one)
    page = client.get("/office/plan?year=2026")
    held = page.soup.select(".stat strong")[1]
    assert held.get_text() == "1"


def test_a_round_moves_skips_and_comes_back(office, client):
    make_series()
    series.extend()
    db.session.commit()
    one = db.session.scalars(sa.select(Round).order_by(Round.starts_at)).first()
    url = f"/office/plan/rounds/{one.id}"
    times = {"starts": "08:00", "ends": "11:00", "place": "Sân đình", "address": "", "chair_id": ""}
    version = str(one.version)
    client.post(f"{url}/move", {**times, "starts_on": "2020-01-01", "version": version}, status=422)
    client.post(f"{url}/move", {**times, "starts_on": "2026-12-04", "version": version}, status=303)
    client.post(f"{url}/move", {**times, "starts_on": "2026-12-03", "version": version}, status=409)
    db.session.expire_all()
    assert one.is_moved
    assert clock.local(one.starts_at).date() == date(2026, 12, 4)
    client.post(f"{url}/skip", {"reason": "", "version": str(one.version)}, status=422)
    client.post(f"{url}/skip", {"reason": "Mưa lũ.", "version": str(one.version)}, status=303)
    client.post(f"{url}/plan-again", {}, status=303)
    db.session.expire_all()
    assert one.state is RoundState.PLANNED


def test_what_speaks_against_a_typed_day_is_said_before_it_is_saved(office, client):
    """Saturday with the same chair as another round: said once, saved when it is sent again unchanged."""
    chair = make_staff("leader")
    make_round(starts_at=wall(19, "09:00"), chair_id=chair.id, title="Đợt kia")
    one = make_round(starts_at=wall(3))
    page = client.get(f"/office/plan/rounds/{one.id}/move")
    form = page.form().fill(starts_on="2026-12-12", chair_id=str(chair.id))
    page = form.submit(status=200)
    assert "Đợt kia" in page.main
    assert len(page.select(".plan-notes li")) == 3
    db.session.expire_all()
    assert clock.local(one.starts_at).date() == date(2026, 11, 26)
    other = page.form().fill(starts_on="2026-12-13").submit(status=200)
    assert "Đợt kia" not in other.main
    other.form().submit(status=303)
    db.session.expire_all()
    assert clock.local(one.starts_at).date() == date(2026, 12, 13)


def test_opening_and_planning_by_hand_warn_of_their_days_too(office, client):
    one = make_round(starts_at=wall(12))
    page = client.get(f"/office/plan/rounds/{one.id}/open").form("opening")
    page = page.submit(status=200)
    assert count(Dialogue) == 0
    assert page.select(".plan-notes")
    page.form("opening").submit(status=303)
    assert count(Dialogue) == 1
    form = client.get("/office/plan/rounds/new").form()
    page = form.fill(starts_on="2027-01-01", trigger_reason="Bão.", decided_by="Chủ tịch").submit(status=200)
    assert count(Round) == 1
    page.form().submit(status=303)
    assert count(Round) == 2


def test_a_day_after_the_last_one_for_a_request_of_voters_is_said(office, client):
    """Said before it is saved when it is planned, moved or opened, and on the pages of the round and the request."""
    asked = make_request(state=RequestState.ACCEPTED, valid_signatures=700, deadline_on=date(2026, 12, 15))
    words = "Sau hạn tổ chức theo yêu cầu của cử tri"
    form = client.get(f"/office/plan/rounds/new?request={asked.id}").form()
    assert words not in form.fill(starts_on="2026-12-12").submit(status=200).main  # a Saturday, but in time
    page = form.fill(starts_on="2026-12-16").submit(status=200)
    assert words in page.main
    assert count(Round) == 0
    page.form().submit(status=303)
    one = db.session.scalars(sa.select(Round)).one()
    round_page, request_page = f"/office/plan/rounds/{one.id}", f"/office/plan/requests/{asked.id}"
    assert words in client.get(round_page).main
    assert words in client.get(request_page).main
    assert words in client.get(f"{round_page}/move").form().fill(starts_on="2026-12-17").submit(status=200).main
    assert words in client.get(f"{round_page}/open").form("opening").submit(status=200).main
    client.get(f"{round_page}/move").form().fill(starts_on="2026-12-15").submit(status=303)
    assert words not in client.get(round_page).main
    assert words not in client.get(request_page).main


def test_the_register_keeps_the_old_number_beside_the_new(office, client):
    asked = make_request(valid_signatures=None)
    client.get(f"/office/plan/requests/{asked.id}/edit").form().fill(valid_signatures="650").submit(status=303)
    client.get(f"/office/plan/requests/{asked.id}/edit").form().fill(valid_signatures="690").submit(status=303)
    page = client.get(f"/office/plan/requests/{asked.id}").main
    assert "Chữ ký hợp lệ: – → 650" in page
    assert "Chữ ký hợp lệ: 650 → 690" in page


def test_opening_by_former_commune_makes_a_draft_for_each(office, client):
    for name in ("xã Minh Khê", "xã Tâm Phú", "xã Minh Khê"):
        make_village(former_commune=name)
    one = make_round()
    page = client.get(f"/office/plan/rounds/{one.id}/open?split=former_commune")
    form = {c["name"]: c.get("value", "") for c in page.soup.select("main form[method=post] input")}
    for select in page.soup.select("main form[method=post] select"):
        chosen = select.select_one("option[selected]") or select.select_one("option")
        form[select["name"]] = chosen["value"]
    form = {name: value for name, value in form.items() if name not in ("csrf_token", "topics")}
    client.post(f"/office/plan/rounds/{one.id}/open?split=former_commune", {**form, "p2_starts": ""}, status=422)
    client.post(f"/office/plan/rounds/{one.id}/open?split=former_commune", form, status=303)
    db.session.rollback()
    drafts = db.session.scalars(sa.select(Dialogue).where(Dialogue.round_id == one.id).order_by(Dialogue.id)).all()
    assert sorted(len(draft.villages) for draft in drafts) == [1, 2]
    assert {draft.state for draft in drafts} == {DialogueState.DRAFT}
    again = client.post(f"/office/plan/rounds/{one.id}/open", form, status=303)
    assert again.location.endswith(f"/rounds/{one.id}")
    assert count(Dialogue) == 2


def test_necessity_needs_a_reason_and_who_decided(office, client):
    fields = {
        "title": "Ngập lụt", "trigger": "necessity", "trigger_reason": "Ngập ba ngày.", "decided_by": "",
        "request_id": "", "starts_on": "2026-12-15", "starts": "07:30", "ends": "11:00", "place": "", "address": "",
        "chair_id": "",
    }  # fmt: skip
    client.post("/office/plan/rounds/new", fields, status=422)
    client.post("/office/plan/rounds/new", {**fields, "decided_by": "Chủ tịch UBND xã"}, status=303)
    client.post("/office/plan/rounds/new", {**fields, "decided_by": "Chủ tịch UBND xã"}, status=303)
    assert count(Round) == 1


def test_a_request_goes_from_the_register_to_its_round(office, client):
    fields = {
        "received_on": "2026-11-20", "about": "Bãi rác", "voters": "6868", "signatures": "700", "valid_signatures": "",
        "deadline_on": "2026-12-20",
    }  # fmt: skip
    for bad in (
        {"signatures": "7000"}, {"valid_signatures": "701"}, {"deadline_on": "2026-11-01"},
        {"received_on": "2026-12-01"}, {"voters": "0"}, {"about": " "},
    ):  # fmt: skip
        client.post("/office/plan/requests/new", {**fields, **bad}, status=422)
    client.post("/office/plan/requests/new", fields, status=303)
    one = db.session.scalars(sa.select(VoterRequest)).one()
    url = f"/office/plan/requests/{one.id}"
    client.post(f"{url}/decide", {"decision": "accept", "reason": "", "version": "1"}, status=422)
    client.post(f"{url}/edit", {**fields, "valid_signatures": "687", "version": "1"}, status=303)
    client.post(f"{url}/decide", {"decision": "refuse", "reason": "Không cần.", "version": "2"}, status=422)
    client.post(f"{url}/decide", {"decision": "accept", "reason": "", "version": "2"}, status=303)
    round_fields = {
        "title": "Theo yêu cầu", "trigger": "voter_request", "request_id": str(one.id), "trigger_reason": "",
        "decided_by": "", "starts_on": "2026-12-15", "starts": "07:30", "ends": "11:00", "place": "Đình", "address": "",
        "chair_id": "",
    }  # fmt: skip
    client.post("/office/plan/rounds/new", round_fields, status=303)
    db.session.rollback()
    made = db.session.scalars(sa.select(Round)).one()
    assert one.round_id == made.id
    assert made.trigger is Trigger.VOTER_REQUEST
    assert "687" in client.get(url).text


def test_too_few_signatures_are_accepted_only_with_a_reason(office, client):
    one = make_request(valid_signatures=686)
    url = f"/office/plan/requests/{one.id}/decide"
    client.post(url, {"decision": "accept", "reason": "", "version": "1"}, status=422)
    client.post(url, {"decision": "refuse", "reason": "", "version": "1"}, status=422)
    client.post(url, {"decision": "refuse", "reason": "Thiếu một chữ ký.", "version": "1"}, status=303)
    db.session.expire_all()
    assert one.state is RequestState.REFUSED


@pytest.mark.parametrize("how", ["skipped", "cancelled"])
def test_a_request_whose_round_does_not_take_place_gets_another_one(office, client, how):
    if how == "skipped":
        dead = make_round(state=RoundState.SKIPPED)
    else:
        dead = make_round(state=RoundState.OPENED, dialogues=[make_dialogue(state=DialogueState.CANCELLED)])
    one = make_request(state=RequestState.ACCEPTED, valid_signatures=700, round_id=dead.id)
    page = client.get(f"/office/plan/requests/{one.id}").click(f"/office/plan/rounds/new?request={one.id}")
    assert page.form()["request_id"] == str(one.id)
    page.form().fill(starts_on="2026-12-09", title="Đợt mới").submit(status=303)
    db.session.expire_all()
    assert one.round.title == "Đợt mới"
    assert not client.get(f"/office/plan/requests/{one.id}").select(f"a[href$='request={one.id}']")


def test_a_request_cannot_be_answered_by_a_round_of_another_commune(office, client):
    one = make_request(state=RequestState.ACCEPTED, valid_signatures=700)
    foreign = make_round(commune=make_commune())
    client.post(f"/office/plan/requests/{one.id}/round", {"round_id": str(foreign.id)}, status=404)
    db.session.expire_all()
    assert one.round_id is None


def test_questions_that_caused_it_are_found_linked_and_taken_away(office, client):
    one = make_round()
    question = make_question(state="published", public_text="Bãi rác đầu thôn bốc mùi.")
    url = f"/office/plan/rounds/{one.id}/questions"
    found = client.get(f"{url}?q=bai rac")
    assert "bốc mùi" in found.text
    assert found.form(f"{question.id}/link").submit(status=303).location == f"{url}?q=bai+rac"  # the search goes on
    client.post(f"{url}/{question.id}/link", {}, status=303)
    assert count(RoundQuestion) == 1
    assert "bốc mùi" in client.get(f"/office/plan/rounds/{one.id}").text
    client.post(f"{url}/{question.id}/unlink", {}, status=303)
    assert count(RoundQuestion) == 0
    other = make_question(make_dialogue(commune=make_commune()))
    client.post(f"{url}/{other.id}/link", {}, status=404)


def test_papers_need_a_text_or_a_safe_link(office, client):
    one = make_round()
    url = f"/office/plan/rounds/{one.id}/papers"
    client.post(url, {"title": "Kế hoạch", "text": "", "link": ""}, status=422)
    client.post(url, {"title": "Kế hoạch", "text": "", "link": "ftp://tap-tin.example"}, status=422)
    client.post(url, {"title": "Kế hoạch", "text": "<script>", "link": ""}, status=303)
    page = client.get(f"/office/plan/rounds/{one.id}")
    assert "&lt;script&gt;" in page.source


def test_of_what_other_communes_plan_only_the_number_is_shown(office, client):
    other = make_commune(name="Hòa Lạc")
    make_dialogue(commune=other, state=DialogueState.DRAFT, starts_at=wall(5), title="Bản nháp kín")
    make_dialogue(commune=other, state=DialogueState.PUBLISHED, starts_at=wall(-9))
    make_round(commune=other, starts_at=wall(9), title="Đợt còn trong kế hoạch")
    make_round(commune=other, starts_at=wall(-2))
    page = client.get("/office/plan/communes?year=2026")
    row = next(tr for tr in page.soup.select("tbody tr") if "Hòa Lạc" in tr.get_text())
    assert [td.get_text() for td in row.select("td")] == ["1", "2", "0", "1", "1", "0"]
    assert "Bản nháp kín" not in page.text
    assert "Đợt còn trong kế hoạch" not in page.text


def duty(client, year):
    """What the plan of a year counts: demanded, held, planned, missing, late; and the line of the commune."""
    own = [stat.get_text() for stat in client.get(f"/office/plan?year={year}").soup.select(".stat strong")]
    page = client.get(f"/office/plan/communes?year={year}")
    return own, [td.get_text() for td in page.soup.select_one("tbody tr").select("td")]


def test_years_before_the_program_and_beyond_the_plan_accuse_nobody(office, client):
    make_dialogue(state=DialogueState.PUBLISHED, starts_at=wall(-700))
    assert duty(client, 2010) == ([], ["0", "0", "0", "0", "0", "0"])
    assert duty(client, 2025) == (["1", "0", "0", "1", "0"], ["1", "0", "0", "0", "0", "1"])
    assert "18" in client.get("/office/plan?year=2040").one(".note").get_text()


def test_what_was_postponed_or_never_recorded_fills_no_duty(office, client):
    make_dialogue(state=DialogueState.PUBLISHED, starts_at=wall(-700))
    make_dialogue(state=DialogueState.POSTPONED, starts_at=wall(-400))
    assert duty(client, 2025) == (["1", "0", "0", "1", "0"], ["1", "0", "0", "0", "0", "1"])
    make_dialogue(state=DialogueState.ANNOUNCED, starts_at=wall(-420))
    assert duty(client, 2025) == (["1", "0", "0", "1", "1"], ["1", "0", "0", "0", "1", "1"])
    make_dialogue(state=DialogueState.POSTPONED, starts_at=wall(3))
    assert duty(client, 2026)[0] == ["1", "0", "0", "1", "0"]
    make_dialogue(starts_at=wall(10))
    assert duty(client, 2026) == (["1", "0", "1", "0", "0"], ["1", "0", "1", "0", "0", "0"])


@pytest.mark.parametrize("url", ["/office/plan", "/office/plan/month", "/office/plan/requests", "/office/plan/series"])
def test_queries_do_not_grow_with_rounds(office, client, queries, url):
    def fill(number):
        for n in range(number):
            one = make_round(state=RoundState.OPENED, starts_at=wall(n % 5))
            make_dialogue(round=one, starts_at=wall(n % 5))
            make_round(starts_at=wall(n % 5), chair=office)
            make_request(round=one, state=RequestState.ACCEPTED)
            make_series()

    fill(1)
    client.get(url)
    with queries() as few:
        client.get(url)
    fill(5)
    with queries() as many:
        client.get(url)
    assert many.count == few.count


def test_the_page_of_a_dialogue_leads_to_its_round(office, client):
    one = make_round(state=RoundState.OPENED, starts_at=wall(10))
    dialogue = make_dialogue(round=one)
    assert client.get(f"/office/dialogues/{dialogue.id}").soup.select_one(f'a[href="/office/plan/rounds/{one.id}"]')


def test_a_missed_round_is_late_and_says_what_to_do(office, client):
    one = make_round(starts_at=wall(-2))
    page = client.get(f"/office/plan/rounds/{one.id}")
    assert page.soup.select_one(".note.tone-bad")
    assert page.soup.select_one(f'a[href$="/rounds/{one.id}/move"]')
    assert one.starts_at < clock.now() - timedelta(days=1)
