"""The weekly letter to leaders: the numbers of their start page in words, on Monday morning. Each gets one a week at
most, none when there is nothing to say, and none who turned it off."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa
from flask import current_app
from flask_babel import force_locale, ngettext
from flask_babel import gettext as _
from sqlalchemy.orm import selectinload

from dialogues import clock
from dialogues.access import Permission, allowed
from dialogues.extensions import db
from dialogues.followup.service import CommitmentRow
from dialogues.language import short_day
from dialogues.places.models import Commune
from dialogues.post import service as post
from dialogues.post.models import Message
from dialogues.post.rules import Kind
from dialogues.post.service import Letter
from dialogues.staff.models import Staff, StaffRole
from dialogues.staff.rules import Role
from dialogues.today import leading
from dialogues.today.leading import Leading, Some
from dialogues.words import commune_title

MONDAY, FROM = 0, time(7)
UNTIL = timedelta(days=2)
"""So long after Monday morning it is still worth sending, when the computer was off."""


def listen() -> None:
    """Offer the letters to the post, and ask again before each goes out."""
    post.register_reminders("weekly summaries", due)
    post.register_check(Kind.LEADER_WEEKLY, check)


def due(now: datetime) -> Iterator[tuple[Commune, Letter]]:
    """The letters of this week that were not written yet; outside of Monday and Tuesday one query."""
    for commune in db.session.scalars(sa.select(Commune).order_by(Commune.id)).all():
        monday = _monday(now, commune.time_zone)
        begins = clock.instant(datetime.combine(monday, FROM), commune.time_zone)
        if begins <= now < begins + UNTIL:
            for staff in _leaders(commune, monday):
                letter = _letter(staff, now, monday)
                if letter is not None:
                    yield commune, letter


def _monday(now: datetime, zone: str) -> date:
    today = clock.local(now, zone).date()
    return today - timedelta(days=today.weekday())


def _leaders(commune: Commune, monday: date) -> list[Staff]:
    """Those who want a letter and have none of this week."""
    has_one = sa.exists().where(
        Message.kind == Kind.LEADER_WEEKLY,
        Message.thing == sa.literal("staff:") + sa.cast(Staff.id, sa.String),
        Message.version == monday.toordinal(),
    )
    wanted = sa.select(Staff).where(
        Staff.commune_id == commune.id,
        Staff.is_active,
        Staff.password_hash != "",
        Staff.wants_weekly,
        Staff.role_rows.any(StaffRole.role == Role.LEADER),
        ~has_one,
    )
    return list(db.session.scalars(wanted.options(selectinload(Staff.role_rows)).order_by(Staff.id)))


def _letter(staff: Staff, now: datetime, monday: date) -> Letter | None:
    """In Vietnamese always: people of the commune have no language."""
    found = leading.page(staff, now)
    if found.is_quiet:
        return None
    today = clock.local(now, staff.commune.time_zone).date()
    url = f"{current_app.config['SETTINGS'].base_url}{_path('leading_office.home')}"
    with force_locale("vi"):
        lines = [_("Good morning, %(name)s,", name=staff.name), "", *_said(found, today)]
        end = _("All of it, with what can be done: %(url)s", url=url)
        off = _("No letter every week? Turn it off there, at the bottom of the page.")
        return Letter(
            kind=Kind.LEADER_WEEKLY,
            thing=f"staff:{staff.id}",
            recipient=staff.email,
            recipient_name=staff.name,
            version=monday.toordinal(),
            subject=_subject(found, monday),
            text="\n".join([*lines, "", end, "", off]),
            why=_("You get this letter as a leader of %(commune)s.", commune=commune_title(staff.commune)),
        )


def _subject(found: Leading, monday: date) -> str:
    late = found.late.total + found.people_late.total
    week = _("Week of %(day)s", day=short_day(monday))
    if not late:
        return f"{week}: " + _("nothing is late")
    return f"{week}: " + ngettext("%(num)s promise is late", "%(num)s promises are late", late)


def _said(found: Leading, today: date) -> list[str]:
    """The numbers of the start page, those with names first."""
    late, soon, theirs = found.late.total, found.soon.total, found.people_late.total
    titles = (
        ngettext("%(num)s promise of yours is late", "%(num)s promises of yours are late", late),
        ngettext("%(num)s of yours is due within 7 days", "%(num)s of yours are due within 7 days", soon),
        ngettext("%(num)s promise of your people is late", "%(num)s promises of your people are late", theirs),
    )
    lines: list[str] = []
    for some, title in zip((found.late, found.soon, found.people_late), titles, strict=True):
        if some.total:
            lines += [f"{title}:", *_rows(some, today, with_name=some is found.people_late), ""]
    month = found.months[-1]
    lines += _counted(found)
    lines.append(
        _(
            "This month: %(made)s promised, %(kept)s kept by the first day, %(late)s not.",
            made=month.made,
            kept=month.kept,
            late=month.late,
        )
    )
    for dialogue in found.coming[:1]:
        lines.append(_("Next dialogue: %(day)s, %(title)s", day=short_day(dialogue.starts_at), title=dialogue.title))
    return lines


def _counted(found: Leading) -> list[str]:
    """What waits, as numbers only."""
    asked, reported, questions = found.deciding, found.reported, found.work.questions
    lines = (
        (
            asked,
            ngettext(
                "%(num)s request for a later day waits for your word.",
                "%(num)s requests for a later day wait for your word.",
                asked,
            ),
        ),
        (
            reported,
            ngettext(
                "%(num)s is reported done and waits for somebody else to look at it.",
                "%(num)s are reported done and wait for somebody else to look at them.",
                reported,
            ),
        ),
        (
            questions,
            ngettext("%(num)s question waits for your answer.", "%(num)s questions wait for your answer.", questions),
        ),
    )
    return [sentence for number, sentence in lines if number]


def _rows(some: Some, today: date, with_name: bool) -> list[str]:
    lines = [_row(row, today, with_name) for row in some.rows]
    if some.hidden:
        lines.append("  " + ngettext("%(num)s more in the list", "%(num)s more in the list", some.hidden))
    return lines


def _row(row: CommitmentRow, today: date, with_name: bool) -> str:
    text = " ".join(row.result.split())
    text = text if len(text) <= 120 else text[:119].rstrip() + "…"
    days = (today - row.due_on).days
    due = _("due %(day)s", day=short_day(row.due_on))
    if days > 0:
        due += ", " + ngettext("%(num)s day late", "%(num)s days late", days)
    return f"  * {text} ({row.responsible + ', ' if with_name else ''}{due})"


def check(message: Message) -> str | None:
    """Asked when the letter goes out: is it still this week's, and still wanted?"""
    staff = db.session.get(Staff, int(message.thing.partition(":")[2]))
    if staff is None or not staff.is_active or not allowed(staff, Permission.LEAD) or not staff.wants_weekly:
        return _("This person does not want the weekly summary any more.")
    if message.recipient != staff.email:
        return _("The address of this person has changed.")
    if message.created_at < clock.now() - UNTIL:
        return _("The summary is too old.")
    return None


def _path(endpoint: str) -> str:
    """A path, also outside of requests: the worker writes the letters."""
    return current_app.url_map.bind("localhost").build(endpoint)
