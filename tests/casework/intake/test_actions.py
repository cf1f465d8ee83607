from datetime import date, timedelta
from pathlib import Path

import pytest

from pathway.casework.intake.actions import Imported, import_people
from pathway.casework.intake.writing import LOT
from pathway.casework.records.queries import identities, people, record_opened
from pathway.casework.records.rules import Way
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.kernel.errors import Invalid
from tests.casework.enrolments.steps import rows
from tests.store.hands import broken
from tests.town import AMINA, welcome

TODAY = date(2026, 11, 20)
HEADER = "Prénom;Nom;Date de naissance;Téléphone;Ville\n"
TWO = HEADER + "Amina;Benkacem;22/04/1991;06 12 34 56 78;Rennes\nBilal;Ndiaye;1988-02-03;;Angers\n"


def brought(town: Town, folder: Path, content: str | bytes, *, by: str = "bruno", dry_run: bool = False) -> Imported:
    path = folder / "people.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return import_people(lambda: town.acting(by), path=path, today=TODAY, dry_run=dry_run)


def counts(done: Imported) -> tuple[int, int, int]:
    return done.created, done.known, len(done.refused)


def listed(town: Town, by: str = "bruno") -> list[str]:
    with town.acting(by, write=False) as tx:
        lines, _ = people(tx, only_mine=False, page=1, per_page=1000)
    return sorted(f"{line.identity.first_name} {line.identity.last_name}" for line in lines)


def facts(town: Town, name: str, by: str = "bruno") -> dict[str, object]:
    with town.acting(by) as tx:
        lines, _ = people(tx, only_mine=False, page=1, per_page=1000)
        record_id = next(line.record_id for line in lines if line.identity.first_name == name)
        return {key: fact.value for key, fact in record_opened(tx, record_id).facts.items()}


def _answers(town: Town) -> list[dict[str, object]]:
    """Every sealed section but those of the imports themselves."""
    kept = rows(town.store, "sealed_section", "ORDER BY subject_id, section")
    return [one for one in kept if one["section"] not in ("plan", "outcome")]


def test_a_file_brings_its_people_with_a_support_and_no_referent(town: Town, tmp_path: Path) -> None:
    assert counts(brought(town, tmp_path, TWO)) == (2, 0, 0)
    assert listed(town) == ["Amina Benkacem", "Bilal Ndiaye"]
    assert listed(town, "denis") == listed(town) and listed(town, "chloe") == []
    assert facts(town, "Amina")["phones"] == ["+33612345678"]
    assert rows(town.store, "referent") == []
    assert broken(town.store) == []


def test_what_a_file_says_is_marked_as_imported(town: Town, tmp_path: Path) -> None:
    brought(town, tmp_path, TWO)
    with town.acting("bruno") as tx:
        lines, _ = people(tx, only_mine=False, page=1, per_page=1)
        record = record_opened(tx, lines[0].record_id)
    assert {fact.provenance.way for fact in record.facts.values()} == {Way.IMPORTED}


def test_bringing_the_same_file_twice_creates_nobody_and_changes_no_answer(town: Town, tmp_path: Path) -> None:
    brought(town, tmp_path, TWO)
    before = _answers(town)
    assert counts(brought(town, tmp_path, TWO)) == (0, 2, 0)
    assert _answers(town) == before
    assert len(rows(town.store, "record")) == 2


def test_the_same_person_twice_in_one_file_is_known_the_second_time(town: Town, tmp_path: Path) -> None:
    again = "AMINA;BENKACEM;22.04.1991;07 98 76 54 32;\n"
    assert counts(brought(town, tmp_path, TWO + again)) == (2, 1, 0)
    assert listed(town) == ["Amina Benkacem", "Bilal Ndiaye"]


def test_a_married_name_joins_the_lines_before_and_after_it(town: Town, tmp_path: Path) -> None:
    header = "Prénom;Nom;Nom de naissance;Date de naissance\n"
    lines = "Amina;Delaunay;;22/04/1991\nAmina;Delaunay;Benkacem;22/04/1991\nAmina;Benkacem;;22/04/1991\n"
    assert counts(brought(town, tmp_path, header + lines)) == (1, 2, 0)
    assert counts(brought(town, tmp_path, header + lines)) == (0, 3, 0)


def test_somebody_already_followed_is_known_and_keeps_her_answers(town: Town, tmp_path: Path) -> None:
    amina = welcome(town)
    done = brought(town, tmp_path, HEADER + "Amina;Benkacem;22/04/1991;;Angers\n")
    assert counts(done) == (0, 1, 0)
    with town.acting("bruno") as tx:
        city = record_opened(tx, amina).facts["city"]
    assert (city.value, [rival.value for rival in city.rivals]) == ("Rennes", ["Angers"])


def test_somebody_another_structure_follows_is_created_with_the_very_same_answer(town: Town, tmp_path: Path) -> None:
    amina = welcome(town)
    hers = brought(town, tmp_path, HEADER + "Amina;Benkacem;22/04/1991;;Angers\n", by="chloe")
    stranger = brought(town, tmp_path, HEADER + "Zoé;Inconnue;22/04/1991;;Angers\n", by="elise")
    assert hers == stranger
    assert facts(town, "Amina", "chloe").keys() == {"first_name", "last_name", "birth_date", "city"}
    with town.acting("bruno") as tx:
        assert record_opened(tx, amina).facts["city"].rivals == ()


def test_a_shared_phone_or_a_source_number_makes_nobody_known(town: Town, tmp_path: Path) -> None:
    header = "Identifiant;Prénom;Nom;Date de naissance;Téléphone\n"
    lines = "7;Amina;Benkacem;22/04/1991;0612345678\n7;Sami;Benkacem;22/04/1991;0612345678\n"
    assert counts(brought(town, tmp_path, header + lines)) == (2, 0, 0)


def test_refused_rows_lose_nothing_of_the_others(town: Town, tmp_path: Path) -> None:
    bad = ";Sans;01/02/1990;;\nSans;;01/02/1990;;\nSans;Date;;;\nSans;Avenir;31/02/1990;;\n"
    done = brought(town, tmp_path, TWO + bad + "Brice;Moreau;3/4/1980;abc;Rennes\n")
    assert counts(done) == (3, 0, 4)
    assert [(one.line, one.column) for one in done.refused] == [
        (4, "Prénom"),
        (5, "Nom"),
        (6, "Date de naissance"),
        (7, "Date de naissance"),
    ]
    assert [(one.line, one.column) for one in done.warnings] == [(8, "Téléphone")]
    assert facts(town, "Brice")["city"] == "Rennes"


def test_a_social_security_number_is_dropped_with_a_warning_and_kept_nowhere(sqlite_town: Town, tmp_path: Path) -> None:
    nir = "291047511212345"
    done = brought(sqlite_town, tmp_path, f"Prénom;Nom;Date de naissance;NIR\nAmina;Benkacem;22/04/1991;{nir}\n")
    assert [(one.line, one.column) for one in done.warnings] == [(1, "NIR")]
    assert nir not in str(facts(sqlite_town, "Amina"))
    assert nir not in str(done)


def test_a_dry_run_tells_the_same_and_writes_nobody(town: Town, tmp_path: Path) -> None:
    welcome(town)
    content = TWO + "amina;benkacem;22/04/1991;;\nBilal;Ndiaye;3/2/1988;;\n;Sans;01/02/1990;;\n"
    tried = brought(town, tmp_path, content, dry_run=True)
    assert len(rows(town.store, "record")) == 1
    assert rows(town.store, "import_batch") == []
    assert brought(town, tmp_path, content) == tried
    assert counts(tried) == (1, 3, 1)


@pytest.mark.parametrize("content", [b"", b"\0\1\2" * 99, "Prénom;Nom\nAmina;Benkacem\n", HEADER])
def test_a_file_that_cannot_be_read_writes_nothing(town: Town, tmp_path: Path, content: str | bytes) -> None:
    before = len(rows(town.store, "journal_entry"))
    with pytest.raises(Invalid) as refusal:
        brought(town, tmp_path, content)
    assert refusal.value.field == "file"
    assert len(rows(town.store, "journal_entry")) == before
    assert rows(town.store, "import_batch") == []


def test_each_lot_is_one_transaction_and_progress_is_told(sqlite_town: Town, tmp_path: Path) -> None:
    many = "".join(f"Prenom{number};Nom;01/01/1990;;\n" for number in range(LOT + 5))
    path = tmp_path / "many.csv"
    path.write_text(HEADER + many)
    told: list[int] = []
    done = import_people(lambda: sqlite_town.acting("bruno"), path=path, today=TODAY, progress=told.append)
    assert (done.created, told) == (LOT + 5, [LOT, LOT + 5])
    lots = [row for row in rows(sqlite_town.store, "journal_entry") if b'"import_lot"' in bytes(row["payload"])]
    assert len(lots) == 2


def test_a_batch_keeps_counts_and_no_content(town: Town, tmp_path: Path, clock: FixedClock) -> None:
    brought(town, tmp_path, TWO + ";Sans;01/02/1990;;\n")
    batch = rows(town.store, "import_batch")[0]
    assert (batch["created"], batch["known"], batch["refused"], batch["warnings"]) == (2, 0, 1, 0)
    assert (batch["structure_id"], batch["account_id"]) == (town.structures["pae-centre"], town.accounts["bruno"])
    assert batch["finished_at"] is not None
    clock.move(timedelta(days=1))
    with town.acting("bruno", write=False) as tx:
        lines, _ = people(tx, only_mine=False, page=1, per_page=10)
        assert AMINA in identities(tx, [line.record_id for line in lines]).values()
