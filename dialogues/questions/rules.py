"""What a question is, how it may move, why it may be declined, which consents there are. Pure."""

import enum

MAX_TEXT = 4000


class QuestionKind(enum.StrEnum):
    QUESTION = "question"
    PETITION = "petition"
    REPORT = "report"
    PROPOSAL = "proposal"


class IntakeChannel(enum.StrEnum):
    """Lawful channels for people's opinions (Law 10/2022/QH15, Art. 26)."""

    PORTAL = "portal"
    PAPER_FORM = "paper_form"
    SUGGESTION_BOX = "suggestion_box"
    DESK = "desk"
    PHONE = "phone"
    HOTLINE = "hotline"
    VILLAGE_MEETING = "village_meeting"
    FRONT_AND_ORGANISATIONS = "front_and_organisations"
    HOME_VISIT = "home_visit"
    SOCIAL_NETWORK = "social_network"
    DIALOGUE = "dialogue"


ON_BEHALF_CHANNELS = tuple(c for c in IntakeChannel if c is not IntakeChannel.PORTAL)
VILLAGE_HEAD_CHANNELS = (
    IntakeChannel.VILLAGE_MEETING,
    IntakeChannel.HOME_VISIT,
    IntakeChannel.PAPER_FORM,
    IntakeChannel.PHONE,
)
"""What a village head hands in for people of the own village."""


class QuestionState(enum.StrEnum):
    """What a person decided about showing it. Nothing is public before a person published it."""

    WAITING = "waiting"
    PUBLISHED = "published"
    DECLINED = "declined"
    MOVED_TO_COMPLAINT = "moved_to_complaint"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"


Q = QuestionState
MOVES: dict[QuestionState, tuple[QuestionState, ...]] = {
    Q.WAITING: (Q.PUBLISHED, Q.DECLINED, Q.MOVED_TO_COMPLAINT, Q.WITHDRAWN),
    Q.PUBLISHED: (Q.WAITING, Q.DECLINED, Q.MOVED_TO_COMPLAINT, Q.WITHDRAWN),
    Q.DECLINED: (Q.WAITING,),
    Q.MOVED_TO_COMPLAINT: (Q.WAITING,),
    Q.WITHDRAWN: (),
    Q.MERGED: (Q.WITHDRAWN,),
}


MERGEABLE = (Q.WAITING, Q.PUBLISHED)
"""States in which a question can be merged into another one, or take one in. What it was comes back with the unmerge,
which is not one of MOVES."""
ASSIGNABLE = (Q.WAITING, Q.PUBLISHED)
"""States in which somebody can be asked to prepare an answer."""


class QuestionEvent(enum.StrEnum):
    """What its askers may be told of a question."""

    RECEIVED = "received"
    PUBLISHED = "published"
    DECLINED = "declined"
    MOVED_TO_COMPLAINT = "moved_to_complaint"
    TAKEN_BACK = "taken_back"
    ASSIGNED = "assigned"
    ESCALATED = "escalated"
    DEFERRED = "deferred"
    SPLIT = "split"
    MERGED = "merged"
    UNMERGED = "unmerged"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"


class DeclineReason(enum.StrEnum):
    """Refusing needs a reason; refusals are counted in public by reason."""

    NOT_A_QUESTION = "not_a_question"
    OFFENSIVE = "offensive"
    UNCLEAR = "unclear"
    SENT_TWICE = "sent_twice"
    OTHER_PLACE = "other_place"


class Consent(enum.StrEnum):
    """Three separate consents, none pre-ticked (Law 91/2025/QH15). Handling the question itself rests on the law."""

    CONTACT = "contact"
    MESSAGE = "message"
    PUBLISH_NAME = "publish_name"


class Lacking(enum.StrEnum):
    """What a consent cannot do without."""

    NAME = "name"
    PHONE_OR_EMAIL = "phone_or_email"


def lacking_for(consent: Consent, has_name: bool, has_phone_or_email: bool) -> Lacking | None:
    """What must be known before this consent can be given: a name to show it, a way to reach the person."""
    if consent is Consent.PUBLISH_NAME:
        return None if has_name else Lacking.NAME
    return None if has_phone_or_email else Lacking.PHONE_OR_EMAIL


class ConsentHow(enum.StrEnum):
    """How a consent was given or withdrawn."""

    WEB = "web"
    PAPER = "paper"
    SPOKEN = "spoken"
