import re

from pathway.demo.town import Town
from tests.casework.records.test_settling import conflict
from tests.town import signed_in, welcome
from tests.web.counsellor.scenes import said, valid


def test_the_record_and_the_section_lead_to_the_choice(sqlite_town: Town) -> None:
    ref = conflict(sqlite_town)
    client = signed_in(sqlite_town, "bruno")
    for page in (f"/dossiers/{ref}", f"/dossiers/{ref}/informations/contact"):
        assert f"/dossiers/{ref}/reponses/city/decider" in valid(client.get(page))
        assert "2 réponses différentes : à décider avec la personne" in said(client.get(page))


def test_one_answer_is_kept_with_its_origin(town: Town) -> None:
    ref = conflict(town)
    client, path = signed_in(town, "bruno"), f"/dossiers/{ref}/reponses/city/decider"
    page = valid(client.get(path))
    assert "Mission locale du Bassin, importé d’un fichier" in page
    assert "Quelle est la bonne réponse ? Choisissez une des réponses." in said(client.post(path))
    _, brest = re.findall(r'name="choice"[^>]* value="([^"]+)"', page)
    assert client.post(path, data={"choice": brest}).status_code == 303
    assert "à décider avec la personne" not in said(client.get(f"/dossiers/{ref}"))
    assert client.get(path).status_code == 303


def test_a_page_too_old_is_refused(sqlite_town: Town) -> None:
    ref = conflict(sqlite_town)
    answer = signed_in(sqlite_town, "bruno").post(f"/dossiers/{ref}/reponses/city/decider", data={"choice": "old"})
    assert answer.status_code == 422 and "Ces réponses viennent de changer." in said(answer)


def test_nothing_known_is_nothing_to_choose(sqlite_town: Town) -> None:
    client = signed_in(sqlite_town, "bruno")
    ref = welcome(sqlite_town)
    assert client.get(f"/dossiers/{ref}/reponses/email/decider").status_code == 404
    assert client.get(f"/dossiers/{ref}/reponses/nonsense/decider").status_code == 404
