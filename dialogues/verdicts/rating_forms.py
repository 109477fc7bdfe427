"""What is typed when answers are rated."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l

from dialogues.forms import BaseForm, Hidden, Number, OpenForm, Optional, Paragraphs, RadioField, Select, needed
from dialogues.verdicts.rules import Rating
from dialogues.words import choices

MOST_SENTENCE = 500
MOST_PAPERS = 500


class RateForm(OpenForm):
    """By an asker: which answer stands in a hidden field."""

    answer = Hidden()
    rating = RadioField(
        _l("Are you satisfied with the answer?"), [needed(_l("Choose one of the three."))], choices=choices(Rating)
    )
    text = Paragraphs(_l("In one sentence, why?"), [Optional()], most=MOST_SENTENCE)

    @property
    def answer_id(self) -> int | None:
        raw = self.answer.data or ""
        return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 10 else None


class TabletForm(OpenForm):
    """On the tablet: the buttons are the rating."""

    sheet = Hidden()
    rating = RadioField(
        _l("Are you satisfied with the answer?"), [needed(_l("Choose one of the three."))], choices=choices(Rating)
    )
    text = Paragraphs(_l("In one sentence, why?"), [Optional()], most=MOST_SENTENCE)


class OnePaperForm(BaseForm):
    """One paper on which somebody wrote a sentence."""

    sheet = Hidden()
    answer = Select(_l("Question"), [needed(_l("Choose the question."))], ids="answer")
    rating = RadioField(_l("Ticked"), [needed(_l("Choose one of the three."))], choices=choices(Rating))
    text = Paragraphs(_l("What is written beside it"), [Optional()], most=MOST_SENTENCE)


def grid(answer_ids: Sequence[int], **kwargs: Any) -> BaseForm:
    """The form of a pile of papers: three numbers for each answer, named `n-<answer>-<rating>`."""
    fields: dict[str, Any] = {"sheet": Hidden()}
    for answer_id in answer_ids:
        for rating, label in choices(Rating):
            fields[cell(answer_id, rating)] = Number(label, [Optional()], high=MOST_PAPERS)
    form: BaseForm = type("GridForm", (BaseForm,), fields)(**kwargs)
    return form


def cell(answer_id: int, rating: str) -> str:
    """The name of the field for this rating of this answer."""
    return f"n-{answer_id}-{rating}"
