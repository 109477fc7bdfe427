"""What a question is, how it may move, why it may be declined, which consents there are. Pure."""

import enum

MAX_TEXT = 4000
MOST_MATTERS = 5
"""So many matters one sending can bring; each becomes a question of its own."""


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
    QUARANTINED = "quarantined"
    PUBLISHED = "published"
    DECLINED = "declined"
    MOVED_TO_COMPLAINT = "moved_to_complaint"
    WITHDRAWN = "withdrawn"
    SPLIT = "split"
    """Several matters in one text: each is a question of its own now, and the asker's code shows them all."""
    MERGED = "merged"


Q = QuestionState
MOVES: dict[QuestionState, tuple[QuestionState, ...]] = {
    Q.QUARANTINED: (Q.WAITING, Q.DECLINED, Q.WITHDRAWN),
    Q.WAITING: (Q.PUBLISHED, Q.DECLINED, Q.MOVED_TO_COMPLAINT, Q.WITHDRAWN, Q.SPLIT),
    Q.PUBLISHED: (Q.WAITING, Q.DECLINED, Q.MOVED_TO_COMPLAINT, Q.WITHDRAWN),
    Q.DECLINED: (Q.WAITING,),
    Q.MOVED_TO_COMPLAINT: (Q.WAITING,),
    Q.WITHDRAWN: (),
    Q.SPLIT: (Q.WITHDRAWN,),
    Q.MERGED: (Q.WITHDRAWN,),
}


MERGEABLE = (Q.WAITING, Q.PUBLISHED)
"""States in which a question can be merged into another one, or take one in. What it was comes back with the unmerge,
which is not one of MOVES."""
ASSIGNABLE = (Q.WAITING, Q.PUBLISHED)
"""States in which somebody can be asked to prepare an answer."""


UNREAD = (Q.QUARANTINED, Q.WAITING)
"""Nobody of the office has decided about it yet."""


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
    ANSWER_TAKEN_BACK = "answer_taken_back"
    WITHDRAWN = "withdrawn"
    COMMITMENT_MADE = "commitment_made"
    COMMITMENT_PROGRESS = "commitment_progress"
    COMMITMENT_EXTENDED = "commitment_extended"
    COMMITMENT_APOLOGY = "commitment_apology"
    COMMITMENT_DONE = "commitment_done"
    COMMITMENT_ASKED = "commitment_asked"
    COMMITMENT_REOPENED = "commitment_reopened"
    COMMITMENT_CONFIRMED = "commitment_confirmed"
    COMMITMENT_WITHDRAWN = "commitment_withdrawn"
    COMMITMENT_HANDED_OVER = "commitment_handed_over"


class Suspicion(enum.StrEnum):
    """Why a sending is looked at by a person before it waits with the others. None of them refuses anything."""

    TRAPPED = "trapped"
    TOO_FAST = "too_fast"
    MANY = "many"
    REPEATED = "repeated"
    LINKS = "links"
    ADVERTISING = "advertising"
    FOREIGN = "foreign"


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
    DESK = "desk"


ON_BEHALF_HOWS = (ConsentHow.PAPER, ConsentHow.SPOKEN, ConsentHow.DESK)
"""How a clerk hears what an asker wishes."""


class Erasure(enum.StrEnum):
    """Why the contact data of an asker is gone."""

    WISH = "wish"
    RULE = "rule"
