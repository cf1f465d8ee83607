"""Who works in a structure: nobody whose account is closed is proposed, nor given anything."""

from collections.abc import Callable

import pytest

from pathway.casework.accounts.rules import AccountState
from pathway.casework.accounts.tables import Account
from pathway.casework.alerts.actions import give_alert
from pathway.casework.alerts.queries import open_alerts
from pathway.casework.followup.actions import reassign_points
from pathway.casework.partners import queries
from pathway.casework.partners.queries import colleagues, followers, works_in
from pathway.casework.records.actions import set_referent
from pathway.casework.team.actions import set_account_state
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.kernel.errors import Refused
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction
from tests.casework.alerts.test_actions import alerted
from tests.casework.enrolments.steps import system
from tests.town import signed_in


def turned(town: Town, who: str, state: AccountState = AccountState.DISABLED) -> str:
    """That account closed, or open again; gives its id."""
    with system(town.store, town.clock) as tx:
        set_account_state(tx, town.accounts[who], state)
    return town.accounts[who]


def known(town: Town, account_id: str) -> set[bool]:
    """Whether Denis's structure counts on that account, by each way of asking."""
    with town.acting("denis", write=False) as tx:
        here = tx.actor.structure_id
        asked = (colleagues(tx), colleagues(tx, among=[account_id]), followers(tx, here))
        return {*(account_id in one for one in asked), works_in(tx, account_id, here)}


def test_a_closed_account_works_nowhere_until_it_is_opened_again(town: Town) -> None:
    fatou = town.accounts["fatou"]
    assert known(town, fatou) == {True}
    turned(town, "fatou")
    assert known(town, fatou) == {False}
    turned(town, "fatou", AccountState.ACTIVE)
    assert known(town, fatou) == {True}


def test_a_closed_account_is_given_neither_an_alert_nor_a_point_nor_a_person(town: Town, clock: FixedClock) -> None:
    amina, fatou = alerted(town, clock), turned(town, "fatou")
    with town.acting("denis", write=False) as tx:
        alert_id = open_alerts(tx)[0].id
    gestures: list[Callable[[Transaction], object]] = [
        lambda tx: give_alert(tx, alert_id=alert_id, account_id=fatou),
        lambda tx: reassign_points(tx, record_id=amina, owner_id=fatou),
        lambda tx: set_referent(tx, record_id=amina, account_id=fatou),
    ]
    for gesture in gestures:
        with pytest.raises(Refused), town.acting("denis") as tx:
            gesture(tx)


def test_no_list_proposes_a_closed_account(sqlite_town: Town, clock: FixedClock) -> None:
    amina, fatou = alerted(sqlite_town, clock), turned(sqlite_town, "fatou")
    client = signed_in(sqlite_town, "denis")
    for path in ("/alertes", f"/dossiers/{amina}/referent", "/absences"):
        page = client.get(path).get_data(as_text=True)
        assert f'value="{sqlite_town.accounts["bruno"]}"' in page and f'value="{fatou}"' not in page, path


def test_the_account_read_here_is_the_one_of_its_own_room() -> None:
    own = table_of(Account)
    assert queries.ACCOUNT.name == own.name
    assert {column.name for column in queries.ACCOUNT.c} <= {column.name for column in own.c}
    assert AccountState.ACTIVE.value == queries.OPEN_ACCOUNT
