"""The two forms by which somebody says when she wishes to be called: a day, a rhythm. For her and for professionals."""

from dataclasses import dataclass

from flask import request

from pathway.casework.followup.actions import ask_callback, choose_rhythm
from pathway.casework.followup.rules import Rhythm
from pathway.kernel.calendar import Holidays, add_working_days
from pathway.kernel.clock import local_day
from pathway.kernel.languages import marked
from pathway.kernel.wording import said_weekday
from pathway.store.transaction import Transaction
from pathway.web.answers import one_of
from pathway.web.forms import CarteForm, DayField, Needed
from pathway.web.gate import gate

CALL, RHYTHM = "call", "rhythm"  # which of the two forms was sent
_PROPOSED_WORKING_DAYS = 5


class CallForm(CarteForm):
    """« Rappelez-moi le… »: one day, proposed a week ahead."""

    on = DayField(
        marked("Jour de l’appel"),
        [Needed(marked("Écrivez le jour de l’appel."))],
        description=marked("Dans les trois mois qui viennent."),
    )


class RhythmForm(CarteForm):
    """How often."""

    rhythm = one_of(marked("À quel rythme ?"), Rhythm, needed=marked("Choisissez un rythme."))


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """The two forms as they came. `saved`: which one was kept (« call », « rhythm »), empty when none was; `day`:
    that of the call it leads to, in words, empty when there is none."""

    call: CallForm
    rhythm: RhythmForm
    saved: str = ""
    day: str = ""

    @property
    def has_errors(self) -> bool:
        """Whether the page must be shown again with what was typed."""
        return bool(self.call.has_errors or self.rhythm.has_errors)


def wishes_sent(record_id: str, *, current: str, holidays: Holidays) -> Wishes:
    """The two forms of one page, a day proposed a working week ahead and the `current` rhythm chosen; on POST, the one
    that was sent is kept. `holidays`: those of whoever will call."""
    here = gate()
    proposed = add_working_days(local_day(here.clock.now()), _PROPOSED_WORKING_DAYS, holidays)
    call, rhythm = CallForm(on=proposed), RhythmForm(rhythm=current)
    sent = request.form.get("do") if request.method == "POST" else None
    form = {CALL: call, RHYTHM: rhythm}.get(sent or "")
    day = ""
    if form is not None and form.validate():
        with here.attempt(form) as tx:
            day = _save_call(tx, record_id, call) if form is call else _save_rhythm(tx, record_id, rhythm)
    is_saved = form is not None and not form.has_errors
    return Wishes(call=call, rhythm=rhythm, saved=sent or "" if is_saved else "", day=day)


def _save_call(tx: Transaction, record_id: str, form: CallForm) -> str:
    due_on = ask_callback(tx, record_id=record_id, on=form.on.day or tx.today)
    return said_weekday(due_on, today=tx.today)


def _save_rhythm(tx: Transaction, record_id: str, form: RhythmForm) -> str:
    due_on = choose_rhythm(tx, record_id=record_id, rhythm=Rhythm.read(form.rhythm.data, field="rhythm"))
    return said_weekday(due_on, today=tx.today) if due_on else ""
