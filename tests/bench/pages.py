"""The pages that are measured, and the parts that the bench adds to the app."""

import gzip
import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urljoin

import sqlalchemy as sa
from flask import Blueprint, Flask, Response

from dialogues import clock
from dialogues.access import Permission, requires
from dialogues.extensions import db
from dialogues.followup import question_views
from dialogues.questions import service as questions
from dialogues.questions.models import Question
from dialogues.schedule.models import Dialogue
from tests.bench import ten_years

HOST = "127.0.0.1"
SECRET = "only for the bench " * 3
REBUILD, CPU = "HTTP_X_BENCH_REBUILD", "/bench/cpu"
BOTH = QUESTION, DIALOGUE = "question changed", "dialogue changed"


@dataclass(frozen=True)
class Target:
    """One address; `is_public`: for residents, kept until something changes; `has_aim`: the ratios are promised.
    `changes`: what is changed before it is made anew."""

    name: str
    url: str
    is_public: bool = True
    has_aim: bool = False
    changes: tuple[str, ...] = ()


def targets(code: str) -> list[Target]:
    """What the issue names."""
    return [
        Target("home", "/minh-tam/", has_aim=True, changes=BOTH),
        Target("dialogue, 50 questions", f"/d/{code}", has_aim=True, changes=BOTH),
        Target("question list with search", "/minh-tam/questions?q=duong", has_aim=True, changes=BOTH),
        Target("calendar feed", "/minh-tam/calendar.ics", has_aim=True, changes=(DIALOGUE,)),
        Target("office queue", "/office/questions", is_public=False),
        Target("my work", "/office/work", is_public=False),
    ]


def others(code: str) -> list[str]:
    """More pages for the soak: (residents', office's) addresses that must answer 200."""
    return [
        "/", "/minh-tam/dialogues", "/minh-tam/questions", "/minh-tam/questions?page=40", "/minh-tam/commitments",
        "/minh-tam/commitments/record", "/minh-tam/commitments.ics", f"/d/{code}/last-results",
        f"/d/{code}/ask", f"/d/{code}.ics", "/q", "/minh-tam/calendar", "/office/", "/office/dialogues",
        "/office/commitments", "/office/sign-in",
    ]  # fmt: skip


def make_app(database: str, instance: str) -> Flask:
    """The real app on this SQLite file, with a constant page of any size behind all its extensions."""
    from dialogues import create_app

    app = create_app(
        {
            "DATABASE_URL": f"sqlite:///{database}",
            "INSTANCE": instance,
            "SECRET_KEY": SECRET,
            "BASE_URL": f"http://{HOST}",
        }
    )
    bp = Blueprint("bench", __name__)

    @bp.get("/bench/constant/<int:size>")
    @requires(Permission.EVERYONE)
    def constant(size: int) -> Response:
        return Response("x" * size, content_type="text/html; charset=utf-8")

    app.register_blueprint(bp)
    return app


def bare_app() -> Flask:
    """Flask and nothing else: the limit of one process."""
    app = Flask("bare")

    @app.get("/bench/constant/<int:size>")
    def constant(size: int) -> Response:
        return Response("x" * size, content_type="text/html; charset=utf-8")

    return app


class Changes:
    """What the office does while residents read: edits a question that the page shows, or the dialogues on it."""

    def __init__(self, app: Flask, target: Target, code: str) -> None:
        self.app, self.numbers = app, itertools.count()
        self.codes = [code, ten_years.code_of_coming(app)]
        with app.app_context():
            self.question_id = self._shown_question(target, code)

    @staticmethod
    def _shown_question(target: Target, code: str) -> int:
        if target.name == "home":
            return int(question_views.newly_answered(1, 3)[1][0])
        shown = questions.newest_first(questions.visible(1))
        if "?q=" in target.url:
            shown = questions.newest_first(questions.narrowed(questions.visible(1), patterns=["%duong%"]))
        elif target.url == f"/d/{code}":
            shown = shown.where(Dialogue.code == code)
        return int(question_views.versions_of(shown.limit(11))[-1][0])

    def make(self, kind: str) -> None:
        """One change, committed."""
        mark = f" /{next(self.numbers)}"
        with self.app.app_context():
            if kind == QUESTION:
                question = db.session.get_one(Question, self.question_id)
                question.public_text = question.public_text.split(" /")[0] + mark
            else:
                for dialogue in db.session.scalars(sa.select(Dialogue).where(Dialogue.code.in_(self.codes))):
                    dialogue.title = dialogue.title.split(" /")[0] + mark
                    dialogue.sequence += 1
                    dialogue.changed_at = clock.now()
            db.session.commit()


def cookie_of(app: Flask, email: str) -> str:
    """Sign in through the real page; the Cookie header of that session."""
    client = app.test_client()
    page = client.get("/office/sign-in", base_url=f"http://{HOST}").text
    hidden = re.search(r'<input[^>]*name="csrf_token"[^>]*>', page)
    token = re.search(r'value="([^"]+)"', hidden[0]) if hidden else None
    assert token, "the sign-in page has no csrf_token"
    answer = client.post(
        "/office/sign-in",
        data={"email": email, "password": ten_years.PASSWORD, "csrf_token": token[1]},
        base_url=f"http://{HOST}",
    )
    assert answer.status_code == 303, f"{email} cannot sign in: {answer.status_code}"
    cookie = client.get_cookie("session", domain=HOST)
    assert cookie
    return f"session={cookie.value}"


def static_files(html: str, page_url: str) -> list[str]:
    """The files of a page that a browser fetches on a first visit, without fragments, each once."""
    found = re.findall(r'(?:src|href)="([^"]*/static/[^"]+)"', html)
    return list(dict.fromkeys(urljoin(page_url, one).split("#")[0] for one in found))


def first_visit(app: Flask, url: str) -> list[tuple[str, int]]:
    """Bytes over the wire of a page and of all its files, as a browser asks for them; bodies only."""
    client = app.test_client()
    sizes = []
    asked = {"headers": {"Accept-Encoding": "gzip"}, "base_url": f"http://{HOST}"}
    page = client.get(url, **asked)
    assert page.status_code == 200, url
    sizes.append((url, len(page.data)))
    html = gzip.decompress(page.data).decode() if page.content_encoding else page.text
    waiting, seen = static_files(html, url), set()
    for file in waiting:
        if file in seen:
            continue
        seen.add(file)
        answer = client.get(file, **asked)
        assert answer.status_code == 200, file
        sizes.append((file.split("?")[0], len(answer.data)))
        if ".css" in file:
            text = gzip.decompress(answer.data).decode() if answer.content_encoding else answer.text
            waiting += [urljoin(file, one) for one in re.findall(r"url\([\"']?(?!data:)([^)\"']+)", text)]
    return sizes


def total(sizes: Iterable[tuple[str, int]]) -> int:
    return sum(size for _, size in sizes)
