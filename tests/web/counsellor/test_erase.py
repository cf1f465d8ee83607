import re
from datetime import timedelta

from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from tests.casework.records.test_settling import conflict
from tests.town import signed_in, welcome
from tests.web.counsellor.scenes import said, valid
from tests.web.jobseeker.lives import at_home


def test_an_answer_is_erased_from_the_section_and_she_reads_it(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    client, path = signed_in(sqlite_town, "bruno"), f"/dossiers/{ref}/reponses/city/effacer"
    assert path in valid(client.get(f"/dossiers/{ref}/informations/contact"))
    page = valid(client.get(path))
    assert "disparaît pour toujours" in page
    (city,) = re.findall(r'name="choice"[^>]* value="([^"]+)"', page)
    assert "La réponse à effacer : Choisissez la réponse à effacer." in said(client.post(path))
    assert "Dites pourquoi cette réponse est effacée." in said(client.post(path, data={"choice": city}))
    assert client.post(path, data={"choice": city, "reason": "wrong_person"}).status_code == 303
    assert "Rennes" not in client.get(f"/dossiers/{ref}").text
    hers = said(at_home(sqlite_town, ref).get("/mes-informations"))
    assert "« Commune » : Point Accueil Emploi Centre l’a donnée, Point Accueil Emploi Centre l’a effacée." in hers
    assert "Elle concerne une autre personne." in hers and "Rennes" not in hers


def test_an_old_answer_is_erased_from_the_same_screen(town: Town) -> None:
    ref = welcome(town)
    client, path = signed_in(town, "bruno"), f"/dossiers/{ref}/reponses/city/effacer"
    section = f"/dossiers/{ref}/informations/contact"
    client.post(section, data={"city": "Brest", "read_seq": "1"})
    page = valid(client.get(path))
    assert "Rennes" in page and "ancienne réponse" in page and "Brest" in page
    (rennes,) = re.findall(r'value="([^"]+)">\s*<span class="conflict-value">Rennes', client.get(path).text)
    assert client.post(path, data={"choice": rennes, "reason": "never_true"}).status_code == 303
    assert "Brest" in client.get(section).text
    assert "Rennes" not in client.get(path).text
    hers = said(at_home(town, ref).get("/mes-informations"))
    assert "« Commune » : Point Accueil Emploi Centre l’a donnée" in hers and "Rennes" not in hers


def test_only_ones_own_words_are_offered_and_names_never_are(sqlite_town: Town) -> None:
    client, ref = signed_in(sqlite_town, "bruno"), conflict(sqlite_town)
    page = client.get(f"/dossiers/{ref}/reponses/city/effacer").text
    assert "Rennes" in page and "Brest" not in page
    assert client.get(f"/dossiers/{ref}/reponses/last_name/effacer").status_code == 404
    assert client.get(f"/dossiers/{ref}/reponses/nonsense/effacer").status_code == 404


def test_a_fresh_proof_is_asked_before_erasing(sqlite_town: Town) -> None:
    client, ref = signed_in(sqlite_town, "bruno"), welcome(sqlite_town)
    assert isinstance(sqlite_town.clock, FixedClock)
    sqlite_town.clock.move(timedelta(minutes=15))
    answer = client.get(f"/dossiers/{ref}/reponses/city/effacer")
    assert answer.status_code == 303 and "confirmer" in answer.location
