"""Build the demo commune: `flask --app wsgi demo`."""

import json
from datetime import date
from pathlib import Path
from random import Random

import sqlalchemy as sa
from flask import current_app
from flask_babel import lazy_gettext as _l

from dialogues import clock
from dialogues.demo import clockwork, people, session_log
from dialogues.demo.book import Book, Facts
from dialogues.demo.days import Days
from dialogues.demo.guests import add_guests
from dialogues.demo.meetings import add_dialogue
from dialogues.demo.notices import add_notices
from dialogues.demo.opinions import add_opinions
from dialogues.demo.plans import add_plans
from dialogues.demo.post import add_post
from dialogues.demo.reminders import add_reminders
from dialogues.demo.rounds import add_rounds
from dialogues.demo.sorted import add_sorting
from dialogues.demo.together import add_together
from dialogues.demo.voices import add_voices
from dialogues.demo.words import add_words
from dialogues.errors import RuleBroken
from dialogues.extensions import db
from dialogues.page_cache import raise_public_version
from dialogues.places.models import Commune

HERE = Path(__file__).parent
SEED = 72  # Law 72/2025/QH15


def histories(days: Days) -> list[Facts]:
    """All dialogues, oldest first."""
    found: list[Facts] = []
    for name in ("history-1.json", "history-2.json"):
        found += json.loads((HERE / name).read_text(encoding="utf-8"))
    found.append(session_log.read(days.session(session_log.DAYS)))
    return sorted(found, key=lambda facts: int(facts["days"]))


def build(today: date | None = None, seed: int = SEED) -> dict[str, int]:
    """Make xã Minh Tâm with two years of dialogues up to `today`; flushed, not committed. Returns how much there is.

    Raises RuleBroken when it stands already, or when others than this computer could reach it: its password is known.
    """
    settings = current_app.config["SETTINGS"]
    if not settings.on_loopback:
        raise RuleBroken(_l("The demo commune has known passwords: it is built only where BASE_URL is this computer."))
    if db.session.scalar(sa.select(Commune.id).where(Commune.slug == people.SLUG)):
        raise RuleBroken(_l("The demo commune stands already, at /%(slug)s/.", slug=people.SLUG))
    today = today or clock.today()
    made = people.settle(settings.demo_password)
    random = Random(f"{seed}")  # noqa: S311 (the same demo for everybody)
    days = Days(today, made.commune.time_zone, random)
    book = Book(made, days, random, settings.base_host)
    found = histories(days)
    with db.session.no_autoflush:
        dialogues = [add_dialogue(book, facts) for facts in found]
        uses = add_notices(book, dialogues)
        ticks = clockwork.add_steps(book, dialogues)
        guests = add_guests(book, dialogues)
        rounds = add_rounds(book, dialogues)
    letters = add_post(book, dialogues)
    parts = add_sorting(book, dialogues)
    together = add_together(book, dialogues)
    words = add_words(book)
    reminders = add_reminders(book)
    steps = add_plans(book)
    voices = add_voices(book)
    opinions = add_opinions(book, dialogues)
    lines = book.write()
    clockwork.add_rules(book)
    raise_public_version(db.session(), made.commune.id)
    questions = [one for facts in found for one in facts["questions"]]
    return {
        "thôn, bản, tổ dân phố": len(made.villages),
        "phòng, ban": len(made.units),
        "cán bộ": len(made.staff),
        "buổi đối thoại": len(found),
        "đợt đối thoại": rounds,
        "câu hỏi": len(questions) + parts + together.questions,
        "trả lời": sum(bool(one["answer"]) for one in questions) + together.answers,
        "cam kết": sum(bool(one["commitment"]) for one in questions),
        "bước của cam kết": steps,
        "ý kiến về cam kết": voices,
        "lần thông báo": uses,
        "bước đã xong": ticks,
        "khách mời": guests,
        "thư": letters,
        "ảnh phiếu giấy": together.files,
        "tin báo người hỏi": words,
        "lời nhắc": reminders,
        "lượt đánh giá": opinions,
        "dòng nhật ký": lines,
    }
