"""QR codes as pictures inside a page: no file, no foreign host. Pure."""

import segno
from markupsafe import Markup


def picture(text: str) -> str:
    """A `data:` address for `<img src>`; error correction M survives a fold or a stain on paper."""
    return segno.make(text, error="m", micro=False).svg_data_uri(border=2, omitsize=True, nl=False)


def drawing(text: str, title: str) -> Markup:
    """An `<svg>` with a title, to stand in the page itself: sharp on a poster of any size."""
    code = segno.make(text, error="m", micro=False)
    return Markup(code.svg_inline(title=title, border=2, omitsize=True, svgclass="qr", lineclass=None))  # noqa: S704
