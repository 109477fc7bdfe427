import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from dialogues.text import clean_line, clean_text, fold, name_key, search_words


def test_decomposed_letters_come_in_composed():
    assert clean_line(unicodedata.normalize("NFD", "Đường thôn Đồng")) == "Đường thôn Đồng"


def test_invisible_and_control_characters_are_taken_out():
    assert clean_text("a\x00b\u200bc\u202ed\x07e\ufefff") == "abcdef"


def test_lines_stay_lines_and_line_ends_are_one_kind():
    assert clean_text("một \r\nhai\r\n\r\n\r\n\r\nba  bốn\u2028năm ") == "một\nhai\n\nba bốn\nnăm"


def test_one_line_field_has_one_line():
    assert clean_line("  hai\ndòng\t cách ") == "hai dòng cách"


def test_lone_surrogates_do_not_break_the_database():
    assert clean_text("a\ud800b") == "ab"


def test_fold_knows_the_letter_d_with_stroke():
    assert fold("ĐẤT ĐAI đường Huỳnh") == "dat dai duong huynh"


def test_names_sort_by_given_name_first():
    people = ["Lê Thị Bình", "Trần Văn An", "Nguyễn Văn Ân", "Đỗ Anh", "Lê Thị Đào", "Vũ Dũng", "Bùi Văn An"]
    assert sorted(people, key=name_key) == [
        "Bùi Văn An", "Trần Văn An", "Đỗ Anh", "Nguyễn Văn Ân", "Lê Thị Bình", "Vũ Dũng", "Lê Thị Đào",
    ]  # fmt: skip


def test_search_words_are_folded_and_bounded():
    assert search_words("  Sổ đỏ, thôn-Đồng! " + "x " * 20) == ["so", "do", "thon", "dong", "x", "x", "x", "x"]


@given(st.text(max_size=300))
def test_cleaning_twice_changes_nothing_more(text):
    assert clean_text(clean_text(text)) == clean_text(text)
    assert "\x00" not in clean_text(text)
    clean_text(text).encode("utf-8")
