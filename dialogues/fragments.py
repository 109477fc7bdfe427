"""Pieces of pages, kept by everything that they show.

A page of fifty questions is made anew when one of them changes; the other forty-nine pieces are the same as before.
The key of a piece is the piece: its template, language, zone and all values, compared by content. So nothing can be
stale, nobody has to say what became invalid, and what a person may not see cannot come out for another one.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from threading import Lock
from typing import Any, TypeVar

from flask import Flask, g, request
from markupsafe import Markup
from sqlalchemy import Row

from dialogues import clock
from dialogues.language import current_zone, spoken_language
from dialogues.places.models import Commune
from dialogues.places.rules import CommuneKind

Kept = TypeVar("Kept")
MAX_PIECES = 4000
MAX_CHARACTERS = 16_000_000


@dataclass(frozen=True)
class NamedCommune:
    """What a piece may know of its commune."""

    slug: str
    name: str
    kind: CommuneKind


def _size(piece: object) -> int:
    """Characters of a piece; other values are small."""
    return len(piece) if isinstance(piece, str) else 100


class Fragments:
    """`kept(template, **values)` in templates: as `include`, but the template sees these values only. They are texts,
    numbers, enums and frozen dataclasses of such; a Commune comes in as a NamedCommune.

    `kept_rows(template, name, versions, load, commune, *values)`: the rows of these (id, version), each fetched only
    when its piece is not in the store: `load(ids)` returns them in any order, each with its `id`.

    `{% call kept_block(name, *values) %}`: the block, kept by the values that stand in it, like `kept`; for what a view
    puts together, such as a form of many choices.

    `{% call section(name, commune, subjects, *values) %}`: the block, kept until something of these subjects changes
    ("places", "schedule", "questions", "promises": see page_cache), a value changes, or the minute ends. What the
    block shows should be fetched in the block, so that a kept one costs no query.
    """

    def __init__(self, app: Flask) -> None:
        self.environment = app.jinja_env
        self.pieces: OrderedDict[tuple[Any, ...], Any] = OrderedDict()
        self.characters = 0
        self.lock = Lock()
        app.jinja_env.globals.update(
            kept=self.kept, kept_rows=self.kept_rows, kept_block=self.kept_block, section=self.section
        )
        app.extensions["fragments"] = self

    def kept(self, template: str, **values: Any) -> Markup:
        """The piece, made now or taken from the store."""
        commune = values.get("commune")
        if isinstance(commune, Commune):
            values["commune"] = NamedCommune(commune.slug, commune.name, commune.kind)
        key = (template, spoken_language(), current_zone(), *values.items())
        (piece,) = self.stored([key])
        if piece is None:
            piece = Markup(self.environment.get_template(template).render(values))  # noqa: S704 (a template escaped it)
            self.keep(key, piece)
        found: Markup = piece
        return found

    def kept_rows(
        self,
        template: str,
        name: str,
        versions: Iterable[tuple[int, int] | Row[tuple[int, int]]],
        load: Callable[[list[int]], Iterable[Any]],
        commune: Commune,
        *values: Any,
    ) -> Markup:
        """A list of rows by id and version. `values` are what else a row shows (the day, for what is overdue)."""
        common = (template, spoken_language(), current_zone(), commune.id, commune.places_version, *values)
        keys = [(*common, *version) for version in versions]
        found = self.stored(keys)
        missing = {key[-2]: place for place, key in enumerate(keys) if found[place] is None}
        if missing:
            shown = self.environment.get_template(template)
            named = NamedCommune(commune.slug, commune.name, commune.kind)
            for row in load(list(missing)):
                place = missing[row.id]
                piece = Markup(shown.render({name: row, "commune": named}))  # noqa: S704 (a template escaped it)
                self.keep(keys[place], piece)
                found[place] = piece
        return Markup("").join(piece for piece in found if piece is not None)

    def kept_block(self, name: str, *values: Any, caller: Callable[[], Markup]) -> Markup:
        """A block, now or from the store; `values` are all that it shows."""
        key = (name, spoken_language(), current_zone(), *values)
        (found,) = self.stored([key])
        if found is None:
            found = caller()
            self.keep(key, found)
        block: Markup = found
        return block

    def section(self, name: str, commune: Commune, subjects: str, *values: Any, caller: Callable[[], Markup]) -> Markup:
        """A part of a public page, until something of the subjects changes."""
        return self.remembered(name, commune, subjects, *values, make=caller)

    def remembered(
        self,
        name: str,
        commune: Commune,
        subjects: str,
        *values: Any,
        make: Callable[[], Kept],
        is_public: bool = True,
    ) -> Kept:
        """What `make` returned for these values since something of the subjects changed. Only what a GET read is kept:
        a write that is not committed yet may still be taken back. `is_public`: only on pages that are kept whole, whose
        commune was read for them; else the commune is the one of the signed-in person, read with them."""
        if request.method not in ("GET", "HEAD") or (is_public and "public_page_of" not in g):
            return make()
        versions = tuple(getattr(commune, f"{subject}_version") for subject in subjects.split())
        minute = int(clock.now().timestamp() // 60)
        key = (name, commune.id, versions, minute, spoken_language(), *values)
        (found,) = self.stored([key])
        if found is None:
            found = make()
            self.keep(key, found)
        kept: Kept = found
        return kept

    def stored(self, keys: list[tuple[Any, ...]]) -> list[Any]:
        """What the store holds under these keys, None where nothing is; asked for just now."""
        with self.lock:
            found = [self.pieces.get(key) for key in keys]
            for key, piece in zip(keys, found, strict=True):
                if piece is not None:
                    self.pieces.move_to_end(key)
        return found

    def keep(self, key: tuple[Any, ...], piece: object) -> None:
        """Put a piece into the store; those not asked for the longest go."""
        with self.lock:
            if key not in self.pieces:
                self.pieces[key] = piece
                self.characters += _size(piece)
            while len(self.pieces) > MAX_PIECES or self.characters > MAX_CHARACTERS:
                self.characters -= _size(self.pieces.popitem(last=False)[1])

    def clear(self) -> None:
        """Forget all pieces."""
        with self.lock:
            self.pieces.clear()
            self.characters = 0
