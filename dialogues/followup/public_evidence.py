"""The files of evidence for residents: only of promises that they may read."""

from flask import Blueprint, Response, abort

from dialogues.access import Permission, requires
from dialogues.extensions import db
from dialogues.followup import evidence, service
from dialogues.followup.evidence_answers import file_answer
from dialogues.followup.models import Commitment
from dialogues.places.service import commune_or_404

bp = Blueprint("evidence", __name__, url_prefix="/<slug:commune>/commitments/<id:commitment_id>/evidence")
CACHE = "public, max-age=3600"
"""A picture that is taken down is gone from phones within the hour."""


@bp.get("/<id:evidence_id>/file")
@requires(Permission.EVERYONE)
def file(commune: str, commitment_id: int, evidence_id: int) -> Response:
    return _file(commune, commitment_id, evidence_id, False)


@bp.get("/<id:evidence_id>/small")
@requires(Permission.EVERYONE)
def small(commune: str, commitment_id: int, evidence_id: int) -> Response:
    return _file(commune, commitment_id, evidence_id, True)


def _file(commune: str, commitment_id: int, evidence_id: int, is_small: bool) -> Response:
    place = commune_or_404(commune)
    visible = service.visible_commitments(place.id).where(Commitment.id == commitment_id)
    found = evidence.file_of(commitment_id, evidence_id)
    if found is None or db.session.scalar(visible.with_only_columns(Commitment.id)) is None:
        abort(404)
    return file_answer(found, is_small, CACHE) or abort(404)
