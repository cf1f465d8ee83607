"""When an entry, a stage or an exit may be recorded: pure checks on dates."""

from datetime import date, timedelta

from pathway.kernel.calendar import add_months
from pathway.kernel.choice import Choice
from pathway.kernel.errors import Refused


class CancelReason(Choice):
    """Why an exit is cancelled. An exit that did happen is never cancelled: another one follows it."""

    NOT_LEFT = "not_left", "La personne n’est pas sortie"
    WRONG_PERSON = "wrong_person", "Ce n’était pas la bonne personne"
    WRONG_STEP = "wrong_step", "Ce n’était pas le bon dispositif"
    WRONG_DETAILS = "wrong_details", "Le motif ou la date sont faux : je vais saisir la sortie à nouveau"


def check_entry(*, entered_on: date, today: date, last_exit_on: date | None) -> None:
    """Refuse an entry in the future, older than ten years, or before the end of an earlier stay in the same scheme."""
    if entered_on > today:
        raise Refused(
            "La date d’entrée est dans le futur. Indiquez la date du jour ou une date passée.", field="entered_on"
        )
    if entered_on < add_months(today, -120):
        raise Refused("La date d’entrée remonte à plus de dix ans. Vérifiez l’année.", field="entered_on")
    if last_exit_on and entered_on < last_exit_on:
        raise Refused(
            "La personne n’était pas encore sortie de ce dispositif à cette date. Vérifiez la date d’entrée.",
            field="entered_on",
        )


def check_stage(*, on: date, today: date, entered_on: date, last_on: date | None) -> None:
    """Refuse to come to a stage in the future, before the entry, or before the stage one was in (`last_on`: since)."""
    if on > today:
        raise Refused("La date est dans le futur. Indiquez la date du jour ou une date passée.", field="on")
    if on < entered_on:
        raise Refused("La date est avant l’entrée dans ce dispositif. Vérifiez la date.", field="on")
    if last_on and on < last_on:
        raise Refused("La date est avant le début de la phase en cours. Vérifiez la date.", field="on")


def check_exit(*, entered_on: date, event_on: date, stage_on: date | None = None) -> None:
    """Refuse an exit before the entry, or before the day the person came to her last stage."""
    if event_on < entered_on:
        raise Refused(
            "La date de sortie est avant la date d’entrée dans ce dispositif. Vérifiez les deux dates.",
            field="event_on",
        )
    if stage_on and event_on < stage_on:
        raise Refused(
            "La date de sortie est avant le dernier changement de phase. Vérifiez la date, ou annulez ce changement.",
            field="event_on",
        )


def planned_end(entered_on: date, planned_days: int | None) -> date | None:
    """The last planned day of a step, or None when the scheme has no planned length."""
    return entered_on + timedelta(days=planned_days) if planned_days else None
