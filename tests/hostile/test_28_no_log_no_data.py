"""Check 28: when the journal cannot be written, nothing is shown and nothing is done, whichever of its tables is
shut.
"""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from pathway.demo.town import Town
from tests.hostile.walk import EVERYBODY, browsers, known_ids, lively, plausible, send, snapshot, walk

JOURNAL = ("journal_entry", "journal_head", "journal_subject")
HERS = ("Amina", "Benkacem", "BENKACEM", "Zoé", "Martin", "33612345678", "06 12 34 56 78", "22/04/1991", "Rennes")


def shut(town: Town, table: str) -> None:
    """Make that table refuse every change, as a full disk or a lost right would."""
    change = "UPDATE" if table == "journal_head" else "INSERT"
    with town.store.engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.execute(
                text(f"CREATE TRIGGER shut BEFORE {change} ON {table} BEGIN SELECT RAISE(FAIL, 'shut'); END")
            )
            return
        function = "CREATE FUNCTION shut() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'shut'; END $$ LANGUAGE plpgsql"
        connection.execute(text(function))
        trigger = f"CREATE TRIGGER shut BEFORE {change} ON {table} FOR EACH ROW EXECUTE FUNCTION shut()"
        connection.execute(text(trigger))


def words(answer: TestResponse) -> list[str]:
    """What of hers an answer shows."""
    page = answer.get_data(as_text=True)
    return [word for word in HERS if word in page]


def closed(client: FlaskClient) -> None:
    """As in production: a failure is a page, not an exception of the test."""
    client.application.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False)


def shown_when_shut(town: Town, persona: str) -> int:
    """Open each page of that person with the journal shut; gives how many there are."""
    known = lively(town)
    ((_, client),) = browsers(town, known, [persona])
    pages = walk(client, ids=known_ids(town)).shown
    shut(town, "journal_entry")
    closed(client)
    for page in pages:
        answer = client.get(page.path)
        assert answer.status_code == 503, page.path
        assert not words(answer), page.path
    return len(pages)


def test_no_page_of_hers_is_shown_without_its_line(town: Town) -> None:
    assert shown_when_shut(town, "amina") >= 4


@pytest.mark.parametrize("persona", sorted({*EVERYBODY} - {"amina"}))
def test_nor_to_anybody_else(sqlite_town: Town, persona: str) -> None:
    assert shown_when_shut(sqlite_town, persona) >= 2


@pytest.mark.parametrize("table", JOURNAL)
def test_whichever_table_is_shut_her_record_stays_shut(town: Town, table: str) -> None:
    known = lively(town)
    ((_, client),) = browsers(town, known, ["bruno"])
    path = f"/dossiers/{known['amina']}"
    assert "Amina" in client.get(path).get_data(as_text=True)
    shut(town, table)
    closed(client)
    for answer in (
        client.get(path),
        client.head(path),
        client.post("/recherche", data={"last_name": "Benkacem", "first_name": "Amina"}),
    ):
        assert answer.status_code == 503
        assert not words(answer)


def test_no_form_is_done_without_its_line(town: Town) -> None:
    known = lively(town)
    ((_, client),) = browsers(town, known, ["bruno"])
    forms = walk(client).forms
    shut(town, "journal_entry")
    closed(client)
    before = snapshot(town)
    answers = [send(client, form, form.filled(plausible)) for form in forms]
    assert snapshot(town) == before
    assert sum(one.status_code in (409, 422, 500, 503) for one in answers) >= 10
    # A page that only leads elsewhere (she is asked again who she is, or told that it was refused) did nothing.
    assert not [one.request.path for one in answers if one.status_code == 200 and words(one)]


def test_a_refusal_that_cannot_be_written_shows_nothing_either(town: Town) -> None:
    known = lively(town)
    ((_, client),) = browsers(town, known, ["chloe"])
    shut(town, "journal_entry")
    closed(client)
    answer = client.get(f"/dossiers/{known['amina']}")
    assert answer.status_code >= 500
    assert not words(answer)
