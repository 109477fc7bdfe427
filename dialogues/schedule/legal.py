"""What the law asks of a dialogue before it is announced: what an announcement lacks, and what it lacked."""

from datetime import datetime

from flask_babel import lazy_gettext as _l

from dialogues import clock
from dialogues.schedule.deadlines import announce_by
from dialogues.schedule.models import Dialogue
from dialogues.schedule.rules import AnnouncementCheck, Draft, missing_for_announcement
from dialogues.schedule.service import session_on

LACKED: dict[AnnouncementCheck, object] = {
    AnnouncementCheck.NOTICE: _l("Announced less than 7 days before"),
    AnnouncementCheck.MTTQ: _l("Announced without the Fatherland Front (MTTQ) as partner"),
    AnnouncementCheck.CHAIR: _l("Announced without a named chair"),
    AnnouncementCheck.CO_CHAIR: _l("Announced without a co-chair from the Standing People's Council"),
    AnnouncementCheck.PARTY: _l("Announced without an invitation to the Party committee"),
}
"""What an announcement lacked, said to residents."""
WRITE_REASON: dict[AnnouncementCheck, object] = {
    AnnouncementCheck.NOTICE: _l("Write why it is announced less than 7 days before. Residents read it."),
    AnnouncementCheck.MTTQ: _l("Write why the Fatherland Front (MTTQ) is no partner. Residents read it."),
    AnnouncementCheck.CHAIR: _l("Write why no chair is named. Residents read it."),
    AnnouncementCheck.CO_CHAIR: _l(
        "Write why no co-chair from the Standing People's Council is named. Residents read it."
    ),
    AnnouncementCheck.PARTY: _l("Write why the Party committee is not invited. Residents read it."),
}
"""A sentence each, so that two missing reasons can be told apart above the form."""


def reasons(dialogue: Dialogue) -> list[tuple[object, str, datetime]]:
    """What its announcements lacked, with the reason and when it was given."""
    return [(LACKED[row.check], row.reason, row.given_at) for row in dialogue.announcement_reasons]


def facts(dialogue: Dialogue) -> Draft:
    """The facts that the checks before an announcement look at."""
    return Draft(
        starts_at=dialogue.starts_at,
        announce_by=announce_by(dialogue.commune, session_on(dialogue)).on,
        place=dialogue.place,
        online_link=dialogue.online_link,
        form=dialogue.form,
        purpose=dialogue.purpose,
        has_topics=bool(dialogue.topic_rows),
        how_to_attend=dialogue.how_to_attend,
        has_mttq=bool(dialogue.mttq_partner),
        has_chair=dialogue.chair_id is not None,
        has_co_chair=dialogue.co_chair_id is not None,
        party_invited=dialogue.party_invited,
    )


def missing(dialogue: Dialogue, now: datetime) -> list[AnnouncementCheck]:
    """What the announcement would lack if it were made at `now`."""
    return missing_for_announcement(facts(dialogue), now, clock.local(now, dialogue.commune.time_zone).date())
