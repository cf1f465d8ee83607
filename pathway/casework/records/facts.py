"""Facts and where they come from: what one card says, what a structure may read of it, what linked cards say together.

Apart from the rules that decide on them, which are many.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from typing import Any

from pathway.casework.records.catalogue import CAUTIONS, Item, ItemType, item
from pathway.casework.records.spelling import glued
from pathway.kernel.choice import Choice


class Way(Choice):
    """How an answer came."""

    SAID = "said", "dit par la personne"
    PROOF = "proof", "justificatif vu"
    IMPORTED = "imported", "importé d’un fichier"
    CORRECTED = "corrected", "corrigé par la personne elle-même"
    PREPARED = "prepared", "répondu par la personne sur son téléphone"


BY_HERSELF = frozenset({Way.CORRECTED, Way.PREPARED})


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """Where an answer comes from: structure, author's role and account, day, way, and the last day it was confirmed."""

    structure_id: str
    role: str
    on: date
    way: Way
    confirmed_on: date | None = None
    by: str


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What somebody else says about the same item."""

    value: Any
    provenance: Provenance


@dataclass(frozen=True, kw_only=True)
class Fact:
    """The current answer to one item (`value`: JSON, already checked), and those that disagree with it.

    `settled_on`: the day it was decided with the answers of the person's other cards in sight; in history, the day it
    lost against another answer.
    """

    key: str
    value: Any
    provenance: Provenance
    rivals: tuple[Claim, ...] = ()
    settled_on: date | None = None


def last_confirmed(provenance: Provenance) -> date:
    """The day from which freshness counts: when it was said, or confirmed since."""
    return max(provenance.on, provenance.confirmed_on or provenance.on)


def same_value(one: Item, left: Any, right: Any) -> bool:
    """Whether two answers say the same: texts whatever their case, accents and spaces; lists whatever their order."""
    if one.type is ItemType.TEXT and glued(str(left)):
        return glued(str(left)) == glued(str(right))
    return same_answer(left, right)


def same_answer(left: Any, right: Any) -> bool:
    """Stricter than `same_value`: a spelling put right is a new answer, and the old spelling goes to history."""
    if isinstance(left, list) and isinstance(right, list):
        return set(left) == set(right)
    return bool(left == right)


def seen_facts(facts: Mapping[str, Fact], *, hidden: AbstractSet[str], only_by: str) -> dict[str, Fact]:
    """The facts a structure may read: without the items she hides from it (`hidden`, keys of the dictionary).

    `only_by`: the id of a structure with which she stopped sharing, empty otherwise: it reads its own words only. To
    the others, two structures that say the same say it once.
    """
    kept = {key: fact for key, fact in facts.items() if key not in hidden}
    if not only_by:
        return {key: _once(fact) if fact.rivals else fact for key, fact in kept.items()}
    own = {key: _said_by(fact, only_by) for key, fact in kept.items()}
    return {key: fact for key, fact in own.items() if fact is not None}


def claims_of(fact: Fact) -> tuple[Claim, ...]:
    """The answer that stands, then those that disagree with it."""
    return (Claim(value=fact.value, provenance=fact.provenance), *fact.rivals)


def cautions_in(facts: Mapping[str, Fact]) -> frozenset[str]:
    """The cautions that hold: one who says so is enough, whatever the others say."""
    known = [facts[key] for key in CAUTIONS if key in facts]
    return frozenset(fact.key for fact in known if any(one.value is True for one in claims_of(fact)))


def cautions_beside(whole: Mapping[str, Fact], seen: Mapping[str, Fact], *, hidden: AbstractSet[str]) -> frozenset[str]:
    """The cautions said by others that go with what a structure reads (`seen`, of all that is known, `whole`): who
    reads her number must know that no message is left there. Keys alone: neither who said it nor when. None that she
    hides from it."""
    elsewhere = cautions_in(whole) - cautions_in(seen) - hidden
    return frozenset(key for key in elsewhere if CAUTIONS[key] & seen.keys())


def ways_to_reach(facts: Mapping[str, Fact]) -> tuple[frozenset[str], ...]:
    """By which numbers and e-mails she is reached, and with which cautions: when it changes, she is told."""
    phones = claims_of(facts["phones"]) if "phones" in facts else ()
    emails = claims_of(facts["email"]) if "email" in facts else ()
    numbers = frozenset(number for one in phones for number in one.value)
    return numbers, frozenset(str(one.value) for one in emails), cautions_in(facts)


def claim_id(claim: Claim) -> str:
    """What names that answer on a form, so that a choice made on an old page is never taken for another."""
    said = f"{claim.value!r} {sorted(_provenance_to_json(claim.provenance).items())!r}"
    return sha256(said.encode()).hexdigest()[:16]


def put_back(whole: Fact | None, seen: Fact | None, now: Fact) -> Fact:
    """`now`, what a structure that reads its own words only made of them (`seen`), put back among all that was said.

    Nobody's word is lost, what stood unseen still stands, and the structure finds its own word whatever the others say.
    """
    shown = claims_of(seen) if seen else ()
    unseen = [one for one in claims_of(whole) if one not in shown] if whole else []
    if not unseen:
        return now
    if whole and claims_of(whole)[0] in unseen:
        return replace(whole, rivals=(*unseen[1:], *claims_of(now)))
    return replace(now, rivals=(*now.rivals, *unseen))


def without(fact: Fact, gone: Sequence[Claim]) -> Fact | None:
    """The fact once those answers are erased: the one confirmed last stands; None when nothing is left."""
    left = [one for one in claims_of(fact) if one not in gone]
    if not left:
        return None
    if left[0] != claims_of(fact)[0]:
        left.sort(key=_place)
    return Fact(key=fact.key, value=left[0].value, provenance=left[0].provenance, rivals=tuple(left[1:]))


def shares(one: Item, left: Any, right: Any) -> bool:
    """Whether two answers hold the same content: the same answer or, of two lists, an element in both."""
    if isinstance(left, list) and isinstance(right, list):
        return bool(set(left) & set(right))
    return same_value(one, left, right)


def combine(cards: Sequence[Mapping[str, Fact]]) -> dict[str, Fact]:
    """What the linked cards of one person say together, whatever their order: the answer confirmed last stands, every
    answer that differs stays beside it as a rival with its provenance.

    Answers of the other cards that were in sight when it was decided (`settled_on`) no longer disagree with it.
    """
    if len(cards) == 1:
        return dict(cards[0])
    said: dict[str, list[Fact]] = {}
    for facts in cards:
        for key, fact in facts.items():
            said.setdefault(key, []).append(fact)
    return {key: _together(those) for key, those in said.items()}


def fact_to_json(fact: Fact) -> dict[str, Any]:
    """The fact as it is sealed, without its key (which is the key of the section's map)."""
    found: dict[str, Any] = {"value": fact.value, "from": _provenance_to_json(fact.provenance)}
    if fact.settled_on:
        found["settled"] = fact.settled_on.isoformat()
    if fact.rivals:
        found["rivals"] = [
            {"value": rival.value, "from": _provenance_to_json(rival.provenance)} for rival in fact.rivals
        ]
    return found


def fact_from_json(key: str, content: Mapping[str, Any]) -> Fact:
    """The fact that `fact_to_json` gave; `Invalid` when the way is unknown."""
    rivals = tuple(
        Claim(value=rival["value"], provenance=_provenance_from_json(rival["from"]))
        for rival in content.get("rivals", ())
    )
    settled = content.get("settled")
    return Fact(
        key=key,
        value=content["value"],
        provenance=_provenance_from_json(content["from"]),
        rivals=rivals,
        settled_on=date.fromisoformat(settled) if settled else None,
    )


def _once(fact: Fact) -> Fact:
    asked = item(fact.key)
    told: list[Claim] = []
    for claim in fact.rivals:
        if not any(same_value(asked, claim.value, value) for value in (fact.value, *(one.value for one in told))):
            told.append(claim)
    return fact if len(told) == len(fact.rivals) else replace(fact, rivals=tuple(told))


def _together(facts: Sequence[Fact]) -> Fact:
    first, *others = sorted(facts, key=_rank)
    asked = item(first.key)
    limit = first.settled_on or date.min
    beside = [*first.rivals]
    beside += [one for fact in others for one in claims_of(fact) if last_confirmed(one.provenance) > limit]
    rivals: list[Claim] = []
    for claim in sorted(beside, key=_place):
        known = (first.value, *(one.value for one in rivals))
        if not any(same_value(asked, claim.value, value) for value in known):
            rivals.append(claim)
    return replace(first, rivals=tuple(rivals))


def _rank(fact: Fact) -> tuple[Any, ...]:
    settled = fact.settled_on or date.min
    latest = last_confirmed(fact.provenance)
    return (-latest.toordinal(), -settled.toordinal(), _place(claims_of(fact)[0]), repr(fact.rivals))


def _place(claim: Claim) -> tuple[int, int, str, str, str, str]:
    """The order in which answers of several cards count: the last confirmed first; ties fall the same way always."""
    source = claim.provenance
    latest = (-last_confirmed(source).toordinal(), -source.on.toordinal())
    return (*latest, source.structure_id, source.by, f"{source.way.value} {source.role}", repr(claim.value))


def _provenance_to_json(provenance: Provenance) -> dict[str, Any]:
    confirmed = provenance.confirmed_on
    return {
        "structure": provenance.structure_id,
        "role": provenance.role,
        "on": provenance.on.isoformat(),
        "way": provenance.way.value,
        "confirmed_on": confirmed.isoformat() if confirmed else None,
        "by": provenance.by,
    }


def _provenance_from_json(content: Mapping[str, Any]) -> Provenance:
    confirmed = content["confirmed_on"]
    return Provenance(
        structure_id=content["structure"],
        role=content["role"],
        on=date.fromisoformat(content["on"]),
        way=Way.read(content["way"]),
        confirmed_on=date.fromisoformat(confirmed) if confirmed else None,
        by=content["by"],
    )


def _said_by(fact: Fact, structure_id: str) -> Fact | None:
    claims = (Claim(value=fact.value, provenance=fact.provenance), *fact.rivals)
    said = next((one for one in claims if one.provenance.structure_id == structure_id), None)
    return Fact(key=fact.key, value=said.value, provenance=said.provenance) if said else None
