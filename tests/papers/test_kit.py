"""The texts of the kit: lengths, letters, and that no fact is lost or cut. Pure."""

import re
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dialogues.papers import kit, sms, spoken
from dialogues.papers.kit import Facts
from dialogues.papers.rules import Occasion, Reading, Said, reading_plan
from dialogues.text import clean_line

BASE = Facts(
    commune="xã Minh Tâm",
    title="Hội nghị đối thoại giữa lãnh đạo xã với Nhân dân",
    occasion=Occasion.NEW,
    starts_at=datetime(2026, 12, 12, 7, 30),
    ends_at=datetime(2026, 12, 12, 11, 30),
    deadline_at=datetime(2026, 12, 7, 17),
    place="Hội trường UBND xã",
    address="Thôn Cầu Đá, xã Minh Tâm",
    online_link="",
    is_online=False,
    topics=("Giao thông", "Đất đai"),
    villages=(),
    purpose="Nghe Nhân dân nói về đường và đất.",
    how_to_attend="Ai cũng được vào, không cần giấy mời.",
    hotline="0900 000 000",
    chair="Trịnh Thị Thu Hà (Chủ tịch)",
    co_chair="",
    partner="Ủy ban MTTQ Việt Nam xã",
    reason="",
    code="ACEHKM",
    page_url="https://doithoai.example.vn/d/ACEHKM",
    ask_url="https://doithoai.example.vn/d/ACEHKM/ask",
    feed_page_url="https://doithoai.example.vn/minh-tam/calendar",
)
words = st.text(
    alphabet=st.sampled_from("aăâbcdđeêghiklmnoôơpqrstuưvxyàáảãạằắẳẵặầấẩẫậÀĐ ,.-–0123456789“”😀漢x"), max_size=320
).map(clean_line)
moments = st.datetimes(datetime(1990, 1, 1), datetime(2100, 12, 31, 23, 0))
facts = st.builds(
    lambda starts, deadline, **more: replace(BASE, starts_at=starts, ends_at=starts, deadline_at=deadline, **more),
    starts=moments,
    deadline=st.none() | moments,
    commune=st.sampled_from(["xã Minh Tâm", "phường Đồng Nguyên Thượng", "đặc khu " + "Rất Dài " * 10])
    | words.map("xã {}".format),
    title=words,
    occasion=st.sampled_from(Occasion),
    place=words.map(lambda text: text[:200].strip()),
    address=words.map(lambda text: text[:300].strip()),
    is_online=st.booleans(),
    villages=st.lists(words, max_size=12).map(tuple),
    purpose=words,
    how_to_attend=words,
    reason=words,
    hotline=st.sampled_from(["", "0900 000 000", "+84 (0)900.000.000-12345678901234567890"]),
    page_url=st.sampled_from(
        [BASE.page_url, "http://127.0.0.1:8000/d/ACEHKM", "https://" + "rất-dài." * 20 + "vn/d/ACEHKM"]
    ),
)  # fmt: skip


@given(facts)
@example(BASE)
def test_sms_without_marks_is_one_message_of_plain_letters(found):
    message = sms.without_marks(found)
    assert message.length == len(message.text) <= 160
    assert re.fullmatch(r"[A-Za-z0-9 @$_!\"#%&'()*+,\-./:;<=>?]+", message.text)


@given(facts)
@example(BASE)
def test_sms_with_marks_is_one_message(found):
    message = sms.with_marks(found)
    assert message.length == len(message.text.encode("utf-16-be")) // 2 <= 70


@pytest.mark.parametrize("make", [sms.without_marks, sms.with_marks])
@given(found=facts)
def test_a_fact_stands_whole_or_is_named_as_left_out(make, found):
    message = make(found)
    said = (lambda text: sms.plain(text) or "\0") if make is sms.without_marks else sms._composed
    at, day = found.starts_at, f"{found.starts_at.day}/{found.starts_at.month}/{found.starts_at.year}"
    assert day in message.text
    assert (f"{at.hour}h{at.minute:02}" if at.minute else f"{at.hour}h") in message.text
    whole = {
        Said.HOTLINE: found.hotline,
        Said.LINK: kit.short_address(found.page_url),
        Said.PLACE: "" if found.is_online or not found.is_on else found.place,
        Said.ADDRESS: "" if found.is_online or not found.is_on or not found.place else found.address,
    }
    for name, text in whole.items():
        assert not text or name in message.left_out or said(text) in message.text


@pytest.mark.parametrize("make", [sms.without_marks, sms.with_marks])
def test_what_has_room_is_said(make):
    short = replace(BASE, place="Đình", address="", deadline_at=None, hotline="", page_url="https://a.vn/d/ACEHKM")
    assert make(short).left_out == ()


def test_the_message_of_an_ordinary_dialogue():
    assert sms.without_marks(BASE).text == (
        "UBND xa Minh Tam moi ba con du doi thoai 7h30 12/12/2026, tai Hoi truong UBND xa, Thon Cau Da, xa Minh Tam. "
        "DT 0900 000 000. Xem doithoai.example.vn/d/ACEHKM"
    )
    assert sms.with_marks(BASE).text == "Xã Minh Tâm mời đối thoại 7h30 12/12/2026, tại Hội trường UBND xã."
    assert Said.LINK in sms.with_marks(BASE).left_out


def test_a_place_too_long_for_a_message_gives_its_room_to_the_link():
    message = sms.with_marks(replace(BASE, place="Nhà văn hóa " * 15))
    assert Said.PLACE in message.left_out
    assert "doithoai.example.vn/d/ACEHKM" in message.text


def test_a_place_that_has_no_plain_letters_is_left_out_whole():
    message = sms.without_marks(replace(BASE, place="Hội trường 漢"))
    assert Said.PLACE in message.left_out
    assert "Hoi truong" not in message.text


@given(facts)
def test_full_texts_hold_every_fact_that_the_law_asks_for(found):
    on = replace(found, occasion=Occasion.NEW, is_online=False)
    notice = kit.notice(on)
    for fact in (
        kit.hours(on),
        kit.day(on),
        on.place,
        on.address,
        on.purpose,
        on.how_to_attend,
        on.ask_url,
        on.page_url,
    ):
        assert fact in notice
    for topic in on.topics:
        assert topic[1:] in notice
    assert on.title in notice
    assert on.hotline in notice
    zalo = kit.zalo(on)
    assert kit.day(on) in zalo
    assert on.place in zalo
    assert on.ask_url in zalo
    assert len(kit.zalo(replace(on, how_to_attend="x" * 2000, title="t"))) <= kit.ZALO_MOST


@given(facts)
def test_the_loudspeaker_says_time_and_place_twice_in_lines_without_links(found):
    script = kit.loudspeaker(replace(found, online_link=""))
    assert "http" not in script
    assert all(line.strip() and line[-1] in ".!?…:" for line in script.split("\n"))
    at = found.starts_at
    assert script.count(f"ngày {at.day} tháng {at.month} năm {at.year}") >= 2
    if found.is_on and not found.is_online:
        assert script.count(spoken.written_out(kit.where(replace(found, online_link="")))) >= 2


@pytest.mark.parametrize("occasion", Occasion)
def test_ordinary_sentences_are_short_enough_for_one_breath(occasion):
    script = kit.loudspeaker(replace(BASE, occasion=occasion, reason="Mưa lũ."))
    assert max(spoken.syllables(line) for line in script.split("\n")) <= 25


@pytest.mark.parametrize(
    ("occasion", "words"),
    [
        (Occasion.NEW, "mời"),
        (Occasion.CHANGED, "thay cho lịch"),
        (Occasion.POSTPONED, "hoãn"),
        (Occasion.CANCELLED, "không tổ chức"),
    ],
)
def test_every_text_says_what_became_of_the_dialogue(occasion, words):
    found = replace(BASE, occasion=occasion, reason="Mưa lũ")
    for text in (kit.notice(found), kit.zalo(found), kit.loudspeaker(found)):
        assert words in text.lower()
        assert ("Mưa lũ." in text) is (not found.is_on)
    poster = kit.poster(found)
    assert bool(poster.topics) is found.is_on
    assert kit.HEADLINES[occasion] == poster.headline


def test_a_poster_leaves_out_whole_what_has_no_room():
    crowded = kit.poster(replace(BASE, how_to_attend="Đi bộ. " * 100, villages=tuple(f"Thôn {n}" for n in range(40))))
    assert crowded.how == "Xem ở trang của mã QR, hoặc hỏi trưởng thôn."
    assert "40 thôn" in crowded.who
    assert kit.poster(BASE).size == ""
    assert kit.poster(replace(BASE, title="Đối thoại " * 30, address="Thôn Đồng " * 60)).size == "is-crowded"


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "không"), (5, "năm"), (10, "mười"), (15, "mười lăm"), (21, "hai mươi mốt"), (30, "ba mươi"),
        (105, "một trăm linh năm"), (110, "một trăm mười"), (2000, "hai nghìn"),
        (2026, "hai nghìn không trăm hai mươi sáu"), (9999, "chín nghìn chín trăm chín mươi chín"),
    ],
)  # fmt: skip
def test_numbers_are_counted_as_they_are_read(number, words):
    assert " ".join(spoken.number_words(number)) == words


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Kính thưa bà con.", 4),
        ("UBND xã", 5),
        ("0900 000 000", 10),
        ("ngày 12 tháng 12 năm 2026", 3 + 2 + 2 + 7),
        ("", 0),
        ("BCĐ", 3),
        ("MỜI BÀ CON", 3),
    ],
)
def test_syllables(text, count):
    assert spoken.syllables(text) == count


def test_two_hundred_syllables_take_a_minute():
    assert spoken.reading_seconds("bà " * 200) == 60
    assert spoken.reading_seconds("bà " * 201) == 65


# -- the three days on the loudspeaker (R7) ---------------------------------------------------------------------------

SESSION = date(2026, 12, 12)


def plan(today, announced=None, read=()):
    days = {date(2026, 12, day) for day in read}
    return reading_plan(
        session_on=SESSION,
        announced_on=announced or date(2026, 11, 25),
        announce_by=SESSION - timedelta(7),
        today=today,
        read_on=days,
    )


def shown(found):
    return [(day.on.day, day.reading) for day in found.days]


def test_it_is_read_on_the_three_days_that_end_on_the_last_lawful_day():
    found = plan(date(2026, 11, 25))
    assert shown(found) == [(3, Reading.TO_COME), (4, Reading.TO_COME), (5, Reading.TO_COME)]
    assert (found.is_late, found.is_short, found.is_done) == (False, False, False)


def test_late_announced_it_begins_at_once():
    found = plan(date(2026, 12, 5), announced=date(2026, 12, 5))
    assert shown(found) == [(5, Reading.TODAY), (6, Reading.TO_COME), (7, Reading.TO_COME)]
    assert found.is_late


def test_never_on_the_day_of_the_session():
    found = plan(date(2026, 12, 10))
    assert shown(found) == [(10, Reading.TODAY), (11, Reading.TO_COME)]
    assert found.is_short
    assert plan(SESSION).days == ()


def test_a_begun_run_goes_on_the_day_after():
    found = plan(date(2026, 12, 4), read=[3])
    assert shown(found) == [(3, Reading.READ), (4, Reading.TODAY), (5, Reading.TO_COME)]


def test_a_gap_begins_the_three_days_again():
    found = plan(date(2026, 12, 6), read=[3, 4])
    assert shown(found) == [(6, Reading.TODAY), (7, Reading.TO_COME), (8, Reading.TO_COME)]


def test_three_days_running_are_done_for_good():
    found = plan(date(2026, 12, 9), read=[3, 4, 5, 8])
    assert found.is_done
    assert shown(found) == [(3, Reading.READ), (4, Reading.READ), (5, Reading.READ)]
    assert not plan(date(2026, 12, 9), read=[3, 4, 6]).is_done


@given(
    today=st.dates(date(2026, 11, 20), date(2026, 12, 15)),
    announced=st.dates(date(2026, 11, 20), date(2026, 12, 12)),
    read=st.sets(st.integers(1, 14)),
)
def test_the_days_follow_one_another_before_the_session(today, announced, read):
    found = plan(today, announced, read)
    days = [day.on for day in found.days]
    assert len(days) <= 3
    assert days == [days[0] + timedelta(n) for n in range(len(days))] if days else True
    assert all(day < SESSION for day in days)
    assert found.is_short is (len(days) < 3)
