"""The follow-up rules in words, as the screens of a responsable say them."""

from collections.abc import Sequence
from datetime import date

from flask import url_for

from pathway.casework.policies.queries import InForce
from pathway.casework.policies.rules import Policy
from pathway.casework.schemes.queries import open_schemes
from pathway.kernel.errors import NotFound
from pathway.store.transaction import Transaction
from pathway.web.opened_points import rows_of

EVERY_SCHEME = "Tous vos dispositifs"


def rest_of(policy: Policy) -> list[tuple[str, str]]:
    """What holds whatever the exit: points already past, public holidays."""
    return [
        ("Points déjà passés quand la sortie est saisie", f"un seul, sous {policy.catch_up.said}"),
        ("Jours fériés", policy.holidays.label),
    ]


def changes(before: Policy, after: Policy) -> list[tuple[str, str, str]]:
    """(kind of exit, first, second) where the second says otherwise than the first."""
    pairs = zip([*rows_of(before), *rest_of(before)], [*rows_of(after), *rest_of(after)], strict=True)
    return [(label, old, new) for (label, old), (_same, new) in pairs if old != new]


def origin(one: InForce) -> str:
    """Who wrote the rules that hold."""
    if one.from_on is None:
        return "Règles fournies avec la carte"
    return "Règles de votre structure" if one.is_own else "Règles du territoire"


def scope_name(tx: Transaction, scheme_id: str | None) -> str:
    """What a version is for: one scheme, or all; `NotFound` for a scheme the structure may not enter people in."""
    if scheme_id is None:
        return EVERY_SCHEME
    name = next((one.name for one in open_schemes(tx) if one.id == scheme_id), None)
    if name is None:
        raise NotFound
    return name


def draft_href(scheme_id: str | None) -> str:
    """Where the draft for that scheme, or for all, is written."""
    return url_for("supervisor.policy_scheme", ref=scheme_id) if scheme_id else url_for("supervisor.policy_draft")


def short_months(days: Sequence[date]) -> list[str]:
    """« nov. » under the first week of each month, nothing under the others."""
    names = ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")
    before = [None, *(day.month for day in days[:-1])]
    return [names[day.month - 1] if day.month != last else "" for day, last in zip(days, before, strict=True)]
