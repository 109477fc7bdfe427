"""Writing dialogues: plan, change, and the legal moves from draft to published result."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

import sqlalchemy as sa
from flask import current_app
from flask_babel import lazy_gettext as _l

from dialogues import clock, codes
from dialogues.errors import EditConflict, RuleBroken
from dialogues.extensions import db
from dialogues.places.models import Commune, Village
from dialogues.schedule import changes, checks, events
from dialogues.schedule.deadlines import announce_by
from dialogues.schedule.legal import WRITE_REASON, facts, missing
from dialogues.schedule.models import AnnouncementReason, Dialogue, DialogueTopic
from dialogues.schedule.plan import Plan, Times, facts_to_check
from dialogues.schedule.rules import (
    MOVES,
    REQUIRED,
    AnnouncementCheck,
    DialogueState,
    Trigger,
    missing_for_announcement,
)
from dialogues.staff import trail
from dialogues.staff.models import Staff

S = DialogueState
C = AnnouncementCheck

PLANNABLE = (S.DRAFT, S.ANNOUNCED, S.POSTPONED)
"""States in which the plan may still be changed; once it was held, only the conclusion is written."""
ELSEWHERE = ("place", "online_link")
"""What sends people to another place (R4); an address may be corrected."""
NOT_PLANNABLE = _l("A dialogue that was held or cancelled cannot be changed any more.")
REFUSALS: dict[DialogueState, object] = {
    S.ANNOUNCED: _l("Only a dialogue that is being prepared or postponed can be announced."),
    S.POSTPONED: _l("Only an announced dialogue can be postponed."),
    S.CANCELLED: _l("Only a dialogue that was not held yet can be cancelled."),
    S.HELD: _l("Only an announced dialogue can be recorded as held."),
    S.CONCLUDED: _l("Only a dialogue that is recorded as held can be concluded."),
    S.PUBLISHED: _l("Only the result of a concluded dialogue can be published. Write the conclusion first."),
}
FIELDS_OF_CHECKS = {
    C.PLACE: "place", C.CONTENT: "purpose", C.HOW_TO_ATTEND: "how_to_attend", C.MTTQ: "mttq_partner",
    C.CHAIR: "chair_id", C.CO_CHAIR: "co_chair_id", C.PARTY: "party_invited",
}  # fmt: skip


def plan(*, commune: Commune, values: Plan, actor: Staff) -> Dialogue:
    """A new draft, with its code for people and its UID for calendars."""
    assert values.times is not None  # noqa: S101 (the form of a new dialogue always has them)
    villages = _checked(commune.id, values)
    _check_times(values.times, commune.time_zone, from_today_on=True)
    twin = _same_draft(commune.id, values)
    if twin is not None:
        return twin  # the form was sent twice
    now = clock.now()
    dialogue = Dialogue(
        commune=commune,
        commune_id=commune.id,
        code=_free_code(),
        uid=f"dialogue-{uuid4().hex}@{current_app.config['SETTINGS'].base_host}",
        sequence=0,
        state=S.DRAFT,
        created_at=now,
        changed_at=now,
    )
    _write(dialogue, values, villages)
    db.session.add(dialogue)
    _record(dialogue, actor, "created")
    return dialogue


def _same_draft(commune_id: int, values: Plan) -> Dialogue | None:
    """A draft of the same meeting: what it is called, when, where, for whom and about what."""
    d, times = Dialogue, values.times
    drafts = db.session.scalars(
        sa.select(d)
        .where(d.commune_id == commune_id, d.state == S.DRAFT, d.title == values.title, d.place == values.place)
        .where(d.starts_at == (times and times.starts_at), d.ends_at == (times and times.ends_at))
    )
    for draft in drafts:
        villages = {village.id for village in draft.villages}
        if villages == set(values.village_ids) and set(draft.topics) == set(values.topics):
            return draft
    return None


def change(*, dialogue: Dialogue, values: Plan, version: int, actor: Staff, late_reason: str = "") -> None:
    """Save the plan again. After the announcement nothing that was announced may be emptied, and another start or place
    less than 7 days from now needs a written reason (R4). Raises EditConflict when somebody else saved first."""
    if dialogue.state not in PLANNABLE:
        raise RuleBroken(NOT_PLANNABLE)
    if version != dialogue.version:
        raise EditConflict
    zone, now = dialogue.commune.time_zone, clock.now()
    before = changes.facts_of(dialogue)
    if dialogue.state is S.POSTPONED:
        values = replace(values, times=None)
    villages = _checked(dialogue.commune_id, values)
    if dialogue.state is not S.DRAFT:
        _refuse_emptied(dialogue, values, now)
    if values.times:
        is_moved = values.times.starts_at != dialogue.starts_at
        _check_times(values.times, zone, from_today_on=is_moved or dialogue.state is S.DRAFT)
        is_elsewhere = dialogue.starts_at > now and any(
            getattr(values, name) != getattr(dialogue, name) for name in ELSEWHERE
        )
        if (is_moved or is_elsewhere) and dialogue.state is S.ANNOUNCED:
            _need_reason_when_late(dialogue, values.times, late_reason, now, actor)
    _write(dialogue, values, villages)
    after = changes.facts_of(dialogue)
    changed = [name for name in before if before[name] != after[name]]
    if not changed:
        return
    changes.note(dialogue, before, now)
    is_move = dialogue.state is not S.DRAFT and bool(changes.MOVED & set(changed))
    note = "\n".join(changes.in_words(name, before[name], after[name], zone) for name in changed)
    _record(dialogue, actor, "moved" if is_move else "changed", note)
    events.tell(dialogue, before)


def announce(
    *,
    dialogue: Dialogue,
    reasons: Mapping[AnnouncementCheck, str],
    version: int,
    actor: Staff,
    times: Times | None = None,
) -> None:
    """Make it public. REQUIRED parts must be there (R4); whatever else is missing (R3) or late (R4) needs a written
    reason, which stays visible. A postponed dialogue gets its new `times` here, so that no day is seen before."""
    _check_move(dialogue, S.ANNOUNCED)
    if version != dialogue.version:
        raise EditConflict
    zone, now = dialogue.commune.time_zone, clock.now()
    before, checked = changes.facts_of(dialogue), facts(dialogue)
    if dialogue.state is not S.POSTPONED:
        times = None
    if times:
        _check_times(times, zone, from_today_on=True)
        day = clock.local(times.starts_at, zone).date()
        checked = replace(checked, starts_at=times.starts_at, announce_by=announce_by(dialogue.commune, day).on)
    lacking = missing_for_announcement(checked, now, clock.local(now, zone).date())
    for check in lacking:
        if check is C.TIME:
            raise RuleBroken(_l("Choose a day and hour that are still to come."), "starts_on")
        if check in REQUIRED:
            raise RuleBroken(_l("Fill in first what the law asks for: it is marked on this page."))
        if not reasons.get(check):
            raise RuleBroken(WRITE_REASON[check], f"reason_{check.value}")
    for check in lacking:
        _keep_reason(dialogue, check, reasons[check], now, actor)
    if times:
        _set_times(dialogue, times)
    dialogue.state, dialogue.state_reason, dialogue.announced_at = S.ANNOUNCED, "", now
    changes.note(dialogue, before, now)
    after = changes.facts_of(dialogue)
    moved = [
        changes.in_words(name, before[name], after[name], zone)
        for name in ("starts_at", "ends_at")
        if before[name] != after[name]
    ]
    _record(dialogue, actor, "announced", "\n".join([*moved, *(reasons[check] for check in lacking)]))
    events.tell(dialogue, before)


def postpone(*, dialogue: Dialogue, reason: str, actor: Staff) -> None:
    """Take the day back without naming a new one; questions go on coming in."""
    _move(dialogue, S.POSTPONED, actor, "postponed", reason)


def cancel(*, dialogue: Dialogue, reason: str, actor: Staff) -> None:
    """Give the dialogue up, for ever. A draft disappears from all plans; an announced one stays visible, with the
    reason."""
    _move(dialogue, S.CANCELLED, actor, "cancelled", reason)


def hold(*, dialogue: Dialogue, residents_present: int | None, actor: Staff) -> None:
    """Record that it took place."""
    now = clock.now()
    if dialogue.state is not S.ANNOUNCED or now < dialogue.starts_at:
        raise RuleBroken(refusal(dialogue, S.HELD))
    dialogue.residents_present = residents_present
    dialogue.held_at = now
    _move(dialogue, S.HELD, actor, "held")


def conclude(*, dialogue: Dialogue, conclusion: str, residents_present: int | None, actor: Staff) -> None:
    """Write what the chair decided."""
    _check_move(dialogue, S.CONCLUDED)
    if not conclusion:
        raise RuleBroken(_l("Write the conclusion."), "conclusion")
    dialogue.conclusion = conclusion
    dialogue.residents_present = residents_present
    dialogue.concluded_at = clock.now()
    _move(dialogue, S.CONCLUDED, actor, "concluded")


def publish_result(*, dialogue: Dialogue, actor: Staff) -> None:
    """Make the result public (R5)."""
    _check_move(dialogue, S.PUBLISHED)
    dialogue.published_at = clock.now()
    _move(dialogue, S.PUBLISHED, actor, "result_published")


def reopen(*, dialogue: Dialogue, actor: Staff) -> None:
    """Back from concluded to held, to write the conclusion again."""
    if dialogue.state is not S.CONCLUDED:
        raise RuleBroken(_l("Only a concluded dialogue whose result is not published yet can be reopened."))
    dialogue.concluded_at = None
    _move(dialogue, S.HELD, actor, "reopened")


# -- parts ------------------------------------------------------------------------------------------------------------


def refusal(dialogue: Dialogue, to: DialogueState) -> object:
    """Why this dialogue may not become `to` now."""
    if to is S.HELD and dialogue.state is S.ANNOUNCED:
        return _l("It has not begun yet. Record it as held when it has begun, or change its time.")
    return REFUSALS[to]


def _check_move(dialogue: Dialogue, to: DialogueState) -> None:
    if to not in MOVES[dialogue.state]:
        raise RuleBroken(REFUSALS[to])


def _move(dialogue: Dialogue, to: DialogueState, actor: Staff, action: str, reason: str = "") -> None:
    _check_move(dialogue, to)
    if to in (S.POSTPONED, S.CANCELLED) and not reason:
        raise RuleBroken(_l("Write the reason."), "reason")
    before = changes.facts_of(dialogue)
    dialogue.state, dialogue.state_reason = to, reason
    changes.note(dialogue, before, clock.now())
    _record(dialogue, actor, action, reason)
    events.tell(dialogue, before)


def _record(dialogue: Dialogue, actor: Staff, action: str, note: str = "") -> None:
    db.session.flush()
    trail.record(
        commune_id=dialogue.commune_id,
        actor=actor,
        thing="dialogue",
        thing_id=dialogue.id,
        action=action,
        note=note,
    )


def _free_code() -> str:
    while True:
        code = codes.new_dialogue_code()
        if db.session.scalar(sa.select(Dialogue.id).where(Dialogue.code == code)) is None:
            return code


def _check_times(times: Times, zone: str, *, from_today_on: bool) -> None:
    checks.check_hours(times.starts_at, times.ends_at, zone, from_today_on)
    if times.deadline_at and times.deadline_at >= times.starts_at:
        raise RuleBroken(_l("Questions must close before the dialogue begins. Choose an earlier day."), "deadline_on")


def _set_times(dialogue: Dialogue, times: Times) -> None:
    dialogue.starts_at, dialogue.ends_at = times.starts_at, times.ends_at
    dialogue.question_deadline_at = times.deadline_at


def _checked(commune_id: int, values: Plan) -> list[Village]:
    """What must be right in every plan: a reason where one is due, people and villages of this commune."""
    if values.trigger is not Trigger.REGULAR and not values.trigger_reason:
        raise RuleBroken(_l("Write why it is held now."), "trigger_reason")
    people = {name: getattr(values, name) for name in ("chair_id", "co_chair_id", "secretary_id")}
    checks.check_people(commune_id, people)
    if values.chair_id and values.chair_id == values.co_chair_id:
        raise RuleBroken(_l("Chair and co-chair are two people. Choose another co-chair."), "co_chair_id")
    return checks.villages_of(commune_id, values.village_ids)


def _write(dialogue: Dialogue, values: Plan, villages: list[Village]) -> None:
    if values.times:
        _set_times(dialogue, values.times)
    for name in (
        "kind", "trigger", "trigger_reason", "form", "title", "purpose", "place", "address", "online_link", "chair_id",
        "co_chair_id", "secretary_id", "mttq_partner", "party_invited", "hotline", "how_to_attend",
    ):  # fmt: skip
        setattr(dialogue, name, getattr(values, name))
    if {village.id for village in dialogue.villages} != set(values.village_ids):
        dialogue.villages = villages
    if set(dialogue.topics) != set(values.topics):  # forms know no order: the one that stands is kept
        dialogue.topic_rows = checks.in_order(dialogue.topic_rows, DialogueTopic, values.topics)


def _refuse_emptied(dialogue: Dialogue, values: Plan, now: datetime) -> None:
    today = clock.local(now, dialogue.commune.time_zone).date()
    lacking = set(missing_for_announcement(facts_to_check(values, None), now, today)) - set(missing(dialogue, now))
    for check, field in FIELDS_OF_CHECKS.items():
        if check in lacking:
            named = "online_link" if check is C.PLACE and values.place else field
            raise RuleBroken(_l("This was announced. It can be changed, but not left empty."), named)


def _need_reason_when_late(dialogue: Dialogue, times: Times, reason: str, now: datetime, actor: Staff) -> None:
    zone = dialogue.commune.time_zone
    last_day = announce_by(dialogue.commune, clock.local(times.starts_at, zone).date()).on
    if clock.local(now, zone).date() <= last_day:
        return
    if not reason:
        raise RuleBroken(
            _l(
                "The dialogue is less than 7 days away, and its day or place becomes another one. Write why; residents "
                "read it with the dialogue."
            ),
            "late_reason",
        )
    _keep_reason(dialogue, C.NOTICE, reason, now, actor)


def _keep_reason(dialogue: Dialogue, check: AnnouncementCheck, reason: str, now: datetime, actor: Staff) -> None:
    """Add the reason, unless the same one stands there already."""
    if any(row.check is check and row.reason == reason for row in dialogue.announcement_reasons):
        return
    dialogue.announcement_reasons.append(
        AnnouncementReason(check=check, reason=reason, staff_id=actor.id, given_at=now)
    )
