"""Merging: one question is answered for many; everyone keeps the own code; taking out brings back what was before."""

import pytest

from dialogues.doubles import chains, merging
from dialogues.doubles.service import askers_of, matches_for_residents, matches_of
from dialogues.errors import EditConflict, RuleBroken
from dialogues.followup.question_views import question_views_by_id
from dialogues.questions import events, service, tracking
from dialogues.questions.rules import QuestionEvent, QuestionState
from tests.make import (
    clock,
    make_answer,
    make_commitment,
    make_commune,
    make_dialogue,
    make_question,
    make_staff,
    make_village,
)

S = QuestionState
TEXT = "Xin lắp đèn năng lượng mặt trời ở ngã ba cây gạo, đêm đi làm về tối quá."


@pytest.fixture
def clerk(app):
    return make_staff()


@pytest.fixture
def told(monkeypatch):
    """What askers would hear, in order."""
    heard = []
    monkeypatch.setattr(events, "_listeners", [merging.when_withdrawn, lambda q, event: heard.append((q.id, event))])
    return heard


RAISED = ("version", "shown_version", "touched")
"""Numbers that rise with every change."""


def facts(question):
    return {c.key: getattr(question, c.key) for c in question.__table__.columns if c.key not in RAISED}


def test_a_merged_question_is_hidden_counted_and_told_by_its_lead(clerk, told, session):
    lead, other = make_question(state=S.PUBLISHED, text=TEXT), make_question(state=S.PUBLISHED)
    code = other.askers[0].code
    merging.merge(question=other, into=lead, actor=clerk, version=other.version)
    session.commit()
    assert other.state is S.MERGED
    assert [q.id for q in session.scalars(service.visible(lead.commune_id))] == [lead.id]
    assert {asker.code for asker in askers_of(lead)} == {lead.askers[0].code, code}
    (view,) = question_views_by_id(lead.commune_id, clock.today(), [lead.id])
    assert view.people == 2
    assert tracking.asker_by_code(code).question_id == other.id
    assert told == [(other.id, QuestionEvent.MERGED)]


@pytest.mark.parametrize("state", [S.WAITING, S.PUBLISHED])
def test_taking_out_restores_exactly_what_was_before(clerk, session, state):
    lead, other, third = make_question(state=S.PUBLISHED), make_question(state=state), make_question()
    merging.merge(question=third, into=other, actor=clerk)
    before = [facts(q) for q in (lead, other, third)]
    merging.merge(question=other, into=lead, actor=clerk)
    assert {q.id for q in merging.merged_questions(lead)} == {other.id, third.id}
    merging.unmerge(question=other, actor=clerk)
    session.commit()
    after = [facts(q) for q in (lead, other, third)]
    assert [{k: (v, a[k]) for k, v in b.items() if a[k] != v} for a, b in zip(after, before, strict=True)] == [
        {},
        {},
        {},
    ]


def test_merging_into_a_merged_question_goes_to_the_one_that_is_answered(clerk):
    lead, middle, last = make_question(), make_question(), make_question()
    merging.merge(question=middle, into=lead, actor=clerk)
    assert merging.merge(question=last, into=middle, actor=clerk) is lead
    assert last.lead_id == lead.id
    merging.unmerge(question=middle, actor=clerk)
    assert last.lead_id == middle.id


def test_a_merge_that_makes_no_sense_is_refused_and_changes_nothing(clerk, session):
    one, other = make_question(), make_question()
    foreign = make_question(make_dialogue(commune=make_commune()))
    for into in (one, foreign, make_question(state=S.DECLINED), make_question(state=S.WITHDRAWN)):
        with pytest.raises(RuleBroken):
            merging.merge(question=one, into=into, actor=clerk)
    merging.merge(question=other, into=one, actor=clerk)
    with pytest.raises(RuleBroken, match=r"."):
        merging.merge(question=one, into=other, actor=clerk)  # a circle
    with pytest.raises(RuleBroken):
        merging.merge(question=other, into=make_question(), actor=clerk)  # merged already
    with pytest.raises(EditConflict):
        merging.merge(question=make_question(), into=one, actor=clerk, version=99)
    answered = make_answer(make_question(state=S.PUBLISHED), published_at=clock.now()).question
    with pytest.raises(RuleBroken):
        merging.merge(question=answered, into=one, actor=clerk)
    assert one.state is S.WAITING
    assert answered.state is S.PUBLISHED


def test_who_withdraws_leaves_and_nobody_elses_question_ends_with_it(clerk, told, session):
    lead, middle, last = make_question(state=S.PUBLISHED), make_question(), make_question()
    merging.merge(question=last, into=middle, actor=clerk)
    merging.merge(question=middle, into=lead, actor=clerk)
    tracking.withdraw(asker=middle.askers[0])
    assert (middle.state, middle.lead_id) == (S.WITHDRAWN, None)
    assert [q.id for q in merging.merged_questions(lead)] == [last.id]
    tracking.withdraw(asker=lead.askers[0])
    assert (last.state, last.lead_id, last.merged_into_id) == (S.WAITING, None, None)
    assert (last.id, QuestionEvent.UNMERGED) in told


def test_a_matter_asked_over_the_years_tells_its_answers_and_promises(clerk, session, at):
    at("2026-11-20 08:00")
    old = make_dialogue(starts_at=clock.now().replace(year=2024))
    older = make_answer(make_question(old, state=S.PUBLISHED), published_at=clock.now(), text="Sẽ làm trong quý II.")
    make_commitment(older, result="Đổ bê tông 300 m")
    now = make_question(make_dialogue(), state=S.PUBLISHED)
    again = make_question(make_dialogue(), state=S.PUBLISHED)
    chains.link(question=now, earlier=older.question, actor=clerk)
    chains.link(question=again, earlier=now, actor=clerk)
    session.commit()
    story = chains.story_of(again, clock.today())
    assert [one.id for one in story] == [older.question_id, now.id, again.id]
    assert (story[0].said, story[0].commitments[0].result) == ("Sẽ làm trong quý II.", "Đổ bê tông 300 m")
    (view,) = question_views_by_id(now.commune_id, clock.today(), [again.id])
    assert [asking.id for asking in view.askings] == [older.question_id, now.id, again.id]
    ((asked, earlier),) = chains.asked_again(now.dialogue, clock.today())
    assert (asked.id, [one.id for one in earlier]) == (now.id, [older.question_id])
    chains.unlink(question=now, actor=clerk)
    assert len(chains.story_of(again, clock.today())) == 2
    with pytest.raises(RuleBroken):
        chains.link(question=again, earlier=older.question, actor=clerk)


def test_residents_are_shown_published_questions_by_their_public_words_only(app, session):
    village = make_village()
    secret = "Xin lắp đèn ở ngã ba cây gạo cạnh nhà ông Bảy, đêm tối quá, trẻ con ngã."
    public = "Xin lắp đèn ở ngã ba cây gạo, đêm tối quá, trẻ con ngã."
    shown = make_question(state=S.PUBLISHED, text=secret, public_text=public, village_id=village.id)
    make_question(text=secret, village_id=village.id)
    found = matches_for_residents(shown.commune_id, secret, shown.field, village.id)
    assert [match.id for match in found] == [shown.id]
    assert matches_for_residents(shown.commune_id, "nhà ông Bảy", shown.field, village.id) == []


def test_doubles_are_found_in_the_own_commune_and_what_changed_is_seen_at_once(app, session, clerk):
    village = make_village()
    first = make_question(text=TEXT, village_id=village.id)
    make_question(make_dialogue(commune=make_commune()), text=TEXT)
    new = make_question(text="Nga ba cay gao toi om, xin den nang luong mat troi", village_id=village.id)
    assert [match.id for match in matches_of(new)] == [first.id]
    assert matches_of(new)[0].is_same
    merging.merge(question=first, into=make_question(text="Đèn đường ngã ba"), actor=clerk)
    session.commit()
    assert [match.id for match in matches_of(new)] == [first.lead_id]
    elsewhere = make_question(text=TEXT, village_id=make_village().id)
    assert not any(match.is_same for match in matches_of(elsewhere))
