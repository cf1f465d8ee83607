"""Check 35: an habilitation that ends while a session is open closes it at the next request."""

from datetime import timedelta

import pytest

from pathway.casework.accounts.rules import AccountState
from pathway.casework.accounts.tables import Account
from pathway.casework.partners.rules import StructureState
from pathway.casework.partners.tables import Membership, Structure
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.store.columns import table_of
from tests.town import signed_in, welcome

_ENDS = ("membership", "account", "structure")


def ended(town: Town, what: str) -> None:
    """Bruno's habilitation ends today, in one of its three ways."""
    membership, account, structure = table_of(Membership), table_of(Account), table_of(Structure)
    changes = {
        "membership": membership.update()
        .where(membership.c.account_id == town.accounts["bruno"])
        .values(until_on=town.clock.now().date() - timedelta(days=1)),
        "account": account.update()
        .where(account.c.id == town.accounts["bruno"])
        .values(state=AccountState.DISABLED.value),
        "structure": structure.update()
        .where(structure.c.id == town.structures["pae-centre"])
        .values(state=StructureState.CLOSED.value),
    }
    with town.acting("root") as tx:
        tx.execute(changes[what])
        tx.journal("end_habilitation")


@pytest.mark.parametrize("what", _ENDS)
def test_the_next_request_is_refused(town: Town, what: str) -> None:
    record_id = welcome(town)
    client = signed_in(town, "bruno")
    assert client.get(f"/dossiers/{record_id}").status_code == 200
    ended(town, what)
    for path in (f"/dossiers/{record_id}", "/aujourd-hui", "/mon-compte"):
        answer = client.get(path)
        assert (answer.status_code, answer.location) == (302, f"/connexion?suite={path}")
        assert "Amina" not in answer.get_data(as_text=True)
    assert client.post(f"/dossiers/{record_id}/contact").location == "/connexion"


def test_the_last_day_counts_and_the_next_does_not(town: Town, clock: FixedClock) -> None:
    membership = table_of(Membership)
    with town.acting("root") as tx:
        his = membership.c.account_id == town.accounts["bruno"]
        tx.execute(membership.update().where(his).values(until_on=tx.today))
        tx.journal("end_habilitation")
    clock.at = clock.at.replace(hour=22, minute=50)  # ten minutes before midnight in Paris
    client = signed_in(town, "bruno")
    assert client.get("/aujourd-hui").status_code == 200
    clock.move(timedelta(minutes=11))
    assert client.get("/aujourd-hui").status_code == 302
