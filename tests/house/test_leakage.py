"""What docs/privacy.md says that a thief recovers is what the tool measures: joined indexes give nobody back."""

import json
import re

import pytest

from pathway.casework.records.names import TokenIndex
from pathway.kernel.settings import ROOT
from tools import leakage

PEOPLE = 4000
MEASURED = {one.index: one for one in leakage.measure(PEOPLE)}


def test_a_name_alone_would_be_recovered_and_is_not_kept() -> None:
    assert MEASURED["surname"].recovered_of_top > 0.5 and MEASURED["first"].recovered_of_top > 0.5
    assert not {"surname", "first"} & {one.value for one in TokenIndex}


@pytest.mark.parametrize("index", ["full", "pnd", "ppd", "p3y", "dob"])
def test_what_is_joined_to_a_date_gives_nobody_back(index: str) -> None:
    assert MEASURED[index].recovered < 0.005 and MEASURED[index].recovered_of_top < 0.05


def test_both_names_without_a_date_give_back_few() -> None:
    assert MEASURED["pp"].recovered < MEASURED["surname"].recovered / 3


def test_every_index_of_names_is_in_the_published_table() -> None:
    page = (ROOT / "docs/privacy.md").read_text()
    text = page.partition("\n## What search tokens give back\n")[2].partition("\n## ")[0]
    told = dict(re.findall(r"^\| `(\w+)`[^|]*\| (\d+) \|", text, re.MULTILINE))
    assert told == {name: str(one.bits) for name, one in MEASURED.items() if name not in ("surname", "first")}


def test_the_command_says_one_line_an_index(capsys: pytest.CaptureFixture[str]) -> None:
    assert leakage.main(["--people", "200", "--json"]) == 0
    assert [json.loads(line)["index"] for line in capsys.readouterr().out.splitlines()] == list(MEASURED)
    assert leakage.main(["--people", "200"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(MEASURED)
