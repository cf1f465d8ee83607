"""A closed list keeps a code, shows a label and refuses the rest."""

import json

import pytest

from pathway.kernel.choice import Choice
from pathway.kernel.errors import Invalid


class Fruit(Choice):
    """A list for these tests."""

    APPLE = "apple", "Pomme"
    PEAR = "pear", "Poire"


def test_a_member_is_its_code_and_carries_its_label() -> None:
    assert str(Fruit.APPLE) == Fruit.APPLE.value == "apple"
    assert Fruit.APPLE.label == "Pomme"
    assert f"{Fruit.PEAR}" == "pear"


def test_a_member_is_written_as_its_code() -> None:
    assert json.dumps({"fruit": Fruit.PEAR}) == '{"fruit": "pear"}'


def test_a_known_code_is_read() -> None:
    assert Fruit.read("pear") is Fruit.PEAR


@pytest.mark.parametrize("code", ["", "Pomme", "APPLE", "plum"])
def test_an_unknown_code_is_refused_in_french_and_names_its_field(code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        Fruit.read(code, field="fruit")
    assert refusal.value.sentence == "Ce choix n’existe pas. Choisissez dans la liste."
    assert refusal.value.field == "fruit"


def test_pairs_are_in_the_order_of_the_list() -> None:
    assert Fruit.pairs() == [("apple", "Pomme"), ("pear", "Poire")]
