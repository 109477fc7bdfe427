"""What looks like an advertisement, and above all what does not: people write about lenders, land and gambling."""

import csv
import json
from pathlib import Path

import pytest
from openpyxl import load_workbook

from dialogues.questions.numbered import matters_in
from dialogues.questions.rules import Suspicion
from dialogues.questions.suspicion import signs_in
from dialogues.text import clean_text

DATA = Path(__file__).parents[1] / "data"
COLUMNS = {
    "google-form.csv": (4, ","),
    "thon-dong-phieu-giay.csv": (4, ";"),
    "cau-hoi-cu.csv": (1, ","),
    "cau-hoi-trung.csv": (1, ","),
    "cau-hoi-trung-them.csv": (1, ","),
}


def texts():
    """(file, row, text) of everything that people wrote in the files of the commune."""
    for name, (column, delimiter) in COLUMNS.items():
        with (DATA / name).open(encoding="utf-8-sig", newline="") as lines:
            for row, cells in enumerate(csv.reader(lines, delimiter=delimiter)):
                yield name, row, clean_text(cells[column])
    for sheet in load_workbook(DATA / "tong-hop-y-kien-2026.xlsx"):
        for row, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
            if len(cells) > 3 and cells[3]:
                yield "tong-hop-y-kien-2026.xlsx", row, clean_text(str(cells[3]))
    log = json.loads((DATA / "nhat-ky-doi-thoai.json").read_text(encoding="utf-8"))
    for matter in log["matters"]:
        yield "nhat-ky-doi-thoai.json", matter["no"], clean_text(matter["matter"])


def test_of_the_communes_texts_only_the_advertisement_is_suspicious():
    read = list(texts())
    assert len(read) > 700
    found = {(name, row): signs_in(text) for name, row, text in read if signs_in(text)}
    expected = json.loads((DATA / "expected.json").read_text(encoding="utf-8"))["files"]["google-form.csv"]["rows"]
    [advertisement] = [one["row"] for one in expected if "off_topic" in one["flags"]]
    assert found == {("google-form.csv", advertisement): (Suspicion.ADVERTISING,)}


@pytest.mark.parametrize(
    "text",
    [
        "Vay tiền nhanh không cần thế chấp, giải ngân trong ngày, hỗ trợ nợ xấu, alo ngay 0900 000 222",
        "vay tien nhanh, khong can the chap, lai suat 0 dong",
        "GIẢM GIÁ SỐC hôm nay, freeship toàn quốc, số lượng có hạn",
        "Nhà cái uy tín, nạp rút 1 phút, tài xỉu xanh chín",
        "Tuyển cộng tác viên kiếm tiền online, việc nhẹ lương cao",
    ],
)
def test_advertisements_are_found(text):
    assert Suspicion.ADVERTISING in signs_in(text)


@pytest.mark.parametrize(
    "text",
    [
        "Tờ rơi vay tiền nhanh, giải ngân trong ngày dán kín cột điện thôn Đồng.",
        "Có nhóm lô đề online, tài xỉu, nổ hũ rủ thanh niên trong thôn, công an có biết không?",
        "Người ta gọi điện mời vay tín chấp, kiếm tiền tại nhà, mẹ tôi bị lừa mất 20 triệu.",
        "Hộ nhà tôi đất chính chủ từ 1990, hàng xóm đã có sổ hồng riêng còn tôi thì chưa.",
        "Mưa ngày nào cũng ngập, gọi ngày mấy lần không ai ra.",
        "Ổ gà ở đây: https://maps.app.goo.gl/abcdefghijklmnopqrstuvwxyz0123456789 sửa giúp với",
        "Peb xav tau dej huv. Peb lub zos tsis muaj dej haus, thov nom tswv pab.",
        "We moved here last year. When will the bus to the market run again on Sundays?",
        "duong hong",
        "🙏🙏🙏",
        "???",
        "CAN BO NOI NANG HACH DICH DE NGHI XEM LAI!!!!!!!",
    ],
)
def test_what_people_write_is_not_suspicious(text):
    assert signs_in(text) == ()


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("Vào nhóm https://zalo.me/g/abc123 hoặc t.me/xyz nhé bà con", Suspicion.LINKS),
        ("http://x.example", Suspicion.LINKS),
        ("Купить дешево быстро и надежно, звоните", Suspicion.FOREIGN),
        ("Best cheap watches with free worldwide shipping www.shop.example order today", Suspicion.FOREIGN),
    ],
)
def test_links_and_foreign_writing_are_found(text, sign):
    assert sign in signs_in(text)


@pytest.mark.parametrize(
    ("text", "starts"),
    [
        (
            "Kính gửi xã:\n1. Đường làng hỏng nặng rồi.\n2. Mương bị lấp từ mùa mưa.",
            ["Kính gửi xã:\nĐường", "Mương bị"],
        ),
        ("1) Đèn đường cháy hết cả. 2) Rác không ai thu gom.", ["Đèn đường", "Rác không"]),
        ("Thứ nhất, đường làng hỏng nặng. Thứ hai, mương bị lấp đầy.", ["đường làng", "mương bị"]),
        ("Một là sửa đường giúp dân. Hai là nạo vét con mương.", ["sửa đường", "nạo vét"]),
    ],
)
def test_numbered_matters_are_noticed(text, starts):
    found = matters_in(text)
    assert len(found) == len(starts)
    assert all(part.startswith(start) for part, start in zip(found, starts, strict=True))


@pytest.mark.parametrize(
    "text",
    [
        "Tôi nộp 1.500.000 đồng ngày 2.3.2026 mà chưa có sổ.",
        "TDP Chợ Mét 1. Đường hỏng. TDP Chợ Mét 2. Nước bẩn.",
        "1. gạo 2. muối",
        "1. Chỉ có một việc này thôi, xin xã xem giúp.",
        "2. Đường làng hỏng nặng. 1. Mương bị lấp đầy.",
        "",
    ],
)
def test_figures_of_other_kinds_number_no_matters(text):
    assert matters_in(text) == []


def test_more_matters_than_can_be_sent_stay_together_in_the_last_one():
    found = matters_in("\n".join(f"{n}. Con đường số {n} hỏng nặng rồi." for n in range(1, 8)))
    assert len(found) == 5
    assert "Con đường số 7" in found[-1]


def test_of_700_texts_only_the_numbered_one_would_be_divided():
    assert [name for name, _row, text in texts() if matters_in(text)] == ["thon-dong-phieu-giay.csv"]
