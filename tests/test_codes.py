import pytest

from dialogues import codes
from dialogues.codes import ALPHABET, grouped, is_tracking_code, new_dialogue_code, new_tracking_code, normalise


def test_no_letter_or_digit_can_be_taken_for_another():
    assert not set(ALPHABET) & set("0O1ILBPDTVGNS")
    assert len(set(ALPHABET)) == len(ALPHABET) == 19


def test_a_new_code_is_valid_and_new():
    codes = {new_tracking_code() for _ in range(500)}
    assert len(codes) == 500
    assert all(is_tracking_code(code) for code in codes)


@pytest.mark.parametrize("position", range(12))
def test_every_single_wrong_character_is_found(position):
    code = new_tracking_code()
    for character in set(ALPHABET) - {code[position]}:
        assert not is_tracking_code(code[:position] + character + code[position + 1 :])


def test_every_swap_of_two_neighbours_is_found():
    for _ in range(50):
        code = new_tracking_code()
        for i in range(11):
            if code[i] != code[i + 1]:
                assert not is_tracking_code(code[:i] + code[i + 1] + code[i] + code[i + 2 :])


def test_codes_are_understood_however_they_are_typed():
    code = new_tracking_code()
    assert normalise(f" {grouped(code).lower()} ") == code
    assert normalise(grouped(code).replace("-", " – ")) == code


@pytest.mark.parametrize("wrong", ["", "7", "A" * 11, "A" * 13, "АААААААААААА", "0" * 12, "7KMA2X9CH4R\x00"])
def test_what_is_no_code_is_no_code(wrong):
    assert not is_tracking_code(wrong)


def test_dialogue_codes_are_short():
    assert len(new_dialogue_code()) == 6


def test_a_form_code_tells_dialogue_and_village_and_every_slip_in_it_shows():
    for village in (0, 1, 18, 19, 360, 361, 999_999_999):
        code = codes.form_code("7KMA2X", village)
        assert codes.read_form_code(code) == ("7KMA2X", village)
        for place in range(len(code)):
            for other in set(codes.ALPHABET) - {code[place]}:
                assert codes.read_form_code(code[:place] + other + code[place + 1 :]) is None
    assert codes.read_form_code("7KMA2X") is None
    assert codes.read_form_code("") is None
