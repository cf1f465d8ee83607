"""Closed lists of the partner network: kinds of structures, roles of professionals."""

from datetime import date

from pathway.kernel.choice import Choice


class StructureKind(Choice):
    """What a partner structure is."""

    EMPLOYMENT_DESK = "employment_desk", "Point Accueil Emploi"
    PLIE = "plie", "PLIE"
    LOCAL_MISSION = "local_mission", "Mission locale"
    FRANCE_TRAVAIL = "france_travail", "France Travail"
    CCAS = "ccas", "CCAS"
    SIAE = "siae", "Structure d’insertion par l’activité économique"
    ASSOCIATION = "association", "Association"
    TRAINING_CENTRE = "training_centre", "Organisme de formation"
    BUSINESS_SUPPORT = "business_support", "Accompagnement à la création d’entreprise"
    TERRITORY = "territory", "Coordination du territoire"


class SensitiveKind(Choice):
    """What a structure is whose very name would say something of whoever goes there. Sealed with its name."""

    ADDICTION_CARE = "addiction_care", "Soin des addictions"
    PROBATION = "probation", "Suivi de justice"
    CHILD_PROTECTION = "child_protection", "Protection de l’enfance"
    SHELTER = "shelter", "Hébergement d’urgence"
    VIOLENCE_SUPPORT = "violence_support", "Aide aux victimes de violences"
    MENTAL_HEALTH = "mental_health", "Santé mentale"


class StructureState(Choice):
    """Whether a structure still works with the others."""

    ACTIVE = "active", "Active"
    CLOSED = "closed", "Fermée"


class Role(Choice):
    """Who one is when one acts. A professional holds one role per membership."""

    COUNSELLOR = "counsellor", "Conseiller·ère"
    SUPERVISOR = "supervisor", "Responsable"
    REVIEWER = "reviewer", "Personne habilitée à la revue des doublons"
    COORDINATOR = "coordinator", "Coordination territoriale"
    OPERATOR = "operator", "Exploitation"
    JOBSEEKER = "jobseeker", "Personne accompagnée"


def is_habilitated(*, from_on: date, until_on: date | None, today: date) -> bool:
    """Whether a membership holds on that day; both ends are included."""
    return from_on <= today and (until_on is None or today <= until_on)
