"""The same as mine: a resident joins a published question instead of asking it once more, with a code of their own."""

from collections.abc import Collection

import sqlalchemy as sa
from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError

from dialogues import clock, codes
from dialogues.errors import RuleBroken
from dialogues.extensions import db
from dialogues.questions.intake import FLAGS
from dialogues.questions.models import Asker, ConsentChange, Question
from dialogues.questions.rules import Consent, ConsentHow, QuestionState, lacking_for
from dialogues.staff import trail
from dialogues.words import label

ALLOWED = (Consent.CONTACT, Consent.MESSAGE)
"""What a supporter may allow; a name is not asked for, as it would stand under somebody else's words."""


def join(
    *, question: Question, key: str = "", phone: str = "", email: str = "", consents: Collection[Consent] = ()
) -> Asker:
    """Add a supporter to a published question; gives the new asker, with the tracking code. With the `key` of a form
    that was sent before, the asker of the first sending: a double click counts once, with and without cookies."""
    if question.state is not QuestionState.PUBLISHED:
        raise RuleBroken(_l("Residents cannot read this question any more. Please send yours."))
    for consent in ALLOWED:
        lacking = lacking_for(consent, False, bool(phone or email)) if consent in consents else None
        if lacking:
            raise RuleBroken(label(lacking), consent.value)
    now = clock.now()
    code = _code_for(key, question)
    asker, is_new = _found_or_added(
        code,
        {
            "commune_id": question.commune_id,
            "question": question,
            "joined_at": now,
            "is_supporter": True,
            "phone": phone,
            "email": email,
            **{FLAGS[consent]: consent in consents for consent in ALLOWED},
        },
    )
    if not is_new:
        return asker
    db.session.add_all(
        ConsentChange(
            commune_id=question.commune_id,
            asker_id=asker.id,
            consent=consent,
            is_given=True,
            how=ConsentHow.WEB,
            at=now,
        )
        for consent in ALLOWED
        if consent in consents
    )
    trail.record(
        commune_id=question.commune_id, actor=None, thing="question", thing_id=question.id, action="support_joined"
    )
    db.session.flush()
    return asker


def _code_for(key: str, question: Question) -> str:
    """The tracking code that this form leads to, whenever it is sent."""
    secret = str(current_app.config["SECRET_KEY"])
    return codes.steady_tracking_code(secret, "join", question.id, key) if key else codes.new_tracking_code()


def _found_or_added(code: str, values: dict[str, object]) -> tuple[Asker, bool]:
    for _try in range(3):
        known = db.session.scalar(sa.select(Asker).where(Asker.code == code))
        if known is not None and known.question is values["question"] and known.left_at is None:
            return known, False
        if known is not None:
            code = codes.new_tracking_code()
        try:
            with db.session.begin_nested():
                asker = Asker(code=code, **values)
                db.session.add(asker)
                db.session.flush()
        except IntegrityError:
            continue  # the same form arrived twice at once: the other one is there now
        return asker, True
    raise RuntimeError("no free tracking code was found")
