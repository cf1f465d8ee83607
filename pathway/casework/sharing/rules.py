"""What grants are worth at an instant: pure arithmetic of causes, sections, ends, withdrawals and hidden parts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pathway.kernel.choice import Choice
from pathway.kernel.languages import marked
from pathway.kernel.sms import is_mobile

EVERY_SECTION = "*"

# Where she is reached is said in the dictionary, above; who tells her stands below it, and reads these four words.
CONTACT, PHONES = "contact", "phones"
NO_MESSAGE = ("no_message", "phone_is_shared")


class Cause(Choice):
    """Why a structure may open a record."""

    SUPPORT = "support", marked("Elle vous accompagne")
    RELAY = "relay", marked("Passage de relais")
    PRESENTED_CARD = "presented_card", marked("Vous avez présenté votre carte")
    AGREEMENT = "agreement", marked("Avec votre accord")
    EXCEPTIONAL = "exceptional", marked("Accès exceptionnel")


class Part(Choice):
    """What a grant may open beside the sections of the dictionary."""

    PATHWAY = "pathway", marked("Les étapes du parcours")
    FOLLOWUP = "followup", marked("Les points de suivi et les contacts")
    ALERTS = "alerts", marked("Les risques de rupture")


PARTS = frozenset(part.value for part in Part)


@dataclass(frozen=True, kw_only=True)
class Grant:
    """One live reason to open a record: its cause, what it opens, when it ends (UTC; None: no end set)."""

    cause: Cause
    sections: frozenset[str]
    until_at: datetime | None = None

    @property
    def is_lasting_support(self) -> bool:
        """A support without an end: the one thing a withdrawal does not close."""
        return self.cause is Cause.SUPPORT and self.until_at is None


@dataclass(frozen=True, kw_only=True)
class Access:
    """What an actor may open of one record now.

    `is_own_only`: she withdrew the sharing, the structure reads only what it recorded itself. `hidden_items`: keys of
    the dictionary she hides from it. `may_write`: the structure may add to the record; `may_enter`: it may enter her in
    a scheme, which opens its support. `is_lasting_support`: it supports her without an end, which alone gives keys to
    her account.
    """

    sections: frozenset[str]
    causes: frozenset[Cause] = frozenset()
    hidden_items: frozenset[str] = frozenset()
    is_own_only: bool = False
    may_write: bool = True
    may_enter: bool = True
    is_lasting_support: bool = False

    def opens(self, section: str) -> bool:
        """Whether that section or part is open."""
        return EVERY_SECTION in self.sections or section in self.sections


def is_referent_untold(access: Access, *, is_ours: bool) -> bool:
    """Whether the référent's name is kept from the reader, because the person stopped sharing with her structure.

    `is_ours`: the référent works in the reader's structure.
    """
    return access.is_own_only and not is_ours


HERSELF = Access(sections=frozenset({EVERY_SECTION}), may_enter=False)


def access_from(grants: Sequence[Grant], *, is_withdrawn: bool, hidden: Iterable[tuple[str, str]]) -> Access | None:
    """What live grants open together, or None when nothing holds: then the record does not exist for that structure.

    A withdrawal overrides every grant but a lasting support, which it narrows to what the structure recorded itself
    (product rule, sharing). `hidden`: pairs (section, item key); an empty key hides the whole section.
    """
    live = [one for one in grants if one.is_lasting_support] if is_withdrawn else list(grants)
    if not live:
        return None
    hides = list(hidden)
    closed = {section for section, item in hides if not item}
    entering = [one for one in live if one.cause is not Cause.EXCEPTIONAL]
    return Access(
        sections=frozenset[str]().union(*(one.sections for one in live)) - closed,
        causes=frozenset(one.cause for one in live),
        hidden_items=frozenset(item for _, item in hides if item),
        is_own_only=is_withdrawn,
        # The thirty days after a support are for reading.
        may_write=any(one.cause is not Cause.SUPPORT or one.until_at is None for one in entering),
        may_enter=bool(entering),
        is_lasting_support=any(one.is_lasting_support for one in live),
    )


def is_live(*, from_at: datetime, until_at: datetime | None, now: datetime) -> bool:
    """Whether a grant holds at that instant: from its beginning, strictly before its end."""
    return from_at <= now and (until_at is None or now < until_at)


def pack_sections(sections: frozenset[str]) -> str:
    """The sections of a grant as they are kept: codes in order, one space between."""
    return " ".join(sorted(sections))


def unpack_sections(packed: str) -> frozenset[str]:
    """The sections kept in a grant."""
    return frozenset(packed.split())


@dataclass(frozen=True, kw_only=True)
class Reach:
    """By what she may be told.

    `emails`: those her accounts have proved, each after the account's id. `mobiles`: French mobiles that stand on her
    cards, the one said last first. `is_cautioned`: somebody said that no message is left, or that the phone is shared,
    or she contests what is said of it. `wants_sms`: she did not refuse messages on her page. `languages`: account →
    the language in which she reads it.
    """

    emails: tuple[tuple[str, str], ...] = ()
    mobiles: tuple[str, ...] = ()
    is_cautioned: bool = False
    wants_sms: bool = True
    has_account: bool = False
    languages: Mapping[str, str] = field(default_factory=dict)


def number_to_tell(reach: Reach, *, says_all: bool) -> str:
    """The mobile to which a message may be sent, or nothing: the one rule of messages.

    Never beside a proved e-mail, against a caution, a doubt on her number or her refusal. Somebody without an account
    could not open the page the link leads to: only what the message says whole (`says_all`) is worth sending to her.
    """
    is_refused = reach.emails or reach.is_cautioned or not reach.wants_sms
    if is_refused or not (reach.has_account or says_all):
        return ""
    return reach.mobiles[0] if reach.mobiles else ""


def mobiles_in(cards: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """The French mobiles among the phones that stand on those cards, as their section is sealed (key → the answer, who
    said it when, and its rivals). The card that was asked or confirmed last comes first."""
    said = [one[PHONES] for one in cards if PHONES in one]
    said.sort(key=lambda fact: max(fact["from"]["on"], fact["from"]["confirmed_on"] or ""), reverse=True)
    return tuple(dict.fromkeys(number for fact in said for number in fact["value"] if is_mobile(number)))


def is_cautioned(cards: Iterable[Mapping[str, Any]]) -> bool:
    """Whether a caution keeps messages back on any of those cards: one who says so is enough, whatever others say."""
    known = [one[key] for one in cards for key in NO_MESSAGE if key in one]
    return any(claim["value"] is True for fact in known for claim in (fact, *fact.get("rivals", ())))
