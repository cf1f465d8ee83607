"""The exceptional accesses she is told of: on her first page and above her log."""

from dataclasses import dataclass
from datetime import datetime

from pathway.casework.oversight.queries import own_exceptional
from pathway.casework.oversight.rules import Outcome
from pathway.casework.partners.queries import structure_names
from pathway.kernel.languages import gettext as _
from pathway.store.transaction import Transaction


@dataclass(frozen=True, kw_only=True)
class Told:
    """One exceptional access: which structure, when, until when, why, in its own words, and what its review says."""

    structure: str
    opened_at: datetime
    until_at: datetime
    is_open: bool
    reason: str
    note: str
    review: str
    verdict: str
    is_wrong: bool


def exceptional_told(tx: Transaction) -> tuple[Told, ...]:
    """Those of the last 30 days, or reviewed since then; newest first."""
    names = structure_names(tx)
    return tuple(
        Told(
            structure=names.get(one.structure_id, _("Une structure")),
            opened_at=one.opened_at,
            until_at=one.until_at,
            is_open=one.until_at > tx.now and one.outcome is not Outcome.NOT_JUSTIFIED,
            reason=one.reason.label,
            note=one.note,
            review=one.outcome.label if one.outcome else "",
            verdict=one.verdict,
            is_wrong=one.outcome is Outcome.NOT_JUSTIFIED,
        )
        for one in own_exceptional(tx)
    )
