"""The thresholds of alerts: one version for a territory, from a day on."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

from pathway.kernel.errors import Invalid

LONGEST = 730


@dataclass(frozen=True, kw_only=True)
class AlertPolicy:
    """One version of the thresholds, in calendar days unless their name says working days or a number of times.

    R02 counts days overdue and fires at its threshold; R03 (`silent_*`) and R07 (`gap_days`) fire beyond theirs. Those
    from `obstacle_days` on are the notices' (N12–N16); `noticed_days`: how long what happened once stays noticed.
    Source: the territory's pilot group; product rules R02–R14.
    """

    version: str
    overdue_days: int = 7
    overdue_responsable_days: int = 14
    silent_intensive_days: int = 14
    silent_standard_days: int = 30
    silent_light_days: int = 60
    silent_in_work_days: int = 91
    silent_hard_days: int = 90
    missed_times: int = 2
    missed_within_days: int = 60
    unheld_days: int = 15
    gap_days: int = 28
    early_exit_days: int = 30
    early_exit_shown_days: int = 60
    stopped_times: int = 2
    stopped_within_days: int = 365
    ending_days: int = 45
    away_working_days: int = 10
    sharing_ends_days: int = 30
    taken_working_days: int = 5
    obstacle_days: int = 60
    back_after_days: int = 15
    back_near_days: int = 180
    back_year_days: int = 365
    back_far_days: int = 730
    noticed_days: int = 30


DEFAULT_ALERT_POLICY = AlertPolicy(version="2026-1")
MEANINGS: Mapping[str, str] = {
    "overdue_days": "jours de retard d’un point de suivi (R02)",
    "overdue_responsable_days": "jours de retard avant d’appeler les responsables (R02)",
    "silent_intensive_days": "jours sans contact, accompagnement renforcé (R03)",
    "silent_standard_days": "jours sans contact, accompagnement régulier (R03)",
    "silent_light_days": "jours sans contact, accompagnement léger (R03)",
    "silent_in_work_days": "jours sans contact, suivi en emploi (R03)",
    "silent_hard_days": "jours sans contact à partir desquels c’est à traiter vite (R03)",
    "missed_times": "rendez-vous non tenus (R04)",
    "missed_within_days": "jours pendant lesquels on les compte (R04)",
    "unheld_days": "jours sans premier rendez-vous après un relais accepté (R06)",
    "gap_days": "jours sans étape suivante (R07)",
    "early_exit_days": "jours après l’entrée : un arrêt avant est précoce (R08)",
    "early_exit_shown_days": "jours pendant lesquels un arrêt précoce reste signalé (R08)",
    "stopped_times": "étapes arrêtées par la personne (R09)",
    "stopped_within_days": "jours pendant lesquels on les compte (R09)",
    "ending_days": "jours avant la fin d’une étape ou d’un contrat (R10)",
    "away_working_days": "jours ouvrés d’absence du référent sans remplaçant (R11)",
    "sharing_ends_days": "jours avant la fin d’un accord de partage (R14)",
    "taken_working_days": "jours ouvrés avant qu’une alerte sans suite revienne",
    "obstacle_days": "jours sans suite après une difficulté (remarque N12)",
    "back_after_days": "jours après une sortie pour parler d’un retour (remarque N16)",
    "back_near_days": "jours : retour proche (remarque N16)",
    "back_year_days": "jours : retour dans l’année (remarque N16)",
    "back_far_days": "jours : retour le plus lointain (remarque N16)",
    "noticed_days": "jours pendant lesquels une remarque reste affichée",
}
NAMES = tuple(one.name for one in fields(AlertPolicy) if one.name != "version")


def thresholds(policy: AlertPolicy) -> dict[str, int]:
    """The thresholds without their version, as kept in the base."""
    return {name: value for name, value in asdict(policy).items() if name != "version"}


def policy_of(version: str, kept: Mapping[str, int]) -> AlertPolicy:
    """The version as kept; a threshold that did not exist yet when it was published has its default."""
    return AlertPolicy(version=version, **{name: value for name, value in kept.items() if name in NAMES})


def changed(policy: AlertPolicy, version: str, changes: Mapping[str, int]) -> AlertPolicy:
    """A new version with those thresholds changed. `Invalid` for a name that is none, a value out of 1–730, or a high
    limit that comes before the first one."""
    for name, value in changes.items():
        if name not in NAMES:
            raise Invalid(f"Aucun seuil ne s’appelle « {name} ». Les seuils : {', '.join(NAMES)}.", field=name)
        if not 1 <= value <= LONGEST:
            raise Invalid(f"Le seuil {name} va de 1 à {LONGEST}.", field=name)
    new = policy_of(version, {**thresholds(policy), **changes})
    if new.stopped_times < 2:  # exact reasons are sealed: they are opened for those with several exits only
        raise Invalid(
            "Une seule étape arrêtée n’est pas une alerte : stopped_times va de 2 à 730.", field="stopped_times"
        )
    if new.missed_times < 2:  # one alone is a line of the day: a single hour missed is no risk, nor anybody's fault
        raise Invalid(
            "Un seul rendez-vous non tenu n’est pas une alerte : missed_times va de 2 à 730.", field="missed_times"
        )
    if new.overdue_responsable_days < new.overdue_days:
        raise Invalid("Le responsable n’est pas prévenu avant l’alerte elle-même.", field="overdue_responsable_days")
    return new
