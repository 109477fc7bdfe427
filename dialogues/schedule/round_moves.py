"""Writing rounds: plan one by hand, move, skip, open into dialogues, and what all dialogues of a round share."""

from datetime import datetime, time, timedelta
from uuid import uuid4

import sqlalchemy as sa
from flask import current_app
from flask_babel import lazy_gettext as _l

from dialogues import clock
from dialogues.errors import EditConflict, RuleBroken
from dialogues.extensions import db
from dialogues.places.models import Commune
from dialogues.places.rules import Field
from dialogues.schedule import moves
from dialogues.schedule.deadlines import deadline
from dialogues.schedule.models import Dialogue
from dialogues.schedule.plan import Plan, Times
from dialogues.schedule.round_models import Round, RoundPaper, RoundTopic, VoterRequest
from dialogues.schedule.round_plan import Part, RoundPlan
from dialogues.schedule.round_rules import RequestState, RoundState
from dialogues.schedule.rounds import topics_of
from dialogues.schedule.rules import DialogueKind, DialogueState, HoldingForm, Step, Trigger
from dialogues.schedule.series import check_chair, villages_of
from dialogues.staff import trail
from dialogues.staff.models import Staff

S = DialogueState
NOT_PLANNED = _l("This round is no longer only planned. Change its dialogues instead.")
CLOSING_HOUR = time(17)

# -- planning by hand -------------------------------------------------------------------------------------------------


def create(*, commune: Commune, values: RoundPlan, actor: Staff) -> Round:
    """A round outside all series: when necessary, at the request of voters, or one more regular one."""
    _check_times(values.starts_at, values.ends_at, commune.time_zone)
    check_chair(commune.id, values.chair_id)
    request = None
    if values.trigger is Trigger.NECESSITY:
        if not values.trigger_reason:
            raise RuleBroken(_l("Write why it is necessary."), "trigger_reason")
        if not values.decided_by:
            raise RuleBroken(_l("Write who decided it."), "decided_by")
    if values.trigger is Trigger.VOTER_REQUEST:
        request = _accepted_request(commune.id, values.request_id)
    twin = db.session.scalars(
        sa.select(Round)
        .filter_by(commune_id=commune.id, series_id=None, title=values.title, starts_at=values.starts_at)
        .filter_by(place=values.place, state=RoundState.PLANNED)
        .limit(1)
    ).first()
    if twin is not None:
        return twin  # the form was sent twice
    now = clock.now()
    one = Round(
        commune_id=commune.id, commune=commune, uid=_new_uid(), created_at=now, changed_at=now,
        title=values.title, trigger=values.trigger, trigger_reason=values.trigger_reason, decided_by=values.decided_by,
        starts_at=values.starts_at, ends_at=values.ends_at, place=values.place, address=values.address,
        chair_id=values.chair_id,
        topic_rows=[RoundTopic(field=field, position=place) for place, field in enumerate(values.topics)],
    )  # fmt: skip
    db.session.add(one)
    db.session.flush()
    if request is not None:
        request.round_id = one.id
    _record(one, actor, "created")
    return one


def _accepted_request(commune_id: int, request_id: int | None) -> VoterRequest:
    request = db.session.scalar(
        sa.select(VoterRequest).where(VoterRequest.commune_id == commune_id, VoterRequest.id == (request_id or 0))
    )
    if request is None:
        raise RuleBroken(
            _l("Choose the request of voters from the list; enter it in the register first."), "request_id"
        )
    if request.state is not RequestState.ACCEPTED:
        raise RuleBroken(_l("This request is not accepted yet. Check its signatures first."), "request_id")
    if request.round_id is not None:
        raise RuleBroken(_l("This request has a round already."), "request_id")
    return request


def _new_uid() -> str:
    return f"round-{uuid4().hex}@{current_app.config['SETTINGS'].base_host}"


def _check_times(starts_at: datetime, ends_at: datetime, zone: str) -> None:
    starts, ends = clock.local(starts_at, zone), clock.local(ends_at, zone)
    if starts.date() < clock.today(zone):
        raise RuleBroken(_l("Choose a day from today on."), "starts_on")
    if starts.date() > clock.today(zone) + timedelta(days=5 * 366):
        raise RuleBroken(_l("Choose a day within five years."), "starts_on")
    if ends_at <= starts_at or ends.date() != starts.date():
        raise RuleBroken(_l("The end must be later than the start, on the same day."), "ends")


def move(
    *,
    one: Round,
    starts_at: datetime,
    ends_at: datetime,
    place: str,
    address: str,
    chair_id: int | None,
    version: int,
    actor: Staff,
) -> None:
    """Another day, place or chair for this planned round only; the series does not move it back."""
    _check_planned(one, version)
    zone = one.commune.time_zone
    _check_times(starts_at, ends_at, zone)
    if chair_id != one.chair_id:
        check_chair(one.commune_id, chair_id)
    before = (one.starts_at, one.ends_at, one.place, one.address)
    old_start, old_place = one.starts_at, one.place
    one.starts_at, one.ends_at, one.place, one.address, one.chair_id = starts_at, ends_at, place, address, chair_id
    if not db.session.is_modified(one):
        return
    one.is_moved = True
    if before != (starts_at, ends_at, place, address):
        one.sequence += 1
    one.changed_at = clock.now()
    note = f"{clock.local(old_start, zone):%H:%M %d/%m/%Y} → {clock.local(starts_at, zone):%H:%M %d/%m/%Y}"
    _record(one, actor, "moved", note + (f"\n{old_place or '–'} → {place or '–'}" if old_place != place else ""))


def skip(*, one: Round, reason: str, version: int, actor: Staff) -> None:
    """This round is left out; the series goes on after it."""
    _check_planned(one, version)
    if not reason:
        raise RuleBroken(_l("Write the reason."), "reason")
    one.state, one.state_reason = RoundState.SKIPPED, reason
    one.sequence += 1
    one.changed_at = clock.now()
    _record(one, actor, "skipped", reason)


def plan_again(*, one: Round, actor: Staff) -> None:
    """A skipped round stands in the plan again."""
    if one.state is not RoundState.SKIPPED:
        raise RuleBroken(_l("Only a skipped round can be planned again."))
    one.state, one.state_reason = RoundState.PLANNED, ""
    one.sequence += 1
    one.changed_at = clock.now()
    _record(one, actor, "planned_again")


def _check_planned(one: Round, version: int) -> None:
    if one.state is not RoundState.PLANNED:
        raise RuleBroken(NOT_PLANNED)
    if one.version != version:
        raise EditConflict


def _record(one: Round, actor: Staff | None, action: str, note: str = "") -> None:
    db.session.flush()
    trail.record(commune_id=one.commune_id, actor=actor, thing="round", thing_id=one.id, action=action, note=note)


# -- opening ----------------------------------------------------------------------------------------------------------


def open_round(
    *, one: Round, parts: list[Part], title: str, topics: tuple[Field, ...], version: int, actor: Staff
) -> list[Dialogue]:
    """Make a real draft for each part. From here on the dialogues live alone: nothing of the template touches them."""
    _check_planned(one, version)
    _check_parts(one, parts)
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
    _set_topics(one, topics)
    _record(one, actor, "round_opened", "\n".join(dialogue.code for dialogue in made))
    return made


def _check_parts(one: Round, parts: list[Part]) -> None:
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
            raise RuleBroken(_l("A village can be in one dialogue of a round only."), f"p{number}_place")
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
            _check_times(part.starts_at, part.ends_at, zone)
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


# -- what all its dialogues share -------------------------------------------------------------------------------------


def change_common(
    *, one: Round, title: str, topics: tuple[Field, ...], results: str, version: int, actor: Staff
) -> None:
    """Title, common fields and results of the round; never those of its dialogues."""
    if one.version != version:
        raise EditConflict
    if one.state is RoundState.SKIPPED:
        raise RuleBroken(_l("Only a round that takes place can be changed. Plan it again first."))
    before = (one.title, tuple(one.topics), one.results)
    one.title, one.results = title, results
    if topics != tuple(topics_of(one)) or one.topics:
        _set_topics(one, topics)
    if before != (one.title, tuple(one.topics), one.results):
        one.changed_at = clock.now()
        _record(one, actor, "changed")


def _set_topics(one: Round, topics: tuple[Field, ...]) -> None:
    rows = {row.field: row for row in one.topic_rows}
    one.topic_rows = [rows.get(topic) or RoundTopic(field=topic) for topic in topics]
    for position, row in enumerate(one.topic_rows):
        row.position = position


MOST_PAPERS = 50


def add_paper(*, one: Round, title: str, text: str, link: str, actor: Staff) -> None:
    """A text or a link for the whole round."""
    if not text and not link:
        raise RuleBroken(_l("Write the text, or give the link."), "text")
    if len(one.papers) >= MOST_PAPERS:
        raise RuleBroken(_l("A round has at most 50 papers. Remove one first."), "title")
    if any((paper.title, paper.text, paper.link) == (title, text, link) for paper in one.papers):
        return  # the form was sent twice
    one.papers.append(RoundPaper(commune_id=one.commune_id, title=title, text=text, link=link, added_at=clock.now()))
    _record(one, actor, "paper_added", title)


def remove_paper(*, one: Round, paper_id: int, actor: Staff) -> bool:
    """Take a paper away; whether it was there."""
    for paper in one.papers:
        if paper.id == paper_id:
            one.papers.remove(paper)
            _record(one, actor, "paper_removed", paper.title)
            return True
    return False
