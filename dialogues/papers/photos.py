"""Photos as proof: drawn anew from their pixels, kept outside the web folder, never as they were sent.

A file from a phone may carry the place where it was taken, a hidden second file, or a size that fills the memory. What
is kept is a new JPEG of at most 2,000 pixels a side, made of nothing but the colours.
"""

import os
import re
import secrets
from io import BytesIO
from pathlib import Path
from threading import Lock

from flask import current_app
from flask_babel import lazy_gettext as _l
from PIL import Image, ImageOps

from dialogues.errors import RuleBroken

MOST_BYTES = 10_000_000
MOST_BODY_BYTES = MOST_BYTES + 200_000
"""A form with such a photo."""
MOST_PIXELS = 50_000_000
"""A picture of a phone has up to 50 million; decoded it takes three or four bytes each."""
LONGEST_SIDE = 2000
MIMETYPE = "image/jpeg"
_BEGINNINGS = {b"\xff\xd8\xff": "JPEG", b"\x89PNG\r\n\x1a\n": "PNG"}
_NAME = re.compile(r"[0-9a-f]{32}\.jpg")
_one_at_a_time = Lock()
"""One picture is decoded at a time, so that eight large ones do not fill the memory."""


def redrawn(data: bytes) -> bytes:
    """The picture as a new JPEG; raises RuleBroken (field "photo") with what to do."""
    if len(data) > MOST_BYTES:
        raise RuleBroken(
            _l("The photo is larger than 10 MB. Take it with a lower quality, or make it smaller."), "photo"
        )
    kind = next((name for start, name in _BEGINNINGS.items() if data.startswith(start)), None)
    if kind is None:
        raise RuleBroken(_l("This file is no photo of the kinds JPG or PNG. Choose another file."), "photo")
    with _one_at_a_time:
        try:
            return _redraw(data, kind)
        except RuleBroken:
            raise
        except Exception:  # the decoders of forged files fail in many ways; none of them is our error
            raise RuleBroken(
                _l("This photo cannot be read; the file may be damaged. Choose another one."), "photo"
            ) from None


def _redraw(data: bytes, kind: str) -> bytes:
    with Image.open(BytesIO(data), formats=(kind,)) as picture:
        width, height = picture.size
        if width * height > MOST_PIXELS:
            raise RuleBroken(
                _l("The photo has more than 50 million points. Take it with a lower quality, or make it smaller."),
                "photo",
            )
        picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a large JPEG is decoded small at once
        turned = ImageOps.exif_transpose(picture)
        turned.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        coloured = turned.convert("RGBA")
        clean = Image.new("RGB", coloured.size, "white")
        clean.paste(coloured, mask=coloured.getchannel("A"))
    out = BytesIO()
    clean.save(out, "JPEG", quality=82, optimize=True)
    return out.getvalue()


def _folder(commune_id: int) -> Path:
    return Path(current_app.instance_path) / "uploads" / str(commune_id)


def keep(commune_id: int, picture: bytes) -> str:
    """Write a redrawn picture to the disk and give its name. It is complete or not there; a picture whose row is never
    committed is an orphan that nobody can ask for."""
    folder = _folder(commune_id)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    name = f"{secrets.token_hex(16)}.jpg"
    half = folder / f"{name}.part"
    with half.open("wb") as file:
        file.write(picture)
        file.flush()
        os.fsync(file.fileno())
    half.rename(folder / name)
    return name


def found(commune_id: int, name: str) -> Path | None:
    """The file of a kept picture; None when there is none."""
    if not _NAME.fullmatch(name):
        return None
    path = _folder(commune_id) / name
    return path if path.is_file() else None
