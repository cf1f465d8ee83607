import re
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from pathway.casework.alerts.actions import dismiss_alert
from pathway.casework.alerts.queries import open_alerts
from pathway.casework.alerts.rules import DismissReason
from pathway.casework.alerts.tables import AlertChange
from pathway.casework.records.rules import Identity
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.store.columns import table_of
from pathway.store.journal import entries_about
from tests.town import AMINA, signed_in, welcome
from tests.web.jobseeker.lives import enter, evaluate, leave, reach

SAMIR = Identity(first_name="Samir", last_name="Belkacem", birth_date=date(1988, 2, 3))


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.split("<main", 1)[1].split("</main>")[0]).split())


def alerted(town: Town, identity: Identity = AMINA, *, days: int = 15) -> tuple[str, str]:
    """A person who left days ago and whom nobody has called: her record and her alert."""
    record_id = welcome(town, identity=identity)
    leave(town, enter(town, record_id))
    town.clock.move(timedelta(days=days))  # type: ignore[attr-defined]  # the tests' clock moves
    evaluate(town, record_id)
    with town.acting("denis", write=False) as tx:
        return record_id, next(line.id for line in open_alerts(tx) if line.record_id == record_id)


def test_each_alert_is_a_sentence_with_its_facts_and_what_clears_it(town: Town) -> None:
    record_id, _ = alerted(town)
    page = signed_in(town, "denis").get("/alertes").get_data(as_text=True)
    assert "Amina Benkacem : 8 jours de retard sur le point de suivi prévu le 27 novembre 2026" in words(page)
    assert "Pas encore confiée. Référent de parcours : Bruno Lemaire." in words(page)
    assert "L’alerte s’efface quand le résultat du point de suivi" in words(page)
    assert "ouverte aujourd’hui" in words(page)
    assert f'href="/dossiers/{record_id}"' in page


def test_alerts_are_grouped_by_rule_and_counted(sqlite_town: Town) -> None:
    alerted(sqlite_town)
    page = words(signed_in(sqlite_town, "denis").get("/alertes").get_data(as_text=True))
    assert "1 parcours risque une rupture. Depuis lundi, aucune alerte n’a été réglée." in page
    assert "Point de suivi en retard (1)" in page


def test_nothing_to_do_says_what_would_appear(sqlite_town: Town) -> None:
    page = words(signed_in(sqlite_town, "denis").get("/alertes").get_data(as_text=True))
    assert "Rien à traiter. Une alerte apparaît ici quand" in page


def test_an_alert_is_given_with_its_points(town: Town) -> None:
    record_id, alert_id = alerted(town)
    client = signed_in(town, "denis")
    answer = client.post(f"/alertes/{alert_id}/confier", data={"account_id": town.accounts["fatou"]})
    assert (answer.status_code, answer.location) == (303, "/alertes")
    assert "Confiée à Fatou Diallo." in words(client.get("/alertes").get_data(as_text=True))
    assert f"/dossiers/{record_id}" in signed_in(town, "fatou").get("/aujourd-hui").get_data(as_text=True)


@pytest.mark.parametrize("wrong", ["", "chloe", "x"])
def test_an_alert_is_given_to_nobody_outside_the_structure(sqlite_town: Town, wrong: str) -> None:
    _, alert_id = alerted(sqlite_town)
    client = signed_in(sqlite_town, "denis")
    typed = {"account_id": sqlite_town.accounts.get(wrong, wrong)}
    answer = client.post(f"/alertes/{alert_id}/confier", data=typed)
    assert answer.status_code == 422 and "À corriger" in answer.get_data(as_text=True)
    assert "Pas encore confiée." in words(client.get("/alertes").get_data(as_text=True))


def test_an_alert_seen_comes_back_after_seven_days(town: Town, clock: FixedClock) -> None:
    _, alert_id = alerted(town)
    client = signed_in(town, "denis")
    page = client.post(f"/alertes/{alert_id}/rappel", follow_redirects=True).get_data(as_text=True)
    assert "Vu. L’alerte reviendra samedi 12 décembre." in words(page) and "Amina" not in words(page)
    clock.move(timedelta(days=7))
    assert "Amina" in words(signed_in(town, "denis").get("/alertes").get_data(as_text=True))


def test_an_alert_is_dismissed_with_a_reason_and_counted_as_settled(town: Town) -> None:
    _, alert_id = alerted(town)
    client = signed_in(town, "denis")
    typed = {"reason": "handled", "note": "Vue ce matin à l’accueil"}
    page = client.post(f"/alertes/{alert_id}/ecartee", data=typed, follow_redirects=True).get_data(as_text=True)
    assert "Alerte écartée." in words(page) and "Amina" not in words(page)
    assert "Depuis lundi, 1 alerte a été réglée." in words(page)


def test_dismissing_without_a_reason_is_refused_and_keeps_the_note(sqlite_town: Town) -> None:
    alerted(sqlite_town, SAMIR)
    _, alert_id = alerted(sqlite_town, days=20)
    client = signed_in(sqlite_town, "denis")
    answer = client.post(f"/alertes/{alert_id}/ecartee", data={"note": "Vue ce matin"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and page.count("Vue ce matin") == 1
    assert f'href="#reason-{alert_id}"' in page and f'id="reason-{alert_id}"' in page
    assert "Dites pourquoi vous écartez cette alerte." in page


def test_a_note_that_is_too_long_is_refused(sqlite_town: Town) -> None:
    _, alert_id = alerted(sqlite_town)
    typed = {"reason": "handled", "note": "a" * 501}
    answer = signed_in(sqlite_town, "denis").post(f"/alertes/{alert_id}/ecartee", data=typed)
    assert answer.status_code == 422 and "Écrivez 500 caractères au plus." in answer.get_data(as_text=True)


def test_an_alert_settled_meanwhile_is_not_found(sqlite_town: Town) -> None:
    _, alert_id = alerted(sqlite_town)
    client = signed_in(sqlite_town, "denis")
    with sqlite_town.acting("denis") as tx:
        dismiss_alert(tx, alert_id=alert_id, reason=DismissReason.HANDLED)
    assert client.post(f"/alertes/{alert_id}/rappel").status_code == 404


@pytest.mark.parametrize("gesture", ["confier", "rappel", "ecartee"])
def test_the_responsable_of_another_structure_sees_and_changes_nothing(town: Town, gesture: str) -> None:
    _, alert_id = alerted(town)
    client = signed_in(town, "sylvie")
    assert "Amina" not in client.get("/alertes").get_data(as_text=True)
    typed = {"account_id": town.accounts["sylvie"], "reason": "handled"}
    refused = client.post(f"/alertes/{alert_id}/{gesture}", data=typed)
    unknown = client.post(f"/alertes/{'a' * 26}/{gesture}", data=typed)
    assert (refused.status_code, refused.get_data()) == (unknown.status_code, unknown.get_data())
    change = table_of(AlertChange)
    with town.acting("denis", write=False) as tx:
        assert tx.execute(select(func.count()).select_from(change)).scalar_one() == 0


def test_a_counsellor_has_no_alerts_page(sqlite_town: Town) -> None:
    _, alert_id = alerted(sqlite_town)
    client = signed_in(sqlite_town, "bruno")
    assert client.get("/alertes").status_code == 403
    assert client.post(f"/alertes/{alert_id}/rappel").status_code == 403


def test_ids_stay_unique_with_several_alerts(sqlite_town: Town) -> None:
    alerted(sqlite_town, SAMIR)
    alerted(sqlite_town, days=20)
    page = signed_in(sqlite_town, "denis").get("/alertes").get_data(as_text=True)
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_reading_alerts_is_in_the_log_of_the_persons_named(sqlite_town: Town) -> None:
    record_id, _ = alerted(sqlite_town)
    signed_in(sqlite_town, "denis").get("/alertes")
    with sqlite_town.acting("root", write=False) as tx:
        from_her_log = [
            act["do"] for entry in entries_about(tx.connection, record_id, limit=5) for act in entry["acts"]
        ]
    assert from_her_log[0] == "read_alerts"


def test_a_contact_that_settles_leaves_nothing_in_the_list(sqlite_town: Town) -> None:
    record_id, _ = alerted(sqlite_town)
    reach(sqlite_town, record_id)
    evaluate(sqlite_town, record_id)
    page = words(signed_in(sqlite_town, "denis").get("/alertes").get_data(as_text=True))
    assert "Amina" not in page and "Depuis lundi, 1 alerte a été réglée." in page
