"""What askers wrote about a report: read by the office before residents do."""

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from dialogues import clock
from dialogues.errors import EditConflict, RuleBroken
from dialogues.extensions import db
from dialogues.followup.models import CommitmentEntry
from dialogues.followup.rules import EntryKind
from dialogues.questions import redaction
from dialogues.staff import trail
from dialogues.staff.models import Staff
from dialogues.verdicts.models import CommitmentVerdict
from dialogues.verdicts.rules import Judgement
from dialogues.verdicts.saying import MOST_WORDS

_LINES = {
    Judgement.NOT_DONE: EntryKind.REOPENED,
    Judgement.PARTLY: EntryKind.OBJECTED,
    Judgement.DONE: EntryKind.CONFIRMED,
}


def proposal(verdict: CommitmentVerdict, villages: list[str]) -> str:
    """The words as they may stand in public: numbers, addresses and full names are left out."""
    if verdict.public_text:
        return verdict.public_text
    words = [one.text for one in redaction.candidates(verdict.text, villages) if one.is_sure]
    return redaction.without(verdict.text, words)


def seen_of(verdict: CommitmentVerdict) -> str:
    """What tells the words that were read from words that came later."""
    return f"{verdict.at.timestamp():.6f}"


def _check(verdict: CommitmentVerdict, seen: str) -> None:
    if verdict.asker_id is None or not verdict.text:
        raise RuleBroken(_l("There are no words of an asker to read here any more."))
    if seen != seen_of(verdict):
        raise EditConflict


def publish(*, verdict: CommitmentVerdict, public_text: str, seen: str, actor: Staff) -> None:
    """Residents read these words from now on: among what is said, and in the story where nothing stands yet."""
    _check(verdict, seen)
    if not public_text:
        raise RuleBroken(_l("Write what residents will read, or keep it back."), "public_text")
    if len(public_text) > MOST_WORDS:
        raise RuleBroken(_l("This is too long: at most %(most)s characters.", most=MOST_WORDS), "public_text")
    if private := redaction.findings(public_text):
        found = ", ".join(one.text for one in private)
        raise RuleBroken(_l("This must not be public: %(found)s. Leave it out.", found=found), "public_text")
    before = verdict.public_text
    verdict.public_text, verdict.published_at = public_text, clock.now()
    _put_into_story(verdict, before)
    _record(verdict, actor, "verdict_published")


def keep_back(*, verdict: CommitmentVerdict, seen: str, actor: Staff) -> None:
    """Read, and not published: what was said still counts."""
    _check(verdict, seen)
    before = verdict.public_text
    verdict.public_text, verdict.published_at = "", clock.now()
    _put_into_story(verdict, before)
    _record(verdict, actor, "verdict_kept_back")


def _put_into_story(verdict: CommitmentVerdict, before: str) -> None:
    """Into the line that this voice caused: the first without author after the report that has these words or none."""
    line = db.session.scalar(
        sa.select(CommitmentEntry)
        .where(
            CommitmentEntry.commitment_id == verdict.commitment_id,
            CommitmentEntry.id > verdict.entry_id,
            CommitmentEntry.kind == _LINES[verdict.judgement],
            CommitmentEntry.author_id.is_(None),
            CommitmentEntry.at == verdict.at,
            CommitmentEntry.text.in_({"", before}),
        )
        .order_by(CommitmentEntry.id)
        .limit(1)
    )
    if line is not None:
        line.text = verdict.public_text


def _record(verdict: CommitmentVerdict, actor: Staff, action: str) -> None:
    db.session.flush()
    trail.record(
        commune_id=verdict.commune_id, actor=actor, thing="commitment", thing_id=verdict.commitment_id, action=action
    )
