"""A word that never ends pushes nothing off a telephone, what is pressed never touches, what is added is seen."""

import pytest
from playwright.sync_api import Browser, expect

from pathway.demo.personas import PASSWORD
from tests.browser.page import window

_WORD = "Accompagnementintercommunautairedelongueduréesansaucunespace"
_WRITE = "(all, word) => all.forEach(one => one.lastChild.textContent = word)"
_NEAR = """() => { const all = [...document.querySelectorAll("main .button")].map(one => one.getBoundingClientRect());
  return all.some((a, at) => all.slice(at + 1).some(b => a.left < b.right && b.left < a.right &&
    a.top < b.bottom + 4 && b.top < a.bottom + 4)); }"""


@pytest.mark.parametrize(
    ("path", "places"),
    [
        ("/dispositifs", ".team-name"),
        ("/structures", ".team-name"),
        ("/structures/nouvelle", ".back-link a"),
        ("/instance", ".terms-row dd"),
    ],
)
def test_a_word_that_never_ends_pushes_nothing_off_a_phone(
    browser: Browser, demo_address: str, path: str, places: str
) -> None:
    with window(browser, demo_address, "phone") as visit:
        visit.sign_in("root@demo.carte.invalid", PASSWORD)
        visit.go(path)
        assert visit.page.locator(places).count()
        visit.page.locator(places).evaluate_all(_WRITE, _WORD)
        assert not visit.overflows()


def test_an_error_about_a_word_that_never_ends_stays_on_a_phone(browser: Browser, demo_address: str) -> None:
    with window(browser, demo_address, "phone") as visit:
        visit.sign_in("root@demo.carte.invalid", PASSWORD)
        visit.go("/structures/nouvelle")
        visit.page.get_by_role("button", name="Relire avant d’ajouter").click()
        visit.page.locator(".govuk-error-summary a").evaluate_all(_WRITE, _WORD)
        assert not visit.overflows()


def test_the_two_gestures_of_the_schemes_do_not_touch(browser: Browser, demo_address: str) -> None:
    with window(browser, demo_address, "phone") as visit:
        visit.sign_in("root@demo.carte.invalid", PASSWORD)
        visit.go("/dispositifs")
        assert not visit.page.evaluate(_NEAR)


def test_a_line_just_added_is_on_the_screen_with_the_list_it_comes_from(browser: Browser, demo_address: str) -> None:
    with window(browser, demo_address, "phone") as visit:
        visit.sign_in("root@demo.carte.invalid", PASSWORD)
        visit.go("/dispositifs/nouveau?genre=plie")
        visit.page.locator("#item").select_option(index=1)
        visit.page.get_by_role("button", name="Ajouter cette donnée").click()
        added = visit.page.locator("[name^=requirements-][name$=-why]").last
        expect(added).to_have_value("")
        expect(added).to_be_in_viewport(ratio=1)
        expect(visit.page.locator("#item")).to_be_in_viewport(ratio=1)
