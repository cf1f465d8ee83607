import pytest

from pathway.casework.alerts.actions import sweep
from pathway.casework.alerts.queries import alerts_about
from pathway.casework.records.actions import edit_section
from pathway.casework.records.rules import Section, Way
from pathway.demo.town import Town
from tests.town import signed_in, welcome
from tests.web.counsellor.scenes import left, points, said, valid, weight

REACHED = {"channel": "phone", "result": "reached", "made_on": "20/11/2026"}


def test_a_contact_clears_the_alert_it_answers(town: Town) -> None:
    ref, _ = left(town, reason="cdi", days_ago=20)
    with town.acting("denis") as tx:
        assert sweep(tx, [ref], on=tx.today).opened == 1
        tx.journal("nightly")
    point = points(town, ref)[0]
    answer = signed_in(town, "bruno").post(f"/dossiers/{ref}/contact", data={**REACHED, "point": point.id})
    assert (answer.status_code, answer.location) == (303, f"/dossiers/{ref}")
    with town.acting("denis", write=False) as tx:
        assert alerts_about(tx, ref) == []


def test_wishes_come_before_the_form(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    with sqlite_town.acting("bruno") as tx:
        wishes = {"no_message": "oui", "contact_hours": ["morning"]}
        edit_section(tx, record_id=ref, section=Section.CONTACT, values=wishes, seq=1, way=Way.SAID)
    client = signed_in(sqlite_town, "bruno")
    answer = client.get(f"/dossiers/{ref}/contact")
    page = valid(answer)
    assert page.index("ne pas laisser de message") < page.index("le matin") < page.index("Enregistrer le contact")
    assert "N’écrivez rien sur la santé, la justice" in page
    assert weight(client, answer) < 100_000


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"result": ""}, "Choisissez le résultat."),
        ({"result": "invented"}, "Ce choix n’existe pas. Choisissez dans la liste."),
        ({"made_on": "21/11/2026"}, "Ce contact est daté dans le futur."),
        ({"made_on": "32/11/2026"}, "Ce jour n’existe pas"),
        ({"result": "no_answer", "next_on": ""}, "Indiquez quand réessayer"),
        ({"note": "x" * 2001}, "Cette note est trop longue"),
    ],
)
def test_bad_input_is_explained_and_the_note_is_kept(sqlite_town: Town, wrong: dict[str, str], sentence: str) -> None:
    ref, _ = left(sqlite_town, days_ago=8)
    typed = {**REACHED, "note": "Rappeler après le 28", "point": points(sqlite_town, ref)[0].id, **wrong}
    answer = signed_in(sqlite_town, "bruno").post(f"/dossiers/{ref}/contact", data=typed)
    assert answer.status_code == 422
    page = valid(answer)
    assert sentence in page
    assert typed["note"] in page


def test_a_double_click_records_one_contact_and_keeps_the_note(sqlite_town: Town) -> None:
    ref, _ = left(sqlite_town, days_ago=8)
    client = signed_in(sqlite_town, "bruno")
    typed = {**REACHED, "note": "Va bien", "point": points(sqlite_town, ref)[0].id}
    assert client.post(f"/dossiers/{ref}/contact", data=typed).status_code == 303
    again = client.post(f"/dossiers/{ref}/contact", data=typed)
    assert again.status_code == 422
    assert "Ce point de suivi est déjà fait" in said(again)
    assert "Va bien" in said(again)
    assert said(client.get(f"/dossiers/{ref}")).count("Personne jointe") == 1


def test_a_point_of_somebody_else_in_the_address_is_passed_over(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    answer = signed_in(sqlite_town, "bruno").get(f"/dossiers/{ref}/contact?point={'b' * 26}")
    assert answer.status_code == 200
    assert "b" * 26 not in said(answer)


def test_a_day_to_try_again_is_asked_only_where_a_point_will_recall_it(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    client = signed_in(sqlite_town, "bruno")
    assert "Réessayer le" not in valid(client.get(f"/dossiers/{ref}/contact"))
    tried = {**REACHED, "result": "no_answer", "next_on": "01/01/2020"}
    assert client.post(f"/dossiers/{ref}/contact", data=tried).status_code == 303
    assert "Contact enregistré. Aucun point de suivi n’est ouvert." in said(client.get(f"/dossiers/{ref}"))


def test_another_point_that_is_late_is_not_called_the_next_one(sqlite_town: Town) -> None:
    ref, _ = left(sqlite_town, days_ago=40)
    client = signed_in(sqlite_town, "bruno")
    late = points(sqlite_town, ref)[0]
    tried = {**REACHED, "result": "no_answer", "next_on": "24/11/2026", "point": late.id}
    assert client.post(f"/dossiers/{ref}/contact", data=tried).status_code == 303
    told = said(client.get(f"/dossiers/{ref}"))
    assert "Nouvel essai : mardi 24 novembre. Un autre point est en retard : il était prévu" in told


def test_a_contact_from_the_day_comes_back_to_the_day(sqlite_town: Town) -> None:
    ref, _ = left(sqlite_town, days_ago=8)
    client = signed_in(sqlite_town, "bruno")
    path = f"/dossiers/{ref}/contact?back=day&point={points(sqlite_town, ref)[0].id}"
    assert 'name="back" type="hidden" value="day"' in said(client.get(path))
    assert client.post(path, data={**REACHED, "back": "day"}).location == "/aujourd-hui"


def test_an_exchange_outside_the_card_is_noted_in_one_tap(town: Town) -> None:
    ref, _ = left(town, days_ago=8)
    client, point = signed_in(town, "bruno"), points(town, ref)[0]
    for path in (f"/dossiers/{ref}", "/aujourd-hui"):
        assert "Échangé hors de la carte" in valid(client.get(path))
    answer = client.post(f"/dossiers/{ref}/contact/hors-carte", data={"point": point.id, "back": "day"})
    assert (answer.status_code, answer.location) == (303, "/aujourd-hui")
    assert point.id not in [one.id for one in points(town, ref)]
    assert "Personne jointe – autre moyen, hors de la carte" in said(client.get(f"/dossiers/{ref}"))
    again = client.post(f"/dossiers/{ref}/contact/hors-carte", data={"point": point.id})
    assert again.status_code == 422
    assert "Ce point de suivi est déjà fait" in valid(again)


def test_what_could_harm_her_is_neither_offered_nor_recorded(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    with sqlite_town.acting("bruno") as tx:
        wishes = {"phone_is_shared": "oui", "address_is_protected": "oui", "email": "amina@exemple.test"}
        edit_section(tx, record_id=ref, section=Section.CONTACT, values=wishes, seq=1, way=Way.SAID)
    client = signed_in(sqlite_town, "bruno")
    page = valid(client.get(f"/dossiers/{ref}/contact"))
    assert 'value="sms"' not in page and 'value="post"' not in page and 'value="message_left"' not in page
    assert 'href="tel:' in page and 'href="mailto:amina@exemple.test"' in page and 'href="sms:' not in page
    answer = client.post(f"/dossiers/{ref}/contact", data={**REACHED, "channel": "sms"})
    assert answer.status_code == 422
    assert "Le téléphone est partagé avec un proche" in valid(answer)


def test_wishes_that_nobody_knows_are_met_with_care(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    client = signed_in(sqlite_town, "bruno")
    assert "Consignes inconnues : ne laissez pas de message." in valid(client.get(f"/dossiers/{ref}/contact"))
    with sqlite_town.acting("bruno") as tx:
        edit_section(tx, record_id=ref, section=Section.CONTACT, values={"no_message": "non"}, seq=1, way=Way.SAID)
    page = valid(client.get(f"/dossiers/{ref}/contact"))
    assert "Consignes inconnues" not in page and 'href="sms:' in page


def test_the_protocol_has_set_the_next_try_already(sqlite_town: Town) -> None:
    ref, _ = left(sqlite_town, reason="no_news", days_ago=3)
    client, point = signed_in(sqlite_town, "bruno"), points(sqlite_town, ref)[0]
    page = valid(client.get(f"/dossiers/{ref}/contact?point={point.id}"))
    assert "Réessayer le" not in page and "le prochain essai est déjà prévu" in page
    answer = client.post(f"/dossiers/{ref}/contact", data={**REACHED, "result": "no_answer", "point": point.id})
    assert answer.status_code == 303
    assert "1 point de suivi fait" in said(client.get(f"/dossiers/{ref}"))


def test_a_wrong_number_is_said_and_needs_a_way_that_has_one(sqlite_town: Town) -> None:
    ref, _ = left(sqlite_town, days_ago=8)
    client = signed_in(sqlite_town, "bruno")
    typed = {"result": "wrong_number", "made_on": "20/11/2026", "next_on": "27/11/2026"}
    answer = client.post(f"/dossiers/{ref}/contact", data={**typed, "channel": "email"})
    assert answer.status_code == 422 and "se note pour un appel ou un SMS" in valid(answer)
    client.post(f"/dossiers/{ref}/contact", data={**typed, "channel": "phone"})
    assert "Ce numéro est faux : corrigez-le" in said(client.get(f"/dossiers/{ref}"))
