"""Passing the relay on screen: chosen with her, followed by both sides, and each gesture one button away."""

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from pathway.casework.relays.actions import refuse_relay
from pathway.casework.relays.queries import relays_of
from pathway.casework.relays.rules import RefusalReason, RelayState
from pathway.demo.town import Town
from tests.casework.relays.scenes import answer, of_person, seen, send, to_call
from tests.town import signed_in, welcome
from tests.web.counsellor.scenes import entered, move, said, valid


def chosen(town: Town, to: str = "mission-locale", **more: object) -> dict[str, object]:
    return {
        "structure": town.structures.get(to, to),
        "purpose": "training",
        "sections": ["contact", "situation"],
        "message": "Elle vient de ma part.",
        "agreed_way": "in_person",
        **more,
    }


def gesture(client: FlaskClient, relay: str, name: str, version: int, **more: object) -> TestResponse:
    sent = {"gesture": name, f"{name}-version": str(version)}
    return client.post(f"/relais/{relay}", data={**sent, **{f"{name}-{key}": value for key, value in more.items()}})


def test_a_relay_is_sent_from_the_record_and_seen_by_both(town: Town) -> None:
    ref = welcome(town)
    bruno, elise = signed_in(town, "bruno"), signed_in(town, "elise")
    assert "Passer le relais" in said(bruno.get(f"/dossiers/{ref}"))
    page = valid(bruno.get(f"/dossiers/{ref}/relais"))
    assert "Quai" not in page and "CSAPA" not in page and "Une structure partenaire" not in page
    done = bruno.post(f"/dossiers/{ref}/relais", data=chosen(town))
    assert done.status_code == 303
    assert "5 jours ouvrés" in valid(bruno.get(done.location))
    assert "Amina Benkacem" in valid(elise.get("/relais"))
    relay = done.location.rpartition("/")[2]
    detail = valid(elise.get(f"/relais/{relay}"))
    assert "Bruno Lemaire, Point Accueil Emploi Centre" in detail and "Elle vient de ma part." in detail
    assert "Relais en cours" in said(elise.get(f"/dossiers/{ref}"))


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"structure": ""}, "Choisissez une structure."),
        ({"purpose": ""}, "Choisissez pourquoi"),
        ({"sections": []}, "Cochez au moins une partie"),
        ({"agreed_way": ""}, "Choisissez comment la personne a donné son accord"),
        ({"structure": "outside"}, "écrivez celle qui n’est pas dans la liste"),
        ({"structure": "outside", "name": "X", "email": "pas une adresse"}, "adresse e-mail n’est pas valable"),
        ({"message": "x" * 2001}, "trop long"),
    ],
)
def test_what_was_typed_stays_with_what_is_wrong(sqlite_town: Town, wrong: dict[str, object], sentence: str) -> None:
    ref = welcome(sqlite_town)
    client = signed_in(sqlite_town, "bruno")
    answer = client.post(f"/dossiers/{ref}/relais", data={**chosen(sqlite_town), **wrong})
    page = valid(answer)
    assert answer.status_code == 422
    assert sentence in page
    assert "message" in wrong or "Elle vient de ma part." in page
    assert of_person(sqlite_town, ref, "bruno") == []


def test_a_draft_is_taken_up_again_and_sent(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    client = signed_in(sqlite_town, "bruno")
    kept = client.post(f"/dossiers/{ref}/relais", data={**chosen(sqlite_town, agreed_way=""), "way": "draft"})
    draft = kept.location.rpartition("/")[2]
    assert "rien n’est partagé" in valid(client.get(kept.location))
    assert "Amina" in valid(client.get("/relais?liste=brouillons"))
    form = valid(client.get(f"/dossiers/{ref}/relais?brouillon={draft}"))
    assert "Elle vient de ma part." in form
    assert client.post(f"/dossiers/{ref}/relais", data=chosen(sqlite_town, draft=draft)).status_code == 303
    assert [one.state for one in of_person(sqlite_town, ref, "bruno")] == [RelayState.SENT]


def test_the_receiver_answers_step_by_step(town: Town) -> None:
    ref = welcome(town)
    relay = send(town, ref, hands_over=True)
    elise = signed_in(town, "elise")
    gesture(elise, relay, "acknowledge", 1)
    gesture(elise, relay, "wait", 2)
    wrong = gesture(elise, relay, "appoint", 3, on="01/01/2020")
    assert wrong.status_code == 422 and "déjà passée" in valid(wrong)
    gesture(elise, relay, "appoint", 3, on="01/12/2026")
    accepted = gesture(elise, relay, "accept", 4)
    assert accepted.location == f"/dossiers/{ref}/entree"
    sent = {"entered_on": "20/11/2026", "education_level": "level_4", "rome_jobs": "N1104"}
    path = f"/dossiers/{ref}/entree/{town.schemes['cej']}"
    valid(elise.get(path))
    assert elise.post(path, data=sent).status_code == 303
    assert "entrée faite" in valid(signed_in(town, "bruno").get(f"/relais/{relay}"))
    assert "Élise" in said(elise.get(f"/dossiers/{ref}"))


def test_a_refusal_asks_its_reason_and_leaves_nothing_to_read(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    relay = send(sqlite_town, ref)
    elise = signed_in(sqlite_town, "elise")
    wrong = gesture(elise, relay, "refuse", 1, note="Voir la mission voisine.")
    assert "Choisissez la raison" in valid(wrong) and "Voir la mission voisine." in said(wrong)
    gesture(elise, relay, "refuse", 1, reason="no_place", note="Voir la mission voisine.")
    assert elise.get(f"/relais/{relay}").status_code == elise.get(f"/dossiers/{ref}").status_code == 404
    told = valid(signed_in(sqlite_town, "bruno").get(f"/relais/{relay}"))
    assert "Pas de place avant longtemps" in told and "Voir la mission voisine." in told
    assert "Revenus" in said(signed_in(sqlite_town, "bruno").get("/relais?liste=revenus"))
    assert len(to_call(sqlite_town, ref)) == 1


def test_an_old_page_changes_nothing(sqlite_town: Town) -> None:
    relay = send(sqlite_town, welcome(sqlite_town))
    elise = signed_in(sqlite_town, "elise")
    gesture(elise, relay, "acknowledge", 1)
    again = gesture(elise, relay, "accept", 1)
    assert again.status_code == 422
    assert seen(sqlite_town, relay).state is RelayState.ACKNOWLEDGED
    assert elise.post(f"/relais/{relay}", data={"gesture": "bounce"}).status_code == 404


def test_outside_the_sender_prints_links_and_notes_what_was_answered(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    bruno = signed_in(sqlite_town, "bruno")
    sent = chosen(sqlite_town, "outside", name="Association Tremplin", email="accueil@tremplin.example")
    done = bruno.post(f"/dossiers/{ref}/relais", data=sent)
    relay = done.location.rpartition("/")[2]
    assert "Association Tremplin" in valid(bruno.get(done.location))
    assert bruno.get(f"/relais/{relay}/fiche").data.startswith(b"%PDF")
    assert "accueil@tremplin.example" in valid(bruno.get(f"/relais/{relay}/lien"))
    shown = valid(bruno.post(f"/relais/{relay}/lien", data={"way": "screen"}))
    assert "/liaison/" in shown
    mailed = valid(bruno.post(f"/relais/{relay}/lien", data={"way": "letter"}))
    assert "/liaison/" not in mailed and "accueil@tremplin.example" in mailed
    assert 'value="20/11/2026"' in bruno.get(done.location).get_data(as_text=True), "who is on the phone calls today"
    gesture(bruno, relay, "phone", 1, who="Mme Roux", on="20/11/2026")
    assert "Par Mme Roux" in valid(bruno.get(f"/relais/{relay}"))
    gesture(bruno, relay, "accept", 2)
    told = valid(bruno.get(done.location))
    assert "la structure accepte" in told and "Enregistrez maintenant l’entrée" not in told, (
        "nobody enters her from here"
    )
    gesture(bruno, relay, "close", 3, result="entered")
    assert "entrée faite" in valid(bruno.get(f"/relais/{relay}"))
    assert bruno.get(f"/relais/{relay}/fiche").status_code == bruno.get(f"/relais/{relay}/lien").status_code == 404


def test_an_exit_by_relay_leads_to_the_relay_that_follows_it(sqlite_town: Town) -> None:
    ref, step = entered(sqlite_town)
    client = signed_in(sqlite_town, "bruno")
    left = client.post(f"/etapes/{step}/sortie", data={"reason": "other_structure", "event_on": "20/11/2026"})
    assert left.location == f"/dossiers/{ref}/relais?etape={step}"
    assert step in client.get(left.location).get_data(as_text=True)
    client.post(f"/dossiers/{ref}/relais", data=chosen(sqlite_town, step=step))
    with sqlite_town.acting("bruno", write=False) as tx:
        assert relays_of(tx, ref)[0].plan_id


def test_lists_are_said_when_empty_and_turn_pages(sqlite_town: Town) -> None:
    client = signed_in(sqlite_town, "bruno")
    for name in ("", "recus", "envoyes", "revenus", "termines", "brouillons", "rien"):
        assert "Aucun relais ici." in valid(client.get(f"/relais?liste={name}"))
    send(sqlite_town, welcome(sqlite_town))
    assert "Amina" in valid(client.get("/relais?liste=envoyes&page=9"))
    move(sqlite_town, 9)
    late = signed_in(sqlite_town, "bruno").get("/relais?liste=envoyes")
    assert "tag--late" in late.get_data(as_text=True) and "Amina" in valid(late)


def test_who_does_not_support_her_is_told_who_passes_her_on(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    send(sqlite_town, ref)
    elise = signed_in(sqlite_town, "elise")
    assert elise.get(f"/dossiers/{ref}/relais").status_code in (403, 409, 422)
    assert "Passer le relais" not in said(elise.get(f"/dossiers/{ref}"))
    assert signed_in(sqlite_town, "chloe").get(f"/dossiers/{ref}/relais").status_code == 404


def test_a_relay_to_acknowledge_is_in_the_days_list_and_acknowledged_there(town: Town) -> None:
    relay_id = send(town, welcome(town))
    client = signed_in(town, "elise")
    page = valid(client.get("/aujourd-hui"))
    assert "Relais à recevoir" in page and "Envoyé par : Point Accueil Emploi Centre" in page
    version = seen(town, relay_id, by="elise").version
    client.post(f"/relais/{relay_id}", data={"gesture": "acknowledge", "acknowledge-version": version})
    assert seen(town, relay_id, by="elise").acknowledged_at is not None
    assert "Relais à recevoir" not in said(client.get("/aujourd-hui"))


def test_a_responsable_reads_what_came_back_and_who_calls(sqlite_town: Town) -> None:
    relay = send(sqlite_town, welcome(sqlite_town), "mission-locale")
    answer(sqlite_town, refuse_relay, relay, reason=RefusalReason.NO_PLACE)
    page = said(signed_in(sqlite_town, "denis").get("/relais"))
    assert "Revenus, à reprendre" in page and "Refusé" in page and "Bruno Lemaire" in page
    assert "Revenus, à reprendre" not in said(signed_in(sqlite_town, "bruno").get("/relais"))
