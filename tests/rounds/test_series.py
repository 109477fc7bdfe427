"""Series: planning ahead is done once, moved and opened rounds live alone, later ones go by a new series."""

from datetime import date, time, timedelta

import pytest
import sqlalchemy as sa

from dialogues import clock
from dialogues.errors import EditConflict, RuleBroken
from dialogues.extensions import db
from dialogues.places.rules import Field
from dialogues.schedule import opening, round_moves, rounds, series
from dialogues.schedule.models import Dialogue
from dialogues.schedule.round_models import Round, Series
from dialogues.schedule.round_plan import Part, SeriesPlan
from dialogues.schedule.round_rules import RoundState
from dialogues.staff.models import TrailEntry
from tests.make import make_commune, make_request, make_round, make_series, make_staff, make_village

TWICE_A_YEAR = "FREQ=MONTHLY;BYMONTH=6,12;BYDAY=1SA"


@pytest.fixture(autouse=True)
def monday(at):
    at("2026-11-23 08:00")


def values(**over):
    usual = {
        "title": "Đối thoại định kỳ", "rule": TWICE_A_YEAR, "starts_on": date(2026, 11, 23), "ends_on": None,
        "starts": time(7, 30), "ends": time(11, 30), "place": "Hội trường", "address": "", "chair_id": None,
        "topics": (Field.ROADS,), "village_ids": (),
    }  # fmt: skip
    return SeriesPlan(**{**usual, **over})


def planned_days():
    found = db.session.scalars(sa.select(Round).where(Round.state == RoundState.PLANNED).order_by(Round.starts_at))
    return [clock.local(one.starts_at).date() for one in found]


def first_round():
    return db.session.scalars(sa.select(Round).order_by(Round.starts_at).limit(1)).one()


def move(one, day, actor, version=None):
    starts = clock.instant(day)
    round_moves.move(
        one=one, starts_at=starts, ends_at=starts + timedelta(hours=3), place=one.place, address="", chair_id=None,
        version=one.version if version is None else version, actor=actor,
    )  # fmt: skip


def part(one, *villages, **over):
    usual = {
        "village_ids": tuple(v.id for v in villages), "place": "Nhà văn hóa", "address": "",
        "starts_at": one.starts_at, "ends_at": one.ends_at, "chair_id": None,
    }  # fmt: skip
    return Part(**{**usual, **over})


def test_a_new_series_plans_the_next_18_months_at_wall_time(app):
    actor = make_staff()
    series.create(commune=actor.commune, values=values(), actor=actor)
    assert planned_days() == [date(2026, 12, 5), date(2027, 6, 5), date(2027, 12, 4)]
    assert clock.local(first_round().starts_at).hour == 7


def test_planning_again_adds_nothing_and_time_adds_what_is_due(app, at):
    one = make_series()
    assert series.extend() == 3
    assert series.extend() == 0
    db.session.commit()
    at("2027-01-04 08:00")
    assert series.extend(commune_ids=[one.commune_id]) == 1
    assert planned_days()[-1] == date(2028, 6, 3)
    planned = sa.select(TrailEntry.note).where(TrailEntry.action == "rounds_planned").order_by(TrailEntry.id)
    told = db.session.scalars(planned).all()
    assert told == ["3", "1"]


def test_a_form_sent_twice_makes_one_series(app):
    actor = make_staff()
    one = series.create(commune=actor.commune, values=values(), actor=actor)
    assert series.create(commune=actor.commune, values=values(), actor=actor) is one
    assert len(planned_days()) == 3


def test_moved_and_skipped_rounds_are_not_planned_a_second_time(app):
    actor = make_staff()
    series.create(commune=actor.commune, values=values(), actor=actor)
    one, other = db.session.scalars(sa.select(Round).order_by(Round.starts_at).limit(2)).all()
    move(one, clock.local(one.starts_at).replace(tzinfo=None, day=4, hour=8), actor)
    round_moves.skip(one=other, reason="Bầu cử.", version=other.version, actor=actor)
    assert series.extend() == 0
    assert planned_days() == [date(2026, 12, 4), date(2027, 12, 4)]
    assert (one.sequence, other.sequence) == (1, 1)


def test_the_template_moves_planned_rounds_but_neither_opened_nor_moved_ones(app):
    actor = make_staff()
    made = series.create(commune=actor.commune, values=values(), actor=actor)
    opened, moved, left = db.session.scalars(sa.select(Round).order_by(Round.starts_at)).all()
    drafts = opening.open_round(
        one=opened, parts=[part(opened)], title="Đợt cuối năm", topics=(Field.LAND,), version=1, actor=actor
    )
    move(moved, clock.local(moved.starts_at).replace(tzinfo=None, day=3), actor)
    new = values(title="Tên mới", starts=time(14), ends=time(17), place="Sân đình", topics=(Field.WATER,))
    series.change(series=made, values=new, version=made.version, actor=actor)
    assert (left.title, left.place, clock.local(left.starts_at).hour, left.sequence) == ("Tên mới", "Sân đình", 14, 1)
    assert (moved.title, moved.place) == ("Đối thoại định kỳ", "Hội trường")
    assert (opened.title, opened.topics) == ("Đợt cuối năm", [Field.LAND])
    assert (drafts[0].place, drafts[0].topics, clock.local(drafts[0].starts_at).hour) == (
        "Nhà văn hóa", [Field.LAND], 7,
    )  # fmt: skip


def test_a_new_rule_takes_its_days_into_the_plan_and_the_old_ones_out(app):
    actor = make_staff()
    made = series.create(commune=actor.commune, values=values(), actor=actor)
    series.change(series=made, values=values(rule="FREQ=MONTHLY;INTERVAL=12"), version=made.version, actor=actor)
    assert planned_days() == [date(2026, 11, 23), date(2027, 11, 23)]


def test_somebody_elses_save_is_not_overwritten(app):
    actor = make_staff()
    made = series.create(commune=actor.commune, values=values(), actor=actor)
    with pytest.raises(EditConflict):
        series.change(series=made, values=values(title="Khác"), version=made.version + 1, actor=actor)
    one = first_round()
    with pytest.raises(EditConflict):
        move(one, clock.local(one.starts_at).replace(tzinfo=None), actor, version=99)


def test_this_and_all_later_ones_go_by_a_new_series(app):
    actor = make_staff()
    made = series.create(commune=actor.commune, values=values(), actor=actor)
    second = db.session.scalars(sa.select(Round).order_by(Round.starts_at).offset(1).limit(1)).one()
    new = values(rule="FREQ=MONTHLY;BYMONTH=6,12;BYDAY=1FR", starts_on=second.slot_on, title="Thứ Sáu")
    later = series.change_later(first=second, values=new, version=second.version, actor=actor)
    assert made.ends_on == date(2027, 6, 4)
    assert later.follows_id == made.id
    assert planned_days() == [date(2026, 12, 5), date(2027, 12, 3)]
    assert series.extend() == 0


def test_the_new_series_plans_no_time_that_earlier_rounds_of_the_old_one_keep(app):
    actor = make_staff()
    series.create(commune=actor.commune, values=values(), actor=actor)
    second = db.session.scalars(sa.select(Round).order_by(Round.starts_at).offset(1).limit(1)).one()
    for first_day in (date(2026, 11, 23), date(2026, 12, 5)):
        with pytest.raises(RuleBroken) as broken:
            series.change_later(first=second, values=values(starts_on=first_day), version=second.version, actor=actor)
        assert broken.value.field == "starts_on"
    earlier = values(rule="FREQ=MONTHLY;BYMONTH=6,12;BYDAY=1FR", starts_on=date(2026, 12, 6))
    series.change_later(first=second, values=earlier, version=second.version, actor=actor)
    assert planned_days() == [date(2026, 12, 5), date(2027, 6, 4), date(2027, 12, 3)]


def test_ending_a_series_keeps_what_voters_asked_for(app):
    actor = make_staff()
    made = series.create(commune=actor.commune, values=values(), actor=actor)
    make_request(actor.commune, round_id=first_round().id)
    assert series.end(series=made, last_on=date(2026, 11, 30), version=made.version, actor=actor) == 2
    assert planned_days() == [date(2026, 12, 5)]
    assert series.extend() == 0


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"starts": time(11), "ends": time(11)}, "ends"),
        ({"ends_on": date(2026, 11, 1)}, "ends_on"),
        ({"starts_on": date(1990, 1, 1)}, "starts_on"),
        ({"starts_on": date(2100, 12, 31)}, "starts_on"),
        ({"rule": "FREQ=DAILY"}, "rule"),
    ],
)
def test_what_makes_no_plan_is_refused_on_its_field(app, over, field):
    actor = make_staff()
    with pytest.raises(RuleBroken) as refused:
        series.create(commune=actor.commune, values=values(**over), actor=actor)
    assert refused.value.field == field
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Series)) == 0


def test_villages_and_chairs_of_another_commune_are_refused(app):
    actor = make_staff()
    other = make_commune()
    for over in ({"village_ids": (make_village(other).id,)}, {"chair_id": make_staff(commune=other).id}):
        with pytest.raises(RuleBroken):
            series.create(commune=actor.commune, values=values(**over), actor=actor)


def test_opening_splits_by_villages_into_drafts_of_their_own(app):
    actor = make_staff()
    north, south = make_village(), make_village()
    made = series.create(commune=actor.commune, values=values(), actor=actor)
    one = first_round()
    drafts = opening.open_round(
        one=one, parts=[part(one, north), part(one, south, place="Sân kho")], title="Đợt tháng 12",
        topics=(Field.ROADS, Field.LAND), version=one.version, actor=actor,
    )  # fmt: skip
    assert [[v.id for v in draft.villages] for draft in drafts] == [[north.id], [south.id]]
    assert {draft.round_id for draft in drafts} == {one.id}
    assert all(north.label in d.title or south.label in d.title for d in drafts)
    assert len({draft.uid for draft in drafts} | {one.uid}) == 3
    assert made.villages == []
    with pytest.raises(RuleBroken):
        opening.open_round(one=one, parts=[part(one)], title="x", topics=(), version=one.version, actor=actor)


def test_one_dialogue_keeps_the_calendar_identity_of_its_round(app):
    actor = make_staff()
    one = make_round()
    draft = opening.open_round(
        one=one, parts=[part(one)], title="Một buổi", topics=(), version=one.version, actor=actor
    )[0]
    assert (draft.uid, draft.sequence) == (one.uid, 1)


def test_parts_without_villages_shared_villages_and_one_chair_at_two_places_are_refused(app):
    actor, north, south = make_staff(), make_village(), make_village()
    one = make_round()
    bad = [
        [part(one, north), part(one)],
        [part(one, north), part(one, north)],
        [part(one, north, chair_id=actor.id), part(one, south, chair_id=actor.id)],
        [part(one, north, ends_at=one.starts_at), part(one, south)],
        [part(one, make_village(make_commune()))],
    ]
    for parts in bad:
        with pytest.raises(RuleBroken) as refused:
            opening.open_round(one=one, parts=parts, title="x", topics=(), version=one.version, actor=actor)
        assert refused.value.field.startswith("p")
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Dialogue)) == 0


def test_two_series_at_the_same_hour_in_the_same_hall_clash_in_the_plan(app):
    actor = make_staff()
    chair = make_staff("leader")
    for title in ("Một", "Hai"):
        series.create(commune=actor.commune, values=values(title=title, chair_id=chair.id), actor=actor)
    lines = rounds.year_lines(actor.commune, 2026, clock.now())
    assert len(lines) == 2
    assert {note.kind.value for note in lines[0].notes} == {"weekend", "same_chair", "same_place"}


def test_planned_gives_only_what_is_to_come_of_this_commune(app):
    one = make_round()
    make_round(state=RoundState.SKIPPED)
    make_round(commune=make_commune())
    assert rounds.planned(one.commune_id, one.starts_at) == [one]
    assert rounds.planned(one.commune_id, one.starts_at - timedelta(seconds=1)) == []


def test_planning_many_communes_takes_as_many_statements_as_one(app, queries):
    for _ in range(2):
        make_series(make_commune())
    with queries() as few:
        series.extend()
    for _ in range(12):
        make_series(make_commune())
    with queries() as many:
        series.extend()
    assert many.count == few.count
