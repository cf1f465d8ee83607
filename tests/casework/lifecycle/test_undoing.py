from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from pathway.casework.intake.actions import import_people, lease_import
from pathway.casework.intake.queries import imports, one_import
from pathway.casework.intake.receiving import forget_imports
from pathway.casework.intake.states import ImportState
from pathway.casework.lifecycle.actions import close_structure
from pathway.casework.lifecycle.undoing import ask_undo, go_on_undoing, undo_weight
from pathway.casework.records.actions import edit_section
from pathway.casework.records.queries import people
from pathway.casework.records.rules import Section, Way
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.kernel.errors import Refused
from pathway.store.actor import Actor
from pathway.store.transaction import Transaction
from tests.casework.encounters.scenes import plan
from tests.casework.enrolments.steps import rows
from tests.store.hands import altered, broken
from tests.town import herself, welcome

TODAY = date(2026, 11, 20)
HEADER = "Prénom;Nom;Date de naissance;Ville\n"
THREE = HEADER + "Ana;Sow;01/01/1990;Rennes\nBrice;Moreau;02/01/1990;\nCléo;Riou;03/01/1990;\n"


def operating(town: Town, *, write: bool = True) -> Transaction:
    actor = Actor(role="operator", account_id=town.accounts["root"], structure_id=town.structures["pae-centre"])
    return Transaction(town.store, actor=actor, clock=town.clock, door="web", write=write)


def brought(town: Town, folder: Path, content: str = THREE) -> str:
    path = folder / "people.csv"
    path.write_text(content)
    import_people(partial(operating, town), path=path, today=TODAY)
    with operating(town, write=False) as tx:
        return imports(tx, page=1, per_page=1)[0].id


def undone(town: Town, batch_id: str) -> tuple[int, int]:
    with operating(town) as tx:
        ask_undo(tx, batch_id)
        assert lease_import(tx, batch_id)
    go_on_undoing(partial(operating, town), batch_id)
    with operating(town, write=False) as tx:
        line = one_import(tx, batch_id)
    assert line.state is ImportState.UNDONE
    return line.taken_back, line.kept


def weighed(town: Town, batch_id: str) -> tuple[int, int]:
    with operating(town, write=False) as tx:
        weight = undo_weight(tx, batch_id)
    return weight.taken_back, weight.kept


def named(town: Town) -> dict[str, str]:
    """First name → card, as bruno lists them: a reading, which touches nobody."""
    with town.acting("bruno") as tx:
        lines, _ = people(tx, only_mine=False, page=1, per_page=100)
        tx.journal("read_list", records=[one.record_id for one in lines])
    return {one.identity.first_name: one.record_id for one in lines}


def test_people_whom_nobody_touched_are_taken_back_and_nothing_is_left_of_the_file(town: Town, tmp_path: Path) -> None:
    amina = welcome(town)
    batch_id = brought(town, tmp_path)
    assert set(named(town)) == {"Amina", "Ana", "Brice", "Cléo"}
    assert weighed(town, batch_id) == (3, 0)
    assert undone(town, batch_id) == (3, 0)
    assert list(named(town).values()) == [amina]
    assert rows(town.store, "import_row") == [] and broken(town.store) == []
    assert batch_id not in [one["subject_id"] for one in rows(town.store, "data_key")]


def test_whoever_was_touched_since_is_kept(town: Town, tmp_path: Path) -> None:
    batch_id = brought(town, tmp_path)
    cards = named(town)
    plan(town, cards["Ana"])
    with herself(town, cards["Brice"]) as tx:
        tx.journal("show_card", records=[cards["Brice"]])
    assert weighed(town, batch_id) == (1, 2)
    assert undone(town, batch_id) == (1, 2)
    assert set(named(town)) == {"Ana", "Brice"}


def test_somebody_known_before_keeps_her_card_and_what_the_file_added(town: Town, tmp_path: Path) -> None:
    amina = welcome(town)
    batch_id = brought(town, tmp_path, HEADER + "Amina;Benkacem;22/04/1991;Angers\n")
    assert undone(town, batch_id) == (0, 0) and named(town) == {"Amina": amina}


def test_another_file_touches_only_whom_it_says_something_new_of(town: Town, tmp_path: Path, clock: FixedClock) -> None:
    first = brought(town, tmp_path)
    clock.move(timedelta(minutes=1))
    brought(town, tmp_path)
    assert weighed(town, first) == (3, 0)
    clock.move(timedelta(minutes=1))
    brought(town, tmp_path, HEADER + "Ana;Sow;01/01/1990;Angers\n")
    assert weighed(town, first) == (2, 1)


def test_somebody_twice_in_one_file_is_taken_back_with_it(town: Town, tmp_path: Path) -> None:
    batch_id = brought(town, tmp_path, THREE + "ANA;SOW;01/01/1990;Angers\n")
    assert undone(town, batch_id) == (3, 0)


def test_an_import_is_undone_once_and_for_seven_days(town: Town, tmp_path: Path, clock: FixedClock) -> None:
    late, once = brought(town, tmp_path), ""
    clock.move(timedelta(days=7))
    with pytest.raises(Refused), operating(town) as tx:
        ask_undo(tx, late)
    once = brought(town, tmp_path, HEADER + "Dan;Petit;01/01/1980;\n")
    assert undone(town, once) == (1, 0)
    with pytest.raises(Refused), operating(town) as tx:
        ask_undo(tx, once)


def test_after_seven_days_the_night_deletes_what_was_kept_of_the_file(
    town: Town, tmp_path: Path, clock: FixedClock
) -> None:
    batch_id = brought(town, tmp_path, THREE + ";Sans;01/01/1990;\n")
    assert len(rows(town.store, "import_row")) == 4
    clock.move(timedelta(days=7))
    with operating(town) as tx:
        assert forget_imports(tx) == 1
        tx.journal("nightly_traces", forgotten=1)
    assert rows(town.store, "import_row") == [] and len(named(town)) == 3
    kept: dict[str, Any] = next(one for one in rows(town.store, "import_batch") if one["id"] == batch_id)
    assert (kept["created"], kept["refused"], kept["undo_until"]) == (3, 1, None)


def test_an_answer_written_in_her_record_keeps_her(town: Town, tmp_path: Path) -> None:
    batch_id = brought(town, tmp_path)
    ana = named(town)["Ana"]
    with town.acting("bruno") as tx:
        seq = tx.sealing.open(ana, [Section.CONTACT.value])[Section.CONTACT.value].seq
        edit_section(tx, record_id=ana, section=Section.CONTACT, values={"city": "Angers"}, seq=seq, way=Way.SAID)
    assert undone(town, batch_id) == (2, 1)


def test_no_structure_closes_while_an_import_brings_people_to_it(town: Town, tmp_path: Path) -> None:
    batch_id = brought(town, tmp_path)
    altered(town.store, "UPDATE import_batch SET state = 'running' WHERE id = :id", id=batch_id)
    closing = {"structure_id": town.structures["pae-centre"], "heir_id": town.structures["ccas"]}
    with pytest.raises(Refused, match="Un import y amène"), town.acting("root") as tx:
        close_structure(tx, **closing)
    altered(town.store, "UPDATE import_batch SET state = 'done' WHERE id = :id", id=batch_id)
    with town.acting("root") as tx:
        assert close_structure(tx, **closing).people
