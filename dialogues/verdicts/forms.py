"""What is typed about a report: by an asker, by who asks at the door, by the overseer; and what is made public."""

from flask_babel import lazy_gettext as _l

from dialogues.forms import BaseForm, Hidden, OpenForm, Paragraphs, RadioField, needed
from dialogues.verdicts.rules import Judgement
from dialogues.words import choices

MOST_WORDS = 1000


class Saying:
    """Done, in part or not, and a sentence; a mixin. `report`: which report the page showed."""

    report = Hidden()
    judgement = RadioField(
        _l("Is it really done?"), [needed(_l("Choose what you see: done, only a part, or not done."))],
        choices=choices(Judgement),
    )  # fmt: skip
    text = Paragraphs(_l("What is still missing, or what you want to say"), most=MOST_WORDS)

    @property
    def report_id(self) -> int:
        raw = str(self.report.data or "")
        return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 10 else -1


class SayForm(Saying, OpenForm):
    """By an asker; the code or the link is the key."""

    text = Paragraphs(
        _l("What is still missing, or what you want to say"),
        most=MOST_WORDS,
        description=_l("The office reads it first; then it stands on the page without your name."),
    )


class NoteForm(Saying, BaseForm):
    """What an asker said, written down at the door or on the phone."""

    text = Paragraphs(
        _l("In the words of the person"),
        most=MOST_WORDS,
        description=_l("Needed for “only a part” and “not done”. Without names of others."),
    )


class OverseerForm(Saying, BaseForm):
    """What the overseer saw."""

    text = Paragraphs(
        _l("What you saw or heard"), most=MOST_WORDS, description=_l("Residents read this."), id="verdict-text"
    )


class SentenceForm(BaseForm):
    seen = Hidden()
    public_text = Paragraphs(
        _l("What residents will read"),
        most=MOST_WORDS,
        description=_l("Leave out names, numbers, and what is about others."),
    )
