"""What a question may do and what codes and wordings look like, without app."""

import pytest

from dialogues import codes
from dialogues.questions.rules import MOVES, Consent, Lacking, QuestionState, lacking_for
from dialogues.questions.spelling import Mistake, foreign_in, mistake_in, spelled
from dialogues.questions.wording import differences

S = QuestionState


def good_code():
    return codes.new_tracking_code()


def test_every_state_says_where_it_can_go():
    assert set(MOVES) == set(QuestionState)


def test_a_withdrawn_question_goes_nowhere():
    assert MOVES[S.WITHDRAWN] == ()


def test_only_what_waits_is_published_split_or_merged_can_be_withdrawn():
    withdrawable = {S.WAITING, S.QUARANTINED, S.PUBLISHED, S.SPLIT, S.MERGED}
    assert {state for state in S if S.WITHDRAWN in MOVES[state]} == withdrawable


def test_what_was_declined_or_moved_can_only_come_back_to_waiting():
    assert MOVES[S.DECLINED] == MOVES[S.MOVED_TO_COMPLAINT] == (S.WAITING,)


@pytest.mark.parametrize(
    ("consent", "has_name", "has_reach", "lacking"),
    [
        (Consent.PUBLISH_NAME, False, True, Lacking.NAME),
        (Consent.PUBLISH_NAME, True, False, None),
        (Consent.MESSAGE, True, False, Lacking.PHONE_OR_EMAIL),
        (Consent.MESSAGE, False, True, None),
        (Consent.CONTACT, True, False, Lacking.PHONE_OR_EMAIL),
        (Consent.CONTACT, False, True, None),
    ],
)
def test_a_consent_needs_what_it_is_about(consent, has_name, has_reach, lacking):
    assert lacking_for(consent, has_name, has_reach) is lacking


def test_a_good_code_has_no_mistake_however_it_is_typed():
    code = good_code()
    for typed in (code, code.lower(), codes.grouped(code), f" {code[:4]} {code[4:8]}.{code[8:]} "):
        assert mistake_in(typed) is None


def test_the_likely_mistake_is_named():
    code = good_code()
    assert mistake_in("") is Mistake.EMPTY
    assert mistake_in(" - ") is Mistake.EMPTY
    assert mistake_in(code[:-1]) is Mistake.SHORT
    assert mistake_in(code + "A") is Mistake.LONG
    assert mistake_in("0" + code[1:]) is Mistake.FOREIGN
    assert mistake_in(code[:-1] + ("A" if code[-1] != "A" else "C")) is Mistake.MISTYPED


def test_characters_of_no_code_are_listed_once_and_not_endlessly():
    assert foreign_in("0O0o1iL") == "0 O 1 I L"
    assert foreign_in("đĐ<>&;'\"") == "Đ < > & ;"


def test_every_character_of_a_code_can_be_read_out_in_both_languages():
    for language in ("vi", "en"):
        said = spelled(codes.ALPHABET, language).replace(" – ", " ").split(" ")
        assert len(said) == len(set(said)) == len(codes.ALPHABET)
        assert not set(said) & set(codes.ALPHABET) - {"a"}


def test_a_code_is_read_out_in_its_groups():
    assert spelled("AAAACCCC2222", "vi") == "a a a a – xê xê xê xê – hai hai hai hai"


def test_differences_give_both_texts_back():
    old, new = "Ông Tư ở thôn Đồng lấn đường,\n xã xử lý chưa?", "Một hộ ở thôn Đồng lấn đường,\n xã xử lý chưa?"
    pieces = differences(old, new)
    assert "".join(p.text for p in pieces if p.kind != "added") == old
    assert "".join(p.text for p in pieces if p.kind != "left_out") == new
    assert next(p for p in pieces if p.kind == "left_out").text == "Ông Tư"


def test_equal_texts_have_no_difference():
    assert [p.kind for p in differences("Một hai", "Một hai")] == ["kept"]
    assert differences("", "") == []
