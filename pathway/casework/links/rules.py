"""When two cards look alike, who must agree before they are linked, which one then stands: pure decisions."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pathway.casework.records.likeness import score
from pathway.casework.records.names import Identity, Query, is_unknown
from pathway.kernel.choice import Choice
from pathway.kernel.errors import Invalid

_PROPOSED_FROM = 80  # the same names and a near birth date, or near names and the same date
_PROPOSED_ON_JANUARY_1 = 87  # a date that so many share says less: both names must be nearer
_PROPOSED_IF_SHARED = 60  # another surname (a marriage), or another first name, with the same phone or e-mail


class MatchState(Choice):
    """Where a possible match stands."""

    OPEN = "open", "À comparer"
    ASKED = "asked", "En attente de la personne"
    LINKED = "linked", "Cartes réunies"
    DIFFERENT = "different", "Deux personnes"
    UNSURE = "unsure", "Sans décision"
    GONE = "gone", "Ne se ressemblent plus"


class Verdict(Choice):
    """What a reviewer says of two identities."""

    SAME = "same", "C’est la même personne"
    DIFFERENT = "different", "Ce sont deux personnes"
    UNSURE = "unsure", "Je ne sais pas"


class Reason(Choice):
    """Why. The person's own answer has its code too."""

    IDENTICAL = "identical", "Tout est identique"
    MISSPELT = "misspelt", "Une faute d’écriture explique la différence"
    NAME_CHANGED = "name_changed", "Le nom a changé (nom d’usage, nom de naissance)"
    RELATIVES = "relatives", "Des personnes d’une même famille (jumeaux, frère, sœur)"
    NAMESAKES = "namesakes", "Des homonymes"
    NOT_ENOUGH = "not_enough", "Il manque un élément pour décider"
    PERSON_SAID = "person_said", "La personne l’a dit"


REASONS: Mapping[Verdict, tuple[Reason, ...]] = {
    Verdict.SAME: (Reason.IDENTICAL, Reason.MISSPELT, Reason.NAME_CHANGED),
    Verdict.DIFFERENT: (Reason.RELATIVES, Reason.NAMESAKES),
    Verdict.UNSURE: (Reason.NOT_ENOUGH,),
}


class Likeness(Choice):
    """What two identities have in common, as a code: the words are those a search gives."""

    SAME_LAST = "same_last", "même nom"
    NEAR_LAST = "near_last", "nom proche"
    OTHER_LAST = "other_last", "nom différent"
    SAME_FIRST = "same_first", "même prénom"
    NEAR_FIRST = "near_first", "prénom proche"
    OTHER_FIRST = "other_first", "prénom différent"
    SWAPPED = "swapped", "nom et prénom inversés"
    SAME_DATE = "same_date", "même date de naissance"
    NEAR_DATE = "near_date", "date de naissance proche"
    OTHER_DATE = "other_date", "date de naissance différente"
    SAME_CONTACT = "same_contact", "même téléphone ou même e-mail"


_BY_WORDS = {one.label: one for one in Likeness}


@dataclass(frozen=True, kw_only=True)
class Alike:
    """How near two cards are (0 to 100) and why."""

    score: int
    why: tuple[Likeness, ...]
    is_proposed: bool


@dataclass(frozen=True, kw_only=True)
class CardFact:
    """What decides which of a person's cards stands for her."""

    id: str
    has_account: bool
    recorded_at: datetime


def alike(one: Identity, other: Identity, *, share_contact: bool) -> Alike:
    """How near two identities are, whichever comes first. `share_contact`: their cards give one phone or e-mail."""
    first, second = sorted((one, other), key=repr)  # the likeness of two texts depends on which is read first
    points, words = max(_tries(first, second))
    why = [_BY_WORDS[word] for word in words]
    are_unknown = is_unknown(one.birth_date) and is_unknown(other.birth_date)
    enough = _PROPOSED_IF_SHARED if share_contact else _PROPOSED_ON_JANUARY_1 if are_unknown else _PROPOSED_FROM
    return Alike(
        score=points,
        why=(*why, Likeness.SAME_CONTACT) if share_contact else tuple(why),
        is_proposed=points >= enough,
    )


def next_state(state: MatchState | None, *, is_proposed: bool, has_changed: bool) -> MatchState | None:
    """Where a pair goes when it is looked at again; None when nothing changes.

    What was decided is asked again only when one of the two cards has changed (`has_changed`), and never while the
    cards are linked or the person is being asked.
    """
    if state in (MatchState.LINKED, MatchState.ASKED):
        return None
    if not is_proposed:
        return MatchState.GONE if state is MatchState.OPEN else None
    if state in (None, MatchState.GONE):
        return MatchState.OPEN
    return MatchState.OPEN if has_changed and state is not MatchState.OPEN else None


def check_reason(verdict: Verdict, reason: Reason | None) -> Reason:
    """That reason if it goes with the verdict; else `Invalid` on the field `reason`."""
    if reason is None:
        raise Invalid("Dites pourquoi.", field="reason")
    if reason not in REASONS[verdict]:
        raise Invalid(f"Cette raison ne va pas avec « {verdict.label} ».", field="reason")
    return reason


def state_after(verdict: Verdict, *, asks: bool) -> MatchState:
    """What a reviewer's verdict leads to. `asks`: somebody has an account on one of the cards, and must say yes too.

    Two identities alike are no proof: whoever may answer for her file is asked before anybody else's joins it.
    """
    if verdict is Verdict.SAME:
        return MatchState.ASKED if asks else MatchState.LINKED
    return MatchState.DIFFERENT if verdict is Verdict.DIFFERENT else MatchState.UNSURE


def standing(cards: Sequence[CardFact]) -> str:
    """The card that stands for a person: one with an account, else the oldest."""
    return min(cards, key=lambda card: (not card.has_account, card.recorded_at, card.id)).id


def groups(cards: Iterable[str], links: Collection[tuple[str, str]]) -> list[frozenset[str]]:
    """The cards put together by links, each group once; a card without a link is alone."""
    of: dict[str, frozenset[str]] = {card: frozenset({card}) for card in cards}
    for one, other in links:
        whole = of[one] | of[other]
        for card in whole:
            of[card] = whole
    return list(dict.fromkeys(of.values()))


def ordered(one: str, other: str) -> tuple[str, str]:
    """The two cards of a pair, always in the same order."""
    return (one, other) if one < other else (other, one)


def _tries(one: Identity, other: Identity) -> list[tuple[int, tuple[str, ...]]]:
    return [
        score(Query(last_name=surname, first_name=one.first_name, birth_date=one.birth_date), other)
        for surname in one.surnames()
    ]
