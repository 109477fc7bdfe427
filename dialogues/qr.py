"""QR codes as pictures inside a page: no file, no foreign host. Pure."""

import segno


def picture(text: str) -> str:
    """A `data:` address for `<img src>`; error correction M survives a fold or a stain on paper."""
    return segno.make(text, error="m", micro=False).svg_data_uri(border=2, omitsize=True, nl=False)
