"""What was said of the reports of a promise, side by side: for its pages."""

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from dialogues import clock
from dialogues.extensions import db
from dialogues.followup.models import Commitment
from dialogues.staff.models import Staff
from dialogues.verdicts.models import CommitmentVerdict
from dialogues.verdicts.rules import Judgement


@dataclass(frozen=True)
class Said:
    """One voice. `who`: the overseer with the post, "" for an asker. `text`: what residents may read."""

    judgement: Judgement
    who: str
    text: str
    at: datetime


@dataclass(frozen=True)
class Side:
    """All who say the same: how many askers, which overseers, and the sentences of askers that residents may read."""

    judgement: Judgement
    askers: int
    overseers: list[Said]
    sentences: list[Said]


@dataclass(frozen=True)
class Round:
    """All voices about one report. `reported_by`: who made it, with the post. `askers`: how many said what; `unread`:
    what askers wrote and the office has not read, word for word: never for residents."""

    reported_on: date
    reported_by: str
    askers: dict[Judgement, int]
    overseers: list[Said]
    sentences: list[Said]
    unread: list[Said]

    @property
    def sides(self) -> list[Side]:
        """Who say the same, together: "done" first."""
        found = [
            Side(
                one,
                self.askers[one],
                [said for said in self.overseers if said.judgement is one],
                [said for said in self.sentences if said.judgement is one],
            )
            for one in Judgement
        ]
        return [side for side in found if side.askers or side.overseers]

    @property
    def is_contradictory(self) -> bool:
        """Whether not all say the same; the report itself says that it is done."""
        return any(side.judgement is not Judgement.DONE for side in self.sides)


def rounds_of(commitment: Commitment) -> list[Round]:
    """The voices about each report that somebody spoke of, the newest report first; one query."""
    v = CommitmentVerdict
    rows = db.session.execute(
        sa.select(v.entry_id, v.asker_id, v.judgement, v.text, v.public_text, v.published_at, v.at, Staff.name,
                  Staff.post)
        .outerjoin(Staff, sa.and_(Staff.id == v.staff_id, v.asker_id.is_(None)))
        .where(v.commitment_id == commitment.id)
        .order_by(v.at, v.id)
    ).all()  # fmt: skip
    zone = commitment.dialogue.commune.time_zone
    found = []
    for entry in sorted(commitment.entries, key=lambda one: one.id, reverse=True):
        mine = [row for row in rows if row.entry_id == entry.id]
        if not mine:
            continue
        askers = [row for row in mine if row.asker_id is not None]
        found.append(
            Round(
                reported_on=clock.local(entry.at, zone).date(),
                reported_by=_named(entry.author.name, entry.author.post) if entry.author else "",
                askers={one: sum(row.judgement is one for row in askers) for one in Judgement},
                overseers=[
                    Said(row.judgement, _named(row.name, row.post), row.public_text, row.at)
                    for row in mine
                    if row.asker_id is None
                ],
                sentences=[Said(row.judgement, "", row.public_text, row.at) for row in askers if row.public_text],
                unread=[
                    Said(row.judgement, "", row.text, row.at) for row in askers if row.text and row.published_at is None
                ],
            )
        )
    return found


def _named(name: str | None, post: str | None) -> str:
    return ", ".join(filter(None, (name, post)))
