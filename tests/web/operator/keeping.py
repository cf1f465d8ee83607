"""The operator's screens as tests read them: their words, and who must not reach them."""

from flask.testing import FlaskClient

from pathway.demo.town import Town
from tests.town import signed_in
from tests.web.supervisor.test_alerts import words

OTHERS = ("bruno", "denis", "ines", "theo", "maud")


def said(client: FlaskClient, path: str) -> str:
    """The words of a page that answers."""
    answer = client.get(path)
    assert answer.status_code == 200, answer.status
    return words(answer.get_data(as_text=True))


def refused_to_others(town: Town, path: str, *methods: str) -> None:
    """Nobody but the operator gets there."""
    for persona in OTHERS:
        client = signed_in(town, persona)
        for method in methods or ("GET",):
            assert client.open(path, method=method, data={}).status_code == 403, (persona, path, method)
