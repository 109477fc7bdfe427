"""How an asker can be reached: added or changed by the tracking code, or by a clerk on behalf."""

from flask_babel import lazy_gettext as _l

from dialogues import clock
from dialogues.askers import letters
from dialogues.errors import RuleBroken
from dialogues.extensions import db
from dialogues.questions.models import Asker
from dialogues.staff import trail
from dialogues.staff.models import Staff

ERASED = _l("The contact data of this question was erased. It can be asked again with a new question.")


def change(*, asker: Asker, name: str, phone: str, email: str, actor: Staff | None = None) -> bool:
    """Take what is filled in; what is empty stays as it is. A new e-mail address gets word only when its owner has
    confirmed it, or when a clerk wrote it down. Whether anything changed."""
    if asker.erased_at is not None:
        raise RuleBroken(ERASED)
    wanted = {"name": name, "phone": phone, "email": email}
    new = {field: value for field, value in wanted.items() if value and value != getattr(asker, field)}
    if not any(wanted.values()):
        raise RuleBroken(_l("Write a name, a phone number or an e-mail address."), "phone")
    if not new:
        return False
    if "email" in new or "phone" in new:
        letters.let_go(asker=asker, reason=str(_l("The asker has another address or number now.")))
    for field, value in new.items():
        setattr(asker, field, value)
    if "email" in new:
        asker.email_confirmed_at = clock.now() if actor is not None else None
    db.session.flush()
    trail.record(
        commune_id=asker.commune_id,
        actor=actor,
        thing="question",
        thing_id=asker.question_id,
        action="contact_changed",
    )
    db.session.flush()
    follow(asker=asker)
    return True


def follow(*, asker: Asker) -> None:
    """After a new address or consent: ask whether letters are wanted, or send what waits for it."""
    if not (asker.may_message and asker.email):
        return
    if asker.email_confirmed_at is None:
        letters.ask(asker)
    else:
        letters.resume(asker=asker)
