import re
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from pathway.casework.alerts.actions import dismiss_alert
from pathway.casework.alerts.queries import open_alerts
from pathway.casework.alerts.tables import AlertChange
from pathway.casework.alerts.vocabulary import DismissReason, RuleId
from pathway.casework.partners.actions import cancel_absence, declare_absence
from pathway.casework.records.rules import Identity
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.store.columns import table_of
from pathway.store.journal import entries_about
from tests.casework.relays.scenes import night as night_of_relays
from tests.casework.relays.scenes import send
from tests.town import AMINA, signed_in, welcome
from tests.web.jobseeker.lives import enter, evaluate, leave, reach

SAMIR = Identity(first_name="Samir", last_name="Belkacem", birth_date=date(1988, 2, 3))


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.split("<main", 1)[1].split("</main>")[0]).split())


def refused_about(town: Town, reference: str) -> list[dict[str, Any]]:
    """The refused tries that the journal keeps about that record or that reference."""
    with town.acting("root", write=False) as tx:
        found = entries_about(tx.connection, reference, limit=20)
    acts = [act for one in found for act in one["acts"]]
    return [act for act in acts if act["do"] == "refused" and reference in act["on"]]


def alerted(town: Town, identity: Identity = AMINA, *, days: int = 15) -> tuple[str, str]:
    """A person who left days ago and whom nobody has called: her record and her alert."""
    record_id = welcome(town, identity=identity)
    leave(town, enter(town, record_id, days_ago=200))
    town.clock.move(timedelta(days=days))  # type: ignore[attr-defined]  # the tests' clock moves
    evaluate(town, record_id)
    with town.acting("denis", write=False) as tx:
        return record_id, next(line.id for line in open_alerts(tx) if line.record_id == record_id)


def test_each_alert_is_a_sentence_with_who_has_it(town: Town) -> None:
    record_id, alert_id = alerted(town)
    page = signed_in(town, "denis").get("/alertes").get_data(as_text=True)
    assert "Amina Benkacem : 8 jours de retard sur le point de suivi prévu le 27 novembre 2026" in words(page)
    assert "À confier. Référent de parcours : Bruno Lemaire." in words(page)
    assert "ouverte aujourd’hui" in words(page)
    assert "L’alerte s’efface quand le résultat du point de suivi prévu le 27 novembre 2026 est enregistré." in words(
        page
    )
    assert f'href="/dossiers/{record_id}"' in page and f'href="/alertes/{alert_id}"' in page


def test_the_list_narrows_to_one_rule_and_counts_each(sqlite_town: Town) -> None:
    alerted(sqlite_town, days=40)
    client = signed_in(sqlite_town, "denis")
    every = words(client.get("/alertes").get_data(as_text=True))
    assert "1 parcours risque une rupture." in every and "Depuis lundi" not in every
    assert "Toutes les règles 2 Point de suivi en retard 1 Sans étape suivante 1" in every
    narrowed = words(client.get("/alertes?regle=R07").get_data(as_text=True))
    assert "sans accompagnement" in narrowed and "jours de retard" not in narrowed
    assert client.get("/alertes?regle=nothing&page=99").status_code == 200


def test_nothing_to_do_says_what_would_appear(sqlite_town: Town) -> None:
    page = words(signed_in(sqlite_town, "denis").get("/alertes").get_data(as_text=True))
    assert "Rien à traiter. Une alerte apparaît ici quand" in page


def ticked(town: Town, *alert_ids: str, by: str = "denis", **typed: str) -> str:
    answer = signed_in(town, by).post(
        "/alertes/ensemble", data={"alerts": list(alert_ids), **typed}, follow_redirects=True
    )
    return words(answer.get_data(as_text=True))


def test_several_alerts_are_given_at_once_with_their_points(town: Town) -> None:
    first, second = alerted(town, SAMIR), alerted(town, days=20)
    said = ticked(town, first[1], second[1], gesture="give", account_id=town.accounts["fatou"])
    assert "2 alertes confiées à Fatou Diallo, avec les points de suivi." in said
    assert said.count("Confiée à Fatou Diallo.") >= 2
    day = signed_in(town, "fatou").get("/aujourd-hui").get_data(as_text=True)
    assert f"/dossiers/{first[0]}" in day and f"/dossiers/{second[0]}" in day


def test_several_are_put_off_or_set_aside_and_those_settled_meanwhile_are_told(sqlite_town: Town) -> None:
    first, second = alerted(sqlite_town, SAMIR), alerted(sqlite_town, days=20)
    assert "1 alerte reviendra dans 7 jours." in ticked(sqlite_town, first[1], gesture="snooze")
    with sqlite_town.acting("denis") as tx:
        dismiss_alert(tx, alert_id=second[1], reason=DismissReason.HANDLED)
    said = ticked(sqlite_town, first[1], second[1], gesture="dismiss", reason="handled")
    assert "1 alerte écartée. 1 n’a pas pu l’être." in said


def line_of(page: str, alert_id: str) -> str:
    """What the list shows of that alert."""
    return page.split(f'id="alerte-{alert_id}"')[1].split("</li>")[0]


def typed_in(line: str) -> dict[str, str]:
    """What the line's own form sends when nothing is touched."""
    form = line.split("<form")[1]
    sent = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form))
    chosen = re.search(r'<option value="([^"]*)" selected>', form)
    return {**sent, "account_id": chosen[1] if chosen else ""}


def test_one_alert_is_given_from_its_line_to_her_referent_in_one_gesture(town: Town) -> None:
    first, second = alerted(town, SAMIR), alerted(town, days=20)
    client = signed_in(town, "denis")
    line = line_of(client.get("/alertes").get_data(as_text=True), first[1])
    assert "Bruno Lemaire (référent)</option>" in line
    typed = typed_in(line)
    assert (typed["alerts"], typed["account_id"]) == (first[1], town.accounts["bruno"])
    answer = client.post("/alertes/ensemble", data=typed)
    assert (answer.status_code, answer.location) == (303, f"/alertes#alerte-{second[1]}")
    page = client.get("/alertes").get_data(as_text=True)
    assert "1 alerte confiée à Bruno Lemaire, avec les points de suivi." in words(page)
    assert "Confier à quelqu’un d’autre" in line_of(page, first[1])


def test_who_replaces_an_absent_referent_is_proposed_and_nobody_without_one(sqlite_town: Town) -> None:
    _, alert_id = alerted(sqlite_town)
    client = signed_in(sqlite_town, "denis")
    for stand_in, said in (("fatou", "Fatou Diallo (en remplacement)"), (None, "Choisir…")):
        with sqlite_town.acting("bruno") as tx:
            who = sqlite_town.accounts[stand_in] if stand_in else None
            absence = declare_absence(
                tx, account_id=tx.actor.account_id, from_on=tx.today, until_on=tx.today, stand_in_id=who
            )
        assert f"selected>{said}</option>" in line_of(client.get("/alertes").get_data(as_text=True), alert_id)
        with sqlite_town.acting("bruno") as tx:
            cancel_absence(tx, absence)


def test_the_list_narrows_to_what_nobody_has_and_stays_so_after_a_gesture(sqlite_town: Town) -> None:
    first, second = alerted(sqlite_town, SAMIR), alerted(sqlite_town, days=20)
    client = signed_in(sqlite_town, "denis")
    asked = "/alertes?regle=R02&qui=nobody&tri=oldest"
    page = client.get(asked).get_data(as_text=True)
    assert page.index(first[1]) < page.index(second[1])
    assert '/alertes/ensemble?regle=R02&amp;qui=nobody&amp;tri=oldest"' in page
    answer = client.post(asked.replace("?", "/ensemble?"), data=typed_in(line_of(page, first[1])))
    assert answer.location.split("#")[0] == asked
    left = client.get(asked).get_data(as_text=True)
    assert first[1] not in left and second[1] in left
    gone = client.post(f"/alertes/{second[1]}/rappel?regle=R02&qui=nobody&tri=oldest")
    assert gone.location == asked
    empty = words(client.get(asked).get_data(as_text=True))
    assert "Aucune alerte ne répond à ce choix." in empty and "Voir toutes les alertes" in empty
    assert first[1] in client.get("/alertes?qui=somebody").get_data(as_text=True)


def test_a_line_without_a_choice_is_refused_beside_the_field_and_ticked(sqlite_town: Town) -> None:
    _, alert_id = alerted(sqlite_town)
    typed = {"alerts": alert_id, "gesture": "give", "account_id": "", "after": "<script>"}
    answer = signed_in(sqlite_town, "denis").post("/alertes/ensemble?qui=nobody", data=typed)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and "Choisissez à qui confier" in page and "<script>" not in page
    assert f'value="{alert_id}" checked' in page


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"gesture": "snooze", "alerts": ""}, "Cochez au moins une alerte."),
        ({}, "Choisissez ce que vous faites des alertes cochées."),
        ({"gesture": "give"}, "Choisissez à qui confier les alertes cochées."),
        ({"gesture": "dismiss"}, "Dites pourquoi vous écartez les alertes cochées."),
        ({"gesture": "give", "account_id": "chloe"}, "Choisissez un·e collègue de votre structure."),
    ],
)
def test_a_choice_that_is_not_whole_is_refused_and_keeps_what_was_ticked(
    sqlite_town: Town, typed: dict[str, str], sentence: str
) -> None:
    _, alert_id = alerted(sqlite_town)
    chosen = {"alerts": alert_id, "note": "Vue ce matin", **typed}
    chosen["account_id"] = sqlite_town.accounts.get(typed.get("account_id", ""), "")
    answer = signed_in(sqlite_town, "denis").post("/alertes/ensemble", data=chosen if chosen["alerts"] else typed)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and sentence in page
    assert (f'value="{alert_id}" checked' in page) is bool(chosen["alerts"])


def test_one_alert_tells_why_what_clears_it_and_what_she_reads(town: Town) -> None:
    _, alert_id = alerted(town)
    page = words(signed_in(town, "denis").get(f"/alertes/{alert_id}").get_data(as_text=True))
    assert "Amina Benkacem : 8 jours de retard" in page
    assert "L’alerte s’efface quand le résultat du point de suivi" in page
    assert "Nous devions prendre de vos nouvelles" in page and "Cela ne change rien à vos droits." in page
    assert "Ce qui a été fait" in page and " : Ouverte (" in page


def test_an_alert_is_given_with_its_points(town: Town) -> None:
    record_id, alert_id = alerted(town)
    client = signed_in(town, "denis")
    answer = client.post(f"/alertes/{alert_id}/confier", data={"account_id": town.accounts["fatou"]})
    assert (answer.status_code, answer.location) == (303, "/alertes")
    assert "Confiée à Fatou Diallo." in words(client.get("/alertes").get_data(as_text=True))
    assert "Confiée à Fatou Diallo (Denis " in words(client.get(f"/alertes/{alert_id}").get_data(as_text=True))
    assert f"/dossiers/{record_id}" in signed_in(town, "fatou").get("/aujourd-hui").get_data(as_text=True)


@pytest.mark.parametrize("wrong", ["", "chloe", "x"])
def test_an_alert_is_given_to_nobody_outside_the_structure(sqlite_town: Town, wrong: str) -> None:
    _, alert_id = alerted(sqlite_town)
    client = signed_in(sqlite_town, "denis")
    typed = {"account_id": sqlite_town.accounts.get(wrong, wrong)}
    answer = client.post(f"/alertes/{alert_id}/confier", data=typed)
    assert answer.status_code == 422 and "À corriger" in answer.get_data(as_text=True)
    assert "À confier. Référent" in words(client.get("/alertes").get_data(as_text=True))


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


def test_the_note_of_who_set_an_alert_aside_is_read_again_beside_it(sqlite_town: Town) -> None:
    _, alert_id = alerted(sqlite_town)
    with sqlite_town.acting("denis") as tx:
        dismiss_alert(tx, alert_id=alert_id, reason=DismissReason.HANDLED, note="Vue mardi à l’accueil")
    page = words(signed_in(sqlite_town, "denis").get(f"/alertes/{alert_id}").get_data(as_text=True))
    assert "Écartée : Déjà traitée autrement (Denis Carpentier) « Vue mardi à l’accueil »" in page


def test_an_alert_about_a_relay_opens_that_relay(sqlite_town: Town, clock: FixedClock) -> None:
    record_id = welcome(sqlite_town)
    relay_id = send(sqlite_town, record_id)
    for days in (10, 1):
        clock.move(timedelta(days=days))
        night_of_relays(sqlite_town)
    evaluate(sqlite_town, record_id)
    with sqlite_town.acting("denis", write=False) as tx:
        (alert_id,) = [line.id for line in open_alerts(tx) if line.rule is RuleId.R05]
    client = signed_in(sqlite_town, "denis")
    assert f'<a href="/relais/{relay_id}">Voir ce relais</a>' in client.get(f"/alertes/{alert_id}").get_data(
        as_text=True
    )
    assert client.get(f"/relais/{relay_id}").status_code == 200


def test_dismissing_without_a_reason_is_refused_and_keeps_the_note(sqlite_town: Town) -> None:
    _, alert_id = alerted(sqlite_town, days=20)
    answer = signed_in(sqlite_town, "denis").post(f"/alertes/{alert_id}/ecartee", data={"note": "Vue ce matin"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and page.count("Vue ce matin") == 1
    assert "Dites pourquoi vous écartez cette alerte." in page


def test_a_note_that_is_too_long_is_refused(sqlite_town: Town) -> None:
    _, alert_id = alerted(sqlite_town)
    typed = {"reason": "handled", "note": "a" * 501}
    answer = signed_in(sqlite_town, "denis").post(f"/alertes/{alert_id}/ecartee", data=typed)
    assert answer.status_code == 422 and "Écrivez 500 caractères au plus." in answer.get_data(as_text=True)


def test_an_alert_that_cleared_by_itself_is_shown_with_what_was_done(town: Town, clock: FixedClock) -> None:
    record_id, alert_id = alerted(town)
    client = signed_in(town, "denis")
    reach(town, record_id)
    evaluate(town, record_id)
    clock.move(timedelta(days=3))
    answer = signed_in(town, "denis").get(f"/alertes/{alert_id}")
    page = words(answer.get_data(as_text=True))
    assert answer.status_code == 200 and "Cette alerte est terminée." in page
    assert "Amina Benkacem : 8 jours de retard" in page and " : Effacée (" in page  # as it stood when it ended
    assert "Que faire ?" not in page and "Ce que la personne lit" not in page and "À traiter" not in page
    assert client.get(f"/alertes/{alert_id}").get_data(as_text=True).count("<form") < 3  # none about the alert


@pytest.mark.parametrize("gesture", ["confier", "rappel", "ecartee"])
def test_what_is_asked_of_an_alert_settled_meanwhile_says_so_and_changes_nothing(town: Town, gesture: str) -> None:
    _, alert_id = alerted(town)
    client = signed_in(town, "denis")
    with town.acting("denis") as tx:
        dismiss_alert(tx, alert_id=alert_id, reason=DismissReason.HANDLED)
    typed = {"account_id": town.accounts["fatou"], "reason": "wrong_data"}
    answer = client.post(f"/alertes/{alert_id}/{gesture}", data=typed)
    page = words(answer.get_data(as_text=True))
    assert answer.status_code == 422 and "Cette alerte est terminée : elle s’est effacée" in page
    assert page.count("Écartée : Déjà traitée autrement") == 1 and "fausse" not in page


def test_a_forged_or_foreign_alert_among_several_is_a_refused_try_told_to_the_person(town: Town) -> None:
    theirs = welcome(town, "elise", identity=SAMIR)
    leave(town, enter(town, theirs, by="elise", scheme="cej", days_ago=200), by="elise")
    ours, own = alerted(town)
    evaluate(town, theirs)
    with town.acting("sylvie", write=False) as tx:
        foreign = open_alerts(tx)[0].id
    said = ticked(town, own, foreign, "a" * 26, "<b>", gesture="snooze")
    assert "1 alerte reviendra dans 7 jours. 3 n’ont pas pu l’être." in said
    assert [act["code"] for act in refused_about(town, theirs)] == ["not_found"]
    assert refused_about(town, ours) == [] and len(refused_about(town, "a" * 26)) == 1
    assert [act["endpoint"] for act in refused_about(town, foreign)] == ["supervisor.together"]


def test_an_alert_settled_meanwhile_is_no_refused_try(sqlite_town: Town) -> None:
    record_id, alert_id = alerted(sqlite_town)
    with sqlite_town.acting("denis") as tx:
        dismiss_alert(tx, alert_id=alert_id, reason=DismissReason.HANDLED)
    assert "0 alerte reviendra dans 7 jours. 1 n’a pas pu l’être." in ticked(sqlite_town, alert_id, gesture="snooze")
    assert refused_about(sqlite_town, record_id) == []


@pytest.mark.parametrize("gesture", ["confier", "rappel", "ecartee"])
def test_the_responsable_of_another_structure_sees_and_changes_nothing(town: Town, gesture: str) -> None:
    _, alert_id = alerted(town)
    client = signed_in(town, "sylvie")
    assert "Amina" not in client.get("/alertes").get_data(as_text=True)
    typed = {"account_id": town.accounts["sylvie"], "reason": "handled"}
    refused = client.post(f"/alertes/{alert_id}/{gesture}", data=typed)
    unknown = client.post(f"/alertes/{'a' * 26}/{gesture}", data=typed)
    assert (refused.status_code, refused.get_data()) == (unknown.status_code, unknown.get_data())
    theirs, none = client.get(f"/alertes/{alert_id}"), client.get(f"/alertes/{'a' * 26}")
    assert (theirs.status_code, theirs.get_data()) == (404, none.get_data())
    for page in (theirs, refused):
        assert re.search(r'href="/alertes">\s*Revenir aux alertes', page.get_data(as_text=True))
    assert "Revenir aux alertes" not in client.get("/alertes-inconnues").get_data(as_text=True)
    said = ticked(town, alert_id, by="sylvie", gesture="dismiss", reason="handled")
    assert "0 alerte écartée. 1 n’a pas pu l’être." in said
    change = table_of(AlertChange)
    with town.acting("denis", write=False) as tx:
        done = tx.execute(select(func.count()).where(change.c.change != "opened")).scalar_one()
    assert done == 0


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
