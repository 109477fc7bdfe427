"""Pages for residents, kept ready until something in them changes.

One row tells: `commune.public_version`, raised in the same transaction as any write to a public row. Beside it stand
the versions of its subjects, for parts of pages (see fragments): places and people, dialogues, questions with what
became of them, promises. A kept page is answered before Flask's dispatch, after reading that one number; it also ends
with the running minute, because states like "collecting" follow the clock. Only answers to visitors without session are
kept, by path, query and language.
"""

import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import Any

import sqlalchemy as sa
from flask import Flask, Response, g, request
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session
from werkzeug.http import parse_cookie

from dialogues.extensions import db
from dialogues.language import COOKIE
from dialogues.places.models import Commune

try:
    from isal import isal_zlib as zlib
except ImportError:  # a machine without its wheels: the same bytes for a reader, made more slowly
    import zlib  # type: ignore[no-redef]

MAX_PAGES = 2000
MAX_BYTES = 48_000_000
_VERSION = "SELECT public_version FROM commune WHERE id ="


def compressed(body: bytes) -> bytes:
    """The body as a gzip stream (RFC 1952), at the level that costs a page least."""
    stream: bytes = zlib.compress(body, 2, 31)
    return stream


@dataclass(frozen=True)
class Page:
    """A kept answer."""

    commune_id: int
    version: int
    minute: int
    etag: str
    headers: list[tuple[str, str]]
    body: bytes
    packed: bytes


class PageCache:
    """WSGI layer in front of the app, and the hook behind it that keeps what views marked with `web.public_page`."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.inner: Callable[..., Iterable[bytes]] = app.wsgi_app
        self.pages: OrderedDict[tuple[str, ...], Page] = OrderedDict()
        self.bytes = 0
        self.lock = Lock()
        self.engine: Engine | None = None
        self.cookie_names = (
            app.config["SESSION_COOKIE_NAME"],
            app.config.get("REMEMBER_COOKIE_NAME", "remember_token"),
        )
        self.hosts = frozenset(app.config["TRUSTED_HOSTS"])
        app.extensions["page_cache"] = self
        # Hooks run in reverse order: the first of them runs last, when all other headers stand.
        app.after_request_funcs.setdefault(None, []).insert(0, self.keep)
        app.wsgi_app = self  # type: ignore[method-assign]

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        key = self.key(environ)
        page = self.pages.get(key) if key else None
        if page is None or page.minute != int(time.time() // 60) or page.version != self.version(page.commune_id):
            return self.inner(environ, start_response)
        if page.etag in environ.get("HTTP_IF_NONE_MATCH", ""):
            start_response("304 NOT MODIFIED", [h for h in page.headers if not h[0].startswith("Content-T")])
            return [b""]
        packed = "gzip" in environ.get("HTTP_ACCEPT_ENCODING", "")
        body = page.packed if packed else page.body
        headers = [*page.headers, ("Content-Length", str(len(body)))]
        if packed:
            headers.append(("Content-Encoding", "gzip"))
        start_response("200 OK", headers)
        return [b""] if environ["REQUEST_METHOD"] == "HEAD" else [body]

    def key(self, environ: dict[str, Any]) -> tuple[str, ...] | None:
        """What the page depends on, or None when it may not be kept (signed in, not a plain GET, foreign host)."""
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD") or "HTTP_HX_REQUEST" in environ:
            return None
        if environ.get("HTTP_HOST", "").rsplit(":", 1)[0] not in self.hosts:
            return None
        cookie = environ.get("HTTP_COOKIE", "")
        language = ""
        if cookie:
            cookies = parse_cookie(cookie)
            if any(name in cookies for name in self.cookie_names):
                return None
            language = cookies.get(COOKIE, "")
        return environ["PATH_INFO"], environ.get("QUERY_STRING", ""), language

    def version(self, commune_id: int) -> int:
        """The commune's public version now, read outside any session. It only reads: as a command, which takes SQLite's
        lock at once, it would wait for every writer."""
        if self.engine is None:
            with self.app.app_context():
                self.engine = db.engine.execution_options(reads=True)
        with self.engine.connect() as connection:
            return connection.exec_driver_sql(f"{_VERSION} {int(commune_id)}").scalar_one_or_none() or 0

    def keep(self, response: Response) -> Response:
        """Keep the answer if its view marked it; give it its ETag either way."""
        marked = g.pop("public_page_of", None)
        if marked is None or response.status_code != 200 or "Set-Cookie" in response.headers:
            return response
        commune_id, version = marked
        response.vary.update(["Accept-Encoding", "Cookie", "HX-Request"])
        response.headers["Cache-Control"] = "private, no-cache"
        key = self.key(request.environ)
        if key is None:
            return response
        body = response.get_data()
        etag = hashlib.blake2b(body, digest_size=12).hexdigest()
        response.headers["ETag"] = f'W/"{etag}"'
        headers = [(n, v) for n, v in response.headers if n not in ("Content-Length", "Content-Encoding")]
        packed = compressed(body)
        page = Page(commune_id, version, int(time.time() // 60), etag, headers, body, packed)
        with self.lock:
            self.drop(key)
            self.pages[key] = page
            self.bytes += len(body) + len(packed)
            while len(self.pages) > MAX_PAGES or self.bytes > MAX_BYTES:
                self.drop(next(iter(self.pages)))
        if etag in request.headers.get("If-None-Match", ""):
            response.status_code = 304
            response.set_data(b"")
        elif request.accept_encodings["gzip"]:
            response.set_data(packed)
            response.headers["Content-Encoding"] = "gzip"
        return response

    def clear(self) -> None:
        """Forget all pages, and the parts of which they are made."""
        with self.lock:
            self.pages.clear()
            self.bytes = 0
        self.app.extensions["fragments"].clear()

    def drop(self, key: tuple[str, ...]) -> None:
        """Forget one page."""
        old = self.pages.pop(key, None)
        if old:
            self.bytes -= len(old.body) + len(old.packed)


SUBJECTS = PLACES, SCHEDULE, QUESTIONS, PROMISES = "places", "schedule", "questions", "promises"
_OF_FEATURE = {
    "places": (PLACES,), "staff": (PLACES,), "schedule": (SCHEDULE,), "questions": (QUESTIONS,),
    "followup": (QUESTIONS, PROMISES), "verdicts": (QUESTIONS, PROMISES),
}  # fmt: skip


def subjects_of(row: object) -> tuple[str, ...]:
    """The subjects that a row belongs to: by the feature that its model stands in. None: residents never see such rows
    (guests, letters, proofs). A question that is withdrawn or moved out may take its promises along, and one that is
    linked with an earlier one brings them back."""
    from dialogues.questions.models import Question

    found = _OF_FEATURE.get(type(row).__module__.split(".")[1], ())
    attributes = sa.inspect(row).attrs if isinstance(row, Question) else None
    if attributes and (attributes.state.history.has_changes() or attributes.chain_id.history.has_changes()):
        return (*found, PROMISES)
    return found


def concerns_residents(row: object) -> int | None:
    """The commune whose public pages this changed row may show, or None."""
    from dialogues.questions.correction_models import QuestionCorrection
    from dialogues.questions.models import Asker, ConsentChange, Deferral, PublicWording, Question, QuestionUndo
    from dialogues.questions.rules import UNREAD, QuestionState
    from dialogues.staff.models import PasswordReset, Throttle, TrailEntry

    never_seen = (
        Throttle, TrailEntry, PasswordReset, ConsentChange, QuestionCorrection, PublicWording, Deferral, QuestionUndo
    )  # fmt: skip
    if isinstance(row, never_seen):
        return None
    if isinstance(row, Commune):
        return row.id
    if isinstance(row, (Question, Asker)) and sa.orm.attributes.instance_state(row).pending:
        question = row if isinstance(row, Question) else row.question
        if question is not None and (question.state or QuestionState.WAITING) in UNREAD:
            return None
    return getattr(row, "commune_id", None)


@event.listens_for(Session, "before_flush")
def _note_changes(session: Session, _context: object, _instances: object) -> None:
    touched: dict[int, set[str]] = session.info.setdefault("public_changes", {})
    changed = [row for row in session.dirty if session.is_modified(row)]  # asked once: it is built each time
    for row in (*session.new, *changed, *session.deleted):
        subjects, commune_id = subjects_of(row), concerns_residents(row)
        if commune_id and subjects:
            touched.setdefault(commune_id, set()).update(subjects)
            session.info.setdefault("shown_rows", set()).add(row)


@event.listens_for(Session, "before_commit")
def _raise_versions(session: Session) -> None:
    """Late in the transaction, so that writers of one commune wait for each other as short as can be."""
    session.flush()
    _raise_shown_versions(session, session.info.pop("shown_rows", set()))
    for commune_id, subjects in sorted(session.info.pop("public_changes", {}).items()):
        raise_public_version(session, commune_id, subjects)


@event.listens_for(Session, "after_rollback")
def _forget_changes(session: Session) -> None:
    session.info.pop("public_changes", None)
    session.info.pop("shown_rows", None)


def _raise_shown_versions(session: Session, rows: Iterable[object]) -> None:
    """The questions whose words, askers, answer or promises these rows are look different from now on."""
    from dialogues.followup.models import Answer, Commitment
    from dialogues.questions.models import Asker, Question

    question_ids, answer_ids = set(), set()
    for row in rows:
        if isinstance(row, Question):
            question_ids.add(row.id)
        elif isinstance(row, (Asker, Answer)):
            question_ids.add(row.question_id)
        elif isinstance(row, Commitment):
            answer_ids.add(row.answer_id)
    if not question_ids and not answer_ids:
        return
    changed = {"question_ids": sorted(question_ids), "answer_ids": sorted(answer_ids)}
    session.connection().execute(_raise_shown(), changed)


@cache
def _raise_shown() -> sa.Update:
    """The statement, put together once: that takes longer than running it, and every write to a public row runs it."""
    from dialogues.followup.models import Answer
    from dialogues.questions.models import Question

    question_ids: sa.BindParameter[int] = sa.bindparam("question_ids", expanding=True)
    of_answers = sa.select(Answer.question_id).where(Answer.id.in_(sa.bindparam("answer_ids", expanding=True)))
    own = sa.orm.aliased(Question)
    changed = sa.or_(own.id.in_(question_ids), own.id.in_(of_answers))
    leads = sa.select(own.lead_id).where(changed, own.lead_id.is_not(None))
    chains = sa.select(own.chain_id).where(changed, own.chain_id.is_not(None))
    concerned = sa.or_(
        Question.id.in_(question_ids),
        Question.id.in_(of_answers),
        Question.id.in_(leads),
        Question.chain_id.in_(chains),
        Question.split_from_id.in_(question_ids),
    )
    return sa.update(Question).where(concerned).values(shown_version=Question.shown_version + 1)


def raise_public_version(session: Session, commune_id: int, subjects: Iterable[str] = SUBJECTS) -> None:
    """Make every kept page of this commune stale, and the kept parts about these subjects; bulk writes, which pass the
    session by, call it themselves."""
    session.connection().execute(_raise_public(tuple(sorted(subjects))), {"commune_id": commune_id})


@cache
def _raise_public(subjects: tuple[str, ...]) -> sa.Update:
    columns = [Commune.public_version, *(getattr(Commune, f"{subject}_version") for subject in subjects)]
    of_commune = Commune.id == sa.bindparam("commune_id")
    return sa.update(Commune).where(of_commune).values({column: column + 1 for column in columns})
