"""The data dictionary: every item the product may know of a person, written once."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from pathway.casework.records.items import ITEMS, PRIVATE
from pathway.casework.records.values import Value, check_value, is_as_typed, shown
from pathway.casework.records.vocabulary import Item, ItemType, Match, Section, Sensitivity, SharedList
from pathway.kernel.errors import Invalid
from pathway.kernel.languages import marked

__all__ = [
    "CATALOGUE",
    "CAUTIONS",
    "Item",
    "ItemType",
    "Match",
    "Section",
    "Sensitivity",
    "SharedList",
    "Value",
    "check_value",
    "is_as_typed",
    "item",
    "items_of",
    "reaches_her",
    "shown",
]


def _placed(section: Section, item: Item) -> Item:
    health, private = section is Section.HEALTH, item.key in PRIVATE
    sensitivity = Sensitivity.HEALTH if health else Sensitivity.PRIVATE if private else Sensitivity.ORDINARY
    return replace(item, section=section, sensitivity=sensitivity)


CATALOGUE: Mapping[str, Item] = MappingProxyType(
    {item.key: _placed(section, item) for section, items in ITEMS.items() for item in items}
)


# Each caution that protects her, and the answers that nobody may read without it.
CAUTIONS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "address_is_protected": frozenset({"address", "postcode", "city"}),
        "no_message": frozenset({"phones", "email", "address"}),
        "phone_is_shared": frozenset({"phones"}),
    }
)


def reaches_her(key: str) -> bool:
    """Whether by that answer she is reached, or protected: she changes it after a fresh proof, on whatever screen."""
    return key in CATALOGUE and CATALOGUE[key].section is Section.CONTACT


def item(key: str) -> Item:
    """The item of that key; `Invalid` when the dictionary has none."""
    found = CATALOGUE.get(key)
    if found is None:
        raise Invalid(marked("Cette information n’existe pas dans le dictionnaire des données."), field=key)
    return found


def items_of(section: Section) -> tuple[Item, ...]:
    """The items of one section, in the order they are asked."""
    return tuple(item for item in CATALOGUE.values() if item.section is section)
