import re

from pathway.casework.territory.actions import decide_setting
from pathway.casework.territory.rules import Setting
from pathway.demo.town import Town
from tests.town import signed_in
from tests.web.operator.keeping import refused_to_others, said


def test_every_setting_is_there_with_its_value_since_when_and_by_which_role(town: Town) -> None:
    with town.acting("root") as tx:
        decide_setting(tx, Setting.HELP_WHO, value="Maison de l’emploi", seen=0)
    page = said(signed_in(town, "root"), "/reglages")
    assert "Nom du territoire" in page and "jamais changé" in page and "valmer" not in page
    assert "Maison de l’emploi Sans réglage : Rien n’est dit" in page and "20 novembre 2026 Exploitation" in page
    assert "Seuils d’alerte" in page and "Règles de suivi du territoire" in page
    assert "Rachel" not in page.split("Réglages du territoire", 1)[1]


def test_what_stays_on_the_server_is_said_without_any_secret(sqlite_town: Town) -> None:
    page = said(signed_in(sqlite_town, "root"), "/reglages")
    assert "Ce qui reste sur le serveur" in page and "Dossiers ouverts par heure et par compte 60" in page


def test_nobody_else_reads_them(sqlite_town: Town) -> None:
    refused_to_others(sqlite_town, "/reglages")


def test_no_line_ends_by_an_opening_mark_and_delays_have_their_unit(sqlite_town: Town) -> None:
    client = signed_in(sqlite_town, "root")
    for path in ("/reglages", "/reglages/access_names", "/reglages/help_email"):
        page = client.get(path).get_data(as_text=True)
        assert not re.findall(r"« [^<]*|[^>]{0,9} [»:?!]", page.split("<main", 1)[1]), path
    page = said(client, "/reglages")
    assert "archive le dossier. 24 mois" in page and "avant l’effacement. 30 jours" in page
