"""What goes into calendars: dialogues, and due dates of commitments. In Vietnamese always: a feed has no language."""

import secrets
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from urllib.parse import quote

import sqlalchemy as sa
from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy.orm import joinedload

from dialogues import clock, codes, formatting
from dialogues.extensions import db
from dialogues.followup.models import Commitment
from dialogues.followup.rules import UNFINISHED, CommitmentState, is_overdue
from dialogues.followup.service import visible_commitments
from dialogues.invitations.ical import CalendarEvent, Organizer, Status, calendar
from dialogues.places.models import Commune, Village
from dialogues.schedule.models import Dialogue
from dialogues.schedule.rules import DialogueState
from dialogues.schedule.service import visible
from dialogues.staff import trail
from dialogues.staff.models import Staff
from dialogues.staff.rules import Role
from dialogues.words import commune_title

LOOK_BACK = timedelta(days=400)
"""A feed holds what is to come and about a year of the past: bounded, and a cancelled dialogue stays in it long enough
to be taken out of every calendar."""
MOST_EVENTS = 500
_POSTPONED, _CANCELLED, _DRAFT, _OVERDUE, _DONE = "[HOÃN]", "[HỦY]", "[DỰ KIẾN]", "[QUÁ HẠN]", "[ĐÃ XONG]"


def organizer(commune: Commune) -> Organizer:
    """The office that publishes the calendar (RFC 5546 wants one): its public address, never a person's."""
    address = f"mailto:{commune.office_email}" if commune.office_email else _home(commune)
    return Organizer(f"UBND {commune_title(commune)}", address)


def _base() -> str:
    return str(current_app.config["SETTINGS"].base_url)


def _home(commune: Commune) -> str:
    return f"{_base()}/{commune.slug}/"


# -- public -----------------------------------------------------------------------------------------------------------


def dialogue_file(dialogue: Dialogue) -> bytes:
    """The file of one announced dialogue, for the calendar of a phone."""
    name = f"Đối thoại {commune_title(dialogue.commune)}"
    return calendar([dialogue_event(dialogue, dialogue.commune)], name, organizer=organizer(dialogue.commune))


def announced(code: str) -> Dialogue | None:
    """The dialogue with this code (any writing of it) as residents may see it, with its commune; two queries."""
    code = codes.normalise(code)
    commune_id = db.session.scalar(sa.select(Dialogue.commune_id).where(Dialogue.code == code))
    if commune_id is None:
        return None
    return db.session.scalar(visible(commune_id).where(Dialogue.code == code).options(joinedload(Dialogue.commune)))


def public_feed(commune: Commune) -> bytes:
    """All announced dialogues of the commune, cancelled ones too; one query."""
    rows = db.session.scalars(
        visible(commune.id)
        .where(Dialogue.starts_at >= clock.now() - LOOK_BACK)
        .order_by(Dialogue.starts_at, Dialogue.id)
        .limit(MOST_EVENTS)
    )
    return calendar(
        [dialogue_event(row, commune) for row in rows],
        f"Đối thoại {commune_title(commune)}",
        organizer=organizer(commune),
        url=public_feed_url(commune),
    )


def public_feed_url(commune: Commune) -> str:
    """The permanent address of the public feed."""
    return f"{_base()}/{commune.slug}/calendar.ics"


def dialogue_event(dialogue: Dialogue, commune: Commune) -> CalendarEvent:
    """A dialogue as everybody may read it. Without a new day a postponed one is cancelled in calendars: many show
    nothing of STATUS, so the title says it too."""
    d, state = dialogue, dialogue.state
    prefix = {
        DialogueState.POSTPONED: _POSTPONED, DialogueState.CANCELLED: _CANCELLED, DialogueState.DRAFT: _DRAFT,
    }.get(state, "")  # fmt: skip
    status = Status.CONFIRMED
    if state in (DialogueState.POSTPONED, DialogueState.CANCELLED):
        status = Status.CANCELLED
    elif state is DialogueState.DRAFT:
        status = Status.TENTATIVE
    page = f"/office/dialogues/{d.id}" if d.announced_at is None else f"/d/{d.code}"
    return CalendarEvent(
        uid=d.uid,
        sequence=d.sequence,
        status=status,
        summary=f"{prefix} {d.title}".strip(),
        created=d.created_at,
        changed=d.changed_at,
        starts_at=d.starts_at,
        ends_at=d.ends_at,
        location=", ".join(part for part in (d.place, d.address) if part) or d.online_link,
        description=_about(d, commune),
        url=_base() + page,
    )


def _about(d: Dialogue, commune: Commune) -> str:
    parts = []
    with force_locale("vi"):
        if d.state in (DialogueState.POSTPONED, DialogueState.CANCELLED):
            off = (
                _("This dialogue is postponed")
                if d.state is DialogueState.POSTPONED
                else _("This dialogue is cancelled")
            )
            parts.append(f"{off}. {d.state_reason}".strip())
        else:
            parts += [d.purpose, d.how_to_attend]
            if d.state is DialogueState.ANNOUNCED and d.question_deadline_at:
                until = formatting.long_datetime(clock.local(d.question_deadline_at, commune.time_zone), "vi")
                parts.append(_("You can send questions until %(moment)s.", moment=until))
            if d.online_link:
                parts.append(_("Take part online: %(link)s", link=d.online_link))
    return "\n\n".join(part for part in parts if part)


# -- private ----------------------------------------------------------------------------------------------------------


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="private-calendar")


def private_feed_url(staff: Staff) -> str | None:
    """The private address of this person's calendar; None while there is none."""
    if not staff.feed_key:
        return None
    return f"{_base()}/calendar/{_signer().dumps([staff.id, staff.feed_key])}.ics"


def staff_by_feed_token(token: str) -> Staff | None:
    """Whose private feed this is; None for a forged or revoked token and for a closed account. One look-up."""
    try:
        staff_id, key = _signer().loads(token)
    except (BadSignature, ValueError, TypeError):
        return None
    staff = db.session.get(Staff, staff_id)
    if staff is None or not staff.is_active or not staff.feed_key:
        return None
    return staff if secrets.compare_digest(staff.feed_key, str(key)) else None


def make_feed(*, staff: Staff) -> None:
    """A new private address; an earlier one ends."""
    staff.feed_key = secrets.token_urlsafe(24)
    trail.record(commune_id=staff.commune_id, actor=staff, thing="staff", thing_id=staff.id, action="feed_made")


def revoke_feed(*, staff: Staff) -> None:
    """End the private address."""
    if staff.feed_key is not None:
        staff.feed_key = None
        trail.record(commune_id=staff.commune_id, actor=staff, thing="staff", thing_id=staff.id, action="feed_revoked")


def private_feed(staff: Staff) -> bytes:
    """The dialogues that this person leads or writes for, or that are for the own village (the office: all, drafts
    too), and when what the person promised is due. Two queries, however many rows. The link may leak: nothing in it
    that is not public, but drafts."""
    commune = staff.commune
    since = clock.now() - LOOK_BACK
    statement = sa.select(Dialogue).where(Dialogue.commune_id == commune.id, Dialogue.starts_at >= since)
    if Role.OFFICE not in staff.roles:
        leads = (Dialogue.chair_id, Dialogue.co_chair_id, Dialogue.secretary_id)
        mine = [column == staff.id for column in leads]
        if Role.VILLAGE_HEAD in staff.roles and staff.village_id is not None:
            is_for_village = sa.or_(~Dialogue.villages.any(), Dialogue.villages.any(Village.id == staff.village_id))
            mine.append(sa.and_(Dialogue.announced_at.is_not(None), is_for_village))
        statement = statement.where(sa.or_(*mine))
    dialogues = db.session.scalars(statement.order_by(Dialogue.starts_at, Dialogue.id).limit(MOST_EVENTS))
    return calendar(
        [*(dialogue_event(row, commune) for row in dialogues), *_due_dates(staff, commune)],
        f"Việc đối thoại của tôi, {commune_title(commune)}",
        organizer=organizer(commune),
        url=private_feed_url(staff) or "",
    )


def _due_dates(staff: Staff, commune: Commune) -> Iterable[CalendarEvent]:
    """The person's commitments: unfinished ones, and finished ones of the past year."""
    today = clock.today(commune.time_zone)
    public = Commitment.id.in_(visible_commitments(commune.id).with_only_columns(Commitment.id))
    rows = db.session.execute(
        sa.select(Commitment, public)
        .where(
            Commitment.commune_id == commune.id,
            Commitment.responsible_id == staff.id,
            sa.or_(Commitment.state.in_(UNFINISHED), Commitment.due_on >= today - LOOK_BACK),
        )
        .order_by(Commitment.due_on, Commitment.id)
        .limit(MOST_EVENTS)
    )
    for commitment, is_public in rows:
        yield due_event(commitment, is_public, today)


def due_event(commitment: Commitment, is_public: bool, today: date) -> CalendarEvent:
    """The due date of a commitment as a whole day. What residents cannot read yet is not named."""
    c = commitment
    if is_overdue(c.state, c.due_on, today):
        mark = _OVERDUE
    else:
        mark = _DONE if c.state in (CommitmentState.REPORTED_DONE, CommitmentState.CONFIRMED) else ""
    with force_locale("vi"):
        what = c.result if is_public else _("a commitment")
        summary = f"{mark} {_('Due: %(what)s', what=what)}".strip()
    return CalendarEvent(
        uid=c.uid,
        sequence=c.sequence,
        status=Status.CONFIRMED,
        summary=summary,
        created=c.created_at,
        changed=c.changed_at,
        all_day_on=c.due_on,
        url=f"{_base()}/office/commitments/{c.id}",
    )


# -- links ------------------------------------------------------------------------------------------------------------


def webcal(url: str) -> str:
    """The same address in the scheme that opens the calendar of a phone or computer."""
    return "webcal://" + url.split("://", 1)[1]


def google(url: str) -> str:
    """Google Calendar's page that subscribes to a feed."""
    return "https://calendar.google.com/calendar/render?cid=" + quote(webcal(url), safe="")


def google_event(event: CalendarEvent) -> str:
    """Google Calendar's page with one event filled in."""

    def stamp(moment: datetime | None) -> str:
        return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ") if moment else ""

    values = {
        "action": "TEMPLATE",
        "text": event.summary,
        "dates": f"{stamp(event.starts_at)}/{stamp(event.ends_at)}",
        "details": event.url,
        "location": event.location,
    }
    return "https://calendar.google.com/calendar/render?" + "&".join(
        f"{k}={quote(v, safe='')}" for k, v in values.items()
    )
