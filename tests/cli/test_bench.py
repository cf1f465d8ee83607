"""The measures run, compare like with like, and print what was promised."""

import json
import re
from collections.abc import Callable

import pytest
from click.testing import CliRunner
from flask import Flask

from pathway.cli import bench
from tools.benchmarks import (
    caseload,
    cockpit,
    nightly,
    raw_sealing,
    record_page,
    rotate,
    seal,
    seal_peers,
    sealers,
    search,
    today,
)
from tools.benchmarks import exit as exit_bench
from tools.benchmarks.measure import Comparison, Rounds, Say, Times, compare

FEW = Rounds(count=3, warm_up=1)


def silent(_sentence: str) -> None:
    """Progress nobody reads."""


def cheap(_say: Say) -> Comparison:
    return seal.run(silent, FEW)


@pytest.fixture
def cheap_seal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(bench.BENCHMARKS, "seal", cheap)


@pytest.mark.usefixtures("cheap_seal")
def test_json_is_the_four_figures_and_nothing_else() -> None:
    answer = CliRunner().invoke(bench.command, ["seal", "--json"])
    figures = json.loads(answer.stdout)
    assert list(figures) == ["name", "floor_ms", "ours_ms", "ratio"]
    assert figures["name"] == "seal"
    assert figures["ours_ms"] > figures["floor_ms"] > 0


@pytest.mark.usefixtures("cheap_seal")
def test_without_json_it_speaks_french_with_medians_and_p95() -> None:
    answer = CliRunner().invoke(bench.command, ["seal"])
    assert "Temps processeur, médianes" in answer.stdout
    assert "95 % des mesures" in answer.stdout


def test_an_unknown_measure_is_refused_with_the_names_there_are() -> None:
    answer = CliRunner().invoke(bench.command, ["everything"])
    assert answer.exit_code == 2
    assert "record-page, caseload, today, cockpit, exit, seal, rotate, search et nightly" in answer.output


def test_progress_goes_to_standard_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def told(say: Say) -> Comparison:
        say("un tour")
        return seal.run(silent, FEW)

    monkeypatch.setitem(bench.BENCHMARKS, "seal", told)
    answer = CliRunner().invoke(bench.command, ["seal", "--json"])
    assert "un tour" in answer.stderr
    assert "un tour" not in answer.stdout


def test_a_change_of_key_is_compared_with_as_many_rows_changed() -> None:
    found = rotate.run(silent, Rounds(count=2, warm_up=1), keys=700)
    assert (len(found.ours.cpu), "700 clés" in found.note, found.ratio > 1) == (2, True, True)


def test_a_change_of_key_whose_floor_changes_fewer_rows_is_not_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rotate, "_change_all", lambda *_: 9)
    with pytest.raises(RuntimeError, match="rows"):
        rotate.run(silent, Rounds(count=1, warm_up=0), keys=10)


def test_an_exit_is_compared_with_as_many_rows_written() -> None:
    found = exit_bench.run(silent, FEW)
    assert "4 points" in found.note
    assert len(found.ours.cpu) == len(found.floor.cpu) == FEW.count


def test_an_exit_whose_floor_writes_fewer_rows_is_not_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exit_bench.RawExits, "_append", lambda *_: None)
    with pytest.raises(RuntimeError, match="rows"):
        exit_bench.run(silent, FEW)


def test_both_record_pages_weigh_the_same_and_name_the_person(monkeypatch: pytest.MonkeyPatch) -> None:
    pages: dict[str, bytes] = {}

    def kept(name: str, *, floor: Callable[[], bytes], ours: Callable[[], bytes], **rest: object) -> Comparison:
        pages.update(floor=floor(), ours=ours())
        return compare(name, floor=floor, ours=ours, rounds=FEW, note=str(rest["note"]), say=silent)

    monkeypatch.setattr(record_page, "compare", kept)
    record_page.run(silent, FEW)
    assert len(pages["floor"]) == len(pages["ours"])
    assert all(b"Benkacem" in page and b"Bruno Lemaire" in page for page in pages.values())


def test_both_caseloads_weigh_the_same_and_list_the_same_people(monkeypatch: pytest.MonkeyPatch) -> None:
    pages: dict[str, bytes] = {}

    def kept(name: str, *, floor: Callable[[], bytes], ours: Callable[[], bytes], **rest: object) -> Comparison:
        pages.update(floor=floor(), ours=ours())
        return compare(name, floor=floor, ours=ours, rounds=FEW, note=str(rest["note"]), say=silent)

    monkeypatch.setattr(caseload, "compare", kept)
    found = caseload.run(silent, FEW, people=170)
    assert "20 lignes sur 80 suivies, 170 dans la structure" in found.note
    assert len(pages["floor"]) == len(pages["ours"])
    listed = [re.findall(rb'href="/dossiers/([a-z2-7]{26})"', page) for page in pages.values()]
    assert listed[0] == listed[1]
    assert len(listed[0]) == 20
    assert all(b"80" in page and b"170" in page and b"En retard" in page for page in pages.values())


def test_both_days_weigh_the_same_and_list_the_same_people(monkeypatch: pytest.MonkeyPatch) -> None:
    pages: dict[str, bytes] = {}

    def kept(name: str, *, floor: Callable[[], bytes], ours: Callable[[], bytes], **rest: object) -> Comparison:
        pages.update(floor=floor(), ours=ours())
        return compare(name, floor=floor, ours=ours, rounds=FEW, note=str(rest["note"]), say=silent)

    monkeypatch.setattr(today, "compare", kept)
    found = today.run(silent, FEW, people=250)
    assert "25 points de suivi, 5 rendez-vous, 3 à reprendre, 3 relais à recevoir, 3 alertes ; 250" in found.note
    assert len(pages["floor"]) == len(pages["ours"])
    points = [re.findall(rb'name="point" value="([a-z2-7]{26})"', page) for page in pages.values()]
    assert sorted(points[0]) == sorted(set(points[1]))
    assert len(points[0]) == 25
    listed = [set(re.findall(rb'href="/dossiers/([a-z2-7]{26})"', page)) for page in pages.values()]
    assert listed[0] == listed[1]


def test_both_cockpits_weigh_the_same_and_count_as_many(monkeypatch: pytest.MonkeyPatch) -> None:
    pages: dict[str, bytes] = {}

    def kept(name: str, *, floor: Callable[[], bytes], ours: Callable[[], bytes], **rest: object) -> Comparison:
        pages.update(floor=floor(), ours=ours())
        return compare(name, floor=floor, ours=ours, rounds=FEW, note=str(rest["note"]), say=silent)

    monkeypatch.setattr(cockpit, "compare", kept)
    found = cockpit.run(silent, FEW, people=250)
    assert "200 sorties suivies" in found.note and "250 personnes et 3 collègues" in found.note
    assert len(pages["floor"]) == len(pages["ours"])
    listed = [re.findall(rb'href="/dossiers/([a-z2-7]{26})"', page) for page in pages.values()]
    assert listed[0] == listed[1] and len(listed[0]) == 5


def test_too_few_people_are_refused() -> None:
    answer = CliRunner().invoke(bench.command, ["search", "--people", "100"])
    assert answer.exit_code == 2
    assert "--people : 20000 au moins pour la mesure search" in answer.output


def test_a_page_that_is_not_answered_is_not_measured() -> None:
    app = Flask("empty")
    with pytest.raises(RuntimeError, match="404"):
        record_page.Page(app, "/nowhere", {})()


def test_the_sealed_record_weighs_two_kilobytes_in_five_sections() -> None:
    payloads = seal.record()
    assert len(payloads) == 5
    assert seal.weight(payloads) == 2048


def test_the_raw_sealing_opens_what_it_sealed_at_the_size_asked() -> None:
    blob = raw_sealing.sealed(raw_sealing.KEK, {"a": "é"}, size=200)
    assert len(blob) == 200
    assert raw_sealing.opened(raw_sealing.KEK, blob) == {"a": "é"}


def few_sealings(_say: Say) -> seal_peers.Sealings:
    return seal_peers.run(silent, records=20, rounds=FEW, one=FEW)


@pytest.fixture
def without_peers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealers, "find_spec", lambda name: name == "cryptography" or None)
    monkeypatch.setattr(seal, "ROUNDS", FEW)
    monkeypatch.setitem(bench.BENCHMARKS, "seal", few_sealings)


@pytest.mark.usefixtures("without_peers")
def test_a_library_that_is_not_installed_is_named_with_the_way_to_install_it() -> None:
    answer = CliRunner().invoke(bench.command, ["seal"])
    assert answer.exit_code == 0
    told = answer.stdout.partition("Pas installés ici, donc pas mesurés : ")[2]
    assert all(name in told for name in ("Google Tink", "SQLAlchemy-Utils", "SQLCipher"))
    assert "pip install --require-hashes -r requirements-measures.lock" in told
    assert "20 dossiers de la démonstration" in answer.stdout and "Fernet" in answer.stdout


@pytest.mark.usefixtures("without_peers")
def test_each_way_of_sealing_is_told_in_times_the_floor_of_the_same_run() -> None:
    figures = json.loads(CliRunner().invoke(bench.command, ["seal", "--json"]).stdout)
    assert set(figures["kept"]) == {"ours", "section", "fernet"}
    assert all(set(cost) == {"write", "read_one", "read_all", "disk"} for cost in figures["kept"].values())
    assert figures["kept"]["ours"]["write"] > 1 and figures["kept_floor"]["disk_bytes"] > 0
    assert figures["missing"] == ["sqlalchemy-utils", "sqlcipher3-wheels", "tink"]


def test_the_records_that_are_sealed_are_whole_and_each_its_own() -> None:
    kept = seal_peers.demonstration(25)
    names = {(one["card"]["first_name"], one["card"]["last_name"]) for one in kept.values()}
    assert len(kept) == len(names) == 25
    assert all({"identity", "contact", "situation"} < set(sections) for sections in kept.values())


def test_a_way_that_does_not_give_back_what_it_was_given_is_not_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealers.FernetBlob, "_opened", lambda *_: {})
    monkeypatch.setattr(seal, "ROUNDS", FEW)
    with pytest.raises(RuntimeError, match="fernet"):
        few_sealings(silent)


@pytest.fixture(scope="module")
def growth() -> search.Growth:
    return search.run(silent, FEW, people=120, own=60)


def test_a_search_is_tried_by_every_way_in_both_bases(growth: search.Growth) -> None:
    assert set(growth.ways) == set(search.WAYS)
    assert growth.ratio == growth.large.p95_ms / growth.small.p95_ms
    assert "60 personnes d’une structure, dans une base de 120" in growth.note


@pytest.mark.parametrize("more", [[], ["--json"]])
def test_the_growth_of_a_search_is_said_way_by_way(
    growth: search.Growth, monkeypatch: pytest.MonkeyPatch, more: list[str]
) -> None:
    asked: list[int] = []

    def counted(_say: Say, *, people: int) -> search.Growth:
        asked.append(people)
        return growth

    monkeypatch.setitem(bench.BENCHMARKS, "search", counted)
    answer = CliRunner().invoke(bench.command, ["search", "--people", "50000", *more])
    assert asked == [50_000]
    assert "wrong date" in answer.stdout and "fois" in answer.stdout if not more else json.loads(answer.stdout)["ways"]


def test_a_number_of_people_is_only_for_the_measures_of_a_crowd() -> None:
    answer = CliRunner().invoke(bench.command, ["seal", "--people", "50000"])
    assert answer.exit_code == 2
    assert "--people ne sert qu’aux mesures search, caseload, today, cockpit et nightly" in answer.output


def test_a_search_that_does_not_find_its_person_is_not_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "found", lambda *_: [])
    with pytest.raises(RuntimeError, match="find"):
        search.run(silent, FEW, people=20, own=10)


def test_the_median_and_p95_are_those_of_the_measures() -> None:
    times = Times(cpu=tuple(float(number) for number in range(1, 101)), elapsed=(2.0, 4.0, 9.0))
    assert (times.median_ms, times.p95_ms, times.elapsed_ms) == (50.5, 96.0, 4.0)


def test_the_warm_up_is_left_out_and_both_sides_run_as_often() -> None:
    runs: list[str] = []
    found = compare(
        "x",
        floor=lambda: runs.append("floor"),
        ours=lambda: runs.append("ours"),
        rounds=Rounds(count=4, warm_up=2, calls=3),
        note="",
        say=silent,
    )
    assert len(found.floor.cpu) == len(found.ours.cpu) == 4
    assert runs.count("floor") == runs.count("ours") == 18


@pytest.mark.parametrize("more", [[], ["--json"]])
def test_a_night_looks_at_as_many_people_as_its_floor_and_its_growth_is_said(
    monkeypatch: pytest.MonkeyPatch, more: list[str]
) -> None:
    def few(say: Say, *, people: int) -> nightly.Nights:
        return nightly.run(say, people=people // 25)

    monkeypatch.setitem(bench.BENCHMARKS, "nightly", few)
    answer = CliRunner().invoke(bench.command, ["nightly", "--people", "10000", *more])
    if more:
        figures = json.loads(answer.stdout)
        assert figures["ratio"] > 0 and figures["growth"] > 0 and figures["people"] == 400
    else:
        assert "Première nuit, 400 personnes" in answer.stdout
        assert "fois plus long" in answer.stdout
