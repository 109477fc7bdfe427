"""The line of dates: every step before, on and after its day; ticks, undo, the three ways of the result."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from dialogues import clock
from dialogues.errors import RuleBroken
from dialogues.extensions import db
from dialogues.places.models import Holiday
from dialogues.schedule import line
from dialogues.schedule.models import AnnouncementReason, Dialogue, DoneStep
from dialogues.schedule.rules import BY_HAND, RESULT_WAYS, AnnouncementCheck, DialogueState, Step, Timing, timing
from dialogues.staff.models import TrailEntry
from tests.make import make_commune, make_dialogue, make_staff, save, the_commune, wall

S = DialogueState
DUE, LAW = date(2026, 11, 10), date(2026, 11, 13)
ONE = timedelta(days=1)


@pytest.mark.parametrize(
    ("done_on", "today", "law", "expected"),
    [
        (None, DUE - ONE, None, Timing.COMING),
        (None, DUE, None, Timing.TODAY),
        (None, DUE + ONE, None, Timing.LATE),
        (None, DUE + ONE, LAW, Timing.PAST_PLAN),
        (None, LAW, LAW, Timing.PAST_PLAN),
        (None, LAW + ONE, LAW, Timing.LATE),
        (DUE, LAW + ONE, LAW, Timing.DONE),
        (DUE + ONE, LAW + ONE, LAW, Timing.DONE_AFTER),
        (LAW, LAW + ONE, LAW, Timing.DONE_AFTER),
        (LAW + ONE, LAW + ONE, LAW, Timing.DONE_LATE),
        (LAW + ONE, LAW + ONE, None, Timing.DONE_AFTER),
    ],
)
def test_a_step_stands_by_its_day_and_the_law(done_on, today, law, expected):
    assert timing(DUE, done_on, today, law) is expected


@pytest.fixture
def office(client, sign_in, at):
    at("2026-11-23 08:00")
    staff = make_staff(name="Lý Thị Mai")
    sign_in(staff)
    return staff


def url(dialogue, what=""):
    return f"/office/dialogues/{dialogue.id}" + (f"/{what}" if what else "")


def by_step(dialogue):
    return {one.step: one for one in line.line_of(db.session.get(Dialogue, dialogue.id), clock.now())}


def test_the_line_holds_every_step_on_its_day(app, at):
    """Session on Wednesday 2 December: D-20, D-10 (law D-7), D-5, D-2, D, D+3, D+10, D+15, D+20, moved off weekends."""
    at("2026-11-10 08:00")
    dialogue = make_dialogue(state=S.DRAFT, starts_at=wall(22), created_at=clock.now())
    found = by_step(dialogue)
    assert {step.value: f"{one.due:%d/%m}" for step, one in found.items()} == {
        "plan": "12/11",
        "announce": "22/11",
        "questions_close": "27/11",
        "drafts": "30/11",
        "session": "02/12",
        "minutes": "07/12",
        "result": "14/12",
        "mass_media": "14/12",
        "posted": "14/12",
        "village_heads": "14/12",
        "written_answers": "17/12",
        "reports": "22/12",
    }
    assert found[Step.ANNOUNCE].law.on == date(2026, 11, 25)
    assert found[Step.MINUTES].counted.moved_from == date(2026, 12, 5)


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        ("21", Timing.COMING),
        ("22", Timing.TODAY),
        ("23", Timing.PAST_PLAN),
        ("25", Timing.PAST_PLAN),
        ("26", Timing.LATE),
    ],
)
def test_a_draft_is_late_from_the_sixth_day_before_on(app, at, today, expected):
    at("2026-11-10 08:00")
    dialogue = make_dialogue(state=S.DRAFT, starts_at=wall(22))
    at(f"2026-11-{today} 08:00")
    assert by_step(dialogue)[Step.ANNOUNCE].timing is expected


@pytest.mark.parametrize(("before", "expected"), [(10, Timing.DONE), (7, Timing.DONE_AFTER), (6, Timing.DONE_LATE)])
def test_a_late_announcement_stays_marked(app, at, before, expected):
    at("2026-11-23 08:00")
    dialogue = make_dialogue(state=S.PUBLISHED, starts_at=wall(-40), announced_at=wall(-40 - before, "09:00"))
    assert by_step(dialogue)[Step.ANNOUNCE].timing is expected


def test_a_late_announcement_stays_marked_when_the_dialogue_is_moved_away_later(app, at):
    at("2026-11-23 08:00")
    dialogue = make_dialogue(state=S.ANNOUNCED, starts_at=wall(30), announced_at=wall(0))
    assert by_step(dialogue)[Step.ANNOUNCE].timing is Timing.DONE
    reason = AnnouncementReason(check=AnnouncementCheck.NOTICE, reason="Bão.", given_at=clock.now())
    dialogue.announcement_reasons.append(reason)
    db.session.commit()
    assert by_step(dialogue)[Step.ANNOUNCE].timing is Timing.DONE_LATE


def test_the_line_says_whether_the_last_day_for_questions_was_chosen(client, office):
    chosen = make_dialogue(starts_at=wall(15), question_deadline_at=wall(12))
    until_it_begins = make_dialogue(starts_at=wall(15), question_deadline_at=None)
    assert "Chọn riêng cho buổi này" in client.get(url(chosen)).one("#step-questions-close").text
    assert "nhận đến lúc bắt đầu" in client.get(url(until_it_begins)).one("#step-questions-close").text


def test_a_dialogue_that_is_off_has_no_line(app, at):
    at("2026-11-23 08:00")
    for state in (S.POSTPONED, S.CANCELLED):
        assert line.line_of(make_dialogue(state=state), clock.now()) == []


def test_the_result_is_done_only_when_all_three_ways_are(client, office):
    dialogue = make_dialogue(state=S.PUBLISHED, starts_at=wall(-12))
    for number, way in enumerate(RESULT_WAYS):
        assert by_step(dialogue)[Step.RESULT].done_on is None
        page = client.get(url(dialogue)).click(url(dialogue, f"steps/{way.value.replace('_', '-')}"))
        page.form().fill(done_on=f"2026-11-{20 + number}", evidence=f"https://minh-tam.example/{number}").submit()
    found = by_step(dialogue)
    assert (found[Step.RESULT].done_on, found[Step.RESULT].timing) == (date(2026, 11, 22), Timing.DONE)
    page = client.get(url(dialogue))
    assert page.one("#step-posted a[href='https://minh-tam.example/1']")["rel"]
    assert "Lý Thị Mai" in page.one("#step-posted").get_text()


def test_residents_see_the_three_ways_in_one_line(client, office):
    dialogue = make_dialogue(state=S.PUBLISHED, starts_at=wall(-12))
    line.tick(dialogue=dialogue, step=Step.POSTED, done_on=date(2026, 11, 20), evidence="Bảng tin", actor=office)
    db.session.commit()
    shown = client.get(f"/d/{dialogue.code}").one("#results .meta").get_text(" ")
    assert "20/11/2026" in shown
    assert len(client.get(f"/d/{dialogue.code}").select("#results .meta span")) == 3
    assert "Bảng tin" not in client.get(f"/d/{dialogue.code}").main
    coming = make_dialogue()
    assert client.get(f"/d/{coming.code}").select("#results .meta") == []


def test_a_tick_is_taken_back_and_the_trail_keeps_it(client, office):
    dialogue = make_dialogue(state=S.HELD)
    client.get(url(dialogue, "steps/minutes")).form().fill(evidence="Biên bản số 05").submit()
    client.get(url(dialogue)).form(url(dialogue, "steps/minutes/undo")).submit()
    assert by_step(dialogue)[Step.MINUTES].done_on is None
    lines = db.session.scalars(
        sa.select(TrailEntry).where(TrailEntry.thing == "dialogue").order_by(TrailEntry.id)
    ).all()
    assert [one.action for one in lines] == ["step_done", "step_undone"]
    assert all("Biên bản số 05" in one.note for one in lines)
    client.post(url(dialogue, "steps/minutes/undo"), status=303)
    db.session.expire_all()
    assert len(db.session.scalars(sa.select(TrailEntry).where(TrailEntry.thing == "dialogue")).all()) == 2


@pytest.mark.parametrize(
    ("step", "values"),
    [
        ("minutes", {"done_on": "2026-11-24"}),
        ("minutes", {"done_on": "2026-11-19"}),
        ("minutes", {"done_on": "1900-01-01"}),
        ("minutes", {"done_on": "9999-12-31"}),
        ("minutes", {"done_on": "2026-02-31"}),
        ("minutes", {"done_on": ""}),
        ("minutes", {"evidence": "x" * 2001}),
        ("posted", {"evidence": " "}),
        ("mass-media", {"evidence": ""}),
    ],
)
def test_bad_ticks_are_refused(client, office, step, values):
    dialogue = make_dialogue(state=S.CONCLUDED, starts_at=wall(-3))
    page = (
        client.get(url(dialogue, f"steps/{step}")).form().fill(**{"done_on": "2026-11-23", **values}).submit(status=422)
    )
    assert page.errors
    assert db.session.scalar(sa.select(DoneStep)) is None


@pytest.mark.parametrize(
    ("state", "allowed"),
    [
        (S.DRAFT, {Step.DRAFTS}),
        (S.ANNOUNCED, {Step.DRAFTS}),
        (S.HELD, set(BY_HAND) - set(RESULT_WAYS)),
        (S.CONCLUDED, set(BY_HAND)),
        (S.PUBLISHED, set(BY_HAND)),
        (S.POSTPONED, set()),
        (S.CANCELLED, set()),
    ],
)
def test_what_can_be_ticked_follows_the_state(app, state, allowed):
    dialogue = make_dialogue(state=state)
    assert {step for step in Step if line.refusal(dialogue, step) is None} == allowed


def test_the_same_tick_twice_is_one_and_another_is_refused(app, at):
    at("2026-11-23 08:00")
    dialogue, actor = make_dialogue(state=S.HELD), make_staff()
    values = {"dialogue": dialogue, "step": Step.MINUTES, "evidence": "", "actor": actor}
    first = line.tick(done_on=date(2026, 11, 22), **values)
    assert line.tick(done_on=date(2026, 11, 22), **values) is first
    with pytest.raises(RuleBroken):
        line.tick(done_on=date(2026, 11, 23), **values)
    db.session.commit()
    assert len(db.session.scalars(sa.select(TrailEntry)).all()) == 1


def test_steps_of_another_commune_and_unknown_steps_do_not_exist(client, office):
    other = make_dialogue(commune=make_commune(), state=S.HELD)
    client.get(url(other, "steps/minutes"), status=404)
    client.post(url(other, "steps/minutes/undo"), status=404)
    mine = make_dialogue(commune=the_commune(), state=S.HELD)
    for unknown in ("session", "result", "plan", "x", "done"):
        client.get(url(mine, f"steps/{unknown}"), status=404)


def test_who_only_reads_sees_the_line_without_buttons(client, sign_in, at):
    at("2026-11-23 08:00")
    dialogue = make_dialogue(state=S.CONCLUDED)
    sign_in(make_staff("overseer"))
    page = client.get(url(dialogue))
    assert len(page.select("#line tbody tr")) == len(Step)
    assert page.select("#line form, #line .row-actions") == []
    client.get(url(dialogue, "steps/minutes"), status=403)


def test_a_holiday_of_the_commune_moves_the_result(app, at):
    at("2026-11-23 08:00")
    dialogue = make_dialogue(state=S.CONCLUDED, starts_at=wall(-3))
    assert by_step(dialogue)[Step.RESULT].due == date(2026, 11, 30)
    save(Holiday(commune_id=dialogue.commune_id, on_day=date(2026, 11, 30), name="Ngày của xã"))
    assert by_step(dialogue)[Step.RESULT].due == date(2026, 12, 1)
