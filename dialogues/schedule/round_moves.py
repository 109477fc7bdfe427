"""Writing rounds: plan one by hand, move, skip, and what all dialogues of a round share. `opening` makes dialogues."""

from datetime import datetime, timedelta
from uuid import uuid4

import sqlalchemy as sa
from flask import current_app
from flask_babel import lazy_gettext as _l

from dialogues import clock
from dialogues.errors import EditConflict, RuleBroken
from dialogues.extensions import db
from dialogues.places.models import Commune
from dialogues.places.rules import Field
from dialogues.schedule import checks
from dialogues.schedule.requests import find, needs_round
from dialogues.schedule.round_models import Round, RoundPaper, RoundTopic, VoterRequest
from dialogues.schedule.round_plan import RoundPlan
from dialogues.schedule.round_rules import RequestState, RoundState
from dialogues.schedule.rounds import topics_of
from dialogues.schedule.rules import Trigger
from dialogues.staff import trail
from dialogues.staff.models import Staff

NOT_PLANNED = _l("This round is no longer only planned. Change its dialogues instead.")

# -- planning by hand -------------------------------------------------------------------------------------------------


def create(*, commune: Commune, values: RoundPlan, actor: Staff) -> Round:
    """A round outside all series: when necessary, at the request of voters, or one more regular one."""
    check_times(values.starts_at, values.ends_at, commune.time_zone)
    checks.check_people(commune.id, {"chair_id": values.chair_id})
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
    record(one, actor, "created")
    return one


def _accepted_request(commune_id: int, request_id: int | None) -> VoterRequest:
    request = find(commune_id, request_id)
    if request is None:
        raise RuleBroken(
            _l("Choose the request of voters from the list; enter it in the register first."), "request_id"
        )
    if request.state is not RequestState.ACCEPTED:
        raise RuleBroken(_l("This request is not accepted yet. Check its signatures first."), "request_id")
    if not needs_round(request):
        raise RuleBroken(_l("This request has a round already."), "request_id")
    return request


def _new_uid() -> str:
    return f"round-{uuid4().hex}@{current_app.config['SETTINGS'].base_host}"


def check_times(starts_at: datetime, ends_at: datetime, zone: str) -> None:
    """Hours of a round that is still planned."""
    checks.check_hours(starts_at, ends_at, zone)
    if clock.local(starts_at, zone).date() > clock.today(zone) + timedelta(days=5 * 366):
        raise RuleBroken(_l("Choose a day within five years."), "starts_on")


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
    check_planned(one, version)
    zone = one.commune.time_zone
    check_times(starts_at, ends_at, zone)
    if chair_id != one.chair_id:
        checks.check_people(one.commune_id, {"chair_id": chair_id})
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
    record(one, actor, "moved", note + (f"\n{old_place or '–'} → {place or '–'}" if old_place != place else ""))


def skip(*, one: Round, reason: str, version: int, actor: Staff) -> None:
    """This round is left out; the series goes on after it."""
    check_planned(one, version)
    if not reason:
        raise RuleBroken(_l("Write the reason."), "reason")
    one.state, one.state_reason = RoundState.SKIPPED, reason
    one.sequence += 1
    one.changed_at = clock.now()
    record(one, actor, "skipped", reason)


def plan_again(*, one: Round, actor: Staff) -> None:
    """A skipped round stands in the plan again."""
    if one.state is not RoundState.SKIPPED:
        raise RuleBroken(_l("Only a skipped round can be planned again."))
    one.state, one.state_reason = RoundState.PLANNED, ""
    one.sequence += 1
    one.changed_at = clock.now()
    record(one, actor, "planned_again")


def check_planned(one: Round, version: int) -> None:
    if one.state is not RoundState.PLANNED:
        raise RuleBroken(NOT_PLANNED)
    if one.version != version:
        raise EditConflict


def record(one: Round, actor: Staff | None, action: str, note: str = "") -> None:
    db.session.flush()
    trail.record(commune_id=one.commune_id, actor=actor, thing="round", thing_id=one.id, action=action, note=note)


# -- what all its dialogues share -------------------------------------------------------------------------------------


def change_common(
    *, one: Round, title: str, topics: tuple[Field, ...], results: str, version: int, actor: Staff
) -> None:
    """Title, common fields and results of the round; never those of its dialogues."""
    if one.version != version:
        raise EditConflict
    if one.state is RoundState.SKIPPED:
        raise RuleBroken(_l("Only a round that takes place can be changed. Plan it again first."))
    before = (one.title, set(one.topics), one.results)
    one.title, one.results = title, results
    if set(topics) != set(topics_of(one)):  # forms know no order: the one that stands is kept
        set_topics(one, topics)
    if before != (one.title, set(one.topics), one.results):
        one.changed_at = clock.now()
        record(one, actor, "changed")


def set_topics(one: Round, topics: tuple[Field, ...]) -> None:
    """Its own fields, in this order."""
    one.topic_rows = checks.in_order(one.topic_rows, RoundTopic, topics)


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
    record(one, actor, "paper_added", title)


def remove_paper(*, one: Round, paper_id: int, actor: Staff) -> bool:
    """Take a paper away; whether it was there."""
    for paper in one.papers:
        if paper.id == paper_id:
            one.papers.remove(paper)
            record(one, actor, "paper_removed", paper.title)
            return True
    return False
