"""What goes into calendars: dialogues, and due dates of commitments. In Vietnamese always: a feed has no language."""

import enum
import secrets
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from typing import Any, NamedTuple
from urllib.parse import quote

import sqlalchemy as sa
from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy.orm import joinedload

from dialogues import clock, codes, formatting
from dialogues.access import Permission, allowed
from dialogues.extensions import db, value
from dialogues.followup.models import Commitment
from dialogues.followup.rules import UNFINISHED, CommitmentState, is_overdue
from dialogues.followup.service import visible_commitments
from dialogues.invitations.ical import (
    CalendarEvent,
    CalendarTask,
    Organizer,
    Status,
    TaskStatus,
    calendar,
    component,
    framed,
)
from dialogues.places.models import Commune, Village
from dialogues.schedule import rounds
from dialogues.schedule.models import Dialogue
from dialogues.schedule.round_models import Round
from dialogues.schedule.rules import DialogueState
from dialogues.schedule.service import every, visible
from dialogues.staff import trail
from dialogues.staff.models import Staff
from dialogues.staff.rules import Role
from dialogues.words import commune_title

LOOK_BACK = timedelta(days=400)
"""A feed holds what is to come and about a year of the past: bounded, and a cancelled dialogue stays in it long enough
to be taken out of every calendar."""
LOOK_AHEAD = timedelta(days=550)
"""So far ahead the staff see planned rounds: as far as a series plans."""
MOST_EVENTS = 2000
"""More than any commune holds in that time; beyond it the oldest are left out."""
_POSTPONED, _CANCELLED, _PLANNED, _OVERDUE = "[HOÃN]", "[HỦY]", "[DỰ KIẾN]", "[QUÁ HẠN]"
_REPORTED, _DONE, _WITHDRAWN = "[ĐÃ BÁO XONG]", "[ĐÃ XONG]", "[RÚT LẠI]"


class Tasks(enum.StrEnum):
    """How due dates stand in a private feed: many programs show no VTODO of a calendar that they subscribe to."""

    EVENT = "event"
    TODO = "todo"
    NONE = "none"


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


def public_feed(commune: Commune, village: Village | None = None) -> bytes:
    """All announced dialogues of the commune, cancelled ones too; or those that concern a village: its own and those
    for everybody. One query."""
    values = {"commune_id": commune.id, "since": clock.now() - LOOK_BACK}
    if village is not None:
        values["village_id"] = village.id
    rows = db.session.execute(_announced(village is not None), values).all()
    name = f"Đối thoại {commune_title(commune)}"
    return framed(
        _kept(rows, commune),
        f"{name} – {village.label}" if village else name,
        url=public_feed_url(commune, village),
    )


def public_feed_url(commune: Commune, village: Village | None = None) -> str:
    """The permanent address of a public feed: names of villages change, their numbers do not."""
    return f"{_base()}/{commune.slug}/{f'v/{village.id}/' if village else ''}calendar.ics"


# Plain rows: a feed reads hundreds of them, and objects that know of their changes cost three times as much.
_COLUMNS = (
    Dialogue.id, Dialogue.code, Dialogue.uid, Dialogue.sequence, Dialogue.title, Dialogue.purpose,
    Dialogue.how_to_attend, Dialogue.place, Dialogue.address, Dialogue.online_link, Dialogue.starts_at,
    Dialogue.ends_at, Dialogue.question_deadline_at, Dialogue.state, Dialogue.state_reason, Dialogue.announced_at,
    Dialogue.created_at, Dialogue.changed_at,
)  # fmt: skip


def _of_feed(statement: sa.Select[Any]) -> sa.Select[Any]:
    """Its rows as a feed wants them, the newest first, because these are the ones that may not be left out."""
    bounded = statement.where(Dialogue.starts_at >= value("since")).with_only_columns(*_COLUMNS)
    return bounded.order_by(Dialogue.starts_at.desc(), Dialogue.id.desc()).limit(MOST_EVENTS)


def _concerns_village() -> sa.ColumnElement[bool]:
    """Condition on Dialogue: for the village "village_id", or for the whole commune."""
    return sa.or_(~Dialogue.villages.any(), Dialogue.villages.any(Village.id == value("village_id")))


@cache
def _announced(of_village: bool) -> sa.Select[Any]:
    statement = visible(value("commune_id"))
    return _of_feed(statement.where(_concerns_village()) if of_village else statement)


class _Place(NamedTuple):
    """What of a commune and of this installation stands in each event."""

    base: str
    time_zone: str
    organizer: Organizer


def _kept(rows: Iterable[sa.Row[Any]], commune: Commune) -> list[bytes]:
    """The lines of these dialogues, the oldest first."""
    place = _Place(_base(), commune.time_zone, organizer(commune))
    lines = [_lines(row, place) for row in rows]
    return lines[::-1]


@lru_cache(maxsize=5000)
def _lines(row: sa.Row[Any], place: _Place) -> bytes:
    """Kept for as long as nothing in the row changes: after a change a feed builds one event anew, not all."""
    return component(_dialogue_event(row, place), place.organizer)


def dialogue_event(dialogue: Dialogue, commune: Commune) -> CalendarEvent:
    """A dialogue as everybody may read it. Without a new day a postponed one is cancelled in calendars: many show
    nothing of STATUS, so the title says it too."""
    return _dialogue_event(dialogue, _Place(_base(), commune.time_zone, organizer(commune)))


def _dialogue_event(d: Dialogue | sa.Row[Any], of: _Place) -> CalendarEvent:
    state = d.state
    prefix = {
        DialogueState.POSTPONED: _POSTPONED, DialogueState.CANCELLED: _CANCELLED, DialogueState.DRAFT: _PLANNED,
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
        description=_about(d, of.time_zone),
        url=of.base + page,
    )


def _about(d: Dialogue | sa.Row[Any], time_zone: str) -> str:
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
                until = formatting.long_datetime(clock.local(d.question_deadline_at, time_zone), "vi")
                parts.append(_("You can send questions until %(moment)s.", moment=until))
            if d.online_link:
                parts.append(_("Take part online: %(link)s", link=d.online_link))
    return "\n\n".join(part for part in parts if part)


# -- private ----------------------------------------------------------------------------------------------------------


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="private-calendar")


def private_feed_url(staff: Staff, tasks: Tasks = Tasks.EVENT) -> str | None:
    """The private address of this person's calendar; None while there is none."""
    if not staff.feed_key:
        return None
    query = "" if tasks is Tasks.EVENT else f"?tasks={tasks.value}"
    return f"{_base()}/calendar/{_signer().dumps([staff.id, staff.feed_key])}.ics{query}"


def feed_token(token: str) -> tuple[int, str] | None:
    """(id of the person, key) of an address that this program once gave out; None for a forged one."""
    try:
        staff_id, key = _signer().loads(token)
    except (BadSignature, ValueError, TypeError):
        return None
    return int(staff_id), str(key)


def owner_of_feed(staff_id: int, key: str) -> Staff | None:
    """Whose private feed this is; None when the address was ended or the account closed. One look-up."""
    staff = db.session.get(Staff, staff_id)
    if staff is None or not staff.is_active or not staff.feed_key:
        return None
    return staff if secrets.compare_digest(staff.feed_key, key) else None


def make_feed(*, staff: Staff) -> None:
    """A new private address; an earlier one ends."""
    staff.feed_key = secrets.token_urlsafe(24)
    trail.record(commune_id=staff.commune_id, actor=staff, thing="staff", thing_id=staff.id, action="feed_made")


def revoke_feed(*, staff: Staff) -> None:
    """End the private address."""
    if staff.feed_key is not None:
        staff.feed_key = None
        trail.record(commune_id=staff.commune_id, actor=staff, thing="staff", thing_id=staff.id, action="feed_revoked")


def private_feed(staff: Staff, tasks: Tasks = Tasks.EVENT) -> bytes:
    """The dialogues that this person leads or writes for, or that are for the own village (the office: all, drafts
    too), the rounds that are planned, and when what the person promised is due. Three queries, however many rows. The
    link may leak: nothing in it that is not public, but drafts and plans."""
    commune = staff.commune
    place = organizer(commune)
    more: list[CalendarEvent | CalendarTask] = []
    if allowed(staff, Permission.READ_DIALOGUES):
        more += [planned_event(row) for row in rounds.planned(commune.id, clock.now() + LOOK_AHEAD)]
    if tasks is not Tasks.NONE:
        more += _due_dates(staff, commune, tasks)
    return framed(
        [*_kept(_own_dialogues(staff), commune), *(component(entry, place) for entry in more)],
        f"Việc đối thoại của tôi – {commune_title(commune)}",
        url=private_feed_url(staff, tasks) or "",
    )


def _own_dialogues(staff: Staff) -> Iterable[sa.Row[Any]]:
    values: dict[str, Any] = {"since": clock.now() - LOOK_BACK}
    statement = every(staff.commune_id)
    if Role.OFFICE not in staff.roles:
        leads = (Dialogue.chair_id, Dialogue.co_chair_id, Dialogue.secretary_id)
        mine: list[sa.ColumnElement[bool]] = [column == staff.id for column in leads]
        if Role.VILLAGE_HEAD in staff.roles and staff.village_id is not None:
            values["village_id"] = staff.village_id
            mine.append(sa.and_(Dialogue.announced_at.is_not(None), _concerns_village()))
        statement = statement.where(sa.or_(*mine))
    return db.session.execute(_of_feed(statement), values)


def planned_event(one: Round) -> CalendarEvent:
    """A round that is only planned, for calendars of the staff. Its first dialogue keeps the UID when it is opened."""
    return CalendarEvent(
        uid=one.uid,
        sequence=one.sequence,
        status=Status.TENTATIVE,
        summary=f"{_PLANNED} {one.title}",
        created=one.created_at,
        changed=one.changed_at,
        starts_at=one.starts_at,
        ends_at=one.ends_at,
        location=", ".join(part for part in (one.place, one.address) if part),
        url=f"{_base()}/office/plan/rounds/{one.id}",
    )


def _due_dates(staff: Staff, commune: Commune, tasks: Tasks) -> Iterable[CalendarEvent | CalendarTask]:
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
        .order_by(Commitment.due_on.desc(), Commitment.id.desc())
        .limit(MOST_EVENTS)
    )
    for commitment, is_public in rows:
        if tasks is Tasks.TODO:
            yield due_task(commitment, is_public, today, commune.time_zone)
        else:
            yield due_event(commitment, is_public, today)


def _due_title(c: Commitment | sa.Row[Any], is_public: bool, today: date) -> str:
    """What residents cannot read yet is not named."""
    marks = {
        CommitmentState.REPORTED_DONE: _REPORTED,
        CommitmentState.CONFIRMED: _DONE,
        CommitmentState.WITHDRAWN: _WITHDRAWN,
    }
    mark = _OVERDUE if is_overdue(c.state, c.due_on, today) else marks.get(c.state, "")
    with force_locale("vi"):
        what = c.shown if is_public else _("a commitment")
        title = _("Due: %(what)s", what=what)
    return f"{mark} {title}".strip()


def due_event(commitment: Commitment | sa.Row[Any], is_public: bool, today: date, url: str = "") -> CalendarEvent:
    """The due date of a commitment as a whole day; of a withdrawn one that it is cancelled. `url`: its
    page, else that of the office."""
    c = commitment
    return CalendarEvent(
        uid=c.uid,
        sequence=c.sequence,
        status=Status.CANCELLED if c.state is CommitmentState.WITHDRAWN else Status.CONFIRMED,
        summary=_due_title(c, is_public, today),
        created=c.created_at,
        changed=c.changed_at,
        all_day_on=c.due_on,
        url=url or f"{_base()}/office/commitments/{c.id}",
        reminds=c.state in UNFINISHED,
    )


def due_task(commitment: Commitment, is_public: bool, today: date, time_zone: str) -> CalendarTask:
    """A commitment as a task. It is completed when somebody else confirmed it; of when it was done we know the day, and
    noon of it is that day on every clock of the country."""
    c = commitment
    done_on = (c.reported_done_on or c.confirmed_on) if c.state is CommitmentState.CONFIRMED else None
    others = {CommitmentState.OPEN: TaskStatus.NEEDS_ACTION, CommitmentState.WITHDRAWN: TaskStatus.CANCELLED}
    status = others.get(c.state, TaskStatus.IN_PROCESS)
    return CalendarTask(
        uid=c.uid,
        sequence=c.sequence,
        status=TaskStatus.COMPLETED if done_on else status,
        summary=_due_title(c, is_public, today),
        created=c.created_at,
        changed=c.changed_at,
        starts_on=c.promised_on,
        due_on=c.due_on,
        completed_at=clock.instant(datetime.combine(done_on, time(12)), time_zone) if done_on else None,
        url=f"{_base()}/office/commitments/{c.id}",
        reminds=c.state in UNFINISHED,
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
