"""The link in a morning message: reporting on a phone without signing in."""

import io
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask import current_app
from PIL import Image

from dialogues import clock, uploads
from dialogues.extensions import db
from dialogues.followup.models import CommitmentEntry, Evidence, ExtensionRequest
from dialogues.followup.rules import CommitmentState, EntryKind, EvidenceKind, ExtensionState
from dialogues.reminders import links, public
from dialogues.reminders.models import PromiseLink
from dialogues.reminders.rules import LINK_LIFETIME
from dialogues.staff import people, service
from dialogues.staff.models import Throttle
from dialogues.staff.rules import Role
from tests.make import PASSWORD, make_commitment, make_commune, make_staff
from tests.world import count_rows


@pytest.fixture
def person(app, at):
    at("2026-11-23 08:00")
    return make_staff(Role.DEPARTMENT)


@pytest.fixture
def promise(person):
    return make_commitment(responsible=person, due_on=date(2026, 11, 20))


def link_of(staff):
    """The path of a fresh link."""
    url = links.make(staff)
    db.session.commit()
    return url.removeprefix("http://localhost")


def photo(colour="red"):
    out = io.BytesIO()
    picture = Image.new("RGB", (30, 20), colour)
    exif = picture.getexif()
    exif[0x010F] = "Máy ảnh bí mật"
    picture.save(out, "JPEG", exif=exif)
    return out.getvalue()


def entries(promise):
    rows = sa.select(CommitmentEntry).where(CommitmentEntry.commitment_id == promise.id).order_by(CommitmentEntry.id)
    return list(db.session.scalars(rows))


def test_it_shows_the_own_open_promises_and_no_menu(client, person, promise):
    done = make_commitment(responsible=person, state=CommitmentState.CONFIRMED)
    other = make_commitment()
    page = client.get(link_of(person))
    assert promise.result in page.text
    assert "trễ 3 ngày" in page.text
    assert done.result not in page.text
    assert other.result not in page.text
    assert page.select("nav") == []
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in page.headers["X-Robots-Tag"]
    assert "Set-Cookie" not in page.headers


def test_opening_it_changes_nothing_so_that_a_mail_scanner_may(client, promise, person):
    path, before = link_of(person), count_rows()
    for _ in range(2):
        client.get(path)
        client.get(f"{path}/{promise.id}")
        client.get(f"{path}/{promise.id}/progress", status=303)
        client.get(f"{path}/{promise.id}/later", status=303)
    assert count_rows() == before
    assert db.session.scalar(sa.select(PromiseLink.used_at)) is None


def test_progress_with_a_photo_is_recorded_and_residents_read_it(client, promise, person, queries):
    path = link_of(person)
    form = client.get(path).click(promise.result).form("progress")
    form.fill("Đã làm được gì", "Đã đổ 40 mét bê tông.").fill("Ảnh chụp gì", "Đoạn đường mới đổ")
    fields = dict(form.data())
    fields["photo"] = (io.BytesIO(photo()), "anh.jpg")
    page = client.post(form.action, fields, csrf=False, content_type="multipart/form-data", status=303).follow()
    assert "Đã ghi nhận báo cáo" in page.text
    assert "Đã đổ 40 mét bê tông." in page.text
    (entry,) = entries(promise)
    assert (entry.kind, entry.author_id) == (EntryKind.PROGRESS, person.id)
    (kept,) = db.session.scalars(sa.select(Evidence))
    assert (kept.kind, kept.entry_id, kept.alt) == (EvidenceKind.PHOTO_DURING, entry.id, "Đoạn đường mới đổ")
    assert b"Exif" not in uploads.found(kept.commune_id, kept.file).read_bytes()
    db.session.refresh(promise)
    assert promise.state is CommitmentState.IN_PROGRESS
    assert db.session.scalar(sa.select(PromiseLink.used_at)) == clock.now()


def send(client, path, promise, status=303, **fields):
    content = {"content_type": "multipart/form-data"} if "photo" in fields else {}
    return client.post(f"{path}/{promise.id}/progress", fields, csrf=False, status=status, **content)


def test_the_same_report_twice_is_one_line_and_one_photo(client, promise, person):
    path = link_of(person)
    for _ in range(2):
        picture = (io.BytesIO(photo()), "anh.jpg")
        send(client, path, promise, text="Đã làm.", alt="Đoạn đường", photo=picture)
    assert len(entries(promise)) == 1
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Evidence)) == 1


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"text": "", "alt": "x"}, "Hãy viết đã làm được gì."),
        ({"text": "Đã làm.", "photo": b"GIF89a", "alt": "x"}, "JPG hoặc PNG"),
        ({"text": "Đã làm.", "photo": "picture", "alt": ""}, "ảnh chụp gì"),
        ({"text": "d" * 2001}, "Dài quá"),
    ],
)
def test_what_cannot_be_taken_is_said_at_the_field_and_kept(client, promise, person, fields, said):
    sent = dict(fields)
    if "photo" in sent:
        data = photo() if sent["photo"] == "picture" else sent["photo"]
        sent["photo"] = (io.BytesIO(data), "anh.jpg")
    page = send(client, link_of(person), promise, status=422, **sent)
    assert said.lower() in " ".join(page.errors).lower()
    assert fields["text"] in page.source
    assert entries(promise) == []


def test_a_later_day_can_be_asked_for_once(client, promise, person):
    path = link_of(person)
    fields = {"new_due_on": "2026-12-20", "reason": "Mưa lũ cuốn cát."}
    page = client.post(f"{path}/{promise.id}/later", fields, csrf=False, status=303).follow()
    assert "Cấp trên của ông/bà quyết định." in page.text
    request = db.session.scalar(sa.select(ExtensionRequest))
    assert (request.state, request.new_due_on) == (ExtensionState.ASKED, date(2026, 12, 20))
    client.post(f"{path}/{promise.id}/later", fields, csrf=False, status=303)  # the same form once more
    client.post(f"{path}/{promise.id}/later", {**fields, "new_due_on": "2026-12-24"}, csrf=False, status=422)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(ExtensionRequest)) == 1
    db.session.refresh(promise)
    assert promise.due_on == date(2026, 11, 20)  # nothing is extended before somebody decides


@pytest.mark.parametrize("day", ["2026-11-20", "2026-11-22", "", "31/02/2027"])
def test_a_later_day_must_be_later_and_still_to_come(client, promise, person, day):
    fields = {"new_due_on": day, "reason": "Mưa lũ."}
    page = client.post(f"{link_of(person)}/{promise.id}/later", fields, csrf=False, status=422)
    assert page.errors
    assert "Mưa lũ." in page.source


def test_nothing_else_can_be_reported(client, promise, person):
    path = link_of(person)
    for act in ("done", "confirm", "extend", "reopen"):
        client.post(f"{path}/{promise.id}/{act}", {"text": "Xong."}, csrf=False, status=404)


def test_what_is_done_meanwhile_takes_no_report(client, promise, person, session):
    path = link_of(person)
    promise.state = CommitmentState.REPORTED_DONE
    session.commit()
    assert "không còn gì phải báo" in client.get(f"{path}/{promise.id}").text
    send(client, path, promise, status=422, text="Thêm nữa.")


def test_promises_of_others_and_of_other_communes_are_not_there(client, person):
    path = link_of(person)
    elsewhere = make_commitment(responsible=make_staff(Role.DEPARTMENT, commune=make_commune()))
    for other in (make_commitment(), elsewhere):
        client.get(f"{path}/{other.id}", status=404)
        send(client, path, other, status=404, text="Đã làm.")


def test_a_deputy_reports_for_who_is_away_and_only_then(client, person, at):
    away = make_staff(Role.DEPARTMENT, deputy_id=person.id, away_from=date(2026, 11, 20), away_until=date(2026, 11, 24))
    promise, path = make_commitment(responsible=away), link_of(person)
    assert away.name in client.get(path).text
    send(client, path, promise, text="Làm thay: đã xong móng.")
    assert entries(promise)[0].author_id == person.id
    at("2026-11-25 08:00")
    assert promise.result not in client.get(path).text
    client.get(f"{path}/{promise.id}", status=404)


# -- how it ends ------------------------------------------------------------------------------------------------------


def expire(person, at):
    at((clock.local(clock.now()) + LINK_LIFETIME + timedelta(seconds=1)).strftime("%Y-%m-%d %H:%M:%S"))


def change_password(person, at):
    with current_app.test_request_context(method="POST"):
        service.change_password(staff=person, current=PASSWORD, new="năm chữ rất dễ nhớ")


def close(person, at):
    people.close(staff=person, actor=make_staff(Role.ADMIN))


def revoke(person, at):
    assert links.revoke(staff=person, actor=person) == 1


@pytest.mark.parametrize("end", [expire, change_password, close, revoke])
def test_it_ends(client, promise, person, at, end):
    path = link_of(person)
    client.get(path)
    end(person, at)
    db.session.commit()
    page = client.get(path, status=404)
    assert "không còn dùng được" in page.text
    send(client, path, promise, status=404, text="Đã làm.")
    assert entries(promise) == []


def test_a_guessed_link_of_a_person_is_no_link_and_guessing_is_slowed_down(client, person, promise):
    path = link_of(person)
    for number in range(public.WRONG_LINKS):
        client.get(f"/p/{person.id}k{number:040x}", status=404)
    client.get(path, status=429)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Throttle)) == 1


@pytest.mark.parametrize("token", ["x", "1k2", "a" * 300, "1k" + "g" * 40, "999999999k" + "0" * 40, "%F0%9F%98%80"])
def test_odd_links_are_answered_calmly(client, app, token):
    client.get(f"/p/{token}", status=404)


def test_only_hashes_are_kept(person):
    token = link_of(person).rsplit("/", 1)[1]
    kept = db.session.scalar(sa.select(PromiseLink.token_hash))
    assert token not in kept
    assert len(kept) == 64


def test_old_links_are_swept(person, at):
    link_of(person)
    assert links.sweep() == 0
    at("2027-01-23 08:00")
    assert links.sweep() == 1


def test_reports_by_a_script_are_slowed_down(client, promise, person, monkeypatch):
    monkeypatch.setattr(public, "REPORTS_AN_HOUR", 2)
    path = link_of(person)
    for number in range(2):
        send(client, path, promise, text=f"Lần {number}")
    send(client, path, promise, status=429, text="Lần nữa")
    assert len(entries(promise)) == 2
