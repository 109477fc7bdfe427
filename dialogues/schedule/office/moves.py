"""The legal moves of a dialogue: announce, postpone, cancel, hold, conclude, publish, reopen."""

from typing import Any

from flask import Response, request
from flask_babel import gettext as _

from dialogues import clock
from dialogues.access import Permission, me, requires
from dialogues.errors import EditConflict, RuleBroken
from dialogues.extensions import db
from dialogues.schedule import legal, moves
from dialogues.schedule.deadlines import announce_by
from dialogues.schedule.forms import WHEN, AnnounceForm, ConclusionForm, HeldForm, ReasonForm
from dialogues.schedule.models import Dialogue
from dialogues.schedule.office import bp, checked, dialogue_or_404, legal_moves, page_of
from dialogues.schedule.rules import MOVES, REQUIRED, AnnouncementCheck, DialogueState
from dialogues.web import refused, render, saved

S = DialogueState


@bp.get("/<id:dialogue_id>/announce")
@requires(Permission.PLAN_DIALOGUES)
def announce(dialogue_id: int) -> Response:
    dialogue = dialogue_or_404(dialogue_id)
    if S.ANNOUNCED not in MOVES[dialogue.state]:
        return refused(page_of(dialogue), moves.REFUSALS[S.ANNOUNCED])
    form = AnnounceForm(formdata=None, data={"version": dialogue.version, **_known_reasons(dialogue)})
    return _announce_page(dialogue, form, _lacking(dialogue, form))


@bp.post("/<id:dialogue_id>/announce")
@requires(Permission.PLAN_DIALOGUES)
def announce_now(dialogue_id: int) -> Response:
    dialogue = dialogue_or_404(dialogue_id)
    if S.ANNOUNCED not in MOVES[dialogue.state]:
        return refused(page_of(dialogue), moves.REFUSALS[S.ANNOUNCED])
    form = AnnounceForm()
    lacking = _lacking(dialogue, form)
    status = 422
    if form.validate_on_submit():
        is_postponed = dialogue.state is S.POSTPONED
        try:
            moves.announce(
                dialogue=dialogue,
                reasons={check: form[f"reason_{check.value}"].data for check in lacking if check not in REQUIRED},
                version=form.version.number,
                times=form.times(dialogue.commune.time_zone) if is_postponed else None,
                actor=me(),
            )
        except RuleBroken as broken:
            form.refuse(broken.field, broken.message)
        except EditConflict:
            status = 409
            form.version.data = str(dialogue.version)
        else:
            db.session.commit()
            return saved(
                page_of(dialogue), _("The dialogue is announced. Residents see it now and can send questions.")
            )
    return _announce_page(dialogue, form, lacking, status)


def _lacking(dialogue: Dialogue, form: AnnounceForm) -> list[AnnouncementCheck]:
    """What is missing; the form keeps a reason field for just that, and the time fields for a postponed dialogue. There
    the day that was typed decides whether it is late; an empty form asks for no reason yet."""
    lacking = legal.missing(dialogue, clock.now())
    if dialogue.state is S.POSTPONED:
        zone = dialogue.commune.time_zone
        lacking = [check for check in lacking if check not in (AnnouncementCheck.TIME, AnnouncementCheck.NOTICE)]
        day = form.starts_on.data
        if day and clock.today(zone) > announce_by(dialogue.commune, day).on:
            lacking.append(AnnouncementCheck.NOTICE)
    else:
        for name in WHEN:
            del form[name]
    for check in AnnouncementCheck:
        name = f"reason_{check.value}"
        if name in form and check not in lacking:
            del form[name]
    return lacking


def _known_reasons(dialogue: Dialogue) -> dict[str, str]:
    """What was written at an earlier announcement, to be confirmed; never for a late day, which is a new one."""
    return {
        f"reason_{row.check.value}": row.reason
        for row in dialogue.announcement_reasons
        if row.check is not AnnouncementCheck.NOTICE
    }


def _announce_page(
    dialogue: Dialogue, form: AnnounceForm, lacking: list[AnnouncementCheck], status: int = 200
) -> Response:
    return render(
        "schedule/office_announce.html",
        dialogue=dialogue,
        form=form,
        checks=checked(lacking),
        is_blocked=any(check in REQUIRED for check in lacking),
        is_conflict=status == 409,
        status=status,
    )


@bp.route("/<id:dialogue_id>/postpone", methods=["GET", "POST"])
@requires(Permission.PLAN_DIALOGUES)
def postpone(dialogue_id: int) -> Response:
    dialogue = dialogue_or_404(dialogue_id)
    form = ReasonForm()
    return _move_page(
        "schedule/office_postpone.html",
        dialogue,
        form,
        S.POSTPONED,
        lambda: moves.postpone(dialogue=dialogue, reason=form.reason.data, actor=me()),
        _("The dialogue is postponed. Residents see the reason and can go on sending questions."),
    )


@bp.route("/<id:dialogue_id>/cancel", methods=["GET", "POST"])
@requires(Permission.PLAN_DIALOGUES)
def cancel(dialogue_id: int) -> Response:
    dialogue = dialogue_or_404(dialogue_id)
    form = ReasonForm()
    return _move_page(
        "schedule/office_cancel.html",
        dialogue,
        form,
        S.CANCELLED,
        lambda: moves.cancel(dialogue=dialogue, reason=form.reason.data, actor=me()),
        _("The dialogue is cancelled."),
    )


@bp.route("/<id:dialogue_id>/hold", methods=["GET", "POST"])
@requires(Permission.PLAN_DIALOGUES)
def hold(dialogue_id: int) -> Response:
    dialogue = dialogue_or_404(dialogue_id)
    form = HeldForm()
    return _move_page(
        "schedule/office_hold.html",
        dialogue,
        form,
        S.HELD,
        lambda: moves.hold(dialogue=dialogue, residents_present=form.residents_present.data, actor=me()),
        _("Recorded as held. Next comes the conclusion."),
    )


@bp.route("/<id:dialogue_id>/conclude", methods=["GET", "POST"])
@requires(Permission.PLAN_DIALOGUES)
def conclude(dialogue_id: int) -> Response:
    dialogue = dialogue_or_404(dialogue_id)
    form = ConclusionForm(obj=dialogue)
    return _move_page(
        "schedule/office_conclude.html",
        dialogue,
        form,
        S.CONCLUDED,
        lambda: moves.conclude(
            dialogue=dialogue,
            conclusion=form.conclusion.data,
            residents_present=form.residents_present.data,
            actor=me(),
        ),
        _("The conclusion is saved and residents can read it. Publish the result when all is complete."),
    )


def _move_page(template: str, dialogue: Dialogue, form: Any, to: DialogueState, move: Any, sentence: str) -> Response:
    """A move with a page of its own. What was typed stays, also when somebody else was quicker."""
    is_legal = to.value in legal_moves(dialogue) and not (to is S.HELD and dialogue.state is S.CONCLUDED)
    if request.method != "POST" and not is_legal:
        return refused(page_of(dialogue), moves.refusal(dialogue, to))
    if request.method == "POST":
        if form.validate_on_submit():
            try:
                move()
            except RuleBroken as broken:
                form.refuse(broken.field, broken.message)
            else:
                db.session.commit()
                return saved(page_of(dialogue), sentence)
        return render(template, dialogue=dialogue, form=form, status=422)
    return render(template, dialogue=dialogue, form=form)


@bp.post("/<id:dialogue_id>/publish")
@requires(Permission.PLAN_DIALOGUES)
def publish(dialogue_id: int) -> Response:
    dialogue = dialogue_or_404(dialogue_id)
    try:
        moves.publish_result(dialogue=dialogue, actor=me())
    except RuleBroken as broken:
        return refused(page_of(dialogue), broken.message)
    db.session.commit()
    return saved(page_of(dialogue), _("The result is published."))


@bp.post("/<id:dialogue_id>/reopen")
@requires(Permission.PLAN_DIALOGUES)
def reopen(dialogue_id: int) -> Response:
    dialogue = dialogue_or_404(dialogue_id)
    try:
        moves.reopen(dialogue=dialogue, actor=me())
    except RuleBroken as broken:
        return refused(page_of(dialogue), broken.message)
    db.session.commit()
    return saved(page_of(dialogue), _("The conclusion is open again."))
