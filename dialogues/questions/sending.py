"""One sending of a resident: up to five matters, each a question of its own with a code of its own."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from dialogues.errors import RuleBroken
from dialogues.extensions import db
from dialogues.places.rules import Field
from dialogues.questions import intake, pace, suspicion
from dialogues.questions.models import Asker
from dialogues.questions.rules import IntakeChannel, QuestionKind, Suspicion
from dialogues.schedule.models import Dialogue


@dataclass(frozen=True)
class Matter:
    """One matter as it was typed; `suffix` is the end of the names of its fields in the form."""

    text: str
    field: Field
    kind: QuestionKind
    suffix: str = ""


def send(
    *,
    dialogue: Dialogue,
    key: str,
    line: str,
    matters: Sequence[Matter],
    signs: Collection[Suspicion] = (),
    **person: Any,
) -> list[Asker]:
    """Take all matters in, or none, and give their askers. `key` belongs to the opened form: what arrived with it
    before is given again and not counted again. `signs` are suspicious about the sending; its texts may have more."""
    askers: dict[int, Asker] = {}
    is_new = False
    for matter in matters:
        found = set(signs)
        if not intake.has_arrived(dialogue, key, [matter.text]):
            is_new = True
            found |= set(suspicion.signs_in(matter.text))
            if pace.is_repeated(line, matter.text):
                found.add(Suspicion.REPEATED)
        asker = _receive(dialogue, key, matter, found, person)
        askers[asker.id] = asker
    if is_new:
        pace.count(line)
    db.session.flush()
    return list(askers.values())


def _receive(
    dialogue: Dialogue, key: str, matter: Matter, signs: Collection[Suspicion], person: dict[str, Any]
) -> Asker:
    try:
        return intake.receive(
            dialogue=dialogue,
            text=matter.text,
            field=matter.field,
            kind=matter.kind,
            channel=IntakeChannel.PORTAL,
            key=key,
            suspicions=signs,
            **person,
        )
    except RuleBroken as broken:
        of_matter = broken.field in ("text", "field", "kind")
        raise RuleBroken(broken.message, broken.field + matter.suffix if of_matter else broken.field) from None
