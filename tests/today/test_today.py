"""Today: what is due stands in its group, with the place where it is done; who sees what; how many queries."""

from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa

from dialogues import clock
from dialogues.extensions import db
from dialogues.followup.rules import Outcome
from dialogues.questions.rules import QuestionState
from dialogues.reminders.models import LadderDay
from dialogues.schedule.models import DoneStep
from dialogues.schedule.rules import RESULT_WAYS, DialogueState, Step
from dialogues.today.models import PeriodReport
from dialogues.today.rules import Period, Slot, periods_ending, slot
from tests.make import (
    make_answer,
    make_commitment,
    make_commune,
    make_dialogue,
    make_question,
    make_staff,
    save,
    wall,
)

S = DialogueState
PAGE = "/office/today"
TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("days", "expected"),
    [(-1, Slot.LATE), (0, Slot.TODAY), (1, Slot.WEEK), (7, Slot.WEEK), (8, None)],
)
def test_a_last_day_falls_in_its_group(days, expected):
    assert slot(TODAY + timedelta(days=days), TODAY) is expected


def test_reports_are_written_for_exactly_these_periods():
    found = periods_ending(date(2026, 1, 1), date(2026, 12, 31))
    assert [end for period, end in found if period is Period.MONTH][1] == date(2026, 2, 28)
    assert len([1 for period, _end in found if period is Period.MONTH]) == 8  # the other four stand in a longer one
    assert [(period, end) for period, end in found if period is not Period.MONTH] == [
        (Period.QUARTER_1, date(2026, 3, 31)),
        (Period.HALF_YEAR, date(2026, 6, 30)),
        (Period.NINE_MONTHS, date(2026, 9, 30)),
        (Period.YEAR, date(2026, 12, 31)),
    ]
    assert periods_ending(date(2024, 2, 1), date(2024, 2, 29)) == [(Period.MONTH, date(2024, 2, 29))]
    assert periods_ending(date(2026, 2, 1), date(2026, 2, 27)) == []


@pytest.fixture
def office(client, sign_in, at):
    at("2026-11-23 08:00")
    staff = make_staff()
    sign_in(staff)
    return staff


def done(dialogue, *steps):
    for step in steps:
        values = {"done_on": date(2026, 11, 20), "evidence": "x", "noted_at": clock.now()}
        save(DoneStep(commune_id=dialogue.commune_id, dialogue_id=dialogue.id, step=step, **values))


def test_an_empty_commune_has_nothing_due(client, office):
    page = client.get(PAGE)
    assert page.select(".empty")
    assert page.select("#late, #today, #week") == []


@pytest.mark.parametrize(
    ("days_ago", "group"), [(13, "late"), (12, "today"), (11, "today"), (10, "today"), (9, "week")]
)
def test_a_result_that_lacks_one_way_stands_on_its_day(client, office, days_ago, group):
    """10 days after 11, 12 and 13 November is Saturday to Monday: all three are due on Monday the 23rd."""
    dialogue = make_dialogue(state=S.PUBLISHED, starts_at=wall(-days_ago))
    done(dialogue, Step.DRAFTS, Step.MINUTES, Step.WRITTEN_ANSWERS, Step.REPORTS, *RESULT_WAYS[:2])
    links = client.get(PAGE).one(f"#{group}-dialogues").select("a")
    assert [a["href"] for a in links] == [f"/office/dialogues/{dialogue.id}#step-result"]
    done(dialogue, RESULT_WAYS[2])
    assert client.get(PAGE).select(f"#{group}-dialogues") == []


@pytest.mark.parametrize(
    ("session_in", "group"), [(18, None), (17, "week"), (10, "today"), (9, "today"), (7, "today"), (6, "late")]
)
def test_a_draft_must_be_announced_in_time(client, office, session_in, group):
    dialogue = make_dialogue(state=S.DRAFT, starts_at=wall(session_in))
    hits = [a["href"] for a in client.get(PAGE).select("main section a") if "#step-announce" in a["href"]]
    assert hits == ([f"/office/dialogues/{dialogue.id}#step-announce"] if group else [])
    if group:
        assert client.get(PAGE).select(f"#{group}-dialogues a[href$=step-announce]")


def test_a_dialogue_whose_day_passed_must_be_recorded(client, office):
    make_dialogue(starts_at=wall(-1))
    assert client.get(PAGE).select("#late-dialogues a[href$=step-session]")


@pytest.mark.parametrize(
    ("received", "group"), [("2026-11-06", "late"), ("2026-11-09", "today"), ("2026-11-10", "week")]
)
def test_askers_wait_ten_working_days_for_a_first_word(client, office, received, group):
    at = clock.instant(datetime.fromisoformat(f"{received} 23:30"))
    question = make_question(make_dialogue(starts_at=wall(30)), received_at=at)
    assert client.get(PAGE).one(f"#{group}-askers a")["href"] == f"/office/questions/{question.id}"
    question.assigned_at = clock.now()
    db.session.commit()
    assert client.get(PAGE).select(f"#{group}-askers") == []


def test_promises_and_promised_answers_stand_on_their_days(client, office):
    question = make_question(make_dialogue(starts_at=wall(30)), state=QuestionState.PUBLISHED)
    answer = make_answer(question, outcome=Outcome.IN_WRITING, due_on=TODAY)
    late = make_commitment(answer, due_on=TODAY - timedelta(days=1), first_due_on=TODAY)
    make_commitment(answer, due_on=TODAY + timedelta(days=8))
    page = client.get(PAGE)
    assert page.one("#late-commitments a")["href"].endswith(f"/{late.id}")
    assert page.select("#week-commitments") == []
    assert len(page.select("#today-answers a")) == 1


def test_a_report_is_due_five_days_after_its_period_and_can_be_marked(client, office, sign_in, at):
    make_dialogue(starts_at=wall(30), created_at=wall(-80))
    page = client.get(PAGE)
    assert len(page.select("#late-reports li")) == 2  # nine months with September, October
    values = {"period": "month", "ends_on": "2026-10-31"}
    client.post("/office/today/reports/sent", values, status=303)
    client.post("/office/today/reports/sent", values, status=303)
    assert len(client.get(PAGE).select("#late-reports li")) == 1
    assert len(db.session.scalars(sa.select(PeriodReport)).all()) == 1
    client.post("/office/today/reports/undo", values, status=303)
    assert len(client.get(PAGE).select("#late-reports li")) == 2
    at("2026-12-01 08:00")
    sign_in(office)
    assert len(client.get(PAGE).select("#week-reports li")) == 1


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"period": "month"},
        {"period": "week", "ends_on": "2026-10-31"},
        {"period": "month", "ends_on": "2026-10-30"},
        {"period": "month", "ends_on": "2026-11-30"},
        {"period": "month", "ends_on": "9999-12-31"},
        {"period": "month", "ends_on": "2026-02-31"},
        {"period": "month", "ends_on": "x" * 5000},
    ],
)
def test_reports_that_nobody_owes_are_not_marked(client, office, values):
    make_dialogue(starts_at=wall(30), created_at=wall(-80))
    for what in ("sent", "undo"):
        client.post(f"/office/today/reports/{what}", values, status=303)
    assert db.session.scalar(sa.select(PeriodReport)) is None


def test_a_year_without_its_dialogue_is_warned_of(client, office):
    assert any("2026" in note.get_text() for note in client.get(PAGE).select(".note a[href^='/office/plan']"))
    make_dialogue(starts_at=wall(20))
    assert client.get(PAGE).select(".note a[href^='/office/plan']") == []


def test_a_postponed_dialogue_without_a_new_day_is_not_forgotten(client, office):
    make_dialogue(state=S.POSTPONED)
    make_dialogue(commune=make_commune(), state=S.POSTPONED)
    link = next(a for a in client.get(PAGE).select("main a") if "state=postponed" in a["href"])
    assert len(client.get(link["href"]).select("main .card, main tbody tr")) == 1


def test_the_next_year_is_asked_for_from_october_on(client, office, at):
    assert client.get(PAGE).select(".note a[href='/office/commune/days-off?year=2027']")


def test_leaders_see_what_is_their_own(client, sign_in, at):
    at("2026-11-23 08:00")
    leader = make_staff("leader")
    mine = make_dialogue(state=S.DRAFT, starts_at=wall(6), chair_id=leader.id)
    make_dialogue(state=S.DRAFT, starts_at=wall(6))
    make_question(mine, received_at=wall(-40))
    answer = make_answer(make_question(mine, state=QuestionState.PUBLISHED))
    own = make_commitment(answer, responsible=leader, due_on=TODAY)
    make_commitment(answer, due_on=TODAY)
    sign_in(leader)
    page = client.get(PAGE)
    links = [a["href"] for a in page.select("main section li a")]
    assert {href.split("#")[0] for href in links} == {
        f"/office/dialogues/{mine.id}",
        f"/office/commitments/{own.id}",
    }
    assert page.select("form[action*=reports]") == []


def test_nothing_of_another_commune_is_shown(client, office):
    other = make_commune()
    dialogue = make_dialogue(commune=other, starts_at=wall(-30))
    make_question(dialogue, received_at=wall(-40))
    make_commitment(make_answer(make_question(dialogue, state=QuestionState.PUBLISHED)), due_on=TODAY)
    assert client.get(PAGE).select(".empty")


def test_others_do_not_come_in(client, sign_in):
    for role in ("overseer", "village_head", "admin"):
        sign_in(make_staff(role))
        client.get(PAGE, status=403)


def test_queries_do_not_grow_with_the_rows_and_lists_are_cut(client, office, queries):
    def count():
        with queries() as seen:
            client.get(PAGE)
        return seen.count

    def add():
        dialogue = make_dialogue(state=S.PUBLISHED, starts_at=wall(-30))
        make_question(dialogue, received_at=wall(-40))
        answer = make_answer(make_question(dialogue, state=QuestionState.PUBLISHED))
        make_commitment(answer, due_on=TODAY - timedelta(days=3))

    add()
    count()
    few = count()
    for _ in range(9):
        add()
    assert count() == few
    assert few <= 29
    page = client.get(PAGE)
    assert len(page.select("#late-commitments li")) == 5
    assert "5" in page.one("#late-commitments > p a").get_text()


# -- the morning round ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "done_on", "due_on", "since"),
    [
        ("2026-11-24 09:00", "2026-11-23", "2026-11-30", "23/11/2026"),  # not this morning
        ("2026-11-24 08:59", "2026-11-23", "2026-11-30", ""),  # it may still come
        ("2026-11-24 09:00", "2026-11-24", "2026-11-30", ""),
        ("2026-11-24 08:00", "2026-11-20", "2026-11-30", "20/11/2026"),  # nor on Monday
        ("2026-11-24 09:00", "2026-11-23", "2027-03-30", ""),  # no step is near
        ("2026-11-24 09:00", "2026-11-23", "2026-10-01", "23/11/2026"),
        ("2026-11-22 10:00", "2026-11-20", "2026-11-30", ""),  # a Sunday
        ("2026-11-24 09:00", None, "2026-11-30", "16/11/2026"),  # it never ran
    ],
)
def test_a_morning_round_that_did_not_run_is_said(client, sign_in, at, now, done_on, due_on, since):
    at("2026-11-16 10:00")
    staff = make_staff()
    make_commitment(due_on=date.fromisoformat(due_on), first_due_on=date(2026, 12, 24), promised_on=date(2026, 9, 1))
    if done_on:
        save(LadderDay(commune_id=staff.commune_id, on_day=date.fromisoformat(done_on)))
    at(now)
    sign_in(staff)
    page = client.get(PAGE)
    said = [text for text in page.texts(".note") if "Không ai được nhắc" in text]
    assert [since in text for text in said] == ([True] if since else [])
    if since:
        assert "/office/commune/ladder" in page.links()


def test_without_promises_no_round_is_missed(client, office):
    assert "Không ai được nhắc" not in client.get(PAGE).main
