"""The tools that watch the code, run as tests so that they are counted and shown like the others."""

import subprocess
import sys

from pathway.kernel.settings import ROOT


def _complaints(*line: str) -> str:
    """What the tool has to say, and nothing when it is satisfied."""
    result = subprocess.run([sys.executable, *line], cwd=ROOT, capture_output=True, text=True, check=False)
    return (result.stdout + result.stderr or "failed silently") if result.returncode else ""


def test_the_linter_finds_nothing() -> None:
    assert _complaints("-m", "ruff", "check") == ""


def test_the_code_is_formatted() -> None:
    assert _complaints("-m", "ruff", "format", "--check") == ""


def test_the_types_hold() -> None:
    assert _complaints("-m", "mypy") == ""


def test_the_import_contracts_are_kept() -> None:
    assert _complaints("-c", "from importlinter.cli import lint_imports_command as run; run()") == ""
