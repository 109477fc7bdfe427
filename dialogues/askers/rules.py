"""Which way an asker is told, what a newer word takes back, which wishes about personal data there are. Pure."""

import enum
from collections.abc import Mapping
from datetime import date

from dialogues.questions.rules import QuestionEvent


class Way(enum.StrEnum):
    """How word goes back to an asker."""

    MAIL = "mail"
    GATEWAY = "gateway"
    BY_HAND = "by_hand"
    OWN_PAGE = "own_page"


class TellHow(enum.StrEnum):
    """How somebody told an asker by hand."""

    CALL = "call"
    SLIP = "slip"
    VISIT = "visit"
    DESK = "desk"


VILLAGE_HEAD_HOWS = (TellHow.SLIP, TellHow.VISIT)


class RequestKind(enum.StrEnum):
    """What an asker can want of the own data (Law 91/2025/QH15)."""

    SHOW = "show"
    CORRECT = "correct"
    STOP = "stop"
    ERASE = "erase"


class RequestStage(enum.StrEnum):
    """Where such a request stands."""

    TO_ANSWER = "to_answer"
    TO_DO = "to_do"
    LATE = "late"
    DONE = "done"


E = QuestionEvent
BY_HAND_NEVER = frozenset({E.RECEIVED, E.WITHDRAWN, E.COMMITMENT_PROGRESS, E.COMMITMENT_HANDED_OVER})
"""Nobody walks or calls for these: the receipt was handed over, the asker did it, or it is a step of many."""
BY_HAND_ONCE = frozenset({E.ASSIGNED, E.PUBLISHED})
"""Told by hand only as the first word: that it was taken up, and by whom. The second of them stands on the page."""
NO_FIRST_WORD = frozenset({E.RECEIVED, E.WITHDRAWN, E.TAKEN_BACK, E.ANSWER_TAKEN_BACK, E.UNMERGED})
"""These do not say that the matter was taken up or passed on, and to whom (R8)."""
TAKES_BACK: Mapping[QuestionEvent, frozenset[QuestionEvent]] = {
    E.TAKEN_BACK: frozenset({E.PUBLISHED, E.DECLINED, E.MOVED_TO_COMPLAINT}),
    E.UNMERGED: frozenset({E.MERGED}),
    E.ANSWER_TAKEN_BACK: frozenset({E.ANSWERED, E.ESCALATED}),
    E.WITHDRAWN: frozenset(E) - {E.WITHDRAWN},
}
"""What need not be told any more when this happens before it was told."""

REPLACES: Mapping[QuestionEvent, frozenset[QuestionEvent]] = {
    event: frozenset({E.COMMITMENT_ASKED})
    for event in (E.COMMITMENT_DONE, E.COMMITMENT_REOPENED, E.COMMITMENT_CONFIRMED)
}
"""What need not be asked any more when this is told instead."""
ASKS_BACK = frozenset({E.COMMITMENT_DONE, E.COMMITMENT_ASKED})
"""Words that end with a question to the asker."""


def way_for(
    event: QuestionEvent,
    *,
    may_message: bool,
    may_contact: bool,
    has_phone: bool,
    has_email: bool,
    is_email_confirmed: bool,
    on_behalf: bool,
    sends_mail: bool,
    sends_texts: bool,
    is_first: bool = True,
) -> Way:
    """How this asker hears of the event. `sends_texts`: a gateway is there for this number. An address that was not
    confirmed gets mail once it is: until then a phone number goes before it. Who left neither, and did not come by the
    website, is told on paper."""
    if may_message and has_email and is_email_confirmed and sends_mail:
        return Way.MAIL
    if may_message and has_phone and sends_texts:
        return Way.GATEWAY
    by_hand = event not in BY_HAND_NEVER and (is_first or event not in BY_HAND_ONCE)
    if by_hand and has_phone and (may_message or may_contact):
        return Way.BY_HAND
    if may_message and has_email and sends_mail:
        return Way.MAIL
    if by_hand and has_email and (may_message or may_contact):
        return Way.BY_HAND
    if by_hand and on_behalf and not has_phone and not has_email:
        return Way.BY_HAND
    return Way.OWN_PAGE


def stage_of(answered_on: date | None, done_on: date | None, answer_due: date, due: date, today: date) -> RequestStage:
    """Where a request about personal data stands on `today`."""
    if done_on is not None:
        return RequestStage.DONE
    if today > due or (answered_on is None and today > answer_due):
        return RequestStage.LATE
    return RequestStage.TO_ANSWER if answered_on is None else RequestStage.TO_DO


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier, or the last one of that month."""
    number = day.year * 12 + day.month - 1 - months
    year, month = divmod(number, 12)
    for last in range(day.day, 27, -1):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    return date(year, month + 1, min(day.day, 28))
