"""What the law asks of a dialogue: what an announcement lacks, what it lacked, and the days to keep."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_babel import lazy_gettext as _l

from dialogues import clock
from dialogues.schedule.models import Dialogue
from dialogues.schedule.rules import (
    NOTICE_DAYS,
    AnnouncementCheck,
    DialogueState,
    Draft,
    is_late_announcement,
    missing_for_announcement,
    question_deadline,
    result_due_on,
)
from dialogues.schedule.service import session_on

S = DialogueState


@dataclass(frozen=True)
class LegalDay:
    """One day that the law or the plan sets for a dialogue, and when it was kept."""

    what: object
    on: date
    done_on: date | None
    is_late: bool


LACKED: dict[AnnouncementCheck, object] = {
    AnnouncementCheck.NOTICE: _l("Announced less than 7 days before"),
    AnnouncementCheck.MTTQ: _l("Announced without the Fatherland Front (MTTQ) as partner"),
    AnnouncementCheck.CHAIR: _l("Announced without a named chair"),
    AnnouncementCheck.CO_CHAIR: _l("Announced without a co-chair from the Standing People's Council"),
    AnnouncementCheck.PARTY: _l("Announced without an invitation to the Party committee"),
}
"""What an announcement lacked, said to residents."""


def reasons(dialogue: Dialogue) -> list[tuple[object, str, datetime]]:
    """What its announcements lacked, with the reason and when it was given."""
    return [(LACKED[row.check], row.reason, row.given_at) for row in dialogue.announcement_reasons]


def facts(dialogue: Dialogue) -> Draft:
    """The facts that the checks before an announcement look at."""
    return Draft(
        starts_at=dialogue.starts_at,
        session_on=session_on(dialogue),
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


def legal_days(dialogue: Dialogue, now: datetime) -> list[LegalDay]:
    """The days around this dialogue in their order, each with the day on which it was kept."""
    if dialogue.state in (S.POSTPONED, S.CANCELLED):
        return []
    zone = dialogue.commune.time_zone

    def day(instant: datetime | None) -> date | None:
        return clock.local(instant, zone).date() if instant else None

    today, held_on = clock.local(now, zone).date(), session_on(dialogue)
    announced_on, published_on = day(dialogue.announced_at), day(dialogue.published_at)
    closes_at = question_deadline(dialogue.starts_at, dialogue.question_deadline_at)
    closes_on, result_on = clock.local(closes_at, zone).date(), result_due_on(held_on)
    return [
        LegalDay(
            _l("Announce at the latest"),
            held_on - timedelta(days=NOTICE_DAYS),
            announced_on,
            is_late_announcement(announced_on or today, held_on),
        ),
        LegalDay(_l("Questions close"), closes_on, closes_on if announced_on and now >= closes_at else None, False),
        LegalDay(_l("Dialogue"), held_on, day(dialogue.held_at), False),
        LegalDay(_l("Publish the result at the latest"), result_on, published_on, (published_on or today) > result_on),
    ]
