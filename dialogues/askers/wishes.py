"""What an asker may do with the own question and data: by the tracking code, or by a clerk on behalf who writes down
how it was said. Each wish stands in the register (see requests.py)."""

from flask_babel import lazy_gettext as _l

from dialogues.askers import contact, erasing, letters, requests
from dialogues.askers.data_file import text_of
from dialogues.askers.rules import RequestKind
from dialogues.errors import RuleBroken
from dialogues.questions import corrections, intake, tracking
from dialogues.questions.models import Asker
from dialogues.questions.rules import Consent, ConsentHow, Erasure
from dialogues.staff.models import Staff

K, WEB = RequestKind, ConsentHow.WEB


def set_consent(
    *, asker: Asker, consent: Consent, is_given: bool, how: ConsentHow = WEB, actor: Staff | None = None
) -> None:
    """Give a consent or take it back; without messages the letters that wait are not sent."""
    if asker.erased_at is not None and is_given:
        raise RuleBroken(contact.ERASED)
    if getattr(asker, intake.FLAGS[consent]) == is_given:
        return
    intake.set_consent(asker=asker, consent=consent, is_given=is_given, how=how, actor=actor)
    if not is_given:
        requests.fulfilled(asker=asker, kind=K.STOP, how=how, actor=actor)
    if consent is not Consent.MESSAGE:
        return
    if is_given:
        contact.follow(asker=asker)
    else:
        letters.let_go(asker=asker, reason=str(_l("The asker does not allow messages any more.")))


def withdraw(*, asker: Asker, how: ConsentHow = WEB, actor: Staff | None = None) -> None:
    """Take the question back."""
    tracking.withdraw(asker=asker, actor=actor)
    requests.fulfilled(asker=asker, kind=K.STOP, how=how, actor=actor)


def correct(*, asker: Asker, text: str, how: ConsentHow = WEB, actor: Staff | None = None) -> bool:
    """Other words for the question, before it is published; whether they are others."""
    if asker.is_supporter:
        raise RuleBroken(_l("Somebody else wrote this question; who joined it cannot change its words."), "text")
    made = corrections.correct(question=asker.question, text=text, how=how, actor=actor)
    if made is not None:
        requests.fulfilled(asker=asker, kind=K.CORRECT, how=how, actor=actor)
    return made is not None


def change_contact(
    *, asker: Asker, name: str, phone: str, email: str, how: ConsentHow = WEB, actor: Staff | None = None
) -> bool:
    """Another name, number or address; whether anything changed."""
    changed = contact.change(asker=asker, name=name, phone=phone, email=email, actor=actor)
    if changed:
        requests.fulfilled(asker=asker, kind=K.CORRECT, how=how, actor=actor)
    return changed


def show_data(*, asker: Asker, how: ConsentHow = WEB, actor: Staff | None = None) -> str:
    """Everything that is stored about the asker, as a text."""
    requests.fulfilled(asker=asker, kind=K.SHOW, how=how, actor=actor)
    return text_of(asker)


def erase(*, asker: Asker, how: ConsentHow = WEB, actor: Staff | None = None) -> None:
    """Erase name, phone and e-mail; the anonymous question stays."""
    if asker.erased_at is not None:
        raise RuleBroken(_l("The contact data of this question is erased already."))
    requests.fulfilled(asker=asker, kind=K.ERASE, how=how, actor=actor)
    erasing.erase(asker=asker, why=Erasure.WISH, actor=actor)
