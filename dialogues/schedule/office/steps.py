"""Ticking the steps around a dialogue: drafts, minutes, the three ways of the result, written answers, reports."""

from datetime import date

from flask import Response, abort, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from dialogues import clock
from dialogues.access import Permission, me, requires
from dialogues.errors import RuleBroken
from dialogues.extensions import db
from dialogues.followup import counts
from dialogues.schedule import line
from dialogues.schedule.deadlines import deadline
from dialogues.schedule.forms import StepForm
from dialogues.schedule.models import Dialogue
from dialogues.schedule.office import bp, dialogue_or_404, page_of
from dialogues.schedule.rules import BY_HAND, RESULT_WAYS, Step
from dialogues.schedule.service import session_on
from dialogues.web import refused, render, saved
from dialogues.words import label

HINTS: dict[Step, object] = {
    Step.MASS_MEDIA: _l("For example: loudspeaker of the commune, 17:30 on three days; or the link to the article."),
    Step.POSTED: _l("For example: notice board at the gate, posted until the end of the month."),
    Step.VILLAGE_HEADS: _l("For example: sent to all village heads in the Zalo group, 14 of 14 have read it."),
    Step.MINUTES: _l("For example: the number of the minutes."),
}


def _step_or_404(name: str) -> Step:
    found = next((step for step in BY_HAND if step.value.replace("_", "-") == name), None)
    return found or abort(404)


@bp.route("/<id:dialogue_id>/steps/<slug:step>", methods=["GET", "POST"])
@requires(Permission.PLAN_DIALOGUES)
def step(dialogue_id: int, step: str) -> Response:
    dialogue, wanted = dialogue_or_404(dialogue_id), _step_or_404(step)
    reason = line.refusal(dialogue, wanted)
    if reason is not None:
        return refused(page_of(dialogue), reason)
    form = StepForm() if request.method == "POST" else StepForm(formdata=None, data={"done_on": _today(dialogue)})
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate_on_submit():
            try:
                line.tick(
                    dialogue=dialogue,
                    step=wanted,
                    done_on=form.done_on.data,  # type: ignore[arg-type]
                    evidence=form.evidence.data or "",
                    actor=me(),
                )
            except RuleBroken as broken:
                form.refuse(broken.field, broken.message)
            else:
                sentence = _("Ticked: %(step)s.", step=label(wanted))
                if wanted in RESULT_WAYS:
                    sentence += " " + _ways_left(dialogue.id)
                db.session.commit()
                return saved(page_of(dialogue) + "#line", sentence)
    form.evidence.flags.required = wanted in RESULT_WAYS
    return render(
        "schedule/office_step.html",
        dialogue=dialogue,
        step=wanted,
        due=deadline(dialogue.commune, Step.RESULT if wanted in RESULT_WAYS else wanted, session_on(dialogue)),
        form=form,
        hint=HINTS.get(wanted),
        open_questions=_without_answer(dialogue) if wanted in (Step.DRAFTS, Step.WRITTEN_ANSWERS) else 0,
        status=status,
    )


def _today(dialogue: Dialogue) -> date:
    return clock.today(dialogue.commune.time_zone)


def _without_answer(dialogue: Dialogue) -> int:
    figures = counts.public_figures(dialogue.id)
    return figures.published - figures.answered


def _ways_left(dialogue_id: int) -> str:
    done = line.done_days([dialogue_id])[dialogue_id]
    left = [str(label(way)) for way in RESULT_WAYS if way not in done]
    if left:
        return _("Still to do: %(ways)s.", ways=", ".join(text[:1].lower() + text[1:] for text in left))
    return _("The result is now public in all three ways.")


@bp.post("/<id:dialogue_id>/steps/<slug:step>/undo")
@requires(Permission.PLAN_DIALOGUES)
def undo_step(dialogue_id: int, step: str) -> Response:
    dialogue, wanted = dialogue_or_404(dialogue_id), _step_or_404(step)
    try:
        line.undo(dialogue=dialogue, step=wanted, actor=me())
    except RuleBroken as broken:
        return refused(page_of(dialogue), broken.message)
    db.session.commit()
    sentence = _("Taken back: %(step)s. The history keeps what stood there.", step=label(wanted))
    return saved(page_of(dialogue) + "#line", sentence)
