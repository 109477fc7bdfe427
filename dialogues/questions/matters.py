"""Several matters in one sending as they are typed: `text`, `field`, `kind` of the first, `text_2`, ... of the rest."""

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from dialogues.forms import Hidden, OpenForm, Paragraphs, Select, ValidationError
from dialogues.places.rules import Field
from dialogues.questions.rules import MAX_TEXT, MOST_MATTERS, QuestionKind
from dialogues.words import choices

PARTS = ("text", "field", "kind")
_BLANK = {"text": "", "field": "", "kind": QuestionKind.QUESTION.value}


class _Beside:
    """Needed as soon as the other one of the matter is filled in; a matter of which nothing is written is none."""

    def __init__(self, other: str, message: object) -> None:
        self.other, self.message = other, message

    def __call__(self, form: Any, field: Any) -> None:
        if not field.data and form[self.other].data:
            raise ValidationError(str(self.message))


def _fields_of(number: int) -> dict[str, Any]:
    """The three fields of a further matter."""
    text, field, kind = (f"{part}_{number}" for part in PARTS)
    write = _l("Matter %(number)s: write it, or take it away.", number=number)
    choose = _l("Matter %(number)s: choose what it is about.", number=number)
    fields = [("", _l("Please choose")), *choices(Field)]
    return {
        text: Paragraphs(_l("Your question or opinion"), [_Beside(field, write)], most=MAX_TEXT),
        field: Select(_l("What is it about?"), [_Beside(text, choose)], choices=fields, default=""),
        kind: Select(_l("It is"), default=_BLANK["kind"], choices=choices(QuestionKind)),
    }


@dataclass(frozen=True)
class TypedMatter:
    """The fields of one matter in the form; `suffix` is the end of their names."""

    number: int
    text: Any
    field: Any
    kind: Any

    @property
    def suffix(self) -> str:
        return "" if self.number == 1 else f"_{self.number}"


class MoreMatters:
    """A mixin for the form whose first matter is `text`, `field`, `kind`: four more; `shown` of all are seen."""

    again = Hidden()  # "1" when the form came back with the wish to wait, or to look at it once more
    offered = Hidden()  # "1" when dividing the text was offered before
    shown = 1

    def count_shown(self: Any) -> None:
        """See as many matters as were sent along."""
        self.shown = max([n for n in range(2, MOST_MATTERS + 1) if self[f"text_{n}"].raw_data], default=1)

    def matters(self: Any) -> list[TypedMatter]:
        """Those that are seen, the first one first."""
        numbered = [(1, ""), *((n, f"_{n}") for n in range(2, self.shown + 1))]
        return [TypedMatter(n, *(self[part + suffix] for part in PARTS)) for n, suffix in numbered]

    def written(self) -> list[TypedMatter]:
        """Those that are sent: the first one, and the others of which something is written."""
        return [one for one in self.matters() if one.number == 1 or one.text.data]

    def can_add(self) -> bool:
        return self.shown < MOST_MATTERS

    def typed(self) -> list[dict[str, str]]:
        """What stands in each matter."""
        return [{part: getattr(one, part).data or "" for part in PARTS} for one in self.matters()]

    def put(self, typed: list[dict[str, str]]) -> None:
        """See these matters instead, at most as many as can be sent."""
        typed = typed[:MOST_MATTERS] or [_BLANK]
        self.shown = len(typed)
        for one, values in zip(self.matters(), typed, strict=True):
            for part in PARTS:
                getattr(one, part).data = values[part]

    def add(self) -> None:
        self.put([*self.typed(), _BLANK])

    def take_away(self, number: str) -> None:
        """Without the matter of this number; the first one stays."""
        self.put([one for n, one in enumerate(self.typed(), start=1) if n == 1 or str(n) != number])

    def divide(self, texts: list[str]) -> None:
        """The first matter as several, in the same field until somebody chooses another one."""
        first, *others = self.typed()
        self.put([*({**_BLANK, **first, "text": text} for text in texts), *others])

    def can_divide(self, texts: list[str]) -> bool:
        return len(texts) > 1 and self.shown - 1 + len(texts) <= MOST_MATTERS


for _number in range(2, MOST_MATTERS + 1):
    for _name, _field in _fields_of(_number).items():
        setattr(MoreMatters, _name, _field)


class BlankMatter(OpenForm):
    """A further matter before it has a number: the browser copies it where scripts run."""

    def matter(self) -> TypedMatter:
        return TypedMatter(0, *(self[f"{part}_0"] for part in PARTS))


for _name, _field in _fields_of(0).items():
    setattr(BlankMatter, _name, _field)
