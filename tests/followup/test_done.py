"""Reported done: only with evidence and a sentence for who asked; photos without what a phone writes into them."""

import hashlib
import io
from datetime import date

import pytest
import sqlalchemy as sa
from PIL import Image

from dialogues import uploads
from dialogues.extensions import db
from dialogues.followup import evidence as proofs
from dialogues.followup import evidence_files
from dialogues.followup.models import Commitment, Evidence
from dialogues.followup.rules import CommitmentState, EntryKind, EvidenceKind
from dialogues.staff.models import TrailEntry
from dialogues.staff.rules import Role
from tests.make import make_answer, make_commitment, make_entry, make_evidence, make_reported, make_staff, make_unit

C = CommitmentState
TODAY = date(2026, 11, 20)
PDF = b"%PDF-1.7\n<html><script>alert(1)</script>\n%%EOF\n"
SAID = {"text": "Đường đã xong.", "to_asker": "Cảm ơn ông/bà đã phản ánh."}


@pytest.fixture(autouse=True)
def now(kept_files, at):
    at("2026-11-20 09:00")


@pytest.fixture
def office(sign_in):
    staff = make_staff(Role.OFFICE)
    sign_in(staff)
    return staff


def url(commitment, act=""):
    return f"/office/commitments/{commitment.id}" + (f"/{act}" if act else "")


def photo(colour=(200, 30, 30), size=(900, 600)):
    exif = Image.Exif()
    exif[0x010F] = "Máy của bà Mai"
    exif.get_ifd(0x8825)[2] = (21.0, 2.0, 3.0)
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG", exif=exif)
    return out.getvalue()


def files(*datas, name="anh.jpg"):
    return [(io.BytesIO(data), name) for data in datas]


def report(client, commitment, status=303, **more):
    data = {"version": commitment.version, **SAID, **more}
    return client.post(url(commitment, "done"), data, status=status)


def fresh(commitment):
    db.session.expire_all()
    return db.session.get(Commitment, commitment.id)


def kept(commitment):
    return fresh(commitment).evidence


def test_photos_are_drawn_anew_and_a_small_one_stands_beside(client, office):
    commitment = make_commitment()
    alts = "Mặt đường mới\nMiệng cống mới"
    report(client, commitment, after=files(photo(), photo((0, 90, 0))), after_alt=alts)
    found = fresh(commitment)
    assert (found.state, found.reported_done_on) == (C.REPORTED_DONE, TODAY)
    assert found.entries[-1].to_asker == SAID["to_asker"]
    assert [(one.kind, one.alt, one.entry_id) for one in found.evidence] == [
        (EvidenceKind.PHOTO_AFTER, "Mặt đường mới", found.entries[-1].id),
        (EvidenceKind.PHOTO_AFTER, "Miệng cống mới", found.entries[-1].id),
    ]
    small = uploads.found(found.commune_id, uploads.small_name(found.evidence[0].file))
    large = uploads.found(found.commune_id, found.evidence[0].file)
    with Image.open(small) as thumb, Image.open(large) as picture:
        assert thumb.width == 360
        assert not picture.getexif()
    assert b"Mai" not in large.read_bytes()
    assert small.stat().st_size < 30_000


def test_residents_see_the_pictures_with_words_and_cheaply(client, new_client, office):
    commitment = make_commitment()
    report(client, commitment, after=files(photo()), after_alt="Mặt đường mới", before=files(photo((9, 9, 9))),
           before_alt="Ổ gà trước đây")  # fmt: skip
    visitor = new_client()
    page = visitor.get(f"/minh-tam/commitments/{commitment.id}")
    pictures = page.select("#proofs img")
    assert [one["alt"] for one in pictures] == ["Ổ gà trước đây", "Mặt đường mới"]
    assert page.select("#proofs .proofs.is-pair")
    answer = visitor.get(pictures[0]["src"])
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "max-age=3600" in answer.headers["Cache-Control"]
    again = visitor.get(pictures[0]["src"], status=304, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.source == ""


def test_a_paper_is_handed_out_never_shown(client, new_client, office):
    commitment = make_commitment()
    report(client, commitment, paper=files(PDF, name="bb.pdf"), paper_alt="Biên bản nghiệm thu")
    visitor = new_client()
    link = visitor.get(f"/minh-tam/commitments/{commitment.id}").soup.select_one("#proofs a")["href"]
    answer = visitor.get(link)
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    visitor.get(link.replace("/file", "/small"), status=404)


def test_the_number_of_a_decision_is_enough(client, office):
    commitment = make_commitment()
    report(client, commitment, number="45/QĐ-UBND")
    assert [(one.kind, one.number, one.file) for one in kept(commitment)] == [(EvidenceKind.DECISION, "45/QĐ-UBND", "")]
    assert "45/QĐ-UBND" in client.get(f"/minh-tam/commitments/{commitment.id}").main


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"number": ""}, "after"),
        ({"text": " "}, "done-text"),
        ({"to_asker": ""}, "to_asker"),
        ({"to_asker": "x" * 501}, "to_asker"),
        ({"number": "x" * 121}, "number"),
        ({"after": files(b"GIF89a")}, "after"),
        ({"after": files(photo()[:200])}, "after"),
        ({"after": files(photo()), "after_alt": " \n "}, "after_alt"),
        ({"after": files(photo()), "after_alt": "một\nhai"}, "after_alt"),
        ({"after": files(photo()), "after_alt": "x" * 301}, "after_alt"),
        ({"paper": files(PDF[:20]), "paper_alt": "x"}, "paper"),
        ({"paper": files(b"<html>%PDF-"), "paper_alt": "x"}, "paper"),
    ],
)
def test_what_is_wrong_is_said_at_the_field_and_what_was_typed_is_kept(client, office, over, field, kept_files):
    for stream, _name in (one for value in over.values() if isinstance(value, list) for one in value):
        stream.seek(0)
    commitment = make_commitment()
    page = report(client, commitment, status=422, **{"number": "45/QĐ-UBND", "after_alt": "Mặt đường", **over})
    assert page.select(f"#{field}-error")
    form = page.form("done-form")
    assert form["text"] in (SAID["text"], "")
    assert form["number"] == over.get("number", "45/QĐ-UBND")
    assert fresh(commitment).state is C.OPEN
    assert kept(commitment) == []
    assert kept_files() == []


def test_a_photo_from_before_alone_proves_nothing(client, office, kept_files):
    commitment = make_commitment()
    page = report(client, commitment, status=422, before=files(photo()), before_alt="Ổ gà")
    assert page.select("#after-error")
    assert kept_files() == []


def test_two_hundred_photos_get_a_sentence_and_lose_nothing(client, office):
    commitment, one = make_commitment(), photo(size=(20, 20))
    page = report(client, commitment, status=422, after=files(*[one] * 200), after_alt="Mặt đường")
    assert "tối đa 10 tệp" in page.texts("#after-error")[0]
    assert page.form("done-form")["to_asker"] == SAID["to_asker"]
    assert kept(commitment) == []


def test_too_many_bytes_together_get_a_sentence(client, office, monkeypatch):
    monkeypatch.setattr(evidence_files, "MOST_BYTES", 5000)
    commitment = make_commitment()
    page = report(client, commitment, status=422, after=files(photo(), photo((1, 2, 3))), after_alt="Mặt đường")
    assert "60 MB" in page.texts("#after-error")[0]


def test_the_same_file_twice_is_noticed_in_one_form_and_later(client, office):
    commitment, one = make_commitment(), photo()
    page = report(client, commitment, status=422, after=files(one, one), after_alt="Mặt đường")
    assert page.select("#after-error")
    report(client, commitment, after=files(one), after_alt="Mặt đường")
    page = client.post(url(commitment, "evidence"), {"after": files(one), "after_alt": "Mặt đường"}, status=422)
    assert page.select("#more-after-error")
    assert len(kept(commitment)) == 1
    elsewhere = make_commitment(make_answer())
    report(client, elsewhere, after=files(one), after_alt="Mặt đường")
    assert url(commitment) in client.get(url(elsewhere)).soup.select_one("#proofs .is-late a")["href"]


def test_evidence_from_before_the_last_reopening_proves_nothing_new(client, office, at):
    commitment = make_commitment(state=C.IN_PROGRESS)
    make_evidence(commitment)
    at("2026-11-20 10:00")
    make_entry(commitment, EntryKind.REOPENED)
    at("2026-11-20 11:00")
    report(client, commitment, status=422)
    make_evidence(commitment)
    report(client, commitment)
    assert fresh(commitment).state is C.REPORTED_DONE


def test_more_evidence_comes_later_from_those_who_may_report(client, sign_in):
    unit = make_unit()
    sign_in(make_staff(Role.DEPARTMENT, unit=unit))
    mine = make_reported(responsible=make_staff(Role.DEPARTMENT, unit=unit))
    form = client.get(url(mine)).form("evidence-form")
    assert mine.result[:40] in form["after_alt"]
    client.post(url(mine, "evidence"), {"after": files(photo()), "after_alt": form["after_alt"]})
    assert len(kept(mine)) == 1
    assert client.post(url(mine, "evidence"), {}, status=422).select("#more-after-error")
    other = make_reported()
    client.post(url(other, "evidence"), {"number": "1/QĐ"}, status=422)
    gone = make_commitment(state=C.WITHDRAWN, responsible=mine.responsible)
    client.post(url(gone, "evidence"), {"number": "1/QĐ"}, status=422)
    assert kept(other) == kept(gone) == []


def test_the_office_takes_it_down_with_a_reason(client, office, kept_files):
    commitment = make_commitment()
    report(client, commitment, after=files(photo()), after_alt="Mặt đường")
    id_ = kept(commitment)[0].id
    address = url(commitment, f"evidence/{id_}/remove")
    assert client.get(address).form().submit(status=422).select("#reason-error")
    assert len(kept_files()) == 2
    client.get(address).form().fill(reason="Lộ mặt một em nhỏ.").submit().follow()
    assert kept(commitment) == []
    assert kept_files() == []
    notes = db.session.execute(sa.select(TrailEntry.action, TrailEntry.note)).all()
    assert ("evidence_removed", "Lộ mặt một em nhỏ.") in [tuple(row) for row in notes]
    client.get(f"/minh-tam/commitments/{commitment.id}/evidence/{id_}/file", status=404)


# -- photos of the work -----------------------------------------------------------------------------------------------


def of_the_work(commitment, **more):
    return make_evidence(commitment, kind=EvidenceKind.PHOTO_DURING, alt="Đang đổ bê tông", **more)


def test_a_photo_of_the_work_proves_nothing_until_it_is_ticked(client, office):
    commitment = make_commitment(state=C.IN_PROGRESS)
    shown = of_the_work(commitment)
    of_the_work(commitment)
    page = report(client, commitment, status=422)
    assert page.select("#after-error")
    form = client.get(url(commitment)).form("done-form")
    assert "Đang đổ bê tông (20/11/2026)" in client.get(url(commitment)).texts("#counted")[0]
    form.fill(**SAID, counted=[str(shown.id)]).submit()
    found = fresh(commitment)
    assert found.state is C.REPORTED_DONE
    assert [(one.kind, one.entry_id) for one in found.evidence] == [
        (EvidenceKind.PHOTO_AFTER, found.entries[-1].id),
        (EvidenceKind.PHOTO_DURING, None),
    ]


def test_only_photos_of_this_work_since_it_was_reopened_may_be_ticked(client, office, at):
    commitment = make_commitment(state=C.IN_PROGRESS)
    old, foreign = of_the_work(commitment), of_the_work(make_commitment())
    at("2026-11-20 10:00")
    make_entry(commitment, EntryKind.REOPENED)
    assert not client.get(url(commitment)).select("#counted")
    for one in (old, foreign):
        assert report(client, commitment, counted=[str(one.id)], status=422).select("#counted-error")
    assert fresh(commitment).state is C.IN_PROGRESS
    report(client, commitment, counted="x", status=422)


def test_the_same_photo_sent_again_is_led_to_the_tick(client, office):
    commitment = make_commitment(state=C.IN_PROGRESS)
    of_the_work(commitment, checksum=hashlib.sha256(photo()).hexdigest())
    page = report(client, commitment, after=files(photo()), after_alt="Mặt đường", status=422)
    assert "đánh dấu" in page.texts("#after-error")[0]
    assert SAID["to_asker"] in page.source


def test_pictures_stand_under_what_they_show(client, office):
    commitment = make_reported()
    make_evidence(commitment, kind=EvidenceKind.PAPER, alt="Biên bản chụp lại")
    of_the_work(commitment)
    make_evidence(commitment, kind=EvidenceKind.PHOTO_BEFORE, alt="Ổ gà")
    page = client.get(f"/minh-tam/commitments/{commitment.id}")
    assert [text.split("(")[0].strip() for text in page.texts("#proofs .proofs > div")] == [
        "Trước khi làm Ổ gà", "Trong khi làm Đang đổ bê tông", "Sau khi làm Biên bản chụp lại",
    ]  # fmt: skip


# -- other words for what it shows ------------------------------------------------------------------------------------


def words_url(one):
    return url(one.commitment, f"evidence/{one.id}/words")


def test_who_reports_corrects_what_a_picture_shows(client, sign_in, new_client):
    staff = make_staff(Role.DEPARTMENT, name="Vàng Thị Mai")
    sign_in(staff)
    one = make_evidence(make_reported(responsible=staff), alt="Nhà ông Hùng")
    page = client.get(url(one.commitment)).click("Sửa lời mô tả")
    assert page.form().fill(alt=" ").submit(status=422).select("#alt-error")
    page = page.form().fill(alt="Mặt đường mới").submit().follow()
    assert "Mặt đường mới" in [picture["alt"] for picture in page.select("#proofs img")]
    visitor = new_client().get(f"/minh-tam/commitments/{one.commitment_id}")
    assert [picture["alt"] for picture in visitor.select("#proofs img")] == ["Mặt đường mới"]
    noted = db.session.execute(
        sa.select(TrailEntry.action, TrailEntry.note, TrailEntry.staff_id).order_by(TrailEntry.id)
    ).all()[-1:]
    assert [tuple(row) for row in noted] == [("evidence_corrected", "Mặt đường mới", staff.id)]


def test_two_who_correct_it_at_the_same_time_overwrite_nothing(client, office):
    one = make_evidence(make_reported(), alt="Cũ")
    mine = client.get(words_url(one)).form()
    client.get(words_url(one)).form().fill(alt="Của người khác").submit()
    page = mine.fill(alt="Của tôi").submit(status=409)
    assert "Của người khác" in page.texts("#conflict")[0]
    assert page.form()["alt"] == "Của tôi"
    assert page.form().submit().follow()
    assert kept(one.commitment)[0].alt == "Của tôi"


def test_words_are_corrected_only_by_who_may_report_and_only_of_files(client, sign_in):
    sign_in(make_staff(Role.DEPARTMENT))
    other = make_evidence(make_reported())
    client.get(words_url(other), status=404)
    client.post(words_url(other), {"alt": "x"}, status=404)
    assert "Sửa lời mô tả" not in client.get(url(other.commitment)).main
    sign_in(make_staff(Role.OFFICE))
    number = make_evidence(other.commitment, kind=EvidenceKind.DECISION, file="", alt="", number="1/QĐ")
    client.get(words_url(number), status=404)


def test_a_department_takes_nothing_down(client, sign_in):
    staff = make_staff(Role.DEPARTMENT)
    sign_in(staff)
    one = make_evidence(make_commitment(responsible=staff))
    client.post(url(one.commitment, f"evidence/{one.id}/remove"), {"reason": "x"}, status=403)
    assert db.session.get(Evidence, one.id) is not None


def test_files_of_hidden_promises_are_not_handed_out(client, office, new_client):
    hidden, shown = make_commitment(make_answer(published_at=None)), make_commitment()
    report(client, hidden, after=files(photo()), after_alt="Mặt đường")
    one = kept(hidden)[0]
    visitor = new_client()
    visitor.get(f"/minh-tam/commitments/{hidden.id}/evidence/{one.id}/file", status=404)
    visitor.get(f"/minh-tam/commitments/{shown.id}/evidence/{one.id}/file", status=404)
    client.get(url(hidden, f"evidence/{one.id}/file"))
    client.get(url(shown, f"evidence/{one.id}/file"), status=404)


def test_reported_twice_is_once(client, office):
    commitment = make_commitment()
    version = commitment.version
    report(client, commitment, number="45/QĐ-UBND")
    data = {"version": version, **SAID, "number": "45/QĐ-UBND"}
    client.post(url(commitment, "done"), data, status=409)
    assert len(kept(commitment)) == 1
    assert [entry.kind for entry in fresh(commitment).entries] == [EntryKind.REPORTED_DONE]


def test_who_reported_too_early_opens_it_again(client, office):
    commitment = make_reported()
    client.get(url(commitment)).form("reopen-form").fill(reason="Còn 3 ổ gà.").submit().follow()
    found = fresh(commitment)
    assert (found.state, found.reported_done_on, found.entries[-1].text) == (C.IN_PROGRESS, None, "Còn 3 ổ gà.")


def test_the_body_of_such_a_form_fits_what_the_server_takes():
    assert proofs.MOST_BYTES < evidence_files.BODY_BYTES <= 64_000_000
