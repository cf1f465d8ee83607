import pytest

from pathway.casework.alerts.actions import sweep
from pathway.casework.alerts.queries import alerts_about
from pathway.casework.alerts.rules import DEFAULT_ALERT_POLICY
from pathway.casework.records.actions import edit_section
from pathway.casework.records.rules import Section, Way
from pathway.demo.town import Town
from tests.town import signed_in, welcome
from tests.web.counsellor.scenes import left, points, said, valid, weight

REACHED = {"channel": "phone", "result": "reached", "made_on": "20/11/2026"}


def test_a_contact_clears_the_alert_it_answers(town: Town) -> None:
    ref, _ = left(town, reason="cdi", days_ago=20)
    with town.acting("denis") as tx:
        assert sweep(tx, [ref], on=tx.today, policy=DEFAULT_ALERT_POLICY).opened == 1
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
    assert "Un autre point est en retard : il était prévu" in said(client.get(f"/dossiers/{ref}"))


def test_a_contact_from_the_day_comes_back_to_the_day(sqlite_town: Town) -> None:
    ref, _ = left(sqlite_town, days_ago=8)
    client = signed_in(sqlite_town, "bruno")
    path = f"/dossiers/{ref}/contact?back=day&point={points(sqlite_town, ref)[0].id}"
    assert 'name="back" type="hidden" value="day"' in said(client.get(path))
    assert client.post(path, data={**REACHED, "back": "day"}).location == "/aujourd-hui"
