"""She follows her relays in plain words, and may say no."""

from pathway.casework.relays.actions import accept_relay, refuse_relay
from pathway.casework.relays.rules import RefusalReason, RelayState
from pathway.demo.town import Town
from tests.casework.relays.scenes import answer, known, seen, send, to_call
from tests.town import welcome
from tests.web.counsellor.scenes import ZOE, valid
from tests.web.jobseeker.lives import at_home


def test_she_sees_to_whom_and_what_is_passed_on(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    client = at_home(sqlite_town, ref)
    assert "Aucun passage de relais." in valid(client.get("/mes-relais"))
    send(sqlite_town, ref)
    assert "Voir ce relais, ou dire non" in valid(client.get("/mon-parcours"))
    page = valid(client.get("/mes-relais"))
    assert "doit répondre avant la fin du 27 novembre 2026" in page
    assert "Point Accueil Emploi Centre vers Mission locale du Bassin" in page
    assert "coordonnées et contact" in page and "Elle vient de ma part." in page
    assert "Passage de relais, depuis le" in valid(client.get("/qui-voit-quoi"))


def test_her_no_is_done_at_once(town: Town) -> None:
    ref = welcome(town)
    relay = send(town, ref)
    client = at_home(town, ref)
    assert client.post(f"/mes-relais/{relay}/non", data={"version": "1"}).status_code == 303
    assert seen(town, relay).state is RelayState.WITHDRAWN
    assert not known(town, ref)
    assert len(to_call(town, ref)) == 1
    again = client.post(f"/mes-relais/{relay}/non", data={"version": "2"})
    assert again.status_code == 422 and "vient de changer" in valid(again)


def test_it_is_too_late_once_she_is_welcomed_there(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    relay = send(sqlite_town, ref)
    answer(sqlite_town, accept_relay, relay)
    assert "Je ne veux pas" not in valid(at_home(sqlite_town, ref).get("/mes-relais"))


def test_a_refusal_is_said_with_its_reason_and_who_calls_her(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    relay = send(sqlite_town, ref)
    answer(sqlite_town, refuse_relay, relay, reason=RefusalReason.OTHER_AREA)
    page = valid(at_home(sqlite_town, ref).get("/mes-relais"))
    assert "reprend contact avec vous" in page and "en dehors de notre territoire" in page


def test_nobody_else_says_no_for_her(sqlite_town: Town) -> None:
    relay = send(sqlite_town, welcome(sqlite_town))
    zoe = at_home(sqlite_town, welcome(sqlite_town, identity=ZOE), born="02/03/1985")
    assert zoe.post(f"/mes-relais/{relay}/non", data={"version": "1"}).status_code == 404
    assert seen(sqlite_town, relay).state is RelayState.SENT
