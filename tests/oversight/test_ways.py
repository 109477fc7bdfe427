"""The ways of the questions: an overseer follows each of them to its end, without reading who asked or an original."""

from dialogues.followup.rules import CommitmentState
from dialogues.oversight.rules import WayStep
from dialogues.questions.rules import QuestionState
from dialogues.staff.rules import Role
from tests.make import make_answer, make_commitment, make_commune, make_dialogue, make_question, make_staff, wall

S = QuestionState
URL = "/office/ways"


def ids(page):
    return [tag["id"] for tag in page.select('tr[id^="q-"]')]


def test_an_overseer_follows_every_question_to_its_end(client, sign_in):
    today = wall(0).date()
    reading = make_question(text="Ông Tư lấn đất", received_at=wall(-9), asker={"name": "Người Kín", "phone": "0900"})
    answering = make_question(state=S.PUBLISHED, received_at=wall(-8))
    keeping, confirming, done, plain = (
        make_question(state=S.PUBLISHED, received_at=wall(n)) for n in (-7, -6, -5, -4)
    )  # fmt: skip
    make_commitment(make_answer(keeping))
    make_commitment(make_answer(confirming), state=CommitmentState.REPORTED_DONE, reported_done_on=today)
    make_commitment(make_answer(done), state=CommitmentState.CONFIRMED, confirmed_on=today)
    make_answer(plain)
    declined = make_question(state=S.DECLINED, received_at=wall(-30))
    make_question(make_dialogue(commune=make_commune()))
    sign_in(make_staff(Role.OVERSEER))
    page = client.get(URL)
    assert ids(page) == [f"q-{q.id}" for q in (reading, answering, keeping, confirming, declined, done, plain)]
    assert not any(secret in page.source for secret in ("Ông Tư", "Người Kín", "0900"))
    expected = {
        WayStep.READING: [reading],
        WayStep.ANSWERING: [answering],
        WayStep.KEEPING: [keeping],
        WayStep.CONFIRMING: [confirming],
        WayStep.ENDED: [declined, done, plain],
    }
    for step, questions in expected.items():
        assert ids(client.get(f"{URL}?step={step}")) == [f"q-{q.id}" for q in questions], step
    assert ids(client.get(f"{URL}?state=declined&year={declined.received_at.year}")) == [f"q-{declined.id}"]
    for query in ("step=x", "state=x", "dialogue=99999", "year=1066", "page=9"):
        assert len(ids(client.get(f"{URL}?{query}"))) == 7


def test_a_merged_question_goes_the_way_of_its_lead_and_a_split_one_leads_to_its_parts(client, sign_in):
    lead = make_question(state=S.PUBLISHED, received_at=wall(-3))
    merged = make_question(lead.dialogue, state=S.MERGED, received_at=wall(-4), lead_id=lead.id, merged_into_id=lead.id)
    whole = make_question(lead.dialogue, state=S.SPLIT, received_at=wall(-5))
    part = make_question(lead.dialogue, received_at=wall(-2), split_from_id=whole.id)
    sign_in(make_staff(Role.OVERSEER))
    assert ids(client.get(f"{URL}?step={WayStep.ANSWERING}")) == [f"q-{q.id}" for q in (merged, lead)]
    page = client.get(URL)
    assert page.one(f"#q-{merged.id} .meta a")["href"].endswith(f"/{lead.id}")
    assert page.one(f"#q-{whole.id} .meta a")["href"].endswith(f"/{part.id}")
    make_answer(lead, text="Đã sửa.")
    assert ids(client.get(f"{URL}?step={WayStep.ENDED}")) == [f"q-{q.id}" for q in (whole, merged, lead)]


def test_the_list_takes_a_fixed_number_of_statements(client, sign_in, queries):
    def fill(number):
        for _number in range(number):
            make_commitment(make_answer())

    sign_in(make_staff(Role.OVERSEER))
    fill(1)
    with queries() as few:
        client.get(URL)
    fill(6)
    with queries() as many:
        client.get(URL)
    assert few.count == many.count <= 9
