"""What is read out at the opening: short sentences, each number and name right. Without app or database."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from dialogues.papers.opening import Numbers, Promise, Voice, Waiting, reading

TODAY = date(2026, 11, 20)
SESSION = datetime(2026, 8, 5, 7, 30)
NUMBERS = Numbers(promised=7, done=3, confirmed=2, late=1, at_work=2, withdrawn=1)
LATE = Promise(
    text="Đổ bê tông ngõ 3", responsible="Ông Lộc, Phó Chủ tịch", due_on=date(2026, 11, 1),
    first_due_on=date(2026, 10, 1), times_extended=2, state="overdue", is_reopened=False, is_asked_again=False,
    reason="Mưa lũ", reason_by="Ông Lộc", said="Đã đổ 50 m.", said_by="Ông Lộc", said_on=date(2026, 11, 10),
)  # fmt: skip


def told(back=(), waiting=(), done=(), numbers=NUMBERS, sessions=(SESSION,), more=0):
    return reading(sessions, numbers, back, waiting, done, TODAY, more)


def test_the_beginning_counts_everything():
    assert told().beginning[1:] == (
        "Tại buổi đối thoại ngày 5/8/2026, lãnh đạo đã hứa 7 việc.",
        "Đã xong 3 việc, trong đó 2 việc đã có người hỏi hoặc người giám sát xác nhận.",
        "Đang làm 2 việc.",
        "Quá hạn 1 việc, xin nhận lỗi với bà con.",
        "Rút lại 1 việc.",
    )


def test_what_comes_back_of_all_earlier_ones_is_counted_too():
    assert told(numbers=replace(NUMBERS, back=9, back_late=4)).beginning[-1] == (
        "Tính cả các buổi trước nữa, hôm nay nêu lại 9 việc, trong đó 4 việc quá hạn."
    )


def test_two_sessions_of_a_round_are_both_named():
    both = told(sessions=(SESSION, SESSION.replace(day=6))).beginning[1]
    assert both.startswith("Tại buổi đối thoại ngày 5/8/2026 và ngày 6/8/2026")


def test_nothing_late_and_nothing_promised_are_said_too():
    assert "Không có việc nào quá hạn." in told(numbers=replace(NUMBERS, late=0)).beginning
    assert told(numbers=Numbers(0, 0, 0, 0, 0, 0)).beginning[-1].endswith("lãnh đạo chưa hứa việc nào.")
    assert "đầu tiên" in told(sessions=()).beginning[0]


def test_a_late_one_says_since_when_why_and_who_says_so():
    (part,) = told([LATE]).parts
    assert part.matters == (
        (
            "Đổ bê tông ngõ 3.",
            "Người chịu trách nhiệm: Ông Lộc, Phó Chủ tịch.",
            "Hạn là ngày 1/11/2026, đến nay chậm 19 ngày. Hạn đầu tiên là ngày 1/10/2026, đã gia hạn 2 lần.",
            "Lý do gia hạn, theo Ông Lộc: Mưa lũ.",
            "Ngày 10/11/2026, Ông Lộc cho biết: Đã đổ 50 m.",
        ),
    )


def test_without_a_reason_that_is_said():
    (part,) = told([replace(LATE, reason="", reason_by="", times_extended=0, said="")]).parts
    assert part.matters[0][2:] == ("Hạn là ngày 1/11/2026, đến nay chậm 19 ngày.", "Chưa có ai nêu lý do chậm.")


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("confirmed", "Đã có xác nhận là xong."),
        ("not_objected", "Đã báo xong, sau ba mươi ngày không ai phản đối."),
        ("reported_done", "Đã báo xong, chưa có ai xác nhận."),
    ],
)
def test_done_is_never_called_confirmed_when_it_is_not(state, words):
    (part,) = told(done=[replace(LATE, state=state)]).parts
    assert part.matters[0][1] == words or words in part.matters[0]


@pytest.mark.parametrize(
    ("voice", "words"),
    [
        (Voice("done", 1, "", "", TODAY), "Ngày 20/11/2026, người hỏi xác nhận đã xong."),
        (Voice("done", 1, "Lò Thị Pành", "", TODAY), "Ngày 20/11/2026, Lò Thị Pành xác nhận đã xong."),
        (Voice("done", 3, "", "", TODAY), "Ngày 20/11/2026, 3 người hỏi xác nhận đã xong."),
        (Voice("partly", 1, "", "Thiếu rãnh", TODAY), "Ngày 20/11/2026, người hỏi nói mới xong một phần: Thiếu rãnh."),
        (
            Voice("not_done", 2, "", "Còn ổ gà.", TODAY),
            "Ngày 20/11/2026, 2 người hỏi nói chưa xong. Một người nói: Còn ổ gà.",
        ),
    ],
)
def test_what_others_say_is_told_after_what_the_responsible_says(voice, words):
    one = replace(LATE, state="reported_done", voices=(voice,))
    (part,) = told(done=[one]).parts
    assert part.matters[0][-2:] == ("Ngày 10/11/2026, Ông Lộc cho biết: Đã đổ 50 m.", words)


def test_reopened_and_asked_again_are_said():
    (part,) = told([replace(LATE, state="in_progress", is_reopened=True, is_asked_again=True)]).parts
    assert "Việc này đã báo xong một lần, nhưng chưa đúng nên mở lại." in part.matters[0]
    assert "Từ đó đến nay bà con đã hỏi lại việc này." in part.matters[0]


def test_what_was_noted_and_what_was_passed_up_say_how_long():
    noted, passed = Waiting("Xin mở chợ", "", date(2026, 11, 10)), Waiting("Cầu?", "Sở", date(2026, 10, 1))
    (part,) = told(waiting=[noted, passed]).parts
    assert part.matters == (
        ("Xin mở chợ.", "Mới ghi nhận từ ngày 10/11/2026, đã 10 ngày, chưa có ai hứa làm."),
        ("Cầu?", "Đã chuyển Sở từ ngày 1/10/2026, chờ đã 50 ngày."),
    )


def test_what_is_not_told_is_counted_at_the_end():
    assert told([LATE], more=4).end.startswith("Còn 4 việc nữa")


def test_it_takes_longer_with_more_to_read():
    short, long = told(), told([LATE] * 20)
    assert short.minutes == 1
    assert long.seconds > 10 * short.seconds / 3
    assert long.minutes == -(-long.seconds // 60)
