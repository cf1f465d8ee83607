"""A single-use link shows what was agreed and nothing else, once, to one browser, and takes an answer."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from pathway.casework.oversight.queries import own_log
from pathway.casework.records.actions import merge_claims
from pathway.casework.records.rules import Section, Way
from pathway.casework.relays.actions import make_link, withdraw_relay
from pathway.casework.relays.rules import RefusalReason, RelayState
from pathway.casework.sharing.actions import restrict
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.kernel.errors import Refused
from tests.casework.agreements.deciding import stop
from tests.casework.relays.scenes import answer, seen, send, to_call
from tests.town import herself, web, welcome
from tests.web.counsellor.scenes import said, valid

ANSWERED = {"gesture": "acknowledge"}
NAMES = ("Amina", "Benkacem", "Point Accueil", "Bruno")


def linked(town: Town, *sections: str) -> tuple[str, str, str]:
    """A relay sent outside and its link: the record, the relay, the path."""
    ref = welcome(town)
    relay = send(town, ref, "", *(sections or ("situation",)))
    with town.acting("bruno") as tx:
        return ref, relay, make_link(tx, relay_id=relay)


def opened(client: FlaskClient, path: str) -> TestResponse:
    """The button of the link is pressed, and the sheet is read."""
    done = client.post(path)
    assert (done.status_code, done.location) == (303, "/liaison")
    return client.get("/liaison")


def test_the_link_asks_for_a_button_and_names_nobody(sqlite_town: Town) -> None:
    _, _, path = linked(sqlite_town)
    client = web(sqlite_town)
    for _ in range(3):  # programs look at letters before people do
        answer = client.get(path)
        assert answer.status_code == 200
        assert not [name for name in NAMES if name in valid(answer)]
    assert 'content="noindex"' in answer.get_data(as_text=True)
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_sheet_shows_the_agreed_parts_and_no_other(town: Town) -> None:
    ref = welcome(town)
    with town.acting("bruno") as tx:
        merge_claims(tx, ref, {"education_level": "level_4", "housing": "shelter"}, way=Way.SAID)
        tx.journal("say", records=[ref])
    relay = send(town, ref, "", "situation")
    with town.acting("bruno") as tx:
        path = make_link(tx, relay_id=relay)
    page = valid(opened(web(town), path))
    assert "Amina Benkacem" in page and "Elle vient de ma part." in page and "Point Accueil Emploi Centre" in page
    assert "Situation" in page
    for kept in ("06 12 34 56 78", "35000", "Rennes", "Logement", "Niveau"):
        assert kept not in page, kept


def test_it_serves_one_browser_once_for_half_an_hour(sqlite_town: Town, clock: FixedClock) -> None:
    _, _, path = linked(sqlite_town)
    first, second = web(sqlite_town), web(sqlite_town)
    assert opened(first, path).status_code == 200
    assert second.get(path).status_code == second.post(path).status_code == 410
    assert second.get("/liaison").status_code == 410
    assert first.get("/liaison").status_code == 200
    clock.move(timedelta(minutes=31))
    assert first.get("/liaison").status_code == 410
    assert first.post("/liaison", data=ANSWERED).status_code == 410


def test_a_link_that_does_not_hold_tells_nothing(sqlite_town: Town, clock: FixedClock) -> None:
    _, relay, path = linked(sqlite_town)
    with sqlite_town.acting("bruno") as tx:
        newer = make_link(tx, relay_id=relay)
    forged = f"/liaison/{'a' * 43}"
    gone = [web(sqlite_town).get(forged), web(sqlite_town).get(path)]
    sent = [web(sqlite_town).post(forged), web(sqlite_town).post(path)]
    clock.move(timedelta(days=15))
    gone.append(web(sqlite_town).get(newer))
    sent.append(web(sqlite_town).post(newer))
    assert {one.status_code for one in (*gone, *sent)} == {410}
    for answers in (gone, sent):
        assert len({re.sub(r'value="[^"]*"', "", said(one)) for one in answers}) == 1
        assert not [name for name in NAMES if name in said(answers[0])]


def test_a_forged_mark_opens_nothing(sqlite_town: Town) -> None:
    _, _, path = linked(sqlite_town)
    client = web(sqlite_town)
    opened(client, path)
    kept = client.get_cookie("carte_liaison")
    assert kept and kept.http_only and kept.max_age == 1800 and kept.same_site == "Lax"
    other = web(sqlite_town)
    other.set_cookie("carte_liaison", kept.value[:-4] + "aaaa")
    assert other.get("/liaison").status_code == 410


def test_an_acknowledgement_reaches_the_sender_and_the_sheet_stays(town: Town) -> None:
    _, relay, path = linked(town)
    client = web(town)
    opened(client, path)
    assert "notée" in said(client.post("/liaison", data=ANSWERED))
    assert seen(town, relay).state is RelayState.ACKNOWLEDGED
    assert "Réponse déjà notée" in said(client.get("/liaison"))
    assert client.post("/liaison", data=ANSWERED).status_code == 422


def test_a_refusal_needs_its_reason_and_shuts_the_sheet(town: Town) -> None:
    ref, relay, path = linked(town)
    client = web(town)
    opened(client, path)
    wrong = client.post("/liaison", data={"gesture": "refuse", "note": "Voir la Maison des jeunes."})
    assert wrong.status_code == 422 and "Voir la Maison des jeunes." in valid(wrong)
    client.post("/liaison", data={"gesture": "refuse", "reason": "no_place"})
    assert seen(town, relay).refusal is RefusalReason.NO_PLACE
    assert client.get("/liaison").status_code == 410
    assert len(to_call(town, ref)) == 1


def test_she_reads_in_her_log_that_it_was_opened(town: Town) -> None:
    ref, _, path = linked(town)
    opened(web(town), path)
    with herself(town, ref, write=False) as tx:
        lines = {line.action: line for line in own_log(tx)}
    assert {"relay_sent", "relay_link_made", "relay_link_opened"} <= set(lines)
    assert not lines["relay_link_opened"].is_own
    assert lines["relay_link_opened"].sections == {"identity", "situation"}


def test_what_she_stops_or_limits_afterwards_no_longer_leaves(town: Town) -> None:
    ref, relay, path = linked(town, "situation", "contact")
    with herself(town, ref) as tx:
        restrict(tx, record_id=ref, section=Section.SITUATION.value, item_key="")
        tx.journal("decide", records=[ref])
    client = web(town)
    page = said(opened(client, path))
    assert "06 12 34 56 78" in page and "Situation" not in page
    stop(town, ref, "pae-centre")
    assert client.get("/liaison").status_code == 410
    with pytest.raises(Refused, match="arrêté le partage"), town.acting("bruno") as tx:
        make_link(tx, relay_id=relay, by_letter=True)


def test_a_protected_address_stays(town: Town) -> None:
    ref = welcome(town)
    with town.acting("bruno") as tx:
        merge_claims(tx, ref, {"address_is_protected": True}, way=Way.SAID)
        tx.journal("say", records=[ref])
    relay = send(town, ref, "", "contact")
    with town.acting("bruno") as tx:
        path = make_link(tx, relay_id=relay)
    page = said(opened(web(town), path))
    assert "Adresse protégée" in page and "06 12 34 56 78" in page
    assert "Rennes" not in page and "35000" not in page


def test_a_relay_taken_back_shuts_its_link(town: Town) -> None:
    _, relay, path = linked(town)
    answer(town, withdraw_relay, relay, by="bruno")
    assert web(town).get(path).status_code == 410


def test_guessing_is_slowed(sqlite_town: Town) -> None:
    _, _, path = linked(sqlite_town)
    client = web(sqlite_town)
    answers = [client.post(f"/liaison/{number:043d}").status_code for number in range(40)]
    assert answers[0] == 410 and answers[-1] == 429
    assert client.post(path).status_code == 429
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("method", ["get", "post"])
def test_the_sheet_is_nothing_without_its_link(sqlite_town: Town, method: str) -> None:
    assert getattr(web(sqlite_town), method)("/liaison").status_code == 410
