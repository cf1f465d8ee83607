"""Taking the pictures of every screen goes on past what is a file, and stops at what is broken."""

from typing import cast

import pytest
from playwright.sync_api import Error, Page

from tools.pictures import _opened


class Browsing:
    """A window where going somewhere ends with those words of the browser."""

    def __init__(self, told: str) -> None:
        """What the browser tells."""
        self.told = told

    def goto(self, there: str) -> None:
        """Go there, in vain."""
        raise Error(f"Page.goto: {self.told} at {there}")


def test_a_link_that_gives_a_file_is_no_screen() -> None:
    assert _opened(cast(Page, Browsing("Download is starting")), "http://localhost/ma-carte/pdf") is None


def test_a_screen_that_does_not_answer_is_told() -> None:
    with pytest.raises(Error, match="ERR_CONNECTION_REFUSED"):
        _opened(cast(Page, Browsing("net::ERR_CONNECTION_REFUSED")), "http://localhost/ma-carte")
