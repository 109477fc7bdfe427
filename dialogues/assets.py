"""Static files: versioned addresses, kept by browsers for a year, sent compressed."""

import gzip
import hashlib
from functools import cache
from pathlib import Path
from urllib.parse import quote

from flask import Flask, Response, request

_COMPRESSED = ("text/", "application/javascript", "image/svg+xml")


def init(app: Flask) -> None:
    """Give templates `asset(filename)` and compress what the static view sends."""
    folder = Path(app.static_folder or "")

    @cache
    def digest(filename: str) -> str:
        return hashlib.blake2b((folder / filename).read_bytes(), digest_size=6).hexdigest()

    @cache
    def packed(filename: str, _modified_ns: int) -> bytes:
        return gzip.compress((folder / filename).read_bytes(), 9, mtime=0)

    @cache
    def asset(filename: str) -> str:
        """The address of a file; worked out once, because every icon of a page asks for it."""
        return f"{app.static_url_path}/{quote(filename)}?v={digest(filename)}"

    @app.after_request
    def compress(response: Response) -> Response:
        if request.endpoint != "static" or response.status_code != 200:
            return response
        response.vary.add("Accept-Encoding")
        response.headers["Cache-Control"] = (
            "public, max-age=31536000, immutable" if "v" in request.args else "public, max-age=3600"
        )
        if (response.mimetype or "").startswith(_COMPRESSED) and request.accept_encodings["gzip"]:
            filename = (request.view_args or {})["filename"]
            response.close()  # the opened file, which is not sent
            response.direct_passthrough = False
            response.set_data(packed(filename, (folder / filename).stat().st_mtime_ns))
            response.headers["Content-Encoding"] = "gzip"
        return response

    app.jinja_env.globals["asset"] = asset
