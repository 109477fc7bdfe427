"""The morning message: all reminders of a day for one person in one letter, the late ones first, and a link to report.

It is written once a working day (see nightly) and looked at again when it goes out: what is done, extended or withdrawn
meanwhile falls out of it, and a message with nothing left is not sent. A message that never left, because the mail
server was away, is taken up into the next one. In Vietnamese always: staff have no language.
"""

from dataclasses import replace
from datetime import date

from flask import current_app, render_template
from flask_babel import force_locale, ngettext
from flask_babel import gettext as _

from dialogues import clock
from dialogues.extensions import db
from dialogues.formatting import short_date
from dialogues.post import service as post
from dialogues.post.models import Message
from dialogues.post.rules import Channel, Kind
from dialogues.post.service import Letter
from dialogues.reminders import links, reporting
from dialogues.reminders.contents import Asked, Contents, Line, contents_for
from dialogues.reminders.rules import RemindedAs
from dialogues.staff.models import Staff
from dialogues.words import commune_title

MOST_IN_TEXT = 3
"""So many a short text names."""

# -- the letter -------------------------------------------------------------------------------------------------------


def letter(staff: Staff, said: Contents, day: date, today: date, link: str = "") -> Letter:
    """The message of `day`, as it reads today. The link is made when it goes out, so that it works for its full time
    and stands in no row before."""
    is_text = bool(staff.remind_phone and current_app.config["SETTINGS"].gateway_url)
    with force_locale("vi"):
        parts = _parts(said)
        title = commune_title(staff.commune)
        subject = _subject(said, today)
        return Letter(
            kind=Kind.MORNING,
            thing=thing(staff.id),
            recipient=staff.remind_phone if is_text else staff.email,
            version=day.toordinal(),
            channel=Channel.GATEWAY if is_text else Channel.MAIL,
            recipient_name=staff.name,
            subject=subject,
            text=_short_text(said, subject, link) if is_text else _text(staff, said, parts, link),
            html="" if is_text else _html(staff, said, parts, link),
            why=_("You get this message because you answer for promises to the people of %(commune)s.", commune=title),
            held={**said.key(today), "link": bool(link)},
        )


def thing(staff_id: int) -> str:
    """What the letter is about: the person."""
    return f"staff:{staff_id}"


def _subject(said: Contents, today: date) -> str:
    late = sum(one.late > 0 for one in said.lines)
    parts = []
    if late:
        parts.append(ngettext("%(num)s late", "%(num)s late", late))
    if len(said.lines) > late:
        parts.append(ngettext("%(num)s due soon", "%(num)s due soon", len(said.lines) - late))
    if said.asked:
        parts.append(ngettext("%(num)s waiting for your word", "%(num)s waiting for your word", len(said.asked)))
    return _("Promises on %(day)s: %(parts)s", day=short_date(today, "vi"), parts=", ".join(parts))


def _parts(said: Contents) -> list[tuple[str, list[Line]]]:
    """The lines under their headings: own ones first, the late first of all."""
    own = [one for one in said.lines if one.reminded_as is RemindedAs.RESPONSIBLE]
    found = [
        (_("Overdue"), [one for one in own if one.late > 0]),
        (_("Due today"), [one for one in own if one.late == 0]),
        (_("Due soon"), [one for one in own if one.late < 0]),
        (_("Of those for whom you answer"), [one for one in said.lines if one.reminded_as is RemindedAs.SUPERIOR]),
        (_("For your oversight"), [one for one in said.lines if one.reminded_as is RemindedAs.OVERSEER]),
    ]
    return [(title, lines) for title, lines in found if lines]


def _text(staff: Staff, said: Contents, parts: list[tuple[str, list[Line]]], link: str) -> str:
    out = [_dear(staff)]
    for title, lines in parts:
        out += ["", f"{title.upper()}"]
        out += [f"* {one.what}\n  {_with_who(one)}" for one in lines]
    if said.total > len(said.lines):
        out += ["", _and_more(said)]
    if said.asked:
        out += ["", _("Waiting for your decision: a later day is asked for").upper()]
        out += [f"* {one.what}\n  {_asked_for(one)}" for one in said.asked]
    if _of_others(said):
        out += ["", _("To look at them, signed in:"), _list_url()]
    if link:
        out += ["", _("Report or ask for a later day, on the phone too, without signing in:"), link, "", _link_note()]
    return "\n".join(out)


def _dear(staff: Staff) -> str:
    return _("Good morning, %(name)s,", name=staff.name)


def _of_others(said: Contents) -> bool:
    """Whether the letter tells of promises that its reader does not report on."""
    return any(one.reminded_as is not RemindedAs.RESPONSIBLE for one in said.lines)


def _list_url() -> str:
    return f"{_base()}/office/commitments"


def _with_who(one: Line) -> str:
    return f"{one.who}: {one.when}" if one.who else one.when


def _asked_for(one: Asked) -> str:
    days = f"{short_date(one.old_due_on, 'vi')} → {short_date(one.new_due_on, 'vi')}"
    return f"{one.who}: {days}, {_base()}/office/commitments/{one.commitment_id}"


def _and_more(said: Contents) -> str:
    number = said.total - len(said.lines)
    return ngettext("And %(num)s more.", "And %(num)s more.", number)


def _link_note() -> str:
    return _("The link works for 7 days and only for you. Please do not pass this message on.")


def _short_text(said: Contents, subject: str, link: str) -> str:
    """For a phone: the first ones and the link."""
    first = "; ".join(f"{one.what[:60].rstrip()} ({one.when})" for one in said.lines[:MOST_IN_TEXT])
    return ". ".join(part.rstrip(".") for part in (subject, first, link) if part)


def _html(staff: Staff, said: Contents, parts: list[tuple[str, list[Line]]], link: str) -> str:
    return render_template(
        "mail/morning.html",
        dear=_dear(staff),
        parts=parts,
        more=_and_more(said) if said.total > len(said.lines) else "",
        asked=[(one, _asked_for(one).rsplit(", ", 1)) for one in said.asked],
        link=link,
        link_note=_link_note(),
        list_url=_list_url() if _of_others(said) else "",
    )


def _base() -> str:
    return str(current_app.config["SETTINGS"].base_url)


# -- when it goes out -------------------------------------------------------------------------------------------------


def check(message: Message) -> str | None:
    """Asked at sending: what of it still holds? Puts the letter right, with a link for those who have something to
    report, or says why it is not sent."""
    staff = db.session.get(Staff, int(message.thing.partition(":")[2]))
    with force_locale("vi"):
        if staff is None or not staff.is_active:
            return _("The account of the recipient was closed.")
        today, held = clock.today(staff.commune.time_zone), message.held or {}
        day = date.fromordinal(message.version)
        since = date.fromisoformat(held.get("since", day.isoformat()))
        said = contents_for(staff.commune, [staff.id], since, day, today).get(staff.id)
        if not said:
            return _("All of it was done, extended or withdrawn meanwhile.")
        needs_link = reporting.has_promises(staff, today)
        if held == {**said.key(today), "link": needs_link, **({"since": held["since"]} if "since" in held else {})}:
            return None
        again = letter(staff, said, day, today, links.make(staff) if needs_link else "")
        post.rewrite(message=message, letter=keeping_since(again, since, day))
    return None


def keeping_since(one: Letter, since: date, day: date) -> Letter:
    """A letter that also says what one of an earlier day, which never left, would have said."""
    return one if since == day else replace(one, held={**(one.held or {}), "since": since.isoformat()})
