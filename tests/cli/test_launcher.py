"""The launcher, with a false Python and a false uv in place of the real ones: nothing is downloaded."""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from pathway.kernel.settings import ROOT

COMMANDS = ("sh", "dirname", "readlink", "cat", "cmp", "head", "rm", "mkdir", "chmod", "flock")

# A virtual environment's python: counts installations, and shows how it is asked to run the program.
INSIDE = """#!/bin/sh
case "$*" in
  "-m pip"*) echo "pip $*" >>"$CALLS"; exit "${PIP_EXIT:-0}" ;;
  *) printf '%s|' "$PWD" "$PYTHONPATH" "$@" ;;
esac
"""
PYTHON = """#!/bin/sh
case "$*" in
  *version_info*) exit "${OLD:-0}" ;;
  *ensurepip*) exit "${WITHOUT_VENV:-0}" ;;
  "-m venv"*) echo venv >>"$CALLS"; mkdir -p "$3/bin"; cat "$INSIDE" >"$3/bin/python"
    echo >"$3/bin/pip"; chmod +x "$3/bin/python" "$3/bin/pip" ;;
esac
"""
UV = """#!/bin/sh
echo "uv $*" >>"$CALLS"
[ "$1" != venv ] || python3 -m venv "$5"
"""


@dataclass(frozen=True, kw_only=True)
class House:
    """A copy of the launcher with its own locks, on a machine that has almost nothing."""

    root: Path
    tools: Path

    def run(
        self, *arguments: str, by: Path | None = None, at: Path | None = None, **environment: str
    ) -> tuple[int, str, str]:
        """Exit code, standard output, standard error."""
        machine = {"PATH": str(self.tools), "CALLS": str(self.root / "calls"), "INSIDE": str(self.tools / "inside")}
        line = [str(by or self.root / "carte"), *arguments]
        result = subprocess.run(
            line,
            cwd=at or self.root,
            env=machine | environment,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        return result.returncode, result.stdout, result.stderr

    def calls(self) -> list[str]:
        """What was asked of pip, venv and uv, in order."""
        log = self.root / "calls"
        return log.read_text().splitlines() if log.exists() else []

    def tool(self, name: str, script: str) -> None:
        """Put a command on that machine."""
        (self.tools / name).write_text(script)
        (self.tools / name).chmod(0o755)


@pytest.fixture
def house(tmp_path: Path) -> House:
    house = House(root=tmp_path / "une maison", tools=tmp_path / "tools")
    house.root.mkdir()
    house.tools.mkdir()
    for name in COMMANDS:
        (house.tools / name).symlink_to(str(shutil.which(name)))
    house.tool("python3", PYTHON)
    house.tool("inside", INSIDE)
    shutil.copy(ROOT / "carte", house.root)
    (house.root / "requirements.lock").write_text("flask==3.1\n")
    (house.root / "requirements-dev.lock").write_text("flask==3.1\npytest==9\n")
    return house


def test_the_first_run_installs_the_hashed_lock_then_runs_the_program(house: House) -> None:
    code, out, _ = house.run("demo", "--seed-only")
    assert code == 0
    assert out == f"{house.root}|{house.root}|-P|-m|pathway.cli|demo|--seed-only|"
    assert house.calls()[0] == "venv"
    assert house.calls()[1].endswith("--require-hashes -r requirements.lock")


def test_the_second_run_installs_nothing_and_says_nothing(house: House) -> None:
    house.run("demo")
    before = house.calls()
    _, _, said = house.run("demo")
    assert (house.calls(), said) == (before, "")


def test_what_the_launcher_says_never_mixes_with_the_output(house: House) -> None:
    _, out, said = house.run("doctor", "--json")
    assert "installation" in said
    assert "installation" not in out


def test_a_changed_lock_is_installed_in_the_same_environment(house: House) -> None:
    house.run("demo")
    (house.root / "requirements.lock").write_text("flask==3.2\n")
    house.run("demo")
    assert [call.split()[0] for call in house.calls()] == ["venv", "pip", "pip"]


def test_the_tests_bring_their_tools_and_the_program_keeps_them(house: House) -> None:
    house.run("demo")
    house.run("test", "-q")
    house.run("demo")
    assert [call.split()[-1] for call in house.calls()] == ["venv", "requirements.lock", "requirements-dev.lock"]


def test_an_installation_cut_short_is_redone_from_nothing(house: House) -> None:
    code, out, said = house.run("demo", PIP_EXIT="1")
    assert (code, out) == (1, "")
    assert "relancez la même commande" in said
    (house.root / ".venv" / "half").touch()
    assert house.run("demo")[0] == 0
    assert not (house.root / ".venv" / "half").exists()


def test_an_update_cut_short_is_not_forgotten_when_the_old_lock_comes_back(house: House) -> None:
    house.run("demo")
    (house.root / "requirements.lock").write_text("flask==3.2\n")
    house.run("demo", PIP_EXIT="1")
    (house.root / "requirements.lock").write_text("flask==3.1\n")
    house.run("demo")
    assert [call.split()[0] for call in house.calls()] == ["venv", "pip", "pip", "venv", "pip"]


def test_another_interpreter_gets_a_new_environment(house: House) -> None:
    house.run("demo")
    inner = house.root / ".venv" / "bin" / "python"
    inner.rename(house.tools / "python3.99")
    inner.symlink_to(house.tools / "python3.99")
    house.run("demo")
    assert [call.split()[0] for call in house.calls()] == ["venv", "pip", "venv", "pip"]


@pytest.mark.parametrize("old", ["1", "127"])
def test_an_old_or_missing_python_is_refused_in_french(house: House, old: str) -> None:
    code, out, said = house.run("demo", OLD=old)
    assert (code, out) == (2, "")
    assert "il faut Python 3.11 ou plus récent" in said
    assert not (house.root / ".venv").exists()


def test_a_missing_venv_module_is_refused_in_french(house: House) -> None:
    code, out, said = house.run("demo", WITHOUT_VENV="1")
    assert (code, out) == (2, "")
    assert "apt install python3-venv" in said


def test_the_caller_stays_where_it_is_even_through_a_link(house: House, tmp_path: Path) -> None:
    link = tmp_path / "bin"
    link.symlink_to(house.root / "carte")
    _, out, _ = house.run("intake", "people", "mon fichier.csv", by=link, at=tmp_path)
    assert out == f"{tmp_path}|{house.root}|-P|-m|pathway.cli|intake|people|mon fichier.csv|"


def test_the_paths_of_another_project_are_left_out(house: House) -> None:
    _, out, _ = house.run("demo", PYTHONPATH="/ailleurs")
    assert "/ailleurs" not in out


def test_uv_is_used_where_it_is(house: House) -> None:
    house.tool("uv", UV)
    assert house.run("demo")[0] == 0
    assert house.calls()[0].startswith("uv venv")
    assert house.calls()[-1].startswith("uv pip install")
    assert house.calls()[-1].endswith("--require-hashes -r requirements.lock")
