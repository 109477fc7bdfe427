"""Finding doubles: the questions that ask the same as a text, and how sure that is."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from dialogues.doubles import likeness, store
from dialogues.doubles.likeness import Agreement, Gist, Rarity, Vocabulary
from dialogues.doubles.naming import Villages, villages_named
from dialogues.extensions import db
from dialogues.places.rules import Field
from dialogues.questions.lineage import askers_of
from dialogues.questions.models import Question
from dialogues.questions.rules import QuestionState
from dialogues.questions.service import visible

__all__ = ["Match", "askers_of", "matches_for_residents", "matches_of", "ranked"]

COMPARED = 40
"""So many questions that share the most telling words are compared."""
MOST_SHOWN = 3
S = QuestionState
PROPOSED = (S.WAITING, S.PUBLISHED, S.DECLINED, S.MERGED)
"""States of the questions that the office is shown; a merged one stands for the one that it was merged into."""


@dataclass(frozen=True)
class Match:
    """A question that asks something alike; `is_same`: probably the same matter."""

    id: int
    is_same: bool
    chance: float
    score: float


@dataclass(frozen=True)
class Candidate:
    """A question that is compared. `group`: the same for questions that are known to ask the same."""

    id: int
    gist: Gist
    group: int


def ranked(new: Gist, candidates: Sequence[Candidate], rarity: Rarity, most: int = MOST_SHOWN) -> list[Match]:
    """The candidates worth reading, the most alike first. Probably the same are the first one, and those further down
    that ask the same as the first one: it leads before what asks something else."""
    compared = [(candidate, likeness.compare(new, candidate.gist, rarity)) for candidate in candidates]
    scored = sorted(
        ((likeness.rank(agreement), candidate, agreement) for candidate, agreement in compared),
        key=lambda one: (-one[0], one[1].id),
    )[: 3 * most]
    if not scored:
        return []
    first = scored[0][1]
    twins = {first.id} | {one.id for _score, one, _a in scored[1:] if _ask_the_same(first, one, rarity)}
    next_score = next((score for score, one, _a in scored if one.id not in twins), -likeness.MOST_LEAD)
    found = []
    for score, candidate, agreement in scored[:most]:
        if score < likeness.SIMILAR_FROM:
            break
        chance = likeness.chance(agreement, score, score - next_score) if candidate.id in twins else 0.0
        found.append(Match(candidate.id, _is_same(agreement, chance), chance, score))
    return found


def _is_same(agreement: Agreement, chance: float) -> bool:
    """The same topic in another village is similar, not the same."""
    return chance >= likeness.SAME_FROM and not agreement.other_place


def _ask_the_same(one: Candidate, other: Candidate, rarity: Rarity) -> bool:
    if one.group == other.group:
        return True
    agreement = likeness.compare(one.gist, other.gist, rarity)
    score = likeness.rank(agreement)
    return _is_same(agreement, likeness.chance(agreement, score, lead=0.0))


@dataclass(frozen=True)
class Asked:
    """What is looked for."""

    text: str
    field: Field | None
    village_id: int | None


def matches_of(question: Question, most: int = MOST_SHOWN) -> list[Match]:
    """For the office: the questions of this commune, published or not, that ask something alike; four queries. Not
    those that are known to ask the same already."""
    asked = Asked(question.text, question.field, question.village_id)
    known = {question.id, question.lead_id or question.id}
    q = Question
    statement = sa.select(
        q.id, q.version, q.text, q.field, q.village_id, sa.func.coalesce(q.lead_id, q.id), q.chain_id
    ).where(q.commune_id == question.commune_id, q.state.in_(PROPOSED), sa.func.coalesce(q.lead_id, q.id).not_in(known))
    if question.chain_id is not None:
        statement = statement.where(sa.or_(q.chain_id.is_(None), q.chain_id != question.chain_id))
    return _matches(question.commune_id, asked, statement, False, most)


def matches_for_residents(
    commune_id: int, text: str, field: Field | None = None, village_id: int | None = None, most: int = MOST_SHOWN
) -> list[Match]:
    """For residents: published questions only, compared by their public words only; four queries."""
    q = Question
    columns = (q.id, q.version, q.public_text, q.field, q.village_id, q.id, q.chain_id)
    statement = visible(commune_id).with_only_columns(*columns)
    found = _matches(commune_id, Asked(text, field, village_id), statement, True, most)
    return [match for match in found if match.score >= likeness.CLOSE_FROM]


def _matches(commune_id: int, asked: Asked, statement: sa.Select[Any], only_public: bool, most: int) -> list[Match]:
    """`statement`: id, version, text, field, village, the question that it stands for, chain."""
    index = store.the_store().index_of(commune_id)
    lines, villages = store.own_lines(commune_id), store.villages(commune_id)
    known = likeness.vocabulary_with(lines)
    new = _gist(asked, known, villages)
    ids = index.candidates(new, known, asked.village_id, only_public, COMPARED)
    if not ids:
        return []
    rows = db.session.execute(statement.where(Question.id.in_(ids))).all()
    candidates = [
        Candidate(
            stands_for,
            _kept_gist((id_, version, only_public), Asked(text, field, village_id), known, lines, villages),
            chain_id or -stands_for,
        )
        for id_, version, text, field, village_id, stands_for, chain_id in rows
    ]
    return _each_once(ranked(new, candidates, index.rarity(known), most + 2), most)


def _each_once(matches: Collection[Match], most: int) -> list[Match]:
    """The best of each question: several may have been merged into it."""
    best: dict[int, Match] = {}
    for match in matches:
        best.setdefault(match.id, match)
    return list(best.values())[:most]


def _kept_gist(
    key: tuple[object, ...], asked: Asked, known: Vocabulary, lines: tuple[str, ...], villages: Villages
) -> Gist:
    return store.the_store().gist((*key, lines, villages), lambda: _gist(asked, known, villages))


def _gist(asked: Asked, known: Vocabulary, villages: Villages) -> Gist:
    at = asked.village_id
    places: frozenset[object] = frozenset({at}) if at else frozenset(villages_named(asked.text, villages))
    return likeness.read(asked.text, known, places, asked.field.value if asked.field else "")
