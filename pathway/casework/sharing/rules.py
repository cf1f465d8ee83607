"""What a grant is worth at an instant: pure arithmetic of causes, sections and ends."""

from datetime import datetime

from pathway.kernel.choice import Choice


class Cause(Choice):
    """Why a structure may open a record."""

    SUPPORT = "support", "Elle vous accompagne"
    RELAY = "relay", "Passage de relais"
    PRESENTED_CARD = "presented_card", "Vous avez présenté votre carte"
    AGREEMENT = "agreement", "Avec votre accord"
    EXCEPTIONAL = "exceptional", "Accès exceptionnel"


def is_live(*, from_at: datetime, until_at: datetime | None, now: datetime) -> bool:
    """Whether a grant holds at that instant: from its beginning, strictly before its end."""
    return from_at <= now and (until_at is None or now < until_at)


def pack_sections(sections: frozenset[str]) -> str:
    """The sections of a grant as they are kept: codes in order, one space between."""
    return " ".join(sorted(sections))


def unpack_sections(packed: str) -> frozenset[str]:
    """The sections kept in a grant."""
    return frozenset(packed.split())
