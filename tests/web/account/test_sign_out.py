from pathway.casework.accounts.sessions import end_every_session
from pathway.demo.town import Town
from tests.casework.enrolments.steps import system
from tests.town import signed_in, web, welcome
from tests.web.jobseeker.lives import at_home


def test_signing_out_kills_the_cookie_on_the_server(town: Town) -> None:
    client = signed_in(town, "bruno")
    kept = client.get_cookie("carte")
    assert kept is not None
    answer = client.post("/deconnexion")
    assert (answer.status_code, answer.location) == (303, "/connexion")
    assert client.get_cookie("carte") is None
    client.set_cookie("carte", kept.value)
    assert client.get("/mon-compte").status_code == 302


def test_signing_out_empties_what_the_browser_keeps(sqlite_town: Town) -> None:
    answer = signed_in(sqlite_town, "bruno").post("/deconnexion")
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'


def test_signing_out_twice_or_without_a_session_is_calm(sqlite_town: Town) -> None:
    client = web(sqlite_town)
    page = client.post("/deconnexion", follow_redirects=True).get_data(as_text=True)
    assert "Vous êtes déconnecté·e." in page


def test_signing_out_is_never_a_link(sqlite_town: Town) -> None:
    assert signed_in(sqlite_town, "bruno").get("/deconnexion").status_code == 405


def test_when_every_session_is_ended_nobody_is_left_inside(town: Town) -> None:
    inside = [at_home(town, welcome(town)), signed_in(town, "bruno")]
    assert [one.get("/mon-compte").status_code for one in inside] == [200, 200]
    with system(town.store, town.clock) as tx:
        assert end_every_session(tx) == 2
    assert [one.get("/mon-compte").status_code for one in inside] == [302, 302]
