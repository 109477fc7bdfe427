"""Handing out a file of evidence: a picture that this program drew is shown, a paper is only handed out."""

from flask import Response, make_response, request

from dialogues import uploads
from dialogues.followup.models import Evidence

POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"
"""Whatever a file holds, it runs nothing and loads nothing."""


def file_answer(evidence: Evidence, is_small: bool, cache: str) -> Response | None:
    """The file, or the small picture of it; None when there is none. Its name never changes, so its tag never does."""
    name = uploads.small_name(evidence.file) if is_small else evidence.file
    path = uploads.found(evidence.commune_id, name) or uploads.found(evidence.commune_id, evidence.file)
    if path is None or (is_small and evidence.file.endswith(".pdf")):
        return None
    is_paper = evidence.file.endswith(".pdf")
    response = make_response(path.read_bytes())
    response.headers["Content-Type"] = "application/pdf" if is_paper else "image/jpeg"
    way = "attachment" if is_paper else "inline"
    ending = "pdf" if is_paper else "jpg"
    filename = f"cam-ket-{evidence.commitment_id}-minh-chung-{evidence.id}.{ending}"
    response.headers["Content-Disposition"] = f'{way}; filename="{filename}"'
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = cache
    response.set_etag(path.stem + ("s" if is_small else ""))
    response.make_conditional(request)
    return response
