"""Thirty nights lived, with all that people correct afterwards: each, looked at again, says what it said."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from pathway.casework.accounts.rules import AccountState
from pathway.casework.alerts.actions import dismiss_alert, publish_policy, settle_cards
from pathway.casework.alerts.queries import open_alerts
from pathway.casework.alerts.vocabulary import DismissReason
from pathway.casework.encounters.vocabulary import AppointmentState
from pathway.casework.enrolments.leaving import cancel_exit
from pathway.casework.followup.actions import replan_point
from pathway.casework.followup.rules import ReplanReason
from pathway.casework.partners.actions import declare_absence
from pathway.casework.records.rules import Identity
from pathway.casework.relays.actions import accept_relay, withdraw_relay
from pathway.casework.team.actions import set_account_state
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from tests.casework.agreements.deciding import agree, resume, stop
from tests.casework.alerts.test_replay import night, replayed
from tests.casework.encounters.scenes import plan, settle
from tests.casework.enrolments.steps import call, enter, leave, points, rows, system
from tests.casework.links.pairs import TWIN, link, unlink
from tests.casework.relays.scenes import answer, send
from tests.town import AMINA, FRIDAY, welcome

NIGHTS = 32
NAMES = ("amina", "bilal", "chahra", "dora", "emile", "fadila")


class Story:
    """A month of six people and their twin, with what is recorded late, by mistake, then corrected."""

    def __init__(self, town: Town, clock: FixedClock) -> None:
        """Begin."""
        self.town, self.clock = town, clock
        self.her = {
            name: welcome(town, identity=Identity(first_name=name, last_name="Martin", birth_date=AMINA.birth_date))
            for name in NAMES
        }
        began = FRIDAY.date() - timedelta(days=20)
        self.step = {name: enter(town, ref, on=began).enrolment_id for name, ref in self.her.items()}
        self.twin = welcome(town, by="karim", identity=TWIN)
        enter(town, self.twin, by="karim", scheme="cej", on=began)
        self.kept: dict[str, str] = {}

    def days(self) -> Mapping[int, Callable[[], object]]:
        """What is done on each day, after its night."""
        return {
            1: self.first_gestures,
            3: lambda: leave(self.town, self.step["bilal"], reason="abandoned"),
            5: lambda: settle(self.town, self.kept["first"], AppointmentState.MISSED),
            7: self.second_missed,
            9: self.exit_cancelled,
            11: self.linked,
            13: self.late_contact,
            15: self.left_again,
            16: lambda: self.dismissed("Denis"),
            17: self.colleague_leaves,
            18: lambda: publish(self.town, silent_standard_days=25, overdue_days=5),
            20: lambda: call(self.town, self.her["dora"]),
            21: self.unlinked,
            23: self.relays_move,
            25: lambda: resume(self.town, self.her["emile"], "plie"),
            26: self.point_moved,
            28: lambda: link(self.town, self.her["amina"], self.twin),
            30: lambda: self.dismissed("again"),
        }

    def first_gestures(self) -> None:
        """Two appointments, relays, an agreement that will be stopped."""
        self.kept["first"], self.kept["second"] = (
            plan(self.town, self.her["chahra"], days=days).ids[0] for days in (3, 5)
        )
        self.kept["relay"] = send(self.town, self.her["dora"])
        self.kept["other"] = send(self.town, self.her["fadila"], "")
        agree(self.town, self.her["emile"], "plie", "contact")
        enter(self.town, self.her["emile"], by="lucie", scheme="plie", on=self.clock.now().date())
        stop(self.town, self.her["emile"], "plie")

    def second_missed(self) -> None:
        """She came to neither; the structure will say later that it had cancelled one."""
        settle(self.town, self.kept["second"], AppointmentState.MISSED)
        answer(self.town, accept_relay, self.kept["relay"])

    def exit_cancelled(self) -> None:
        """That exit was a mistake."""
        with self.town.acting("bruno") as tx:
            cancel_exit(tx, enrolment_id=self.step["bilal"])

    def linked(self) -> None:
        """Two cards were one person's; an appointment had been kept after all."""
        link(self.town, self.her["amina"], self.twin)
        with system(self.town.store, self.clock) as tx:
            settle_cards(tx, [self.her["amina"], self.twin])
            tx.journal("settle_cards")
        settle(self.town, self.kept["first"], AppointmentState.ATTENDED)

    def late_contact(self) -> None:
        """A call of ten days ago is recorded today, and an exit of a week ago."""
        call(self.town, self.her["chahra"], on=self.clock.now().date() - timedelta(days=10))
        leave(self.town, self.step["fadila"], reason="abandoned", on=self.clock.now().date() - timedelta(days=7))

    def left_again(self) -> None:
        """She leaves, truly; another is called."""
        leave(self.town, self.step["bilal"], reason="end_of_scheme")
        call(self.town, self.her["amina"])

    def dismissed(self, note: str) -> None:
        """The responsable sets aside the two first alerts of the queue."""
        with self.town.acting("denis") as tx:
            for line in open_alerts(tx)[:2]:
                dismiss_alert(tx, alert_id=line.id, reason=DismissReason.HANDLED, note=note)

    def colleague_leaves(self) -> None:
        """Whoever follows them all is away for three weeks, without stand-in; another account is closed."""
        with self.town.acting("denis") as tx:
            account, day = self.town.accounts["bruno"], tx.today
            declare_absence(tx, account_id=account, from_on=day, until_on=day + timedelta(days=21), stand_in_id=None)
        with system(self.town.store, self.clock) as tx:
            set_account_state(tx, self.town.accounts["karim"], AccountState.DISABLED)

    def unlinked(self) -> None:
        """They were two people."""
        unlink(self.town, self.her["amina"], self.twin)
        with system(self.town.store, self.clock) as tx:
            settle_cards(tx, [self.her["amina"], self.twin])
            tx.journal("settle_cards")

    def relays_move(self) -> None:
        """One is taken back."""
        last = rows(self.town.store, "relay", "WHERE to_structure_id IS NULL AND state = 'sent'")
        for row in last:
            answer(self.town, withdraw_relay, row["id"], by="bruno")

    def point_moved(self) -> None:
        """A late point is put off."""
        for point in points(self.town, self.her["fadila"])[:1]:
            with self.town.acting("bruno") as tx:
                on = tx.today + timedelta(days=5)
                replan_point(tx, point_id=point.id, on=on, reason=ReplanReason.WAITING, version=point.version)


def publish(town: Town, **changes: int) -> None:
    with system(town.store, town.clock) as tx:
        publish_policy(tx, changes, from_on=tx.today + timedelta(days=1))


def test_thirty_past_nights_say_again_what_they_said(town: Town, clock: FixedClock) -> None:
    story = Story(town, clock)
    days = story.days()
    for day in range(NIGHTS):
        clock.at = FRIDAY + timedelta(days=day)
        night(town, clock)
        clock.move(timedelta(hours=1))
        days.get(day, lambda: None)()
    clock.at = FRIDAY + timedelta(days=NIGHTS)
    looked = {ago: replayed(town, clock, ago) for ago in range(1, NIGHTS + 1)}
    assert {ago: (one.missing, one.unexpected) for ago, one in looked.items() if not one.is_same} == {}
    assert {alert["rule"] for one in looked.values() for alert in one.alerts} >= {"R02", "R03", "R04", "R08", "R14"}
    assert len({len(one.alerts) for one in looked.values()}) > 5
