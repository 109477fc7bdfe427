"""What is read out of a search box, and what is marked in a text."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogues.clock import instant
from dialogues.finding.rules import months
from dialogues.search_query import MOST_PARTS, Wanted, excerpt, marked, read


@pytest.mark.parametrize(
    ("typed", "words", "phrases"),
    [
        ("Rác THẢI", ("rac", "thai"), ()),
        ("đường đường", ("duong",), ()),
        ('"rác thải" chợ', ("cho",), (("rac", "thai"),)),
        ("“bãi rác”", (), (("bai", "rac"),)),
        ('"rác thải', ("rac", "thai"), ()),
        ("rác AND * NEAR(", ("rac", "and", "near"), ()),
        ('"" -- %', (), ()),
        ("\x00\u202e😀", (), ()),
    ],
)
def test_words_and_phrases_are_told_apart(typed, words, phrases):
    assert read(typed) == Wanted(words, phrases)


def test_a_long_query_is_cut():
    found = read("từ " + " ".join(f"w{n}" for n in range(3000)))
    assert len(found.words) == MOST_PARTS


def text_of(pieces):
    return [text for text, is_marked in pieces if is_marked]


@pytest.mark.parametrize(
    ("text", "typed", "found"),
    [
        ("Bãi rác thải ở Đồng", "rac dong", ["rác", "Đồng"]),
        ("Bãi rác thải ở Đồng", "do", ["Đồ"]),
        ("Đổ rác thải. Rác, thải!", '"rac thai"', ["rác thải", "Rác, thải"]),
        ("Đường đi", "duong đ", ["Đường", "đ"]),
        ("nga\u0303 ba", "nga", ["nga\u0303"]),
        ("bùn", "un", []),
        ("<b>rác</b>", "rac", ["rác"]),
    ],
)
def test_what_was_found_is_marked_as_it_is_written(text, typed, found):
    pieces = marked(text, read(typed))
    assert text_of(pieces) == found
    assert "".join(piece for piece, _ in pieces) == text


@given(st.text(max_size=60), st.text(max_size=12))
def test_marking_never_changes_a_text(text, typed):
    assert "".join(piece for piece, _ in marked(text, read(typed))) == text


def test_of_a_long_text_the_part_with_the_words_is_shown():
    pieces = excerpt("một hai ba " * 100 + "bãi rác " + "bốn năm sáu " * 100, read("rác"))
    assert text_of(pieces) == ["rác"]
    assert sum(len(text) for text, _ in pieces) < 400
    assert pieces[0][0] == "… "
    assert pieces[-1][0] == " …"


@pytest.mark.parametrize(
    ("first", "last", "found"),
    [
        (None, None, []),
        ("2025-01-01", "2026-12-31", ["y2025", "y2026"]),
        ("2025-11-05", "2026-01-02", ["m202511", "m202512", "m202601"]),
        ("2026-03-01", "2026-02-01", ["y0"]),
    ],
)
def test_a_period_is_asked_for_by_years_and_months(first, last, found):
    days = [instant(datetime.fromisoformat(f"{day}T12:00")) if day else None for day in (first, last)]
    assert months(*days) == found
