"""The calendar feed of 1,000 dialogues: its bytes, and what building, keeping and not sending it again cost.

python -m tests.bench.feed [dialogues]
"""

from __future__ import annotations

import gc
import gzip
import statistics
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, timedelta
from pathlib import Path
from time import process_time_ns

import flask_migrate
import icalendar
from flask import Flask
from sqlalchemy.orm import make_transient

from dialogues import clock, create_app
from dialogues.extensions import db
from dialogues.invitations import service
from dialogues.invitations.ical import REFRESH, CalendarEvent, Organizer, calendar, component
from dialogues.places.models import Commune
from dialogues.schedule.models import Dialogue
from tests.bench.measure import ask, environ
from tests.make import make_dialogue, the_commune

FEED = "/minh-tam/calendar.ics"
ABOUT = (
    "Nghe Nhân dân góp ý về đường giao thông, nước sạch, đất đai và môi trường; lãnh đạo xã trả lời từng việc, "
    "nhận việc phải làm và nói rõ ngày xong."
)
HOW = "Ai cũng được vào, không cần giấy mời. Có chỗ cho xe lăn, có người đọc và viết hộ."
ROUNDS = 9


def fill(commune: Commune, number: int) -> None:
    """Announced dialogues, half of them of the past year."""
    first = make_dialogue(commune=commune, purpose=ABOUT, how_to_attend=HOW, topics=())
    start = clock.now().replace(microsecond=0) - timedelta(days=350)
    columns = {c.key: getattr(first, c.key) for c in Dialogue.__table__.columns if c.key not in ("id", "check")}
    db.session.delete(first)
    for one in range(number):
        starts_at = start + timedelta(hours=16 * one)
        over = {
            "code": f"Q{one:05}", "uid": f"dialogue-{one:032x}@doithoai.example", "starts_at": starts_at,
            "title": f"Hội nghị đối thoại giữa người đứng đầu cấp ủy, chính quyền với Nhân dân, cụm thôn {one}",
            "ends_at": starts_at + timedelta(hours=4), "question_deadline_at": starts_at - timedelta(days=5),
        }  # fmt: skip
        db.session.add(Dialogue(**{**columns, **over}))
    db.session.commit()


def with_the_library(events: list[CalendarEvent], name: str, organizer: Organizer, url: str) -> bytes:
    """The same file as icalendar itself builds it."""
    head = icalendar.Calendar()
    for key, text in (("prodid", "-//x//y//VI"), ("version", "2.0"), ("calscale", "GREGORIAN"), ("method", "PUBLISH")):
        head.add(key, text)
    head.add("name", name)
    head.add("x-wr-calname", name)
    head.add("url", icalendar.vUri(url))
    head.add("source", icalendar.vUri(url), parameters={"VALUE": "URI"})
    head.add("refresh-interval", icalendar.vDuration(REFRESH), parameters={"VALUE": "DURATION"})
    head.add("x-published-ttl", icalendar.vDuration(REFRESH))
    for event in events:
        one = icalendar.Event()
        one.add("uid", event.uid)
        one.add("sequence", event.sequence)
        one.add("status", event.status)
        one.add("dtstamp", event.changed.astimezone(UTC))
        one.add("created", event.created.astimezone(UTC))
        one.add("last-modified", event.changed.astimezone(UTC))
        one.add("dtstart", event.starts_at.astimezone(UTC))
        one.add("dtend", event.ends_at.astimezone(UTC))
        one.add("summary", event.summary)
        one.add("location", event.location)
        one.add("description", f"{event.description}\n\n{event.url}")
        one.add("url", icalendar.vUri(event.url))
        owner = icalendar.vCalAddress(organizer.address)
        owner.params["CN"] = icalendar.vText(organizer.name)
        one.add("organizer", owner)
        head.add_component(one)
    return bytes(head.to_ical())


def cpu_ms(work: Callable[[], object], before: Callable[[], object] = lambda: None, rounds: int = ROUNDS) -> float:
    """CPU milliseconds of `work`: the median of several."""
    spent = []
    for _ in range(rounds):
        before()
        gc.collect()
        start = process_time_ns()
        work()
        spent.append(process_time_ns() - start)
    return statistics.median(spent) / 1e6


def main() -> None:
    """Print the figures."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'feed.db'}"
        app = create_app({"DATABASE_URL": url, "INSTANCE": folder, "TESTING": True, "BASE_URL": "http://localhost"})
        with app.app_context():
            flask_migrate.upgrade()
            commune = the_commune()
            fill(commune, number)
            _builders(app, commune, number)
        _pages(app)
        with app.app_context():
            db.engine.dispose()


def _builders(app: Flask, commune: Commune, number: int) -> None:
    with app.test_request_context():
        commune = db.session.get_one(Commune, commune.id)
        rows = list(db.session.scalars(service.visible(commune.id).order_by(Dialogue.starts_at)))
        events = [service.dialogue_event(row, commune) for row in rows]
        for row in rows:
            make_transient(row)
        owner, address = service.organizer(commune), service.public_feed_url(commune)
        body = calendar(events, "Đối thoại", organizer=owner, url=address)
        assert body.count(b"BEGIN:VEVENT") == number
        ours = cpu_ms(lambda: calendar(events, "Đối thoại", organizer=owner, url=address), component.cache_clear, 3)
        theirs = cpu_ms(lambda: with_the_library(events, "Đối thoại", owner, address), rounds=3)
        first = cpu_ms(lambda: service.public_feed(commune), _forget, rounds=3)
        kept = cpu_ms(lambda: service.public_feed(commune))
        size = len(service.public_feed(commune))
    print(f"{number} dialogues: {size:,} bytes, {len(gzip.compress(body)):,} packed ({size / number:.0f} a dialogue)")
    print(
        f"the same events built by icalendar: {theirs:.0f} ms; by our builder: {ours:.0f} ms (1 to {theirs / ours:.0f})"
    )
    print(
        f"the feed from the database: {first:.1f} ms the first time, {kept:.1f} ms with the events that did not change"
    )


def _forget() -> None:
    service._lines.cache_clear()
    component.cache_clear()


def _pages(app: Flask) -> None:
    answer = ask(app, environ(FEED))
    assert answer.status == 200
    same = environ(FEED, etag=answer.headers["ETag"])
    assert ask(app, same).status == 304
    spent = cpu_ms(lambda: [ask(app, same) for _ in range(100)]) / 100
    again = cpu_ms(lambda: [ask(app, environ(FEED)) for _ in range(20)]) / 20
    print(f"304 to a program that asks again: {spent:.2f} ms; the kept feed in full: {again:.2f} ms")


if __name__ == "__main__":
    main()
