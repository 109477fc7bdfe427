"""Pieces of pages, kept by everything that they show.

A page of fifty questions is made anew when one of them changes; the other forty-nine pieces are the same as before.
The key of a piece is the piece: its template, language, zone and all values, compared by content. So nothing can be
stale, nobody has to say what became invalid, and what a person may not see cannot come out for another one.
"""

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import Any

from flask import Flask
from flask_babel import get_locale
from markupsafe import Markup

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
    numbers, enums and frozen dataclasses of such; a Commune comes in as a NamedCommune."""

    def __init__(self, app: Flask) -> None:
        self.environment = app.jinja_env
        self.pieces: OrderedDict[tuple[Any, ...], Markup] = OrderedDict()
        self.characters = 0
        self.lock = Lock()
        app.jinja_env.globals["kept"] = self.kept
        app.extensions["fragments"] = self

    def kept(self, template: str, **values: Any) -> Markup:
        """The piece, made now or taken from the store."""
        commune = values.get("commune")
        if isinstance(commune, Commune):
            values["commune"] = NamedCommune(commune.slug, commune.name, commune.kind)
        locale = get_locale()
        key = (template, locale.language if locale else "", current_zone(), *values.items())
        with self.lock:
            piece = self.pieces.get(key)
            if piece is not None:
                self.pieces.move_to_end(key)
                return piece
        piece = Markup(self.environment.get_template(template).render(values))  # noqa: S704 (a template escaped it)
        with self.lock:
            if key not in self.pieces:
                self.pieces[key] = piece
                self.characters += len(piece)
            while len(self.pieces) > MAX_PIECES or self.characters > MAX_CHARACTERS:
                self.characters -= len(self.pieces.popitem(last=False)[1])
        return piece
