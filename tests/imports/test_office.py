"""Imports in the office: what columns mean is remembered, rows are corrected, nothing comes in twice, all of it can be
taken back, and what was read is erased."""

import io
import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from dialogues import clock, progress
from dialogues.doubles.changes import touch
from dialogues.extensions import db
from dialogues.imports import bringing, staging
from dialogues.imports.models import ImportRow, QuestionImport
from dialogues.imports.rules import MOST_BODY_BYTES, Mark, Stage
from dialogues.questions import sorting
from dialogues.questions.models import Asker, ConsentChange, Question
from dialogues.staff.models import TrailEntry
from dialogues.staff.rules import Role
from tests.imports.office import URL, send
from tests.make import make_commune, make_dialogue, make_import, make_import_row, make_staff, make_village

HEADER = "STT;Họ và tên;Thôn;Điện thoại;Nội dung kiến nghị;Lĩnh vực;Đồng ý công khai tên;Nhận tin nhắn;Ngày\n"
ROWS = [
    "1;Trần Thị Mơ;Thôn Bến;900000101;Bao giờ sửa cầu?;Giao thông;Có;x;20/11/2026",
    "2;Lý Văn Tư;Thôn Nào;;Đèn đường tắt;Điện, chiếu sáng;;;21/11/2026",
    "3;;Thôn Bến;;Tôi tố cáo cán bộ thu tiền sai.;Khác;;;21/11/2026",
]


def a_file(*rows):
    return (HEADER + "\n".join(rows or ROWS) + "\n").encode("utf-8-sig")


@pytest.fixture(autouse=True)
def _day(at):
    at("2026-11-22 18:00")


@pytest.fixture
def village():
    return make_village(name="Bến")


@pytest.fixture
def clerk(sign_in, village):
    make_dialogue()
    staff = make_staff(Role.OFFICE)
    sign_in(staff)
    return staff


def looked_through(client, data=None, name="phieu.csv"):
    """The page with the rows of a file."""
    return send(client, data or a_file(), name).follow().form("columns").submit().follow()


def bring_in(page):
    return page.form("/import").submit().follow()


def questions():
    return db.session.scalars(sa.select(Question).order_by(Question.id)).all()


def the_import():
    return db.session.scalars(sa.select(QuestionImport)).one()


def rows():
    return db.session.scalars(sa.select(ImportRow).order_by(ImportRow.import_id, ImportRow.position)).all()


def correct(client, row, **fields):
    return client.get(f"{URL}/{row.import_id}/rows/{row.id}/correct").form().fill(**fields)


def test_rows_come_in_waiting_with_askers_consents_and_history(client, clerk, village):
    bring_in(looked_through(client))
    first, third = questions()
    assert (first.village_id, first.entered_by_id, first.public_text) == (village.id, clerk.id, "")
    asker = first.askers[0]
    assert (asker.name, asker.phone, asker.may_publish_name, asker.may_message) == (
        "Trần Thị Mơ", "0900000101", True, True,
    )  # fmt: skip
    assert third.askers[0].name == ""
    changes = db.session.scalars(sa.select(ConsentChange).order_by(ConsentChange.id)).all()
    assert {(c.consent.value, c.how.value, c.staff_id) for c in changes} == {
        ("message", "paper", clerk.id), ("publish_name", "paper", clerk.id),
    }  # fmt: skip
    page = client.get(f"/office/questions/{first.id}")
    assert "phieu.csv" in page.text
    assert client.get(f"/q/{asker.code}").status == 200


def test_marks_say_why_and_a_refused_row_is_corrected_on_the_spot(client, clerk, village):
    page = looked_through(client)
    assert [row.mark for row in rows()] == [Mark.READY, Mark.REFUSED, Mark.LOOK]
    assert "“Thôn Nào”" in page.text
    assert "Có vẻ là tố cáo" in page.text
    refused = rows()[1]
    assert correct(client, refused).submit(status=422).errors
    correct(client, refused, village=str(village.id), name="Lý Văn Tứ").submit()
    bring_in(client.get(f"{URL}/{refused.import_id}"))
    assert [question.askers[0].name for question in questions()] == ["Trần Thị Mơ", "Lý Văn Tứ", ""]


def test_with_htmx_the_row_is_corrected_in_its_place(client, clerk):
    looked_through(client)
    row = rows()[1]
    url = f"{URL}/{row.import_id}/rows/{row.id}/correct"
    form = client.get(url, htmx=True).form()
    answer = form.fill(village="0").submit(status=200, htmx=True)
    assert answer.select(f"#r-{row.id}")
    assert answer.headers["HX-Trigger"] == "import-row-changed"
    assert rows()[1].mark is Mark.READY


def test_a_row_is_left_out_and_taken_in_again(client, clerk):
    looked_through(client)
    correct(client, rows()[0], is_wanted=False).submit()
    assert staging.counts(the_import()).left_out == 1
    correct(client, rows()[0], is_wanted=True).submit()
    assert staging.counts(the_import()).left_out == 0


def test_two_people_correcting_one_row_see_each_other(client, clerk):
    looked_through(client)
    mine, theirs = correct(client, rows()[0], name="Tên một"), correct(client, rows()[0], name="Tên hai")
    theirs.submit()
    page = mine.submit(status=422)
    assert "Tên hai" in page.text
    assert page.form()["name"] == "Tên một"


def test_a_corrected_row_that_is_now_the_same_as_another_is_refused(client, clerk, village):
    looked_through(client, a_file(*ROWS, "4;Trần Thị Mơ;Thôn Bến;;Bao giờ sửa đường?;Giao thông;;;20/11/2026"))
    correct(client, rows()[3], text="bao giờ  SỬA cầu?").submit()
    assert rows()[3].reason == "duplicate_row"
    correct(client, rows()[0], text="Bao giờ xây cầu?").submit()
    assert rows()[3].reason is None


def test_the_same_file_again_brings_nothing_unless_somebody_wants_it(client, clerk):
    bring_in(looked_through(client))
    page = looked_through(client)
    assert "đã được đọc trước đó" in page.text
    assert [row.is_wanted for row in rows()[3:]] == [False, True, False]
    assert not page.select('form[action$="/import"]')
    again = rows()[3]
    correct(client, again, is_wanted=True).submit()
    bring_in(client.get(f"{URL}/{again.import_id}"))
    assert len(questions()) == 3


def test_two_clerks_with_the_same_file_one_wins_and_the_other_gets_a_sentence(client, clerk, new_client, sign_in):
    mine = looked_through(client)
    other = new_client()
    sign_in(make_staff(Role.OFFICE), browser=other)
    theirs = looked_through(other)
    bring_in(theirs)
    assert "Chưa nhập gì" in bring_in(mine).text
    assert len(questions()) == 2
    same = other.get(f"{URL}/{the_imports()[1].id}")
    assert same.status == 200


def the_imports():
    return db.session.scalars(sa.select(QuestionImport).order_by(QuestionImport.id)).all()


def test_pressing_import_twice_brings_it_in_once(client, clerk):
    page = looked_through(client)
    twice = page.form("/import")
    bring_in(page)
    assert "vừa nhập tệp này" in twice.submit().follow().text
    assert len(questions()) == 2


def test_an_import_is_taken_back_whole_and_can_be_repeated(client, clerk):
    report = bring_in(looked_through(client))
    client.get(report.url.rstrip("/") + "/undo").form("/undo").submit()
    for model in (Question, Asker, ConsentChange):
        assert db.session.scalar(sa.select(sa.func.count()).select_from(model)) == 0
    assert db.session.scalar(sa.select(sa.func.count()).where(TrailEntry.thing == "question")) == 0
    bring_in(client.get(report.url))
    assert len(questions()) == 2


@pytest.mark.parametrize("deed", ["publish", "assign"])
def test_an_import_stays_once_something_was_done_with_a_row(client, clerk, deed):
    report = bring_in(looked_through(client))
    question = questions()[0]
    if deed == "publish":
        sorting.publish(question=question, public_text="Cầu?", actor=clerk)
    else:
        sorting.assign(question=question, staff_id=clerk.id, actor=clerk)
    page = client.post(report.url.rstrip("/") + "/undo").follow()
    assert f"#{question.id}" in page.text
    assert len(questions()) == 2


def test_what_columns_mean_is_remembered_for_the_next_file(client, clerk):
    page = send(client, a_file()).follow()
    page.form("columns").fill(**{"column-0-5": "nothing", "channel": "hotline"}).submit()
    form = send(client, a_file("9;Ai đó;Thôn Bến;;Câu khác;;;;")).follow().form("columns")
    assert (form["column-0-5"], form["channel"]) == ("nothing", "hotline")


def test_another_row_of_the_header_is_looked_at_anew(client, clerk):
    data = b"\xef\xbb\xbfa;b;c\nx;y;z\nHo;Ten;Chuyen\n1;Lan;Cau hong, xin sua\n"
    page = send(client, data).follow()
    page = page.form("columns").fill(**{"header-0": "3"}).submit().follow()
    assert "Chuyen" in page.text
    page = page.form("columns").fill(**{"column-0-2": "text", "column-0-1": "name", "read-0": True}).submit().follow()
    bring_in(page)
    assert [(one.text, one.askers[0].name) for one in questions()] == [("Cau hong, xin sua", "Lan")]


def test_a_sheet_without_a_column_for_the_questions_is_not_read(client, clerk):
    page = send(client, a_file()).follow()
    page.form("columns").fill(**{"column-0-4": "nothing"}).submit(status=422)
    assert rows() == []


def test_giving_up_and_time_erase_what_was_read(client, clerk, at):
    page = looked_through(client)
    client.get(page.url.rstrip("/") + "/give-up").form("/give-up").submit()
    assert (the_import().stage, the_import().cells, rows()) == (Stage.GIVEN_UP, "", [])
    bring_in(looked_through(client))
    at("2027-01-10 08:00")
    assert staging.erase_old() == 1
    assert rows() == []
    assert len(questions()) == 2


def test_open_files_are_given_up_when_nobody_goes_on(clerk):
    file = make_import_row().import_id
    db.session.get(QuestionImport, file).created_at = clock.now() - timedelta(days=15)
    assert staging.erase_old() == 1
    assert db.session.get(QuestionImport, file).stage is Stage.GIVEN_UP


@pytest.mark.parametrize("role", [r for r in Role if r is not Role.OFFICE])
def test_only_the_office_sees_files(client, sign_in, role):
    row = make_import_row(entry={"name": "Trần Thị Mơ"})
    sign_in(make_staff(role))
    client.get(URL, status=403)
    client.get(f"{URL}/{row.import_id}", status=403)


def test_rows_and_villages_of_others_are_not_there(client, clerk):
    looked_through(client)
    row = rows()[0]
    other = make_import_row(make_import(make_dialogue(commune=make_commune())))
    client.get(f"{URL}/{row.import_id}/rows/{other.id}", status=404)
    foreign = make_village(make_commune())
    fields = {"text": "a", "village": str(foreign.id), "channel": "desk", "field": "", "is_wanted": "y", "version": "1"}
    client.post(f"{URL}/{row.import_id}/rows/{row.id}/correct", fields, status=404)
    client.post(URL, {"dialogue": str(other_dialogue(other)), "file": (io.BytesIO(a_file()), "a.csv")}, status=404)


def other_dialogue(row):
    return db.session.get(QuestionImport, row.import_id).dialogue_id


def test_a_file_that_is_too_large_gets_its_sentence(client, clerk):
    head = b'--b\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n'
    token, dialogue = client.csrf_token().encode(), client.get(URL).form()["dialogue"].encode()
    fields = head % (b"csrf_token", b"") + token + b"\r\n" + head % (b"dialogue", b"") + dialogue + b"\r\n"
    for size, status in ((50_000_000, 413), (MOST_BODY_BYTES - 100_000, 422)):
        body = fields + head % (b"file", b'; filename="a.csv"') + bytes(size) + b"\r\n--b--\r\n"
        page = client.post(URL, body, status=status, content_type="multipart/form-data; boundary=b")
        assert "10 MB" in page.select(".error-summary")[0].text
    assert db.session.scalar(sa.select(sa.func.count()).select_from(QuestionImport)) == 0


@pytest.mark.parametrize("data", [b"", b"\x89PNG\r\n\x1a\n" + bytes(99)])
def test_what_is_no_spreadsheet_keeps_nothing_and_says_what_to_do(client, clerk, data):
    page = send(client, data, status=422)
    assert page.soup.select_one(".error-summary a[href='#file']")
    assert db.session.scalar(sa.select(sa.func.count()).select_from(QuestionImport)) == 0


def test_what_cells_hold_is_text_on_every_page(client, clerk):
    evil = "1;<b>Mơ</b>;Thôn Bến;;=cmd|' /C calc'!A0 <script>alert(1)</script>\u202e;Khác;;;"
    page = looked_through(client, a_file(evil))
    assert "<script>alert" not in page.source
    bring_in(page)
    assert questions()[0].text == "=cmd|' /C calc'!A0 <script>alert(1)</script>"
    assert re.search("&lt;script&gt;", client.get(f"/office/questions/{questions()[0].id}").source)


def test_the_list_of_rows_asks_the_database_no_more_for_more_rows(client, clerk, queries):
    def asked(number):
        page = looked_through(
            client, a_file(*(f"{n};Tên {n};Thôn Bến;;Câu {number} {n};Khác;;;" for n in range(number)))
        )
        with queries() as seen:
            client.get(page.url)
        return seen.count

    assert asked(3) == asked(40)


# -- many rows --------------------------------------------------------------------------------------------------------


def many(number):
    return a_file(*(f"{n};Người {n};Thôn Bến;;Câu hỏi thứ {n}?;Giao thông;;;20/11/2026" for n in range(number)))


def test_many_rows_are_read_and_brought_in_under_the_eyes_of_the_clerk(client, clerk, village):
    number = progress.LONG + 20
    page = send(client, many(number)).follow().form("columns").submit(status=200)
    assert page.select("progress")[1].get("value") == str(progress.STEP)
    page = client.get(page.one(".progress-steps a").get("href"))
    assert f"Nhập {number} câu hỏi" in page.text
    form = page.form("/import")
    answer = client.client.post(form.action, data=dict(form.data()), buffered=False)
    steps = answer.iter_encoded()
    assert b"progress-steps" in next(steps)
    assert not questions()
    db.session.rollback()
    rest = b"".join(steps).decode()
    assert rest.count("<progress") == 4
    assert 'http-equiv="refresh"' in rest
    assert len(questions()) == number


def test_work_that_breaks_off_says_so_and_leaves_nothing_behind(client, clerk, village, monkeypatch):
    page = client.get(
        send(client, many(progress.LONG))
        .follow()
        .form("columns")
        .submit(status=200)
        .one(".progress-steps a")
        .get("href")
    )
    real, calls = bringing._bring_part, []

    def breaks(*args):
        calls.append(args)
        if len(calls) == 3:
            raise OSError
        real(*args)

    monkeypatch.setattr(bringing, "_bring_part", breaks)
    failed = page.form("/import").submit(status=200)
    assert "không có gì thay đổi" in failed.text
    assert not questions()
    monkeypatch.undo()
    client.get(failed.one(".progress-steps a").get("href")).form("/import").submit(status=200)
    assert len(questions()) == progress.LONG


def test_residents_read_and_on_postgresql_also_ask_while_a_file_comes_in(clerk, village, test_database, monkeypatch):
    """SQLite has one writer, for that second; PostgreSQL has many, and the commune's row is everybody's."""
    monkeypatch.setattr(bringing, "AT_ONCE", 1)
    one = make_import()
    make_import_row(one), make_import_row(one)
    work = bringing.bring_in(one=one, actor=clerk)
    assert [next(work), next(work)] == [(0, 2), (1, 2)]
    with db.engine.connect().execution_options(reads=True) as other:
        if test_database.name == "postgresql":
            other.execute(sa.text("SET LOCAL lock_timeout = 200"))
            touch(other, one.commune_id)
        assert other.scalar(sa.select(sa.func.count()).select_from(Question)) == 0
        other.rollback()
    assert list(work) == [(2, 2)]
    db.session.commit()
    assert len(questions()) == 2


def test_on_postgresql_the_second_of_two_imports_waits_for_the_first(clerk, village, test_database):
    if test_database.name == "postgresql":
        bringing.lock(1)
        with db.engine.connect() as other:
            other.execute(sa.text("SET LOCAL lock_timeout = 50"))
            with pytest.raises(sa.exc.OperationalError):
                other.execute(sa.select(sa.func.pg_advisory_xact_lock(bringing._LOCK, 1)))
            other.rollback()
