import pytest

from pathway import reference
from pathway.casework.records.catalogue import CATALOGUE, ItemType, Section, Sensitivity, SharedList, item, items_of
from pathway.casework.records.headers import ADDRESS_COMPLEMENTS, HEADERS
from pathway.casework.records.spelling import glued
from pathway.casework.records.vocabulary import OF_LISTS
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


def test_the_dictionary_stays_short() -> None:
    assert len(CATALOGUE) <= 50


def test_every_item_is_explained_in_a_sentence() -> None:
    assert not [one.key for one in CATALOGUE.values() if not one.help.endswith((".", "?")) or one.help[0].islower()]


def test_lists_have_choices_with_distinct_codes_and_other_items_none() -> None:
    lists = (ItemType.CHOICE, ItemType.CHOICES, ItemType.LEVEL)
    for one in CATALOGUE.values():
        codes = [code for code, _ in (*one.choices, *one.retired)]
        assert one.type is ItemType.YES_NO or bool(codes) == (one.type in lists), one.key
        assert len(set(codes)) == len(codes)


def test_a_benefit_may_be_had_or_not_or_never_claimed() -> None:
    for key in ("rsa", "are", "ass"):
        assert ("not_claimed", "Pas demandé") in item(key).choices


def test_each_correspondence_is_a_code_of_a_published_list() -> None:
    levels = reference.levels()
    published = {
        SharedList.ROME: {""},
        SharedList.FRAMEWORK: {code for level in levels for code in level.framework},
        SharedList.FT_LEVEL: {level.source_code for level in levels},
        SharedList.FT_CONSTRAINT: {one.code for one in reference.findings() if one.kind == "constraint"},
        SharedList.FT_SITUATION: {one.code for one in reference.findings() if one.kind == "situation"},
        SharedList.THEME: {theme.code for theme in reference.themes()},
    }
    matches = [(one, match) for one in CATALOGUE.values() for match in one.matches]
    assert {match.shared for _, match in matches} == set(SharedList)
    assert all(match.code in published[match.shared] for _, match in matches)
    assert all(match.choice in {"", *dict(one.choices)} for one, match in matches)


def test_every_level_and_every_difficulty_has_its_correspondences() -> None:
    assert {match.choice for match in item("education_level").matches} == set(dict(item("education_level").choices))
    assert {match.choice for match in item("obstacles").matches} == set(dict(item("obstacles").choices)) - {"none"}
    framework = {match.code for match in item("education_level").matches if match.shared is SharedList.FRAMEWORK}
    assert framework == set("345678")


def test_the_words_of_published_lists_are_known_to_the_catalogues() -> None:
    published = {level.label for level in reference.levels()} | set(reference.theme_categories().values())
    assert {label for one in CATALOGUE.values() for _, label in one.choices} & published == OF_LISTS


def test_no_two_items_claim_the_same_header() -> None:
    headers = [glued(header) for one in CATALOGUE.values() for header in {glued(name): name for name in one.columns}]
    headers += [glued(header) for header in ADDRESS_COMPLEMENTS]
    assert len(set(headers)) == len(headers)
    assert set(HEADERS) <= set(CATALOGUE)


def test_a_social_security_number_is_no_item() -> None:
    words = [text.casefold() for one in CATALOGUE.values() for text in (one.key, one.label, *one.columns)]
    assert not [word for word in words if "sécurité sociale" in word or word == "nir"]


def test_labels_are_said_in_french_without_straight_apostrophes() -> None:
    texts = [text for one in CATALOGUE.values() for text in (one.label, one.help, *(label for _, label in one.choices))]
    assert not [text for text in texts if "'" in text]
