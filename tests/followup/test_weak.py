"""Words that promise nothing anybody could check are found as they are typed."""

import pytest

from dialogues.followup.weak import told, unseen, weak_words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("UBND xã sẽ xem xét việc này.", ("sẽ xem xét",)),
        ("TIẾP THU, quan  tâm và nghiên cứu", ("tiếp thu", "quan tâm", "nghiên cứu")),
        ("se xem xet, som lam", ("sẽ xem xét", "sớm")),
        ("Phối hợp với điện lực; phối hợp với công an", ("phối hợp",)),
        ("trong thời gian tới", ("trong thời gian tới",)),
        ("Cố gắng\nxong", ("cố gắng",)),
    ],
)
def test_weak_words_are_found_however_they_are_written(text, found):
    assert weak_words(text) == found


@pytest.mark.parametrize(
    "text",
    ["", "Đường hết ổ gà, có biên bản nghiệm thu.", "Ở quận tám", "Nhà ông Sơm", "sớmm", "120 m mương được nạo vét"],
)
def test_words_that_only_look_like_them_are_left_alone(text):
    assert weak_words(text) == ()


def test_what_was_shown_once_is_not_shown_again():
    found = weak_words("Sẽ xem xét, cố gắng")
    assert unseen(found, "") == found
    assert unseen(found, told(found)) == ()
    assert unseen(found, "sẽ xem xét") == ("cố gắng",)
