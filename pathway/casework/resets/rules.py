"""How long a reset holds, and who may confirm what somebody else asked for."""

from datetime import timedelta

from pathway.kernel.choice import Choice
from pathway.kernel.errors import Refused

LINK_LIFE = timedelta(minutes=30)
EMAIL_CHECK_LIFE = timedelta(days=2)
FACTOR_REQUEST_LIFE = timedelta(days=7)

_SAME = "Vous avez fait cette demande : une autre personne doit la confirmer."
ONESELF = "Personne ne décide de sa propre protection. Demandez à quelqu’un d’autre."


class ResetWay(Choice):
    """How a new password is made possible."""

    LETTER = "letter", "Par une lettre électronique"
    CODE = "code", "Par un code donné en personne"


class FactorReason(Choice):
    """Why a second factor has to be made anew."""

    LOST = "lost", "Téléphone ou clé perdu ou volé"
    CHANGED = "changed", "Nouveau téléphone, l’ancien ne répond plus"
    BROKEN = "broken", "Appareil en panne"


class FactorResetState(Choice):
    """Where a request stands."""

    OPEN = "open", "À confirmer"
    CONFIRMED = "confirmed", "Confirmée"
    REFUSED = "refused", "Refusée"


def check_second(*, actor_id: str, asked_by: str, account_id: str) -> None:
    """Refuse that one person does both halves, or that the owner of the account does either (security design, 4.11)."""
    if actor_id == account_id:
        raise Refused(ONESELF)
    if actor_id == asked_by:
        raise Refused(_SAME)
