"""The promises of a commune or village for its notice board: what is open first, then what was done lately."""

from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa

from dialogues.extensions import db
from dialogues.followup import service
from dialogues.followup.models import Commitment
from dialogues.followup.public_list import of_village, rows_of
from dialogues.followup.rules import UNFINISHED, CommitmentState
from dialogues.followup.service import CommitmentRow

MOST = 40
"""So many open ones, and so many done ones: what people read standing."""
LATELY = timedelta(days=120)


@dataclass(frozen=True)
class Board:
    """The rows, and how many there are in all."""

    open: list[CommitmentRow]
    number_open: int
    done: list[CommitmentRow]
    number_done: int


def board(commune_id: int, today: date, village_id: int | None = None) -> Board:
    """Open ones with the latest first, and those reported done, confirmed or withdrawn in the last months; four
    queries."""
    c = Commitment
    base = service.visible_commitments(commune_id)
    if village_id is not None:
        base = base.where(of_village(village_id))
    ended_on = sa.func.coalesce(c.withdrawn_on, c.reported_done_on, c.confirmed_on)
    ended = (CommitmentState.REPORTED_DONE, CommitmentState.CONFIRMED, CommitmentState.WITHDRAWN)
    open_ones = base.where(c.state.in_(UNFINISHED)).order_by(c.due_on, c.id)
    done = base.where(c.state.in_(ended), ended_on >= today - LATELY).order_by(ended_on.desc(), c.id)
    return Board(*_first(commune_id, open_ones, today), *_first(commune_id, done, today))


def _first(commune_id: int, statement: sa.Select[tuple[Commitment]], today: date) -> tuple[list[CommitmentRow], int]:
    columns = statement.with_only_columns(Commitment.id, sa.func.count().over())
    found = db.session.execute(columns.limit(MOST)).all()
    return rows_of(commune_id, [id_ for id_, _number in found], today), found[0][1] if found else 0
