"""What is typed when a promise is reported done, or shown with photos and papers. Files are read by the view."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import MultipleFileField

from dialogues.followup.forms import MOST_ENTRY, RESIDENTS_READ
from dialogues.forms import BaseForm, CheckboxList, Hidden, Line, Paragraphs, Version, needed

PHOTO_TYPES = "image/jpeg,image/png"
PAPER_TYPES = f"application/pdf,{PHOTO_TYPES}"
MOST_ALT = 300
MOST_ALTS = 3200
_ALT_HINT = _l("One line says it for all of them, or one line for each, in their order.")


class Files:
    """Photos, papers and the number of a decision, each with what it shows; a mixin."""

    after = MultipleFileField(_l("Photos from after"))
    after_alt = Paragraphs(_l("What the photos from after show"), most=MOST_ALTS, description=_ALT_HINT)
    before = MultipleFileField(_l("Photos from before"))
    before_alt = Paragraphs(_l("What the photos from before show"), most=MOST_ALTS, description=_ALT_HINT)
    paper = MultipleFileField(_l("Papers"))
    paper_alt = Paragraphs(_l("What the papers are"), most=MOST_ALTS, description=_ALT_HINT)
    number = Line(
        _l("Number of a decision"),
        most=120,
        description=_l("For example: 45/QĐ-UBND of 12/10/2026. Anybody may ask for it."),
    )

    def suggest(self, shown: str) -> None:
        """Words to begin with, from the promise: who looks at the picture reads them, who cannot see it hears them."""
        short = shown if len(shown) <= 120 else shown[:119].rstrip() + "…"
        for field, text in (
            (self.after_alt, _("After the work: %(what)s", what=short)),
            (self.before_alt, _("Before the work: %(what)s", what=short)),
            (self.paper_alt, _("Paper about: %(what)s", what=short)),
        ):
            field.data = field.data or text


class DoneForm(Files, BaseForm):
    version = Version()
    counted = CheckboxList(
        _l("Photos of the work that show it finished"),
        description=_l("They came with reports of progress. Only those that you tick count as photos from after."),
    )
    text = Paragraphs(
        _l("What is there now"),
        [needed(_l("Write what is there now, so that somebody can go and look."))],
        most=MOST_ENTRY,
        description=RESIDENTS_READ,
        id="done-text",
    )
    to_asker = Paragraphs(
        _l("Sentence to those who asked"),
        [needed(_l("Write a sentence to those who asked: they get it as a message."))],
        most=500,
        description=_l("They get it with the question whether it is true. Thank them."),
    )

    def offer(self, photos: Sequence[tuple[int, str]]) -> "DoneForm":
        """Photos of the work (id, what it is), none of them ticked before."""
        self.counted.choices = [(str(id_), words) for id_, words in photos]
        if not photos and not self.counted.data:
            del self.counted
        return self

    @property
    def counted_ids(self) -> list[int]:
        """The photos of the work that were ticked."""
        return [int(id_) for id_ in self.counted.data or ()] if "counted" in self else []


class EvidenceForm(Files, BaseForm):
    """More photos and papers, at any time. Its fields have ids of their own beside the other form."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in (
            self.after,
            self.after_alt,
            self.before,
            self.before_alt,
            self.paper,
            self.paper_alt,
            self.number,
        ):
            field.id = f"more-{field.name}"
            field.label.field_id = field.id


class AltForm(BaseForm):
    """Other words for what a picture or a paper shows. `seen`: those that stood there."""

    seen = Hidden("")
    alt = Line(
        _l("What it shows"),
        [needed(_l("Write what it shows, for people who cannot see it."))],
        most=MOST_ALT,
        description=_l("Residents read it below the picture, and who cannot see it hears it."),
    )


class TakeDownForm(BaseForm):
    reason = Paragraphs(_l("Why it is taken down"), [needed(_l("Write why it is taken down."))], most=500)
