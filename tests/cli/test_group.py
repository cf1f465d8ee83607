"""What every command has in common: help in French, exit codes, refusals as sentences."""

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from pathway import __version__
from pathway.cli import COMMANDS, group
from pathway.kernel.settings import ROOT, Settings
from tests.cli.conftest import Desk


def every_command() -> list[tuple[str, ...]]:
    ctx = click.Context(group)
    found: list[tuple[str, ...]] = [()]
    for name in COMMANDS:
        found.append((name,))
        command = group.get_command(ctx, name)
        if isinstance(command, click.Group):
            found += [(name, one) for one in command.list_commands(ctx)]
    return found


@pytest.mark.parametrize("words", every_command(), ids=" ".join)
def test_every_command_explains_itself_in_french_with_an_example(empty_desk: Desk, words: tuple[str, ...]) -> None:
    done = empty_desk.run(*words, "--help")
    assert done.exit_code == 0
    assert "./carte" in done.stdout.split("Options")[0].split("\n", 1)[1]
    assert not any(word in done.stdout for word in ("Usage:", "Show this", "required", "default", "Commands:"))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("inconnue",), "« inconnue » n’existe pas"),
        (("partners", "lister"), "« lister » n’existe pas"),
        (("serve", "--prot", "8000"), "« --prot » n’existe pas"),
        (("serve", "--port", "huit"), "nombre entier"),
        (("serve", "--port", "70000"), "de 1 à 65535"),
        (("serve", "--port"), "attend une valeur"),
        (("doctor", "--json=oui"), "n’attend pas de valeur"),
        (("doctor", "vite"), "un mot de trop"),
        (("intake", "people"), "Il manque « FICHIER »"),
        (("nightly", "--on", "31/02/2026"), "Le 31 février n’existe pas"),
        (("bench", "rien"), "record-page"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_misuse_is_said_in_french_and_leaves_with_two(empty_desk: Desk, words: tuple[str, ...], said: str) -> None:
    assert said in empty_desk.refusal(*words, code=2)


def test_alone_the_program_shows_what_it_can_do_and_leaves_with_two(empty_desk: Desk) -> None:
    assert "nightly" in empty_desk.refusal(code=2)


@pytest.mark.parametrize(
    "words",
    [("serve",), ("partners", "list"), ("nightly",), ("journal", "verify")],
    ids=" ".join,
)
def test_without_a_base_the_sentence_says_how_to_make_one(empty_desk: Desk, words: tuple[str, ...]) -> None:
    assert "./carte database upgrade" in empty_desk.refusal(*words, code=1)
    assert not empty_desk.folder.exists()


def test_an_instance_that_cannot_be_written_is_named(
    empty_desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("CARTE_INSTANCE", str(tmp_path / "file" / "instance"))
    for words in (("database", "upgrade"), ("demo", "--seed-only")):
        assert "passe par un fichier" in empty_desk.refusal(*words, code=1)


def test_settings_that_cannot_be_read_are_named(empty_desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARTE_PROXY_HOPS", "beaucoup")
    assert "CARTE_PROXY_HOPS" in empty_desk.refusal("doctor", code=1)
    monkeypatch.delenv("CARTE_PROXY_HOPS")
    empty_desk.folder.mkdir()
    (empty_desk.folder / "settings.toml").write_text("pas du toml")
    assert "settings.toml" in empty_desk.refusal("doctor", code=1)
    (empty_desk.folder / "settings.toml").write_bytes(b"\xff\xfe")
    assert "settings.toml" in empty_desk.refusal("doctor", code=1)


@pytest.mark.parametrize("words", [("database", "upgrade"), ("nightly",), ("demo", "--seed-only"), ("serve",)])
def test_an_address_that_names_no_base_is_a_sentence(
    empty_desk: Desk, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.setenv("DATABASE_URL", "mysql://somebody:rabbit@server/base")
    said = empty_desk.refusal(*words, code=1)
    assert "DATABASE_URL" in said and "rabbit" not in said


def test_an_empty_setting_is_its_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARTE_INSTANCE", "")
    assert Settings().instance == ROOT / "instance"


def test_the_module_runs_as_a_program() -> None:
    line = [sys.executable, "-m", "pathway.cli", "version"]
    done = subprocess.run(line, capture_output=True, text=True, env=os.environ, timeout=60, check=True)
    assert (done.stdout, done.stderr) == (f"{__version__}\n", "")
