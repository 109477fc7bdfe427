"""One word, tone and icon per enum member: pages, papers, calendars and exports all take them from here.

Tones: neutral, info, wait, good, bad, quiet. Colour is never the only sign, so every state also has an icon.
"""

import enum
from typing import NamedTuple

from flask_babel import get_locale
from flask_babel import lazy_gettext as _l

from dialogues.askers.rules import RequestKind, RequestStage, TellHow, Way
from dialogues.attachments.rules import AttachmentKind, FileFault
from dialogues.finding.rules import AnswerState, Sought
from dialogues.followup.rules import (
    AnswerStage,
    CommitmentKind,
    CommitmentStage,
    CommitmentState,
    DayCount,
    EntryKind,
    EvidenceKind,
    ExtensionState,
    Keeping,
    Outcome,
)
from dialogues.imports.rules import Column, Mark, Notice, Reason, Stage
from dialogues.invitations.guest_rules import GuestRole, Reply, ReplyWay, Standing, Verdict
from dialogues.oversight.rules import WayStep
from dialogues.papers.rules import NoticeChannel, Occasion, Reading, Said, UseStage
from dialogues.places.counting import explain
from dialogues.places.models import Commune
from dialogues.places.rules import CommuneKind, Field, RuleName, RuleSource
from dialogues.post.rules import Channel, Kind, MessageState
from dialogues.questions.rules import (
    Consent,
    ConsentHow,
    DeclineReason,
    Erasure,
    IntakeChannel,
    Lacking,
    QuestionEvent,
    QuestionKind,
    QuestionState,
    Suspicion,
)
from dialogues.reminders.rules import RemindedAs
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
from dialogues.verdicts.rules import Judgement, Rating, RatingWay, VerdictWay


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
        RuleName.TELL_DAYS: Word(_l("Telling askers by phone or on paper, working days")),
        RuleName.DATA_ANSWER_DAYS: Word(_l("Answering a request about personal data, working days")),
        RuleName.DATA_STOP_DAYS: Word(_l("Stopping the use of personal data, days after the request")),
        RuleName.DATA_SHOW_DAYS: Word(_l("Showing or correcting personal data, days after the request")),
        RuleName.DATA_ERASE_DAYS: Word(_l("Erasing personal data, days after the request")),
        RuleName.KEEP_CONTACT_MONTHS: Word(_l("Contact data of askers and guests is erased, months after the end")),
    },
    RuleSource: {
        RuleSource.LAW_72: Word(_l("Law 72/2025/QH15 on local government, Article 43")),
        RuleSource.REGULATION_11: Word(_l("Regulation 11-QĐi/TW, amended by 215-KL/TW")),
        RuleSource.LAW_91: Word(_l("Law 91/2025/QH15 on personal data, Decree 356/2025/NĐ-CP")),
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
        RequestState.ACCEPTED: Word(_l("Accepted: dialogue due"), "info", "check"),
        RequestState.REFUSED: Word(_l("Refused"), "quiet", "x"),
    },
    DayNote: {
        DayNote.WEEKEND: Word(_l("Weekend"), "quiet", "info"),
        DayNote.HOLIDAY: Word(_l("Public holiday"), "bad", "alert-triangle"),
        DayNote.SAME_CHAIR: Word(_l("Same chair at the same time"), "bad", "alert-triangle"),
        DayNote.SAME_PLACE: Word(_l("Same place at the same time"), "bad", "alert-triangle"),
        DayNote.AFTER_REQUEST: Word(_l("After the last day for the voters' request"), "bad", "alert-triangle"),
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
    AttachmentKind: {
        AttachmentKind.PHOTO: Word(_l("Photo")),
        AttachmentKind.SCAN: Word(_l("Scan (PDF)")),
        AttachmentKind.RECORDING: Word(_l("Voice recording")),
    },
    FileFault: {
        FileFault.EMPTY: Word(_l("This file is empty. Choose it once more, or another one.")),
        FileFault.TOO_LARGE: Word(_l("This file is larger than 10 MB. Make it smaller, or record less at a time.")),
        FileFault.UNKNOWN: Word(
            _l("This is no JPG, PNG or PDF and no sound file (MP3, M4A, OGG, AMR, WAV, WEBM). Choose another file.")
        ),
        FileFault.VIDEO: Word(_l("This is a film. Attach a photo or a recording of the voice only.")),
        FileFault.CUT_OFF: Word(
            _l("The end of this file is missing. Copy or record it once more, then choose it again.")
        ),
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
        QuestionState.QUARANTINED: Word(_l("In quarantine"), "wait", "alert-triangle"),
        QuestionState.WAITING: Word(_l("Waiting to be read"), "wait", "hourglass"),
        QuestionState.PUBLISHED: Word(_l("Published"), "info", "eye"),
        QuestionState.DECLINED: Word(_l("Declined"), "bad", "x-circle"),
        QuestionState.MOVED_TO_COMPLAINT: Word(_l("Moved to the complaint procedure"), "quiet", "scale"),
        QuestionState.WITHDRAWN: Word(_l("Withdrawn"), "quiet", "x"),
        QuestionState.SPLIT: Word(_l("Split into several"), "quiet", "chevron-down"),
        QuestionState.MERGED: Word(_l("Merged"), "quiet", "users"),
    },
    Suspicion: {
        Suspicion.TRAPPED: Word(_l("filled in what people do not see")),
        Suspicion.TOO_FAST: Word(_l("sent faster than people write")),
        Suspicion.MANY: Word(_l("one of very many from the same line")),
        Suspicion.REPEATED: Word(_l("the same text again and again from the same line")),
        Suspicion.LINKS: Word(_l("several links, or nothing but a link")),
        Suspicion.ADVERTISING: Word(_l("words of an advertisement")),
        Suspicion.FOREIGN: Word(_l("hardly any Vietnamese")),
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
        ConsentHow.DESK: Word(_l("at the desk")),
    },
    Erasure: {
        Erasure.WISH: Word(_l("Erased at the asker's wish"), "quiet", "x"),
        Erasure.RULE: Word(_l("Erased by rule"), "quiet", "clock"),
    },
    QuestionEvent: {
        QuestionEvent.RECEIVED: Word(_l("Your question arrived")),
        QuestionEvent.PUBLISHED: Word(_l("Your question is public")),
        QuestionEvent.DECLINED: Word(_l("Your question was not accepted")),
        QuestionEvent.MOVED_TO_COMPLAINT: Word(_l("Your question went to the complaint procedure")),
        QuestionEvent.TAKEN_BACK: Word(_l("Your question is being read again")),
        QuestionEvent.ASSIGNED: Word(_l("Who prepares the answer")),
        QuestionEvent.ESCALATED: Word(_l("Your question was passed up")),
        QuestionEvent.DEFERRED: Word(_l("Your question is taken to the next dialogue")),
        QuestionEvent.SPLIT: Word(_l("Your question was split")),
        QuestionEvent.MERGED: Word(_l("Your question is answered together with others")),
        QuestionEvent.UNMERGED: Word(_l("Your question is answered on its own again")),
        QuestionEvent.ANSWERED: Word(_l("The answer is there")),
        QuestionEvent.ANSWER_TAKEN_BACK: Word(_l("The answer is being looked at again")),
        QuestionEvent.WITHDRAWN: Word(_l("Your question is withdrawn")),
        QuestionEvent.COMMITMENT_MADE: Word(_l("A promise was made")),
        QuestionEvent.COMMITMENT_PROGRESS: Word(_l("Work on the promise goes on")),
        QuestionEvent.COMMITMENT_EXTENDED: Word(_l("The promise takes longer")),
        QuestionEvent.COMMITMENT_APOLOGY: Word(_l("We apologise")),
        QuestionEvent.COMMITMENT_DONE: Word(_l("The promise is reported done")),
        QuestionEvent.COMMITMENT_ASKED: Word(_l("Is the promise really kept?")),
        QuestionEvent.COMMITMENT_REOPENED: Word(_l("The promise is not kept yet")),
        QuestionEvent.COMMITMENT_CONFIRMED: Word(_l("The promise is kept")),
        QuestionEvent.COMMITMENT_WITHDRAWN: Word(_l("The promise was withdrawn")),
        QuestionEvent.COMMITMENT_HANDED_OVER: Word(_l("Somebody else keeps the promise now")),
    },
    Way: {
        Way.MAIL: Word(_l("by e-mail"), "neutral", "mail"),
        Way.GATEWAY: Word(_l("by SMS or Zalo"), "neutral", "phone"),
        Way.BY_HAND: Word(_l("by phone or on paper"), "neutral", "users"),
        Way.OWN_PAGE: Word(_l("on the page of the tracking code"), "neutral", "eye"),
    },
    TellHow: {
        TellHow.CALL: Word(_l("Called")),
        TellHow.SLIP: Word(_l("Handed over the slip")),
        TellHow.VISIT: Word(_l("Told at home or in the village")),
        TellHow.DESK: Word(_l("Told at the desk")),
    },
    RequestKind: {
        RequestKind.SHOW: Word(_l("Wants to see the own data"), "neutral", "eye"),
        RequestKind.CORRECT: Word(_l("Wants something corrected"), "neutral", "pencil"),
        RequestKind.STOP: Word(_l("Takes consent or question back"), "neutral", "x"),
        RequestKind.ERASE: Word(_l("Wants the own data erased"), "neutral", "x-circle"),
    },
    RequestStage: {
        RequestStage.TO_ANSWER: Word(_l("To be answered"), "wait", "hourglass"),
        RequestStage.TO_DO: Word(_l("Answered, to be done"), "info", "circle-dot"),
        RequestStage.LATE: Word(_l("Late"), "bad", "alert-triangle"),
        RequestStage.DONE: Word(_l("Done"), "good", "check-circle"),
    },
    Column: {
        Column.NUMBER: Word(_l("Running number")),
        Column.NAME: Word(_l("Name")),
        Column.NAME_AND_VILLAGE: Word(_l("Name and village together")),
        Column.VILLAGE: Word(_l("Village, address")),
        Column.PHONE: Word(_l("Phone")),
        Column.EMAIL: Word(_l("E-mail")),
        Column.TEXT: Word(_l("The question itself")),
        Column.FIELD: Word(_l("Field")),
        Column.CHANNEL: Word(_l("How it came in")),
        Column.DAY: Word(_l("Day")),
        Column.PUBLISH_NAME: Word(_l("Agrees that the name is shown")),
        Column.MESSAGE: Word(_l("Wants messages")),
        Column.REPLY_BY: Word(_l("How the answer is wanted")),
        Column.UNIT: Word(_l("Who should answer (only shown)")),
        Column.NOTE: Word(_l("Note (only shown)")),
        Column.NOTHING: Word(_l("– not read –")),
    },
    Mark: {
        Mark.READY: Word(_l("Ready"), "good", "check-circle"),
        Mark.LOOK: Word(_l("Needs a look"), "wait", "eye"),
        Mark.REFUSED: Word(_l("Cannot come in"), "bad", "x-circle"),
    },
    Reason: {
        Reason.MISSING_CONTENT: Word(_l("The question itself is missing"), "bad", "x-circle"),
        Reason.UNKNOWN_VILLAGE: Word(_l("This place is none of our villages"), "bad", "map-pin"),
        Reason.AMBIGUOUS_VILLAGE: Word(_l("This may be two of our villages"), "bad", "map-pin"),
        Reason.CONTENT_TOO_LONG: Word(_l("Longer than 4,000 characters"), "bad", "x-circle"),
        Reason.DUPLICATE_ROW: Word(_l("The same as a row above"), "bad", "x-circle"),
    },
    Notice: {
        Notice.CAME_BEFORE: Word(_l("Came in before: left out"), "wait", "history"),
        Notice.NO_VILLAGE: Word(_l("No village"), "wait", "map-pin"),
        Notice.NO_FIELD: Word(_l("No field: comes in under “Other”"), "wait", "list"),
        Notice.UNKNOWN_FIELD: Word(_l("Field not understood: comes in under “Other”"), "wait", "list"),
        Notice.NO_CHANNEL: Word(_l("Does not say how it came in"), "wait", "info"),
        Notice.UNKNOWN_CHANNEL: Word(_l("How it came in is not understood"), "wait", "info"),
        Notice.NO_DAY: Word(_l("No day: the day of the import counts"), "wait", "calendar"),
        Notice.UNREADABLE_DAY: Word(_l("Day not understood: the day of the import counts"), "wait", "calendar"),
        Notice.OUTSIDE_WINDOW: Word(_l("Day outside the time of collecting"), "wait", "calendar"),
        Notice.STILL_TO_COME: Word(_l("Day still to come: the day of the import counts"), "wait", "calendar"),
        Notice.PHONE_LOST: Word(_l("Phone number lost by the spreadsheet"), "wait", "phone"),
        Notice.PHONE_ODD: Word(_l("Phone number looks wrong"), "wait", "phone"),
        Notice.EMAIL_ODD: Word(_l("E-mail address cannot be read: it is left out"), "wait", "mail"),
        Notice.NO_REACH: Word(_l("Wants messages, but left no number"), "wait", "phone"),
        Notice.LOOKS_LIKE_COMPLAINT: Word(_l("Looks like a complaint (khiếu nại)"), "wait", "scale"),
        Notice.LOOKS_LIKE_DENUNCIATION: Word(_l("Looks like a denunciation (tố cáo)"), "wait", "scale"),
        Notice.FORMULA_WITHOUT_RESULT: Word(
            _l("Formula without result: open the file in Excel, save it, choose it again"), "wait", "alert-triangle"
        ),
        Notice.HIDDEN_ROW: Word(_l("Row was hidden in the file"), "wait", "eye"),
        Notice.PHONE_IN_TEXT: Word(_l("A phone number stands in the text"), "info", "phone"),
        Notice.SEVERAL_MATTERS: Word(_l("Several matters in one row"), "info", "list"),
        Notice.SEVERAL_FIELDS: Word(_l("Several fields: the first one leads"), "info", "list"),
        Notice.PERSON_FROM_ABOVE: Word(_l("Person taken from the row above"), "info", "user"),
        Notice.ZERO_RESTORED: Word(_l("Leading zero of the phone put back"), "info", "phone"),
    },
    Stage: {
        Stage.GUESSED: Word(_l("Read, to be looked through"), "wait", "hourglass"),
        Stage.CHECKED: Word(_l("Being looked through"), "wait", "eye"),
        Stage.IMPORTED: Word(_l("Brought in"), "good", "check-circle"),
        Stage.GIVEN_UP: Word(_l("Given up"), "quiet", "x"),
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
    WayStep: {
        WayStep.READING: Word(_l("To be read"), "wait", "hourglass"),
        WayStep.ANSWERING: Word(_l("To be answered"), "wait", "message-circle"),
        WayStep.KEEPING: Word(_l("Promise to be kept"), "info", "handshake"),
        WayStep.CONFIRMING: Word(_l("To be confirmed"), "wait", "check"),
        WayStep.ENDED: Word(_l("Came to its end"), "quiet", "check-circle"),
    },
    AnswerState: {
        AnswerState.ANSWERED: Word(_l("Answered"), "good", "check-circle"),
        AnswerState.UNANSWERED: Word(_l("Not answered yet"), "wait", "hourglass"),
    },
    Sought: {
        Sought.QUESTIONS: Word(_l("Questions and answers")),
        Sought.COMMITMENTS: Word(_l("Commitments")),
    },
    CommitmentState: {
        CommitmentState.OPEN: Word(_l("Not started"), "neutral", "circle"),
        CommitmentState.IN_PROGRESS: Word(_l("In progress"), "info", "circle-dot"),
        CommitmentState.REPORTED_DONE: Word(_l("Reported done"), "wait", "check"),
        CommitmentState.CONFIRMED: Word(_l("Confirmed done"), "good", "check-circle"),
        CommitmentState.WITHDRAWN: Word(_l("Withdrawn"), "quiet", "x"),
    },
    CommitmentKind: {
        CommitmentKind.DO: Word(_l("Do something"), "neutral", "handshake"),
        CommitmentKind.ANSWER_IN_WRITING: Word(_l("Answer in writing"), "neutral", "file-text"),
        CommitmentKind.PASS_UP: Word(_l("Pass it up and report back"), "neutral", "arrow-up-right"),
    },
    DayCount: {
        DayCount.DAY: Word(_l("On a day")),
        DayCount.DAYS: Word(_l("In so many days")),
        DayCount.WORKING_DAYS: Word(_l("In so many working days")),
    },
    EvidenceKind: {
        EvidenceKind.PHOTO_BEFORE: Word(_l("Photo from before"), "neutral", "eye"),
        EvidenceKind.PHOTO_DURING: Word(_l("Photo of the work"), "neutral", "eye"),
        EvidenceKind.PHOTO_AFTER: Word(_l("Photo from after"), "neutral", "eye"),
        EvidenceKind.PAPER: Word(_l("Paper"), "neutral", "file-text"),
        EvidenceKind.DECISION: Word(_l("Number of a decision"), "neutral", "scale"),
    },
    ExtensionState: {
        ExtensionState.ASKED: Word(_l("Asked for, not decided"), "wait", "hourglass"),
        ExtensionState.GRANTED: Word(_l("Granted"), "good", "check-circle"),
        ExtensionState.REFUSED: Word(_l("Refused"), "bad", "x-circle"),
    },
    CommitmentStage: {
        CommitmentStage.OVERDUE: OVERDUE,
        CommitmentStage.OPEN: Word(_l("Not started"), "neutral", "circle"),
        CommitmentStage.IN_PROGRESS: Word(_l("In progress"), "info", "circle-dot"),
        CommitmentStage.REPORTED_DONE: Word(_l("Reported done"), "wait", "check"),
        CommitmentStage.NOT_OBJECTED: Word(_l("Not objected"), "info", "check"),
        CommitmentStage.CONFIRMED: Word(_l("Confirmed done"), "good", "check-circle"),
        CommitmentStage.WITHDRAWN: Word(_l("Withdrawn"), "quiet", "x"),
    },
    Keeping: {
        Keeping.ON_TIME: Word(_l("Done on time"), "good", "check-circle"),
        Keeping.LATE: Word(_l("Done late"), "wait", "check"),
        Keeping.NOT_DONE_LATE: Word(_l("Not done, the first day has passed"), "bad", "alert-triangle"),
        Keeping.NOT_DONE: Word(_l("Not done, still in time"), "info", "circle-dot"),
        Keeping.WITHDRAWN: Word(_l("Withdrawn"), "quiet", "x"),
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
        Kind.FOLLOWER_CONFIRM: Word(_l("Question whether a promise is followed"), "neutral", "mail"),
        Kind.FOLLOWER_NEWS: Word(_l("News of a promise"), "neutral", "megaphone"),
        Kind.LEADER_WEEKLY: Word(_l("Weekly summary for a leader"), "neutral", "calendar"),
        Kind.VILLAGE_HEADS: Word(_l("Text to a village head"), "neutral", "phone"),
        Kind.ASKER_CONFIRM: Word(_l("Question to an asker whether letters are wanted"), "neutral", "mail"),
        Kind.MORNING: Word(_l("Morning message about promises"), "neutral", "clock"),
        Kind.HANDED_OVER: Word(_l("Work handed over"), "neutral", "users"),
        Kind.EXTENSION_DECIDED: Word(_l("Decision on a later day"), "neutral", "calendar"),
        Kind.ASKER_NEWS: Word(_l("Word back to an asker"), "neutral", "message-circle"),
        Kind.VERDICT: Word(_l("A resident or overseer speaks of a commitment"), "neutral", "message-circle"),
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
        EntryKind.PLAN_CHANGED: Word(_l("Plan changed"), "info", "pencil"),
        EntryKind.STEP_DONE: Word(_l("Step done"), "info", "check"),
        EntryKind.EXTENSION_ASKED: Word(_l("Asked for a later day"), "wait", "hourglass"),
        EntryKind.EXTENSION_REFUSED: Word(_l("No later day"), "bad", "x-circle"),
        EntryKind.EXTENSION: Word(_l("Extended"), "wait", "calendar"),
        EntryKind.HANDED_OVER: Word(_l("Handed over to a successor"), "info", "users"),
        EntryKind.REPORTED_DONE: Word(_l("Reported done"), "wait", "check"),
        EntryKind.OBJECTED: Word(_l("Only a part is done"), "wait", "circle-dot"),
        EntryKind.REOPENED: Word(_l("Reopened"), "bad", "history"),
        EntryKind.CONFIRMED: Word(_l("Confirmed done"), "good", "check-circle"),
        EntryKind.WITHDRAWN: Word(_l("Withdrawn"), "quiet", "x"),
    },
    Judgement: {
        Judgement.DONE: Word(_l("It is done"), "good", "check-circle"),
        Judgement.PARTLY: Word(_l("Only a part is done"), "wait", "circle-dot"),
        Judgement.NOT_DONE: Word(_l("It is not done"), "bad", "x-circle"),
    },
    VerdictWay: {
        VerdictWay.CODE: Word(_l("with the tracking code")),
        VerdictWay.LINK: Word(_l("by the link of a message")),
        VerdictWay.AT_THE_DOOR: Word(_l("told the village head or the office")),
        VerdictWay.OVERSEER: Word(_l("by the overseer")),
    },
    Rating: {
        Rating.SATISFIED: Word(_l("Satisfied"), "good", "check-circle"),
        Rating.NEUTRAL: Word(_l("So-so"), "neutral", "circle"),
        Rating.NOT_SATISFIED: Word(_l("Not satisfied"), "bad", "x-circle"),
    },
    RatingWay: {
        RatingWay.CODE: Word(_l("with the tracking code")),
        RatingWay.DESK: Word(_l("on the tablet at the desk")),
        RatingWay.PAPER: Word(_l("on paper")),
    },
    RemindedAs: {
        RemindedAs.RESPONSIBLE: Word(_l("Responsible")),
        RemindedAs.SUPERIOR: Word(_l("Superior")),
        RemindedAs.OVERSEER: Word(_l("Overseer")),
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
