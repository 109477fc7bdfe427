"""What happens to promises, for programs that follow it: due days for calendars, news as Atom; of a commune or of one
village. In Vietnamese always, and only what residents may read."""

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from dialogues import clock
from dialogues.extensions import db
from dialogues.followup import service as followup
from dialogues.followup.models import Commitment, CommitmentEntry
from dialogues.followup.public_list import of_village
from dialogues.followup.rules import UNFINISHED, UNTOLD, EntryKind
from dialogues.formatting import short_date
from dialogues.invitations import service
from dialogues.invitations.atom import News, feed
from dialogues.invitations.ical import Organizer, component, framed
from dialogues.places.models import Commune, Village
from dialogues.staff.models import Staff
from dialogues.words import commune_title, label

MOST_NEWS = 60
"""So many entries: what a reader that asks once a week has not seen yet."""


def _promises(commune: Commune, village: Village | None) -> sa.Select[tuple[Commitment]]:
    statement = followup.visible_commitments(commune.id)
    return statement.where(of_village(village.id)) if village else statement


def _name(commune: Commune, village: Village | None) -> str:
    name = f"Cam kết {commune_title(commune)}"
    return f"{name} – {village.label}" if village else name


def url_of(commune: Commune, village: Village | None, ending: str) -> str:
    """The permanent address of a feed of promises, `ending` in ics or atom: villages by number, their names change."""
    return f"{_base()}/{commune.slug}/{f'v/{village.id}/' if village else ''}commitments.{ending}"


def calendar(commune: Commune, village: Village | None = None) -> bytes:
    """The due days as whole days: of all that is not done, and of what ended within the last year; those that were
    withdrawn are cancelled there. One query."""
    today = clock.today(commune.time_zone)
    c = Commitment
    rows: Any = db.session.execute(
        _promises(commune, village)
        .with_only_columns(
            c.id, c.uid, c.sequence, c.state, c.due_on, followup.SHOWN.label("shown"), c.created_at, c.changed_at
        )
        .where(sa.or_(c.state.in_(UNFINISHED), c.due_on >= today - service.LOOK_BACK))
        .order_by(c.due_on.desc(), c.id.desc())
        .limit(service.MOST_EVENTS)
    )
    place = _Place(f"{_base()}/{commune.slug}/commitments", service.organizer(commune))
    lines = [_lines(row, today, place) for row in rows]
    return framed(lines[::-1], _name(commune, village), url=url_of(commune, village, "ics"))


class _Place(NamedTuple):
    """What of a commune and of this installation stands in each event."""

    pages: str
    organizer: Organizer


@lru_cache(maxsize=5000)
def _lines(row: sa.Row[Any], today: date, place: _Place) -> bytes:
    """Kept for the day, for as long as nothing in the row changes."""
    return component(service.due_event(row, True, today, f"{place.pages}/{row.id}"), place.organizer)


def _base() -> str:
    return str(current_app.config["SETTINGS"].base_url)


def news(commune: Commune, village: Village | None = None) -> bytes:
    """What was promised and what became of it, the newest first; two queries."""
    entries = sorted([*_made(commune, village), *_happened(commune, village)], key=lambda one: one.at, reverse=True)
    village_query = f"?village={village.id}" if village else ""
    return feed(
        entries[:MOST_NEWS],
        id=url_of(commune, village, "atom"),
        title=_name(commune, village),
        url=url_of(commune, village, "atom"),
        page_url=f"{_base()}/{commune.slug}/commitments{village_query}",
        author=f"UBND {commune_title(commune)}",
        empty_at=clock.now(),
    )


def _page(commune: Commune, commitment_id: int) -> str:
    return f"{_base()}/{commune.slug}/commitments/{commitment_id}"


def _id(uid: str, rest: str) -> str:
    """A tag after RFC 4151: the stored UID of the promise and what of it this is, hence the same for ever."""
    name, _at, host = uid.rpartition("@")
    return f"tag:{host or 'localhost'},2026:{name or uid}/{rest}"


def _made(commune: Commune, village: Village | None) -> Iterator[News]:
    c = Commitment
    rows: Any = db.session.execute(
        _promises(commune, village)
        .join(Staff, Staff.id == c.responsible_id)
        .with_only_columns(c.id, c.uid, followup.SHOWN, c.first_due_on, c.created_at, Staff.name, Staff.post)
        .order_by(c.created_at.desc())
        .limit(MOST_NEWS)
    )
    with force_locale("vi"):
        for id_, uid, result, first_due_on, at, name, post in rows:
            by = ", ".join(part for part in (name, post) if part)
            text = _("By %(day)s. Responsible: %(who)s.", day=short_date(first_due_on), who=by)
            title = _("Promised: %(what)s", what=result)
            yield News(_id(uid, "made"), title, at, _page(commune, id_), text)


def _happened(commune: Commune, village: Village | None) -> Iterator[News]:
    c, e = Commitment, CommitmentEntry
    rows: Any = db.session.execute(
        _promises(commune, village)
        .join(e, e.commitment_id == c.id)
        .outerjoin(Staff, Staff.id == e.author_id)
        .with_only_columns(
            c.id, c.uid, followup.SHOWN, e.id, e.kind, e.at, e.text, e.old_due_on, e.new_due_on, Staff.name, Staff.post
        )
        .where(e.commune_id == commune.id, e.kind.not_in(UNTOLD))
        .order_by(e.at.desc())
        .limit(MOST_NEWS)
    )
    with force_locale("vi"):
        for id_, uid, result, entry_id, kind, at, text, old, new, name, post in rows:
            what = str(label(kind))
            if kind is EntryKind.EXTENSION and old and new:
                what = _("Extended from %(old)s to %(new)s", old=short_date(old), new=short_date(new))
            by = ", ".join(part for part in (name, post) if part)
            yield News(_id(uid, f"entry/{entry_id}"), f"{what}: {result}", at, _page(commune, id_), text, by)
