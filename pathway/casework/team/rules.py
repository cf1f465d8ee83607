"""Who may give which role, for how long, and how long an invitation holds."""

from collections.abc import Mapping
from datetime import date, timedelta

from pathway.casework.partners.rules import Role
from pathway.kernel.calendar import add_months
from pathway.kernel.choice import Choice
from pathway.kernel.errors import Invalid, NotAllowed, Refused

DEFAULT_MONTHS = 12
LONGEST_MONTHS = 36
ENDING_SOON_DAYS = 30
INVITATION_LIFE = timedelta(days=7)

STAFF = (Role.COUNSELLOR, Role.SUPERVISOR)
# A responsable gives what her structure needs; what reaches over the whole territory is given on the server itself.
_GIVEN_BY: Mapping[str, frozenset[Role]] = {
    Role.SUPERVISOR.value: frozenset(STAFF),
    Role.OPERATOR.value: frozenset(Role) - {Role.JOBSEEKER},
}
_ONESELF = "Personne ne décide de sa propre habilitation. Demandez à un·e autre responsable, ou à l’exploitation."


class ChangeKind(Choice):
    """What was done to a habilitation."""

    GIVEN = "given", "Donnée"
    PROLONGED = "prolonged", "Fin déplacée"
    ENDED = "ended", "Terminée"


class InvitationState(Choice):
    """Where an invitation stands."""

    PENDING = "pending", "En attente"
    ACCEPTED = "accepted", "Acceptée"
    REVOKED = "revoked", "Annulée"


def check_giver(giver: str, role: Role) -> None:
    """Refuse with `NotAllowed` a role that whoever holds the role `giver` may not give."""
    if role not in _GIVEN_BY.get(giver, frozenset()):
        raise NotAllowed


def check_other(actor_id: str, account_id: str) -> None:
    """Refuse that somebody decides of her own habilitation."""
    if actor_id == account_id:
        raise Refused(_ONESELF)


def default_end(today: date) -> date:
    """The end proposed for a new habilitation: a year from that day."""
    return add_months(today, DEFAULT_MONTHS)


def check_end(until_on: date, *, today: date) -> None:
    """Refuse a last day that is past, or more than three calendar years away."""
    if until_on < today:
        raise Invalid("Cette date est passée. Choisissez aujourd’hui ou un jour à venir.", field="until_on")
    if until_on > add_months(today, LONGEST_MONTHS):
        raise Invalid("Une habilitation dure trois ans au plus. Choisissez une date plus proche.", field="until_on")


def is_ending_soon(until_on: date | None, *, today: date) -> bool:
    """Whether the last day is at most thirty calendar days away."""
    return until_on is not None and until_on <= today + timedelta(days=ENDING_SOON_DAYS)
