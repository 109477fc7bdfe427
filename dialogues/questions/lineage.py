"""Where a question comes from: texts with several matters, split into questions of their own, and moved to later
dialogues. Who asked is answered here, whatever became of the text."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import joinedload

from dialogues import clock
from dialogues.errors import EditConflict, RuleBroken
from dialogues.extensions import db
from dialogues.places.rules import Field
from dialogues.questions import events
from dialogues.questions.models import Asker, Deferral, Question
from dialogues.questions.rules import ASSIGNABLE, MAX_TEXT, MOVES, QuestionEvent, QuestionKind, QuestionState
from dialogues.questions.splitting import FEWEST, MOST
from dialogues.schedule.models import Dialogue
from dialogues.schedule.rules import DialogueState
from dialogues.staff import trail
from dialogues.staff.models import Staff

DEEPEST = 6
"""A part can be split again; nobody does that more often."""


class Part(NamedTuple):
    """One matter of a text, as the clerk tells it apart."""

    text: str
    field: Field
    kind: QuestionKind


# -- who asked, what became of it -------------------------------------------------------------------------------------


def askers_of(question: Question) -> list[Asker]:
    """Everybody who asks this and wants to hear what became of it: its own askers, those of the questions that were
    merged into it, those of the texts that any of them was split from, and the residents who joined; not who left."""
    rows = db.session.execute(
        sa.select(Question.id, Question.split_from_id).where(
            sa.or_(Question.id == question.id, Question.lead_id == question.id)
        )
    ).all()
    ids, above = {id_ for id_, _from in rows}, {from_id for _id, from_id in rows if from_id}
    for _depth in range(DEEPEST):
        if not above:
            break
        ids |= above
        parents = sa.select(Question.split_from_id).where(Question.id.in_(above), Question.split_from_id.is_not(None))
        above = set(db.session.scalars(parents)) - ids
    askers = sa.select(Asker).where(Asker.question_id.in_(ids), Asker.left_at.is_(None)).order_by(Asker.id)
    return list(db.session.scalars(askers))


def askers_of_each(question_ids: Collection[int]) -> dict[int, list[Asker]]:
    """As `askers_of` for many questions at once, each asker with the own question; the number of queries does not grow
    with them."""
    wanted = set(question_ids)
    roots: dict[int, set[int]] = {id_: {id_} for id_ in wanted}
    rows = db.session.execute(
        sa.select(Question.id, Question.lead_id, Question.split_from_id).where(
            sa.or_(Question.id.in_(wanted), Question.lead_id.in_(wanted))
        )
    ).all()
    above: dict[int, set[int]] = {}
    for id_, lead_id, from_id in rows:
        roots.setdefault(id_, set()).update({lead_id} & wanted)
        if from_id:
            above.setdefault(from_id, set()).update(roots[id_])
    for _depth in range(DEEPEST):
        if not above:
            break
        for id_, of in above.items():
            roots.setdefault(id_, set()).update(of)
        parents = sa.select(Question.id, Question.split_from_id)
        parents = parents.where(Question.id.in_(above), Question.split_from_id.is_not(None))
        above, below = {}, above
        for id_, from_id in db.session.execute(parents):
            if from_id is not None and not below[id_] <= roots.get(from_id, set()):
                above.setdefault(from_id, set()).update(below[id_])
    found: dict[int, list[Asker]] = {id_: [] for id_ in wanted}
    askers = sa.select(Asker).where(Asker.question_id.in_(roots), Asker.left_at.is_(None))
    for asker in db.session.scalars(askers.options(joinedload(Asker.question)).order_by(Asker.id)):
        for id_ in roots[asker.question_id]:
            found[id_].append(asker)
    return found


def parts_of(question: Question) -> list[Question]:
    """The questions that a text was split into, in its order; a part that was split again by its own parts."""
    found: dict[int, list[Question]] = {}
    above: Collection[int] = [question.id] if question.state in (QuestionState.SPLIT, QuestionState.WITHDRAWN) else ()
    for _depth in range(DEEPEST):
        rows = db.session.scalars(
            sa.select(Question).where(Question.split_from_id.in_(above)).order_by(Question.id)
        ).all() if above else ()  # fmt: skip
        for row in rows:
            found.setdefault(row.split_from_id or 0, []).append(row)
        above = [row.id for row in rows if row.state is QuestionState.SPLIT]
    return _leaves(question.id, found)


def _leaves(id_: int, children: dict[int, list[Question]]) -> list[Question]:
    return [
        leaf
        for child in children.get(id_, ())
        for leaf in (_leaves(child.id, children) if child.id in children else [child])
    ]


def is_received_text() -> sa.ColumnElement[bool]:
    """Condition on Question: a text as it was received. A text that was split counts once, its parts do not."""
    return Question.split_from_id.is_(None)


def is_matter() -> sa.ColumnElement[bool]:
    """Condition on Question: one matter. A text that was split counts by its parts."""
    return Question.state != QuestionState.SPLIT


# -- split ------------------------------------------------------------------------------------------------------------


def split(*, question: Question, parts: Sequence[Part], actor: Staff, version: int | None = None) -> list[Question]:
    """Make each matter of a text a question of its own, which waits to be read; the text itself is kept, not shown.
    Where and when it came in stays the same for all, so that no clock begins anew."""
    if version is not None and version != question.version:
        raise EditConflict
    if QuestionState.SPLIT not in MOVES[question.state]:
        raise RuleBroken(_l("Only a question that waits to be read can be split. Take it back to waiting first."))
    if not FEWEST <= len(parts) <= MOST:
        raise RuleBroken(_l("Write at least two matters, at most %(most)s.", most=MOST), "text")
    if any(not part.text or len(part.text) > MAX_TEXT for part in parts):
        raise RuleBroken(_l("Each matter has at least a word, at most %(most)s characters.", most=MAX_TEXT), "text")
    made = [
        Question(
            commune_id=question.commune_id, dialogue_id=question.dialogue_id, village_id=question.village_id,
            channel=question.channel, received_at=question.received_at, entered_by_id=question.entered_by_id,
            split_from_id=question.id, text=part.text, field=part.field, kind=part.kind,
        )
        for part in parts
    ]  # fmt: skip
    db.session.add_all(made)
    question.state, question.decided_at = QuestionState.SPLIT, clock.now()
    db.session.flush()
    numbers = ", ".join(str(one.id) for one in made)
    _record(question, actor, "split", numbers)
    for one in made:
        _record(one, actor, "split_off", str(question.id))
    events.tell(question, QuestionEvent.SPLIT)
    return made


def join(question: Question) -> None:
    """Take a split back: its parts go, as nothing was done with them. For undo, which sets the text's own state."""
    parts = db.session.scalars(sa.select(Question).where(Question.split_from_id == question.id)).all()
    if any(not _is_untouched(part) for part in parts):
        raise RuleBroken(_l("Something was done with a part already, so the split stays."))
    for part in parts:
        db.session.delete(part)
    db.session.flush()


def _is_untouched(part: Question) -> bool:
    return part.state is QuestionState.WAITING and part.version == 1


def withdraw_parts(question: Question) -> None:
    """The asker withdrew a text that was split: its parts too, where they can be."""
    for part in parts_of(question):
        if QuestionState.WITHDRAWN in MOVES[part.state]:
            part.state, part.decided_at = QuestionState.WITHDRAWN, clock.now()
            _record(part, None, "withdrawn", "")


# -- later dialogues --------------------------------------------------------------------------------------------------


def later_dialogues(question: Question) -> list[Dialogue]:
    """The dialogues to come that a question can be moved to, the next first; a public question only to announced ones,
    as residents would lose it from sight."""
    d = Dialogue
    states = [DialogueState.ANNOUNCED, DialogueState.POSTPONED]
    if question.state is not QuestionState.PUBLISHED:
        states.append(DialogueState.DRAFT)
    statement = sa.select(d).where(d.commune_id == question.commune_id, d.id != question.dialogue_id)
    to_come = sa.or_(d.starts_at > clock.now(), d.state == DialogueState.POSTPONED)
    return list(db.session.scalars(statement.where(d.state.in_(states), to_come).order_by(d.starts_at, d.id).limit(40)))


def defer(*, question: Question, dialogue_id: int | None, reason: str, actor: Staff, version: int | None) -> None:
    """Move a question to another dialogue to come; the asker reads why, and it stays in sight that it was moved."""
    if version is not None and version != question.version:
        raise EditConflict
    if question.state not in ASSIGNABLE:
        raise RuleBroken(_l("Only a question that waits or is public can be moved to another dialogue."))
    chosen = next((one for one in later_dialogues(question) if one.id == dialogue_id), None)
    if chosen is None:
        raise RuleBroken(_l("Choose a dialogue to come, other than its own."), "dialogue")
    if not reason:
        raise RuleBroken(_l("Write to the asker why it waits until then."), "note")
    db.session.add(
        Deferral(
            commune_id=question.commune_id, question_id=question.id, from_dialogue_id=question.dialogue_id,
            to_dialogue_id=chosen.id, reason=reason, by_id=actor.id, at=clock.now(),
        )
    )  # fmt: skip
    question.dialogue = chosen
    db.session.flush()
    _record(question, actor, "deferred", f"{chosen.title}. {reason}")
    events.tell(question, QuestionEvent.DEFERRED)


def forget_last_deferral(question: Question) -> None:
    """For undo: the question was not moved after all; the history still tells it."""
    last = deferrals(question.id)[-1:]
    for one in last:
        db.session.delete(one)


def deferrals(question_id: int) -> list[Deferral]:
    """How often a question was moved to another dialogue, the first time first."""
    statement = sa.select(Deferral).where(Deferral.question_id == question_id).order_by(Deferral.id)
    dialogues = (sa.orm.joinedload(Deferral.from_dialogue), sa.orm.joinedload(Deferral.to_dialogue))
    return list(db.session.scalars(statement.options(*dialogues)))


def _record(question: Question, actor: Staff | None, action: str, note: str) -> None:
    trail.record(
        commune_id=question.commune_id,
        actor=actor,
        thing="question",
        thing_id=question.id,
        action=action,
        note=note,
    )
    db.session.flush()
