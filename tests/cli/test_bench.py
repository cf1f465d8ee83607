"""The measures run, compare like with like, and print what was promised."""

import json
from collections.abc import Callable

import pytest
from click.testing import CliRunner
from flask import Flask

from pathway.cli import bench
from tools.benchmarks import exit as exit_bench
from tools.benchmarks import raw_sealing, record_page, seal
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
    assert "record-page, exit et seal" in answer.output


def test_progress_goes_to_standard_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def told(say: Say) -> Comparison:
        say("un tour")
        return seal.run(silent, FEW)

    monkeypatch.setitem(bench.BENCHMARKS, "seal", told)
    answer = CliRunner().invoke(bench.command, ["seal", "--json"])
    assert "un tour" in answer.stderr
    assert "un tour" not in answer.stdout


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
