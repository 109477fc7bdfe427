"""Pieces of pages, kept by everything that they show.

A page of fifty questions is made anew when one of them changes; the other forty-nine pieces are the same as before.
The key of a piece is the piece: its template, language, zone and all values, compared by content. So nothing can be
stale, nobody has to say what became invalid, and what a person may not see cannot come out for another one.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from threading import Lock
from typing import Any

from flask import Flask, g, request
from flask_babel import get_locale
from markupsafe import Markup

from dialogues import clock
from dialogues.language import current_zone
from dialogues.places.models import Commune
from dialogues.places.rules import CommuneKind

MAX_PIECES = 4000
MAX_CHARACTERS = 16_000_000


@dataclass(frozen=True)
class NamedCommune:
    """What a piece may know of its commune."""

    slug: str
    name: str
    kind: CommuneKind


class Fragments:
    """`kept(template, **values)` in templates: as `include`, but the template sees these values only. They are texts,
    numbers, enums and frozen dataclasses of such; a Commune comes in as a NamedCommune.

    `kept_each(template, name, rows, **values)`: the same for every row of a list, which comes in as `name`.

    `{% call section(name, commune, subjects, *values) %}`: the block, kept until something of these subjects changes
    ("places", "schedule", "questions": see page_cache), a value changes, or the minute ends. What the block shows
    should be fetched in the block, so that a kept one costs no query.
    """

    def __init__(self, app: Flask) -> None:
        self.environment = app.jinja_env
        self.pieces: OrderedDict[tuple[Any, ...], Markup] = OrderedDict()
        self.characters = 0
        self.lock = Lock()
        app.jinja_env.globals.update(kept=self.kept, kept_each=self.kept_each, section=self.section)
        app.extensions["fragments"] = self

    def kept(self, template: str, **values: Any) -> Markup:
        """The piece, made now or taken from the store."""
        return self.pieces_of(template, values, [()])

    def kept_each(self, template: str, name: str, rows: Iterable[Any], **values: Any) -> Markup:
        """The pieces of these rows, one after the other."""
        return self.pieces_of(template, values, [((name, row),) for row in rows])

    def section(self, name: str, commune: Commune, subjects: str, *values: Any, caller: Callable[[], Markup]) -> Markup:
        """A part of a public page under an explicit key. Only what a GET read is kept: a write that is not committed
        yet may still be taken back."""
        if request.method not in ("GET", "HEAD") or "public_page_of" not in g:
            return caller()
        locale = get_locale()
        versions = tuple(getattr(commune, f"{subject}_version") for subject in subjects.split())
        minute = int(clock.now().timestamp() // 60)
        key = (name, commune.id, versions, minute, locale.language if locale else "", *values)
        with self.lock:
            piece = self.pieces.get(key)
            if piece is not None:
                self.pieces.move_to_end(key)
        if piece is None:
            piece = caller()
            self.keep(key, piece)
        return piece

    def pieces_of(self, template: str, shared: dict[str, Any], own: list[tuple[tuple[str, Any], ...]]) -> Markup:
        """One piece for each member of `own`, a (name, value) or none, beside the shared values."""
        commune = shared.get("commune")
        if isinstance(commune, Commune):
            shared["commune"] = NamedCommune(commune.slug, commune.name, commune.kind)
        locale = get_locale()
        common = (template, locale.language if locale else "", current_zone(), *shared.items())
        keys = [(*common, *one) for one in own]
        with self.lock:
            found = [self.pieces.get(key) for key in keys]
            for key, piece in zip(keys, found, strict=True):
                if piece is not None:
                    self.pieces.move_to_end(key)
        made = {}
        for place, piece in enumerate(found):
            if piece is None:
                made[place] = Markup(  # noqa: S704 (a template escaped it)
                    self.environment.get_template(template).render({**shared, **dict(own[place])})
                )
        for place, piece in made.items():
            self.keep(keys[place], piece)
            found[place] = piece
        return Markup("").join(piece for piece in found if piece is not None)

    def keep(self, key: tuple[Any, ...], piece: Markup) -> None:
        """Put a piece into the store; those not asked for the longest go."""
        with self.lock:
            if key not in self.pieces:
                self.pieces[key] = piece
                self.characters += len(piece)
            while len(self.pieces) > MAX_PIECES or self.characters > MAX_CHARACTERS:
                self.characters -= len(self.pieces.popitem(last=False)[1])
