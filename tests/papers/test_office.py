"""The kit in the office: who sees it, what is recorded as proof, what a move makes of it, photos of every kind."""

import contextlib
import gc
import io
import random
import struct
import zlib

import pytest
import sqlalchemy as sa
from PIL import Image

from dialogues import clock, codes, photos, serve, uploads
from dialogues.errors import RuleBroken
from dialogues.extensions import db
from dialogues.papers.models import NoticeUse
from dialogues.papers.rules import NoticeChannel, UseStage
from dialogues.papers.service import proof, proofs_to_come
from dialogues.places.rules import Field
from dialogues.schedule.models import AnnouncementReason, Dialogue
from dialogues.schedule.rules import AnnouncementCheck, DialogueState
from dialogues.staff.models import TrailEntry
from dialogues.staff.rules import Role
from tests.make import make_commune, make_dialogue, make_staff, make_use, make_village, save, wall

S = DialogueState


@pytest.fixture
def office(client, sign_in, at):
    """A clerk of the first commune, signed in on 22 November 2026."""
    at("2026-11-22 08:00")
    staff = make_staff(name="Lý Thị Mai")
    sign_in(staff)
    return staff


def url(dialogue, what=""):
    return f"/office/dialogues/{dialogue.id}/kit" + (f"/{what}" if what else "")


def fields(**changed):
    values = {
        "channel": "loudspeaker",
        "used_on": "2026-11-22",
        "used": "07:30",
        "done_by": "Đài xã",
        "note": "Hai lần",
    }
    return {**values, **changed}


def uses():
    return list(db.session.scalars(sa.select(NoticeUse).order_by(NoticeUse.id)))


# -- texts and print pages --------------------------------------------------------------------------------------------


def test_the_kit_shows_every_text_of_the_record(client, office):
    dialogue = make_dialogue(place="Đình làng Đồng")
    page = client.get(url(dialogue))
    texts = {area["id"]: area.text for area in page.soup.select("textarea[readonly]")}
    assert set(texts) == {"loudspeaker-text", "zalo-text", "notice-text", "sms-160-text", "sms-70-text"}
    for name in ("loudspeaker-text", "zalo-text", "notice-text", "sms-70-text"):
        assert "Đình làng Đồng" in texts[name]
    assert "Dinh lang Dong" in texts["sms-160-text"]
    assert len(texts["sms-160-text"].strip()) <= 160


def test_texts_are_vietnamese_on_an_english_page_too(client, office):
    dialogue = make_dialogue()
    client.post("/language", {"language": "en"}, csrf=False)
    page = client.get(url(dialogue))
    assert page.soup.html["lang"] == "en"
    assert "giao thông" in page.soup.select_one("#zalo-text").text
    make_use(dialogue)
    assert "Độc lập - Tự do - Hạnh phúc" in client.get(url(dialogue, "certificate")).soup.select_one("article").text


@pytest.mark.parametrize("what", ["poster", "poster?paper=a3", "poster?paper=zz", "village-sheet", "certificate"])
def test_print_pages_stand(client, office, what):
    dialogue = make_dialogue(title="Đối thoại <b>đường</b> & đất")
    page = client.get(url(dialogue, what))
    sheet = page.soup.select_one("article.sheet")
    assert sheet["lang"] == "vi"
    assert "Đối thoại <b>đường</b> & đất" in sheet.text
    assert dialogue.place in sheet.text
    assert bool(page.soup.select(".paper-a3")) is what.endswith("a3")
    assert all(picture.title.text for picture in sheet.select("svg.qr"))
    assert len(sheet.select("svg.qr")) == {"p": 2, "v": 3, "c": 0}[what[0]]


def test_the_code_on_the_poster_leads_to_the_page(client, office):
    dialogue = make_dialogue()
    text = client.get(url(dialogue, "poster")).soup.select_one("article").text
    assert f"http://localhost/d/{dialogue.code}" in text
    assert "http://localhost/minh-tam/calendar" in text


@pytest.mark.parametrize("state", [S.HELD, S.CONCLUDED, S.PUBLISHED])
def test_nothing_is_announced_of_a_dialogue_that_is_over(client, office, state):
    dialogue = make_dialogue(state=state)
    assert not client.get(url(dialogue)).soup.select("textarea[readonly]")
    for what in ("poster", "village-sheet"):
        client.get(url(dialogue, what), status=303)
    client.get(url(dialogue, "certificate"))


def test_a_draft_is_only_looked_at(client, office):
    dialogue = make_dialogue(state=S.DRAFT)
    page = client.get(url(dialogue))
    assert page.soup.select("textarea[readonly]")
    assert not page.soup.select("#record")
    client.get(url(dialogue, "certificate"), status=303)
    client.post(url(dialogue), fields(), status=422)
    assert uses() == []


@pytest.mark.parametrize(("state", "words"), [(S.POSTPONED, "hoãn"), (S.CANCELLED, "không tổ chức")])
def test_a_dialogue_that_is_off_says_so_on_paper(client, office, state, words):
    dialogue = make_dialogue(state=state, state_reason="Mưa lũ.")
    for what in ("poster", "village-sheet"):
        text = client.get(url(dialogue, what)).soup.select_one("article").text
        assert words in text.lower()
        assert "Mưa lũ." in text
    assert bool(client.get(url(dialogue, "village-sheet")).soup.select(".slip")) is (state is S.POSTPONED)


# -- who may ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.OFFICE])
def test_others_read_the_kit_and_record_nothing(client, sign_in, role):
    use = make_use(make_dialogue())
    sign_in(make_staff(role))
    page = client.get(url(use.dialogue))
    assert not page.soup.select("#record")
    assert "take-back" not in page.text
    client.post(url(use.dialogue), fields(), status=403)
    client.get(url(use.dialogue, f"uses/{use.id}/take-back"), status=403)


def test_a_use_of_another_dialogue_or_commune_is_not_there(client, office):
    mine, other, foreign = make_dialogue(), make_dialogue(), make_dialogue(commune=make_commune())
    theirs, here = make_use(foreign), make_use(other)
    client.get(url(foreign), status=404)
    client.post(url(foreign), fields(), status=404)
    for use in (theirs, here):
        for what in ("photo", "take-back"):
            client.get(url(mine, f"uses/{use.id}/{what}"), status=404)
        client.post(url(mine, f"uses/{use.id}/take-back"), {"reason": "Nhầm"}, status=404)
    assert [use.taken_back_at for use in uses()] == [None, None]


# -- proof ------------------------------------------------------------------------------------------------------------


def test_a_use_is_recorded_with_who_when_and_what_was_said(client, office):
    dialogue = make_dialogue()
    page = client.get(url(dialogue) + "?channel=zalo")
    assert page.form(url(dialogue))["channel"] == "zalo"
    client.post(url(dialogue), fields(), status=303)
    use = uses()[0]
    assert (use.channel, use.done_by, use.note) == (NoticeChannel.LOUDSPEAKER, "Đài xã", "Hai lần")
    assert use.used_at == wall(0, "07:30")
    assert (use.recorded_by_id, use.sequence) == (office.id, dialogue.sequence)
    assert (use.session_at, use.session_place) == (dialogue.starts_at, "Hội trường UBND xã, Thôn Cầu Đá, xã Minh Tâm")
    assert db.session.scalar(sa.select(TrailEntry.action).where(TrailEntry.thing == "dialogue")) == "notice_used"
    for where in (url(dialogue), url(dialogue, "certificate")):
        assert "Đài xã" in client.get(where).text
    assert client.get(f"/office/dialogues/{dialogue.id}").soup.select("#announcement-kit .with-icon")


def test_a_form_sent_twice_makes_one_line(client, office):
    dialogue = make_dialogue()
    for _ in range(2):
        client.post(url(dialogue), fields(), status=303)
    assert len(uses()) == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"channel": ""}, {"channel": "carrier pigeon"}, {"used_on": ""}, {"used_on": "2026-02-30"}, {"used": "25:00"},
        {"used_on": "2026-11-23"}, {"used_on": "1999-01-01"}, {"done_by": "\u200b "}, {"done_by": "x" * 121},
        {"note": "x" * 1001}, {"used_on": "9999-12-31"},
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_and_kept_in_the_form(client, office, changed):
    dialogue = make_dialogue()
    page = client.post(url(dialogue), fields(**changed), status=422)
    assert page.soup.select(".error-summary")
    assert uses() == []


def move(dialogue, days=1):
    """As the office moves it: the row, its sequence, the line in the trail."""
    dialogue.starts_at, dialogue.ends_at = wall(10 + days), wall(10 + days, "11:30")
    dialogue.sequence += 1
    return note(dialogue, "moved")


def note(dialogue, action, at=None):
    entry = TrailEntry(
        commune_id=dialogue.commune_id,
        at=at or clock.now(),
        thing="dialogue",
        thing_id=dialogue.id,
        action=action,
        note="",
    )
    return save(entry)


def stages(dialogue):
    db.session.refresh(dialogue)
    return [use.stage for use in proof(dialogue).uses]


def test_a_move_makes_earlier_uses_out_of_date(client, office, at):
    dialogue = make_dialogue()
    note(dialogue, "announced", dialogue.announced_at)
    client.post(url(dialogue), fields(), status=303)
    assert stages(dialogue) == [UseStage.CURRENT]
    at("2026-11-22 09:00")
    move(dialogue)
    assert stages(dialogue) == [UseStage.BEFORE_CHANGE]
    page = client.get(url(dialogue))
    assert "Lịch này thay cho lịch đã báo trước đây." in page.soup.select_one("#notice-text").text
    assert page.soup.select(".note.tone-bad")
    assert page.soup.select("#uses tr.is-late")
    assert proof(dialogue).again == (NoticeChannel.LOUDSPEAKER,)
    at("2026-11-22 10:00")
    client.post(url(dialogue), fields(used="09:30"), status=303)
    assert stages(dialogue) == [UseStage.CURRENT, UseStage.BEFORE_CHANGE]
    assert proof(dialogue).again == ()


def test_moved_away_and_back_it_has_to_be_said_again(client, office):
    dialogue = make_dialogue()
    make_use(dialogue)
    move(dialogue)
    move(dialogue, 0)
    assert stages(dialogue) == [UseStage.BEFORE_CHANGE]


def test_what_was_used_before_a_move_and_recorded_after_it_does_not_count_as_valid(client, office, at):
    dialogue = make_dialogue()
    note(dialogue, "announced", dialogue.announced_at)
    at("2026-11-22 09:00")
    move(dialogue)
    client.post(url(dialogue), fields(used="08:30"), status=303)
    use = uses()[0]
    assert (use.said, use.session_at) == ("", None)
    assert stages(dialogue) == [UseStage.BEFORE_CHANGE]


def test_holding_the_dialogue_does_not_make_its_announcement_old(client, office):
    dialogue = make_dialogue()
    make_use(dialogue)
    dialogue.state, dialogue.sequence = S.HELD, dialogue.sequence + 1
    db.session.commit()
    assert stages(dialogue) == [UseStage.CURRENT]


def test_a_mistaken_line_is_taken_back_and_stays(client, office):
    dialogue = make_dialogue()
    use = make_use(dialogue)
    back = url(dialogue, f"uses/{use.id}/take-back")
    client.post(back, {"reason": ""}, status=422)
    client.post(back, {"reason": "Ghi nhầm ngày"}, status=303)
    assert stages(dialogue) == [UseStage.TAKEN_BACK]
    assert "Ghi nhầm ngày" in client.get(url(dialogue)).text
    assert use.done_by not in client.get(url(dialogue, "certificate")).soup.select_one("article").text
    client.post(back, {"reason": "Lần nữa"}, status=422)


def test_the_certificate_says_how_many_days_and_that_it_was_late(client, office):
    dialogue = make_dialogue(announced_at=wall(0, "08:00"), starts_at=wall(5))
    in_time = make_dialogue(announced_at=wall(0, "08:00"))
    dialogue.announcement_reasons.append(
        AnnouncementReason(check=AnnouncementCheck.NOTICE, reason="Bão đổ bộ.", given_at=clock.now())
    )
    db.session.commit()
    late = client.get(url(dialogue, "certificate")).soup.select_one("article").text
    assert "trước buổi đối thoại 5 ngày" in late
    assert "chậm so với thời hạn" in late
    assert "Bão đổ bộ." in late
    good = client.get(url(in_time, "certificate")).soup.select_one("article").text
    assert "trước buổi đối thoại 10 ngày" in good
    assert "đúng thời hạn" in good


def test_the_certificate_counts_to_the_day_that_was_announced_then(client, office):
    """A late notice gains no days when the dialogue is moved away after it."""
    dialogue = make_dialogue(announced_at=wall(0, "08:00"), starts_at=wall(20))
    note(dialogue, "announced", wall(0, "08:00"))
    moved = note(dialogue, "moved", wall(1, "08:00"))
    moved.note = f"Bắt đầu: {wall(4):%H:%M %d/%m/%Y} → {wall(20):%H:%M %d/%m/%Y}\nĐịa điểm: Cũ → Mới"
    db.session.commit()
    rows = client.get(url(dialogue, "certificate")).soup.select("article table tbody tr")
    assert [row.select("td")[-1].text for row in rows] == ["4", "19"]


def test_queries_do_not_grow_with_the_uses(client, office, queries):
    dialogue = make_dialogue()
    make_use(dialogue, recorded_by_id=office.id)
    with queries() as few:
        client.get(url(dialogue))
    for _ in range(20):
        make_use(dialogue, recorded_by_id=make_staff().id)
    with queries() as many:
        client.get(url(dialogue))
    assert many.count == few.count


def test_today_names_the_day_of_the_loudspeaker_and_what_was_changed(client, office, at):
    dialogue = make_dialogue(starts_at=wall(9))
    note(dialogue, "announced", dialogue.announced_at)
    page = client.get("/office/today")
    assert page.soup.select(f'a[href="{url(dialogue)}#reading-days"]')
    client.post(url(dialogue), fields(), status=303)
    at("2026-11-22 09:00")
    move(dialogue)
    assert client.get("/office/today").soup.select(f'a[href="{url(dialogue)}#uses"]')


def test_one_list_of_dialogues_to_come_takes_as_many_queries_as_one_dialogue(app, queries):
    first = make_use(make_dialogue()).dialogue
    with queries() as few:
        proofs_to_come(first.commune, clock.now())
    for _ in range(5):
        make_use(make_dialogue())
    db.session.expire_all()
    commune = db.session.get(Dialogue, first.id).commune
    with queries() as many:
        assert len(proofs_to_come(commune, clock.now())) == 6
    assert many.count <= few.count + 1


# -- photos -----------------------------------------------------------------------------------------------------------


def picture(kind="JPEG", size=(60, 40), **more):
    out = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(out, kind, **more)
    return out.getvalue()


def png_of(width, height):
    """A PNG that says it is so large, with a tiny body."""

    def chunk(name, body):
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(100_000)))
    return b"\x89PNG\r\n\x1a\n" + body + chunk(b"IEND", b"")


def send(client, dialogue, data, name="anh.jpg", status=303, **changed):
    return client.post(url(dialogue), {**fields(**changed), "photo": (io.BytesIO(data), name)}, status=status)


def test_a_photo_is_drawn_anew_without_what_the_phone_wrote_into_it(client, office):
    exif = Image.Exif()
    exif[0x010F], exif[0x9286] = "Máy của bà Mai", "bí mật"
    exif.get_ifd(0x8825)[2] = (21.0, 2.0, 3.0)
    dialogue = make_dialogue()
    send(client, dialogue, picture(exif=exif, size=(4000, 100), comment=b"hidden") + b"<?php trailing ?>")
    use = uses()[0]
    answer = client.get(url(dialogue, f"uses/{use.id}/photo"))
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, no-store"
    body = answer.data
    for secret in (b"Mai", b"hidden", b"php", b"Exif"):
        assert secret not in body
    with Image.open(io.BytesIO(body)) as shown:
        assert (shown.format, shown.size) == ("JPEG", (2000, 50))
        assert not dict(shown.getexif())


@pytest.mark.parametrize("name", ["anh.png", "../../etc/passwd", "x.html", "ảnh chụp.JPG"])
def test_the_kind_comes_from_the_content_and_the_name_is_ours(client, office, name, kept_files):
    dialogue = make_dialogue()
    send(client, dialogue, picture("PNG"), name)
    assert uploads._NAME.fullmatch(uses()[0].photo)
    assert [path.parent.name for path in kept_files()] == [str(dialogue.commune_id)]
    shown = client.get(url(dialogue, f"uses/{uses()[0].id}/photo"))
    assert shown.headers["Content-Type"] == "image/jpeg"


@pytest.mark.parametrize(
    "data",
    [
        b"<html><script>alert(1)</script>", b"", b"%PDF-1.7 ...", b"GIF89a" + bytes(50), b"\xff\xd8\xff" + bytes(300),
        picture("GIF"), picture("BMP"), picture("TIFF"), picture()[:200], b"\x89PNG\r\n\x1a\n", png_of(60_000, 60_000),
        png_of(9000, 9000), png_of(0, 5), b"<svg xmlns='http://www.w3.org/2000/svg'/>", picture("WEBP"),
    ],
    ids=["html", "empty", "pdf", "gif", "jpeg-head", "real-gif", "bmp", "tiff", "cut", "png-head", "bomb", "large",
         "nothing", "svg", "webp"],
)  # fmt: skip
def test_what_is_no_photo_is_refused_with_a_sentence_and_nothing_is_kept(client, office, data, kept_files):
    dialogue = make_dialogue()
    page = send(client, dialogue, data, status=422)
    assert page.soup.select_one(".error-summary a[href='#photo']")
    assert page.form(url(dialogue))["done_by"] == "Đài xã"
    assert (uses(), kept_files()) == ([], [])


def test_damaged_photos_never_crash(app):
    good = picture(size=(200, 200)), picture("PNG", size=(200, 200))
    chance = random.Random(3)
    for number in range(150):
        data = bytearray(good[number % 2])
        for _ in range(12):
            data[chance.randrange(4, len(data))] = chance.randrange(256)
        with contextlib.suppress(RuleBroken):
            photos.redrawn(bytes(data))


@pytest.fixture
def large_bodies(app):
    """The test client leaves the file in which it built a large body to the garbage collector."""
    yield
    gc.collect()


LEFT_OPEN = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")


@LEFT_OPEN
def test_ten_megabytes_are_the_most(client, office, large_bodies):
    dialogue = make_dialogue()
    good = picture(size=(500, 500))
    send(client, dialogue, good + bytes(photos.MOST_BYTES - len(good)), used="06:00")
    send(client, dialogue, good + bytes(photos.MOST_BYTES + 1 - len(good)), status=422)
    send(client, dialogue, bytes(photos.MOST_BODY_BYTES), status=413)
    assert len(uses()) == 1


def test_the_server_lets_a_form_with_a_photo_through(app, monkeypatch):
    seen = {}

    class StoppedError(Exception):
        pass

    def create_server(_app, **settings):
        seen.update(settings)
        raise StoppedError

    monkeypatch.setattr("waitress.create_server", create_server)
    monkeypatch.setattr(serve, "free_port", lambda host, port: None)
    with pytest.raises(StoppedError):
        serve.serve(app, with_demo=False)
    assert seen["max_request_body_size"] > photos.MOST_BODY_BYTES


@LEFT_OPEN
def test_other_forms_and_other_people_get_no_larger_bodies(client, office, new_client, sign_in, large_bodies):
    dialogue = make_dialogue()
    large = {"note": "x", "photo": (io.BytesIO(bytes(3_000_000)), "x.jpg")}
    client.post(url(dialogue, f"uses/{make_use(dialogue).id}/take-back"), large, status=413)
    leader = new_client()
    sign_in(make_staff(Role.LEADER), browser=leader)
    leader.post(url(dialogue), {**large, "photo": (io.BytesIO(bytes(3_000_000)), "x.jpg")}, status=413)


def test_photos_are_for_signed_in_people_of_the_commune(client, office, new_client, sign_in, kept_files):
    dialogue = make_dialogue()
    send(client, dialogue, picture())
    where = url(dialogue, f"uses/{uses()[0].id}/photo")
    assert new_client().get(where, status=None).status in (302, 303)
    stranger = new_client()
    sign_in(make_staff(commune=make_commune()), browser=stranger)
    stranger.get(where, status=404)
    client.get(where)
    kept_files()[0].unlink()
    client.get(where, status=404)


def test_a_form_refused_for_another_reason_keeps_no_photo(client, office, kept_files):
    dialogue = make_dialogue()
    send(client, dialogue, picture(), status=422, done_by="")
    assert kept_files() == []
    assert db.session.get(Dialogue, dialogue.id).version == 1


# -- question forms ---------------------------------------------------------------------------------------------------


def test_each_village_has_its_sheet_with_its_code(client, office):
    here, there = make_village(), make_village()
    dialogue = make_dialogue()
    page = client.get(url(dialogue, "question-forms"))
    said = [block.b.text for block in page.select(".is-a5 .slip-code")]
    assert said == [codes.grouped(codes.form_code(dialogue.code, v.id), 3) for v in (here, here, there, there)]
    assert page.select(".is-a5")[0].text.count("☐") == 4 + len(Field) + 3
    assert "☐ A. Đất đai" in page.select(".is-a5")[0].text  # the letter by which a clerk enters it
    assert not page.select(".sheet input")  # boxes of paper, none ticked
    assert len(client.get(url(dialogue, f"question-forms?village={here.id}")).select("article.sheet")) == 1
    only = client.get(url(dialogue, "question-forms?village=none"))
    assert only.soup.select_one(".slip-code b").text == codes.grouped(codes.form_code(dialogue.code, 0), 3)
    client.get(url(dialogue, f"question-forms?village={make_village(make_commune()).id}"), status=404)
    client.get(url(make_dialogue(state=S.HELD), "question-forms"), status=303)
