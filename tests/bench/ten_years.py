"""One commune of ten years, in bulk: 40 dialogues, 4,000 questions, 800 commitments."""

import json
from datetime import UTC, timedelta
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import sqlalchemy as sa
from flask import Flask

from dialogues import clock, codes
from dialogues.demo import people
from dialogues.extensions import db
from dialogues.followup.models import Answer, Commitment, CommitmentEntry
from dialogues.followup.rules import CommitmentState, EntryKind, Outcome
from dialogues.places.rules import Field
from dialogues.questions.models import Asker, Question
from dialogues.questions.rules import IntakeChannel, QuestionKind, QuestionState
from dialogues.schedule.models import Dialogue, DialogueTopic
from dialogues.schedule.rules import DialogueKind, DialogueState, HoldingForm, Trigger
from dialogues.text import fold

DIALOGUES, QUESTIONS, COMMITMENTS = 40, 4000, 800
PER_DIALOGUE, PROMISES = QUESTIONS // DIALOGUES, COMMITMENTS // DIALOGUES
PASSWORD = "mười năm dữ liệu"
FIFTY = 37
"""The dialogue (counted from the oldest) of which exactly 50 questions are published."""


def texts() -> list[dict[str, Any]]:
    """Questions with answers and promises as they read in the demo commune."""
    found: list[dict[str, Any]] = []
    folder = Path(people.__file__).parent
    for name in ("history-1.json", "history-2.json"):
        for dialogue in json.loads((folder / name).read_text(encoding="utf-8")):
            found += dialogue["questions"]
    return found


def published_of(number: int) -> int:
    """How many questions of this dialogue are published; the newest one still collects."""
    return 50 if number == FIFTY else 30 if number == DIALOGUES - 1 else 90


class TenYears:
    """Rows by table, with ids of their own, ready for one insert each."""

    def __init__(self) -> None:
        self.random = Random(10)
        self.now = clock.now()
        self.people = people.settle(PASSWORD)
        self.commune_id = self.people.commune.id
        self.staff = [person.id for person in self.people.staff.values()]
        self.villages = [village.id for village in self.people.villages.values()]
        self.texts = texts()
        self.answers = [one["answer"]["text"] for one in self.texts if one["answer"]]
        self.promises = [one["commitment"] for one in self.texts if one["commitment"]]
        self.rows: dict[Any, list[dict[str, Any]]] = {
            model: [] for model in (Dialogue, DialogueTopic, Question, Asker, Answer, Commitment, CommitmentEntry)
        }
        self.ids = {model: count(1) for model in self.rows}

    def add(self, model: Any, **values: Any) -> dict[str, Any]:
        if model is not DialogueTopic:
            values["id"] = next(self.ids[model])
        self.rows[model].append(values)
        return values

    def write(self) -> None:
        for number in range(DIALOGUES):
            self.dialogue(number)
        for model, rows in self.rows.items():
            db.session.execute(sa.insert(model.__table__), rows)

    def dialogue(self, number: int) -> None:
        is_coming = number == DIALOGUES - 1
        days = 12 if is_coming else (number - DIALOGUES + 1) * 92
        day = (self.now + timedelta(days=days)).replace(hour=0, minute=30, second=0, microsecond=0, tzinfo=UTC)
        ended = None if is_coming else day + timedelta(hours=4)
        row = self.add(
            Dialogue,
            commune_id=self.commune_id,
            code=codes.new_dialogue_code(),
            uid=f"dialogue-{number}@localhost",
            sequence=0,
            kind=DialogueKind.REGULAR,
            trigger=Trigger.REGULAR,
            trigger_reason="",
            form=HoldingForm.IN_PERSON,
            title=f"Hội nghị đối thoại định kỳ lần thứ {number + 1} giữa lãnh đạo xã với Nhân dân",
            purpose="Nghe Nhân dân nói về đường, điện, nước, giấy tờ. Trả lời ngay việc trả lời được.",
            how_to_attend="Bà con trong xã đều được vào, không cần giấy mời.",
            place="Hội trường UBND xã",
            address="Thôn Cầu Đá, xã Minh Tâm",
            online_link="",
            starts_at=day,
            ends_at=day + timedelta(hours=4),
            question_deadline_at=day - timedelta(days=5),
            hotline="0900 000 000",
            chair_id=self.staff[1],
            co_chair_id=self.staff[6],
            secretary_id=self.staff[8],
            mttq_partner="Ủy ban MTTQ Việt Nam xã",
            party_invited=True,
            state=DialogueState.ANNOUNCED if is_coming else DialogueState.PUBLISHED,
            state_reason="",
            announced_at=day - timedelta(days=14),
            held_at=ended,
            concluded_at=ended and ended + timedelta(days=2),
            published_at=ended and ended + timedelta(days=6),
            result_public_on=ended and (ended + timedelta(days=6)).date(),
            conclusion="" if is_coming else "Xã nhận hai mươi việc, mỗi việc có tên người làm và ngày xong. " * 4,
            residents_present=None if is_coming else 118,
            created_at=day - timedelta(days=25),
            changed_at=day - timedelta(days=14),
            version=1,
        )
        for place, field in enumerate((Field.ROADS, Field.LAND, Field.WATER, Field.ENVIRONMENT)):
            self.add(DialogueTopic, dialogue_id=row["id"], field=field, position=place)
        for place in range(PER_DIALOGUE):
            self.question(row, place, published_of(number))

    def question(self, dialogue: dict[str, Any], place: int, published: int) -> None:
        is_coming = dialogue["held_at"] is None
        source = self.texts[(dialogue["id"] * 31 + place) % len(self.texts)]
        text = f"{source['text']} ({dialogue['id']}-{place})"
        is_public = place < published
        rest = QuestionState.WAITING if is_coming else QuestionState.DECLINED
        received = min(dialogue["starts_at"] - timedelta(days=9), self.now - timedelta(days=2))
        received += timedelta(minutes=place * 7)
        unit = self.people.units["Phòng Kinh tế"].id if place % 3 == 0 else None
        row = self.add(
            Question,
            commune_id=self.commune_id,
            dialogue_id=dialogue["id"],
            kind=QuestionKind.QUESTION,
            field=list(Field)[(place + dialogue["id"]) % len(Field)],
            village_id=self.villages[place % len(self.villages)],
            channel=list(IntakeChannel)[place % len(IntakeChannel)],
            text=text,
            folded=fold(text),
            public_text=text if is_public else "",
            public_folded=fold(text) if is_public else "",
            state=QuestionState.PUBLISHED if is_public else rest,
            decline_reason=None if is_public or is_coming else "unclear",
            state_note="",
            received_at=received,
            decided_at=None if rest is QuestionState.WAITING and not is_public else received + timedelta(hours=20),
            published_at=received + timedelta(hours=20) if is_public else None,
            assigned_unit_id=unit if is_public else None,
            assigned_at=received + timedelta(hours=21) if unit and is_public else None,
            version=1,
        )
        self.add(
            Asker,
            commune_id=self.commune_id,
            question_id=row["id"],
            code=codes.new_tracking_code(),
            name=source["asker_name"],
            phone="",
            email="",
            may_contact=False,
            may_message=False,
            may_publish_name=bool(source["asker_name"]) and place % 4 == 0,
            joined_at=received,
        )
        if is_public and not is_coming and place % 20 != 19:
            self.answer(dialogue, row, place)

    def answer(self, dialogue: dict[str, Any], question: dict[str, Any], place: int) -> None:
        on = dialogue["starts_at"].date()
        outcomes = (Outcome.ANSWERED_ON_SPOT, Outcome.ANSWERED_ON_SPOT, Outcome.IN_WRITING, Outcome.ESCALATED)
        outcome = outcomes[place % 4]
        is_late = outcome is Outcome.IN_WRITING and place % 8 == 2
        row = self.add(
            Answer,
            commune_id=self.commune_id,
            question_id=question["id"],
            outcome=outcome,
            text=(said := self.answers[(question["id"] * 7) % len(self.answers)]),
            folded=fold(said),
            answered_by_id=self.staff[11],
            answered_on=on,
            due_on=on + timedelta(days=15) if outcome is Outcome.IN_WRITING else None,
            escalated_to="Sở Nông nghiệp và Môi trường" if outcome is Outcome.ESCALATED else "",
            final_text="" if is_late or outcome is Outcome.ANSWERED_ON_SPOT else "Đã có kết quả, xin cảm ơn bà con.",
            final_on=None if is_late or outcome is Outcome.ANSWERED_ON_SPOT else on + timedelta(days=14),
            published_at=dialogue["ends_at"] + timedelta(days=2),
            changed_at=dialogue["ends_at"] + timedelta(days=2),
            version=1,
        )
        if place <= PROMISES or (place == PROMISES + 1 and dialogue["id"] <= PROMISES):  # 800 over 39 dialogues
            self.promise(dialogue, row, place)

    def promise(self, dialogue: dict[str, Any], answer: dict[str, Any], place: int) -> None:
        on = dialogue["starts_at"].date()
        recent = dialogue["id"] > DIALOGUES - 5
        state = CommitmentState.IN_PROGRESS if recent and place % 2 else CommitmentState.CONFIRMED
        is_done = state is CommitmentState.CONFIRMED
        due_on = on + timedelta(days=30 + place * 3)
        row = self.add(
            Commitment,
            commune_id=self.commune_id,
            dialogue_id=dialogue["id"],
            answer_id=answer["id"],
            responsible_id=self.staff[11 + place % 3],
            result=(result := self.promises[place % len(self.promises)]["result"]),
            folded=fold(result),
            promised_on=on,
            first_due_on=due_on,
            due_on=due_on,
            state=state,
            reported_done_on=due_on if is_done else None,
            confirmed_on=due_on if is_done else None,
            uid=f"commitment-{dialogue['id']}-{place}@localhost",
            sequence=1,
            created_at=dialogue["ends_at"],
            changed_at=dialogue["ends_at"],
            version=1,
        )
        kinds = (EntryKind.PROGRESS, EntryKind.REPORTED_DONE, EntryKind.CONFIRMED) if is_done else (EntryKind.PROGRESS,)
        for step, kind in enumerate(kinds):
            self.add(
                CommitmentEntry,
                commune_id=self.commune_id,
                commitment_id=row["id"],
                kind=kind,
                at=dialogue["ends_at"] + timedelta(days=7 + step * 8),
                author_id=self.staff[11],
                text="Đã cào xong lớp mặt hỏng, đổ được 120 m phía cổng làng.",
            )


def build() -> dict[str, int]:
    """Fill the empty database of the running app; committed. Returns how many rows there are."""
    made = TenYears()
    made.write()
    db.session.commit()
    return {model.__tablename__: len(rows) for model, rows in made.rows.items()}


def code_of_fifty() -> str:
    """The code of the dialogue with 50 published questions."""
    found = sa.select(Dialogue.code).where(Dialogue.uid == f"dialogue-{FIFTY}@localhost")
    return str(db.session.scalars(found).one())


def code_of_coming(app: Flask) -> str:
    """The code of the dialogue that collects questions."""
    with app.app_context():
        return str(db.session.scalars(sa.select(Dialogue.code).where(Dialogue.state == DialogueState.ANNOUNCED)).one())
