"""Uses of an announcement: recording, taking back, what they are worth now, the days on the loudspeaker."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import joinedload, lazyload, load_only, selectinload

from dialogues import clock, photos, uploads
from dialogues.errors import RuleBroken
from dialogues.extensions import db
from dialogues.papers.models import NoticeUse
from dialogues.papers.rules import NoticeChannel, Occasion, ReadingPlan, UseStage, reading_plan
from dialogues.places.models import Commune
from dialogues.schedule.deadlines import announce_by
from dialogues.schedule.models import Dialogue
from dialogues.schedule.rules import AnnouncementCheck, DialogueState, HoldingForm
from dialogues.schedule.service import AFTER_SESSION, session_on
from dialogues.staff import trail
from dialogues.staff.actions import action_label
from dialogues.staff.models import Staff, TrailEntry
from dialogues.words import label

S = DialogueState
MOST_USES, MOST_TO_COME = 500, 50
_PUBLIC_ACTS = ("announced", "moved", "postponed", "cancelled")


@dataclass(frozen=True)
class Publication:
    """The website itself announced, moved, postponed or cancelled the dialogue."""

    at: datetime
    who: str
    action: str
    what: object
    note: str


@dataclass(frozen=True)
class UseLine:
    """A recorded use as lists show it."""

    id: int
    channel: NoticeChannel
    stage: UseStage
    used_at: datetime
    done_by: str
    note: str
    recorded_by: str
    recorded_at: datetime
    has_photo: bool
    session_at: datetime | None
    session_place: str
    days_before: int | None
    """Days between the use and the session that it announced; None when that session is not known."""
    taken_back_at: datetime | None
    taken_back_reason: str


@dataclass(frozen=True)
class Proof:
    """Everything that is known about how a dialogue was announced."""

    dialogue: Dialogue
    is_to_come: bool
    publications: tuple[Publication, ...]
    uses: tuple[UseLine, ...]

    @property
    def occasion(self) -> Occasion:
        """What the texts have to say now."""
        return occasion_of(self.dialogue, self.publications)

    @property
    def counted(self) -> tuple[UseLine, ...]:
        """The uses that were not taken back."""
        return tuple(use for use in self.uses if use.stage is not UseStage.TAKEN_BACK)

    @property
    def used_channels(self) -> tuple[NoticeChannel, ...]:
        """Where what is valid now was announced, in the order of the list of channels."""
        current = {use.channel for use in self.uses if use.stage is UseStage.CURRENT}
        return tuple(channel for channel in NoticeChannel if channel in current)

    @property
    def again(self) -> tuple[NoticeChannel, ...]:
        """Channels that said something which is no longer valid, and nothing since; after the day it is too late."""
        if not self.is_to_come:
            return ()
        old = {use.channel for use in self.uses if use.stage is UseStage.BEFORE_CHANGE}
        return tuple(channel for channel in NoticeChannel if channel in old - set(self.used_channels))


@dataclass(frozen=True)
class Notice:
    """The days between announcement and session, as the law counts them (R4)."""

    session_on: date
    first_on: date | None
    last_on: date | None
    """The day since which the time and place that are valid now are public."""
    announce_by: date
    days: int | None
    wanted: int
    """So many days are asked for."""
    is_late: bool
    reasons: tuple[tuple[str, date], ...]
    """Why it was late, and the day on which that was written."""


def _place_line(dialogue: Dialogue) -> str:
    if dialogue.form is HoldingForm.ONLINE:
        return ""
    return ", ".join(dict.fromkeys(part for part in (dialogue.place, dialogue.address) if part))


def said_by(dialogue: Dialogue) -> str:
    """A fingerprint of the facts that an announcement says: two announcements with the same one say the same. Moving on
    from "announced" to "held" changes nothing that was said."""
    state = dialogue.state if dialogue.state in (S.POSTPONED, S.CANCELLED) else S.ANNOUNCED
    facts = (
        state.value, dialogue.title, dialogue.form.value, dialogue.starts_at.isoformat(), dialogue.ends_at.isoformat(),
        dialogue.question_deadline_at.isoformat() if dialogue.question_deadline_at else "",
        dialogue.place, dialogue.address, dialogue.online_link, dialogue.hotline,
    )  # fmt: skip
    return hashlib.sha256("\x1f".join(facts).encode()).hexdigest()[:32]


def publications(dialogue: Dialogue) -> tuple[Publication, ...]:
    """When the website itself said what, oldest first: the trail knows it. One query."""
    return _publications(dialogue.commune_id, [dialogue.id])[dialogue.id]


def _publications(commune_id: int, ids: list[int]) -> dict[int, tuple[Publication, ...]]:
    rows = db.session.execute(
        sa.select(TrailEntry.thing_id, TrailEntry.at, Staff.name, TrailEntry.action, TrailEntry.note)
        .outerjoin(Staff, Staff.id == TrailEntry.staff_id)
        .where(
            TrailEntry.commune_id == commune_id,
            TrailEntry.thing == "dialogue",
            TrailEntry.thing_id.in_(ids),
            TrailEntry.action.in_(_PUBLIC_ACTS),
        )
        .order_by(TrailEntry.at, TrailEntry.id)
        .limit(MOST_USES * len(ids))
    )
    found: dict[int, list[Publication]] = {id_: [] for id_ in ids}
    for id_, at, name, action, note in rows:
        found[id_].append(Publication(at, name or "", action, action_label(action), note))
    return {id_: tuple(lines) for id_, lines in found.items()}


def occasion_of(dialogue: Dialogue, known: Sequence[Publication]) -> Occasion:
    """What the texts have to say: off when it is off, changed when something else was public before."""
    if dialogue.state is S.POSTPONED:
        return Occasion.POSTPONED
    if dialogue.state is S.CANCELLED:
        return Occasion.CANCELLED
    acts = [line.action for line in known]
    changed = "moved" in acts or "postponed" in acts or acts.count("announced") > 1
    return Occasion.CHANGED if changed else Occasion.NEW


def _stage(use: NoticeUse, dialogue: Dialogue) -> UseStage:
    if use.taken_back_at is not None:
        return UseStage.TAKEN_BACK
    is_same = use.said == said_by(dialogue)
    if dialogue.state not in AFTER_SESSION:
        # Moved away and back: in between something else was said.
        is_same = is_same and use.sequence == dialogue.sequence
    return UseStage.CURRENT if is_same else UseStage.BEFORE_CHANGE


def proof(dialogue: Dialogue) -> Proof:
    """All uses, newest first, and all publications; two queries, however many there are."""
    return _proofs([dialogue])[0]


def proofs_to_come(commune: Commune, now: datetime) -> list[Proof]:
    """How the dialogues that are still to come were announced, the next one first; a bounded number of queries."""
    dialogues = db.session.scalars(
        sa.select(Dialogue)
        .where(Dialogue.commune_id == commune.id, Dialogue.announced_at.is_not(None), Dialogue.ends_at > now)
        .where(Dialogue.state.in_([S.ANNOUNCED, S.POSTPONED, S.CANCELLED]))
        .options(selectinload(Dialogue.announcement_reasons))
        .order_by(Dialogue.starts_at)
        .limit(MOST_TO_COME)
    )
    return _proofs(list(dialogues))


def _proofs(dialogues: list[Dialogue]) -> list[Proof]:
    """The proofs of these dialogues of one commune; two queries."""
    if not dialogues:
        return []
    ids = [dialogue.id for dialogue in dialogues]
    rows = db.session.scalars(
        sa.select(NoticeUse)
        .where(NoticeUse.dialogue_id.in_(ids), NoticeUse.commune_id == dialogues[0].commune_id)
        .options(
            lazyload(NoticeUse.dialogue),
            joinedload(NoticeUse.recorded_by).options(
                load_only(Staff.name), lazyload(Staff.commune), lazyload(Staff.role_rows)
            ),
        )
        .order_by(NoticeUse.used_at.desc(), NoticeUse.id.desc())
        .limit(MOST_USES * len(ids))
    )
    uses: dict[int, list[NoticeUse]] = {id_: [] for id_ in ids}
    for use in rows:
        uses[use.dialogue_id].append(use)
    said, now = _publications(dialogues[0].commune_id, ids), clock.now()
    return [
        Proof(one, one.ends_at > now, said[one.id], tuple(_line(use, one) for use in uses[one.id])) for one in dialogues
    ]


def _line(use: NoticeUse, dialogue: Dialogue) -> UseLine:
    return UseLine(
        id=use.id,
        channel=use.channel,
        stage=_stage(use, dialogue),
        used_at=use.used_at,
        done_by=use.done_by,
        note=use.note,
        recorded_by=use.recorded_by.name if use.recorded_by else "",
        recorded_at=use.recorded_at,
        has_photo=bool(use.photo),
        session_at=use.session_at,
        session_place=use.session_place,
        days_before=_days_before(use, dialogue.commune.time_zone),
        taken_back_at=use.taken_back_at,
        taken_back_reason=use.taken_back_reason,
    )


def _days_before(use: NoticeUse, zone: str) -> int | None:
    if use.session_at is None:
        return None
    return (clock.local(use.session_at, zone).date() - clock.local(use.used_at, zone).date()).days


def notice_of(found: Proof) -> Notice:
    """How many days before the session it was public, and whether that was late. Late stays late, also after a move."""
    dialogue, held_on = found.dialogue, session_on(found.dialogue)
    zone = dialogue.commune.time_zone
    said = [line.at for line in found.publications if line.action in ("announced", "moved")]
    if not said and dialogue.announced_at:
        said = [dialogue.announced_at]
    days = [clock.local(at, zone).date() for at in said]
    reasons = tuple(
        (row.reason, clock.local(row.given_at, zone).date())
        for row in dialogue.announcement_reasons
        if row.check is AnnouncementCheck.NOTICE
    )
    last_on, by = days[-1] if days else None, announce_by(dialogue.commune, held_on)
    return Notice(
        session_on=held_on,
        first_on=days[0] if days else None,
        last_on=last_on,
        announce_by=by.on,
        days=(held_on - last_on).days if last_on else None,
        wanted=by.amount,
        is_late=bool(reasons) or (last_on is not None and last_on > by.on),
        reasons=reasons,
    )


def reading_days(found: Proof, today: date) -> ReadingPlan | None:
    """The three days on the loudspeaker (R7); None when there is nothing to read any more or not yet."""
    dialogue, notice = found.dialogue, notice_of(found)
    if dialogue.state is not S.ANNOUNCED or notice.last_on is None or today > notice.session_on:
        return None
    zone = dialogue.commune.time_zone
    read_on = {
        clock.local(use.used_at, zone).date()
        for use in found.uses
        if use.channel is NoticeChannel.LOUDSPEAKER and use.stage is UseStage.CURRENT
    }
    return reading_plan(
        session_on=notice.session_on,
        announced_on=notice.last_on,
        today=today,
        read_on=read_on,
        announce_by=notice.announce_by,
    )


# -- writes -----------------------------------------------------------------------------------------------------------


def record_use(
    *,
    dialogue: Dialogue,
    channel: NoticeChannel,
    used_at: datetime,
    done_by: str,
    note: str,
    photo: bytes | None,
    actor: Staff,
) -> NoticeUse:
    """Record that the announcement was used. One used before the newest change is kept as such. Sent twice, the same
    form makes one row."""
    now = clock.now()
    if dialogue.announced_at is None:
        raise RuleBroken(_l("Announce the dialogue first: nothing of a draft is handed out."))
    if used_at > now:
        raise RuleBroken(_l("This lies in the future. Record it when it has been done."), "used_on")
    if used_at < dialogue.created_at:
        raise RuleBroken(_l("At that time this dialogue was not planned yet. Check the day."), "used_on")
    twin = db.session.scalar(
        sa.select(NoticeUse).where(
            NoticeUse.dialogue_id == dialogue.id,
            NoticeUse.channel == channel,
            NoticeUse.used_at == used_at,
            NoticeUse.done_by == done_by,
            NoticeUse.note == note,
            NoticeUse.taken_back_at.is_(None),
        )
    )
    if twin is not None:
        return twin
    counted = db.session.scalar(
        sa.select(sa.func.count()).select_from(NoticeUse).where(NoticeUse.dialogue_id == dialogue.id)
    )
    if (counted or 0) >= MOST_USES:
        raise RuleBroken(_l("There are 500 lines already. Put several uses into one line."))
    picture = photos.redrawn(photo) if photo is not None else None
    known = publications(dialogue)
    is_old = any(line.at > used_at for line in known[1:])
    use = NoticeUse(
        commune_id=dialogue.commune_id,
        dialogue_id=dialogue.id,
        channel=channel,
        used_at=used_at,
        done_by=done_by,
        note=note,
        occasion=occasion_of(dialogue, known),
        sequence=dialogue.sequence,
        said="" if is_old else said_by(dialogue),
        session_at=None if is_old else dialogue.starts_at,
        session_place="" if is_old else _place_line(dialogue),
        photo=uploads.keep(dialogue.commune_id, picture, "jpg") if picture else "",
        recorded_by_id=actor.id,
        recorded_at=now,
    )
    db.session.add(use)
    db.session.flush()
    _record(dialogue, actor, "notice_used", f"{label(channel)}: {done_by}")
    return use


def take_back(*, dialogue: Dialogue, use: NoticeUse, reason: str, actor: Staff) -> None:
    """Mark a use that was recorded by mistake; it stays visible and counts no more."""
    if not reason:
        raise RuleBroken(_l("Write the reason."), "reason")
    if use.taken_back_at is not None:
        raise RuleBroken(_l("This line was taken back already."))
    use.taken_back_at, use.taken_back_reason = clock.now(), reason
    db.session.flush()
    _record(dialogue, actor, "notice_use_taken_back", reason)


def _record(dialogue: Dialogue, actor: Staff, action: str, note: str) -> None:
    trail.record(
        commune_id=dialogue.commune_id, actor=actor, thing="dialogue", thing_id=dialogue.id, action=action, note=note
    )
