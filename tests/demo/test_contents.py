"""What stands in the demo commune: complete, true to the rules, and residents' data kept to the office."""

import re
from collections import Counter
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
import time_machine

from dialogues import clock, codes
from dialogues.demo import session_log
from dialogues.demo.build import build
from dialogues.extensions import db
from dialogues.followup.models import Answer, Commitment, CommitmentEntry
from dialogues.followup.question_views import question_views
from dialogues.followup.rules import AnswerStage, CommitmentState, EntryKind, Outcome, answer_stage, is_overdue
from dialogues.followup.service import visible_commitments
from dialogues.places.models import Commune, Unit, Village
from dialogues.places.rules import Field
from dialogues.questions.models import Asker, ConsentChange, Question
from dialogues.questions.rules import Consent, DeclineReason, IntakeChannel, QuestionKind, QuestionState
from dialogues.questions.service import visible
from dialogues.schedule.models import Dialogue
from dialogues.schedule.rules import (
    Phase,
    missing_for_announcement,
)
from dialogues.schedule.service import phase_of
from dialogues.staff.models import Staff
from dialogues.staff.rules import Role
from dialogues.verdicts import asking
from dialogues.verdicts.models import CommitmentVerdict
from dialogues.verdicts.rules import Judgement, VerdictWay

NOON = datetime(2026, 11, 25, 12, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))  # a Wednesday


@pytest.fixture(scope="module")
def demo(migrated_app, test_database):
    """Built once for this file, whose tests only read."""
    with time_machine.travel(NOON.timestamp(), tick=False), migrated_app.app_context():
        counts = build()
        db.session.commit()
        yield counts
        db.session.remove()
    test_database.empty()


def all_rows(model):
    return list(db.session.scalars(sa.select(model).order_by(*sa.inspect(model).primary_key)))


def test_there_is_as_much_as_a_commune_has_in_two_years(demo):
    assert len(all_rows(Village)) == 14
    assert len(all_rows(Staff)) == 18
    assert 8 <= len(all_rows(Dialogue)) <= 12
    assert len(all_rows(Question)) >= 250
    assert len(all_rows(Commitment)) >= 60
    assert demo["câu hỏi"] == len(all_rows(Question))
    assert demo["cam kết"] == len(all_rows(Commitment))
    assert demo["trả lời"] == len(all_rows(Answer))
    assert db.session.scalar(sa.select(Commune.voters)) == 6868


def test_every_channel_state_field_and_outcome_is_shown(demo):
    questions = all_rows(Question)
    assert {q.channel for q in questions} == set(IntakeChannel)
    assert {q.state for q in questions} == set(QuestionState)
    assert {q.kind for q in questions} == set(QuestionKind)
    assert {q.field for q in questions} == set(Field)
    assert {q.decline_reason for q in questions} - {None} == set(DeclineReason)
    assert {a.outcome for a in all_rows(Answer)} == set(Outcome)
    assert {c.state for c in all_rows(Commitment)} == set(CommitmentState)
    shown = {EntryKind.PROGRESS, EntryKind.EXTENSION, EntryKind.REPORTED_DONE, EntryKind.CONFIRMED}
    assert {e.kind for e in all_rows(CommitmentEntry)} >= shown
    assert {(c.consent, c.is_given) for c in all_rows(ConsentChange)} >= {(consent, True) for consent in Consent}
    assert {role for person in all_rows(Staff) for role in person.roles} == set(Role)


def test_late_things_are_shown_too(demo):
    today = clock.today()
    stages = Counter(
        answer_stage(a.outcome, a.published_at is not None, a.due_on, a.final_on, today) for a in all_rows(Answer)
    )
    assert set(stages) == set(AnswerStage)
    promises = all_rows(Commitment)
    assert sum(is_overdue(c.state, c.due_on, today) for c in promises) >= 5
    assert any(c.first_due_on < c.due_on for c in promises)
    assert any(c.due_on > today and c.state is CommitmentState.OPEN for c in promises)


def test_one_dialogue_collects_one_is_postponed_and_one_is_prepared(demo):
    phases = Counter(phase_of(d, clock.now()) for d in all_rows(Dialogue))
    assert phases[Phase.COLLECTING] == 1
    assert phases[Phase.POSTPONED] == 1
    assert phases[Phase.DRAFT] == 1
    assert phases[Phase.PUBLISHED] >= 5


def test_what_happened_lies_in_office_hours_in_the_commune(demo):
    """What the office did on working days, by day; evening sessions and people at home aside."""
    for model, column in ((Dialogue, "announced_at"), (Dialogue, "published_at"), (Question, "decided_at")):
        for instant in db.session.scalars(sa.select(getattr(model, column))):
            if instant is not None:
                local = clock.local(instant)
                assert 7 <= local.hour < 22
                assert local.weekday() < 5 or column == "decided_at"


def test_tracking_codes_are_real_ones_and_all_different(demo):
    found = [asker.code for asker in all_rows(Asker)]
    assert len(set(found)) == len(found)
    assert all(codes.is_tracking_code(code) for code in found)


def test_the_logged_session_lies_75_days_back_with_its_clock_times(demo):
    logged = db.session.scalar(sa.select(Dialogue).where(Dialogue.residents_present == 118))
    assert clock.local(logged.starts_at).date() == date(2026, 9, 11)  # 75 days before is exactly this Friday
    matters = db.session.scalars(
        sa.select(Question).where(Question.dialogue_id == logged.id).order_by(Question.received_at)
    ).all()
    assert len(matters) == 39
    assert f"{clock.local(matters[0].received_at):%H:%M}" == "08:36"
    assert sum(q.state is QuestionState.MOVED_TO_COMPLAINT for q in matters) == 2
    assert db.session.scalar(sa.select(sa.func.count()).where(Commitment.dialogue_id == logged.id)) == 14


def test_days_without_year_in_the_log_move_along():
    old, new = date(2026, 1, 15), date(2026, 9, 11)
    assert session_log.shifted("ngày 12/1, trước 30/6", old, new) == "ngày 8/9, trước 24/2"
    assert session_log.shifted("camera ngày 28/10", old, new) == "camera ngày 24/6"
    assert session_log.shifted("sáng thứ bảy 24/1", old, new) == "sáng chủ nhật 20/9"
    assert session_log.shifted("trong tháng 12, từ tháng 3/2023", old, new) == "trong tháng 8, từ tháng 3/2023"
    assert session_log.shifted("Năm 2025 hứa", old, date(2027, 1, 15)) == "Năm 2026 hứa"
    assert session_log.shifted("hỏng 8/11 bóng, ngày 1/8/2024", old, new) == "hỏng 8/11 bóng, ngày 1/8/2024"


def public_texts(commune_id):
    """Everything of questions, answers and promises that residents can read, with the name that may be shown."""
    today = clock.today()
    views = question_views(visible(commune_id), today)
    promises = db.session.scalars(visible_commitments(commune_id)).all()
    texts = [entry.text for promise in promises for entry in promise.entries] + [p.result for p in promises]
    for view in views:
        texts.append(view.text)
        if view.answer:
            texts += [view.answer.text, view.answer.final_text]
    return views, texts


def test_no_personal_data_is_public(demo):
    commune_id = db.session.scalar(sa.select(Commune.id))
    views, texts = public_texts(commune_id)
    dialogues = [d for d in all_rows(Dialogue) if d.announced_at]
    texts += [text for d in dialogues for text in (d.purpose, d.conclusion, d.state_reason, d.trigger_reason)]
    everything = "\n".join(texts)
    assert not re.search(r"0900[ .]?000[ .]?1\d\d", everything)
    askers = {asker.question_id: asker for asker in all_rows(Asker)}
    officials = {person.name for person in all_rows(Staff)} | {v.head_name for v in all_rows(Village)}
    names = {asker.name for asker in askers.values()} - {""} - officials
    assert [name for name in names if name in everything] == []
    assert not [asker.phone for asker in askers.values() if asker.phone and asker.phone in everything]
    may_be_named = {asker.name for asker in all_rows(Asker) if asker.may_publish_name}
    for view in views:
        assert not view.asker or view.asker in may_be_named
    assert any(view.asker for view in views)
    hidden = {q.id: q.text for q in all_rows(Question) if q.state is not QuestionState.PUBLISHED}
    assert hidden
    assert not set(hidden) & {view.id for view in views}
    assert not set(hidden.values()) & set(texts)


def test_some_questions_were_published_in_other_words(demo):
    redacted = [q for q in all_rows(Question) if q.public_text and q.public_text != q.text]
    assert len(redacted) >= 3


def test_village_heads_belong_to_their_village_and_others_to_a_unit(demo):
    assert {unit.name for unit in all_rows(Unit)}.isdisjoint({village.label for village in all_rows(Village)})
    for person in all_rows(Staff):
        assert bool(person.village_id) == (Role.VILLAGE_HEAD in person.roles)
        assert bool(person.unit_id) != bool(person.village_id)


def test_a_village_head_finds_people_without_phone_to_ask_at_the_door(demo):
    head = db.session.scalar(sa.select(Staff).where(Staff.email == "village@minh-tam.example"))
    _page, rows = asking.to_ask(head, 1)
    known = [(one.name, one.said) for row in rows for one in row.people]
    assert len(known) >= 3
    assert {said for _name, said in known} == {None, Judgement.PARTLY}
    at_the_door = [one for one in all_rows(CommitmentVerdict) if one.way is VerdictWay.AT_THE_DOOR]
    assert Judgement.DONE in [one.judgement for one in at_the_door if one.staff_id == head.id]
    asked = {one.asker_id for one in at_the_door if one.staff_id == head.id}
    assert all(not asker.phone for asker in all_rows(Asker) if asker.id in asked)


def test_consents_are_written_down_and_agree_with_the_flags(demo):
    now_given = {}
    for change in all_rows(ConsentChange):
        now_given[change.asker_id, change.consent] = change.is_given
    flags = {Consent.CONTACT: "may_contact", Consent.MESSAGE: "may_message", Consent.PUBLISH_NAME: "may_publish_name"}
    for asker in all_rows(Asker):
        for consent, flag in flags.items():
            assert getattr(asker, flag) == now_given.get((asker.id, consent), False)
        assert not (asker.may_contact or asker.may_message) or asker.phone
    assert any(not given for given in now_given.values())


def test_the_announced_ones_lack_nothing_but_notice(demo):
    from dialogues.schedule.deadlines import announce_by
    from dialogues.schedule.rules import Draft

    for d in all_rows(Dialogue):
        if d.announced_at is None:
            continue
        on = clock.local(d.starts_at).date()
        last_day = announce_by(d.commune, on).on
        draft = Draft(
            d.starts_at, last_day, d.place, d.online_link, d.form, d.purpose, bool(d.topics), d.how_to_attend,
            bool(d.mttq_partner), bool(d.chair_id), bool(d.co_chair_id), d.party_invited,
        )  # fmt: skip
        missing = missing_for_announcement(draft, d.announced_at, clock.local(d.announced_at).date())
        assert missing == [reason.check for reason in d.announcement_reasons]
