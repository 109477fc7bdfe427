"""What a dialogue is and how it may move; the legal days around it. Pure."""

import enum
from dataclasses import dataclass
from datetime import date, datetime


class DialogueKind(enum.StrEnum):
    REGULAR = "regular"
    AD_HOC = "ad_hoc"
    THEMATIC = "thematic"


class Trigger(enum.StrEnum):
    """Why it is held (Law 72/2025/QH15, Art. 43: yearly, or 10 % of voters ask, or when necessary)."""

    REGULAR = "regular"
    VOTER_REQUEST = "voter_request"
    NECESSITY = "necessity"


class HoldingForm(enum.StrEnum):
    IN_PERSON = "in_person"
    ONLINE = "online"
    HYBRID = "hybrid"


class DialogueState(enum.StrEnum):
    """What a person decided. What follows from time is in `Phase`."""

    DRAFT = "draft"
    ANNOUNCED = "announced"
    HELD = "held"
    CONCLUDED = "concluded"
    PUBLISHED = "published"
    POSTPONED = "postponed"
    CANCELLED = "cancelled"


S = DialogueState
MOVES: dict[DialogueState, tuple[DialogueState, ...]] = {
    S.DRAFT: (S.ANNOUNCED, S.CANCELLED),
    S.ANNOUNCED: (S.HELD, S.POSTPONED, S.CANCELLED),
    S.POSTPONED: (S.ANNOUNCED, S.CANCELLED),
    S.HELD: (S.CONCLUDED,),
    S.CONCLUDED: (S.PUBLISHED, S.HELD),
    S.PUBLISHED: (),
    S.CANCELLED: (),
}
AWAITING_RESULT = (S.ANNOUNCED, S.HELD, S.CONCLUDED)
PUBLIC_STATES = frozenset(DialogueState) - {S.DRAFT}
"""A dialogue is seen by residents from its announcement on; a cancelled draft never was (see `announced_at`)."""


class Step(enum.StrEnum):
    """The steps around one dialogue, in their order. Three of them are the ways of R5."""

    PLAN = "plan"
    ANNOUNCE = "announce"
    QUESTIONS_CLOSE = "questions_close"
    DRAFTS = "drafts"
    SESSION = "session"
    MINUTES = "minutes"
    RESULT = "result"
    MASS_MEDIA = "mass_media"
    POSTED = "posted"
    VILLAGE_HEADS = "village_heads"
    WRITTEN_ANSWERS = "written_answers"
    REPORTS = "reports"


RESULT_WAYS = (Step.MASS_MEDIA, Step.POSTED, Step.VILLAGE_HEADS)
"""How a result is made public; it is public only when all three are done (Law 72/2025/QH15, Art. 43)."""
BY_HAND = frozenset({Step.DRAFTS, Step.MINUTES, Step.WRITTEN_ANSWERS, Step.REPORTS, *RESULT_WAYS})
"""Steps that a person ticks; the others follow from what is recorded anyway."""


class Timing(enum.StrEnum):
    """Where a step stands on a day: done in time or not, to come, or late."""

    DONE = "done"
    DONE_AFTER = "done_after"
    DONE_LATE = "done_late"
    COMING = "coming"
    TODAY = "today"
    PAST_PLAN = "past_plan"
    LATE = "late"


def timing(due: date, done_on: date | None, today: date, law: date | None = None) -> Timing:
    """`due` is the day of the plan, `law` the last lawful day where there is one (never before `due`). What is done
    after the plan's day but lawfully is no offence; what is not done after the last day is late."""
    if done_on is not None:
        if done_on <= due:
            return Timing.DONE
        return Timing.DONE_LATE if law and done_on > law else Timing.DONE_AFTER
    if today < due:
        return Timing.COMING
    if today == due:
        return Timing.TODAY
    return Timing.PAST_PLAN if law and today <= law else Timing.LATE


class Phase(enum.StrEnum):
    """What residents see: the state and the clock together, never stored."""

    DRAFT = "draft"
    COLLECTING = "collecting"
    CLOSED_FOR_QUESTIONS = "closed_for_questions"
    RUNNING = "running"
    AWAITING_RECORD = "awaiting_record"
    HELD = "held"
    CONCLUDED = "concluded"
    RESULT_OVERDUE = "result_overdue"
    PUBLISHED = "published"
    POSTPONED = "postponed"
    CANCELLED = "cancelled"


def question_deadline(starts_at: datetime, deadline_at: datetime | None) -> datetime:
    """Until when questions may be sent: the named instant, or the start."""
    return deadline_at or starts_at


def phase(
    state: DialogueState,
    starts_at: datetime,
    ends_at: datetime,
    deadline_at: datetime | None,
    now: datetime,
    today: date,
    result_on: date,
    is_result_public: bool,
) -> Phase:
    """The phase at `now` (aware); `today` is the commune's day, `result_on` the last day for the result. The law counts
    from the session, so a result is overdue also where nobody recorded that it took place. `is_result_public`: by all
    three ways of R5; on this site alone it is still being published."""
    if state is S.PUBLISHED and not is_result_public:
        state = S.CONCLUDED
    if state in AWAITING_RESULT and today > result_on:
        return Phase.RESULT_OVERDUE
    if state is S.ANNOUNCED:
        if now >= ends_at:
            return Phase.AWAITING_RECORD
        if now >= starts_at:
            return Phase.RUNNING
        if now < question_deadline(starts_at, deadline_at):
            return Phase.COLLECTING
        return Phase.CLOSED_FOR_QUESTIONS
    return Phase(state.value)


def takes_questions(state: DialogueState, starts_at: datetime, deadline_at: datetime | None, now: datetime) -> bool:
    """Whether residents may send questions at `now`. A postponed dialogue goes on collecting."""
    if state is S.POSTPONED:
        return True
    return state is S.ANNOUNCED and now < question_deadline(starts_at, deadline_at)


class AnnouncementCheck(enum.StrEnum):
    """What R3 and R4 ask for before an announcement. REQUIRED ones must be filled in; the others may be answered with a
    written reason that stays visible."""

    TIME = "time"
    PLACE = "place"
    CONTENT = "content"
    HOW_TO_ATTEND = "how_to_attend"
    NOTICE = "notice"
    MTTQ = "mttq"
    CHAIR = "chair"
    CO_CHAIR = "co_chair"
    PARTY = "party"


REQUIRED = frozenset(
    {AnnouncementCheck.TIME, AnnouncementCheck.PLACE, AnnouncementCheck.CONTENT, AnnouncementCheck.HOW_TO_ATTEND}
)


@dataclass(frozen=True)
class Draft:
    """The facts of a dialogue that the checks look at."""

    starts_at: datetime | None
    announce_by: date | None
    place: str
    online_link: str
    form: HoldingForm
    purpose: str
    has_topics: bool
    how_to_attend: str
    has_mttq: bool
    has_chair: bool
    has_co_chair: bool
    party_invited: bool


def missing_for_announcement(draft: Draft, now: datetime, today: date) -> list[AnnouncementCheck]:
    """What is missing, in the order of the form. TIME is missing too when the start has passed."""
    c = AnnouncementCheck
    place_known = bool(draft.place) if draft.form is not HoldingForm.ONLINE else bool(draft.online_link)
    if draft.form is HoldingForm.HYBRID:
        place_known = bool(draft.place and draft.online_link)
    found = {
        c.TIME: draft.starts_at is None or draft.starts_at <= now,
        c.PLACE: not place_known,
        c.CONTENT: not (draft.purpose and draft.has_topics),
        c.HOW_TO_ATTEND: not draft.how_to_attend,
        c.NOTICE: draft.announce_by is not None and today > draft.announce_by,
        c.MTTQ: not draft.has_mttq,
        c.CHAIR: not draft.has_chair,
        c.CO_CHAIR: not draft.has_co_chair,
        c.PARTY: not draft.party_invited,
    }
    return [check for check, is_missing in found.items() if is_missing]
