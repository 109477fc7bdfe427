"""What the office sees of doubles on the page of one question: its lead, those merged into it, its past, proposals."""

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from dialogues import clock
from dialogues.doubles import chains, service
from dialogues.doubles.chains import Told
from dialogues.doubles.merging import merged_questions
from dialogues.doubles.service import Match
from dialogues.extensions import db
from dialogues.followup.models import Answer
from dialogues.followup.question_views import CommitmentView, commitment_views
from dialogues.places.models import Village
from dialogues.questions.merges import PEOPLE
from dialogues.questions.models import Question
from dialogues.questions.rules import MERGEABLE, DeclineReason, QuestionState
from dialogues.schedule.models import Dialogue


@dataclass(frozen=True)
class Proposal:
    """A question that asks something alike, with enough to judge it and what may be done."""

    id: int
    version: int
    is_same: bool
    text: str
    state: QuestionState
    reason: DeclineReason | None
    village: str
    dialogue: str
    starts_at: datetime
    is_here: bool
    people: int
    said: str
    commitments: tuple[CommitmentView, ...]
    is_answered: bool
    may_merge: bool
    may_take: bool
    may_link: bool

    @property
    def may_act(self) -> bool:
        """Whether anything can be done with it; a declined one of the same dialogue is only there to be read."""
        return self.may_merge or self.may_take or self.may_link


@dataclass(frozen=True)
class Panel:
    """The part of the page."""

    lead: Question | None
    merged: list[Question]
    people: int
    story: list[Told]
    proposals: list[Proposal]

    @property
    def groups(self) -> list[tuple[bool, list[Proposal]]]:
        """What is probably the same, then what is merely similar; in each first those with which something can be
        done."""
        ordered = sorted(self.proposals, key=lambda one: not one.may_act)
        groups = [(is_same, [one for one in ordered if one.is_same is is_same]) for is_same in (True, False)]
        return [(is_same, found) for is_same, found in groups if found]


def panel_of(question: Question, today: date, may_sort: bool) -> Panel:
    """Everything about doubles of one question; proposals only for those who sort. A bounded number of queries."""
    lead = db.session.get(Question, question.lead_id) if question.lead_id else None
    looks = may_sort and question.state in MERGEABLE
    people = sa.select(PEOPLE).where(Question.id == (question.lead_id or question.id))
    return Panel(
        lead=lead,
        merged=merged_questions(question) if lead is None else [],
        people=db.session.scalar(people) or 0,
        story=chains.story_of(question, today),
        proposals=_proposals(question, service.matches_of(question), today) if looks else [],
    )


def _proposals(question: Question, matches: list[Match], today: date) -> list[Proposal]:
    if not matches:
        return []
    rows = db.session.execute(
        sa.select(Question, Village.kind, Village.name, Dialogue.title, Dialogue.starts_at, Answer, PEOPLE)
        .join(Dialogue, Dialogue.id == Question.dialogue_id)
        .outerjoin(Village, Village.id == Question.village_id)
        .outerjoin(Answer, sa.and_(Answer.question_id == Question.id, Answer.published_at.is_not(None)))
        .where(Question.id.in_([match.id for match in matches]), Question.commune_id == question.commune_id)
    ).all()
    promises = commitment_views([row[5].id for row in rows if row[5]], today)
    is_answered = _has_published_answer(question)
    now = clock.now()
    found = {}
    for other, kind, village, title, starts_at, answer, people in rows:
        is_here = other.dialogue_id == question.dialogue_id
        is_over = starts_at < now
        joins = other.state in MERGEABLE and (is_here or not is_over)
        found[other.id] = Proposal(
            id=other.id,
            version=other.version,
            is_same=False,
            text=other.text,
            state=other.state,
            reason=other.decline_reason,
            village=f"{kind[:1].upper()}{kind[1:]} {village}" if village else "",
            dialogue=title,
            starts_at=starts_at,
            is_here=is_here,
            people=people,
            said=(answer.final_text if answer.final_on and answer.final_text else answer.text) if answer else "",
            commitments=tuple(promises.get(answer.id, ())) if answer else (),
            is_answered=answer is not None,
            may_merge=joins and not is_answered and not _would_hide(question, other),
            may_take=joins and answer is None and not _would_hide(other, question),
            may_link=not is_here,
        )
    return [_marked(found[match.id], match) for match in matches if match.id in found]


def _marked(proposal: Proposal, match: Match) -> Proposal:
    return Proposal(**{**proposal.__dict__, "is_same": match.is_same})


def _would_hide(question: Question, into: Question) -> bool:
    """Merging a published question into one that nobody may read yet would take it from the public pages."""
    return question.state is QuestionState.PUBLISHED and into.state is not QuestionState.PUBLISHED


def _has_published_answer(question: Question) -> bool:
    published = sa.select(Answer.id).where(Answer.question_id == question.id, Answer.published_at.is_not(None))
    return db.session.scalar(published.limit(1)) is not None
