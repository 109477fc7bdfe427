"""A day off that is entered later moves the counted days of open promises, and the story of each says so. The page of
days off does it at once; `tidy` does it for days off that came with a new version of the program."""

from datetime import date

import sqlalchemy as sa
from flask_babel import force_locale
from flask_babel import gettext as _

from dialogues import clock
from dialogues.extensions import db
from dialogues.followup.due import due_of
from dialogues.followup.entries import add, calendars_hear, record
from dialogues.followup.models import Commitment, CommitmentEntry
from dialogues.followup.rules import UNFINISHED, DayCount, EntryKind
from dialogues.formatting import short_date
from dialogues.places.models import Commune
from dialogues.staff.models import Staff


def recount_all() -> int:
    """In every commune; how many days moved. Part of `tidy`."""
    return sum(recount(commune, None) for commune in db.session.scalars(sa.select(Commune).order_by(Commune.id)).all())


def recount(commune: Commune, actor: Staff | None) -> int:
    """Work out anew the days that were counted; how many moved. One that was extended has a chosen day by now. What
    would lie in the past by the new count keeps its day: nobody becomes late overnight. The first day never changes.
    Only promises that move are read."""
    c = Commitment
    extended = sa.exists().where(CommitmentEntry.commitment_id == c.id, CommitmentEntry.kind == EntryKind.EXTENSION)
    counted = sa.and_(c.commune_id == commune.id, c.state.in_(UNFINISHED), c.due_counts != DayCount.DAY, ~extended)
    ways = db.session.execute(
        sa.select(c.promised_on, c.due_counts, c.due_days, c.due_on).where(counted).distinct()
    ).all()
    today, moved = clock.today(commune.time_zone), 0
    for promised_on, counts, days, old in ways:
        due = due_of(commune, promised_on, counts, old, days)
        if due.on is None or due.on == old or (due.on < old and due.on < today):
            continue
        same = sa.and_(c.promised_on == promised_on, c.due_counts == counts, c.due_days == days, c.due_on == old)
        with force_locale("vi"):
            for commitment in db.session.scalars(sa.select(c).where(counted, same).order_by(c.id)).all():
                _move(commitment, due.on, due.how, actor)
                moved += 1
    db.session.flush()
    return moved


def _move(commitment: Commitment, day: date, how: str, actor: Staff | None) -> None:
    old, commitment.due_on = commitment.due_on, day
    calendars_hear(commitment)
    said = _("The table of days off changed. Counted anew: %(how)s", how=how)
    add(commitment, actor, EntryKind.PLAN_CHANGED, said, old_due_on=old, new_due_on=day)
    record(commitment, actor, "recounted", f"{short_date(old)} → {short_date(day)}")
