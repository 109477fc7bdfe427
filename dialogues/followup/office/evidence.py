"""Reported done with evidence, evidence added later and taken down, the files for signed-in people."""

from collections.abc import Callable, Sequence

from flask import Response, abort, request, url_for
from flask_babel import gettext as _

from dialogues.access import Permission, allowed, me, requires
from dialogues.errors import EditConflict, RuleBroken
from dialogues.extensions import db
from dialogues.followup import done, evidence, evidence_files
from dialogues.followup.commitments import may_report
from dialogues.followup.evidence import Proof
from dialogues.followup.evidence_answers import file_answer
from dialogues.followup.evidence_forms import PAPER_TYPES, PHOTO_TYPES, AltForm, DoneForm, EvidenceForm, TakeDownForm
from dialogues.followup.models import Commitment, Evidence
from dialogues.followup.office import bp, commitment_or_404
from dialogues.followup.office.commitments import act, of_the_work
from dialogues.followup.rules import CommitmentState
from dialogues.web import render, saved

_WITH_FILES = ("followup_office.report_done", "followup_office.add_evidence")


@bp.url_value_preprocessor
def _make_room(endpoint: str | None, _values: dict[str, object] | None) -> None:
    if endpoint in _WITH_FILES:
        evidence_files.make_room()


@bp.app_template_global("evidence_of")
def evidence_of(commitment: Commitment) -> list[evidence.Shown]:
    """For the pages of a promise, which include followup/_evidence.html."""
    return evidence.listed(commitment)


@bp.app_template_global("may_take_down")
def may_take_down() -> bool:
    """Whether this person takes evidence down."""
    return allowed(me(), Permission.PUBLISH_ANSWERS)


@bp.app_template_global("may_correct_evidence")
def may_correct_evidence(commitment: Commitment) -> bool:
    """Whether this person says better what a picture shows."""
    return may_report(me(), commitment)


@bp.app_template_global("evidence_types")
def evidence_types() -> dict[str, str]:
    """Which files each field takes."""
    return {"after": PHOTO_TYPES, "before": PHOTO_TYPES, "paper": PAPER_TYPES}


def _url(commitment_id: int) -> str:
    return url_for("followup_office.commitment", commitment_id=commitment_id)


def _with_files(
    commitment_id: int,
    form: DoneForm | EvidenceForm,
    write: Callable[[Commitment, Sequence[Proof]], object],
    sentence: Callable[[], str],
) -> Response:
    """Look at the files while no transaction is open, then write them with what was typed."""
    found = commitment_or_404(commitment_id)

    def look_and_write() -> None:
        if not may_report(me(), found):
            raise RuleBroken(_("Only the responsible person, their unit and the office report on this commitment."))
        db.session.commit()
        proofs = evidence_files.proofs(form)
        write(commitment_or_404(commitment_id), proofs)

    return act(found, form, look_and_write, sentence)


@bp.route("/commitments/<id:commitment_id>/done", methods=["GET", "POST"])
@requires(Permission.WORK)
def report_done(commitment_id: int) -> Response:
    form = DoneForm().offer(of_the_work(commitment_or_404(commitment_id)))
    return _with_files(
        commitment_id,
        form,
        lambda found, proofs: done.report_done(
            commitment=found,
            version=form.version.number,
            text=form.text.data,
            to_asker=form.to_asker.data,
            proofs=proofs,
            counted_ids=form.counted_ids,
            actor=me(),
        ),
        lambda: _("Reported done. Those who asked are asked whether it is true."),
    )


@bp.route("/commitments/<id:commitment_id>/evidence", methods=["GET", "POST"])
@requires(Permission.WORK)
def add_evidence(commitment_id: int) -> Response:
    def write(found: Commitment, proofs: Sequence[Proof]) -> None:
        if found.state is CommitmentState.WITHDRAWN:
            raise RuleBroken(_("This commitment is withdrawn: there is nothing to show."))
        if not proofs:
            raise RuleBroken(_("Choose a photo or a paper, or write the number of a decision."), "after")
        evidence.check(found, proofs)
        evidence.add(commitment=found, proofs=proofs, actor=me())

    return _with_files(commitment_id, EvidenceForm(), write, lambda: _("Added. Residents see it now."))


def _evidence_or_404(commitment_id: int, evidence_id: int) -> Evidence:
    found = db.session.get(Evidence, evidence_id)
    if found is None or (found.commitment_id, found.commune_id) != (commitment_id, me().commune_id):
        abort(404)
    return found


@bp.route("/commitments/<id:commitment_id>/evidence/<id:evidence_id>/remove", methods=["GET", "POST"])
@requires(Permission.PUBLISH_ANSWERS)
def take_down(commitment_id: int, evidence_id: int) -> Response:
    """Delete one piece, with the reason."""
    found, form = _evidence_or_404(commitment_id, evidence_id), TakeDownForm()
    if request.method == "POST" and form.validate_on_submit():
        evidence.take_down(evidence=found, reason=form.reason.data, actor=me())
        db.session.commit()
        return saved(_url(commitment_id), _("Taken down. The history keeps that it was there, and why it is gone."))
    status = 422 if request.method == "POST" else 200
    return render("followup/take_down.html", one=found, form=form, back=_url(commitment_id), status=status)


@bp.route("/commitments/<id:commitment_id>/evidence/<id:evidence_id>/words", methods=["GET", "POST"])
@requires(Permission.WORK)
def correct_alt(commitment_id: int, evidence_id: int) -> Response:
    """Say better what a picture or a paper shows."""
    found = _evidence_or_404(commitment_id, evidence_id)
    if not found.file or not may_report(me(), found.commitment):
        abort(404)
    form, status = AltForm(data={"seen": found.alt, "alt": found.alt}), 200
    conflict = None
    if request.method == "POST":
        status = 422
        if form.validate_on_submit():
            try:
                evidence.correct_alt(evidence=found, alt=form.alt.data, seen=form.seen.data, actor=me())
            except EditConflict:
                conflict, form.seen.data, status = [(_("What it shows"), found.alt)], found.alt, 409
            else:
                db.session.commit()
                return saved(_url(commitment_id), _("Corrected. The history says when and by whom."))
    return render(
        "followup/evidence_words.html", one=found, form=form, conflict=conflict, back=_url(commitment_id), status=status
    )


@bp.get("/commitments/<id:commitment_id>/evidence/<id:evidence_id>/file")
@requires(Permission.READ_COMMITMENTS)
def evidence_file(commitment_id: int, evidence_id: int) -> Response:
    return _file(commitment_id, evidence_id, False)


@bp.get("/commitments/<id:commitment_id>/evidence/<id:evidence_id>/small")
@requires(Permission.READ_COMMITMENTS)
def evidence_small(commitment_id: int, evidence_id: int) -> Response:
    return _file(commitment_id, evidence_id, True)


def _file(commitment_id: int, evidence_id: int, is_small: bool) -> Response:
    return file_answer(_evidence_or_404(commitment_id, evidence_id), is_small, "private, max-age=3600") or abort(404)
