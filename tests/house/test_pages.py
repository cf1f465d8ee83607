"""Every page is opened by a browser at every width: a new route has its check, or says why it shows no page."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from pathway.demo.town import Town
from tests.browser.pages import NO_PAGE, PAGES, shown_by, stands_for
from tests.town import web

BROWSER = Path(__file__).resolve().parents[1] / "browser"


def asked(town: Town) -> set[str]:
    """The rules of the application that answer GET."""
    everything = web(town).application.url_map.iter_rules()
    return {one.rule for one in everything if "GET" in (one.methods or set()) and one.endpoint != "static"}


def shown() -> Iterator[str]:
    """The rules whose page a test of the browser weighs at every width."""
    yield from (stands_for(persona, page) for persona, pages in PAGES.items() for page in pages)
    for path in sorted(BROWSER.glob("test_*.py")):
        module = import_module(f"tests.browser.{path.stem}")
        yield from (rule for name, one in vars(module).items() if name.startswith("test_") for rule in shown_by(one))


def test_every_route_that_shows_a_page_is_weighed_in_a_browser(sqlite_town: Town) -> None:
    never = asked(sqlite_town) - set(shown()) - set(NO_PAGE)
    assert not never, f"no browser opens these: put them in tests/browser/pages.py: {sorted(never)}"


def test_what_is_no_page_is_a_route_that_nothing_shows(sqlite_town: Town) -> None:
    assert set(NO_PAGE) <= asked(sqlite_town)
    assert not set(NO_PAGE) & set(shown())
