"""The two forms by which somebody says when she wishes to be called: a day, a rhythm. For her and for professionals."""

from datetime import date

from pathway.casework.followup.actions import ask_callback, choose_rhythm
from pathway.casework.followup.rules import Rhythm
from pathway.kernel.calendar import add_working_days
from pathway.kernel.wording import said_weekday
from pathway.store.transaction import Transaction
from pathway.web.answers import one_of
from pathway.web.forms import CarteForm, DayField, Needed

CALL, RHYTHM = "call", "rhythm"  # which of the two forms was sent
_PROPOSED_WORKING_DAYS = 5


class CallForm(CarteForm):
    """« Rappelez-moi le… »: one day, proposed a week ahead."""

    on = DayField(
        "Jour de l’appel", [Needed("Écrivez le jour de l’appel.")], description="Dans les trois mois qui viennent."
    )


class RhythmForm(CarteForm):
    """How often."""

    rhythm = one_of("À quel rythme ?", Rhythm, needed="Choisissez un rythme.")


def proposed_day(today: date) -> date:
    """The day offered for an asked call: a working week ahead."""
    return add_working_days(today, _PROPOSED_WORKING_DAYS)


def save_call(tx: Transaction, record_id: str, form: CallForm) -> str:
    """Keep the asked call; gives the day in words."""
    due_on = ask_callback(tx, record_id=record_id, on=form.on.day or tx.today)
    return said_weekday(due_on, today=tx.today)


def save_rhythm(tx: Transaction, record_id: str, form: RhythmForm) -> str:
    """Keep the rhythm; gives the day of the next call in words, empty when none was opened or moved."""
    due_on = choose_rhythm(tx, record_id=record_id, rhythm=Rhythm.read(form.rhythm.data, field="rhythm"))
    return said_weekday(due_on, today=tx.today) if due_on else ""
