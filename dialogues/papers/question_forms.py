"""Forms on paper for questions: each says in a short code which dialogue and village it belongs to."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import force_locale
from markupsafe import Markup

from dialogues import codes, qr
from dialogues.papers import kit
from dialogues.papers.kit import Facts
from dialogues.places.models import Village
from dialogues.places.rules import Field
from dialogues.places.service import villages
from dialogues.questions.rules import QuestionKind
from dialogues.schedule.models import Dialogue
from dialogues.words import label


@dataclass(frozen=True)
class QuestionForm:
    """What one form says beside the facts of its dialogue; words in Vietnamese."""

    village: str
    code: str
    picture: Markup
    deadline: str
    kinds: tuple[str, ...]
    fields: tuple[str, ...]


def villages_for(dialogue: Dialogue) -> list[Village]:
    """The villages of the dialogue, all of them when it is for the whole commune."""
    wanted = {village.id for village in dialogue.villages}
    return [village for village in villages(dialogue.commune_id) if not wanted or village.id in wanted]


def forms_of(dialogue: Dialogue, facts: Facts, wanted: Sequence[Village | None]) -> list[QuestionForm]:
    """A form for each village; None: without village."""
    with force_locale("vi"):
        kinds = tuple(str(label(kind)) for kind in QuestionKind)
        fields = tuple(f"{field.letter}. {label(field)}" for field in Field)
    deadline = kit.deadline(facts) if facts.is_on else ""
    return [
        QuestionForm(
            village=village.label if village else "",
            code=codes.grouped(codes.form_code(dialogue.code, village.id if village else 0), 3),
            picture=qr.drawing(_address(facts, village), "Mã QR: trang gửi câu hỏi"),
            deadline=deadline,
            kinds=kinds,
            fields=fields,
        )
        for village in wanted
    ]


def _address(facts: Facts, village: Village | None) -> str:
    return f"{facts.ask_url}?village={village.id}" if village else facts.ask_url
