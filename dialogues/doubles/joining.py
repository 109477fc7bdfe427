"""The same as mine: a resident joins a published question instead of asking it once more, with a code of their own."""

from collections.abc import Collection

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


def join(*, question: Question, phone: str = "", email: str = "", consents: Collection[Consent] = ()) -> Asker:
    """Add a supporter to a published question; gives the new asker, with the tracking code."""
    if question.state is not QuestionState.PUBLISHED:
        raise RuleBroken(_l("Residents cannot read this question any more. Please send yours."))
    for consent in ALLOWED:
        lacking = lacking_for(consent, False, bool(phone or email)) if consent in consents else None
        if lacking:
            raise RuleBroken(label(lacking), consent.value)
    now = clock.now()
    asker = _add(
        {
            "commune_id": question.commune_id,
            "question": question,
            "joined_at": now,
            "is_supporter": True,
            "phone": phone,
            "email": email,
            **{FLAGS[consent]: consent in consents for consent in ALLOWED},
        }
    )
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


def _add(values: dict[str, object]) -> Asker:
    for _try in range(3):
        try:
            with db.session.begin_nested():
                asker = Asker(code=codes.new_tracking_code(), **values)
                db.session.add(asker)
                db.session.flush()
        except IntegrityError:
            continue
        return asker
    raise RuntimeError("no free tracking code was found")
