"""A day off that is entered later moves the counted days of open promises, and the story of each says so."""

import sqlalchemy as sa
from flask_babel import force_locale
from flask_babel import gettext as _

from dialogues import clock
from dialogues.extensions import db
from dialogues.followup.due import counted_of
from dialogues.followup.entries import add, calendars_hear, record
from dialogues.followup.models import Commitment, CommitmentEntry
from dialogues.followup.rules import UNFINISHED, DayCount, EntryKind
from dialogues.formatting import short_date
from dialogues.places.models import Commune
from dialogues.staff.models import Staff


def recount(commune: Commune, actor: Staff) -> int:
    """Work out anew the days that were counted; how many moved. One that was extended has a chosen day by now. What
    would lie in the past by the new count keeps its day: nobody becomes late overnight. The first day never changes."""
    extended = sa.exists().where(
        CommitmentEntry.commitment_id == Commitment.id, CommitmentEntry.kind == EntryKind.EXTENSION
    )
    found = db.session.scalars(
        sa.select(Commitment)
        .where(
            Commitment.commune_id == commune.id,
            Commitment.state.in_(UNFINISHED),
            Commitment.due_counts != DayCount.DAY,
            ~extended,
        )
        .order_by(Commitment.id)
    ).all()
    today, moved = clock.today(commune.time_zone), 0
    for commitment in found:
        due, old = counted_of(commitment, commune), commitment.due_on
        if due.on is None or due.on == old or (due.on < old and due.on < today):
            continue
        commitment.due_on = due.on
        calendars_hear(commitment)
        with force_locale("vi"):
            said = _("The table of days off changed. Counted anew: %(how)s", how=due.how)
        add(commitment, actor, EntryKind.PLAN_CHANGED, said, old_due_on=old, new_due_on=due.on)
        record(commitment, actor, "recounted", f"{short_date(old)} → {short_date(due.on)}")
        moved += 1
    db.session.flush()
    return moved
