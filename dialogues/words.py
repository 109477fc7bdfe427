"""One word, tone and icon per enum member: pages, papers, calendars and exports all take them from here.

Tones: neutral, info, wait, good, bad, quiet. Colour is never the only sign, so every state also has an icon.
"""

import enum
from typing import NamedTuple

from flask_babel import get_locale
from flask_babel import lazy_gettext as _l

from dialogues.followup.rules import AnswerStage, CommitmentStage, CommitmentState, EntryKind, Outcome
from dialogues.invitations.guest_rules import GuestRole, Reply, ReplyWay, Standing, Verdict
from dialogues.papers.rules import NoticeChannel, Occasion, Reading, Said, UseStage
from dialogues.places.counting import explain
from dialogues.places.models import Commune
from dialogues.places.rules import CommuneKind, Field, RuleName, RuleSource
from dialogues.post.rules import Channel, Kind, MessageState
from dialogues.questions.rules import (
    Consent,
    ConsentHow,
    DeclineReason,
    IntakeChannel,
    Lacking,
    QuestionKind,
    QuestionState,
)
from dialogues.schedule.round_rules import DayNote, RequestState, RoundStage, RoundState, Split
from dialogues.schedule.rules import (
    AnnouncementCheck,
    DialogueKind,
    DialogueState,
    HoldingForm,
    Phase,
    Step,
    Timing,
    Trigger,
)
from dialogues.staff.rules import Role


class Word(NamedTuple):
    """How a member is shown."""

    label: object
    tone: str = "neutral"
    icon: str = ""


OVERDUE = Word(_l("Overdue"), "bad", "alert-triangle")

WORDS: dict[type[enum.Enum], dict[enum.Enum, Word]] = {
    CommuneKind: {
        CommuneKind.XA: Word(_l("Commune (xã)")),
        CommuneKind.PHUONG: Word(_l("Ward (phường)")),
        CommuneKind.DAC_KHU: Word(_l("Special zone (đặc khu)")),
    },
    Field: {
        Field.LAND: Word(_l("Land and land certificates")),
        Field.CLEARANCE: Word(_l("Site clearance, resettlement")),
        Field.ROADS: Word(_l("Roads")),
        Field.DRAINAGE: Word(_l("Drainage, irrigation")),
        Field.ELECTRICITY: Word(_l("Electricity, street lights")),
        Field.WATER: Word(_l("Clean water")),
        Field.ENVIRONMENT: Word(_l("Waste, environment")),
        Field.SOCIAL: Word(_l("Social policy")),
        Field.SECURITY: Word(_l("Security and order")),
        Field.PROCEDURES: Word(_l("Administrative procedures")),
        Field.CULTURE: Word(_l("Health, schools, culture")),
        Field.COMMUNICATION: Word(_l("Loudspeakers, information")),
        Field.OTHER: Word(_l("Other")),
    },
    Role: {
        Role.ADMIN: Word(_l("Administrator")),
        Role.OFFICE: Word(_l("Office")),
        Role.LEADER: Word(_l("Leader")),
        Role.DEPARTMENT: Word(_l("Department")),
        Role.VILLAGE_HEAD: Word(_l("Village head")),
        Role.OVERSEER: Word(_l("Overseer")),
    },
    DialogueKind: {
        DialogueKind.REGULAR: Word(_l("Regular")),
        DialogueKind.AD_HOC: Word(_l("Ad hoc")),
        DialogueKind.THEMATIC: Word(_l("Thematic")),
    },
    Trigger: {
        Trigger.REGULAR: Word(_l("Regular, by plan")),
        Trigger.VOTER_REQUEST: Word(_l("At the request of voters")),
        Trigger.NECESSITY: Word(_l("When necessary")),
    },
    HoldingForm: {
        HoldingForm.IN_PERSON: Word(_l("In person"), "neutral", "users"),
        HoldingForm.ONLINE: Word(_l("Online"), "neutral", "phone"),
        HoldingForm.HYBRID: Word(_l("In person and online"), "neutral", "users"),
    },
    DialogueState: {
        DialogueState.DRAFT: Word(_l("Being prepared"), "quiet", "pencil"),
        DialogueState.ANNOUNCED: Word(_l("Announced"), "info", "megaphone"),
        DialogueState.HELD: Word(_l("Held"), "wait", "users"),
        DialogueState.CONCLUDED: Word(_l("Concluded"), "wait", "file-text"),
        DialogueState.PUBLISHED: Word(_l("Result published"), "good", "check-circle"),
        DialogueState.POSTPONED: Word(_l("Postponed"), "bad", "hourglass"),
        DialogueState.CANCELLED: Word(_l("Cancelled"), "bad", "x-circle"),
    },
    Phase: {
        Phase.DRAFT: Word(_l("Being prepared"), "quiet", "pencil"),
        Phase.COLLECTING: Word(_l("Questions are being collected"), "good", "message-circle"),
        Phase.CLOSED_FOR_QUESTIONS: Word(_l("Questions closed, dialogue to come"), "info", "calendar"),
        Phase.RUNNING: Word(_l("Taking place now"), "good", "users"),
        Phase.AWAITING_RECORD: Word(_l("Took place, result being written"), "wait", "hourglass"),
        Phase.HELD: Word(_l("Held, result being written"), "wait", "hourglass"),
        Phase.CONCLUDED: Word(_l("Concluded, result being published"), "wait", "file-text"),
        Phase.RESULT_OVERDUE: Word(_l("Result overdue"), "bad", "alert-triangle"),
        Phase.PUBLISHED: Word(_l("Result published"), "good", "check-circle"),
        Phase.POSTPONED: Word(_l("Postponed"), "bad", "hourglass"),
        Phase.CANCELLED: Word(_l("Cancelled"), "bad", "x-circle"),
    },
    Step: {
        Step.PLAN: Word(_l("Plan")),
        Step.ANNOUNCE: Word(_l("Announce")),
        Step.QUESTIONS_CLOSE: Word(_l("Questions close")),
        Step.DRAFTS: Word(_l("Draft answers ready")),
        Step.SESSION: Word(_l("The dialogue itself")),
        Step.MINUTES: Word(_l("Minutes signed")),
        Step.RESULT: Word(_l("Result public in three ways")),
        Step.MASS_MEDIA: Word(_l("On mass media")),
        Step.POSTED: Word(_l("Posted at the office")),
        Step.VILLAGE_HEADS: Word(_l("Sent to the village heads")),
        Step.WRITTEN_ANSWERS: Word(_l("Written answers sent")),
        Step.REPORTS: Word(_l("Departments report what was done")),
    },
    Timing: {
        Timing.DONE: Word(_l("Done"), "good", "check-circle"),
        Timing.DONE_AFTER: Word(_l("Done after the planned day"), "good", "check-circle"),
        Timing.DONE_LATE: Word(_l("Done late"), "bad", "alert-triangle"),
        Timing.COMING: Word(_l("To come"), "quiet", "circle"),
        Timing.TODAY: Word(_l("Due today"), "wait", "hourglass"),
        Timing.PAST_PLAN: Word(_l("Planned day has passed"), "wait", "hourglass"),
        Timing.LATE: Word(_l("Late"), "bad", "alert-triangle"),
    },
    RuleName: {
        RuleName.DIALOGUES_A_YEAR: Word(_l("Dialogues a year, at least")),
        RuleName.VOTER_SHARE: Word(_l("Share of voters who can demand a dialogue, in percent")),
        RuleName.PLAN_DAYS: Word(_l("Plan, days before the dialogue")),
        RuleName.ANNOUNCE_DAYS: Word(_l("Announce, days before the dialogue")),
        RuleName.NOTICE_DAYS: Word(_l("Announce at the latest, days before the dialogue")),
        RuleName.QUESTIONS_CLOSE_DAYS: Word(_l("Questions close, days before the dialogue")),
        RuleName.DRAFTS_DAYS: Word(_l("Draft answers ready, days before the dialogue")),
        RuleName.MINUTES_DAYS: Word(_l("Minutes signed, days after the dialogue")),
        RuleName.RESULT_DAYS: Word(_l("Result public, days after the dialogue")),
        RuleName.WRITTEN_ANSWER_DAYS: Word(_l("Written answers sent, days after the dialogue")),
        RuleName.REPORT_DAYS: Word(_l("Departments report, days after the dialogue")),
        RuleName.FIRST_WORD_DAYS: Word(_l("First word to the asker, working days after receipt")),
        RuleName.PERIOD_REPORT_DAYS: Word(_l("Periodic report, days after the period")),
    },
    RuleSource: {
        RuleSource.LAW_72: Word(_l("Law 72/2025/QH15 on local government, Article 43")),
        RuleSource.REGULATION_11: Word(_l("Regulation 11-QĐi/TW, amended by 215-KL/TW")),
        RuleSource.USUAL: Word(_l("Usual calendar, set by the commune")),
    },
    RoundState: {
        RoundState.PLANNED: Word(_l("Planned"), "quiet", "calendar"),
        RoundState.OPENED: Word(_l("Opened"), "info", "megaphone"),
        RoundState.SKIPPED: Word(_l("Skipped"), "quiet", "x"),
    },
    RoundStage: {
        RoundStage.PLANNED: Word(_l("Planned"), "quiet", "calendar"),
        RoundStage.TO_OPEN: Word(_l("Planned, to be opened now"), "wait", "hourglass"),
        RoundStage.MISSED: Word(_l("Day passed, never opened"), "bad", "alert-triangle"),
        RoundStage.PREPARED: Word(_l("Being prepared"), "info", "pencil"),
        RoundStage.ANNOUNCED: Word(_l("Announced"), "info", "megaphone"),
        RoundStage.POSTPONED: Word(_l("Postponed"), "bad", "hourglass"),
        RoundStage.NOT_RECORDED: Word(_l("Day passed, not recorded as held"), "bad", "alert-triangle"),
        RoundStage.HELD: Word(_l("Held"), "good", "check-circle"),
        RoundStage.CANCELLED: Word(_l("Cancelled"), "bad", "x-circle"),
        RoundStage.SKIPPED: Word(_l("Skipped"), "quiet", "x"),
    },
    RequestState: {
        RequestState.CHECKING: Word(_l("Signatures being checked"), "wait", "hourglass"),
        RequestState.ACCEPTED: Word(_l("Accepted, a dialogue must be held"), "info", "check"),
        RequestState.REFUSED: Word(_l("Refused"), "quiet", "x"),
    },
    DayNote: {
        DayNote.WEEKEND: Word(_l("Weekend"), "quiet", "info"),
        DayNote.HOLIDAY: Word(_l("Public holiday"), "bad", "alert-triangle"),
        DayNote.SAME_CHAIR: Word(_l("Same chair at the same time"), "bad", "alert-triangle"),
        DayNote.SAME_PLACE: Word(_l("Same place at the same time"), "bad", "alert-triangle"),
    },
    Split: {
        Split.WHOLE: Word(_l("One dialogue for all")),
        Split.FORMER_COMMUNE: Word(_l("By former commune")),
        Split.VOTERS: Word(_l("By number of voters")),
    },
    AnnouncementCheck: {
        AnnouncementCheck.TIME: Word(_l("The day and hour, in the future")),
        AnnouncementCheck.PLACE: Word(_l("The place; the link too where people take part online")),
        AnnouncementCheck.CONTENT: Word(_l("What it is about: the purpose and at least one field")),
        AnnouncementCheck.HOW_TO_ATTEND: Word(_l("How to take part")),
        AnnouncementCheck.NOTICE: Word(_l("At least 7 days between the announcement and the dialogue")),
        AnnouncementCheck.MTTQ: Word(_l("The Fatherland Front (MTTQ) as partner")),
        AnnouncementCheck.CHAIR: Word(_l("The chair")),
        AnnouncementCheck.CO_CHAIR: Word(_l("The co-chair from the Standing People's Council")),
        AnnouncementCheck.PARTY: Word(_l("The Party committee is invited")),
    },
    NoticeChannel: {
        NoticeChannel.LOUDSPEAKER: Word(_l("Loudspeaker"), "neutral", "megaphone"),
        NoticeChannel.VILLAGE_HEADS: Word(_l("Village heads"), "neutral", "users"),
        NoticeChannel.ZALO: Word(_l("Zalo group"), "neutral", "message-circle"),
        NoticeChannel.BOARD: Word(_l("Notice board, poster"), "neutral", "file-text"),
        NoticeChannel.SMS: Word(_l("SMS"), "neutral", "phone"),
        NoticeChannel.SITE: Word(_l("Another website or fanpage of the commune"), "neutral", "arrow-up-right"),
        NoticeChannel.PRESS: Word(_l("Press, radio, television"), "neutral", "rss"),
        NoticeChannel.OTHER: Word(_l("Another way"), "neutral", "send"),
    },
    Occasion: {
        Occasion.NEW: Word(_l("First announcement"), "info", "megaphone"),
        Occasion.CHANGED: Word(_l("Change of day or place"), "wait", "history"),
        Occasion.POSTPONED: Word(_l("Postponed"), "bad", "hourglass"),
        Occasion.CANCELLED: Word(_l("Cancelled"), "bad", "x-circle"),
    },
    UseStage: {
        UseStage.CURRENT: Word(_l("Valid"), "good", "check-circle"),
        UseStage.BEFORE_CHANGE: Word(_l("Made before the change: use again"), "bad", "alert-triangle"),
        UseStage.TAKEN_BACK: Word(_l("Taken back"), "quiet", "undo"),
    },
    Reading: {
        Reading.READ: Word(_l("read"), "good", "check"),
        Reading.TODAY: Word(_l("read it today"), "wait", "megaphone"),
        Reading.MISSED: Word(_l("not recorded"), "bad", "alert-triangle"),
        Reading.TO_COME: Word(_l("to come"), "neutral", "calendar"),
    },
    Said: {
        Said.DEADLINE: Word(_l("the last day for questions")),
        Said.ADDRESS: Word(_l("the address")),
        Said.HOTLINE: Word(_l("the phone number")),
        Said.LINK: Word(_l("the link")),
        Said.PLACE: Word(_l("the place")),
        Said.LATER: Word(_l("that the new day will be told")),
    },
    QuestionKind: {
        QuestionKind.QUESTION: Word(_l("Question")),
        QuestionKind.PETITION: Word(_l("Petition")),
        QuestionKind.REPORT: Word(_l("Report of a problem")),
        QuestionKind.PROPOSAL: Word(_l("Proposal")),
    },
    IntakeChannel: {
        IntakeChannel.PORTAL: Word(_l("This website")),
        IntakeChannel.PAPER_FORM: Word(_l("Paper form")),
        IntakeChannel.SUGGESTION_BOX: Word(_l("Suggestion box")),
        IntakeChannel.DESK: Word(_l("At the desk")),
        IntakeChannel.PHONE: Word(_l("By phone")),
        IntakeChannel.HOTLINE: Word(_l("Hotline")),
        IntakeChannel.VILLAGE_MEETING: Word(_l("Village meeting")),
        IntakeChannel.FRONT_AND_ORGANISATIONS: Word(_l("MTTQ and organisations")),
        IntakeChannel.HOME_VISIT: Word(_l("Home visit")),
        IntakeChannel.SOCIAL_NETWORK: Word(_l("Zalo, social network")),
        IntakeChannel.DIALOGUE: Word(_l("At the dialogue")),
    },
    QuestionState: {
        QuestionState.WAITING: Word(_l("Waiting to be read"), "wait", "hourglass"),
        QuestionState.PUBLISHED: Word(_l("Published"), "info", "eye"),
        QuestionState.DECLINED: Word(_l("Declined"), "bad", "x-circle"),
        QuestionState.MOVED_TO_COMPLAINT: Word(_l("Moved to the complaint procedure"), "quiet", "scale"),
        QuestionState.WITHDRAWN: Word(_l("Withdrawn"), "quiet", "x"),
        QuestionState.MERGED: Word(_l("Merged"), "quiet", "users"),
    },
    DeclineReason: {
        DeclineReason.NOT_A_QUESTION: Word(_l("Not a question to the commune (advertisement, test)")),
        DeclineReason.OFFENSIVE: Word(_l("Insulting or inciting words")),
        DeclineReason.UNCLEAR: Word(_l("Cannot be understood, and nobody to ask back")),
        DeclineReason.SENT_TWICE: Word(_l("Sent twice by the same person")),
        DeclineReason.OTHER_PLACE: Word(_l("About another commune")),
    },
    Consent: {
        Consent.CONTACT: Word(_l("The office may call or visit me to ask for details")),
        Consent.MESSAGE: Word(_l("The office may send me messages about the result")),
        Consent.PUBLISH_NAME: Word(_l("My name may be shown beside my question")),
    },
    Lacking: {
        Lacking.NAME: Word(_l("Write the name that may be shown, or leave this box empty.")),
        Lacking.PHONE_OR_EMAIL: Word(
            _l("Write a phone number or an e-mail address for this, or leave this box empty.")
        ),
    },
    ConsentHow: {
        ConsentHow.WEB: Word(_l("on this website")),
        ConsentHow.PAPER: Word(_l("on paper")),
        ConsentHow.SPOKEN: Word(_l("spoken")),
    },
    Outcome: {
        Outcome.ANSWERED_ON_SPOT: Word(_l("Answered on the spot"), "good", "check-circle"),
        Outcome.IN_WRITING: Word(_l("Answer in writing by a date"), "wait", "file-text"),
        Outcome.ESCALATED: Word(_l("Passed up to a higher body"), "wait", "arrow-up-right"),
        Outcome.MOVED_TO_COMPLAINT: Word(_l("Moved to the complaint procedure"), "quiet", "scale"),
        Outcome.NOTED: Word(_l("Noted, still open"), "wait", "pencil"),
    },
    AnswerStage: {
        AnswerStage.UNANSWERED: Word(_l("Waiting for an answer"), "wait", "hourglass"),
        AnswerStage.DRAFTED: Word(_l("Answer being drafted"), "wait", "pencil"),
        AnswerStage.ANSWERED: Word(_l("Answered"), "good", "check-circle"),
        AnswerStage.WRITTEN_PROMISED: Word(_l("Written answer promised"), "info", "file-text"),
        AnswerStage.WRITTEN_OVERDUE: Word(_l("Written answer overdue"), "bad", "alert-triangle"),
        AnswerStage.WRITTEN_GIVEN: Word(_l("Answered in writing"), "good", "check-circle"),
        AnswerStage.ESCALATED: Word(_l("Passed up, waiting"), "wait", "arrow-up-right"),
        AnswerStage.ESCALATED_ANSWERED: Word(_l("Answered by the higher body"), "good", "check-circle"),
        AnswerStage.NOTED: Word(_l("Noted, still open"), "wait", "pencil"),
    },
    CommitmentState: {
        CommitmentState.OPEN: Word(_l("Not started"), "neutral", "circle"),
        CommitmentState.IN_PROGRESS: Word(_l("In progress"), "info", "circle-dot"),
        CommitmentState.REPORTED_DONE: Word(_l("Reported done"), "wait", "check"),
        CommitmentState.CONFIRMED: Word(_l("Confirmed done"), "good", "check-circle"),
    },
    CommitmentStage: {
        CommitmentStage.OVERDUE: OVERDUE,
        CommitmentStage.OPEN: Word(_l("Not started"), "neutral", "circle"),
        CommitmentStage.IN_PROGRESS: Word(_l("In progress"), "info", "circle-dot"),
        CommitmentStage.REPORTED_DONE: Word(_l("Reported done"), "wait", "check"),
        CommitmentStage.CONFIRMED: Word(_l("Confirmed done"), "good", "check-circle"),
    },
    Channel: {
        Channel.MAIL: Word(_l("E-mail"), "neutral", "mail"),
        Channel.GATEWAY: Word(_l("SMS or Zalo"), "neutral", "phone"),
    },
    Kind: {
        Kind.INVITATION: Word(_l("Invitation"), "neutral", "mail"),
        Kind.INVITATION_CHANGE: Word(_l("Change of an invitation"), "neutral", "pencil"),
        Kind.INVITATION_CANCEL: Word(_l("Invitation taken back"), "neutral", "x"),
        Kind.INVITATION_REMINDER: Word(_l("Reminder to a guest"), "neutral", "clock"),
        Kind.SUBSCRIBER_CONFIRM: Word(_l("Question whether news is wanted"), "neutral", "mail"),
        Kind.SUBSCRIBER_NEWS: Word(_l("News for residents"), "neutral", "megaphone"),
        Kind.SUBSCRIBER_REMINDER: Word(_l("Reminder to residents"), "neutral", "clock"),
        Kind.VILLAGE_HEADS: Word(_l("Text to a village head"), "neutral", "phone"),
    },
    MessageState: {
        MessageState.WAITING: Word(_l("Waiting to be sent"), "wait", "hourglass"),
        MessageState.SENT: Word(_l("Sent"), "good", "check-circle"),
        MessageState.FAILED: Word(_l("Could not be sent"), "bad", "alert-triangle"),
        MessageState.DROPPED: Word(_l("Not sent, not needed any more"), "quiet", "x"),
        MessageState.BY_HAND: Word(_l("Passed on by hand"), "good", "users"),
    },
    EntryKind: {
        EntryKind.PROGRESS: Word(_l("Progress"), "info", "circle-dot"),
        EntryKind.EXTENSION: Word(_l("Extended"), "wait", "calendar"),
        EntryKind.REPORTED_DONE: Word(_l("Reported done"), "wait", "check"),
        EntryKind.REOPENED: Word(_l("Reopened"), "bad", "history"),
        EntryKind.CONFIRMED: Word(_l("Confirmed done"), "good", "check-circle"),
    },
    GuestRole: {
        GuestRole.CHAIR: Word(_l("Chair, co-chair")),
        GuestRole.REQUIRED: Word(_l("Should be there")),
        GuestRole.OPTIONAL: Word(_l("If they can arrange it")),
    },
    Reply: {
        Reply.WAITING: Word(_l("No answer yet"), "wait", "hourglass"),
        Reply.YES: Word(_l("Comes"), "good", "check-circle"),
        Reply.NO: Word(_l("Does not come"), "bad", "x-circle"),
        Reply.MAYBE: Word(_l("Not sure yet"), "info", "circle-dot"),
    },
    ReplyWay: {
        ReplyWay.LINK: Word(_l("by the link of the mail")),
        ReplyWay.CLERK: Word(_l("written down by the office")),
        ReplyWay.CALENDAR: Word(_l("by calendar reply")),
        ReplyWay.CALENDAR_UNPROVEN: Word(_l("by calendar reply, sender not verified")),
    },
    Standing: {
        Standing.YES: Word(_l("Comes"), "good", "check-circle"),
        Standing.NO: Word(_l("Does not come"), "bad", "x-circle"),
        Standing.MAYBE: Word(_l("Not sure yet"), "info", "circle-dot"),
        Standing.WAITING: Word(_l("No answer yet"), "wait", "hourglass"),
        Standing.NOT_INVITED: Word(_l("Not invited yet"), "quiet", "mail"),
        Standing.ON_PAPER: Word(_l("To be invited on paper"), "quiet", "file-text"),
    },
    Verdict: {
        Verdict.RECORDED: Word(_l("Answer recorded"), "good", "check-circle"),
        Verdict.NOTED: Word(_l("Proposal noted"), "good", "pencil"),
        Verdict.TOO_LARGE: Word(_l("Refused: too large"), "bad", "x-circle"),
        Verdict.UNREADABLE: Word(_l("Refused: cannot be read"), "bad", "x-circle"),
        Verdict.NO_CALENDAR: Word(_l("Refused: holds no calendar reply"), "bad", "x-circle"),
        Verdict.NOT_A_REPLY: Word(_l("Refused: is no answer"), "bad", "x-circle"),
        Verdict.SEVERAL_GUESTS: Word(_l("Refused: speaks for several guests"), "bad", "x-circle"),
        Verdict.UNKNOWN_DIALOGUE: Word(_l("Refused: no such dialogue"), "bad", "x-circle"),
        Verdict.UNKNOWN_GUEST: Word(_l("Refused: no such guest"), "bad", "x-circle"),
        Verdict.OTHER_SENDER: Word(_l("Refused: sent by somebody else than the guest"), "bad", "x-circle"),
        Verdict.FORGED: Word(_l("Refused: the mail server calls the sender forged"), "bad", "alert-triangle"),
        Verdict.OTHER_INVITATION: Word(_l("Refused: answers the invitation of another guest"), "bad", "x-circle"),
        Verdict.STALE: Word(_l("Refused: answers an older version"), "wait", "history"),
        Verdict.NEVER_SENT: Word(_l("Refused: answers a version that was never sent"), "bad", "x-circle"),
        Verdict.OVER: Word(_l("Refused: the dialogue is over or called off"), "quiet", "calendar"),
    },
}


def word(member: enum.Enum | Word) -> Word:
    """How this member is shown; a Word shows itself."""
    return member if isinstance(member, Word) else WORDS[type(member)][member]


def label(member: enum.Enum | Word) -> object:
    """Filter: the words of a member in the language of the page."""
    return word(member).label


_spoken: dict[tuple[type[enum.Enum], enum.Enum, str], str] = {}


def spoken_label(member: enum.Enum | Word) -> object:
    """Filter: as `label`, and as text at once: a list of questions asks for a hundred of them."""
    if isinstance(member, Word):
        return member.label
    locale = get_locale()
    # The kind belongs to the key: members of two StrEnums with the same value are equal.
    key = (type(member), member, locale.language if locale else "")
    if key not in _spoken:
        _spoken[key] = str(label(member))
    return _spoken[key]


def tone(member: enum.Enum | Word) -> str:
    """Filter: its tone."""
    return word(member).tone


def icon(member: enum.Enum | Word) -> str:
    """Filter: the name of its icon."""
    return word(member).icon


def choices(kind: type[enum.StrEnum], *members: enum.StrEnum) -> list[tuple[str, object]]:
    """Choices for a form field: all members of `kind`, or the given ones in that order."""
    return [(member.value, label(member)) for member in (members or tuple(kind))]


def commune_title(commune: Commune) -> str:
    """`xã Minh Tâm`: a name, hence the same in every language."""
    kind = {CommuneKind.XA: "xã", CommuneKind.PHUONG: "phường", CommuneKind.DAC_KHU: "đặc khu"}[commune.kind]
    return f"{kind} {commune.name}"


FILTERS = {
    "label": spoken_label,
    "tone": tone,
    "icon": icon,
    "commune_title": commune_title,
    "worked_out": explain,
}
