from pathway.demo.town import Town
from tests.town import signed_in, welcome
from tests.web.counsellor.scenes import said
from tests.web.jobseeker.lives import at_home


def test_a_reviewer_reads_her_role_and_her_duty(sqlite_town: Town) -> None:
    page = said(signed_in(sqlite_town, "ines").get("/mon-compte"))
    assert "Inès Haddad" in page and "Coordination emploi du Bassin" in page and "1er janvier 2024" in page
    assert "comparer les cartes" in page


def test_a_professional_reads_her_role_and_structure(sqlite_town: Town) -> None:
    page = signed_in(sqlite_town, "bruno").get("/mon-compte").get_data(as_text=True)
    assert "Conseiller·ère" in page and "Point Accueil Emploi Centre" in page


def test_a_jobseeker_may_open_her_account_page(sqlite_town: Town) -> None:
    answer = at_home(sqlite_town, welcome(sqlite_town)).get("/mon-compte")
    assert answer.status_code == 200
    assert "Vous voyez votre parcours" in answer.get_data(as_text=True)
