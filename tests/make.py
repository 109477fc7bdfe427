"""Builders for tests: make_x(**overrides) saves a sensible row and gives it back.

What is not named is made or found: the commune is the first one of the test. Rows of another commune: give
`commune=make_commune()`, or an object of that commune (`dialogue=`, `question=`, `answer=`).
"""

import json
from datetime import datetime, time, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from werkzeug.security import generate_password_hash

from dialogues import clock, codes
from dialogues.askers.models import DataRequest, Word
from dialogues.askers.rules import RequestKind, Way
from dialogues.attachments.models import Attachment
from dialogues.attachments.rules import AttachmentKind
from dialogues.extensions import db
from dialogues.followup.models import (
    Answer,
    Commitment,
    CommitmentEntry,
    CommitmentStep,
    Evidence,
    ExtensionRequest,
)
from dialogues.followup.rules import CommitmentState, EntryKind, EvidenceKind, Outcome
from dialogues.imports import workbook
from dialogues.imports.judging import Entry, key_of
from dialogues.imports.models import ImportRow, QuestionImport
from dialogues.imports.plan import guess
from dialogues.imports.rules import Mark, Stage
from dialogues.imports.values import Window
from dialogues.papers.models import NoticeUse
from dialogues.papers.rules import NoticeChannel, Occasion
from dialogues.papers.service import said_by
from dialogues.places.models import Commune, Holiday, Province, Unit, Village
from dialogues.places.rules import CommuneKind, Field
from dialogues.post.models import Message
from dialogues.post.rules import Kind
from dialogues.questions.models import Asker, Question
from dialogues.questions.rules import ConsentHow, IntakeChannel, QuestionEvent, QuestionState
from dialogues.schedule.models import Dialogue, DialogueTopic
from dialogues.schedule.round_models import Round, RoundPaper, Series, VoterRequest
from dialogues.schedule.rules import DialogueKind, DialogueState, HoldingForm, Trigger
from dialogues.staff.models import Staff, StaffRole
from dialogues.staff.rules import Role
from dialogues.staff.service import new_session_key
from dialogues.subscribers.models import Follower, Subscriber
from dialogues.text import name_key
from dialogues.verdicts.models import AnswerRating, CommitmentVerdict
from dialogues.verdicts.rules import Judgement, Rating, RatingWay, VerdictWay

PASSWORD = "bốn chữ cho dễ nhớ"
CHEAP_HASH = generate_password_hash(PASSWORD, "pbkdf2:sha256:1")
_numbers = count(1)
_AFTER_SESSION = (DialogueState.HELD, DialogueState.CONCLUDED, DialogueState.PUBLISHED)


def save(row: Any) -> Any:
    """Write one row at once."""
    db.session.add(row)
    db.session.flush()
    db.session.commit()
    return row


def the_commune() -> Commune:
    """The first commune of this test, made when there is none."""
    return db.session.scalar(sa.select(Commune).order_by(Commune.id).limit(1)) or make_commune()


def wall(days: int, hour: str = "07:30", zone: str = clock.DEFAULT_ZONE) -> datetime:
    """The instant `days` from today at this hour on the wall."""
    return clock.instant(datetime.combine(clock.today(zone) + timedelta(days), time.fromisoformat(hour)), zone)


def make_commune(**overrides: Any) -> Commune:
    is_first = db.session.scalar(sa.select(Commune.id).limit(1)) is None
    number = next(_numbers)
    if "province" not in overrides and "province_id" not in overrides:
        overrides["province"] = db.session.scalar(sa.select(Province).limit(1)) or Province(name="tỉnh Sơn Khê")
    values = {
        "kind": CommuneKind.XA,
        "name": "Minh Tâm" if is_first else f"An Bình {number}",
        "slug": "minh-tam" if is_first else f"an-binh-{number}",
        "address": "Thôn Cầu Đá, xã Minh Tâm",
        "hotline": "0900 000 000",
        "office_email": f"van-phong-{number}@minh-tam.example",
        "voters": 6868,
        "head_name": "Trịnh Thị Thu Hà",
        "head_post": "Chủ tịch UBND xã",
    }
    return save(Commune(**{**values, **overrides}))


def make_village(commune: Commune | None = None, **overrides: Any) -> Village:
    number = next(_numbers)
    values = {"commune_id": (commune or the_commune()).id, "kind": "thôn", "name": f"Đồng {number}", "position": number}
    return save(Village(**{**values, **overrides}))


def make_unit(commune: Commune | None = None, **overrides: Any) -> Unit:
    number = next(_numbers)
    values = {"commune_id": (commune or the_commune()).id, "name": f"Phòng Kinh tế {number}", "position": number}
    return save(Unit(**{**values, **overrides}))


def make_holiday(commune: Commune | None = None, **overrides: Any) -> Holiday:
    """A day off of the commune: a Wednesday one to two weeks ahead."""
    day = clock.today() + timedelta(days=7 + (2 - clock.today().weekday()) % 7)
    values = {"commune_id": (commune or the_commune()).id, "on_day": day, "name": "Ngày của xã"}
    return save(Holiday(**{**values, **overrides}))


def make_staff(
    role: Role | str | None = None,
    *,
    roles: Any = None,
    password: str = PASSWORD,
    commune: Commune | None = None,
    **overrides: Any,
) -> Staff:
    """One person; `role` (default office) or several `roles`. The password is PASSWORD."""
    number = next(_numbers)
    wanted = {Role(r) for r in (roles if roles is not None else [role or Role.OFFICE])}
    if wanted == {Role.VILLAGE_HEAD} and not {"village", "village_id"} & set(overrides):
        overrides["village"] = make_village(commune)
    hashed = CHEAP_HASH if password == PASSWORD else password and generate_password_hash(password, "pbkdf2:sha256:1")
    values = {
        "commune_id": (commune or the_commune()).id,
        "name": f"Lý Thị Mai {number}",
        "post": "Công chức Văn phòng",
        "email": f"staff-{number}@minh-tam.example",
        "password_hash": hashed,
        "session_key": new_session_key(),
        **overrides,
    }
    values.setdefault("sort_name", name_key(values["name"]))
    return save(Staff(**values, role_rows=[StaffRole(role=r) for r in sorted(wanted)]))


def make_dialogue(
    *, commune: Commune | None = None, topics: Any = (Field.ROADS, Field.LAND), **overrides: Any
) -> Dialogue:
    """Announced and collecting, in 10 days at 07:30; in a later state 3 days ago. Draft: not announced."""
    state = overrides.get("state", DialogueState.ANNOUNCED)
    past = state in _AFTER_SESSION
    starts_at = overrides.get("starts_at") or wall(-3 if past else 10)
    ends_at = starts_at + timedelta(hours=4)
    values = {
        "commune_id": (commune or the_commune()).id,
        "code": codes.new_dialogue_code(),
        "uid": f"dialogue-{uuid4().hex}@localhost",
        "kind": DialogueKind.REGULAR,
        "trigger": Trigger.REGULAR,
        "form": HoldingForm.IN_PERSON,
        "title": f"Hội nghị đối thoại số {next(_numbers)}",
        "purpose": "Nghe Nhân dân nói về đường và đất.",
        "how_to_attend": "Ai cũng được vào, không cần giấy mời.",
        "place": "Hội trường UBND xã",
        "address": "Thôn Cầu Đá, xã Minh Tâm",
        "starts_at": starts_at,
        "ends_at": ends_at,
        "question_deadline_at": starts_at - timedelta(days=5),
        "hotline": "0900 000 000",
        "mttq_partner": "Ủy ban MTTQ Việt Nam xã",
        "party_invited": True,
        "state": state,
        "announced_at": None if state is DialogueState.DRAFT else starts_at - timedelta(days=14),
        "held_at": ends_at if past else None,
        "concluded_at": ends_at + timedelta(days=1) if past and state is not DialogueState.HELD else None,
        "published_at": ends_at + timedelta(days=2) if state is DialogueState.PUBLISHED else None,
        "result_public_on": (ends_at + timedelta(days=2)).date() if state is DialogueState.PUBLISHED else None,
        "conclusion": "Xã nhận hai việc." if past and state is not DialogueState.HELD else "",
        "created_at": starts_at - timedelta(days=20),
        "changed_at": starts_at - timedelta(days=20),
        "topic_rows": [DialogueTopic(field=field, position=place) for place, field in enumerate(topics)],
    }
    return save(Dialogue(**{**values, **overrides}))


def make_question(dialogue: Dialogue | None = None, *, asker: Any = None, **overrides: Any) -> Question:
    """Waiting, received an hour ago, with one asker: `asker={"name": ..., "code": ...}` overrides, False for none.
    With state=PUBLISHED it is really public. Without a dialogue: the first announced one."""
    dialogue = dialogue or db.session.scalar(_first_dialogue()) or make_dialogue()
    state = overrides.get("state", QuestionState.WAITING)
    at = clock.now() - timedelta(hours=1)
    text = overrides.get("text", f"Bao giờ sửa đoạn đường số {next(_numbers)} từ cổng làng xuống trạm bơm?")
    is_public = state is QuestionState.PUBLISHED
    values = {
        "commune_id": dialogue.commune_id,
        "dialogue": dialogue,
        "field": Field.ROADS,
        "channel": IntakeChannel.PORTAL,
        "text": text,
        "public_text": text if is_public else "",
        "state": state,
        "received_at": at,
        "decided_at": None if state is QuestionState.WAITING else at,
        "published_at": at if is_public else None,
    }
    question = Question(**{**values, **overrides})
    if asker is not False:
        person = {
            "commune_id": dialogue.commune_id,
            "code": codes.new_tracking_code(),
            "joined_at": question.received_at,
            **(asker or {}),
        }
        question.askers.append(Asker(**person))
    return save(question)


def _first_dialogue() -> sa.Select[tuple[Dialogue]]:
    mine = sa.select(Dialogue).where(Dialogue.commune_id == the_commune().id, Dialogue.announced_at.is_not(None))
    return mine.order_by(Dialogue.id).limit(1)


def make_attachment(question: Question | None = None, **overrides: Any) -> Attachment:
    """A photo of a question; without a file on the disk unless `file=` names one."""
    question = question or make_question()
    values = {
        "commune_id": question.commune_id,
        "question_id": question.id,
        "kind": AttachmentKind.PHOTO,
        "file": f"{uuid4().hex}.jpg",
        "title": "phiếu.jpg",
        "size": 1000,
        "added_at": clock.now(),
    }
    return save(Attachment(**{**values, **overrides}))


def make_word(asker: Asker | None = None, **overrides: Any) -> Word:
    """One thing to tell an asker by phone or on paper, an hour old."""
    asker = asker or make_question(asker={"name": "Ông Sáu", "phone": "0900 000 206", "may_contact": True}).askers[0]
    values = {
        "commune_id": asker.commune_id,
        "question_id": asker.question_id,
        "asker_id": asker.id,
        "event": QuestionEvent.ASSIGNED,
        "at": clock.now() - timedelta(hours=1),
        "text": "Câu hỏi của ông/bà đã có người nhận.",
        "way": Way.BY_HAND,
        "is_first": True,
    }
    return save(Word(**{**values, **overrides}))


def make_data_request(asker: Asker | None = None, **overrides: Any) -> DataRequest:
    """Somebody wants to see the own data: written on paper yesterday, not answered."""
    asker = asker or make_question().askers[0]
    values = {
        "commune_id": asker.commune_id,
        "asker_id": asker.id,
        "kind": RequestKind.SHOW,
        "how": ConsentHow.PAPER,
        "received_on": clock.today() - timedelta(days=1),
        "recorded_at": clock.now(),
    }
    return save(DataRequest(**{**values, **overrides}))


def make_series(commune: Commune | None = None, **overrides: Any) -> Series:
    """First Saturday of June and December, without rounds: they come with `series.extend`."""
    commune = commune or the_commune()
    values = {
        "commune_id": commune.id,
        "title": f"Đối thoại định kỳ số {next(_numbers)}",
        "rule": "FREQ=MONTHLY;BYMONTH=6,12;BYDAY=1SA",
        "starts_on": clock.today(),
        "starts": time(7, 30),
        "ends": time(11, 30),
        "place": "Hội trường UBND xã",
        "created_at": clock.now(),
    }
    return save(Series(**{**values, **overrides}))


def make_round(series: Series | None = None, commune: Commune | None = None, **overrides: Any) -> Round:
    """A planned round in 60 days at 07:30, of a series or on its own."""
    starts_at = overrides.get("starts_at") or wall(60)
    values = {
        "commune_id": series.commune_id if series else (commune or the_commune()).id,
        "series": series,
        "slot_on": clock.local(starts_at).date() if series else None,
        "uid": f"round-{uuid4().hex}@localhost",
        "title": f"Đợt đối thoại số {next(_numbers)}",
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=4),
        "place": "Hội trường UBND xã",
        "created_at": clock.now(),
        "changed_at": clock.now(),
    }
    return save(Round(**{**values, **overrides}))


def make_paper(round_: Round | None = None, **overrides: Any) -> RoundPaper:
    round_ = round_ or make_round()
    values = {"commune_id": round_.commune_id, "round_id": round_.id, "title": "Kế hoạch", "text": "Đi bốn cụm thôn."}
    return save(RoundPaper(**{**values, "added_at": clock.now(), **overrides}))


def make_request(commune: Commune | None = None, **overrides: Any) -> VoterRequest:
    """700 of 6868 voters signed yesterday; nothing is counted or decided."""
    values = {
        "commune_id": (commune or the_commune()).id,
        "received_on": clock.today() - timedelta(days=1),
        "about": f"Bãi rác thôn Đồng, đơn số {next(_numbers)}",
        "voters": 6868,
        "signatures": 700,
        "deadline_on": clock.today() + timedelta(days=29),
        "created_at": clock.now(),
    }
    return save(VoterRequest(**{**values, **overrides}))


def make_answer(question: Question | None = None, **overrides: Any) -> Answer:
    """A published answer on the spot, given today; the question (default: a new published one)."""
    question = question or make_question(state=QuestionState.PUBLISHED)
    values = {
        "commune_id": question.commune_id,
        "question": question,
        "outcome": Outcome.ANSWERED_ON_SPOT,
        "text": "Tuần tới thợ vào đổ bê tông.",
        "answered_on": clock.today(),
        "published_at": clock.now(),
        "changed_at": clock.now(),
    }
    return save(Answer(**{**values, **overrides}))


def make_commitment(answer: Answer | None = None, **overrides: Any) -> Commitment:
    """An open promise of a department's member (or `responsible=`), due in 30 days."""
    answer = answer or make_answer()
    commune = db.session.get(Commune, answer.commune_id)
    if not {"responsible", "responsible_id"} & set(overrides):
        overrides["responsible"] = make_staff(Role.DEPARTMENT, commune=commune)
    due_on = overrides.get("due_on") or clock.today() + timedelta(days=30)
    values = {
        "commune_id": answer.commune_id,
        "dialogue_id": answer.question.dialogue_id,
        "answer": answer,
        "result": f"Đoạn đường số {next(_numbers)} hết ổ gà, có biên bản nghiệm thu.",
        "promised_on": min(clock.today(), due_on),
        "first_due_on": due_on,
        "due_on": due_on,
        "uid": f"commitment-{uuid4().hex}@localhost",
        "created_at": clock.now(),
        "changed_at": clock.now(),
    }
    return save(Commitment(**{**values, **overrides}))


def make_entry(commitment: Commitment, kind: EntryKind, **overrides: Any) -> CommitmentEntry:
    """One line in the story of a promise, by the responsible person."""
    values = {
        "commune_id": commitment.commune_id,
        "commitment_id": commitment.id,
        "kind": kind,
        "at": clock.now(),
        "author_id": commitment.responsible_id,
        "text": "Thợ đã đổ bê tông.",
    }
    return save(CommitmentEntry(**{**values, **overrides}))


def make_reported(answer: Answer | None = None, **overrides: Any) -> Commitment:
    """A promise that is reported done today, with its report."""
    commitment = make_commitment(
        answer, **{"state": CommitmentState.REPORTED_DONE, "reported_done_on": clock.today(), **overrides}
    )
    make_entry(commitment, EntryKind.REPORTED_DONE, to_asker="Đường đã xong, cảm ơn ông/bà đã phản ánh.")
    return commitment


def make_evidence(commitment: Commitment | None = None, **overrides: Any) -> Evidence:
    """A photo from after; without a file on the disk unless `file=` names one."""
    commitment = commitment or make_commitment()
    values = {
        "commune_id": commitment.commune_id,
        "commitment_id": commitment.id,
        "kind": EvidenceKind.PHOTO_AFTER,
        "file": f"{uuid4().hex}.jpg",
        "size": 1000,
        "checksum": uuid4().hex * 2,
        "alt": "Đoạn đường sau khi đổ bê tông",
        "added_at": clock.now(),
    }
    return save(Evidence(**{**values, **overrides}))


def make_verdict(commitment: Commitment | None = None, **overrides: Any) -> CommitmentVerdict:
    """The asker of a promise says of its report, with the code, that a part is missing; nobody has read the words."""
    commitment = commitment or make_reported()
    values = {
        "commune_id": commitment.commune_id,
        "commitment_id": commitment.id,
        "entry_id": commitment.entries[-1].id,
        "asker_id": commitment.answer.question.askers[0].id,
        "way": VerdictWay.CODE,
        "judgement": Judgement.PARTLY,
        "text": "Còn một đoạn gần trạm bơm chưa làm.",
        "at": clock.now(),
    }
    return save(CommitmentVerdict(**{**values, **overrides}))


def make_step(commitment: Commitment | None = None, **overrides: Any) -> CommitmentStep:
    """An open step of a promise, due in a week."""
    commitment = commitment or make_commitment()
    values = {
        "commune_id": commitment.commune_id,
        "commitment_id": commitment.id,
        "text": f"Đổ bê tông đoạn {next(_numbers)}",
        "due_on": clock.today() + timedelta(days=7),
    }
    return save(CommitmentStep(**{**values, **overrides}))


def make_extension(commitment: Commitment | None = None, **overrides: Any) -> ExtensionRequest:
    """The responsible person asks for 30 days more; nobody has decided."""
    commitment = commitment or make_commitment()
    values = {
        "commune_id": commitment.commune_id,
        "commitment": commitment,
        "asked_by_id": commitment.responsible_id,
        "asked_at": clock.now(),
        "reason": "Mưa lũ kéo dài.",
        "old_due_on": commitment.due_on,
        "new_due_on": commitment.due_on + timedelta(days=30),
    }
    return save(ExtensionRequest(**{**values, **overrides}))


def make_subscriber(commune: Commune | None = None, **overrides: Any) -> Subscriber:
    """An address that gets the news of the whole commune, confirmed."""
    number = next(_numbers)
    values = {
        "commune_id": (commune or the_commune()).id,
        "email": f"ba-con-{number}@minh-tam.example",
        "key": f"khoa-{number}-{uuid4().hex[:16]}",
        "created_at": clock.now(),
        "confirmed_at": clock.now(),
    }
    return save(Subscriber(**{**values, **overrides}))


def make_rating(answer: Answer | None = None, **overrides: Any) -> AnswerRating:
    """Somebody is satisfied with an answer, on a paper that was keyed in."""
    answer = answer or make_answer()
    values = {
        "commune_id": answer.commune_id,
        "answer_id": answer.id,
        "way": RatingWay.PAPER,
        "rating": Rating.SATISFIED,
        "sheet": uuid4().hex[:24],
        "at": clock.now(),
    }
    return save(AnswerRating(**{**values, **overrides}))


def make_follower(commitment: Commitment | None = None, **overrides: Any) -> Follower:
    """An address that follows a promise, confirmed an hour ago."""
    commitment = commitment or make_commitment()
    number, at = next(_numbers), clock.now() - timedelta(hours=1)
    values = {
        "commune_id": commitment.commune_id,
        "commitment_id": commitment.id,
        "email": f"theo-doi-{number}@minh-tam.example",
        "key": f"theo-{number}-{uuid4().hex[:16]}",
        "created_at": at,
        "confirmed_at": at,
    }
    return save(Follower(**{**values, **overrides}))


def make_message(commune: Commune | None = None, **overrides: Any) -> Message:
    """A letter that waits in the outbox."""
    number = next(_numbers)
    values = {
        "commune_id": (commune or the_commune()).id,
        "kind": Kind.SUBSCRIBER_NEWS,
        "thing": "dialogue:1",
        "recipient": f"nguoi-{number}@minh-tam.example",
        "version": 1,
        "subject": f"Tin số {number}",
        "text": "Buổi đối thoại dời sang thứ Bảy.",
        "message_id": f"<{uuid4().hex}@localhost>",
        "created_at": clock.now(),
        "next_try_at": clock.now(),
    }
    return save(Message(**{**values, **overrides}))


def make_import(dialogue: Dialogue | None = None, **overrides: Any) -> QuestionImport:
    """A file with questions that is being looked through, one sheet with two columns; its rows are made apart."""
    dialogue = dialogue or db.session.scalar(_first_dialogue()) or make_dialogue()
    days = Window(clock.today() - timedelta(days=60), clock.today())
    sheet = {"name": "Tổng hợp", "rows": [["Họ và tên", "Nội dung câu hỏi"], ["Trần Thị Mơ", "Bao giờ sửa cầu?"]]}
    cells = json.dumps([{**sheet, "merges": [], "hidden": [], "is_hidden": False, "is_csv": False}])
    values = {
        "commune_id": dialogue.commune_id,
        "dialogue_id": dialogue.id,
        "file_name": f"phieu-{next(_numbers)}.csv",
        "file_hash": uuid4().hex,
        "stage": Stage.CHECKED,
        "cells": cells,
        "plan": guess(workbook.sheets(cells), lambda _: None, days).as_json(),
        "created_at": clock.now(),
    }
    return save(QuestionImport(**{**values, **overrides}))


def make_import_row(file: QuestionImport | None = None, **overrides: Any) -> ImportRow:
    """A row of it that can come in; `entry=` what it says."""
    file = file or make_import()
    number = next(_numbers)
    said = {"text": f"Bao giờ nạo vét mương số {number}?", "channel": "paper_form", "field": "drainage"}
    entry = Entry.of({**said, **overrides.pop("entry", {})})
    values = {
        "commune_id": file.commune_id,
        "import_id": file.id,
        "position": number,
        "sheet": 0,
        "number": number,
        "entry": entry.as_json(),
        "same": key_of(entry)[:64],
        "mark": Mark.READY,
    }
    return save(ImportRow(**{**values, **overrides}))


def make_use(dialogue: Dialogue | None = None, **overrides: Any) -> NoticeUse:
    """The announcement of a dialogue, read on the loudspeaker an hour ago, valid as it stands."""
    dialogue = dialogue or db.session.scalar(_first_dialogue()) or make_dialogue()
    at = clock.now() - timedelta(hours=1)
    values = {
        "commune_id": dialogue.commune_id,
        "dialogue_id": dialogue.id,
        "channel": NoticeChannel.LOUDSPEAKER,
        "used_at": at,
        "done_by": "Đài truyền thanh xã",
        "occasion": Occasion.NEW,
        "sequence": dialogue.sequence,
        "said": said_by(dialogue),
        "session_at": dialogue.starts_at,
        "session_place": dialogue.place,
        "recorded_at": at,
    }
    return save(NoticeUse(**{**values, **overrides}))
