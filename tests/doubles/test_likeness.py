"""Doubles are found by the meaning of words: the figures on the samples, and what they stand on."""

import pytest

from dialogues.doubles.likeness import read, vocabulary_with
from dialogues.doubles.naming import villages_named
from tests.bench.doubles import FIRST_AIM, RIGHT_AIM, SHOWN_AIM, Sample, figures, samples, the_past

VILLAGES = ((1, "thôn", "Bãi", ""), (2, "thôn", "Bái", ""), (3, "thôn", "Đồng", "xóm Mới"), (4, "xóm", "Đồng Trên", ""))


def test_a_question_finds_the_one_that_asked_the_same() -> None:
    found = figures("cau-hoi-trung.csv")
    assert found.among_three >= FIRST_AIM
    assert found.marked_right >= SHOWN_AIM
    assert found.marked_right >= RIGHT_AIM * found.marked


@pytest.mark.parametrize(
    ("change", "least"),
    [
        (lambda text: text, 1.0),
        (lambda text: f"{text} Mong xã trả lời sớm cho bà con được yên tâm.", 0.95),
        (lambda text: text[: len(text) * 2 // 3], 0.75),
    ],
    ids=["word for word", "with a sentence more", "the first two thirds"],
)
def test_a_question_sent_once_more_is_probably_the_same(change, least) -> None:
    past, earlier = the_past(), samples("cau-hoi-cu.csv")[::5]
    marked = sum(
        any(match.is_same and match.id == past.ids[one.id] for match in past.matches(again))
        for one in earlier
        for again in (Sample("", change(one.text), one.field, one.village, "", ""),)
    )
    assert marked >= least * len(earlier)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Bao giờ cấp sổ đỏ?", "Bao giờ cấp GCNQSDĐ?"),
        ("Bao giờ cấp sổ đỏ?", "bao gio cap bia do"),
        ("Tổ dân phố 2 mất điện", "TDP 2 cúp điện"),
        ("Nhà văn hóa chật", "NVH chật"),
        ("Đèn hoà bình", "Đèn hòa bình"),
    ],
)
def test_words_that_mean_the_same_share_their_meaning(one: str, other: str) -> None:
    a, b = (read(text, vocabulary_with()) for text in (one, other))
    assert a.meanings & b.meanings or set(a.words.items()) & set(b.words.items()) == set(a.words.items())


def test_a_commune_adds_words_of_its_own() -> None:
    known = vocabulary_with(("đường gom = đường dân sinh",))
    one, other = (read(text, known).meanings for text in ("đường gom hỏng", "đường dân sinh ngập"))
    assert one & other
    assert not (one & other) & read("đường dân sinh", vocabulary_with()).meanings


def test_marks_decide_between_two_villages_and_without_marks_it_may_be_either() -> None:
    assert villages_named("nước giếng ở thôn Bãi nhiễm phèn", VILLAGES) == {1}
    assert villages_named("nuoc gieng o thon Bai nhiem phen", VILLAGES) == {1, 2}
    assert villages_named("Bãi rác đầu làng", VILLAGES) == set()


def test_the_longest_name_of_a_village_counts_and_old_names_live_on() -> None:
    assert villages_named("cột điện xóm Đồng Trên nghiêng", VILLAGES) == {4}
    assert villages_named("ngã ba xóm Mới hay tai nạn", VILLAGES) == {3}


def test_numbers_are_read_in_figures_and_in_words() -> None:
    known = vocabulary_with()
    said = read("mỗi sào hai mươi lăm cân, tám trăm nghìn một khẩu", known).numbers
    assert {25, 800_000} <= said
    assert {25, 800_000} <= read("25 kg/sào, 800.000 đồng/khẩu", known).numbers
