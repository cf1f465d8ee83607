"""The catalogue of components, in a browser: accessible at every width, with forced colours, with motion reduced."""

from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.page import window
from tests.browser.pages import shows

FORCED: Any = "active"
REDUCED: Any = "reduce"


@shows("/composants")
@pytest.mark.parametrize("forced", [False, True], ids=["colours", "forced-colours"])
def test_every_component_is_accessible_at_every_width(browser: Browser, demo_address: str, forced: bool) -> None:
    with window(browser, demo_address, "desk") as visit:
        if forced:
            visit.page.emulate_media(forced_colors=FORCED, reduced_motion=REDUCED)
        visit.go("/composants")
        assert visit.faults_at_every_width() == {}
        assert visit.wrong == []


def test_nothing_slides_when_motion_is_reduced(browser: Browser, demo_address: str) -> None:
    with window(browser, demo_address, "phone") as visit:
        visit.page.emulate_media(reduced_motion=REDUCED)
        visit.go("/composants")
        moving = """() => document.getAnimations().length + [...document.querySelectorAll("*")].filter(one =>
          !["0s", ""].includes(getComputedStyle(one).transitionDuration)).length"""
        assert visit.page.evaluate(moving) == 0
        assert visit.page.evaluate("() => getComputedStyle(document.documentElement).scrollBehavior") == "auto"
