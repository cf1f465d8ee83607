"""What she is asked before an appointment: only what is missing, old or in doubt, and what she may still change."""

from collections.abc import Sequence
from datetime import date, timedelta

from pathway.casework.agreements.rules import WHO_SHE_IS
from pathway.casework.records.facts import Way
from pathway.casework.records.rules import Proposal, ReuseState
from pathway.kernel.choice import Choice
from pathway.kernel.languages import marked

INVITED_FOR = timedelta(days=30)
TYPED_FOR = timedelta(minutes=30)  # the time to prove again who she is, then to look at it once more


class Later(Choice):
    """What she may say instead of an answer. It is no answer: nothing is written in her record."""

    UNKNOWN = "unknown", marked("Je ne sais pas")
    TALK = "talk", marked("Je préfère en parler")


def to_prepare(proposals: Sequence[Proposal], *, since: date) -> tuple[Proposal, ...]:
    """What of an entry form she may prepare alone: what is not known and fresh, and what she answered herself since
    that day, which she may still change. Her names and birth date are decided with a professional."""
    return tuple(one for one in proposals if one.item.key not in WHO_SHE_IS and _is_open(one, since))


def is_prepared(proposal: Proposal, *, since: date) -> bool:
    """Whether she answered it herself since that day."""
    return proposal.state is ReuseState.FRESH and _is_own(proposal, since)


def _is_open(proposal: Proposal, since: date) -> bool:
    return proposal.state is not ReuseState.FRESH or _is_own(proposal, since)


def _is_own(proposal: Proposal, since: date) -> bool:
    source = proposal.fact.provenance if proposal.fact else None
    return source is not None and source.way is Way.PREPARED and source.on >= since
