"""Vietnamese is complete: every text of the code has its words, and the compiled file holds them."""

import ast
import re
from pathlib import Path

from babel.messages.catalog import Catalog, Message

from tests.catalogue import MO, compiled, extracted, strings, vietnamese

PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")
AGAIN = 'Run "make messages", fill in what is empty in messages.po, and run it once more.'


def texts(catalog: Catalog) -> dict[tuple[str, str], Message]:
    return {
        (message.context or "", message.id[0] if isinstance(message.id, (tuple, list)) else message.id): message
        for message in catalog
        if message.id
    }


def test_catalogue_has_exactly_the_texts_of_the_code() -> None:
    in_code, in_catalogue = set(texts(extracted())), set(texts(vietnamese()))
    assert sorted(in_code - in_catalogue) == [], f"These texts are not in the catalogue. {AGAIN}"
    assert sorted(in_catalogue - in_code) == [], f"These texts are not in the code any more. {AGAIN}"


def test_every_text_has_vietnamese_words() -> None:
    empty = [key[1] for key, message in texts(vietnamese()).items() if not all(strings(message))]
    assert empty == [], f"These texts have no Vietnamese. {AGAIN}"


def test_no_translation_is_a_guess() -> None:
    guesses = [key[1] for key, message in texts(vietnamese()).items() if message.fuzzy]
    assert guesses == [], "These translations are marked fuzzy; read them and take the mark away."


def test_placeholders_are_the_same_in_both_languages() -> None:
    different = []
    for key, message in texts(vietnamese()).items():
        if not all(strings(message)):
            continue  # named by another test
        both = message.id if isinstance(message.id, (tuple, list)) else [message.id]
        wanted = set().union(*(PLACEHOLDER.findall(text) for text in both))
        if any(set(PLACEHOLDER.findall(text)) - wanted for text in strings(message)) or (
            not message.pluralizable and set(PLACEHOLDER.findall(strings(message)[0])) != wanted
        ):
            different.append(key[1])
    assert different == [], "These translations lose or invent a %(placeholder)s."


def test_compiled_catalogue_is_that_of_the_text_file() -> None:
    assert MO.exists(), AGAIN
    assert MO.read_bytes() == compiled(vietnamese()), f"messages.mo is older than messages.po. {AGAIN}"


NAMES = {"_", "_l", "gettext", "ngettext", "lazy_gettext"}


def texts_in_f_strings(source: str) -> list[int]:
    """Lines with a text to translate inside an f-string: on Python 3.11 babel does not see it."""
    return [
        call.lineno
        for joined in ast.walk(ast.parse(source))
        if isinstance(joined, ast.JoinedStr)
        for call in ast.walk(joined)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in NAMES
    ]


def test_no_text_hides_in_an_f_string() -> None:
    assert texts_in_f_strings("a = f\"{_('x')}\"") == [1], "the test finds nothing any more"
    found = [
        f"{path}:{line}"
        for path in sorted(Path("dialogues").rglob("*.py"))
        for line in texts_in_f_strings(path.read_text("utf-8"))
    ]
    assert found == [], "These texts stay English: give each a name of its own before the f-string."
