"""Check 18: once her key is destroyed, no path shows the person: search, pages, exports, timeline, log, figures."""

from collections.abc import Iterator

import pytest
from werkzeug.routing import Map

from pathway.casework.journey.queries import journey_of
from pathway.casework.lifecycle.forgetting import forget_person
from pathway.casework.lifecycle.rules import ForgetReason
from pathway.casework.records.queries import record_opened
from pathway.demo.town import Town
from pathway.kernel.errors import NotFound
from tests.casework.enrolments.steps import system
from tests.hostile.everybody import RELATIONS, Knocking, everybody
from tests.town import web

NAMES = ("Benkacem", "BENKACEM")  # a namesake still there is « Aminah Ben Kacem »
DIGITS = ("0612345678", "+33612345678")


def addresses(here: Knocking) -> Iterator[str]:
    """Every address of the program that answers to a reading, with what was hers behind it."""
    routes: Map = web(here.town).application.url_map
    for rule in routes.iter_rules():
        if "GET" in (rule.methods or ()) and not rule.endpoint.startswith("static") and rule.endpoint != "static":
            try:
                yield here.address(rule)
            except KeyError:
                continue


@pytest.fixture
def erased(sqlite_town: Town) -> Knocking:
    """Everybody's browser open, then Amina forgotten."""
    here = everybody(sqlite_town)
    with system(sqlite_town.store, sqlite_town.clock) as tx:
        forget_person(tx, here.amina, reason=ForgetReason.ASKED)
    return here


def test_no_address_shows_her_to_anybody(erased: Knocking) -> None:
    seen = []
    paths = sorted(set(addresses(erased)))
    assert len(paths) > 100
    for who in RELATIONS:
        if who in ("zoe", "nobody"):
            continue
        for path in paths:
            answer = erased.knock(who, path, "GET")
            assert answer.status_code < 500, (who, path)
            told = (
                answer.get_data(as_text=True)
                if (answer.mimetype or "").startswith(("text/", "application/json"))
                else ""
            )
            seen += [(who, path, word) for word in (*NAMES, *DIGITS) if word in told]
    assert seen == []


def test_searching_every_way_finds_nobody(erased: Knocking) -> None:
    for typed in ("Benkacem", "Amina Benkacem", "Benkacem 22/04/1991", "0612345678"):
        for who in ("bruno", "denis", "elise"):
            found = erased.browsers[who].post("/rechercher", data={"q": typed})
            assert "Benkacem" not in found.get_data(as_text=True).replace(f'value="{typed}"', "")


def test_no_query_opens_her(erased: Knocking) -> None:
    town, amina = erased.town, erased.amina
    for who in ("bruno", "denis", "elise"):
        with town.acting(who, write=False) as tx:
            told = journey_of(tx, amina)
            assert not (told.moments or told.steps or told.points or told.notes)
            with pytest.raises(NotFound):
                record_opened(tx, amina)
    assert erased.knock("amina", "/mon-dossier/json", "GET").status_code == 302  # signed out: the account is gone
