"""What the office writes about a dialogue, as values that forms hand to the service. Pure."""

from dataclasses import dataclass
from datetime import date, datetime

from dialogues.places.rules import Field
from dialogues.schedule.rules import DialogueKind, Draft, HoldingForm, Trigger


@dataclass(frozen=True)
class Times:
    """Start, end and last moment for questions (None: until the start); aware instants."""

    starts_at: datetime
    ends_at: datetime
    deadline_at: datetime | None


@dataclass(frozen=True)
class Plan:
    """All that a person decides about a dialogue before it is held; no villages means the whole commune.

    `times` is None where they may not be changed: a postponed dialogue gets new ones by its next announcement.
    """

    kind: DialogueKind
    trigger: Trigger
    trigger_reason: str
    form: HoldingForm
    title: str
    purpose: str
    topics: tuple[Field, ...]
    village_ids: tuple[int, ...]
    place: str
    address: str
    online_link: str
    times: Times | None
    chair_id: int | None
    co_chair_id: int | None
    secretary_id: int | None
    mttq_partner: str
    party_invited: bool
    hotline: str
    how_to_attend: str


def facts_to_check(plan: Plan, announce_by: date | None) -> Draft:
    """The facts that `rules.missing_for_announcement` looks at; `announce_by` the last lawful day."""
    return Draft(
        starts_at=plan.times.starts_at if plan.times else None,
        announce_by=announce_by,
        place=plan.place,
        online_link=plan.online_link,
        form=plan.form,
        purpose=plan.purpose,
        has_topics=bool(plan.topics),
        how_to_attend=plan.how_to_attend,
        has_mttq=bool(plan.mttq_partner),
        has_chair=plan.chair_id is not None,
        has_co_chair=plan.co_chair_id is not None,
        party_invited=plan.party_invited,
    )
