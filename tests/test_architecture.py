"""Who may import whom, who may commit, who reads the clock: the house as sentences that a machine verifies."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest

PACKAGE = "dialogues"
ORDER = ("places", "staff", "schedule", "questions", "attachments", "followup", "verdicts", "doubles", "hall")
READERS = ("invitations", "papers", "oversight", "today", "subscribers", "finding", "askers", "imports", "reminders")
DELIVERY = "post"
FEATURES = (*ORDER, *READERS, DELIVERY)
PURE = ("rules", "clock", "formatting", "errors", "ical", "likeness", "index", "naming", "vocabulary")
FRAMEWORKS = ("flask", "sqlalchemy", "wtforms", "werkzeug", "jinja2", "alembic", "psycopg")
DOMAIN_FILES = ("models", "rules", "service")
NO_SUBJECT = ("utils", "util", "helpers", "helper", "common", "misc", "tools")
REQUEST_WORDS = ("request", "session", "flash", "redirect", "render_template", "url_for", "make_response", "abort")
CLOCK_CALLS = ("datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time")
CLOCK_READERS = ("clock", "page_cache")  # the cache of pages measures its own minutes
HTMX_KNOWERS = ("web", "page_cache")


@dataclass(frozen=True)
class Module:
    """One file: dialogues.<feature>.<name>, or dialogues.<name> (feature is "")."""

    feature: str
    name: str
    tree: ast.Module

    @property
    def label(self) -> str:
        return f"{self.feature}/{self.name}.py" if self.feature else f"{self.name}.py"

    @cached_property
    def nodes(self) -> list[ast.AST]:
        return list(ast.walk(self.tree))

    @cached_property
    def is_view(self) -> bool:
        """A file that defines a blueprint, whatever its name."""
        return bool(self.feature) and any(called(node) == "Blueprint" for node in self.nodes)


def called(node: ast.AST) -> str:
    """The dotted name of a call, or an empty text."""
    if not isinstance(node, ast.Call):
        return ""
    names, where = [], node.func
    while isinstance(where, ast.Attribute):
        names.append(where.attr)
        where = where.value
    if isinstance(where, ast.Name):
        names.append(where.id)
    else:
        names.append(ast.unparse(where) if names else "")  # f().now()
    return ".".join(reversed(names))


def module(dotted: str, source: str) -> Module:
    parts = dotted.split(".")[1:] or ["__init__"]
    feature = parts[0] if parts[0] in FEATURES else ""
    rest = parts[1:] if feature else parts
    return Module(feature, ".".join(rest) or "__init__", ast.parse(source))


def imports(found: Module) -> Iterator[str]:
    """The dotted names that a module imports anywhere in it; not those for type checking only."""
    for_types = {
        id(inner)
        for node in found.nodes
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")
        for body in node.body
        for inner in ast.walk(body)
    }
    for node in found.nodes:
        if id(node) in for_types:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = [PACKAGE, found.feature] if node.level == 1 else [PACKAGE]
                base = ".".join(filter(None, [*above, base]))
            yield from (f"{base}.{alias.name}" for alias in node.names)


def faults(modules: dict[str, str]) -> list[str]:
    """What breaks the house in these modules (dotted name -> source), as sentences."""
    read = [module(dotted, source) for dotted, source in sorted(modules.items())]
    views = {f"{PACKAGE}.{found.feature}.{found.name}" for found in read if found.is_view}
    return [sentence for found in read for sentence in (*_import_faults(found, views), *_habit_faults(found))]


def _import_faults(found: Module, views: set[str]) -> Iterator[str]:
    for name in sorted(set(imports(found))):
        top = name.split(".")[0]
        if found.name in PURE and top.split("_")[0] in FRAMEWORKS:
            yield f"{found.label} is pure and must not import {name}."
        if top != PACKAGE:
            continue
        parts = name.split(".")[1:]
        feature = parts[0] if parts and parts[0] in FEATURES else ""
        file = parts[1] if feature and len(parts) > 1 else (parts[0] if parts else "")
        target = f"{PACKAGE}.{feature}.{file}"
        if found.is_view and target in views and target != f"{PACKAGE}.{found.feature}.{found.name}":
            yield f"{found.label} is a view and must not import the view {feature}/{file}.py: both may use a service."
        if found.name in DOMAIN_FILES and target in views:
            yield f"{found.label} must not import the view {feature}/{file}.py: views stand above it."
        if found.name in DOMAIN_FILES and (file == "forms" or (not feature and file in ("web", "forms"))):
            yield f"{found.label} must not import {name}: it knows no request and no form."
        if found.name == "models" and file == "service":
            yield f"{found.label} must not import {name}: services use models, not the other way round."
        if found.name == "rules" and file in ("models", "service"):
            yield f"{found.label} must not import {name}: rules stand below models and services."
        if found.name == "forms" and file in ("models", "service"):
            yield f"{found.label} must not import {name}: choices and taken names are passed in, forms make no queries."
        if found.name in (*DOMAIN_FILES, "forms") and found.feature in ORDER and feature:
            if feature in READERS:
                yield f"{found.label} must not import {name}: nothing in the domain knows {feature}."
            elif feature in ORDER and ORDER.index(feature) > ORDER.index(found.feature):
                yield f"{found.label} must not import {name}: {found.feature} comes before {feature}."
        if found.feature == DELIVERY and feature not in ("", DELIVERY) and not found.is_view:
            yield f"{found.label} must not import {name}: {DELIVERY} knows no feature, it is handed a finished message."


def _habit_faults(found: Module) -> Iterator[str]:
    if found.name.split(".")[-1] in NO_SUBJECT:
        yield f"{found.label} has no subject in its name: say what it is about."
    docstrings = {
        id(node.body[0].value)
        for node in found.nodes
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef))
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in found.nodes:
        line = getattr(node, "lineno", 0)
        name = called(node)
        if name.endswith("session.commit") and found.name in (*DOMAIN_FILES, "forms"):
            yield f"{found.label}:{line} commits: only views and commands do, one request is one transaction."
        if found.name not in CLOCK_READERS and any(name == c or name.endswith("." + c) for c in CLOCK_CALLS):
            yield f"{found.label}:{line} reads the clock with {name}(): ask dialogues.clock."
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and node.value.startswith("HX-")
            and id(node) not in docstrings
            and found.label.removesuffix(".py") not in HTMX_KNOWERS
        ):
            yield f"{found.label}:{line} knows {node.value}: only web.py knows the headers of htmx."
        if found.name in DOMAIN_FILES and isinstance(node, ast.ImportFrom) and node.module == "flask":
            words = [alias.name for alias in node.names if alias.name in REQUEST_WORDS]
            if words:
                yield f"{found.label}:{line} imports {', '.join(words)} from Flask: it knows no request."


def test_the_house_stands(root: Path) -> None:
    sources = {
        ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__"): path.read_text(
            encoding="utf-8"
        )
        for path in (root / PACKAGE).rglob("*.py")
        if "migrations" not in path.parts
    }
    assert len(sources) > 10
    assert "\n".join(faults(sources)) == ""


@pytest.mark.parametrize(
    ("modules", "said"),
    [
        ({"dialogues.places.rules": "from flask_babel import gettext"}, "is pure"),
        ({"dialogues.schedule.rules": "def f():\n    import sqlalchemy as sa"}, "is pure"),
        ({"dialogues.clock": "from werkzeug.http import http_date"}, "is pure"),
        ({"dialogues.invitations.ical": "from flask import url_for"}, "is pure"),
        ({"dialogues.places.models": "from dialogues.staff.models import Staff"}, "places comes before staff"),
        ({"dialogues.schedule.service": "from dialogues.followup import service"}, "schedule comes before followup"),
        ({"dialogues.places.service": "from ..staff import models"}, "places comes before staff"),
        ({"dialogues.questions.service": "import dialogues.hall.models"}, "questions comes before hall"),
        (
            {"dialogues.questions.service": "from dialogues.oversight.service import count"},
            "nothing in the domain knows oversight",
        ),
        ({"dialogues.post.service": "from dialogues.staff.models import Staff"}, "knows no feature"),
        ({"dialogues.staff.models": "from dialogues.staff.service import f"}, "not the other way round"),
        ({"dialogues.staff.rules": "from dialogues.staff.models import Staff"}, "stand below"),
        ({"dialogues.staff.forms": "from dialogues.staff import service"}, "make no queries"),
        ({"dialogues.staff.service": "from dialogues.web import saved"}, "knows no request"),
        ({"dialogues.staff.service": "from flask import current_app, request"}, "knows no request"),
        ({"dialogues.staff.service": "from dialogues.extensions import db\ndb.session.commit()"}, "commits"),
        ({"dialogues.staff.service": "from datetime import datetime\ndatetime.now()"}, "reads the clock"),
        ({"dialogues.staff.service": "import datetime\ndatetime.date.today()"}, "reads the clock"),
        ({"dialogues.staff.office": "x = request.headers['HX-Request']"}, "only web.py"),
        ({"dialogues.utils": ""}, "no subject"),
        (
            {
                "dialogues.staff.office": "bp = Blueprint('staff', __name__)",
                "dialogues.places.office": "bp = Blueprint('places', __name__)\nfrom dialogues.staff import office",
            },
            "must not import the view",
        ),
    ],
)
def test_the_test_can_fail(modules: dict[str, str], said: str) -> None:
    assert any(said in sentence for sentence in faults(modules)), faults(modules)


@pytest.mark.parametrize(
    "modules",
    [
        {"dialogues.places.rules": "import enum\nfrom dialogues.errors import RuleBroken"},
        {"dialogues.followup.service": "from dialogues.questions.models import Question\nfrom dialogues import clock"},
        {"dialogues.oversight.service": "from dialogues.followup.models import Commitment"},
        {"dialogues.places.models": "if TYPE_CHECKING:\n    from dialogues.staff.models import Staff"},
        {"dialogues.staff.office": "bp = Blueprint('s', 'x')\nimport dialogues.followup.service\ndb.session.commit()"},
        {"dialogues.staff.service": '"""HX-Request is not known here."""\nfrom dialogues import clock\nclock.now()'},
    ],
)
def test_good_modules_pass(modules: dict[str, str]) -> None:
    assert faults(modules) == []
