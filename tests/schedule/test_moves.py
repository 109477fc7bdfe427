"""Dialogues: writing them. Legal and illegal moves, late announcements, SEQUENCE, what the trail keeps."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from dialogues import clock
from dialogues.errors import EditConflict, RuleBroken
from dialogues.extensions import db
from dialogues.places.rules import Field
from dialogues.schedule import line, moves, service
from dialogues.schedule.models import Dialogue
from dialogues.schedule.plan import Plan, Times
from dialogues.schedule.rules import (
    MOVES,
    RESULT_WAYS,
    AnnouncementCheck,
    DialogueKind,
    DialogueState,
    HoldingForm,
    Phase,
    Trigger,
)
from dialogues.staff.models import TrailEntry
from tests.make import make_commune, make_dialogue, make_staff, make_village, the_commune, wall

S, C = DialogueState, AnnouncementCheck


@pytest.fixture(autouse=True)
def page_context(app, at):
    at("2026-11-22 08:00")
    with app.test_request_context("/"):
        yield


@pytest.fixture
def clerk(app):
    return make_staff()


def times(days=20, starts="07:30", ends="11:30", closes=15):
    return Times(wall(days, starts), wall(days, ends), wall(closes, "17:00") if closes is not None else None)


def plan_of(**changes):
    values = Plan(
        kind=DialogueKind.REGULAR,
        trigger=Trigger.REGULAR,
        trigger_reason="",
        form=HoldingForm.IN_PERSON,
        title="Đối thoại cuối năm",
        purpose="Nghe Nhân dân.",
        topics=(Field.LAND,),
        village_ids=(),
        place="Hội trường",
        address="Thôn Cầu Đá",
        online_link="",
        times=times(),
        chair_id=None,
        co_chair_id=None,
        secretary_id=None,
        mttq_partner="MTTQ xã",
        party_invited=True,
        hotline="",
        how_to_attend="Ai cũng được vào.",
    )
    return replace(values, **changes)


def saved_plan(dialogue, **changes):
    """The plan that stands on a row, with changes: what the edit form sends back."""
    row = {
        name: getattr(dialogue, name)
        for name in Plan.__dataclass_fields__
        if name not in ("topics", "village_ids", "times")
    }
    now = Times(dialogue.starts_at, dialogue.ends_at, dialogue.question_deadline_at)
    ids = tuple(sorted(village.id for village in dialogue.villages))
    return Plan(**{**row, "topics": tuple(dialogue.topics), "village_ids": ids, "times": now, **changes})


def change(dialogue, actor, late_reason="", version=None, **changes):
    moves.change(
        dialogue=dialogue,
        values=saved_plan(dialogue, **changes),
        version=dialogue.version if version is None else version,
        late_reason=late_reason,
        actor=actor,
    )
    db.session.commit()


def announce(dialogue, actor, times=None, **reasons):
    moves.announce(
        dialogue=dialogue,
        reasons={C[name.upper()]: text for name, text in reasons.items()},
        version=dialogue.version,
        times=times,
        actor=actor,
    )
    db.session.commit()


def last_line(dialogue):
    return db.session.scalar(
        sa.select(TrailEntry)
        .where(TrailEntry.thing == "dialogue", TrailEntry.thing_id == dialogue.id)
        .order_by(TrailEntry.id.desc())
        .limit(1)
    )


def refused(field, call, *args, **more):
    with pytest.raises(RuleBroken) as broken:
        call(*args, **more)
    assert broken.value.field == field
    db.session.rollback()
    return str(broken.value)


# -- planning ---------------------------------------------------------------------------------------------------------


def test_a_new_dialogue_is_a_draft_with_code_and_uid(clerk):
    village = make_village()
    values = plan_of(village_ids=(village.id,), topics=(Field.LAND, Field.WATER))
    first = moves.plan(commune=the_commune(), values=values, actor=clerk)
    second = moves.plan(commune=the_commune(), values=plan_of(title="Đối thoại đầu năm"), actor=clerk)
    assert first.state is S.DRAFT
    assert first.announced_at is None
    assert len(first.code) == 6
    assert first.code != second.code
    assert first.uid.startswith("dialogue-")
    assert first.uid.endswith("@localhost")
    assert first.uid != second.uid
    assert first.topics == [Field.LAND, Field.WATER]
    assert [row.id for row in first.villages] == [village.id]
    assert last_line(first).action == "created"


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("starts_on", {"times": lambda: times(-1, closes=None)}),
        ("ends", {"times": lambda: times(ends="07:30")}),
        ("ends", {"times": lambda: times(ends="07:00")}),
        ("deadline_on", {"times": lambda: times(closes=20)}),
        ("trigger_reason", {"trigger": lambda: Trigger.VOTER_REQUEST}),
        ("villages", {"village_ids": lambda: (make_village(make_commune()).id,)}),
        ("villages", {"village_ids": lambda: (99999,)}),
        ("chair_id", {"chair_id": lambda: make_staff(commune=make_commune()).id}),
        ("secretary_id", {"secretary_id": lambda: 99999}),
    ],
)
def test_a_wrong_plan_is_refused_at_its_field(clerk, field, changes):
    values = plan_of(**{name: value() for name, value in changes.items()})
    refused(field, moves.plan, commune=the_commune(), values=values, actor=clerk)
    dialogue = make_dialogue(state=S.DRAFT)
    changed = {name: value() for name, value in changes.items()}
    refused(field, change, dialogue, clerk, **changed)


def test_chair_and_co_chair_are_two_people(clerk):
    values = plan_of(chair_id=clerk.id, co_chair_id=clerk.id)
    refused("co_chair_id", moves.plan, commune=the_commune(), values=values, actor=clerk)


def test_today_is_a_day_from_today_on(clerk):
    values = plan_of(times=times(0, "14:00", "17:00", closes=None))
    assert moves.plan(commune=the_commune(), values=values, actor=clerk).id


def test_topics_and_villages_change_and_keep_what_stays(clerk):
    one, two = make_village(), make_village()
    dialogue = make_dialogue(state=S.DRAFT, topics=[Field.LAND, Field.ROADS], villages=[one])
    change(dialogue, clerk, topics=(Field.ROADS, Field.WATER), village_ids=(two.id,))
    assert dialogue.topics == [Field.ROADS, Field.WATER]
    assert [row.id for row in dialogue.villages] == [two.id]
    change(dialogue, clerk, village_ids=())
    assert dialogue.villages == []


def test_the_order_of_topics_that_a_form_does_not_know_is_no_change(clerk):
    dialogue = make_dialogue(state=S.DRAFT, topics=(Field.WATER, Field.LAND, Field.ROADS))
    change(dialogue, clerk, topics=(Field.LAND, Field.ROADS, Field.WATER), title="Tên mới")
    assert dialogue.topics == [Field.WATER, Field.LAND, Field.ROADS]
    [line] = db.session.scalars(sa.select(TrailEntry).where(TrailEntry.action == "changed"))
    assert "Fields" not in line.note
    assert "Lĩnh vực" not in line.note


def test_two_people_saving_at_once_conflict_also_over_villages_only(clerk):
    dialogue = make_dialogue(state=S.DRAFT)
    version = dialogue.version
    change(dialogue, clerk, village_ids=(make_village().id,))
    assert dialogue.version == version + 1
    with pytest.raises(EditConflict):
        change(dialogue, clerk, version=version, title="Lost?")


def test_saving_without_a_change_changes_nothing(clerk):
    dialogue = make_dialogue()
    before = (dialogue.version, dialogue.sequence, dialogue.changed_at)
    change(dialogue, clerk)
    assert (dialogue.version, dialogue.sequence, dialogue.changed_at) == before
    assert last_line(dialogue) is None


# -- SEQUENCE ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "Tên khác"},
        {"place": "Nhà văn hóa"},
        {"address": "Thôn Trung"},
        {"online_link": "https://meet.example/x"},
        {"times": Times},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_what_calendars_show_raises_the_sequence_once_a_save(clerk, changes):
    dialogue = make_dialogue(starts_at=wall(20), ends_at=wall(20, "11:30"))
    if "times" in changes:
        changes = {"times": times(21)}
    sequence = dialogue.sequence
    change(dialogue, clerk, **changes)
    assert dialogue.sequence == sequence + 1


def test_three_moves_raise_the_sequence_three_times_and_keep_the_uid(clerk):
    dialogue = make_dialogue(starts_at=wall(20))
    uid = dialogue.uid
    for n in (1, 2, 3):
        change(dialogue, clerk, times=times(20 + n))
        assert (dialogue.sequence, dialogue.uid) == (n, uid)


def test_what_calendars_do_not_show_leaves_the_sequence(clerk):
    dialogue = make_dialogue(starts_at=wall(20), ends_at=wall(20, "11:30"))
    change(
        dialogue, clerk, purpose="Khác.", how_to_attend="Khác.", hotline="0900 000 111", mttq_partner="Khác",
        topics=(Field.WATER,), village_ids=(make_village().id,), chair_id=clerk.id,
        times=replace(saved_plan(dialogue).times, deadline_at=wall(12)),
    )  # fmt: skip
    assert dialogue.sequence == 0
    assert last_line(dialogue).action == "changed"


def test_a_change_of_state_raises_the_sequence(clerk):
    dialogue = make_dialogue()
    moves.postpone(dialogue=dialogue, reason="Bão.", actor=clerk)
    assert dialogue.sequence == 1
    moves.cancel(dialogue=dialogue, reason="Bão nữa.", actor=clerk)
    assert dialogue.sequence == 2


def test_the_trail_keeps_old_and_new(clerk):
    dialogue = make_dialogue(starts_at=wall(20), place="Hội trường")
    change(dialogue, clerk, times=times(21, closes=None), place="Nhà văn hóa")
    line = last_line(dialogue)
    assert line.action == "moved"
    assert "07:30 12/12/2026 → 07:30 13/12/2026" in line.note
    assert "Hội trường → Nhà văn hóa" in line.note
    assert line.staff_id == clerk.id


# -- announcing -------------------------------------------------------------------------------------------------------


def complete_draft(days=20, **overrides):
    chair, co_chair = make_staff("leader"), make_staff("leader")
    return make_dialogue(state=S.DRAFT, starts_at=wall(days), chair_id=chair.id, co_chair_id=co_chair.id, **overrides)


def test_a_complete_draft_is_announced_without_reasons(clerk):
    dialogue = complete_draft()
    announce(dialogue, clerk)
    assert dialogue.state is S.ANNOUNCED
    assert dialogue.announced_at == clock.now()
    assert dialogue.announcement_reasons == []
    assert service.announced_by_code(dialogue.code) is dialogue


@pytest.mark.parametrize(("days", "is_late"), [(8, False), (7, False), (6, True), (1, True)])
def test_less_than_seven_days_need_a_reason_that_stays(clerk, days, is_late):
    dialogue = complete_draft(days)
    if is_late:
        refused("reason_notice", announce, dialogue, clerk)
        assert dialogue.state is S.DRAFT
    announce(dialogue, clerk, notice="Nước lũ.")
    kept = [(row.check, row.reason, row.staff_id) for row in dialogue.announcement_reasons]
    assert kept == ([(C.NOTICE, "Nước lũ.", clerk.id)] if is_late else [])


@pytest.mark.parametrize(
    "lacking", [{"place": ""}, {"purpose": ""}, {"topics": []}, {"how_to_attend": ""}], ids=lambda row: next(iter(row))
)
def test_what_the_law_names_cannot_be_missing(clerk, lacking):
    dialogue = complete_draft(**lacking)
    refused("", announce, dialogue, clerk, notice="x", mttq="x", chair="x", co_chair="x", party="x")
    assert dialogue.state is S.DRAFT


def test_a_draft_whose_start_has_come_cannot_be_announced(clerk):
    refused("starts_on", announce, complete_draft(0, ends_at=wall(0, "11:30")), clerk, notice="x")


def test_what_else_is_missing_needs_a_reason_each(clerk):
    dialogue = make_dialogue(state=S.DRAFT, starts_at=wall(20), mttq_partner="", party_invited=False)
    reasons = {"mttq": "a", "chair": "b", "co_chair": "c", "party": "d"}
    for name in reasons:
        refused(f"reason_{name}", announce, dialogue, clerk, **{n: t for n, t in reasons.items() if n != name})
    announce(dialogue, clerk, **reasons)
    assert [row.reason for row in dialogue.announcement_reasons] == ["a", "b", "c", "d"]


def test_an_announcement_of_a_plan_that_somebody_just_changed_is_a_conflict(clerk):
    dialogue = complete_draft()
    with pytest.raises(EditConflict):
        moves.announce(dialogue=dialogue, reasons={}, version=dialogue.version - 1, actor=clerk)


# -- after the announcement -------------------------------------------------------------------------------------------


def test_a_move_to_short_notice_needs_a_reason(clerk):
    dialogue = make_dialogue(starts_at=wall(20))
    message = refused("late_reason", change, dialogue, clerk, times=times(6, closes=None))
    assert message
    assert dialogue.starts_at == wall(20)
    change(dialogue, clerk, times=times(7, closes=None))
    assert dialogue.announcement_reasons == []
    change(dialogue, clerk, times=times(6, closes=None), late_reason="Hội trường bị dột.")
    assert [(row.check, row.reason) for row in dialogue.announcement_reasons] == [(C.NOTICE, "Hội trường bị dột.")]


def test_another_place_at_short_notice_needs_a_reason_a_corrected_address_none(clerk):
    dialogue = make_dialogue(starts_at=wall(3), question_deadline_at=None, place="Hội trường")
    assert refused("late_reason", change, dialogue, clerk, place="Nhà văn hóa")
    change(dialogue, clerk, address="Thôn Cầu Đá, xã Minh Tâm")
    assert dialogue.announcement_reasons == []
    change(dialogue, clerk, place="Nhà văn hóa", late_reason="Hội trường bị dột.")
    assert [row.reason for row in dialogue.announcement_reasons] == ["Hội trường bị dột."]


def test_an_end_can_be_moved_at_short_notice_without_reason(clerk):
    dialogue = make_dialogue(starts_at=wall(2), ends_at=wall(2, "11:30"), question_deadline_at=None)
    change(dialogue, clerk, times=Times(dialogue.starts_at, wall(2, "12:00"), None))
    assert dialogue.ends_at == wall(2, "12:00")


def test_an_announced_dialogue_cannot_move_into_the_past(clerk):
    refused("starts_on", change, make_dialogue(), clerk, times=times(-1, closes=None))


def test_a_running_dialogue_can_be_corrected_without_touching_its_time(clerk):
    dialogue = make_dialogue(starts_at=wall(-1))
    change(dialogue, clerk, place="Nhà văn hóa")
    assert dialogue.place == "Nhà văn hóa"


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("place", {"place": ""}),
        ("online_link", {"form": HoldingForm.HYBRID}),
        ("purpose", {"purpose": ""}),
        ("purpose", {"topics": ()}),
        ("how_to_attend", {"how_to_attend": ""}),
        ("mttq_partner", {"mttq_partner": ""}),
        ("party_invited", {"party_invited": False}),
    ],
)
def test_what_was_announced_cannot_be_emptied(clerk, field, changes):
    refused(field, change, make_dialogue(), clerk, **changes)


@pytest.mark.parametrize("state", [S.HELD, S.CONCLUDED, S.PUBLISHED, S.CANCELLED])
def test_after_the_session_the_plan_stands(clerk, state):
    refused("", change, make_dialogue(state=state), clerk, title="Khác")


# -- moves ------------------------------------------------------------------------------------------------------------


def move(dialogue, to, actor):
    if to is S.ANNOUNCED:
        announce(dialogue, actor, times=times(), chair="x", co_chair="x", notice="x")
    elif to is S.POSTPONED:
        moves.postpone(dialogue=dialogue, reason="Bão.", actor=actor)
    elif to is S.CANCELLED:
        moves.cancel(dialogue=dialogue, reason="Gộp buổi.", actor=actor)
    elif to is S.HELD and dialogue.state is S.CONCLUDED:
        moves.reopen(dialogue=dialogue, actor=actor)
    elif to is S.HELD:
        moves.hold(dialogue=dialogue, residents_present=80, actor=actor)
    elif to is S.CONCLUDED:
        moves.conclude(dialogue=dialogue, conclusion="Xã nhận hai việc.", residents_present=80, actor=actor)
    elif to is S.PUBLISHED:
        moves.publish_result(dialogue=dialogue, actor=actor)
    db.session.commit()


@pytest.mark.parametrize("to", [state for state in S if state is not S.DRAFT])
@pytest.mark.parametrize("state", list(S))
def test_legal_moves_happen_and_all_others_say_why_not(clerk, state, to):
    starts_at = wall(20) if S.ANNOUNCED in (to, state) and to is not S.HELD else wall(-1)
    dialogue = make_dialogue(state=state, starts_at=starts_at)
    if to in MOVES[state]:
        move(dialogue, to, clerk)
        assert dialogue.state is to
        assert last_line(dialogue).staff_id == clerk.id
    else:
        assert refused("", move, dialogue, to, clerk).endswith(".")
        assert dialogue.state is state


def test_it_is_not_held_before_it_begins(clerk, at):
    dialogue = make_dialogue(starts_at=wall(1), ends_at=wall(1, "11:30"))
    at("2026-11-23 07:29")
    refused("", move, dialogue, S.HELD, clerk)
    at("2026-11-23 07:30")
    move(dialogue, S.HELD, clerk)
    assert (dialogue.state, dialogue.residents_present, dialogue.held_at) == (S.HELD, 80, clock.now())


def test_postponing_and_cancelling_need_a_reason(clerk):
    dialogue = make_dialogue()
    refused("reason", moves.postpone, dialogue=dialogue, reason="", actor=clerk)
    refused("reason", moves.cancel, dialogue=dialogue, reason="", actor=clerk)


def test_a_postponed_dialogue_gets_its_day_with_the_new_announcement_only(clerk):
    chair, co_chair = make_staff("leader"), make_staff("leader")
    dialogue = make_dialogue(starts_at=wall(9), chair_id=chair.id, co_chair_id=co_chair.id)
    moves.postpone(dialogue=dialogue, reason="Bão.", actor=clerk)
    db.session.commit()
    change(dialogue, clerk, times=times(30), place="Nhà văn hóa")
    assert dialogue.starts_at == wall(9)
    assert service.phase_of(dialogue, clock.now()) is Phase.POSTPONED
    refused("reason_notice", announce, dialogue, clerk, times=times(6, closes=None))
    refused("starts_on", announce, dialogue, clerk, times=times(-1, closes=None))
    announce(dialogue, clerk, times=times(30))
    assert (dialogue.starts_at, dialogue.state, dialogue.state_reason) == (wall(30), S.ANNOUNCED, "")
    assert service.phase_of(dialogue, clock.now()) is Phase.COLLECTING
    assert "→ 07:30 22/12/2026" in last_line(dialogue).note


def test_a_late_day_stays_visible_after_a_second_announcement(clerk):
    chair, co_chair = make_staff("leader"), make_staff("leader")
    dialogue = make_dialogue(state=S.DRAFT, starts_at=wall(3), chair_id=chair.id, co_chair_id=co_chair.id)
    announce(dialogue, clerk, notice="Nước lũ.")
    moves.postpone(dialogue=dialogue, reason="Bão.", actor=clerk)
    announce(dialogue, clerk, times=times(30))
    assert [row.reason for row in dialogue.announcement_reasons] == ["Nước lũ."]


def test_a_cancelled_draft_was_never_public(clerk):
    dialogue = make_dialogue(state=S.DRAFT)
    move(dialogue, S.CANCELLED, clerk)
    assert service.announced_by_code(dialogue.code) is None


def test_reopening_keeps_the_conclusion_to_write_on(clerk):
    dialogue = make_dialogue(state=S.CONCLUDED)
    move(dialogue, S.HELD, clerk)
    assert (dialogue.conclusion, dialogue.concluded_at) == ("Xã nhận hai việc.", None)


def test_a_result_is_overdue_until_it_is_public_by_all_three_ways(clerk, at):
    dialogue = make_dialogue(state=S.CONCLUDED, starts_at=wall(-13))
    assert service.phase_of(dialogue, clock.now()) is Phase.RESULT_OVERDUE
    move(dialogue, S.PUBLISHED, clerk)
    assert last_line(dialogue).action == "result_published"
    assert dialogue.published_at == clock.now()
    for way in RESULT_WAYS:
        assert service.phase_of(dialogue, clock.now()) is Phase.RESULT_OVERDUE
        line.tick(dialogue=dialogue, step=way, done_on=clock.today(), evidence="Loa 17 giờ", actor=clerk)
    assert service.phase_of(dialogue, clock.now() + timedelta(days=99)) is Phase.PUBLISHED
    line.undo(dialogue=dialogue, step=RESULT_WAYS[0], actor=clerk)
    assert service.phase_of(dialogue, clock.now()) is Phase.RESULT_OVERDUE


def test_public_pages_are_made_anew_after_every_write(clerk):
    dialogue = make_dialogue()
    commune = the_commune()
    for write in (
        lambda: change(dialogue, clerk, village_ids=(make_village().id,)),
        lambda: change(dialogue, clerk, topics=(Field.WATER,)),
        lambda: change(dialogue, clerk, times=times(3, closes=None), late_reason="Gấp."),
        lambda: move(dialogue, S.POSTPONED, clerk),
    ):
        before = commune.public_version
        write()
        db.session.refresh(commune)
        assert commune.public_version > before


def test_a_new_dialogue_sent_twice_is_one_draft(clerk):
    first, second = (moves.plan(commune=the_commune(), values=plan_of(), actor=clerk) for _ in range(2))
    assert first is second


def test_codes_are_of_one_commune_and_unique(clerk):
    plans = [plan_of(title=f"Đối thoại lần {number}") for number in range(20)]
    codes = [moves.plan(commune=the_commune(), values=values, actor=clerk).code for values in plans]
    assert len(set(codes)) == 20
    assert len(db.session.scalars(sa.select(Dialogue.uid).distinct()).all()) == 20
