"""What the record may say and ask: how long facts hold, what is reused, what an answer or a file changes."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from pathway.casework.records.catalogue import Item, Section, check_value, item
from pathway.casework.records.facts import (
    BY_HERSELF,
    Claim,
    Fact,
    Provenance,
    Way,
    claims_of,
    combine,
    fact_from_json,
    fact_to_json,
    last_confirmed,
    same_answer,
    same_value,
    seen_facts,
)
from pathway.casework.records.names import Identity
from pathway.kernel.choice import Choice
from pathway.kernel.errors import Invalid
from pathway.kernel.languages import marked
from pathway.kernel.wording import counted

__all__ = [
    "Answer",
    "Changes",
    "Claim",
    "EraseReason",
    "Fact",
    "Gesture",
    "Identity",
    "Meter",
    "Proposal",
    "Provenance",
    "Requirement",
    "ReuseState",
    "Section",
    "Way",
    "apply_answers",
    "combine",
    "fact_from_json",
    "fact_to_json",
    "is_fresh",
    "last_confirmed",
    "merge_import",
    "meter",
    "meter_sentence",
    "reuse",
    "same_value",
    "seen_facts",
]


class ReuseState(Choice):
    """What an entry does with an item."""

    FRESH = "fresh", "repris"
    STALE = "stale", "à confirmer"
    MISSING = "missing", "à demander"
    CONFLICT = "conflict", "deux réponses différentes"
    REFUSED = "refused", "reprise refusée par la personne"


@dataclass(frozen=True, kw_only=True)
class Requirement:
    """An item a scheme needs, and why, in French."""

    key: str
    is_required: bool
    why: str


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """An item of an entry form and the fact proposed for it; no fact when it is missing or refused."""

    item: Item
    is_required: bool
    why: str
    state: ReuseState
    fact: Fact | None


class Gesture(Choice):
    """What was done with a proposal."""

    CONFIRMED = "confirmed", "confirmé"
    CHANGED = "changed", "modifié"
    ANSWERED = "answered", "répondu"
    REFUSED = "refused", "non repris"
    LEFT_EMPTY = "left_empty", "laissé vide"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One gesture on one item; `value` is None unless something was answered or chosen."""

    key: str
    value: Any = None
    gesture: Gesture


class EraseReason(Choice):
    """Why an answer is erased rather than corrected."""

    UNLAWFUL = "unlawful", marked("Le dossier n’a pas le droit de garder cette information")
    WRONG_PERSON = "wrong_person", marked("Elle concerne une autre personne")
    WRONG_PLACE = "wrong_place", marked("Elle a été écrite au mauvais endroit")
    NEVER_TRUE = "never_true", marked("Elle n’a jamais été vraie")


@dataclass(frozen=True, kw_only=True)
class Meter:
    """The once-only meter of one entry: numbers of items."""

    needed: int
    reused: int
    confirmed: int
    asked: int
    asked_again: int
    refused: int

    @property
    def unanswered(self) -> int:
        """Neither taken over nor answered: left empty, or she did not wish to answer."""
        return self.needed - self.reused - self.asked


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What a change gives: all the facts as they now stand, and those that leave for history."""

    current: dict[str, Fact]
    superseded: tuple[Fact, ...]


def is_fresh(fact: Fact, *, on: date) -> bool:
    """Whether the answer still holds that day: its age in calendar days is within the dictionary's freshness."""
    days = item(fact.key).freshness_days
    return days is None or (on - last_confirmed(fact.provenance)).days <= days


def reuse(
    requirements: Sequence[Requirement],
    facts: Mapping[str, Fact],
    *,
    visible_sections: AbstractSet[str],
    on: date,
    refused: AbstractSet[str] = frozenset(),
) -> tuple[Proposal, ...]:
    """What an entry that day may take over, in the order required..

    A fact of a section the actor may not see is as if nobody had ever said it. `refused` holds the keys whose reuse the
    person has declined: asked anew, without showing the old answer.
    """
    proposals = []
    for wanted in requirements:
        asked = item(wanted.key)
        fact = facts.get(wanted.key) if asked.section in visible_sections else None
        state = ReuseState.REFUSED if fact and wanted.key in refused else _state(fact, on)
        shown = fact if state not in (ReuseState.REFUSED, ReuseState.MISSING) else None
        proposals.append(Proposal(item=asked, is_required=wanted.is_required, why=wanted.why, state=state, fact=shown))
    return tuple(proposals)


def meter(proposals: Sequence[Proposal], answers: Sequence[Answer]) -> Meter:
    """Counts an entry. Reused: a fresh answer, confirmed or left as it was. Asked: what she had to say, a stale answer
    that still holds included: she was asked. Confirmed: known answers said to hold, fresh or stale.

    Asked again: asked although a fresh answer was known, or two that disagree. Answers not required are not counted.
    """
    gestures = {answer.key: answer.gesture for answer in answers}
    pairs = [(proposal, gestures.get(proposal.item.key)) for proposal in proposals]
    said = [proposal for proposal, gesture in pairs if gesture in (Gesture.ANSWERED, Gesture.CHANGED)]
    confirmed = [proposal for proposal, gesture in pairs if gesture is Gesture.CONFIRMED and proposal.fact]
    untouched = [proposal for proposal, gesture in pairs if gesture is None and proposal.state is ReuseState.FRESH]
    held = [proposal for proposal in confirmed if proposal.state is ReuseState.FRESH]
    asked = said + [proposal for proposal in confirmed if proposal.state is not ReuseState.FRESH]
    return Meter(
        needed=len(pairs),
        reused=len(held) + len(untouched),
        confirmed=len(confirmed),
        asked=len(asked),
        asked_again=sum(proposal.state not in (ReuseState.MISSING, ReuseState.STALE) for proposal in asked),
        refused=sum(gesture is Gesture.REFUSED or p.state is ReuseState.REFUSED for p, gesture in pairs),
    )


def meter_sentence(meter: Meter) -> str:
    """« 14 réponses reprises, 3 questions posées, dont 1 déjà connue »."""
    reused = counted(meter.reused, "réponse reprise", "réponses reprises")
    asked = counted(meter.asked, "question posée", "questions posées")
    known = counted(meter.asked_again, "déjà connue", "déjà connues")
    return f"{reused}, {asked}, dont {known}" if meter.asked_again else f"{reused}, {asked}"


def apply_answers(facts: Mapping[str, Fact], answers: Sequence[Answer], *, provenance: Provenance) -> Changes:
    """Facts once the answers are kept. Confirming renews the date; changing sends the old answer to history.

    Two answers that disagreed are settled by the one confirmed or chosen; those that lost keep that day in history.
    `Invalid` names the item whose answer is
    empty, ill-formed, or confirmed although nothing was known. Refused and left empty change nothing.
    """
    current = dict(facts)
    superseded: list[Fact] = []
    for answer in answers:
        if answer.gesture in (Gesture.REFUSED, Gesture.LEFT_EMPTY):
            continue
        known = current.get(answer.key)
        current[answer.key] = _answered(known, answer, provenance)
        superseded += _losers(known, current[answer.key], provenance.on)
    return Changes(current=current, superseded=tuple(superseded))


def merge_import(
    facts: Mapping[str, Fact], claims: Mapping[str, Any], *, provenance: Provenance, lost: Sequence[Fact] = ()
) -> Changes:
    """Facts once a file is added: fills what is missing, never overwrites; the same file again changes nothing.

    An answer that differs stands beside the other as a rival of that structure, for the person to decide. What she
    said herself on her own account wins as long as it holds, and so does an answer already preferred to what the file
    repeats (`lost`: answers in history that lost a decision): the file's answer is not kept.
    """
    current = dict(facts)
    for key, value in claims.items():
        known = current.get(key)
        claim = Claim(value=check_value(item(key), value), provenance=provenance)
        current[key] = (
            Fact(key=key, value=claim.value, provenance=provenance) if known is None else _beside(known, claim, lost)
        )
    return Changes(current=current, superseded=())


def _state(fact: Fact | None, on: date) -> ReuseState:
    if fact is None:
        return ReuseState.MISSING
    if fact.rivals:
        return ReuseState.CONFLICT
    return ReuseState.FRESH if is_fresh(fact, on=on) else ReuseState.STALE


def _answered(known: Fact | None, answer: Answer, provenance: Provenance) -> Fact:
    if answer.gesture is Gesture.CONFIRMED:
        if known is None:
            raise Invalid(marked("Il n’y a rien à confirmer ici : répondez à la question."), field=answer.key)
        return _confirmed(known, provenance.on)
    value = check_value(item(answer.key), answer.value)
    source = _source(known, value, provenance)
    fact = Fact(key=answer.key, value=value, provenance=source)
    return fact if source is provenance else _confirmed(fact, provenance.on)


def _source(known: Fact | None, value: Any, provenance: Provenance) -> Provenance:
    """An answer already said keeps its origin, unless the person corrects it herself."""
    if known is None or provenance.way is Way.CORRECTED:
        return provenance
    return next((claim.provenance for claim in claims_of(known) if same_answer(claim.value, value)), provenance)


def _confirmed(fact: Fact, on: date) -> Fact:
    day = max(on, last_confirmed(fact.provenance))
    return replace(fact, provenance=replace(fact.provenance, confirmed_on=day), rivals=())


def _losers(known: Fact | None, kept: Fact, on: date) -> list[Fact]:
    """What was said and no longer stands; nothing when the kept answer was the only one."""
    if known is None:
        return []
    decided = on if known.rivals else None
    return [
        Fact(key=known.key, value=claim.value, provenance=claim.provenance, settled_on=decided)
        for claim in claims_of(known)
        if not same_answer(claim.value, kept.value)
    ]


def _beside(known: Fact, claim: Claim, lost: Sequence[Fact]) -> Fact:
    asked = item(known.key)
    if _adds_nothing(asked, known.value, claim.value) or _holds_by_herself(known, claim.provenance.on):
        return known
    if is_fresh(known, on=claim.provenance.on) and any(_repeats(asked, claim, one) for one in lost):
        return known
    structure_id = claim.provenance.structure_id
    for rival in known.rivals:
        if rival.provenance.structure_id == structure_id and _adds_nothing(asked, rival.value, claim.value):
            return known
    return replace(known, rivals=(*known.rivals, claim))


def _adds_nothing(asked: Item, known: Any, value: Any) -> bool:
    if isinstance(known, list) and isinstance(value, list):
        return set(value) <= set(known)
    return same_value(asked, known, value)


def _repeats(asked: Item, claim: Claim, lost: Fact) -> bool:
    said_by = lost.provenance.structure_id == claim.provenance.structure_id
    return said_by and lost.key == asked.key and same_value(asked, lost.value, claim.value)


def _holds_by_herself(fact: Fact, on: date) -> bool:
    return fact.provenance.way in BY_HERSELF and is_fresh(fact, on=on)
