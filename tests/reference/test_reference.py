from itertools import pairwise

from pathway import reference


def test_every_rome_code_is_a_letter_and_four_digits_in_order() -> None:
    codes = list(reference.rome_jobs())
    assert len(codes) > 500
    assert all(len(code) == 5 and "A" <= code[0] <= "N" and code[1:].isdigit() for code in codes)
    assert all(one < other for one, other in pairwise(codes))


def test_a_job_is_found_by_its_code_and_an_unknown_code_gives_nothing() -> None:
    assert reference.rome_label("N1104") == "Pontier / Pontière"
    assert reference.rome_label("Z9999") is None


def test_the_four_territories_have_their_communes() -> None:
    counts: dict[str, int] = {}
    for commune in reference.communes():
        counts[commune.territory] = counts.get(commune.territory, 0) + 1
    assert counts == {"rennes": 43, "angers": 29, "aix_marseille": 92, "grenoble": 49}


def test_every_commune_has_postcodes_of_five_digits() -> None:
    for commune in reference.communes():
        assert commune.postcodes
        assert all(len(postcode) == 5 and postcode.isdigit() for postcode in commune.postcodes)


def test_a_postcode_gives_the_names_of_its_communes() -> None:
    assert reference.commune_names("35000") == ("Rennes",)
    assert "Bresson" in reference.commune_names("38320")
    assert reference.commune_names("99999") == ()


def test_levels_go_from_none_to_the_highest_with_their_source_code() -> None:
    levels = reference.levels()
    assert [level.source_code for level in levels] == [
        "AFS",
        "CP4",
        "CFG",
        "C3A",
        "C12",
        "NV5",
        "NV4",
        "NV3",
        "NV2",
        "NV1",
    ]
    assert len({level.code for level in levels}) == len(levels)


def test_levels_carry_their_numbers_in_the_french_framework() -> None:
    numbers = {level.source_code: level.framework for level in reference.levels() if level.framework}
    assert numbers == {"NV5": ("3",), "NV4": ("4",), "NV3": ("5",), "NV2": ("6",), "NV1": ("7", "8")}


def test_the_lines_of_the_diagnosis_have_distinct_codes_of_two_kinds() -> None:
    codes = [(one.kind, one.code) for one in reference.findings()]
    assert len(set(codes)) == len(codes)
    assert {kind for kind, _ in codes} == {"constraint", "situation"}


def test_every_theme_lies_in_a_category_and_none_is_about_offences() -> None:
    for theme in reference.themes():
        assert theme.category in reference.theme_categories()
        assert "judiciaire" not in theme.code


def test_apostrophes_are_typographic() -> None:
    labels = [*reference.rome_jobs().values(), *(theme.label for theme in reference.themes())]
    assert not [label for label in labels if "'" in label]


def test_common_passwords_are_small_letters_and_digits_and_more_than_three_thousand() -> None:
    known = reference.common_passwords()
    assert len(known) > 10_000 and {"password", "azerty", "iloveyou", "1q2w3e4r5t6y"} <= known
    assert not [word for word in known if len(word) < 4 or not word.isalnum() or word != word.casefold()]
