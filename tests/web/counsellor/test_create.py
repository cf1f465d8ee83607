import re

import pytest

from pathway.demo.town import Town
from tests.town import signed_in, welcome
from tests.web.counsellor.scenes import said, shape, valid

AMINA = {"first_name": "Amina", "last_name": "Benkacem", "birth_date": "22/04/1991"}


def test_a_new_record_opens_with_its_maker_as_referent(town: Town) -> None:
    client = signed_in(town, "bruno")
    answer = client.post("/dossiers/nouveau", data={**AMINA, "phones": "06 12 34 56 78", "email": "a@exemple.fr"})
    assert answer.status_code == 303
    page = said(client.get(answer.location))
    assert "Dossier créé." in page
    assert "Bruno Lemaire" in page
    assert "06 12 34 56 78" in page


def test_a_person_already_followed_here_is_opened_not_doubled(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    client = signed_in(sqlite_town, "bruno")
    answer = client.post("/dossiers/nouveau", data={**AMINA, "last_name": "BENKACEM"})
    assert answer.location == f"/dossiers/{ref}"
    assert "Cette personne est déjà suivie par votre structure : voici son dossier." in said(
        client.get(answer.location)
    )


def test_chloe_gets_the_same_answer_whether_amina_is_known_elsewhere_or_nowhere(sqlite_town: Town) -> None:
    def told(identity: dict[str, str]) -> tuple[int, str]:
        client = signed_in(sqlite_town, "chloe")
        answer = client.post("/dossiers/nouveau", data=identity)
        page = client.get(answer.location)
        text = re.sub(r"/[a-z2-7]{26}", "/REF", shape(page)[1])
        return answer.status_code, text.replace(identity["first_name"], "X")

    welcome(sqlite_town)
    assert told(AMINA) == told({**AMINA, "first_name": "Soraya"})


def test_a_double_click_creates_one_record(sqlite_town: Town) -> None:
    client = signed_in(sqlite_town, "bruno")
    once, twice = (client.post("/dossiers/nouveau", data=AMINA) for _ in range(2))
    assert once.location == twice.location


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"first_name": " "}, "Écrivez le prénom."),
        ({"birth_date": "31/02/1991"}, "Le 31 février n’existe pas. Vérifiez le jour."),
        ({"birth_date": "22/04/2091"}, "Cette date est dans le futur."),
        ({"last_name": "123"}, "Un nom a au moins une lettre."),
        ({"phones": "0612345678, 12"}, "Ce numéro de téléphone ne se lit pas"),
        ({"email": "amina"}, "Cette adresse e-mail n’est pas complète."),
    ],
)
def test_bad_input_is_explained_and_nothing_typed_is_lost(
    sqlite_town: Town, wrong: dict[str, str], sentence: str
) -> None:
    typed = {**AMINA, "phones": "0612345678", **wrong}
    answer = signed_in(sqlite_town, "bruno").post("/dossiers/nouveau", data=typed)
    assert answer.status_code == 422
    page = valid(answer)
    assert sentence in page
    assert all(f'value="{value}"' in page for value in typed.values())


def test_the_form_is_empty_at_first(sqlite_town: Town) -> None:
    answer = signed_in(sqlite_town, "bruno").get("/dossiers/nouveau")
    assert answer.status_code == 200
    page = valid(answer)
    assert "Nouveau dossier" in page
    assert page.index('href="/presenter-la-carte"', page.index("<main")) < page.index("carte provisoire")


def test_every_answer_that_cannot_be_read_is_said_at_once(sqlite_town: Town) -> None:
    typed = {**AMINA, "birth_date": "30/02/1990", "phones": "06 12", "email": "a@"}
    page = valid(signed_in(sqlite_town, "bruno").post("/dossiers/nouveau", data=typed))
    summary = page.partition("À corriger avant de continuer")[2].partition("<h1")[0]
    assert all(f'href="#{name}"' in summary for name in ("birth_date", "phones", "email"))


def test_a_date_may_be_typed_without_slashes(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    answer = signed_in(sqlite_town, "bruno").post("/dossiers/nouveau", data={**AMINA, "birth_date": "22041991"})
    assert answer.location == f"/dossiers/{ref}"
