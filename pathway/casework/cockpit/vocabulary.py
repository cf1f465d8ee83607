"""The closed lists of the cockpit: what became of a point, how long a relay took, how long nothing accompanied her."""

from pathway.kernel.choice import Choice


class Fate(Choice):
    """What became of a point de suivi whose first day has passed."""

    HELD = "tenus", "Faits dans les 7 jours"
    LATER = "plus-tard", "Faits plus tard"
    NOT_DONE = "non-faits", "Non faits, avec une raison"
    WAITING = "a-faire", "Pas encore faits"


class Waiting(Choice):
    """Which of the exits still followed."""

    LATE = "retard", "Un point est en retard"
    NOTHING = "sans-suite", "Plus aucun point ouvert"
    FOLLOWED = "suivies", "Toutes les sorties suivies"


class Towards(Choice):
    """Up to what the time of a relay is counted."""

    ACCEPTED = "accord", "De l’envoi à l’accord de l’autre structure"
    MET = "rendez-vous", "De l’envoi au premier rendez-vous"


class Wait(Choice):
    """How long after a relay was sent; calendar days."""

    DAYS_3 = "3", "3 jours ou moins"
    DAYS_7 = "7", "4 à 7 jours"
    DAYS_14 = "14", "8 à 14 jours"
    LONGER = "plus", "Plus de 14 jours"
    STILL = "attente", "Encore en attente"
    NEVER = "sans-suite", "Refusés, revenus ou retirés"


class Length(Choice):
    """How many calendar days without any step."""

    DAYS_28 = "28", "15 à 28 jours"
    DAYS_60 = "60", "29 à 60 jours"
    DAYS_90 = "90", "61 à 90 jours"
    LONGER = "plus", "Plus de 90 jours"


class Load(Choice):
    """What is counted of each professional."""

    POINTS = "points", "Points ouverts"
    LATE = "retard", "Points en retard"
    PEOPLE = "personnes", "Personnes suivies"
