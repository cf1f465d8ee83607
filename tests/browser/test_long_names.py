"""A very long name pushes no list off a telephone."""

import pytest
from playwright.sync_api import Browser

from pathway.demo.personas import PASSWORD
from tests.browser.page import window

_NAME = "Wolfeschlegelsteinhausenbergerdorffvoralternwarengewissenhaft"
_CALLED = "(links, name) => links.forEach(link => link.textContent = name)"


@pytest.mark.parametrize(
    ("who", "path", "names"),
    [
        ("bruno", "/aujourd-hui", ".task-person a"),
        ("bruno", "/dossiers", ".people-name a"),
        ("bruno", "/relais", ".people-line a"),
        ("denis", "/alertes", ".alert-sentence a"),
        ("denis", "/pilotage", ".alert-sentence a"),
        ("denis", "/pilotage/sorties?etat=suivies", ".people-line a"),
    ],
)
def test_a_very_long_name_pushes_no_list_off_a_phone(
    browser: Browser, demo_address: str, who: str, path: str, names: str
) -> None:
    with window(browser, demo_address, "phone") as visit:
        visit.sign_in(f"{who}@demo.carte.invalid", PASSWORD)
        visit.go(path)
        found = visit.page.locator(names)
        assert found.count()
        found.evaluate_all(_CALLED, f"Jeanne {_NAME}")
        assert not visit.overflows()
