import pytest

from pathway.casework.records.catalogue import CATALOGUE, ItemType, Section, Sensitivity, item, items_of
from pathway.casework.records.spelling import glued
from pathway.kernel.errors import Invalid


def test_every_item_is_found_by_its_key_and_lies_in_one_section() -> None:
    assert {one.key for section in Section for one in items_of(section)} == set(CATALOGUE)
    assert all(item(key).key == key for key in CATALOGUE)


def test_an_unknown_key_is_refused() -> None:
    with pytest.raises(Invalid, match="dictionnaire") as refusal:
        item("shoe_size")
    assert refusal.value.field == "shoe_size"


def test_health_answers_are_apart_and_marked() -> None:
    marked = {one.key for one in CATALOGUE.values() if one.sensitivity is Sensitivity.HEALTH}
    assert marked == {one.key for one in items_of(Section.HEALTH)} >= {"rqth", "aah"}


def test_who_she_is_holds_for_ever_and_a_phone_for_half_a_year() -> None:
    assert all(one.freshness_days is None for one in items_of(Section.IDENTITY))
    assert item("phones").freshness_days == 180
    assert item("housing").freshness_days == 90


def test_lists_have_choices_with_distinct_codes_and_other_items_none() -> None:
    lists = (ItemType.CHOICE, ItemType.CHOICES, ItemType.LEVEL)
    for one in CATALOGUE.values():
        codes = [code for code, _ in one.choices]
        assert bool(codes) == (one.type in lists), one.key
        assert len(set(codes)) == len(codes)


def test_no_two_items_claim_the_same_header() -> None:
    headers = [glued(header) for one in CATALOGUE.values() for header in {glued(name): name for name in one.columns}]
    assert len(set(headers)) == len(headers)


def test_a_social_security_number_is_no_item() -> None:
    words = [text.casefold() for one in CATALOGUE.values() for text in (one.key, one.label, *one.columns)]
    assert not [word for word in words if "sécurité sociale" in word or word == "nir"]


def test_labels_are_said_in_french_without_straight_apostrophes() -> None:
    texts = [text for one in CATALOGUE.values() for text in (one.label, one.help, *(label for _, label in one.choices))]
    assert not [text for text in texts if "'" in text]
