from datetime import date, datetime

from dialogues import formatting


def test_a_vietnamese_date_reads_as_people_say_it():
    assert formatting.long_datetime(datetime(2025, 10, 29, 7, 30)) == "thứ Tư, 29/10/2025, 7 giờ 30"
    assert formatting.long_datetime(datetime(2025, 10, 29, 14, 5)) == "thứ Tư, 29/10/2025, 14 giờ 05"
    assert formatting.clock_time(datetime(2025, 10, 29, 8, 0)) == "8 giờ"
    assert formatting.long_date(date(2026, 2, 8)) == "Chủ nhật, 08/02/2026"


def test_an_english_date_cannot_be_read_two_ways():
    assert formatting.long_datetime(datetime(2025, 4, 3, 7, 30), "en") == "Thursday, 3 April 2025, 7:30"


def test_a_month_is_named():
    day = date(2026, 12, 8)
    assert (formatting.month(day), formatting.month(day, "en")) == ("Tháng 12 năm 2026", "December 2026")
