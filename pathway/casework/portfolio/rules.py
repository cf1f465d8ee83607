"""What a line of the portfolio holds: what a professional needs to work with, and never what could serve to judge."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date

from pathway.casework.records.catalogue import item, shown
from pathway.casework.records.facts import Fact, cautions_in
from pathway.casework.records.names import Identity

_CONTACT = ("phones", "email", "postcode", "city")
_PLACE = frozenset({"postcode", "city"})
_PROTECTED = "address_is_protected"


@dataclass(frozen=True, kw_only=True)
class PersonRow:
    """One person as the file tells her.

    `phones` to `city` are texts as they are read, empty when nothing is known or nothing may be told; `schemes` are
    those of the actor's structure she is in; `referent` is None when nobody is.
    """

    record_id: str
    identity: Identity
    phones: str
    email: str
    postcode: str
    city: str
    referent_id: str | None
    schemes: tuple[str, ...]
    next_due_on: date | None


def told_contact(facts: Mapping[str, Fact], cautions: AbstractSet[str] = frozenset()) -> dict[str, str]:
    """The four contact texts of a line. A protected address never leaves, not even its town (product rule, contact
    preferences). `cautions`: those said by others, beside the facts in sight."""
    # One structure that says so is enough, whatever the others say.
    withheld = _PLACE if _PROTECTED in cautions_in(facts) | cautions else frozenset()
    return {key: _text(facts.get(key)) if key not in withheld else "" for key in _CONTACT}


def in_order(rows: list[PersonRow]) -> list[PersonRow]:
    """By name, as a paper list is."""
    return sorted(rows, key=lambda row: (row.identity.last_name.casefold(), row.identity.first_name.casefold()))


def _text(fact: Fact | None) -> str:
    if fact is None:
        return ""
    values = fact.value if isinstance(fact.value, list) else [fact.value]
    return " / ".join(shown(item(fact.key), [one]) for one in values)
