"""Dialogues: what residents see, lists, and that SQL and rules say the same."""

import pytest
import sqlalchemy as sa

from dialogues import clock
from dialogues.extensions import db
from dialogues.places.rules import Field
from dialogues.schedule import service
from dialogues.schedule.models import Dialogue
from dialogues.schedule.rules import DialogueState, Phase
from dialogues.schedule.service import Filters
from tests.make import make_commune, make_dialogue, make_village, the_commune, wall

S = DialogueState
ZONE = clock.DEFAULT_ZONE


def titles(cards):
    return [card.title for card in cards]


@pytest.fixture
def page_context(app):
    with app.test_request_context("/"):
        yield


@pytest.mark.parametrize("days", [0, 1, 9, 10, 11])
@pytest.mark.parametrize("hour", ["00:00", "05:30", "06:59", "07:00", "07:30", "11:30", "23:59"])
def test_sql_and_rules_name_the_same_phase(app, at, days, hour):
    """Sessions at 5:30 in the morning lie on the day before in UTC: the days must be those of the commune."""
    at("2026-11-22 05:30")
    for state in S:
        make_dialogue(state=state, starts_at=wall(0, "05:30"), ends_at=wall(0, "11:30"))
    make_dialogue(state=S.PUBLISHED, starts_at=wall(0, "05:30"), ends_at=wall(0, "11:30"), result_public_on=None)
    make_dialogue(starts_at=wall(0, "05:30"), ends_at=wall(0, "11:30"), question_deadline_at=None)
    make_dialogue(starts_at=wall(11, "05:30"), ends_at=wall(11, "07:00"), question_deadline_at=wall(10, "07:00"))
    now = at(f"2026-{'12' if days > 8 else '11'}-{22 + days - (30 if days > 8 else 0):02} {hour}")
    for dialogue in db.session.scalars(sa.select(Dialogue)):
        one = sa.select(Dialogue.id).where(Dialogue.id == dialogue.id)
        found = [
            wanted for wanted in Phase if db.session.scalar(one.where(service.in_state(wanted, now, dialogue.commune)))
        ]
        assert found == [service.phase_of(dialogue, now)]


def test_residents_never_see_drafts_nor_drafts_that_were_cancelled(app, page_context):
    make_dialogue(title="Draft", state=S.DRAFT)
    make_dialogue(title="Cancelled draft", state=S.CANCELLED, announced_at=None)
    make_dialogue(title="Cancelled later", state=S.CANCELLED)
    commune = the_commune()
    assert titles(service.listing(commune, Filters(), clock.now())[1]) == ["Cancelled later"]
    drafts = db.session.scalars(sa.select(Dialogue).where(Dialogue.title != "Cancelled later").order_by(Dialogue.id))
    assert [service.announced_by_code(dialogue.code) for dialogue in drafts] == [None, None]


def test_what_comes_is_listed_soonest_first_then_the_past_newest_first(app, page_context):
    for title, days, state in (
        ("next month", 30, S.ANNOUNCED),
        ("next week", 7, S.ANNOUNCED),
        ("postponed", -2, S.POSTPONED),
        ("cancelled, to come", 9, S.CANCELLED),
        ("last week", -7, S.HELD),
        ("over, not recorded", -1, S.ANNOUNCED),
        ("last year", -365, S.PUBLISHED),
        ("cancelled, over", -20, S.CANCELLED),
    ):
        make_dialogue(title=title, state=state, starts_at=wall(days))
    commune, now = the_commune(), clock.now()
    assert titles(service.listing(commune, Filters(), now)[1]) == [
        "next week", "cancelled, to come", "next month", "postponed",
        "over, not recorded", "last week", "cancelled, over", "last year",
    ]  # fmt: skip
    assert titles(service.coming(commune.id, now)) == ["next week", "next month", "postponed"]
    assert titles(service.coming(commune.id, now, limit=1)) == ["next week"]
    assert titles(service.recent(commune.id, now)) == ["over, not recorded", "last week", "last year"]
    coming = service.listing(commune, Filters(period="coming"), now)[1]
    past = service.listing(commune, Filters(period="past"), now)[1]
    assert (len(coming), len(past)) == (4, 4)


def test_the_office_sees_overdue_results_first(app, page_context):
    for title, days, state in (
        ("coming", 7, S.ANNOUNCED),
        ("overdue", -20, S.HELD),
        ("in time", -10, S.CONCLUDED),
        ("draft", 30, S.DRAFT),
        ("over, not recorded", -1, S.ANNOUNCED),
        ("done", -40, S.PUBLISHED),
    ):
        make_dialogue(title=title, state=state, starts_at=wall(days))
    cards = service.office_listing(the_commune(), Filters(), clock.now())[1]
    assert titles(cards) == ["overdue", "over, not recorded", "draft", "coming", "in time", "done"]


def test_filters_find_by_village_field_year_and_words(app, at, page_context):
    at("2026-11-22 08:00")
    here, there = make_village(name="Đồng"), make_village(name="Trung")
    make_dialogue(title="Cả xã", topics=[Field.WATER])
    make_dialogue(title="Riêng thôn Đồng", villages=[here], topics=[Field.LAND, Field.WATER])
    make_dialogue(title="Riêng thôn Trung", villages=[there], topics=[Field.LAND], purpose="Nói về chợ Mét.")
    make_dialogue(title="Năm ngoái", state=S.PUBLISHED, starts_at=wall(-330), topics=[])
    commune, now = the_commune(), clock.now()

    def found(**filters):
        return set(titles(service.listing(commune, Filters(**filters), now)[1]))

    assert found(village_id=here.id) == {"Cả xã", "Riêng thôn Đồng", "Năm ngoái"}
    assert found(field=Field.LAND) == {"Riêng thôn Đồng", "Riêng thôn Trung"}
    assert found(field=Field.LAND, village_id=there.id) == {"Riêng thôn Trung"}
    assert found(period="2025") == {"Năm ngoái"}
    assert found(text="cho met") == {"Riêng thôn Trung"}
    assert found(text="RIÊNG đồng") == {"Riêng thôn Đồng"}
    assert found(text="100%") == set()
    assert service.years(service.visible(commune.id), ZONE) == [2026, 2025]


def test_a_year_begins_at_midnight_of_the_commune(app, at, page_context):
    at("2026-11-22 08:00")
    make_dialogue(title="New Year, 6 o'clock", state=S.PUBLISHED, starts_at=wall(-325, "06:00"))
    commune = the_commune()
    assert titles(service.listing(commune, Filters(period="2026"), clock.now())[1]) == ["New Year, 6 o'clock"]
    assert service.listing(commune, Filters(period="2025"), clock.now())[1] == []


def test_another_commune_sees_nothing_of_ours(app, page_context):
    make_dialogue()
    other, now = make_commune(), clock.now()
    assert service.listing(other, Filters(), now)[1] == []
    assert service.office_listing(other, Filters(), now)[1] == []
    assert service.coming(other.id, now) == []


def test_many_villages_are_told_in_short(app, page_context):
    villages = [make_village(name=name) for name in ("Một", "Hai", "Ba", "Bốn", "Năm")]
    make_dialogue(villages=villages[:3])
    make_dialogue(villages=villages)
    make_dialogue()
    found = {card.villages for card in service.coming(the_commune().id, clock.now())}
    assert "" in found
    assert "Thôn Một, Thôn Hai, Thôn Ba" in found
    assert any("2" in text and "Bốn" not in text for text in found)


def test_lists_take_the_same_queries_however_long_they_are(app, queries, page_context):
    commune = the_commune()
    village = make_village()

    def count():
        db.session.refresh(commune)
        with queries() as seen:
            service.listing(commune, Filters(), clock.now())
        return seen.count

    make_dialogue(villages=[village])
    few = count()
    for _ in range(12):
        make_dialogue(villages=[village])
    assert count() == few == 3
