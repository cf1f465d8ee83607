import re

import pytest
from flask.testing import FlaskClient

from pathway.casework.records.actions import merge_claims
from pathway.casework.records.queries import record_opened
from pathway.casework.records.rules import Fact, Section, Way
from pathway.demo.town import Town
from tests.town import signed_in, welcome
from tests.web.counsellor.scenes import move, said, valid, weight


def _facts(town: Town, ref: str) -> dict[str, Fact]:
    with town.acting("bruno", write=False) as tx:
        return record_opened(tx, ref).facts


def _typed(client: FlaskClient, path: str, **changes: str) -> dict[str, str]:
    """The text boxes of that form as a browser would send them, with those changes."""
    page = client.get(path).get_data(as_text=True)
    boxes = re.findall(r"<input ([^>]*)>", page)
    named = {name[1]: value for box in boxes if (name := re.search(r'name="([^"]+)"', box)) for value in _value(box)}
    return {**named, **changes}


def _value(box: str) -> list[str]:
    found = re.search(r'value="([^"]*)"', box)
    return [found[1]] if found and 'type="checkbox"' not in box and 'type="radio"' not in box else []


def test_only_what_was_changed_gets_a_new_date(town: Town) -> None:
    ref = welcome(town)
    move(town, 10)
    client = signed_in(town, "bruno")
    path = f"/dossiers/{ref}/informations/contact"
    answer = client.post(path, data=_typed(client, path, city="Nantes"))
    assert (answer.status_code, answer.location) == (303, f"/dossiers/{ref}")
    facts = _facts(town, ref)
    assert facts["city"].value == "Nantes"
    assert (facts["postcode"].value, facts["postcode"].provenance.confirmed_on) == ("35000", None)


def test_confirming_all_renews_what_was_not_changed(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    move(sqlite_town, 10)
    client = signed_in(sqlite_town, "bruno")
    path = f"/dossiers/{ref}/informations/contact"
    client.post(path, data=_typed(client, path, all_confirmed="y"))
    confirmed_on = _facts(sqlite_town, ref)["postcode"].provenance.confirmed_on
    assert confirmed_on is not None and confirmed_on.isoformat() == "2026-11-30"


def test_two_counsellors_never_write_over_each_other_unseen(town: Town) -> None:
    ref = welcome(town)
    bruno, fatou = signed_in(town, "bruno"), signed_in(town, "fatou")
    path = f"/dossiers/{ref}/informations/contact"
    first, second = _typed(bruno, path, city="Nantes"), _typed(fatou, path, city="Brest")
    assert bruno.post(path, data=first).status_code == 303
    refused = fatou.post(path, data=second)
    assert refused.status_code == 422
    page = valid(refused)
    assert "Quelqu’un d’autre vient de modifier cette partie du dossier." in page
    assert 'value="Brest"' in page
    assert "Enregistré maintenant : Nantes" in page
    assert _facts(town, ref)["city"].value == "Nantes"
    assert fatou.post(path, data={**second, "read_seq": "2"}).status_code == 303
    assert _facts(town, ref)["city"].value == "Brest"


def test_saving_a_section_settles_no_disagreement_by_accident(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    with sqlite_town.acting("bruno") as tx:
        merge_claims(tx, ref, {"city": "Nantes"}, way=Way.IMPORTED)
        tx.journal("test")
    client = signed_in(sqlite_town, "bruno")
    path = f"/dossiers/{ref}/informations/contact"
    assert "2 réponses différentes : à décider avec la personne. « Rennes »" in valid(client.get(path))
    client.post(path, data=_typed(client, path, postcode="35200"))
    assert _facts(sqlite_town, ref)["city"].rivals
    client.post(path, data=_typed(client, path, city="Nantes"))
    assert (_facts(sqlite_town, ref)["city"].value, _facts(sqlite_town, ref)["city"].rivals) == ("Nantes", ())


@pytest.mark.parametrize(
    ("section", "typed", "sentence"),
    [
        ("contact", {"postcode": "35"}, "Un code postal a cinq chiffres"),
        ("contact", {"phones": "061"}, "Ce numéro de téléphone ne se lit pas"),
        ("identity", {"birth_date": "30/02/1990"}, "Le 30 février n’existe pas."),
        ("mobility", {"mobility_zone": "loin"}, "Écrivez un nombre entier, de 0 à 500."),
        ("project", {"rome_jobs": "chauffeur VTC de nuit"}, "Les plus proches : Chauffeur / Chauffeuse VTC (N4102)"),
        ("household", {"housing": "castle"}, "Ce choix n’existe pas."),
    ],
)
def test_bad_input_is_explained_beside_its_field(
    sqlite_town: Town, section: str, typed: dict[str, str], sentence: str
) -> None:
    ref = welcome(sqlite_town)
    client = signed_in(sqlite_town, "bruno")
    answer = client.post(f"/dossiers/{ref}/informations/{section}", data={**typed, "read_seq": "1"})
    assert answer.status_code == 422
    page = valid(answer)
    assert sentence in page
    assert section == "household" or f'value="{next(iter(typed.values()))}"' in page


def test_every_error_of_a_page_is_shown_at_once(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    wrong = {"postcode": "35", "email": "amina", "read_seq": "1"}
    page = said(signed_in(sqlite_town, "bruno").post(f"/dossiers/{ref}/informations/contact", data=wrong))
    assert "Un code postal a cinq chiffres" in page
    assert "Cette adresse e-mail n’est pas complète." in page


@pytest.mark.parametrize("written", ["N1104", "n1104", "Pontier", "Pontier / Pontière (N1104)"])
def test_a_job_is_found_by_its_code_or_its_name(sqlite_town: Town, written: str) -> None:
    ref = welcome(sqlite_town)
    data = {"rome_jobs": written, "read_seq": "0"}
    answer = signed_in(sqlite_town, "bruno").post(f"/dossiers/{ref}/informations/project", data=data)
    assert answer.status_code == 303
    assert _facts(sqlite_town, ref)["rome_jobs"].value == ["N1104"]


def test_no_is_kept_and_is_not_the_same_as_unknown(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    client = signed_in(sqlite_town, "bruno")
    path = f"/dossiers/{ref}/informations/contact"
    client.post(path, data=_typed(client, path, no_message="non"))
    facts = _facts(sqlite_town, ref)
    assert facts["no_message"].value is False
    assert "needs_interpreter" not in facts


@pytest.mark.parametrize("section", [one for one in Section if one is not Section.HEALTH])
def test_every_section_opens_and_stays_light(sqlite_town: Town, section: Section) -> None:
    ref = welcome(sqlite_town)
    client = signed_in(sqlite_town, "bruno")
    answer = client.get(f"/dossiers/{ref}/informations/{section.value}")
    assert section.label in valid(answer)
    assert weight(client, answer) < 100_000


@pytest.mark.parametrize("section", ["health", "secrets"])
def test_a_section_one_may_not_open_does_not_exist(sqlite_town: Town, section: str) -> None:
    ref = welcome(sqlite_town)
    assert signed_in(sqlite_town, "bruno").get(f"/dossiers/{ref}/informations/{section}").status_code == 404


def test_a_benefit_not_claimed_and_no_difficulty_are_answers_of_their_own(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    client = signed_in(sqlite_town, "bruno")
    benefits, difficulties = (f"/dossiers/{ref}/informations/{one}" for one in ("situation", "obstacles"))
    client.post(benefits, data={**_typed(client, benefits), "ass": "not_claimed"})
    typed = _typed(client, difficulties)
    refused = client.post(difficulties, data={**typed, "obstacles": ["none", "mobilite"]})
    assert "« Aucune difficulté » ne va pas avec une autre réponse" in said(refused)
    client.post(difficulties, data={**typed, "obstacles": ["none"]})
    facts = _facts(sqlite_town, ref)
    assert (facts["ass"].value, facts["obstacles"].value) == ("not_claimed", ["none"])
    assert re.search(r'<input[^>]*value="not_claimed"[^>]*checked', client.get(benefits).text)
