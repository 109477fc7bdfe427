"""Files of questions: who attaches and opens them, what becomes of a photo, what is refused, what is erased."""

import io

import pytest
import sqlalchemy as sa
from PIL import Image

from dialogues.attachments import service
from dialogues.attachments.models import Attachment
from dialogues.attachments.rules import MOST_BODY_BYTES, MOST_FILES
from dialogues.extensions import db
from dialogues.staff.models import TrailEntry
from dialogues.staff.rules import Role
from tests.make import make_attachment, make_commune, make_question, make_staff

PDF = b"%PDF-1.7\n<html><script>alert(1)</script>\n%%EOF\n"
VOICE = b"#!AMR\n" + bytes(100)


@pytest.fixture(autouse=True)
def now(kept_files, at):
    at("2026-11-22 18:00")


@pytest.fixture
def clerk(sign_in):
    staff = make_staff(Role.OFFICE)
    sign_in(staff)
    return staff


def url(question, what=""):
    return f"/office/questions/{question.id}/attachments{what}"


def send(client, question, data, name="phieu.jpg", status=303):
    return client.post(url(question), {"file": (io.BytesIO(data), name)}, status=status)


def photo():
    exif = Image.Exif()
    exif[0x010F] = "Máy của bà Mai"
    exif.get_ifd(0x8825)[2] = (21.0, 2.0, 3.0)
    out = io.BytesIO()
    Image.new("RGB", (60, 40), (200, 30, 30)).save(out, "JPEG", exif=exif)
    return out.getvalue()


def the_file():
    return db.session.scalars(sa.select(Attachment)).one()


def test_a_photo_is_drawn_anew_and_shown_but_runs_nothing(client, clerk):
    question = make_question()
    send(client, question, photo() + b"<?php trailing ?>", "../Phiếu bà Mai.png")
    answer = client.get(url(question, f"/{the_file().id}"))
    assert the_file().title == "Phiếu bà Mai.png"
    assert (answer.headers["Content-Type"], answer.headers["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "private, no-store"
    for secret in (b"Mai", b"php", b"Exif"):
        assert secret not in answer.data
    assert "Phiếu bà Mai.png" in client.get(f"/office/questions/{question.id}").main
    assert db.session.scalars(sa.select(TrailEntry.action).order_by(TrailEntry.id)).all()[-1] == "attachment_added"


@pytest.mark.parametrize(("data", "kind"), [(PDF, "application/pdf"), (VOICE, "audio/amr")])
def test_papers_and_voices_stay_as_they_are_and_are_only_handed_out(client, clerk, data, kind):
    question = make_question()
    send(client, question, data, "evil.html")
    answer = client.get(url(question, f"/{the_file().id}"))
    assert (answer.data, answer.headers["Content-Type"]) == (data, kind)
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert ".html" not in answer.headers["Content-Disposition"]
    assert "sandbox" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("data", [b"", b"<html>", photo()[:200], b"%PDF-1.7"], ids=["empty", "html", "cut", "half-pdf"])
def test_what_is_refused_leaves_nothing_behind(client, clerk, data, kept_files):
    page = send(client, make_question(), data, status=422)
    assert page.soup.select_one(".error-summary a[href='#file']")
    assert (db.session.scalar(sa.select(Attachment.id)), kept_files()) == (None, [])
    client.post(url(make_question()), {}, status=422)


@pytest.mark.parametrize(("size", "status"), [(12_000_000, 422), (MOST_BODY_BYTES, 413)])
def test_a_file_far_above_the_limit_gets_its_sentence_at_the_field(client, clerk, size, status, kept_files):
    question = make_question()
    token = f'--b\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{client.csrf_token()}\r\n'.encode()
    file = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n' + bytes(size)
    body = token + file + b"\r\n--b--\r\n"
    page = client.post(url(question), body, status=status, content_type="multipart/form-data; boundary=b")
    assert "10 MB" in page.one(".error-summary a[href='#file']").text
    assert kept_files() == []


def test_a_question_has_ten_files_at_most(client, clerk):
    question = make_question()
    for _number in range(MOST_FILES):
        make_attachment(question)
    send(client, question, VOICE, status=422)
    assert not client.get(url(question)).select("input[type=file]")


def test_a_deleted_file_is_gone_and_the_history_says_so(client, clerk, kept_files):
    question = make_question()
    send(client, question, VOICE)
    page = client.get(url(question, f"/{the_file().id}/remove"))
    assert len(kept_files()) == 1
    page.form().submit()
    assert (db.session.scalar(sa.select(Attachment.id)), kept_files()) == (None, [])
    assert db.session.scalars(sa.select(TrailEntry.action).order_by(TrailEntry.id)).all()[-1] == "attachment_removed"


def test_files_go_with_the_personal_data_and_stay_when_that_fails(client, clerk, kept_files):
    gone, kept = make_question(), make_question()
    send(client, gone, VOICE)
    send(client, kept, PDF)
    service.erase_for([gone.id])
    db.session.rollback()
    assert len(kept_files()) == 2
    assert service.erase_for([gone.id]) == 1
    db.session.commit()
    assert [path.suffix for path in kept_files()] == [".pdf"]
    assert the_file().question_id == kept.id


def test_only_the_office_and_who_entered_it_open_a_file(client, clerk, new_client, sign_in):
    head = make_staff(Role.VILLAGE_HEAD)
    question = make_question(village_id=head.village_id, entered_by_id=head.id)
    send(client, question, VOICE)
    where = url(question, f"/{the_file().id}")

    def status_for(staff):
        browser = new_client()
        sign_in(staff, browser=browser)
        return browser.get(where, status=None).status

    assert status_for(head) == 200
    assert status_for(make_staff(Role.VILLAGE_HEAD, village_id=head.village_id)) == 404
    assert status_for(make_staff(Role.OFFICE, commune=make_commune())) == 404
    for role in (Role.LEADER, Role.DEPARTMENT, Role.OVERSEER, Role.ADMIN):
        assert status_for(make_staff(role)) == 403
    overseer = new_client()
    sign_in(make_staff(Role.OVERSEER), browser=overseer)
    assert "phieu.jpg" not in overseer.get(f"/office/questions/{question.id}").source


def test_a_file_of_another_question_is_not_there(client, clerk):
    send(client, make_question(), VOICE)
    client.get(url(make_question(), f"/{the_file().id}"), status=404)
