"""docs/privacy.md keeps up with the program: its tables, its quotas, its hostile checks, the files it names."""

import re

from sqlmodel import SQLModel

from pathway.casework import schema
from pathway.casework.usage.rules import DEFAULT_BUDGETS, Meter, Scope
from pathway.kernel.settings import ROOT

TOLD = (ROOT / "docs/privacy.md").read_text()
NAMED = set(re.findall(r"`([^`]+)`", TOLD))
# How the page calls each meter.
QUOTAS = {
    "searches in an hour": Meter.SEARCHES_HOUR,
    "records opened in an hour": Meter.RECORDS_HOUR,
    "records opened in a day": Meter.RECORDS_DAY,
    "names seen in lists in a day": Meter.NAMES_DAY,
    "rows taken out in a day": Meter.ROWS_DAY,
    "refused pages in an hour": Meter.REFUSALS_HOUR,
}


def section(title: str) -> str:
    return TOLD.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def test_every_table_is_said() -> None:
    assert schema.__all__  # every room declares its tables by being imported
    said = set(re.findall(r"`([a-z_]+)`", section("What the base says in clear")))
    assert said == set(SQLModel.metadata.tables)


def test_the_quotas_published_are_those_of_the_program() -> None:
    assert set(QUOTAS.values()) == set(Meter)
    for words, meter in QUOTAS.items():
        own, whole = DEFAULT_BUDGETS.of(meter, Scope.ACCOUNT), DEFAULT_BUDGETS.of(meter, Scope.STRUCTURE)
        assert f"| {words} | {own} | {whole} |" in TOLD


def test_every_hostile_check_is_listed() -> None:
    written = {str(path.relative_to(ROOT)) for path in (ROOT / "tests/hostile").glob("test_[0-9]*.py")}
    assert {one for one in NAMED if one.startswith("tests/hostile/test_")} == written


def test_every_file_named_exists() -> None:
    files = [one for one in NAMED if re.match(r"(docs|tests|pathway)/.*\w\.\w+$", one)]
    assert files and not [one for one in files if not (ROOT / one).is_file()]
