"""The second voice in the office: the overseer's word, asking at the door, sentences of askers to be read."""

from collections.abc import Collection
from typing import Any

from flask import Blueprint, Response, abort, request, url_for
from flask_babel import gettext as _

from dialogues.access import Permission, allowed, me, requires
from dialogues.askers import telling
from dialogues.errors import EditConflict, RuleBroken
from dialogues.extensions import db
from dialogues.followup import service
from dialogues.followup.carried import Carried, Said
from dialogues.followup.models import Commitment
from dialogues.followup.story import with_story
from dialogues.places.service import row_or_404, villages
from dialogues.questions import redaction
from dialogues.questions.intake import is_bound_to_village
from dialogues.questions.models import Asker
from dialogues.verdicts import asking, latest, saying, sentences, voices
from dialogues.verdicts.forms import NoteForm, OverseerForm, SentenceForm
from dialogues.verdicts.models import CommitmentVerdict
from dialogues.verdicts.panel import Panel, panel
from dialogues.verdicts.rules import Judgement, VerdictWay
from dialogues.verdicts.saying import Voice
from dialogues.web import page_url, query_number, render, saved, see_other

bp = Blueprint("verdicts_office", __name__, url_prefix="/office")


@bp.app_template_global("voices_of")
def voices_of(commitment: Commitment) -> list[voices.Round]:
    """For the pages of a promise, which include verdicts/_voices.html."""
    return voices.rounds_of(commitment)


@bp.app_template_global("latest_voices")
def latest_voices(promises: Collection[Carried]) -> dict[int, list[latest.Voice]]:
    """For lists of promises on the table again, which include followup/_carried.html."""
    return latest.latest_of([one.row.id for one in promises])


@bp.app_template_global("last_word")
def last_word(one: Carried, voices: Collection[latest.Voice]) -> Said | None:
    """For followup/_carried.html."""
    return latest.last_word(one, voices)


@bp.app_template_global("verdict_panel")
def verdict_panel(commitment: Commitment) -> Panel:
    """For the office's page of a promise, which includes verdicts/_office.html."""
    return panel(commitment, me())


# -- the overseer -----------------------------------------------------------------------------------------------------


@bp.route("/commitments/<id:commitment_id>/verdict", methods=["GET", "POST"])
@requires(Permission.CONFIRM_COMMITMENTS)
def verdict(commitment_id: int) -> Response:
    """What the overseer says of the report."""
    found = row_or_404(Commitment, me().commune_id, commitment_id, *with_story())
    url = url_for("followup_office.commitment", commitment_id=commitment_id)
    shown, form = panel(found, me()), OverseerForm()
    if request.method != "POST":
        if shown.form is None:
            return see_other(url)
        return _verdict_page(found, shown.form)
    if form.validate_on_submit():
        try:
            saying.say(
                commitment=found,
                judgement=Judgement(form.judgement.data),
                text=form.text.data or "",
                voice=Voice(VerdictWay.OVERSEER, staff=me()),
                report_id=form.report_id,
            )
        except RuleBroken as broken:
            db.session.rollback()
            form.refuse(broken.field, broken.message)
        else:
            db.session.commit()
            return saved(url, _("Thank you for looking. What you say stands on the page now."))
    return _verdict_page(row_or_404(Commitment, me().commune_id, commitment_id, *with_story()), form, 422)


def _verdict_page(commitment: Commitment, form: OverseerForm, status: int = 200) -> Response:
    return render("verdicts/verdict.html", c=commitment, form=form, status=status)


# -- at the door ------------------------------------------------------------------------------------------------------


@bp.get("/verdicts")
@requires(Permission.TELL_ASKERS)
def to_ask() -> Response:
    """What is reported done and not confirmed, with those whom this person may ask."""
    staff = me()
    page, rows = asking.to_ask(staff, query_number("page"))
    reads = allowed(staff, Permission.READ_ASKERS)
    return render(
        "verdicts/to_ask.html",
        page=page,
        rows=rows,
        page_url=page_url("verdicts_office.to_ask"),
        is_bound=is_bound_to_village(staff),
        unread=asking.unread_count(staff.commune_id) if reads else None,
    )


def _asked_or_404(commitment_id: int, asker_id: int) -> tuple[Commitment, Asker]:
    """A public promise and one who asked about it, whom this person may know."""
    staff = me()
    asker = telling.asker_for(staff, asker_id) or abort(404)
    statement = service.visible_commitments(staff.commune_id).where(Commitment.id == commitment_id)
    commitment = db.session.scalar(statement.options(*with_story())) or abort(404)
    if asking.promise_of(asker, commitment_id) is None or asker.erased_at is not None:
        abort(404)
    return commitment, asker


@bp.route("/verdicts/<id:commitment_id>/askers/<id:asker_id>", methods=["GET", "POST"])
@requires(Permission.TELL_ASKERS)
def note(commitment_id: int, asker_id: int) -> Response:
    """Write down what an asker says, at the door or on the phone."""
    commitment, asker = _asked_or_404(commitment_id, asker_id)
    promise = asking.promise_of(asker, commitment_id) or abort(404)
    mine = promise.mine
    before: dict[str, Any] = {"judgement": mine.judgement.value, "text": mine.text} if mine else {}
    form = NoteForm(data={"report": str(promise.report.id), **before})
    if request.method == "POST" and form.validate_on_submit():
        try:
            saying.say(
                commitment=commitment,
                judgement=Judgement(form.judgement.data),
                text=form.text.data or "",
                voice=Voice(VerdictWay.AT_THE_DOOR, asker, me()),
                report_id=form.report_id,
            )
        except RuleBroken as broken:
            db.session.rollback()
            form.refuse(broken.field, broken.message)
        else:
            db.session.commit()
            return saved(url_for(".to_ask"), _("Written down. Thank you for asking."))
    status = 422 if request.method == "POST" else 200
    fault = saying.own_promise_fault(me(), promise.commitment)
    return render(
        "verdicts/note.html", c=commitment, asker=asker, report=promise.report, form=form, fault=fault, status=status
    )


# -- sentences --------------------------------------------------------------------------------------------------------


@bp.get("/verdicts/sentences")
@requires(Permission.READ_ASKERS)
def unread() -> Response:
    """What askers wrote and nobody has read, oldest first."""
    page, rows = asking.unread(me().commune_id, query_number("page"))
    url = page_url("verdicts_office.unread")
    return render("verdicts/unread.html", page=page, rows=rows, page_url=url)


@bp.route("/verdicts/sentences/<id:verdict_id>", methods=["GET", "POST"])
@requires(Permission.READ_ASKERS)
def sentence(verdict_id: int) -> Response:
    """Read one, and publish it without what is private, or keep it back."""
    found = row_or_404(CommitmentVerdict, me().commune_id, verdict_id)
    if found.asker_id is None:
        abort(404)
    names = [one.name for one in villages(found.commune_id)]
    form = SentenceForm(data={"seen": sentences.seen_of(found), "public_text": sentences.proposal(found, names)})
    status, is_conflict = 200, False
    if request.method == "POST":
        status = 422
        if form.validate_on_submit():
            try:
                said = _decide(found, form)
            except RuleBroken as broken:
                form.refuse(broken.field, broken.message)
            except EditConflict:
                form.seen.data, status, is_conflict = sentences.seen_of(found), 409, True
            else:
                db.session.commit()
                return saved(url_for(".unread"), said)
    looked = redaction.candidates(found.text, names)
    return render("verdicts/sentence.html", v=found, form=form, looked=looked, is_conflict=is_conflict, status=status)


def _decide(verdict: CommitmentVerdict, form: SentenceForm) -> str:
    seen = form.seen.data or ""
    if request.form.get("do") == "keep":
        sentences.keep_back(verdict=verdict, seen=seen, actor=me())
        return _("Kept back: what was said counts, the words stay with the office.")
    sentences.publish(verdict=verdict, public_text=form.public_text.data or "", seen=seen, actor=me())
    return _("Published. Residents read it on the page of the commitment.")
