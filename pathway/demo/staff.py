"""Who works in the simulated town: hiring, leaves, departures of every kind, structures that close."""

from collections.abc import Sequence
from datetime import date, timedelta
from math import ceil

from pathway.casework.accounts.actions import add_professional
from pathway.casework.accounts.rules import AccountState
from pathway.casework.followup.queries import followed
from pathway.casework.lifecycle.actions import close_structure, give_people, leave
from pathway.casework.partners.actions import add_membership, declare_absence
from pathway.casework.partners.rules import Role
from pathway.casework.team.actions import set_account_state
from pathway.demo.simulation import SECRET, Simulation, Worker
from pathway.kernel.errors import PathwayError
from pathway.store.actor import SYSTEM
from pathway.store.transaction import Transaction

_PEOPLE_EACH = 80  # followed by one counsellor (product rule)
_LEAVES_A_DAY = 0.012  # about six weeks of leave a year
_WORKING_DAYS = 252  # a year
_TURNOVER = 0.18  # of a hundred people at work, eighteen leave within a year
_CLOSES_AFTER = (0.45, 0.75)  # of the time lived


def hire_first(live: Simulation) -> None:
    """Hire one counsellor for eighty people, two in each structure at least, and a responsable in each."""
    for home in sorted(live.homes):
        followed_there = sum(one.home == home for one in live.people)
        _start_responsable(live, home)
        for _ in range(max(ceil(followed_there / _PEOPLE_EACH), 2)):
            _hire(live, home, Role.COUNSELLOR)


def change_staff(live: Simulation, day: date) -> None:
    """What happens to the teams that day: arrivals, leave, departures, and on Mondays people given out again."""
    for vacancy in [one for one in live.vacancies if one[0] <= day]:
        live.vacancies.remove(vacancy)
        if vacancy[1] in live.homes:
            _hire(live, vacancy[1], vacancy[2])
    live.lived.worked += len(live.workers) / _WORKING_DAYS
    for worker in live.workers:
        if live.rng.random() < _LEAVES_A_DAY and worker.away_until < day:
            _takes_leave(live, worker, day)
    if live.lived.leavers < int(live.lived.worked * _TURNOVER):
        _goes(live, live.rng.choice(live.workers), day)
    if day.weekday() == 0:
        for worker in [one for one in live.workers if one.role is Role.SUPERVISOR and one.away_until < day]:
            _gives_out(live, worker, day)


def close_homes(live: Simulation, day: date) -> None:
    """About one structure a year closes, and another takes over its people. At most two of those lived in."""
    lived = (day - live.began_on).days / max((live.ends_on - live.began_on).days, 1)
    wanted = sum(lived >= share for share in _CLOSES_AFTER[: max(1, round(live.months / 12))])
    if live.lived.closings < wanted:
        home = live.rng.choice(sorted(set(live.homes) - {SECRET}))
        heir = live.rng.choice(sorted(set(live.homes) - {SECRET, home}))
        _close(live, home, heir)


def _start_responsable(live: Simulation, home: str) -> None:
    """The responsable the town has there already goes to work, or one is hired."""
    cast = live.town.cast.items()
    known = next((code for code, one in cast if (one.role, one.structure) == (Role.SUPERVISOR, home)), None)
    if known is None:
        _hire(live, home, Role.SUPERVISOR)
        return
    account_id = live.town.accounts[known]
    live.workers.append(Worker(account_id=account_id, membership_id="", home=home, role=Role.SUPERVISOR))


def _hire(live: Simulation, home: str, role: Role) -> None:
    live.hired += 1
    with Transaction(live.town.store, actor=SYSTEM, clock=live.clock, door="demo") as tx:
        account_id = add_professional(
            tx,
            email=f"agent{live.hired}@demo.carte.invalid",
            first_name="Agent",
            last_name=f"Numéro {live.hired}",
            password_hash="none",
        )
        membership_id = add_membership(
            tx, account_id=account_id, structure_id=live.town.structures[home], role=role, from_on=tx.today
        )
    live.workers.append(Worker(account_id=account_id, membership_id=membership_id, home=home, role=role))


def _takes_leave(live: Simulation, worker: Worker, day: date) -> None:
    until_on = day + timedelta(days=live.rng.randrange(4, 18))
    team = [one.account_id for one in live.team(worker) if one.away_until < day]
    stand_in = live.rng.choice([None, *team])
    with live.acting(worker) as tx:
        try:
            declare_absence(tx, account_id=worker.account_id, from_on=tx.today, until_on=until_on, stand_in_id=stand_in)
        except PathwayError:
            tx.journal("no_absence")  # she stands in for somebody these days
            return
    worker.away_until = until_on
    live.lived.absences += 1
    live.lived.stood_in_for += stand_in is not None


def _goes(live: Simulation, worker: Worker, day: date) -> None:
    """She leaves: her account is shut and nothing else, or her responsable says when and to whom; hired again later."""
    bosses = [one for one in live.workers if one.home == worker.home and one.role is Role.SUPERVISOR]
    if worker.role is Role.SUPERVISOR or not bosses or live.rng.random() < 0.2:
        with Transaction(live.town.store, actor=SYSTEM, clock=live.clock, door="demo") as tx:
            set_account_state(tx, worker.account_id, AccountState.DISABLED)
        live.lived.shut += 1
    else:
        _leaves_team(live, worker, bosses[0])
    live.workers.remove(worker)
    live.lived.leavers += 1
    live.vacancies.append((day + timedelta(days=live.rng.randrange(1, 45)), worker.home, worker.role))


def _leaves_team(live: Simulation, worker: Worker, boss: Worker) -> None:
    team = [one.account_id for one in live.team(worker)]
    heir = live.rng.choice(team) if team and live.rng.random() < 0.6 else None
    with live.acting(boss) as tx:
        last_on = live.rng.choice([None, tx.today + timedelta(days=3)])
        leave(tx, worker.membership_id, last_on=last_on, heir_id=heir)
    live.lived.left_an_heir += heir is not None


def _gives_out(live: Simulation, boss: Worker, day: date) -> None:
    """What the responsable was left answering for goes to the counsellors, in turn."""
    team = live.present(boss.home, day)
    with live.acting(boss) as tx:
        held = [one.record_id for one in followed(tx, only_mine=True)]
        for number, worker in enumerate(team):
            given = live.in_order(held)[number :: len(team)]
            give_people(tx, record_ids=given, from_id=boss.account_id, to_id=worker.account_id)
        tx.journal("give_out")


def _close(live: Simulation, home: str, heir: str) -> None:
    """Close it; its counsellors are hired by the heir, as many as they were."""
    with Transaction(live.town.store, actor=SYSTEM, clock=live.clock, door="demo") as tx:
        close_structure(tx, structure_id=live.town.structures[home], heir_id=live.town.structures[heir])
    live.homes.pop(home)
    for person in live.people:
        person.home = heir if person.home == home else person.home
    gone = [one for one in live.workers if one.home == home]
    live.workers = [one for one in live.workers if one.home != home]
    for _ in _counsellors(gone):
        _hire(live, heir, Role.COUNSELLOR)
    live.lived.closings += 1


def _counsellors(workers: Sequence[Worker]) -> list[Worker]:
    return [one for one in workers if one.role is Role.COUNSELLOR]
