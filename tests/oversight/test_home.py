"""The overview: by role what waits, each number with its list behind it."""

from datetime import date, timedelta

import pytest

from dialogues import clock
from dialogues.followup.rules import CommitmentState, Outcome
from dialogues.oversight.service import commune_counts
from dialogues.questions.rules import QuestionState
from dialogues.schedule.rules import DialogueState
from dialogues.staff.rules import Role
from tests.make import (
    make_answer,
    make_commitment,
    make_commune,
    make_dialogue,
    make_question,
    make_staff,
    the_commune,
    wall,
)

PUBLISHED = QuestionState.PUBLISHED


@pytest.fixture(autouse=True)
def now(at, app):
    at("2026-11-20 09:00")


def fill():
    """One of everything that waits."""
    make_question(received_at=clock.now() - timedelta(days=5))
    make_question(state=PUBLISHED)
    make_answer(outcome=Outcome.IN_WRITING, due_on=date(2026, 11, 19))
    make_answer(outcome=Outcome.NOTED)
    make_answer(outcome=Outcome.ESCALATED)
    make_answer(published_at=None)
    answer = make_answer()
    make_commitment(answer, due_on=date(2026, 11, 19))
    make_commitment(answer, state=CommitmentState.REPORTED_DONE)
    make_dialogue(state=DialogueState.HELD, starts_at=wall(-11))
    make_dialogue(starts_at=wall(-1))
    make_dialogue(state=DialogueState.DRAFT, mttq_partner="")


def test_counts():
    make_dialogue()
    fill()
    counts = commune_counts(the_commune(), clock.now())
    assert counts.oldest_at == clock.now() - timedelta(days=5)
    for name in (
        "waiting", "unanswered", "noted", "written_overdue", "escalated", "results_overdue", "awaiting_record",
        "overdue", "reported_done",
    ):  # fmt: skip
        assert getattr(counts, name) == 1, name


def test_result_is_overdue_from_the_eleventh_day(at):
    make_dialogue(state=DialogueState.HELD, starts_at=wall(-10, "06:30"))
    assert commune_counts(the_commune(), clock.now()).results_overdue == 0
    at("2026-11-20 23:59")
    assert commune_counts(the_commune(), clock.now()).results_overdue == 0
    at("2026-11-21 00:00")
    assert commune_counts(the_commune(), clock.now()).results_overdue == 1


@pytest.mark.parametrize("role", list(Role))
def test_every_role_has_an_overview_whose_links_lead_somewhere(client, sign_in, role):
    make_dialogue()
    fill()
    sign_in(make_staff(role))
    page = client.get("/office/")
    links = {link for link in page.links() if link.startswith("/office/")}
    for link in links:
        client.get(link)
    assert page.select("#coming")


def test_each_number_is_that_of_the_list_behind_it(client, sign_in):
    make_dialogue()
    fill()
    sign_in(make_staff(Role.OFFICE))
    page = client.get("/office/")
    tiles = [(tag.strong.get_text(), tag["href"]) for tag in page.select("#office .stat")]
    assert len(tiles) == 8
    for number, link in tiles:
        assert number == "1", link
        if "work" not in link:
            assert len(client.get(link).select("tbody tr")) == 1, link
        else:
            assert len(client.get(link).select("#to-publish .card")) == 1


def test_draft_tells_what_its_announcement_lacks(client, sign_in):
    draft = make_dialogue(state=DialogueState.DRAFT, mttq_partner="", party_invited=False)
    sign_in(make_staff(Role.OFFICE))
    page = client.get("/office/")
    assert f"/office/dialogues/{draft.id}" in page.links()
    assert page.select("#preparing")


def test_what_is_not_for_a_role_is_not_on_its_overview(client, sign_in):
    fill()
    sign_in(make_staff(Role.VILLAGE_HEAD))
    page = client.get("/office/")
    assert not page.select("#office, #overseeing, #my-work, #preparing, #accounts")
    assert "/office/questions/new" in page.links()


def test_another_commune_is_not_counted(client, sign_in):
    other = make_commune()
    dialogue = make_dialogue(commune=other)
    make_question(dialogue)
    make_commitment(make_answer(make_question(dialogue, state=PUBLISHED)), due_on=date(2026, 11, 19))
    home = make_commune()
    sign_in(make_staff(Role.OFFICE, commune=home))
    page = client.get("/office/")
    assert set(page.texts("#office .stat strong")) == {"0"}
    assert other.name not in page.main


def test_overview_costs_the_same_however_much_waits(client, sign_in, queries):
    make_dialogue()
    sign_in(make_staff(roles=list(Role)))
    fill()
    with queries() as few:
        client.get("/office/")
    for _ in range(3):
        fill()
    with queries() as many:
        client.get("/office/")
    assert many.count == few.count <= 12
