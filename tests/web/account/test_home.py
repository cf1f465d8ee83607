import pytest

from pathway.demo.town import Town
from tests.town import signed_in, web, welcome
from tests.web.jobseeker.lives import at_home


@pytest.mark.parametrize(
    ("persona", "page"),
    [
        ("bruno", "/aujourd-hui"),
        ("denis", "/alertes"),
        ("ines", "/doublons"),
        ("theo", "/territoire"),
        ("root", "/instance"),
    ],
)
def test_home_leads_each_role_to_its_first_page(sqlite_town: Town, persona: str, page: str) -> None:
    client = signed_in(sqlite_town, persona)
    assert client.get("/").location == page
    assert client.get(page).status_code == 200
    assert client.get("/connexion").location == page


def test_home_leads_a_jobseeker_to_her_pathway(sqlite_town: Town) -> None:
    client = at_home(sqlite_town, welcome(sqlite_town))
    assert client.get("/").location == "/mon-parcours"


def test_home_leads_a_stranger_to_sign_in(sqlite_town: Town) -> None:
    answer = web(sqlite_town).get("/")
    assert (answer.status_code, answer.location) == (303, "/connexion")
