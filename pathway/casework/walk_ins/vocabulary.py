"""The closed lists of the register: how somebody was met, and what it led to."""

from pathway.kernel.choice import Choice


class WalkInKind(Choice):
    """How somebody was met: at the desk, or outside."""

    DESK = "desk", "Passage"
    STREET = "street", "Aller-vers : dans la rue"
    EVENT = "event", "Aller-vers : à un événement"
    PARTNER = "partner", "Aller-vers : chez un partenaire"


class WalkInOutcome(Choice):
    """What it led to."""

    INFORMED = "informed", "Information donnée"
    ORIENTED = "oriented", "Orientation vers une structure"
    APPOINTMENT = "appointment", "Rendez-vous prévu"
    RECORD = "record", "Dossier ouvert"
    NOTHING = "nothing", "Rien pour l’instant"


class Side(Choice):
    """One half of the register."""

    PASSAGES = "passages", "Passages"
    OUTREACH = "aller-vers", "Aller-vers"
