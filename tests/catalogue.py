"""The Vietnamese catalogue: `python -m tests.catalogue` collects the texts of the code, updates and compiles it."""

from __future__ import annotations

import io
import tomllib
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent
CODE = ROOT / "dialogues"
PO = CODE / "translations" / "vi" / "LC_MESSAGES" / "messages.po"
MO = PO.with_suffix(".mo")
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "_l": None,
    "lazy_gettext": None,
    "lazy_pgettext": ((1, "c"), 2),
    "lazy_ngettext": (1, 2),
}


def extracted() -> Catalog:
    """All texts of the code and the templates, without translations."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["babel"]
    methods = [(mapping["pattern"], mapping["method"]) for mapping in settings["mappings"]]
    options = {mapping["pattern"]: mapping.get("options", {}) for mapping in settings["mappings"]}
    catalog = Catalog(project="dialogues", charset="utf-8")
    for name, line, message, comments, context in extract_from_dir(
        CODE, methods, options, keywords=KEYWORDS, comment_tags=("Translators:",), strip_comment_tags=True
    ):
        catalog.add(
            message, None, [(f"dialogues/{Path(name).as_posix()}", line)], auto_comments=comments, context=context
        )
    return catalog


def vietnamese() -> Catalog:
    """The catalogue as it is committed."""
    with PO.open("rb") as file:
        return read_po(file, locale="vi")


def compiled(catalog: Catalog) -> bytes:
    """The binary form that the program reads."""
    target = io.BytesIO()
    write_mo(target, catalog)
    return target.getvalue()


def update() -> None:
    """Bring the catalogue up to date; what is gone from the code goes from the catalogue too."""
    catalog = vietnamese() if PO.exists() else Catalog(locale="vi", charset="utf-8")
    catalog.header_comment = "# The words of the program in Vietnamese. Terms: see docs."
    catalog.project, catalog.version, catalog.msgid_bugs_address, catalog.fuzzy = "dialogues", "1", "", False
    catalog.last_translator = catalog.language_team = "Đối thoại contributors"
    catalog.update(extracted(), no_fuzzy_matching=True, update_creation_date=False)
    catalog.obsolete.clear()
    PO.parent.mkdir(parents=True, exist_ok=True)
    with PO.open("wb") as file:
        write_po(file, catalog, width=120, sort_by_file=True, include_lineno=False, ignore_obsolete=True)
    MO.write_bytes(compiled(vietnamese()))
    empty = [message.id for message in catalog if message.id and not all(strings(message))]
    print(f"{len(catalog)} texts, {len(empty)} without Vietnamese: {PO.relative_to(ROOT)}")


def strings(message: object) -> list[str]:
    """The translations of one text: one, or one per plural form."""
    value = message.string  # type: ignore[attr-defined]
    return list(value) if isinstance(value, (tuple, list)) else [value]


if __name__ == "__main__":
    update()
