"""The measure of tests looks at the vault and at every room’s rules, counts what mutmut answers, and is published."""

import re

import pytest

from pathway.kernel.settings import ROOT
from tools import mutation
from tools.mutation import Score, parts, scores

ANSWER = """
    pathway.vault.chain.x_head_mac__mutmut_1: killed
    pathway.vault.chain.x_head_mac__mutmut_2: survived
    pathway.vault.chain.xǁFileǁread__mutmut_1: timeout
    pathway.vault.chain.x_copy_mac__mutmut_1: no tests
    pathway.vault.chain.x_copy_mac__mutmut_2: not checked
    pathway.casework.sharing.rules.x_is_live__mutmut_1: killed
"""


def test_every_room_with_rules_is_measured_by_tests_that_exist() -> None:
    files = (ROOT / "pathway" / "casework").glob("*/rules.py")
    rooms = {path.parent.name for path in files if "\ndef " in path.read_text()}
    assert set(parts()) == rooms | {mutation.VAULT}
    assert all(part.tests and all((ROOT / test).exists() for test in part.tests) for part in parts().values())


def test_what_no_test_reaches_counts_as_unseen_and_what_was_not_tried_does_not_count() -> None:
    assert scores(ANSWER) == [
        Score(file="pathway/vault/chain.py", changes=4, noticed=2, unreached=1),
        Score(file="pathway/casework/sharing/rules.py", changes=1, noticed=1, unreached=0),
    ]
    assert [one.share for one in scores(ANSWER)] == [0.5, 1.0]


def test_without_mutmut_the_command_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(mutation, "find_spec", lambda _: None)
    assert mutation.main(["vault"]) == 2
    assert "pip install --require-hashes -r requirements-measures.lock" in capsys.readouterr().err


def test_an_unknown_part_is_refused_with_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        mutation.main(["nowhere"])
    assert "nowhere" in (said := capsys.readouterr().err) and "vault, accounts" in said


def test_every_file_measured_is_in_the_published_table() -> None:
    told = set(re.findall(r"^\| `([^`]+)` \|", (ROOT / "docs/mutation.md").read_text(), re.MULTILINE))
    files = {
        path.name for path in (ROOT / "pathway" / "vault").glob("*.py") if path.name not in ("__init__.py", "breach.py")
    }
    assert told == {f"vault/{name}" for name in files} | {
        f"{room}/rules.py" for room in parts() if room != mutation.VAULT
    }
