import pytest

from pathway.casework.rights.rules import RequestKind
from pathway.demo.town import Town
from tests.casework.rights.asking import mine
from tests.town import signed_in, welcome
from tests.web.counsellor.scenes import said, valid
from tests.web.jobseeker.lives import at_home

ITEM, SECTION = "/mes-informations/phones/limiter", "/mes-informations/limiter/contact"


@pytest.mark.parametrize("path", [ITEM, SECTION])
def test_what_is_limited_leaves_the_counsellors_page_at_the_next_request(town: Town, path: str) -> None:
    record_id = welcome(town)
    bruno, client = signed_in(town, "bruno"), at_home(town, record_id)
    assert "06 12 34 56 78" in said(bruno.get(f"/dossiers/{record_id}"))
    assert "aucune structure ne l’utilise plus" in valid(client.get(path))
    done = client.post(path, data={"text": "Ce n’est pas mon numéro."})
    assert (done.status_code, done.location) == (303, "/mes-demandes")
    assert "06 12 34 56 78" not in said(bruno.get(f"/dossiers/{record_id}"))
    assert "06 12 34 56 78" not in said(bruno.get("/aujourd-hui"))
    (one,) = mine(town, record_id)
    assert (one.kind, one.message) == (RequestKind.RESTRICTION, "Ce n’est pas mon numéro.")


def test_she_still_reads_it_and_every_page_of_hers_says_so(sqlite_town: Town) -> None:
    client = at_home(sqlite_town, welcome(sqlite_town))
    client.post(SECTION, data={})
    page = valid(client.get("/mes-informations"))
    assert "06 12 34 56 78" in page and "limitée : aucune structure ne l’utilise" in page
    assert SECTION not in page and ITEM not in page
    who = valid(client.get("/qui-voit-quoi"))
    assert "Vous avez limité : Coordonnées et contact." in who


@pytest.mark.parametrize("path", ["/mes-informations/first_name/limiter", "/mes-informations/limiter/identity"])
def test_who_she_is_stays_visible(sqlite_town: Town, path: str) -> None:
    record_id = welcome(sqlite_town)
    answer = at_home(sqlite_town, record_id).post(path, data={})
    assert answer.status_code == 422 and "restent visibles" in said(answer) and not mine(sqlite_town, record_id)


@pytest.mark.parametrize("part", ["followup", "pathway", "alerts", "secrets"])
def test_the_follow_up_is_never_limited(sqlite_town: Town, part: str) -> None:
    client = at_home(sqlite_town, welcome(sqlite_town))
    assert client.post(f"/mes-informations/limiter/{part}", data={}).status_code == 404
    assert client.post(f"/mes-informations/{part}/limiter", data={}).status_code == 404


def test_no_professional_limits_in_her_place(sqlite_town: Town) -> None:
    welcome(sqlite_town)
    assert signed_in(sqlite_town, "bruno").post(ITEM, data={}).status_code == 403
