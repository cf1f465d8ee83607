"""Check 31: every route, asked by everyone, about Amina: the whole table is kept, and a new route has no line in it."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.routing import Rule

from pathway.demo.town import Town
from tests.hostile.everybody import RELATIONS, STRANGERS, Knocking, Rewound, everybody
from tests.hostile.walk import REFERENCE, methods, rules

GOLDEN = Path(__file__).parents[1] / "golden" / "doors.txt"
_HOW = (
    "tests/golden/doors.txt says who gets what. Read each difference; if it is meant: CARTE_WRITE_GOLDEN=1, then again."
)
# What each of them shows or does is not about Amina: her own page, a form to begin with, a list of one's own.
_RECORD_ROUTES = ("/dossiers/<", "/etapes/<", "/points/<", "/alertes/<", "/relais/<", "/mes-", "/qui-a-", "/doublons/<")


@pytest.fixture
def here(sqlite_town: Town) -> Knocking:
    return everybody(sqlite_town)


def doors(here: Knocking) -> Iterator[tuple[Rule, str, str]]:
    """Each route with a method and the address of Amina's own thing behind it."""
    app = here.browsers["nobody"].application
    for rule in sorted(rules(app), key=lambda one: (one.endpoint, one.rule)):
        for method in sorted(methods(rule) & {"GET", "POST"}):
            for section in ("contact", "health") if "section" in rule.arguments else ("",):
                yield rule, method, here.address(rule, section)


def answers(here: Knocking) -> dict[str, dict[str, int]]:
    """« METHOD route » → who → status. What a form wrote is taken back before the next."""
    base = Rewound(here.town)
    table: dict[str, dict[str, int]] = {}
    for rule, method, path in doors(here):
        line = table.setdefault(f"{method} {_named(rule, path)}", {})
        for who in RELATIONS:
            line[who] = here.knock(who, path, method).status_code
            if method == "POST" and _may_have_written(line[who]):
                base.back()
    return table


def written(table: dict[str, dict[str, int]]) -> str:
    """The table as it is kept, one line a door."""
    width = max(map(len, table))
    head = " " * width + "".join(f"{who:>8}" for who in RELATIONS)
    lines = [
        f"{door:<{width}}" + "".join(f"{line[who]:>8}" for who in RELATIONS) for door, line in sorted(table.items())
    ]
    return "\n".join([head, *lines, ""])


def test_everyone_gets_at_every_door_what_the_table_says(here: Knocking) -> None:
    table = answers(here)
    _no_stranger_enters(table)
    found = written(table)
    if os.environ.get("CARTE_WRITE_GOLDEN"):
        GOLDEN.write_text(found)
    kept = GOLDEN.read_text().splitlines()
    differences = [line for line in found.splitlines() if line not in kept]
    gone = [line for line in kept if line not in found.splitlines()]
    assert not differences and not gone, "\n".join([_HOW, "now:", *differences, "kept:", *gone])


def test_an_id_of_nobody_answers_strangers_as_amina_s_own_does(here: Knocking) -> None:
    base = Rewound(here.town)
    different = []
    for rule, method, path in doors(here):
        unknown = REFERENCE.sub("a" * 26, path)
        if unknown == path or not rule.rule.startswith(_RECORD_ROUTES) or rule.rule.startswith("/doublons"):
            continue
        for who in STRANGERS:
            got = []
            for one in (path, unknown):
                got.append(here.knock(who, one, method).status_code)
                if _may_have_written(got[-1]):
                    base.back()
            different += [(method, rule.rule, who, got)] if got[0] != got[1] else []
    assert not different


def _may_have_written(status: int) -> bool:
    """A refusal leaves its line in the journal and nothing else: the next one finds the town as it was."""
    return status < 400


def _named(rule: Rule, path: str) -> str:
    return rule.rule.replace("<section>", path.rpartition("/")[2])


def _no_stranger_enters(table: dict[str, dict[str, int]]) -> None:
    """Whatever the table says: who has no live grant on Amina is shown nothing of hers, and changes nothing."""
    entered = [
        (door, who)
        for door, line in table.items()
        if door.split(" ", 1)[1].startswith(_RECORD_ROUTES) and "<" in door
        for who in STRANGERS
        if line[who] in (200, 303)
    ]
    allowed = {(door, "ines") for door in table if "/doublons/<" in door}  # comparing two cards is her habilitation
    # These name a question of the dictionary, or a part: Zoé opens her own answer to it.
    allowed |= {(door, "zoe") for door in table if "/mes-informations/" in door}
    assert not set(entered) - allowed
