"""The catalogue of components: a demonstration shows it, a real instance has never heard of it."""

from dataclasses import replace

from pathway.demo.town import Town
from pathway.kernel.settings import Settings
from pathway.web.application import build
from pathway.web.components.examples import EXAMPLES
from tests.town import signed_in, web


def test_a_real_instance_answers_that_there_is_no_such_page(sqlite_town: Town) -> None:
    assert web(sqlite_town).get("/composants").status_code == 404
    assert signed_in(sqlite_town, "root").get("/composants").status_code == 404


def test_a_demonstration_shows_every_example_without_signing_in(sqlite_town: Town) -> None:
    client = build(Settings(CARTE_TERRITORY="valmer"), replace(sqlite_town.store, is_demo=True)).test_client()
    answer = client.get("/composants")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert page.count('class="specimen-drawn"') == len(EXAMPLES)
    assert {one.component for one in EXAMPLES} <= {part.partition('"')[0] for part in page.split('<h2 id="')}
    assert 'dir="rtl"' in page and "cette réponse manque" in page.lower()


def test_only_this_machine_is_shown_it(sqlite_town: Town) -> None:
    client = build(Settings(CARTE_TERRITORY="valmer"), replace(sqlite_town.store, is_demo=True)).test_client()
    assert client.get("/composants", environ_base={"REMOTE_ADDR": "192.0.2.7"}).status_code == 403
