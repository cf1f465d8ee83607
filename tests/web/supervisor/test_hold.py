from datetime import timedelta

from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from tests.casework.enrolments.steps import rows
from tests.casework.retention.test_kept_lists import warned
from tests.town import signed_in, welcome
from tests.web.counsellor.scenes import UNKNOWN, said, valid
from tests.web.jobseeker.lives import at_home

YES = {"until_on": "31/01/2028", "reason": "Recours au tribunal administratif"}


def test_a_record_is_held_until_a_day_and_she_reads_it(town: Town) -> None:
    amina = welcome(town)
    client, path = signed_in(town, "denis"), f"/dossiers/{amina}/conservation"
    page = valid(client.get(path))
    assert "Amina Benkacem" in page and "Dans 5 ans au plus." in page
    assert client.post(path, data=YES).location == "/conservation-des-dossiers?liste=litiges"
    page = said(client.get("/conservation-des-dossiers?liste=litiges"))
    assert "Dossier gardé jusqu’au 31 janvier 2028." in page and "« Recours au tribunal administratif »" in page
    assert "a gardé votre dossier pour un litige" in said(at_home(town, amina).get("/qui-a-regarde"))


def test_a_hold_says_what_is_missing_and_keeps_what_was_typed(sqlite_town: Town) -> None:
    client, path = signed_in(sqlite_town, "denis"), f"/dossiers/{welcome(sqlite_town)}/conservation"
    for sent, told in (
        ({**YES, "until_on": ""}, "Écrivez le dernier jour"),
        ({**YES, "until_on": "31/01/2020"}, "Donnez une date à venir"),
        ({**YES, "until_on": "31/01/2040"}, "dans 5 ans au plus"),
        ({**YES, "reason": ""}, "Écrivez pourquoi"),
        ({**YES, "reason": "a" * 501}, "500 caractères au plus"),
    ):
        answer = client.post(path, data=sent)
        assert answer.status_code == 422 and told in valid(answer)
        assert sent["until_on"] in said(answer) and sent["reason"] in said(answer)
    assert rows(sqlite_town.store, "retention_hold") == []


def test_somebody_told_of_her_erasure_can_still_be_held(sqlite_town: Town, clock: FixedClock) -> None:
    amina, last = warned(sqlite_town, clock)
    client, path = signed_in(sqlite_town, "denis"), f"/dossiers/{amina}/conservation"
    until = (last + timedelta(days=200)).strftime("%d/%m/%Y")
    assert client.post(path, data={**YES, "until_on": until}).status_code == 303
    assert len(rows(sqlite_town.store, "retention_hold")) == 1


def test_the_record_leads_there_for_its_responsable_alone(sqlite_town: Town) -> None:
    amina = welcome(sqlite_town)
    path = f"/dossiers/{amina}/conservation"
    assert path in said(signed_in(sqlite_town, "denis").get(f"/dossiers/{amina}"))
    bruno = signed_in(sqlite_town, "bruno")
    assert path not in said(bruno.get(f"/dossiers/{amina}"))
    assert bruno.get(path).status_code == 403 == bruno.post(path, data=YES).status_code
    yvan = signed_in(sqlite_town, "yvan")
    assert yvan.get(path).status_code == 404 == yvan.post(path, data=YES).status_code
    assert yvan.get(f"/dossiers/{UNKNOWN}/conservation").status_code == 404
