import io
import sys
from pathlib import Path

import pytest

from pathway.cli.output import named_progress
from tests.cli.conftest import Desk


class Terminal(io.StringIO):
    """Somebody is looking."""

    def isatty(self) -> bool:
        return True


def test_a_night_in_which_something_failed_says_what_and_ends_with_1(desk: Desk, tmp_path: Path) -> None:
    (desk.folder / "settings.toml").write_text(f'CARTE_JOURNAL_HEADS = "{tmp_path}/missing/heads"\n')
    done = desk.run("nightly")
    assert done.exit_code == 1 and "Traces anciennes" in done.stdout
    assert "En-tête du journal : 1 élément non traité (un endroit où écrire ne répond pas)." in done.stderr
    assert "Tout le reste est fait." in done.stderr
    failures = desk.answer("nightly", code=1)["failures"]
    assert [(one["step"], one["failed"], one["failure"]) for one in failures] == [("journal_head", 1, "Unavailable")]
    told = desk.answer("doctor", code=1)["checks"]["last_night"]
    assert told.endswith("En-tête du journal : 1 élément non traité (un endroit où écrire ne répond pas).")


def test_a_night_in_which_all_went_well_ends_with_0_and_the_doctor_agrees(desk: Desk) -> None:
    assert "last_night" not in desk.answer("doctor")["checks"]
    done = desk.run("nightly")
    assert (done.exit_code, done.stderr) == (0, "")  # elsewhere than on a terminal, the progress says nothing
    assert desk.answer("doctor")["checks"]["last_night"] == "ok"


def test_a_terminal_is_told_which_night_and_step_is_under_way(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with named_progress() as (name, report):
        name("Nuit du 20 novembre : Alertes")
        report(200, 400)
        name("Nuit du 20 novembre : Rappels de rendez-vous")
        report(1, 1)
    said = terminal.getvalue()
    assert "Nuit du 20 novembre : Alertes" in said and " 50%" in said
    assert "Nuit du 20 novembre : Rappels de rendez-vous" in said and "100%" in said
