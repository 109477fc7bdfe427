"""From rounds to dialogues: open a planned round into drafts, put a dialogue that stands alone into a round."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import selectinload

from dialogues import clock
from dialogues.errors import EditConflict, RuleBroken
from dialogues.extensions import db
from dialogues.places.rules import Field
from dialogues.schedule import moves
from dialogues.schedule.checks import villages_of
from dialogues.schedule.deadlines import deadline
from dialogues.schedule.models import Dialogue
from dialogues.schedule.plan import Plan, Times
from dialogues.schedule.round_models import Round, VoterRequest
from dialogues.schedule.round_moves import check_planned, check_times, record, set_topics
from dialogues.schedule.round_plan import Part
from dialogues.schedule.round_rules import RoundState
from dialogues.schedule.rules import DialogueKind, DialogueState, HoldingForm, Step, Trigger
from dialogues.staff import trail
from dialogues.staff.models import Staff

CLOSING_HOUR = time(17)
NEAR = timedelta(days=200)
"""A dialogue may join a round whose day is no farther away."""
VILLAGE_TWICE = _l("A village can be in one dialogue of a round only.")


def open_round(
    *, one: Round, parts: list[Part], title: str, topics: tuple[Field, ...], version: int, actor: Staff
) -> list[Dialogue]:
    """Make a real draft for each part. From here on the dialogues live alone: nothing of the template touches them."""
    check_planned(one, version)
    check_parts(one, parts)
    ids = [id_ for part in parts for id_ in part.village_ids]
    labels = {village.id: village.label for village in villages_of(one.commune_id, ids, "p1_place")}
    made = []
    for number, part in enumerate(parts, 1):
        try:
            dialogue = moves.plan(
                commune=one.commune, values=_plan(one, part, title, topics, parts, labels), actor=actor
            )
        except RuleBroken as broken:
            raise RuleBroken(broken.message, f"p{number}_{broken.field or 'place'}") from None
        dialogue.round_id = one.id
        made.append(dialogue)
    if len(made) == 1:
        made[0].uid, made[0].sequence = one.uid, one.sequence + 1  # the calendars of the staff know it already
    one.state, one.title, one.changed_at = RoundState.OPENED, title, clock.now()
    one.starts_at, one.ends_at = (
        min(part.starts_at for part in parts), min(parts, key=lambda part: part.starts_at).ends_at,
    )  # fmt: skip
    set_topics(one, topics)
    record(one, actor, "round_opened", "\n".join(dialogue.code for dialogue in made))
    return made


def check_parts(one: Round, parts: list[Part]) -> None:
    """Whether these can be the dialogues of a round; raises RuleBroken."""
    if not parts:
        raise RuleBroken(_l("Keep at least one dialogue."))
    seen: set[int] = set()
    for number, part in enumerate(parts, 1):
        if len(parts) > 1 and not part.village_ids:
            raise RuleBroken(
                _l("Give dialogue %(number)s at least one village, or choose fewer dialogues.", number=number),
                f"p{number}_place",
            )
        if seen & set(part.village_ids):
            raise RuleBroken(VILLAGE_TWICE, f"p{number}_place")
        seen |= set(part.village_ids)
    zone = one.commune.time_zone
    for here, part in enumerate(parts):
        for number, other in enumerate(parts[here + 1 :], here + 2):
            at_once = part.starts_at < other.ends_at and other.starts_at < part.ends_at
            if at_once and part.chair_id and part.chair_id == other.chair_id:
                raise RuleBroken(
                    _l(
                        "Dialogues %(one)s and %(other)s are at the same time with the same chair. Change the time or"
                        " the chair of one.",
                        one=here + 1, other=number,
                    ),
                    f"p{number}_chair_id",
                )  # fmt: skip
    for number, part in enumerate(parts, 1):
        try:
            check_times(part.starts_at, part.ends_at, zone)
        except RuleBroken as broken:
            raise RuleBroken(broken.message, f"p{number}_{broken.field}") from None


def _plan(
    one: Round, part: Part, title: str, topics: tuple[Field, ...], parts: list[Part], labels: dict[int, str]
) -> Plan:
    zone, commune = one.commune.time_zone, one.commune
    closes_on = deadline(one.commune, Step.QUESTIONS_CLOSE, clock.local(part.starts_at, zone).date()).on
    closes_at = clock.instant(datetime.combine(closes_on, CLOSING_HOUR), zone)
    if len(parts) > 1:
        named = ", ".join(labels[id_] for id_ in part.village_ids[:3])
        more = "…" if len(part.village_ids) > 3 else ""
        title = f"{title[: 297 - len(named) - len(more)]}: {named}{more}"
    return Plan(
        kind=DialogueKind.REGULAR if one.trigger is Trigger.REGULAR else DialogueKind.AD_HOC,
        trigger=one.trigger,
        trigger_reason=reason_of(one),
        form=HoldingForm.IN_PERSON,
        title=title[:300],
        purpose="",
        topics=topics,
        village_ids=tuple(sorted(part.village_ids)),
        place=part.place,
        address=part.address,
        online_link="",
        times=Times(part.starts_at, part.ends_at, closes_at if closes_at > clock.now() else None),
        chair_id=part.chair_id,
        co_chair_id=None,
        secretary_id=None,
        mttq_partner="",
        party_invited=False,
        hotline=commune.hotline,
        how_to_attend="",
    )


def reason_of(one: Round) -> str:
    """Why it is held, as its dialogues tell residents: the reason and who decided; the numbers of a voters' request."""
    if one.trigger is Trigger.NECESSITY:
        return "\n".join(filter(None, [one.trigger_reason, one.decided_by]))
    if one.trigger is Trigger.VOTER_REQUEST:
        request = db.session.scalars(
            sa.select(VoterRequest).where(VoterRequest.commune_id == one.commune_id, VoterRequest.round_id == one.id)
        ).first()
        if request is not None:
            valid = request.valid_signatures or 0
            said = _l("%(valid)s of %(voters)s voters ask for it.", valid=valid, voters=request.voters)
            return "\n".join(filter(None, [str(said), one.trigger_reason]))
        return one.trigger_reason or str(_l("Voters ask for it."))
    return one.trigger_reason


# -- a dialogue that stands already -----------------------------------------------------------------------------------


def rounds_near(dialogue: Dialogue) -> list[Round]:
    """The rounds that a dialogue can join: planned or opened, around its day; one query and their dialogues."""
    return list(
        db.session.scalars(
            sa.select(Round)
            .where(
                Round.commune_id == dialogue.commune_id,
                Round.state != RoundState.SKIPPED,
                Round.starts_at.between(dialogue.starts_at - NEAR, dialogue.starts_at + NEAR),
            )
            .order_by(Round.starts_at, Round.id)
            .options(selectinload(Round.dialogues))
        )
    )


def join(*, dialogue: Dialogue, one: Round | None, version: int, actor: Staff) -> None:
    """Put a dialogue into a round, or take it out (None): the year counts rounds (R1), so this changes what it counts.

    A planned round is opened by its first dialogue. When its last one leaves it is planned again, or skipped when its
    day has passed; a request of voters goes along with the dialogue.
    """
    if dialogue.version != version:
        raise EditConflict
    old = dialogue.round
    if old is one:
        return
    if one is not None:
        if one.commune_id != dialogue.commune_id or one.state is RoundState.SKIPPED:
            raise RuleBroken(_l("Choose from the list."), "round_id")
        _check_villages(dialogue, one.dialogues)
        if one.state is RoundState.PLANNED:
            one.state, one.starts_at, one.ends_at = RoundState.OPENED, dialogue.starts_at, dialogue.ends_at
            one.sequence += 1
        one.changed_at = clock.now()
    dialogue.round = one
    db.session.flush()
    if old is not None:
        db.session.refresh(old, ["dialogues"])
        old.changed_at = clock.now()
        if not old.dialogues:
            _empty(old, one)
        record(old, actor, "dialogue_left", dialogue.title)
    if one is not None:
        record(one, actor, "dialogue_joined", dialogue.title)
    trail.record(
        commune_id=dialogue.commune_id,
        actor=actor,
        thing="dialogue",
        thing_id=dialogue.id,
        action="round_linked",
        note=f"{old.title if old else '–'} → {one.title if one else '–'}",
    )


def _empty(old: Round, one: Round | None) -> None:
    """The round lost its only dialogue, to `one` or to none."""
    is_ahead = old.starts_at > clock.now()
    old.state = RoundState.PLANNED if is_ahead else RoundState.SKIPPED
    old.state_reason = "" if is_ahead else str(_l("Its dialogue was put elsewhere."))
    old.sequence += 1
    if one is not None:
        asked = sa.update(VoterRequest).where(
            VoterRequest.commune_id == old.commune_id, VoterRequest.round_id == old.id
        )
        db.session.execute(asked.values(round_id=one.id, version=VoterRequest.version + 1))


def _check_villages(dialogue: Dialogue, others: Iterable[Dialogue]) -> None:
    """No village stands in two dialogues of a round; none named means the whole commune."""
    mine = {village.id for village in dialogue.villages}
    for other in others:
        theirs = {village.id for village in other.villages}
        is_alive = DialogueState.CANCELLED not in (other.state, dialogue.state)
        if is_alive and (not mine or not theirs or mine & theirs):
            raise RuleBroken(VILLAGE_TWICE, "round_id")
