from pathway.demo.town import Town
from tests.casework.resets.letters import last_link, letters
from tests.town import signed_in, web, welcome
from tests.web.account.doors import page_of
from tests.web.jobseeker.lives import SECRET, at_home

PATH = "/mon-compte/securite/adresse"
MAIL = "amina@exemple.fr"


def test_an_address_added_later_waits_then_signs_in(town: Town) -> None:
    client = at_home(town, welcome(town))
    assert "Ajouter une adresse" in page_of(client.get("/mon-compte/securite"))
    assert client.post(PATH, data={"email": " Amina@Exemple.fr "}).location == PATH
    assert "à confirmer" in page_of(client.get(PATH))
    assert web(town).post(last_link(town, "check_email")).location == "/connexion"
    assert "confirmée" in page_of(client.get("/mon-compte/securite"))
    assert web(town).post("/connexion", data={"login": MAIL, "password": SECRET}).location == "/mon-parcours"


def test_a_changed_address_replaces_the_earlier_one_which_is_told(town: Town) -> None:
    client, new = signed_in(town, "bruno"), "bruno.lemaire@exemple.fr"
    client.post(PATH, data={"email": new})
    web(town).post(last_link(town, "check_email"))
    for login, status in ((town.cast["bruno"].email, 422), (new, 303)):
        answer = web(town).post("/connexion", data={"login": login, "password": "quatre-lapins-verts-dansent"})
        assert answer.status_code == status
    assert [one.to for one in letters(town, "sign_in_notice")] == [town.cast["bruno"].email]


def test_only_the_newest_letter_proves_the_address(sqlite_town: Town) -> None:
    client = at_home(sqlite_town, welcome(sqlite_town))
    client.post(PATH, data={"email": "faute@exemple.fr"})
    first = last_link(sqlite_town, "check_email")
    client.post(PATH, data={"email": MAIL})
    assert web(sqlite_town).post(first).status_code == 410
    assert web(sqlite_town).post(last_link(sqlite_town, "check_email")).status_code == 303


def test_a_wrong_address_is_explained_and_kept_in_the_form(sqlite_town: Town) -> None:
    answer = at_home(sqlite_town, welcome(sqlite_town)).post(PATH, data={"email": "amina"})
    assert answer.status_code == 422 and 'value="amina"' in page_of(answer)
    assert letters(sqlite_town) == []
