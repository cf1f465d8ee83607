"""What a presented card opens, for whom and until when; how long its codes hold and how often they may be tried.

A code of 6 characters among 31 is one in 887 503 681 (about 30 bits), and holds 3 minutes. A professional's account
gets 5 wrong tries, then waits 1, 2, 4 … 60 minutes, and starts afresh after an hour without failure: under 180 tries a
day at best. With 200 codes shown at every moment of that day, the chance of meeting anybody's is 1 in 24 000 a day, and
of meeting hers 1 in 4 million; each miss is in the journal under the account's name. A right code forgives no wrong
one: whoever has a code of her own to spend does not buy tries with it. A printed card's personal code has 8 characters
(40 bits) and 5 tries in all, whoever makes them.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from pathway.casework.accounts.rules import normal_code
from pathway.casework.partners.rules import Role
from pathway.casework.records.rules import Section
from pathway.casework.sharing.rules import Part
from pathway.kernel.clock import local_day, start_of_day

SHOWN_LIFE = timedelta(minutes=3)
SHOWN_LENGTH = 6
PERSONAL_LENGTH = 8
PERSONAL_TRIES = 5

# Neither health, which needs a right of its own, nor the points and risks other structures work on.
_TOLD_AT_THE_COUNTER = frozenset(section.value for section in Section) - {Section.HEALTH.value} | {Part.PATHWAY.value}

VISIT_SECTIONS: Mapping[Role, frozenset[str]] = {
    Role.COUNSELLOR: _TOLD_AT_THE_COUNTER,
    Role.SUPERVISOR: _TOLD_AT_THE_COUNTER,
}


def visit_ends_at(now: datetime) -> datetime:
    """When a visit begun at that instant ends: the midnight that follows in metropolitan France, in UTC."""
    return start_of_day(local_day(now) + timedelta(days=1))


def read_code(typed: str) -> str:
    """A code as it was made, from what was typed or scanned: the QR holds an address that ends with « #CODE »."""
    return normal_code(typed.rpartition("#")[2])


def spaced_code(code: str) -> str:
    """A code as it is read aloud, in two halves: « K7M 2QX »."""
    half = len(code) // 2
    return f"{code[:half]} {code[half:]}"
