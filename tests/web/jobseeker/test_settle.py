import re

from pathway.casework.records.queries import record_opened
from pathway.demo.town import Town
from tests.casework.records.test_settling import conflict
from tests.town import welcome
from tests.web.counsellor.scenes import said, valid
from tests.web.jobseeker.lives import at_home


def test_she_chooses_the_good_answer_from_her_information(town: Town) -> None:
    ref = conflict(town)
    hers, path = at_home(town, ref), "/mes-informations/city/choisir"
    assert path in valid(hers.get("/mes-informations"))
    page = valid(hers.get(path))
    assert "Mission locale du Bassin l’a donné" in page and "/mes-informations/city/corriger" in page
    assert "Quelle est la bonne réponse ? Choisissez la bonne réponse." in said(hers.post(path))
    _, brest = re.findall(r'name="choice"[^>]* value="([^"]+)"', page)
    assert hers.post(path, data={"choice": brest}).status_code == 303
    with town.acting("bruno", write=False) as tx:
        assert record_opened(tx, ref).facts["city"].value == "Brest"


def test_there_is_nothing_to_choose_without_a_disagreement(sqlite_town: Town) -> None:
    hers = at_home(sqlite_town, welcome(sqlite_town))
    assert "/choisir" not in hers.get("/mes-informations").text
    assert hers.get("/mes-informations/city/choisir").status_code == 303
    assert hers.get("/mes-informations/nonsense/choisir").status_code == 404
