import re

import pytest
from flask.testing import FlaskClient

from pathway.casework.records.actions import merge_claims
from pathway.casework.records.queries import record_opened
from pathway.casework.records.rules import Fact, Way
from pathway.demo.town import Town
from tests.casework.enrolments.steps import rows
from tests.town import signed_in, welcome
from tests.web.counsellor.scenes import entered, left, move, said, valid, weight
from tests.web.jobseeker.lives import at_home

ASKED = {"education_level": "level_4", "rome_jobs": "N1104", "entered_on": "20/11/2026"}


def _path(town: Town, ref: str, scheme: str = "pae") -> str:
    return f"/dossiers/{ref}/entree/{town.schemes[scheme]}"


def _facts(town: Town, ref: str) -> dict[str, Fact]:
    with town.acting("bruno", write=False) as tx:
        return record_opened(tx, ref).facts


def _told(client: FlaskClient, ref: str) -> str:
    return said(client.get(f"/dossiers/{ref}"))


def test_what_is_fresh_is_taken_over_and_only_the_rest_is_asked(town: Town) -> None:
    ref = welcome(town)
    client = signed_in(town, "bruno")
    page = valid(client.get(_path(town, ref)))
    assert "4 réponses reprises" in page
    assert "repris – Point Accueil Emploi Centre, dit par la personne" in page
    answer = client.post(_path(town, ref), data=ASKED)
    assert (answer.status_code, answer.location) == (303, f"/dossiers/{ref}")
    assert "Entrée enregistrée. 4 réponses reprises, 2 questions posées." in _told(client, ref)


def test_one_gesture_confirms_all(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    move(sqlite_town, 10)
    data = {**ASKED, "entered_on": "30/11/2026", "confirm_all": "y"}
    assert signed_in(sqlite_town, "bruno").post(_path(sqlite_town, ref), data=data).status_code == 303
    confirmed_on = _facts(sqlite_town, ref)["city"].provenance.confirmed_on
    assert confirmed_on is not None and confirmed_on.isoformat() == "2026-11-30"


def test_a_known_answer_may_be_changed_or_left_out(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    client = signed_in(sqlite_town, "bruno")
    client.post(_path(sqlite_town, ref), data={**ASKED, "city": "Nantes", "phones__refused": "y"})
    facts = _facts(sqlite_town, ref)
    assert (facts["city"].value, facts["phones"].value) == ("Nantes", ["+33612345678"])
    assert "2 réponses reprises, 3 questions posées" in _told(client, ref)


def test_a_refused_answer_is_asked_anew_without_being_shown_and_counted(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    client = signed_in(sqlite_town, "bruno")
    page = valid(client.get(_path(sqlite_town, ref)))
    assert 'name="city__anew"' in page
    anew = re.search(r'<input[^>]*name="city__anew"[^>]*>', page)
    assert anew and "Rennes" not in anew[0]
    data = {**ASKED, "city__refused": "y", "city__anew": "Nantes", "phones__refused": "y", "phones__anew": ""}
    client.post(_path(sqlite_town, ref), data=data)
    facts = _facts(sqlite_town, ref)
    assert (facts["city"].value, facts["phones"].value) == ("Nantes", ["+33612345678"])
    assert "2 réponses reprises, 3 questions posées, dont 1 déjà connue." in _told(client, ref)
    assert [one["refused"] for one in rows(sqlite_town.store, "entry_meter")] == [2]


def test_what_she_typed_wrong_anew_is_said_beside_it(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    data = {**ASKED, "phones__refused": "y", "phones__anew": "12"}
    answer = signed_in(sqlite_town, "bruno").post(_path(sqlite_town, ref), data=data)
    assert answer.status_code == 422 and 'id="phones__anew-error"' in valid(answer)


def test_she_is_invited_to_prepare_and_what_she_answered_is_taken_over(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    client, scheme = signed_in(sqlite_town, "bruno"), sqlite_town.schemes["pae"]
    choose = f"/dossiers/{ref}/entree"
    assert f"{choose}/{scheme}/preparer" not in client.get(choose).text
    hers = at_home(sqlite_town, ref)
    assert f"{choose}/{scheme}/preparer" in valid(client.get(choose))
    assert client.post(f"{choose}/{scheme}/preparer").status_code == 303
    assert "Invitation envoyée le 20 novembre 2026" in said(client.get(choose))
    first = valid(hers.get("/mon-parcours"))
    (href,) = set(re.findall(r'href="(/mon-parcours/preparer/[^"]+)"', first))
    assert 'name="education_level"' in valid(hers.get(href)) and 'name="city"' not in hers.get(href).text
    useful, folded = said(hers.get(href)).split("facultatives", 2)[1:]
    assert "Métiers recherchés" in useful and "Métiers recherchés" not in folded and "Permis de conduire" in folded
    assert hers.post(href, data={"education_level": "level_4", "rome_jobs__later": "talk"}).status_code == 303
    assert "Préparez votre rendez-vous" in valid(hers.get("/mon-parcours"))
    page = said(client.get(_path(sqlite_town, ref)))
    assert "repris – répondu par la personne sur son téléphone" in page and "« Je préfère en parler »" in page


def test_a_stale_answer_is_confirmed_changed_or_left_unsaid(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    move(sqlite_town, 100)
    client = signed_in(sqlite_town, "bruno")
    path = _path(sqlite_town, ref)
    assert "Est-ce toujours vrai ?" in valid(client.get(path))
    gestures = {"city__still": "changed", "city": "Nantes", "postcode__still": "still", "situation__still": "unsaid"}
    client.post(path, data={**ASKED, "entered_on": "28/02/2027", **gestures})
    facts = _facts(sqlite_town, ref)
    assert facts["city"].value == "Nantes"
    assert facts["postcode"].provenance.confirmed_on is not None
    assert facts["situation"].provenance.confirmed_on is None


def test_changed_without_the_new_answer_is_asked_again(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    move(sqlite_town, 100)
    data = {**ASKED, "city__still": "changed", "rome_jobs": "N1104", "entered_on": "28/02/2027"}
    answer = signed_in(sqlite_town, "bruno").post(_path(sqlite_town, ref), data=data)
    assert answer.status_code == 422
    assert "Écrivez la nouvelle réponse, ou choisissez « Toujours vrai »." in valid(answer)


def test_two_answers_are_both_shown_and_the_person_decides(town: Town) -> None:
    ref = welcome(town)
    with town.acting("bruno") as tx:
        merge_claims(tx, ref, {"city": "Nantes"}, way=Way.IMPORTED)
        tx.journal("test")
    client = signed_in(town, "bruno")
    page = valid(client.get(_path(town, ref)))
    assert "Commune : deux réponses" in page
    refused = client.post(_path(town, ref), data=ASKED)
    assert "Choisissez une des deux réponses, ou donnez-en une autre." in said(refused)
    _, nantes = re.findall(r'name="city__choice"[^>]* value="([^"]+)"', page)
    client.post(_path(town, ref), data={**ASKED, "city__choice": nantes})
    assert (_facts(town, ref)["city"].value, _facts(town, ref)["city"].rivals) == ("Nantes", ())


def test_a_wrong_date_and_a_missing_answer_are_said_together(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    answer = signed_in(sqlite_town, "bruno").post(_path(sqlite_town, ref), data={"entered_on": "31/02/2026"})
    page = said(answer)
    assert answer.status_code == 422 and "Le 31 février n’existe pas." in page
    assert "Donnez la réponse, ou cochez « Ne souhaite pas répondre »." in page


def test_a_missing_required_answer_is_said_beside_it_and_the_rest_is_kept(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    answer = signed_in(sqlite_town, "bruno").post(
        _path(sqlite_town, ref), data={"rome_jobs": "Pontier", "entered_on": "19/11/2026", "city": "Nantes"}
    )
    assert answer.status_code == 422
    page = valid(answer)
    assert "Donnez la réponse, ou cochez « Ne souhaite pas répondre »." in page
    assert all(f'value="{typed}"' in page for typed in ("Pontier", "19/11/2026", "Nantes"))


def test_the_person_may_decline_a_required_question(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    data = {"rome_jobs": "N1104", "education_level__refused": "y", "entered_on": "20/11/2026"}
    assert signed_in(sqlite_town, "bruno").post(_path(sqlite_town, ref), data=data).status_code == 303


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"entered_on": ""}, "Écrivez la date d’entrée."),
        ({"entered_on": "21/11/2026"}, "La date d’entrée est dans le futur."),
        ({"rome_jobs": "X9999"}, "Ce code de métier n’existe pas"),
        ({"mobility_zone": "-3"}, "Écrivez un nombre entier, de 0 à 500."),
    ],
)
def test_bad_input_is_explained(sqlite_town: Town, wrong: dict[str, str], sentence: str) -> None:
    ref = welcome(sqlite_town)
    answer = signed_in(sqlite_town, "bruno").post(_path(sqlite_town, ref), data={**ASKED, **wrong})
    assert answer.status_code == 422
    assert sentence in valid(answer)


def test_a_scheme_asks_its_own_questions(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town, "chloe")
    client = signed_in(sqlite_town, "chloe")
    path = _path(sqlite_town, ref, "creation")
    assert "Votre idée en une phrase" in said(client.get(path))
    refused = client.post(path, data=ASKED)
    assert "« Votre idée en une phrase » : répondez à cette question." in valid(refused)
    assert client.post(path, data={**ASKED, "idea": "Un atelier de vélos"}).status_code == 303


def test_a_double_click_enters_once(town: Town) -> None:
    ref = welcome(town)
    client = signed_in(town, "bruno")
    assert client.post(_path(town, ref), data=ASKED).status_code == 303
    again = client.post(_path(town, ref), data=ASKED)
    assert again.status_code == 422
    assert "Cette personne est déjà dans ce dispositif" in said(again)


def test_the_choice_of_schemes_shows_the_one_under_way(sqlite_town: Town) -> None:
    ref, _ = entered(sqlite_town)
    page = valid(signed_in(sqlite_town, "bruno").get(f"/dossiers/{ref}/entree"))
    assert "En cours" in page
    assert not re.search(rf'href="[^"]*{sqlite_town.schemes["pae"]}', page)
    assert "Parcours PLIE" in page


def test_a_scheme_of_another_structure_is_not_offered(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    assert signed_in(sqlite_town, "bruno").get(_path(sqlite_town, ref, "creation")).status_code == 404


def test_the_longest_form_stays_light(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    client = signed_in(sqlite_town, "bruno")
    assert weight(client, client.get(_path(sqlite_town, ref, "plie"))) < 100_000


def test_everything_missing_is_said_at_once(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    answer = signed_in(sqlite_town, "bruno").post(_path(sqlite_town, ref), data={"entered_on": "20/11/2026"})
    summary = said(answer).partition("À corriger avant de continuer")[2].partition("<h1")[0]
    assert all(f'href="#{key}' in summary for key in ("education_level", "rome_jobs"))


def test_a_form_sent_without_its_date_takes_the_one_that_was_shown(sqlite_town: Town) -> None:
    record_id = welcome(sqlite_town)
    answer = signed_in(sqlite_town, "bruno").post(f"/dossiers/{record_id}/entree/{sqlite_town.schemes['pae']}")
    assert answer.status_code in (303, 422)


def test_coming_back_is_said_at_once_and_on_the_record(sqlite_town: Town) -> None:
    ref, _ = left(sqlite_town, days_ago=45)
    client = signed_in(sqlite_town, "bruno")
    assert client.post(_path(sqlite_town, ref), data=ASKED).status_code == 303
    sentence = "De retour 45 jours après la sortie du 6 octobre 2026 (moins de 180 jours) : c’est la même carte"
    assert _told(client, ref).count(sentence) == 2
    assert _told(client, ref).count(sentence) == 1
