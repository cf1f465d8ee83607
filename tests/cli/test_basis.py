"""On what a structure's right stands, as the operator records it."""

from pathway.casework.agreements.queries import bases_of
from pathway.casework.agreements.rules import Basis, Purpose
from pathway.cli.opening import opened, operating
from tests.cli.conftest import Desk


def bases(desk: Desk, code: str) -> dict[Purpose, Basis]:
    structures = {line["code"] for line in desk.answer("partners", "list")}
    assert code in structures
    with opened() as store, operating(store) as tx:
        names = {row.code: row.id for row in tx.connection.exec_driver_sql("SELECT id, code FROM structure")}
        return bases_of(tx).get(names[code], {})


def test_the_ground_for_health_is_recorded_apart(desk: Desk) -> None:
    assert Purpose.HEALTH not in bases(desk, "plie")
    done = desk.run("partners", "record-basis", "--code", "plie", "--purpose", "health", "--basis", "explicit_consent")
    assert done.exit_code == 0, done.output
    assert bases(desk, "plie") == {
        Purpose.PATHWAY: Basis.PUBLIC_INTEREST,
        Purpose.HEALTH: Basis.EXPLICIT_CONSENT,
    }


def test_a_basis_that_cannot_hold_or_an_unknown_structure_is_refused(desk: Desk) -> None:
    line = ("partners", "record-basis", "--purpose", "health", "--basis", "public_interest", "--code")
    assert "ne convient pas" in desk.refusal(*line, "plie", code=1)
    line = ("partners", "record-basis", "--purpose", "health", "--basis", "explicit_consent", "--code")
    assert "carte partners list" in desk.refusal(*line, "nulle-part", code=1)
