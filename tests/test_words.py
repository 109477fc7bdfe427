"""Every member of every enum that people see has its word, tone and icon, in both languages."""

import enum
import importlib
from pathlib import Path

import pytest

from dialogues.questions.rules import QuestionState
from dialogues.schedule.rules import DialogueState
from dialogues.words import FILTERS, WORDS, label, tone

TONES = {"neutral", "info", "wait", "good", "bad", "quiet"}
ICONS = Path("dialogues/static/img/icons.svg").read_text(encoding="utf-8")
UNSEEN = {"Lacking", "Period", "Slot", "Stricter"}  # told as sentences and headings where they are used


def enums():
    for path in Path("dialogues").glob("*/rules.py"):
        rules = importlib.import_module(f"dialogues.{path.parent.name}.rules")
        for kind in vars(rules).values():
            if (
                isinstance(kind, type)
                and issubclass(kind, enum.Enum)
                and kind.__module__ == rules.__name__
                and kind.__name__ not in UNSEEN
            ):
                yield kind


@pytest.mark.parametrize("kind", sorted(set(enums()), key=lambda kind: kind.__name__), ids=lambda kind: kind.__name__)
def test_every_member_has_a_word(app, kind):
    with app.test_request_context("/"):
        for member in kind:
            assert str(label(member)).strip()


@pytest.mark.parametrize("kind", list(WORDS), ids=lambda kind: kind.__name__)
def test_states_have_a_known_tone_and_an_icon_of_the_sprite(kind):
    for member, word in WORDS[kind].items():
        assert tone(member) in TONES
        if word.tone != "neutral":
            assert word.icon, f"{member} is told by colour alone"
        if word.icon:
            assert f'id="{word.icon}"' in ICONS, f"{member}: no icon {word.icon}"


def test_the_same_value_in_two_enums_keeps_two_words(app):
    with app.test_request_context("/"):
        spoken = [FILTERS["label"](member) for member in (DialogueState.PUBLISHED, QuestionState.PUBLISHED)]
    assert spoken == ["Đã công khai kết quả", "Đã đăng"]
