import re

import pytest
from flask.testing import FlaskClient

from pathway.casework.rights.export import whole_record
from pathway.casework.territory.queries import settings_held
from pathway.casework.territory.rules import Setting
from pathway.demo.town import Town
from tests.casework.enrolments.steps import rows
from tests.town import herself, signed_in, web, welcome
from tests.web.jobseeker.lives import at_home
from tests.web.operator.keeping import refused_to_others, said
from tests.web.supervisor.test_alerts import words


def decide(town: Town, name: str, value: str, *, seen: int = 0, publish: bool = True) -> str:
    sent = {"value": value, "seen": str(seen), **({"publish": "yes"} if publish else {})}
    answer = signed_in(town, "root").post(f"/reglages/{name}", data=sent, follow_redirects=True)
    return words(answer.get_data(as_text=True))


def footer(client: FlaskClient, path: str) -> str:
    """The words at the bottom of a page."""
    page = client.get(path).get_data(as_text=True).split("<footer", 1)[1]
    return " ".join(re.sub(r"<[^>]+>", " ", page).replace("\N{NO-BREAK SPACE}", " ").split())


def test_what_changes_is_read_again_before_it_is_decided(town: Town) -> None:
    page = decide(town, "name", "Pays de Valmer", publish=False)
    assert "Aujourd’hui Rien n’est dit" in page and "Après Pays de Valmer" in page
    assert rows(town.store, "territory_setting") == []
    assert "Réglage changé" in decide(town, "name", "Pays de Valmer")
    (kept,) = rows(town.store, "territory_setting")
    assert (kept["value"], kept["decided_as"], kept["decided_by"]) == (
        "Pays de Valmer",
        "operator",
        town.accounts["root"],
    )
    assert any("decide_setting" in str(one) for one in rows(town.store, "journal_entry"))


def test_the_name_and_the_help_are_read_where_people_are(town: Town) -> None:
    before = footer(web(town), "/connexion")
    assert "Une question ?" not in before
    decide(town, "name", "Pays de Valmer")
    decide(town, "help_who", "Maison de l’emploi")
    decide(town, "help_phone", "02 99 00 00 00")
    amina = welcome(town)
    for page in (footer(web(town), "/connexion"), footer(at_home(town, amina), "/mon-parcours")):
        assert "Pays de Valmer · Une question ? Maison de l’emploi, 02 99 00 00 00" in page
    with herself(town, amina) as tx:
        assert whole_record(tx)["territoire"] == "Pays de Valmer"


def test_whom_to_write_to_for_rights_is_said_with_them(town: Town) -> None:
    client = at_home(town, welcome(town))
    assert "vous pouvez aussi écrire à" not in said(client, "/vos-droits")
    decide(town, "rights_contact", "Délégué, dpo@carte.example")
    assert "vous pouvez aussi écrire à : Délégué, dpo@carte.example" in said(client, "/vos-droits")


def test_professionals_are_named_in_her_log_only_once_the_territory_decided_it(town: Town) -> None:
    amina = welcome(town)
    with town.acting("fatou") as tx:
        tx.journal("read_record", records=[amina])
    client = at_home(town, amina)
    assert "Fatou" not in said(client, "/qui-a-regarde")
    decide(town, "access_names", "yes")
    assert "Fatou" in said(client, "/qui-a-regarde")
    back = signed_in(town, "root").post("/reglages/access_names/retour", data={"seen": "1"}, follow_redirects=True)
    assert "La valeur précédente est revenue" in back.get_data(as_text=True)
    assert "Fatou" not in said(client, "/qui-a-regarde")


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("help_email", "pas une adresse", "Écrivez une adresse électronique"),
        ("name", "", "Rien ne change"),
        ("access_names", "peut-être", "Choisissez oui ou non"),
    ],
)
def test_what_cannot_be_says_why_and_keeps_what_was_typed(sqlite_town: Town, name: str, value: str, why: str) -> None:
    assert why in decide(sqlite_town, name, value)
    with sqlite_town.acting("root", write=False) as tx:
        assert Setting(name) not in settings_held(tx)


def test_a_value_it_already_has_is_said_before_anything_is_to_be_confirmed(sqlite_town: Town) -> None:
    same = decide(sqlite_town, "retention_active", "", publish=False)
    assert "Rien ne change : c’est déjà la valeur de ce réglage." in same and "Changer ce réglage" not in same
    decide(sqlite_town, "retention_active", "12")
    assert "Rien ne change" in decide(sqlite_town, "retention_active", " 12 ", seen=1, publish=False)


def test_a_setting_changed_elsewhere_is_not_undone(sqlite_town: Town) -> None:
    decide(sqlite_town, "name", "Un")
    assert "vient d’être changé ailleurs" in decide(sqlite_town, "name", "Deux")
    late = signed_in(sqlite_town, "root").post("/reglages/name/retour", data={"seen": "0"})
    assert late.status_code == 422 and "changé ailleurs" in late.get_data(as_text=True)


def test_a_setting_that_is_none_and_others_get_nothing(sqlite_town: Town) -> None:
    assert signed_in(sqlite_town, "root").get("/reglages/inconnu").status_code == 404
    refused_to_others(sqlite_town, "/reglages/name", "GET", "POST")
    refused_to_others(sqlite_town, "/reglages/name/retour", "POST")
