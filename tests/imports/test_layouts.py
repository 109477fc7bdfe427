"""Layouts that nobody here has seen: other headers, order, sections, days and villages of another commune."""

from datetime import date

import pytest

from dialogues.imports import judging, layout, values
from dialogues.imports.layout import Sheet
from dialogues.imports.rules import Column
from dialogues.imports.values import Window
from dialogues.imports.villages import Doubt, Gazetteer, Place
from dialogues.questions.rules import IntakeChannel

PLACES = [
    Place(1, "thôn", "Hạ", "xã Yên Sơn", ""),
    Place(2, "thôn", "Hà", "xã Yên Sơn", ""),
    Place(3, "thôn", "Thượng Lâm", "xã Lâm Trạch", "Nà Thượng; Bản Lìm"),
    Place(4, "ấp", "5", "xã Tân Lợi", ""),
    Place(5, "ấp", "6", "xã Tân Lợi", ""),
    Place(6, "khu phố", "1", "thị trấn Yên Ninh", ""),
]
WINDOW = Window(date(2026, 3, 1), date(2026, 5, 30))


def read(sheet):
    """(number, name, village, field, channel, day, reason) of each row."""
    reading = judging.Reading(
        Gazetteer(PLACES, "phường Yên Ninh"), WINDOW, date(2026, 6, 1), IntakeChannel.VILLAGE_MEETING
    )
    found, met = [], set()
    for row, entry in judging.read_sheet(sheet, layout.find(sheet), reading, layout.rows):
        reason = judging.reason_of(entry, judging.key_of(entry) in met)
        met.add(judging.key_of(entry))
        found.append(
            (
                row.number,
                entry.name,
                entry.village_id,
                entry.field,
                entry.channel,
                entry.day[5:],
                reason and reason.value,
            )
        )
    return found


def test_sections_by_village_and_by_field_inside_them():
    sheet = Sheet("Sheet1", [
        ["PHƯỜNG YÊN NINH"],
        ["Phụ lục: Tổng hợp kiến nghị cử tri từ 01/3 đến 30/5/2026"],
        [],
        ["TT", "Cử tri kiến nghị", "Nội dung kiến nghị", "Cơ quan giải quyết", "Kết quả", "Thời gian nhận", "Nguồn"],
        ["1", "2", "3", "4", "5", "6", "7"],
        ["A", "THÔN HẠ"],
        ["I", "Về môi trường"],
        [1, "Ông Hoàng Văn Tá", "Rác ở đầu làng để cả tuần không ai dọn", "UBND", "", "12.3.2026", "Hội nghị thôn"],
        [2, "Bà Lê Thị Na", "Xin thêm thùng rác.", "", "", "13/3", "Đoàn thể"],
        ["II", "Về giao thông"],
        [3, "Tập thể xóm 2", "Đường lầy lội mùa mưa", "", "", "31/4/2026", "zalo"],
        ["B", "THÔN HÀ"],
        [4, "Ẩn danh", "Nhà bên lấn mương", "", "", "15-03", "Hòm thư"],
        [5, "Tống Văn Cộng", "", "", "", "15-03", "Hòm thư"],
        ["Cộng", "", "5 kiến nghị"],
        ["", "", "", "Yên Ninh, ngày 2 tháng 6 năm 2026"],
        ["", "", "", "TM. ỦY BAN NHÂN DÂN"],
        ["", "", "", "CHỦ TỊCH"],
        [],
        ["", "", "", "Trần Văn Chánh"],
    ])  # fmt: skip
    assert read(sheet) == [
        (8, "Ông Hoàng Văn Tá", 1, "environment", "village_meeting", "03-12", None),
        (9, "Bà Lê Thị Na", 1, "environment", "front_and_organisations", "03-13", None),
        (11, "Tập thể xóm 2", 1, "roads", "social_network", "", None),
        (13, "", 2, "", "suggestion_box", "03-15", None),
        (14, "Tống Văn Cộng", 2, "", "suggestion_box", "03-15", "missing_content"),
    ]
    assert values.window_written(layout.title_lines(sheet, layout.find(sheet))) == WINDOW


def test_a_web_form_with_month_first_and_the_village_in_the_name_of_the_sheet():
    sheet = Sheet("Ấp 5", [
        ["Danh sách câu hỏi"],
        ["Ngày gửi", "Bạn muốn hỏi gì?", "Tên bạn (không bắt buộc)", "SĐT liên hệ", "Chủ đề", "Cho phép nêu tên?",
         "Bạn muốn nhận trả lời qua đâu?"],
        ["4/1/2026", "Bao giờ có nước sạch", "Lý A", "900000101", "Nước sạch", "x", "SMS"],
        ["4/13/2026", "Điện hay cúp", "", "", "Điện", "", "không"],
    ])  # fmt: skip
    assert [row[2:6] for row in read(sheet)] == [
        (4, "water", "village_meeting", "04-01"),
        (4, "electricity", "village_meeting", "04-13"),
    ]


def test_name_and_village_in_one_column_and_rows_that_go_on_with_the_same_person():
    sheet = Sheet("Tổng hợp", [
        ["STT", "Họ tên, địa chỉ người kiến nghị", "Ý kiến phản ánh", "Lĩnh vực", "Ngày"],
        [1, "Nguyễn Văn A, ấp 5", "Cầu hỏng", "Giao thông", "1/4/2026"],
        ["", "", "Đèn tắt", "Điện chiếu sáng", "1/4/2026"],
        [2, "Trần B - KP 1 - TT Yên Ninh cũ", "Loa rè", "Thông tin", ""],
        [3, "Lý C (Nà Thượng, xã Lâm Trạch cũ)", "Ruộng khô", "Thủy lợi", ""],
        [4, "Mai D, thôn Ha", "Chợ bẩn", "vệ sinh môi trường", ""],
        [5, "Mai E, ấp 6, xã Khác", "Đường xấu", "", ""],
        ["", "Người lập biểu", "", "", ""],
        ["", "(Ký tên)", "", "", ""],
        ["", "Vũ G", "", "", ""],
    ])  # fmt: skip
    assert [(row[1], row[2], row[3], row[6]) for row in read(sheet)] == [
        ("Nguyễn Văn A", 4, "roads", None),
        ("Nguyễn Văn A", 4, "electricity", None),
        ("Trần B", 6, "communication", None),
        ("Lý C", 3, "drainage", None),
        ("Mai D", None, "environment", "ambiguous_village"),
        ("Mai E", None, "", "unknown_village"),
    ]


@pytest.mark.parametrize(
    ("header", "meaning"),
    [
        ("Ông/bà ở thôn, bản, tổ dân phố nào?", Column.VILLAGE),
        ("Người dân phản ánh", Column.NAME),
        ("Nội dung trả lời", Column.NOTHING),
        ("Thời hạn giải quyết", Column.NOTHING),
        ("Ngày sinh", Column.NOTHING),
        ("Đơn vị chịu trách nhiệm trả lời", Column.UNIT),
        ("Vấn đề thuộc lĩnh vực nào?", Column.FIELD),
        ("Hình thức tiếp nhận", Column.CHANNEL),
        ("Anh/chị có đồng ý công khai họ tên không?", Column.PUBLISH_NAME),
        ("Bạn có câu hỏi gì cho lãnh đạo phường?", Column.TEXT),
        ("Người kiến nghị, địa chỉ", Column.NAME_AND_VILLAGE),
        ("Cử tri - thôn", Column.NAME_AND_VILLAGE),
        ("Chiều cao", None),
    ],
)
def test_headers_are_understood_by_their_words(header, meaning):
    assert layout.meaning_of(header) is meaning


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("29/10/2025", "2025-10-29"), ("04.11.2025", "2025-11-04"), ("2/1/26", "2026-01-02"), ("14-11", "2025-11-14"),
        ("05-01", "2026-01-05"), ("ngày 7/11", "2025-11-07"), ("8h30 ngày 29/10/2025", "2025-10-29"),
        ("ngày 29 tháng 10 năm 2025", "2025-10-29"), ("2025-10-29T08:00:00", "2025-10-29"), ("45959", "2025-10-29"),
        ("31/11/2025", None), ("hôm họp tổ", None), ("Tháng 11/2025", None), ("29/02/2025", None), ("0/0/0", None),
    ],
)  # fmt: skip
def test_days_are_read_as_people_write_them(written, found):
    day = values.read_day(written, date(2026, 1, 9))
    assert (day and day.isoformat()) == found


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("Thôn Hạ", 1), ("thôn hà", 2), ("thon Ha", Doubt.AMBIGUOUS), ("Bản Lìm", 3), ("Ấp số 05", 4),
        ("ấp 7", Doubt.UNKNOWN),
        ("Kp.1, P. Yên Ninh", 6), ("thôn Hạ, xã Tân An", Doubt.UNKNOWN), ("Toàn phường", Doubt.NOT_WRITTEN),
        ("số nhà 12, ngõ 3, thôn Thượng Lâm", 3), ("Thuong Lam", 3), ("xóm 2 Thượng Lâm", 3), ("", Doubt.NOT_WRITTEN),
    ],
)  # fmt: skip
def test_villages_are_found_by_old_names_short_forms_and_accents(written, found):
    assert Gazetteer(PLACES, "phường Yên Ninh").find(written) == found


def test_the_name_of_a_sheet_is_no_village_by_chance():
    known = Gazetteer([Place(1, "tdp", "Chợ Mét 1", "", ""), Place(2, "bản", "Lìm", "", "")], "xã Minh Tâm")
    assert [known.find(name) for name in ("Tổ 1", "to 1", "Tờ 1", "Tờ số 1", "Bản 1")] == [1, 1, *[Doubt.UNKNOWN] * 3]


def test_what_stands_in_cells_is_cleaned_and_only_shown():
    sheet = Sheet("x", [
        ["STT", "Họ và tên", "Nội dung ý kiến"],
        [1, "=HYPERLINK(1)", "<script>alert(1)</script> =1+1"],
    ])  # fmt: skip
    assert read(sheet)[0][1] == "=HYPERLINK(1)"
