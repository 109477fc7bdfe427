"""Finding doubles: the questions that ask the same as a text, and how sure that is."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa

from dialogues.doubles import likeness, store
from dialogues.doubles.likeness import Agreement, Gist, Rarity, Vocabulary, Weighed
from dialogues.doubles.naming import Villages, villages_named
from dialogues.extensions import db
from dialogues.places.rules import Field
from dialogues.questions.lineage import askers_of
from dialogues.questions.models import Question
from dialogues.questions.rules import QuestionState
from dialogues.questions.service import is_visible
from dialogues.schedule.models import Dialogue

__all__ = ["Match", "askers_of", "matches_for_residents", "matches_of", "ranked"]

COMPARED = 24
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
    weighed: Weighed | None = None


class Scored(NamedTuple):
    """A candidate after the comparison."""

    score: float
    candidate: Candidate
    weighed: Weighed
    agreement: Agreement


def ranked(new: Gist, candidates: Sequence[Candidate], rarity: Rarity, most: int = MOST_SHOWN) -> list[Match]:
    """The candidates worth reading, the most alike first. Probably the same are the first one, and those further down
    that ask the same as the first one: it leads before what asks something else."""
    asked = likeness.weigh(new, rarity)
    compared = [(candidate, candidate.weighed or likeness.weigh(candidate.gist, rarity)) for candidate in candidates]
    scored = [
        Scored(likeness.rank(agreement), candidate, weighed, agreement)
        for candidate, weighed in compared
        for agreement in (likeness.compare(asked, weighed, rarity),)
    ]
    scored = sorted(scored, key=lambda one: (-one.score, one.candidate.id))[: 2 * most]
    if not scored:
        return []
    twins = {scored[0].candidate.id} | {one.candidate.id for one in scored[1:] if _ask_the_same(scored[0], one, rarity)}
    next_score = next((one.score for one in scored if one.candidate.id not in twins), likeness.UNALIKE)
    found = []
    for score, candidate, _weighed, agreement in scored[:most]:
        if score < likeness.SIMILAR_FROM:
            break
        chance = (
            likeness.chance(agreement, score, likeness.lead_before(score, next_score)) if candidate.id in twins else 0.0
        )
        found.append(Match(candidate.id, _is_same(agreement, chance), chance, score))
    return found


def _is_same(agreement: Agreement, chance: float) -> bool:
    """The same topic in another village is similar, not the same."""
    return chance >= likeness.SAME_FROM and not agreement.other_place


def _ask_the_same(first: Scored, other: Scored, rarity: Rarity) -> bool:
    """Whether it is known, or looks so; what is much less like the new question is not looked at."""
    if first.candidate.group == other.candidate.group:
        return True
    if other.score < max(0.0, first.score / 2):
        return False
    agreement = likeness.compare(first.weighed, other.weighed, rarity)
    return _is_same(agreement, likeness.chance(agreement, likeness.rank(agreement), lead=0.0))


@dataclass(frozen=True)
class Asked:
    """What is looked for."""

    text: str
    field: Field | None
    village_id: int | None


# Built once. They do not name the commune: SQLite would go through all of its questions instead of the few ids.


@cache
def _for_office() -> sa.Select[Any]:
    q = Question
    columns = (
        q.commune_id,
        q.id,
        q.version,
        q.text,
        q.field,
        q.village_id,
        sa.func.coalesce(q.lead_id, q.id),
        q.chain_id,
    )
    return sa.select(*columns).where(q.id.in_(sa.bindparam("ids", expanding=True)), q.state.in_(PROPOSED))


@cache
def _for_residents() -> sa.Select[Any]:
    q = Question
    columns = (q.commune_id, q.id, q.version, q.public_text, q.field, q.village_id, q.id, q.chain_id)
    visible = sa.select(*columns).join(Dialogue, Dialogue.id == q.dialogue_id).where(*is_visible())
    return visible.where(q.id.in_(sa.bindparam("ids", expanding=True)))


def matches_of(question: Question, most: int = MOST_SHOWN) -> list[Match]:
    """For the office: the questions of this commune, published or not, that ask something alike; five statements. Not
    those that are known to ask the same already."""
    asked = Asked(question.own_text, question.field, question.village_id)
    known, chain_id = {question.id, question.lead_id}, question.chain_id

    def is_news(row: Any) -> bool:
        return row[6] not in known and (chain_id is None or row[7] != chain_id)

    return _matches(question.commune_id, asked, _for_office(), is_news, False, most)


def matches_for_residents(
    commune_id: int, text: str, field: Field | None = None, village_id: int | None = None, most: int = MOST_SHOWN
) -> list[Match]:
    """For residents: published questions only, compared by their public words only; five statements."""
    found = _matches(commune_id, Asked(text, field, village_id), _for_residents(), lambda _row: True, True, most)
    return [match for match in found if match.score >= likeness.CLOSE_FROM]


def _matches(
    commune_id: int,
    asked: Asked,
    statement: sa.Select[Any],
    is_meant: Callable[[Any], bool],
    only_public: bool,
    most: int,
) -> list[Match]:
    """`statement`: commune, id, version, text, field, village, the question that it stands for, chain."""
    index = store.the_store().index_of(commune_id)
    lines, villages = store.own_lines(commune_id), store.villages(commune_id)
    known = likeness.vocabulary_with(lines)
    new = _gist(asked, known, villages)
    ids = index.candidates(new, known, asked.village_id, only_public, COMPARED)
    if not ids:
        return []
    rows = db.session.connection().execute(statement, {"ids": ids}).all()
    candidates = [
        Candidate(
            stands_for,
            _kept_gist((id_, version, only_public), Asked(text, field, village_id), known, lines, villages),
            chain_id or -stands_for,
        )
        for of_commune, id_, version, text, field, village_id, stands_for, chain_id in filter(is_meant, rows)
        if of_commune == commune_id
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
