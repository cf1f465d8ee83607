"""docs/dictionnaire.md says what the dictionary holds, and each of its items is asked by somebody for a reason."""

from pathway.casework.records.catalogue import CATALOGUE
from tools.dictionary import PAGE, asked_by, page


def test_the_page_of_the_dictionary_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m tools.dictionary"


def test_every_item_is_on_the_page_with_who_asks_it_and_how_long_it_holds() -> None:
    said = page()
    for key, one in CATALOGUE.items():
        lines = said.partition(f"\n`{key}` · ")[2].partition("\n### ")[0]
        held = "pour toujours" if one.freshness_days is None else f"{one.freshness_days} jours"
        assert f"tient {held} · donnée" in lines.splitlines()[0], key
        assert asked_by(key) and all(f"- {who} (" in lines for who, _ in asked_by(key)), key
