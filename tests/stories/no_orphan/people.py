"""Those who follow her: away, gone, shut out, called back; their structures closed; and the nights that pass."""

from datetime import timedelta
from functools import partial
from typing import Any

from hypothesis import strategies as st

from pathway.casework.accounts.rules import AccountState
from pathway.casework.lifecycle.actions import close_structure, give_people
from pathway.casework.lifecycle.actions import leave as leave_structure
from pathway.casework.partners.actions import declare_absence
from pathway.casework.partners.rules import Role
from pathway.casework.placements.actions import place
from pathway.casework.relays.rules import AgreedWay
from pathway.casework.sharing.actions import withdraw
from pathway.casework.team.actions import accept_as_known, invite, set_account_state
from pathway.jobs.nightly import run_night
from pathway.kernel.errors import NotAllowed
from pathway.store.actor import Actor
from pathway.store.transaction import Transaction
from tests.casework.enrolments.steps import system
from tests.stories.no_orphan.stage import ANYBODY, FRIENDS, STRUCTURES, WHICH, Stage, gesture, one_of
from tests.town import herself

CHIEFS = st.sampled_from(["denis", "sylvie", "yvan"])
TEAM = {"denis": ("bruno", "fatou"), "sylvie": ("elise", "karim"), "yvan": ("lucie",)}


class People(Stage):
    """What may take somebody away from her, and how the night answers."""

    @gesture(often=4, days=st.sampled_from([1, 1, 2, 6, 8, 31, 95, 400]))
    def time_passes(self, days: int) -> None:
        """Days pass, and the night runs."""
        self.clock.move(timedelta(days=days))
        self.attempt("time_passes", self.run_the_night)
        self.is_after_night = True

    def run_the_night(self) -> None:
        run_night(self.town.store, self.clock, report=lambda *_: None)

    @gesture(often=1, days=st.sampled_from([1, 6, 40]))
    def no_night_runs(self, days: int) -> None:
        """The machine was off."""
        self.attempt("no_night_runs", partial(self.clock.move, timedelta(days=days)))

    @gesture(
        often=1,
        chief=CHIEFS,
        rank=st.integers(0, 1),
        is_heir_named=st.booleans(),
        later=st.sampled_from([None, None, 5]),
    )
    def habilitation_ends(self, chief: str, rank: int, is_heir_named: bool, later: int | None) -> None:
        who = TEAM[chief][rank % len(TEAM[chief])]
        heir = self.town.accounts[chief] if is_heir_named else None
        last_on = self.day(later) if later else None
        membership = self.mine("membership", f"account_id = '{self.town.accounts[who]}'")[-1]["id"]
        said = {"membership_id": membership, "last_on": last_on, "heir_id": heir}
        self.attempt("habilitation_ends", partial(self.act, chief, _ended, **said))

    @gesture(often=1, who=ANYBODY)
    def operator_ends_a_habilitation(self, who: str) -> None:
        """A last day that was written long before: nobody passes anything on."""
        self.attempt("operator_ends_a_habilitation", partial(self.end_by_itself, who))

    def end_by_itself(self, who: str) -> None:
        if who not in self.at_work():
            raise NotAllowed
        query = "UPDATE membership SET until_on = '{}' WHERE account_id = '{}' AND until_on IS NULL"
        with self.town.store.engine.begin() as connection:
            connection.exec_driver_sql(query.format(self.day(-1).isoformat(), self.town.accounts[who]))

    @gesture(when=lambda self: self.gone(), which=WHICH)
    def habilitation_is_given(self, which: int) -> None:
        gone = self.gone()
        self.attempt("habilitation_is_given", partial(self.call_back, gone[which % len(gone)]))

    def gone(self) -> list[str]:
        """Who works nowhere any more, though her structure goes on."""
        there = {row["id"] for row in self.rows["structure"] if row["state"] == "active"}
        held = [row for row in self.rows["membership"] if row["until_on"] is None or row["until_on"] >= self.today]
        busy = {*self.shut(), *(row["account_id"] for row in held)}
        return [code for code in FRIENDS if not {code, self.town.accounts[code]} & busy and self.own(code) in there]

    def call_back(self, who: str) -> None:
        """By a letter of the operator, accepted with the account she has."""
        persona = self.town.cast[who]
        said = {"email": persona.email, "first_name": persona.first_name, "last_name": persona.last_name}
        operator = Actor(role=Role.OPERATOR.value)
        with Transaction(self.town.store, actor=operator, clock=self.clock, door="cli") as tx:
            until_on = self.day(900)
            path = invite(tx, role=persona.role, structure_id=self.own(who), until_on=until_on, **said).path
        with system(self.town.store, self.clock) as tx:
            accept_as_known(tx, path.rsplit("/", 1)[1])

    @gesture(often=1, who=ANYBODY)
    def account_is_shut(self, who: str) -> None:
        self.attempt("account_is_shut", partial(self.set_account, who, AccountState.DISABLED))

    @gesture(often=1, when=lambda self: self.shut(), which=WHICH)
    def account_is_opened(self, which: int) -> None:
        shut = self.shut()
        self.attempt("account_is_opened", partial(self.set_account, shut[which % len(shut)], AccountState.ACTIVE))

    def shut(self) -> list[str]:
        """Whose account was shut."""
        closed = {row["id"] for row in self.rows["account"] if row["state"] == "disabled"}
        return [code for code in FRIENDS if self.town.accounts[code] in closed]

    def set_account(self, who: str, state: AccountState) -> None:
        if (who in self.shut()) == (state is AccountState.DISABLED):
            raise NotAllowed
        with system(self.town.store, self.clock) as tx:
            set_account_state(tx, self.town.accounts[who], state)

    @gesture(often=1, who=ANYBODY, is_stood_in=st.booleans())
    def somebody_is_away(self, who: str, is_stood_in: bool) -> None:
        self.attempt("somebody_is_away", partial(self.be_away, who, is_stood_in))

    def be_away(self, who: str, is_stood_in: bool) -> None:
        own = self.own(who)
        stand_in = self.town.accounts[self.worker(own)] if is_stood_in else None
        said = {"from_on": self.today, "until_on": self.day(9), "stand_in_id": stand_in}
        self.act(who, declare_absence, account_id=self.town.accounts[who], **said)

    @gesture(often=1, chief=CHIEFS, rank=st.integers(0, 1))
    def people_are_given(self, chief: str, rank: int) -> None:
        self.attempt("people_are_given", partial(self.give, chief, TEAM[chief][rank % len(TEAM[chief])]))

    def give(self, chief: str, other: str) -> None:
        named = {row["record_id"] for row in self.mine("referent", "until_at IS NULL")}
        ids = (self.town.accounts[other], self.town.accounts[chief])
        self.act(chief, _given, record_ids=sorted(named), from_id=ids[0], to_id=ids[1])

    @gesture(often=8, when=lambda self: self.waiting(), to=st.sampled_from(STRUCTURES), is_agreed=st.booleans())
    def is_placed(self, to: str, is_agreed: bool) -> None:
        waits = self.waiting()[0]["record_id"]
        there = {row["code"] for row in self.rows["structure"] if row["state"] == "active"}
        to = next((code for code in STRUCTURES if code in there - set(self.stopped())), to)
        way = AgreedWay.PHONE if is_agreed else None
        said = {"record_id": waits, "structure_id": self.town.structures[to], "agreed_way": way}
        self.attempt("is_placed", partial(self.act, "maud", place, **said))

    @gesture(
        when=lambda self: self.any("point", state=["open"]) and self.may_close(),
        which=WHICH,
        heir=st.sampled_from(STRUCTURES),
    )
    def refuses_whoever_takes_over(self, which: int, heir: str) -> None:
        """She stops the heir, and the structure that holds her point closes: she waits in the territory's queue."""
        point = one_of(self.mine("point", "state = 'open'"), which)
        self.attempt("refuses_whoever_takes_over", partial(self.refuse_heir, point, heir))

    def refuse_heir(self, point: dict[str, Any], heir: str) -> None:
        closing = next((code for code in STRUCTURES if self.town.structures[code] == point["structure_id"]), "")
        if closing in ("", heir):
            raise NotAllowed
        with herself(self.town, point["record_id"]) as tx:
            withdraw(tx, record_id=point["record_id"], structure_id=self.town.structures[heir])
            tx.journal("act", records=[point["record_id"]])
        self.close(closing, heir)

    def may_close(self) -> bool:
        """Whether enough structures would go on."""
        return len([row for row in self.rows["structure"] if row["state"] == "active"]) > 7

    def stopped(self) -> list[str]:
        """The structures she stopped, or all of them."""
        known = {row["structure_id"] for row in self.rows["withdrawal"] if row["until_at"] is None}
        return [code for code in STRUCTURES if {"", self.town.structures[code]} & known]

    def waiting(self) -> list[dict[str, Any]]:
        """What the territory's queue holds."""
        territory = self.town.structures["coordination"]
        return [row for row in self.rows["point"] if row["state"] == "open" and row["structure_id"] == territory]

    @gesture(
        often=1,
        when=lambda self: self.may_close(),
        closing=st.sampled_from(STRUCTURES),
        heir=st.sampled_from(STRUCTURES),
    )
    def a_structure_closes(self, closing: str, heir: str) -> None:
        self.attempt("a_structure_closes", partial(self.close, closing, heir))

    def close(self, closing: str, heir: str) -> None:
        heir = "plie" if closing == heir else heir
        with system(self.town.store, self.clock) as tx:
            close_structure(tx, structure_id=self.town.structures[closing], heir_id=self.town.structures[heir])


def _ended(tx: Transaction, *, membership_id: str, last_on: Any, heir_id: str | None) -> None:
    leave_structure(tx, membership_id, last_on=last_on, heir_id=heir_id)


def _given(tx: Transaction, *, record_ids: list[str], from_id: str, to_id: str) -> None:
    if not give_people(tx, record_ids=record_ids, from_id=from_id, to_id=to_id)[0]:
        raise NotAllowed
