"""From rounds to dialogues: open a planned round, put a dialogue that stands already into one."""

from typing import Any

from flask import Response, request
from flask_babel import gettext as _
from flask_babel import ngettext

from dialogues import clock
from dialogues.access import Permission, me, requires
from dialogues.errors import EditConflict, RuleBroken
from dialogues.extensions import db
from dialogues.language import short_day
from dialogues.schedule import opening, requests, round_moves, rounds
from dialogues.schedule.office import dialogue_or_404, plan_bp
from dialogues.schedule.office import page_of as page_of_dialogue
from dialogues.schedule.office.rounds import page_of, round_or_404, warning
from dialogues.schedule.office.series import people
from dialogues.schedule.opening_forms import MOST_PARTS, JoinForm, OpenRoundForm, SplitForm, with_parts
from dialogues.schedule.round_forms import topics
from dialogues.schedule.round_models import Round
from dialogues.schedule.round_plan import VillageFacts, propose
from dialogues.schedule.round_rules import RoundState, Split
from dialogues.web import query_member, query_number, refused, render, saved


@plan_bp.route("/rounds/<id:round_id>/open", methods=["GET", "POST"])
@requires(Permission.PLAN_DIALOGUES)
def open_round(round_id: int) -> Response:
    one = round_or_404(round_id)
    if one.state is not RoundState.PLANNED:
        return refused(page_of(one), round_moves.NOT_PLANNED)
    villages = rounds.villages_to_split(one)
    split = query_member("split", Split) or Split.WHOLE
    facts = [VillageFacts(village.id, village.former_commune, village.voters) for village in villages]
    proposal = propose(facts, split, min(query_number("parts", 2), MOST_PARTS))
    count = min(max(proposal.values(), default=1), MOST_PARTS)
    kind = with_parts(
        count,
        [(village.id, village.label) for village in villages],
        people(one.chair_id),
        is_for_all=not (one.series and one.series.villages),
    )
    split_form = SplitForm(formdata=None, data={"split": split.value, "parts": str(max(2, count))})
    if request.method != "POST":
        form = kind(formdata=None, data=_opening(one, count, {id_: min(n, count) for id_, n in proposal.items()}))
        form.topics.data = [topic.value for topic in rounds.topics_of(one)]
        return _open_page(one, form, split_form)
    form, status = kind(), 422
    if form.validate_on_submit():
        parts = form.values(one.commune.time_zone)
        try:
            opening.check_parts(one, parts)
            typed = [rounds.wanted(n, _("Dialogue %(number)s", number=n), part) for n, part in enumerate(parts, 1)]
            against = warning(form, typed, one.id, requests.of_round(one))
            if against:
                return _open_page(one, form, split_form, against=against)
            made = opening.open_round(
                one=one,
                parts=parts,
                title=form.title.data or "",
                topics=topics(form),
                version=form.version.number,
                actor=me(),
            )
        except RuleBroken as broken:
            form.refuse(broken.field, broken.message)
        except EditConflict:
            form.refuse(
                "title", _("Somebody else changed this round meanwhile. Check the days below, then open it again.")
            )
            form.version.data, status = str(one.version), 409
        else:
            db.session.commit()
            return saved(
                page_of(one),
                ngettext(
                    "%(num)s draft dialogue was made. Complete it, then announce it.",
                    "%(num)s draft dialogues were made. Complete each, then announce it.",
                    len(made),
                ),
            )
    return _open_page(one, form, split_form, status)


def _opening(one: Round, count: int, proposal: dict[int, int]) -> dict[str, Any]:
    """The fields as the round fills them: every dialogue at its day, place and chair."""
    starts, ends = (clock.local(at, one.commune.time_zone) for at in (one.starts_at, one.ends_at))
    found: dict[str, Any] = {"version": one.version, "title": one.title[:200]}
    for number in range(1, count + 1):
        p = f"p{number}_"
        found[f"{p}starts_on"], found[f"{p}starts"], found[f"{p}ends"] = starts.date(), starts.time(), ends.time()
        found[f"{p}place"] = one.place if number == 1 else ""
        found[f"{p}address"] = one.address if number == 1 else ""
        found[f"{p}chair_id"] = one.chair_id if number == 1 else None
    return {**found, **{f"v{id_}": str(number) for id_, number in proposal.items()}}


def _open_page(
    one: Round, form: OpenRoundForm, split_form: SplitForm, status: int = 200, against: Any = None
) -> Response:
    return render(
        "schedule/plan/open.html",
        round=one,
        form=form,
        split_form=split_form,
        voters={village.id: village.voters for village in rounds.villages_to_split(one)},
        notes=[] if against else rounds.notes_of(one),
        against=against,
        status=status,
    )


# -- a dialogue that stands already -----------------------------------------------------------------------------------


@plan_bp.route("/dialogues/<id:dialogue_id>/round", methods=["GET", "POST"])
@requires(Permission.PLAN_DIALOGUES)
def join(dialogue_id: int) -> Response:
    """Put a dialogue into a round, or take it out."""
    dialogue = dialogue_or_404(dialogue_id)
    near = {one.id: one for one in opening.rounds_near(dialogue)}
    if dialogue.round is not None:
        near.setdefault(dialogue.round.id, dialogue.round)
    if request.method != "POST":
        form = JoinForm(formdata=None, data={"round_id": dialogue.round_id, "version": dialogue.version})
        _offer_rounds(form, near)
        return render("schedule/plan/join.html", dialogue=dialogue, form=form)
    form, status = JoinForm(), 422
    _offer_rounds(form, near)
    if form.validate_on_submit():
        one = near[form.round_id.data] if form.round_id.data else None
        try:
            opening.join(dialogue=dialogue, one=one, version=form.version.number, actor=me())
        except RuleBroken as broken:
            form.refuse(broken.field, broken.message)
        except EditConflict:
            form.refuse("round_id", _("Somebody else changed this dialogue meanwhile. Look at it once more."))
            form.version.data, status = str(dialogue.version), 409
        else:
            db.session.commit()
            said = _("The dialogue belongs to the round now.") if one else _("The dialogue stands alone now.")
            return saved(page_of_dialogue(dialogue), said)
    return render("schedule/plan/join.html", dialogue=dialogue, form=form, status=status)


def _offer_rounds(form: JoinForm, near: dict[int, Round]) -> None:
    form.round_id.choices = [
        (None, _("No round: it counts by itself")),
        *((one.id, f"{short_day(one.starts_at)}: {one.title}") for one in near.values()),
    ]
