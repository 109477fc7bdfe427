"""The same matter over the years: questions linked as asked before, with what was answered and promised each time."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from dialogues.doubles.merging import show_anew
from dialogues.errors import RuleBroken
from dialogues.extensions import db
from dialogues.followup.models import Answer
from dialogues.followup.question_views import CommitmentView, commitment_views
from dialogues.followup.rules import AnswerStage, Outcome, answer_stage
from dialogues.questions.merges import CHAIN
from dialogues.questions.models import Question
from dialogues.questions.rules import QuestionState
from dialogues.schedule.models import Dialogue
from dialogues.staff import trail
from dialogues.staff.models import Staff

HIDDEN = (QuestionState.WITHDRAWN, QuestionState.MOVED_TO_COMPLAINT)
"""Questions that are no part of any story."""


def link(*, question: Question, earlier: Question, actor: Staff) -> None:
    """Note that the two ask the same; two chains become one."""
    if question.commune_id != earlier.commune_id:
        raise RuleBroken(_l("The two questions belong to two communes. Only questions of one commune can be linked."))
    if question.id == earlier.id:
        raise RuleBroken(_l("This is the same question. Choose another one."))
    if earlier.state in HIDDEN or question.state in HIDDEN:
        raise RuleBroken(_l("A question that was withdrawn or moved to the complaint procedure cannot be linked."))
    if question.chain_id is not None and question.chain_id == earlier.chain_id:
        raise RuleBroken(_l("These two are linked already."))
    chain_id = earlier.chain_id or question.chain_id or earlier.id
    for chain in {question.chain_id, earlier.chain_id} - {None, chain_id}:
        for member in _members(chain):
            member.chain_id = chain_id
    question.chain_id = earlier.chain_id = chain_id
    db.session.flush()
    for one, other in ((question, earlier), (earlier, question)):
        _record(one, actor, "chain_linked", f"№ {other.id}")
    show_anew([*(member.lead_id or member.id for member in _members(chain_id))])


def unlink(*, question: Question, actor: Staff) -> None:
    """Take this question out of its chain; a chain of one is none."""
    if question.chain_id is None:
        raise RuleBroken(_l("This question is not linked to an earlier one."))
    members = _members(question.chain_id)
    others = [member for member in members if member.id != question.id]
    question.chain_id = None
    if len(others) == 1:
        others[0].chain_id = None
    elif others and others[0].chain_id == question.id:
        for member in others:
            member.chain_id = others[0].id
    db.session.flush()
    _record(question, actor, "chain_unlinked", ", ".join(f"№ {member.id}" for member in others))
    show_anew([*(member.lead_id or member.id for member in members)])


def _members(chain_id: int | None) -> list[Question]:
    statement = sa.select(Question).where(Question.chain_id == chain_id).order_by(Question.id)
    return list(db.session.scalars(statement))


def _record(question: Question, actor: Staff, action: str, note: str) -> None:
    trail.record(
        commune_id=question.commune_id, actor=actor, thing="question", thing_id=question.id, action=action, note=note
    )
    db.session.flush()


# -- for the office and the leaders -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Told:
    """One time that a matter was asked: what was answered and promised. `text` is what residents read, "" if nothing;
    answers that are not published are not told."""

    id: int
    chain_id: int
    text: str
    state: QuestionState
    dialogue_id: int
    dialogue: str
    starts_at: datetime
    stage: AnswerStage
    said: str
    said_by: str
    answered_on: date | None
    commitments: tuple[CommitmentView, ...]


def told(chain_ids: set[int], today: date) -> dict[int, list[Told]]:
    """The askings of each chain, the oldest first, with their published answers and promises; two queries."""
    if not chain_ids:
        return {}
    lead = sa.orm.aliased(Question)
    rows = db.session.execute(
        sa.select(Question.chain_id, lead, Dialogue.title, Dialogue.starts_at, Answer, Staff.name)
        .join(lead, lead.id == sa.func.coalesce(Question.lead_id, Question.id))
        .join(Dialogue, Dialogue.id == lead.dialogue_id)
        .outerjoin(Answer, sa.and_(Answer.question_id == lead.id, Answer.published_at.is_not(None)))
        .outerjoin(Staff, Staff.id == Answer.answered_by_id)
        .where(Question.chain_id.in_(sorted(chain_ids)), lead.state.not_in(HIDDEN))
        .order_by(Dialogue.starts_at, lead.id)
    ).all()
    promises = commitment_views(sorted({answer.id for *_rest, answer, _name in rows if answer}), today)
    found: defaultdict[int, dict[int, Told]] = defaultdict(dict)
    for chain_id, question, title, starts_at, answer, name in rows:
        found[chain_id].setdefault(
            question.id, _told(chain_id, question, title, starts_at, answer, name or "", promises, today)
        )
    return {chain_id: list(askings.values()) for chain_id, askings in found.items()}


def _told(
    chain_id: int,
    question: Question,
    title: str,
    starts_at: datetime,
    answer: Answer | None,
    name: str,
    promises: dict[int, list[CommitmentView]],
    today: date,
) -> Told:
    is_shown = answer is not None and answer.outcome is not Outcome.MOVED_TO_COMPLAINT
    return Told(
        id=question.id,
        chain_id=chain_id,
        text=question.public_text if question.state is QuestionState.PUBLISHED else "",
        state=question.state,
        dialogue_id=question.dialogue_id,
        dialogue=title,
        starts_at=starts_at,
        stage=answer_stage(
            answer.outcome if answer else None,
            answer is not None,
            answer.due_on if answer else None,
            answer.final_on if answer else None,
            today,
        ),
        said=(answer.final_text if answer.final_on and answer.final_text else answer.text)
        if answer and is_shown
        else "",
        said_by=name if is_shown else "",
        answered_on=answer.answered_on if answer and is_shown else None,
        commitments=tuple(promises.get(answer.id, ())) if answer and is_shown else (),
    )


def story_of(question: Question, today: date) -> list[Told]:
    """The chain of one question, this one too; [] when it was asked once. Three queries at most."""
    chain_id = db.session.scalar(sa.select(CHAIN).where(Question.id == (question.lead_id or question.id)))
    askings = told({chain_id}, today)[chain_id] if chain_id else []
    return askings if len(askings) > 1 else []


def asked_again(dialogue: Dialogue, today: date) -> list[tuple[Told, list[Told]]]:
    """What this dialogue is asked again: each question with its earlier askings, those asked most often first; for the
    leaders before the session. Three queries."""
    chains = sa.select(CHAIN).where(Question.dialogue_id == dialogue.id, Question.state != QuestionState.MERGED)
    ids = {chain_id for chain_id in db.session.scalars(chains) if chain_id is not None}
    found = []
    for askings in told(ids, today).values():
        here = [one for one in askings if one.dialogue_id == dialogue.id]
        earlier = [one for one in askings if one.dialogue_id != dialogue.id and one.starts_at < dialogue.starts_at]
        if here and earlier:
            found.append((here[-1], earlier))
    return sorted(found, key=lambda one: (-len(one[1]), one[0].id))
