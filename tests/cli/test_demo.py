import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from pathway.casework.factors.one_time import code_of, step_at
from pathway.cli import demo
from pathway.demo.instance import Ready
from pathway.demo.personas import PASSWORD
from pathway.kernel.clock import SystemClock
from pathway.kernel.settings import ROOT
from tests.cli.conftest import Desk


def test_the_accounts_are_given_as_one_json_value(empty_desk: Desk) -> None:
    accounts = empty_desk.answer("demo", "accounts")
    cast = {"amina", "bruno", "chloe", "elise", "lucie", "denis", "ines", "theo", "maud", "root"}
    assert cast == {one["persona"] for one in accounts}
    assert all(one["email"].endswith("@demo.carte.invalid") and one["password"] == PASSWORD for one in accounts)
    assert {one["role"] for one in accounts} >= {"jobseeker", "counsellor", "supervisor", "operator"}
    assert not empty_desk.folder.exists()


def test_the_accounts_come_with_the_code_of_this_instant(empty_desk: Desk) -> None:
    before = step_at(SystemClock().now())
    told = {one["persona"]: one for one in empty_desk.answer("demo", "accounts")}
    possible = {code_of(told["bruno"]["totp_secret"], step) for step in range(before, step_at(SystemClock().now()) + 1)}
    assert told["bruno"]["totp"] in possible and told["bruno"]["login"] == told["bruno"]["email"]
    assert told["amina"]["totp"] == told["amina"]["totp_secret"] == ""


def test_the_accounts_are_readable_without_json(empty_desk: Desk) -> None:
    said = empty_desk.run("demo", "accounts").stdout
    assert "Bruno Lemaire" in said
    assert "Conseiller·ère" in said


def test_the_address_it_gives_is_a_name_for_which_passkeys_work(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    served: list[str] = []
    monkeypatch.setattr(demo, "check_free", lambda *_: None)
    monkeypatch.setattr(demo, "check_may_serve", lambda *_, **__: None)
    monkeypatch.setattr(demo, "_ready", lambda *_, **__: Ready(seeded_on=date(2026, 11, 20), is_new=True))
    monkeypatch.setattr(demo, "carry_beside", lambda *_: None)
    monkeypatch.setattr(demo, "run_server", lambda *_, host, **__: served.append(host))
    with pytest.raises(SystemExit, match="0"):
        demo.command.main(["--port", "8123"])
    assert "http://localhost:8123" in capsys.readouterr().out
    assert served == ["127.0.0.1"]  # nobody else reaches it


def test_a_base_of_real_people_is_never_seeded(empty_desk: Desk) -> None:
    empty_desk.settle(is_demo=False)
    assert "n’est pas une démonstration" in empty_desk.refusal("demo", "--seed-only", code=1)


def test_a_fresh_demonstration_is_well_and_says_it_was_made(tmp_path: Path) -> None:
    """The real command, in a process of its own: two years are lived, then everything is examined."""
    folder = tmp_path / "instance"
    given = {"CARTE_INSTANCE": str(folder), "CARTE_TERRITORY": "valmer", "DATABASE_URL": "", "PYTHONPATH": str(ROOT)}
    line = [sys.executable, "-m", "pathway.cli", "demo", "--seed-only"]
    done = subprocess.run(line, capture_output=True, text=True, env={**os.environ, **given}, timeout=240, check=False)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert done.stderr == "carte : La démonstration est prête.\n"
    assert {path.name for path in folder.iterdir()} >= {"carte.sqlite", "keyring"}
