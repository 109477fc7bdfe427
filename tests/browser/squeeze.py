"""`python tests/browser/squeeze.py FROM TO`: copy the pictures of a folder, made small; what else TO holds goes away.

Needs Pillow, which nothing else here needs: `make screens` gives it a virtualenv of its own.
"""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image  # type: ignore[import-not-found]

COLOURS = 96
"""Pages are letters on few colours: more cannot be told apart."""


def main(source: Path, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    pictures = sorted(source.glob("*.png"))
    for old in target.glob("*.png"):
        if old.name not in {picture.name for picture in pictures}:
            old.unlink()
    for picture in pictures:
        with Image.open(picture) as image:
            few = image.convert("RGB").quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
            few.save(target / picture.name, optimize=True)
    size = sum(path.stat().st_size for path in target.glob("*.png"))
    print(f"{len(pictures)} pictures in {target}, {size // 1000} kB")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
