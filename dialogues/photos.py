"""Photos as proof and as copies of papers: drawn anew from their pixels, never as they were sent.

A file from a phone may carry the place where it was taken, a hidden second file, or a size that fills the memory. What
is kept is a new JPEG of at most 2,000 pixels a side, made of nothing but the colours.
"""

from io import BytesIO
from threading import Lock

from flask_babel import lazy_gettext as _l
from PIL import Image, ImageOps

from dialogues.errors import RuleBroken

MOST_BYTES = 10_000_000
MOST_BODY_BYTES = 60_000_000
"""A form with a photo up to this comes in: the sentence about one above MOST_BYTES can stand at its field."""
MOST_PIXELS = 50_000_000
"""A picture of a phone has up to 50 million; decoded it takes three or four bytes each."""
LONGEST_SIDE = 2000
MIMETYPE = "image/jpeg"
_BEGINNINGS = {b"\xff\xd8\xff": "JPEG", b"\x89PNG\r\n\x1a\n": "PNG"}
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


SMALL_WIDTH = 360
"""Of pictures in a page: what a phone shows at once."""


def small(picture: bytes) -> bytes:
    """A redrawn picture in the width of a phone, as a JPEG of some 20 kB."""
    with _one_at_a_time, Image.open(BytesIO(picture), formats=("JPEG",)) as found:
        found.draft("RGB", (SMALL_WIDTH, SMALL_WIDTH))
        found.thumbnail((SMALL_WIDTH, 2 * SMALL_WIDTH))
        out = BytesIO()
        found.convert("RGB").save(out, "JPEG", quality=72, optimize=True)
        return out.getvalue()


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
