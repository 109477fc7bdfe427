"""What stands on a receipt, on paper and on the screen, whoever prints it."""

from dataclasses import dataclass
from typing import Any

from dialogues import codes, qr
from dialogues.language import current_language
from dialogues.questions.models import Asker
from dialogues.questions.spelling import spelled
from dialogues.schedule import service as schedule
from dialogues.schedule.deadlines import result_due_on
from dialogues.web import absolute


@dataclass(frozen=True)
class Line:
    """One matter on the receipt of a sending of several; `address` stands under the picture, to be typed from paper."""

    text: str
    code: str
    plain_code: str
    spelled: str
    address: str
    picture: str


def line(asker: Asker) -> Line:
    """The matter of this asker."""
    address = absolute("questions.tracking", code=asker.code)
    code, said = codes.grouped(asker.code), spelled(asker.code, current_language())
    text = asker.question.public_text if asker.is_supporter else asker.question.text
    return Line(text, code, asker.code, said, address, qr.picture(address))


def values(asker: Asker) -> dict[str, Any]:
    """The values of `questions/_receipt.html`. The address comes from BASE_URL: it is read from paper."""
    dialogue = asker.question.dialogue
    address = absolute("questions.tracking", code=asker.code)
    return {
        "commune": dialogue.commune,
        "question": asker.question,
        "dialogue": dialogue,
        "code": codes.grouped(asker.code),
        "spelled": spelled(asker.code, current_language()),
        "address": address,
        "picture": qr.picture(address),
        "result_on": result_due_on(dialogue.commune, schedule.session_on(dialogue)),
    }
