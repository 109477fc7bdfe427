"""What is found in a text before it is public, where a text is divided, and which words speak of another procedure."""

from time import monotonic

import pytest

from dialogues.questions.redaction import candidates, findings, listed, names, pieces, placeholder, without
from dialogues.questions.splitting import MOST, Procedure, looks_like, matters


def found(text, **more):
    return [one.text for one in findings(text, **more)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Số điện thoại của tôi 0900.000.112, xin gọi cho tôi.", ["0900.000.112"]),
        ("có cả số 0900 000 145 gọi hỏi vay", ["0900 000 145"]),
        ("sđt:0900000066ạ", ["0900000066"]),
        ("+84 900 000 145 hoặc (0900) 000-146", ["+84 900 000 145", "(0900) 000-146"]),
        ("0900000066 0900000067", ["0900000066", "0900000067"]),
        ("gọi 0900000066 20 con gà", ["0900000066"]),
        ("máy bàn 0243 825 1234", ["0243 825 1234"]),
        ("900000021 (Excel ăn mất số không)", ["900000021"]),
        ("CCCD 001 082 000 123, CMND 142536987", ["001 082 000 123", "142536987"]),
        ("035190001234", ["035190001234"]),
        ("thư lan.anh@minh-tam.example, xin cảm ơn", ["lan.anh@minh-tam.example"]),
    ],
)
def test_numbers_and_addresses_are_found_as_people_write_them(text, expected):
    assert found(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Quyết định thu hồi đất số 1187 ngày 20/6/2025",
        "đền bù 150.000.000 đồng, đất 1 250 000 000 m2",
        "họp ngày 05.11.2025 14 con bò và 03-11-2025 12 con",
        "thửa 123, tờ bản đồ 45, 3 sào 40 con gà",
        "mã 1234567890123456 dài quá",
    ],
)
def test_amounts_days_and_numbers_of_papers_stay(text):
    assert found(text) == []


def test_the_office_s_own_number_is_fine_however_it_is_written():
    text = "Gọi 0900.000.000 hoặc van-phong@minh-tam.example, đừng gọi 0900 000 145."
    assert found(text, allowed=["0900 000 000", "VAN-PHONG@minh-tam.example"]) == ["0900 000 145"]


SENTENCES = [
    ("Ông Lưu Văn Bền ở liền kề nhà tôi xây tường rào", "Lưu Văn Bền", True),
    ("cán bộ địa chính cũ là ông Phan Văn Tạo nhận tiền", "Phan Văn Tạo", True),
    ("Trại lợn của hộ Phạm Văn Thuyết ở đầu thôn Trại Mới", "Phạm Văn Thuyết", True),
    ("cống bị nhà số 7 đổ bê tông bịt lại", "số 7", True),
    ('cho vay nặng lãi tên là Hải "béo" con người trong thôn', 'Hải "béo"', True),
    ("gặp Ngô Đức Toại thì rõ", "Ngô Đức Toại", True),
    ("nói trống không với cụ Thơ 82 tuổi", "Thơ", False),
    ("Ngõ nhà ông Khoan xe cứu thương không vào được", "Khoan", False),
]


@pytest.mark.parametrize(("text", "name", "is_sure"), SENTENCES)
def test_names_are_proposed_and_full_ones_are_ticked_first(text, name, is_sure):
    assert [(one.text, one.is_sure) for one in names(text, ["Trại Mới"])] == [(name, is_sure)]


@pytest.mark.parametrize(
    "text",
    [
        "Hồ Ngọc Lâm khoán nuôi cá",
        "Suối Lò Vôi bị lấp dòng",
        "Đề nghị ông Chủ tịch trả lời, cô Bí thư cũng vậy",
        "Sửa nhà Văn hóa thôn Đồng",
        "Đường Nguyễn Trãi chưa có đèn",
    ],
)
def test_places_and_posts_are_no_names(text):
    assert names(text, ["Ngọc Lâm", "Lò Vôi", "Đồng"]) == []


def test_leaving_out_puts_a_word_for_the_kind_in_every_place():
    text = "Ông Bền ở nhà số 7, gọi 0900.000.112. ÔNG BỀN và Bềnh bồng."
    words = [one.text for one in candidates(text)]
    assert without(text, words) == "Ông [tên riêng] ở nhà [số nhà], gọi [số điện thoại]. ÔNG [tên riêng] và Bềnh bồng."
    assert placeholder("a@minh-tam.example") == "[địa chỉ thư điện tử]"
    assert without(text, ["", "(?", "\\1"]) == text


def test_words_typed_by_a_clerk_are_separated_by_commas_or_lines():
    assert listed(" Bền, Thìn ;\nBền,, ") == ["Bền", "Thìn"]


def test_the_preview_marks_what_was_left_out():
    assert pieces("Ông [tên riêng] nói") == [(False, "Ông "), (True, "[tên riêng]"), (False, " nói")]


# -- several matters


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("1. Sửa đường? 2. Giá một sào? 3) Đèn tắt.", ["Sửa đường?", "Giá một sào?", "Đèn tắt."]),
        ("Xin hỏi:\n1/ Đường\n2/ Đèn", ["Xin hỏi: Đường", "Đèn"]),
        ("Thứ nhất, đường hỏng. Thứ hai, đèn tắt.", ["đường hỏng.", "đèn tắt."]),
        ("- Đường hỏng\n- Đèn tắt", ["Đường hỏng", "Đèn tắt"]),
        ("Đường hỏng.\n\nĐèn tắt.", ["Đường hỏng.", "Đèn tắt."]),
        ("Đường dài 1.5 km từ ngày 2. Không ai sửa.", ["Đường dài 1.5 km từ ngày 2. Không ai sửa."]),
        ("", []),
    ],
)
def test_a_text_is_divided_where_its_own_marks_are(text, parts):
    assert matters(text) == parts


def test_no_more_parts_than_fit_on_a_page_and_nothing_is_lost():
    parts = matters("\n".join(f"- việc {number}" for number in range(25)))
    assert len(parts) == MOST
    assert "việc 24" in parts[-1]


@pytest.mark.parametrize(
    ("text", "procedure"),
    [
        ("Tôi khiếu nại Quyết định số 1187", Procedure.COMPLAINT),
        ("toi to cao can bo dia chinh", Procedure.DENUNCIATION),
        ("Đây không phải khiếu nại, chỉ xin hỏi", None),
        ("Bao giờ sửa đường?", None),
    ],
)
def test_words_of_another_procedure_are_noticed(text, procedure):
    assert looks_like(text) is procedure


@pytest.mark.parametrize(
    "text", ["1 " * 2000, "0900 000 " * 444, "Ông Nguyễn Văn A " * 235, "ông " * 1000, "- " * 2000, "1. " * 1300]
)
def test_odd_texts_of_full_length_cost_no_time(text):
    started = monotonic()
    without(text, [one.text for one in candidates(text)])
    matters(text)
    looks_like(text)
    assert monotonic() - started < 2
