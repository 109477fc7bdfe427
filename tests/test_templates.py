"""What templates may hold: no inline code, pages and fragments apart, macros in their own folder."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import jinja2
import pytest

FOLDER = Path("dialogues/templates")

FORBIDDEN = {
    r"with\s+context": 'imports a macro "with context": that crashes CPython 3.11 under threads, pass values instead',
    r"<style\b": "holds a <style>: put it into static/css",
    r"<script\b(?![^>]*\bsrc=)": "holds an inline <script>: put it into static/js",
    r"<[a-z][^>]*\sstyle\s*=": "holds a style attribute: give it a class",
    r"<[a-z][^>]*\son[a-z]+\s*=": "holds a handler (on...=): put it into static/js",
    r"\shx-on": "holds hx-on: put it into static/js",
    r"\shx-(put|patch|delete)\b": "uses another method than GET and POST",
    r"(?:src|href|action)\s*=\s*[\"'](?:https?:)?//(?!www\.w3\.org)": "names a foreign host",
    r"\|\s*safe\b": "marks text as safe: build it with Markup in Python, or escape it",
    r"{%-?\s*autoescape\s+false": "switches escaping off",
}


def without_comments(source: str) -> str:
    return re.sub(r"{#.*?#}|<!--.*?-->", "", source, flags=re.S)


def faults(name: str, source: str) -> Iterator[str]:
    """What is wrong in the template `name` (path below templates/), as sentences."""
    text = without_comments(source)
    for pattern, sentence in FORBIDDEN.items():
        if (name.endswith((".txt", ".xml", ".svg"))) and pattern.startswith("<"):
            continue
        if re.search(pattern, text, re.S | re.I):
            yield f"{name} {sentence}."
    if Path(name).name.startswith("_") and re.search(r"{%-?\s*extends\b", text):
        yield f"{name} is a fragment and must not extend a page."
    if re.search(r"{%-?\s*macro\b", text) and not name.startswith("macros/"):
        yield f"{name} defines a macro: macros stand in macros/ only."
    if name.startswith("macros/") and re.search(r"{%-?\s*(extends|block)\b", text):
        yield f"{name} is a file of macros and must not extend a page or define a block."
    for imported in re.findall(r"{%-?\s*(?:from|import)\s+[\"']([^\"']+)", text):
        if not imported.startswith("macros/"):
            yield f"{name} imports from {imported}: macros stand in macros/ only."


@pytest.fixture(scope="module")
def templates(root: Path) -> dict[str, str]:
    found = {
        path.relative_to(root / FOLDER).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted((root / FOLDER).rglob("*"))
        if path.is_file()
    }
    assert len(found) > 5
    return found


def test_templates_keep_the_rules(templates: dict[str, str]) -> None:
    assert "\n".join(sentence for name, source in templates.items() for sentence in faults(name, source)) == ""


def test_every_template_compiles(migrated_app, templates: dict[str, str]) -> None:
    broken = []
    for name in templates:
        try:
            migrated_app.jinja_env.get_template(name)
        except jinja2.TemplateError as error:
            broken.append(f"{name}: {error}")
    assert broken == []


def test_every_named_template_is_there(templates: dict[str, str]) -> None:
    lost = [
        f"{name} names {other}"
        for name, source in templates.items()
        for other in re.findall(r"{%-?\s*(?:extends|include|from|import)\s+[\"']([^\"']+)", without_comments(source))
        if other not in templates
    ]
    assert lost == []


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("a.html", '{% from "macros/x.html" import y with context %}'),
        ("a.html", "<style>p {}</style>"),
        ("a.html", "<script>alert(1)</script>"),
        ("a.html", '<p class="x" style="color: red">'),
        ("a.html", '<button type="button" onclick="go()">'),
        ("a.html", '<form hx-delete="/x">'),
        ("a.html", '<script src="https://cdn.example/x.js"></script>'),
        ("a.html", "{{ text|safe }}"),
        ("x/_part.html", '{% extends "base.html" %}'),
        ("a.html", "{% macro x() %}{% endmacro %}"),
        ("a.html", '{% from "x/y.html" import z %}'),
    ],
)
def test_the_test_can_fail(name: str, source: str) -> None:
    assert list(faults(name, source)) != []


def test_good_templates_pass() -> None:
    source = '{# with context #}{% from "macros/x.html" import y %}<a href="/one" data-on="a">{{ y(1) }}</a>'
    assert list(faults("x/_part.html", source)) == []
