"""The sixty-three checks are all there: each is declared by a file, whose docstring begins with its number."""

import ast
import json

import pytest
from click.testing import CliRunner

from pathway.cli import hostile, testing

NUMBERED = sorted(hostile.FOLDER.glob("test_[0-9]*.py"))


def test_no_check_is_missing_and_none_is_invented() -> None:
    assert set(hostile.declared()) == set(hostile.CHECKS) == set(range(1, 64))


@pytest.mark.parametrize("path", NUMBERED, ids=lambda path: path.stem)
def test_a_file_is_named_by_the_first_check_it_declares(path: object) -> None:
    file = hostile.FOLDER / getattr(path, "name", "")
    numbers = hostile.numbers_of(ast.get_docstring(ast.parse(file.read_text())) or "")
    assert numbers and file.name.startswith(f"test_{numbers[0]:02}_")


@pytest.mark.parametrize(
    ("docstring", "numbers"),
    [
        ("Check 31: every route.", (31,)),
        ("Checks 3 and 4: cut.", (3, 4)),
        ("Checks 12, 13 and 14: a keyring.", (12, 13, 14)),
        ("Check 45 (creating): the same.", (45,)),
        ("12 people at once.", ()),
        ("", ()),
    ],
)
def test_a_docstring_is_read_as_it_is_written(docstring: str, numbers: tuple[int, ...]) -> None:
    assert hostile.numbers_of(docstring) == numbers


def account(**states: str) -> str:
    """What pytest writes of a run: one test a file, with that child or none."""
    cases = (
        f'<testcase classname="tests.hostile.{file}" name="one">{f"<{child}/>" if child else ""}</testcase>'
        for file, child in states.items()
    )
    return f"<testsuites><testsuite>{''.join(cases)}</testsuite></testsuites>"


@pytest.mark.parametrize(
    ("child", "state"), [("", "passed"), ("failure", "failed"), ("error", "failed"), ("skipped", "skipped")]
)
def test_the_state_of_a_file_is_what_its_tests_gave(child: str, state: str) -> None:
    assert hostile.outcomes_in(account(test_01_x=child)) == {"tests/hostile/test_01_x.py": state}


def run_that_gives(child: str, where: str = "test_61_clock_jumps") -> object:
    """A run of every file that passes, but for one."""

    def run(arguments: tuple[str, ...], *, aside: bool) -> int:
        assert aside
        told = next(one.removeprefix("--junitxml=") for one in arguments if one.startswith("--junitxml="))
        names = [one.split("/")[-1].removesuffix(".py") for one in arguments if one.endswith(".py")]
        with open(told, "w") as file:
            file.write(account(**{name: child if name == where else "" for name in names}))
        return 0

    return run


@pytest.mark.parametrize(("child", "code"), [("", 0), ("failure", 1), ("skipped", 1)])
def test_the_report_says_each_check_and_fails_with_one(monkeypatch: pytest.MonkeyPatch, child: str, code: int) -> None:
    monkeypatch.setattr(testing, "run", run_that_gives(child))
    result = CliRunner().invoke(testing.command, ["--hostile-report", "--json"])
    told = json.loads(result.stdout)
    assert result.exit_code == code and [one["number"] for one in told] == list(range(1, 64))
    assert {one["number"] for one in told if one["state"] != "passed"} == ({61} if code else set())
    words = CliRunner().invoke(testing.command, ["--hostile-report"])
    assert words.exit_code == code and f"{63 - code} contrôles réussis sur 63." in words.output


def test_a_file_that_broke_before_its_first_test_has_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(testing, "run", lambda arguments, *, aside: 2)
    result = CliRunner().invoke(testing.command, ["--hostile-report", "--json"])
    assert result.exit_code == 1 and {one["state"] for one in json.loads(result.stdout)} == {"failed"}


@pytest.mark.parametrize("words", [["--json"], ["--hostile-report", "tests/vault"]])
def test_what_makes_no_sense_is_misuse(words: list[str]) -> None:
    assert CliRunner().invoke(testing.command, words).exit_code == 2
