"""Which way word goes back, when a request is late, which day lies months ago."""

from datetime import date

import pytest

from dialogues.askers.rules import RequestStage, Way, months_before, stage_of, way_for
from dialogues.questions.rules import QuestionEvent

E = QuestionEvent
NOBODY = {
    "may_message": False, "may_contact": False, "has_phone": False, "has_email": False, "is_email_confirmed": False,
    "on_behalf": False, "sends_mail": True, "sends_texts": False,
}  # fmt: skip


@pytest.mark.parametrize(
    ("event", "facts", "way"),
    [
        (E.ANSWERED, {"may_message": True, "has_email": True, "is_email_confirmed": True}, Way.MAIL),
        (E.ANSWERED, {"has_email": True, "is_email_confirmed": True}, Way.OWN_PAGE),
        (E.ANSWERED, {"may_message": True, "has_email": True, "has_phone": True}, Way.BY_HAND),
        (E.ANSWERED, {"may_message": True, "has_email": True}, Way.MAIL),
        (E.ANSWERED, {"may_message": True, "has_email": True, "sends_mail": False}, Way.BY_HAND),
        (E.ANSWERED, {"may_message": True, "has_phone": True, "sends_texts": True}, Way.GATEWAY),
        (E.ANSWERED, {"may_contact": True, "has_phone": True, "sends_texts": True}, Way.BY_HAND),
        (E.ANSWERED, {"has_phone": True, "on_behalf": True}, Way.OWN_PAGE),
        (E.ANSWERED, {"on_behalf": True}, Way.BY_HAND),
        (E.RECEIVED, {"on_behalf": True}, Way.OWN_PAGE),
        (E.RECEIVED, {"may_contact": True, "has_phone": True}, Way.OWN_PAGE),
        (E.PUBLISHED, {"may_contact": True, "has_phone": True, "is_first": True}, Way.BY_HAND),
        (E.PUBLISHED, {"may_contact": True, "has_phone": True, "is_first": False}, Way.OWN_PAGE),
        (E.ANSWERED, {}, Way.OWN_PAGE),
    ],
)
def test_everybody_is_told_the_way_that_they_allowed(event, facts, way):
    assert way_for(event, **{**NOBODY, **facts}) is way


def test_a_request_is_late_from_the_day_after_its_last_day():
    answer_due, due = date(2026, 11, 24), date(2026, 12, 2)
    assert stage_of(None, None, answer_due, due, answer_due) is RequestStage.TO_ANSWER
    assert stage_of(None, None, answer_due, due, date(2026, 11, 25)) is RequestStage.LATE
    assert stage_of(answer_due, None, answer_due, due, due) is RequestStage.TO_DO
    assert stage_of(answer_due, None, answer_due, due, date(2026, 12, 3)) is RequestStage.LATE
    assert stage_of(answer_due, due, answer_due, due, date(2027, 1, 1)) is RequestStage.DONE


def test_months_before_end_with_the_month():
    assert months_before(date(2026, 11, 22), 24) == date(2024, 11, 22)
    assert months_before(date(2026, 3, 31), 1) == date(2026, 2, 28)
    assert months_before(date(2028, 2, 29), 24) == date(2026, 2, 28)
    assert months_before(date(2026, 1, 15), 1) == date(2025, 12, 15)
