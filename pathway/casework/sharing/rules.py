"""What grants are worth at an instant: pure arithmetic of causes, sections, ends, withdrawals and hidden parts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from pathway.kernel.choice import Choice

EVERY_SECTION = "*"


class Cause(Choice):
    """Why a structure may open a record."""

    SUPPORT = "support", "Elle vous accompagne"
    RELAY = "relay", "Passage de relais"
    PRESENTED_CARD = "presented_card", "Vous avez présenté votre carte"
    AGREEMENT = "agreement", "Avec votre accord"
    EXCEPTIONAL = "exceptional", "Accès exceptionnel"


class Part(Choice):
    """What a grant may open beside the sections of the dictionary."""

    PATHWAY = "pathway", "Les étapes du parcours"
    FOLLOWUP = "followup", "Les points de suivi et les contacts"
    ALERTS = "alerts", "Les risques de rupture"


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
