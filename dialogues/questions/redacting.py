"""The form in which a clerk makes a public text: what is proposed, what ticks make of it, what still stands in it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from dialogues.places import service as places
from dialogues.questions import redaction, sorting
from dialogues.questions.forms import PublishForm
from dialogues.questions.models import Question
from dialogues.questions.redaction import Finding
from dialogues.text import clean_text


@dataclass(frozen=True)
class Look:
    """What the form shows beside its fields: the text with its marks, and what is still private in it."""

    pieces: list[tuple[bool, str]]
    remaining: list[Finding]

    @property
    def is_marked(self) -> bool:
        return any(mark for mark, _piece in self.pieces)


def base_of(question: Question) -> str:
    """What a public text is made from: the one that stands, else the original."""
    return question.public_text or question.own_text


def village_names(commune_id: int) -> list[str]:
    """Names that are none of persons; one query."""
    return [village.name for village in places.villages(commune_id)]


def candidates(question: Question, villages: Sequence[str] | None = None) -> list[Finding]:
    """What the clerk is asked about; `villages` when they are known already."""
    villages = village_names(question.commune_id) if villages is None else villages
    return redaction.candidates(base_of(question), villages, sorting.office_numbers(question))


def usual_values(question: Question) -> dict[str, object]:
    """The form as it opens: numbers, addresses and full names are left out."""
    words = [one.text for one in candidates(question) if one.is_sure]
    text = redaction.without(base_of(question), words)
    return {"leave_out": words, "public_text": text, "proposal": print_of(text)}


def offer(form: PublishForm, question: Question) -> None:
    """Each word with what stands in its place."""
    form.leave_out.choices = [(one.text, f"{one.text} → {one.placeholder}") for one in candidates(question)]


def apply(form: PublishForm, question: Question) -> bool:
    """Make the text follow the ticks; whether that changed it."""
    typed = form.public_text.data or ""
    if form.proposal.data == print_of(typed):
        text = redaction.without(base_of(question), form.words())
        form.proposal.data = print_of(text)
    else:
        text = redaction.without(typed, form.words())
    form.public_text.data = text
    return text != typed


def look(form: PublishForm, question: Question) -> Look:
    """The preview of what stands in the form."""
    text = form.public_text.data or ""
    return Look(redaction.pieces(text), redaction.findings(text, sorting.office_numbers(question)))


def print_of(text: str) -> str:
    """A short print of a text, the same for what a browser sends back."""
    return hashlib.blake2b(clean_text(text).encode(), digest_size=12).hexdigest()
