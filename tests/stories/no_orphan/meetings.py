"""Appointments: planned alone or in series, kept, excused, missed, moved, called off, taken up."""

from datetime import timedelta
from functools import partial
from typing import Any

from hypothesis import strategies as st

from pathway.casework.encounters.actions import (
    cancel_appointment,
    excuse_myself,
    move_appointment,
    settle_appointment,
    take_up,
)
from pathway.casework.encounters.rules import AppointmentState, AppointmentWay, Every, NextStep
from pathway.kernel.errors import NotAllowed
from tests.casework.encounters.scenes import plan
from tests.stories.no_orphan.stage import ACTORS, CARD, WHICH, Stage, gesture, one_of
from tests.town import herself

PLANNED = "state = 'planned'"
LOST = "state IN ('missed', 'excused') AND next_step IS NULL"


class Meetings(Stage):
    """Days to come that somebody holds with her."""

    @gesture(by=ACTORS, days=st.sampled_from([0, 1, 6, 40]), times=st.sampled_from([1, 1, 4]), card=CARD)
    def is_given_an_appointment(self, by: str, days: int, times: int, card: int) -> None:
        every = Every.WEEK if times > 1 else Every.ONCE
        said: dict[str, Any] = {"days": days, "every": every, "times": times}
        record_id = self.card(card)
        self.attempt("is_given_an_appointment", lambda: self.meet(self.hand(by, record_id), record_id, **said))

    def meet(self, by: str, card: str, **said: Any) -> None:
        if by not in self.at_work():
            raise NotAllowed
        plan(self.town, card, by=by, **said)

    @gesture(
        when=lambda self: self.any("appointment", state=["planned"]),
        which=WHICH,
        state=st.sampled_from([AppointmentState.ATTENDED, AppointmentState.EXCUSED, AppointmentState.MISSED]),
        on_the_day=st.sampled_from([True, True, False]),
    )
    def comes_or_not(self, which: int, state: AppointmentState, on_the_day: bool) -> None:
        one = one_of(self.mine("appointment", PLANNED), which)
        if on_the_day:
            self.clock.at = max(self.clock.at, one["starts_at"] + timedelta(hours=1))
        self.attempt(state.value, lambda: self.noted(one, settle_appointment, state=state))

    @gesture(when=lambda self: self.any("appointment", state=["planned"]), which=WHICH)
    def appointment_is_called_off(self, which: int) -> None:
        one = one_of(self.mine("appointment", PLANNED), which)
        self.attempt("appointment_is_called_off", lambda: self.noted(one, cancel_appointment))

    @gesture(when=lambda self: self.any("appointment", state=["planned"]), which=WHICH, days=st.sampled_from([1, 20]))
    def appointment_is_moved(self, which: int, days: int) -> None:
        one = one_of(self.mine("appointment", PLANNED), which)
        said = {"starts_at": self.clock.now() + timedelta(days=days), "minutes": 30, "way": AppointmentWay.PHONE}
        self.attempt("appointment_is_moved", lambda: self.noted(one, move_appointment, **said))

    @gesture(
        when=lambda self: self.any("appointment", state=["missed", "excused"], next_step=[None]),
        which=WHICH,
        step=st.sampled_from(NextStep),
    )
    def missed_appointment_is_taken_up(self, which: int, step: NextStep) -> None:
        one = one_of(self.mine("appointment", LOST), which)
        self.attempt("missed_appointment_is_taken_up", lambda: self.noted(one, take_up, next_step=step))

    def noted(self, one: dict[str, Any], what: Any, **said: Any) -> None:
        self.act(self.worker(one["structure_id"]), what, appointment_id=one["id"], version=one["version"], **said)

    @gesture(when=lambda self: self.any("appointment", state=["planned"]), which=WHICH)
    def excuses_herself(self, which: int) -> None:
        one = one_of(self.mine("appointment", PLANNED), which)
        self.attempt("excuses_herself", partial(self.excuse, one))

    def excuse(self, one: dict[str, Any]) -> None:
        with herself(self.town, one["record_id"]) as tx:
            excuse_myself(tx, appointment_id=one["id"], version=one["version"])
