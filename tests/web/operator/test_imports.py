from pathway.demo.town import Town
from pathway.web.operator import paging
from tests.town import signed_in
from tests.web.operator.importing import brought, checked, given
from tests.web.operator.keeping import said


def test_the_list_says_where_each_import_stands_and_names_nobody(town: Town) -> None:
    client = signed_in(town, "root")
    brought(client, town)
    checked(client, town)
    page = said(client, "/imports")
    assert "terminé 2 personnes créées, 1 ligne refusée" in page and "à confirmer rien n’est importé" in page
    assert "Point Accueil Emploi Centre" in page and "Benkacem" not in page


def test_a_long_list_has_pages(sqlite_town: Town) -> None:
    client = signed_in(sqlite_town, "root")
    for number in range(paging.PER_PAGE + 1):
        given(client, sqlite_town, f"Prénom;Nom\nAna;Sow{number}\n")
    assert said(client, "/imports").count("à préparer") == paging.PER_PAGE
    assert said(client, "/imports?page=2").count("à préparer") == 1
