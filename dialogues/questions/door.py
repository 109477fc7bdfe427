"""The door of the asker's own pages: the tracking code is the key, and wrong ones are counted."""

from datetime import timedelta

from flask import Response, abort
from flask_babel import gettext as _

from dialogues import codes
from dialogues.extensions import db
from dialogues.places import service as places
from dialogues.questions import spelling, tracking
from dialogues.questions.forms import FindForm
from dialogues.questions.models import Asker
from dialogues.questions.spelling import Mistake
from dialogues.staff.throttle import caller, is_throttled
from dialogues.web import render

WRONG_CODES, CODE_WINDOW = 20, timedelta(minutes=10)


def find_page(typed: str, status: int = 200) -> Response:
    commune = places.only_commune()
    if commune:
        places.speak_of(commune)
    form = FindForm(formdata=None, data={"code": typed})
    if status != 200:
        form.refuse("code", _mistake(typed))
    return render("questions/find.html", form=form, status=status)


def _mistake(typed: str) -> str:
    """What is probably wrong with this code, and what to do."""
    length = len(codes.normalise(typed))
    sentences = {
        Mistake.EMPTY: _("Write the code that stands on your receipt, for example 7KMA-2X9C-H4RU."),
        Mistake.SHORT: _("A code has 12 characters, this one has %(number)s. Some are missing.", number=length),
        Mistake.LONG: _("A code has 12 characters, this one has %(number)s. Some are too many.", number=length),
        Mistake.FOREIGN: _(
            "These characters stand in no code: %(characters)s. Codes have no 0 and O, no 1, I and L.",
            characters=spelling.foreign_in(typed),
        ),
        Mistake.MISTYPED: _("One character is mistyped, or two are swapped. Compare it with your receipt once more."),
    }
    unknown = _("Nobody was given this code. Compare it with your receipt, or call the office.")
    found = spelling.mistake_in(typed)
    return sentences[found] if found else unknown


def asker_or_404(code: str) -> Asker:
    """The asker with this code, as the one whose commune the page is about. Wrong codes are counted by address."""
    name = f"code:{caller()}"
    if is_throttled(name, WRONG_CODES, CODE_WINDOW, weight=0):
        abort(429)
    asker = tracking.asker_by_code(codes.normalise(code))
    if asker is None:
        is_throttled(name, WRONG_CODES, CODE_WINDOW)
        db.session.commit()  # the try counts
        abort(find_page(code, 404))
    places.speak_of(asker.question.dialogue.commune)
    return asker
