"""Addresses that a commune may take, and time zones that the table knows."""

import pytest

from dialogues.places.rules import RESERVED_SLUGS, is_free_slug, is_time_zone


@pytest.mark.parametrize("slug", ["minh-tam", "a", "xa1", "p-12", "a" * 60])
def test_small_letters_digits_and_inner_hyphens_make_an_address(slug):
    assert is_free_slug(slug)


@pytest.mark.parametrize(
    "slug", ["", "-a", "a-", "a--b", "A", "xã", "a b", "a/b", "a.ics", "a" * 61, *sorted(RESERVED_SLUGS)]
)
def test_other_words_do_not(slug):
    assert not is_free_slug(slug)


def test_first_words_of_our_own_addresses_are_reserved(app):
    """A commune named like a part of the program would hide it or be hidden."""
    firsts = {rule.rule.split("/")[1] for rule in app.url_map.iter_rules()}
    ours = {word for word in firsts if word and "<" not in word and "." not in word}
    assert ours <= RESERVED_SLUGS


@pytest.mark.parametrize("name", ["Asia/Ho_Chi_Minh", "Asia/Bangkok", "Europe/Berlin"])
def test_places_of_the_table_are_time_zones(name):
    assert is_time_zone(name)


@pytest.mark.parametrize("name", ["", "Hà Nội", "+07", "UTC", "Etc/GMT-7", "Asia/Saigon", "../etc/passwd", "Asia/"])
def test_other_words_are_no_time_zone(name):
    assert not is_time_zone(name)
