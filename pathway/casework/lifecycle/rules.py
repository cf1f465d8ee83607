"""Why a card is forgotten, as a code."""

from pathway.kernel.choice import Choice


class ForgetReason(Choice):
    """Why a card was forgotten. `REPLAYED`: it already was, in a base that a restored backup put back in time."""

    EXPIRED = "expired", "Durée de conservation passée"
    ASKED = "asked", "Demande d’effacement"
    MISTAKE = "mistake", "Carte créée par erreur"
    IMPORT_UNDONE = "import_undone", "Import annulé"
    REPLAYED = "replayed", "Effacement rejoué après une remise en état"
