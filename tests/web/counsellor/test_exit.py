import pytest

from pathway.casework.enrolments.queries import orphan_exits
from pathway.demo.town import Town
from tests.town import signed_in
from tests.web.counsellor.scenes import entered, left, points, said, valid, weight

CDD = {"reason": "cdd_under_6_months", "event_on": "20/11/2026"}


def test_an_exit_opens_its_points_and_says_the_first(town: Town) -> None:
    ref, step = entered(town)
    client = signed_in(town, "bruno")
    answer = client.post(f"/etapes/{step}/sortie", data=CDD)
    assert (answer.status_code, answer.location) == (303, f"/dossiers/{ref}")
    assert "Sortie enregistrée. Premier point : vendredi 27 novembre, pour vous." in said(client.get(answer.location))
    assert len(points(town, ref)) == 4
    with town.acting("bruno", write=False) as tx:
        assert orphan_exits(tx) == []


def test_the_points_are_shown_before_anything_is_written(town: Town) -> None:
    ref, step = entered(town)
    answer = signed_in(town, "bruno").post(f"/etapes/{step}/sortie", data={**CDD, "preview": "1"})
    assert answer.status_code == 200
    page = valid(answer)
    assert "4 points de suivi seront ouverts" in page
    assert "vendredi 27 novembre" in page
    assert "Bruno Lemaire" in page
    assert points(town, ref) == []


def test_the_end_of_a_contract_adds_a_point_before_it(sqlite_town: Town) -> None:
    _, step = entered(sqlite_town)
    data = {**CDD, "ends_on": "31/03/2027", "preview": "1"}
    page = said(signed_in(sqlite_town, "bruno").post(f"/etapes/{step}/sortie", data=data))
    assert "5 points de suivi seront ouverts" in page
    assert "Préparer la fin du contrat ou de la formation" in page


def test_a_pause_asks_when_to_speak_again(sqlite_town: Town) -> None:
    ref, step = entered(sqlite_town)
    client = signed_in(sqlite_town, "bruno")
    pause = {"reason": "personal_pause", "event_on": "20/11/2026"}
    refused = client.post(f"/etapes/{step}/sortie", data=pause)
    assert refused.status_code == 422
    assert "Indiquez la date à laquelle faire le point." in valid(refused)
    assert client.post(f"/etapes/{step}/sortie", data={**pause, "review_on": "15/01/2027"}).status_code == 303
    assert [one.due_on.isoformat() for one in points(sqlite_town, ref)] == ["2027-01-15"]


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        ("death", "Après un décès, aucun point de suivi ne s’ouvre."),
        ("follow_up_refused", "La personne ne souhaite pas être suivie : aucun point de suivi ne s’ouvre."),
        ("retirement", "1 point de suivi sera ouvert"),
    ],
)
def test_an_end_of_follow_up_says_plainly_what_it_opens(sqlite_town: Town, reason: str, sentence: str) -> None:
    _, step = entered(sqlite_town)
    data = {"reason": reason, "event_on": "20/11/2026", "preview": "1"}
    assert sentence in said(signed_in(sqlite_town, "bruno").post(f"/etapes/{step}/sortie", data=data))


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"reason": ""}, "Choisissez le motif de la sortie."),
        ({"reason": "prison"}, "Choisissez le motif de la sortie dans la liste."),
        ({"event_on": "21/11/2026"}, "La date de sortie est dans le futur."),
        ({"event_on": "19/11/2026"}, "La date de sortie est avant la date d’entrée"),
        ({"ends_on": "01/01/2020"}, "La fin du contrat ou de la formation est avant la date de sortie."),
    ],
)
@pytest.mark.parametrize("asked", [{}, {"preview": "1"}])
def test_what_cannot_be_is_refused_with_what_was_typed(
    sqlite_town: Town, asked: dict[str, str], wrong: dict[str, str], sentence: str
) -> None:
    ref, step = entered(sqlite_town)
    typed = {**CDD, **wrong}
    answer = signed_in(sqlite_town, "bruno").post(f"/etapes/{step}/sortie", data={**typed, **asked})
    assert answer.status_code == 422
    page = valid(answer)
    assert sentence in page
    assert f'value="{typed["event_on"]}"' in page
    assert points(sqlite_town, ref) == []


def test_a_double_click_leaves_once(town: Town) -> None:
    ref, step = entered(town)
    client = signed_in(town, "bruno")
    client.post(f"/etapes/{step}/sortie", data=CDD)
    again = client.post(f"/etapes/{step}/sortie", data=CDD)
    assert again.status_code == 422
    assert "Cette sortie est déjà enregistrée." in said(again)
    assert len(points(town, ref)) == 4


def test_the_live_preview_is_no_error_while_one_is_choosing(sqlite_town: Town) -> None:
    _, step = entered(sqlite_town)
    data = {"reason": "personal_pause", "event_on": "20/11/2026", "preview": "live"}
    assert signed_in(sqlite_town, "bruno").post(f"/etapes/{step}/sortie", data=data).status_code == 200


def test_a_reason_is_sought_in_groups_and_the_page_is_light(sqlite_town: Town) -> None:
    _, step = entered(sqlite_town)
    client = signed_in(sqlite_town, "bruno")
    answer = client.get(f"/etapes/{step}/sortie")
    page = valid(answer)
    assert '<optgroup label="Emploi">' in page
    assert 'value="20/11/2026"' in page
    assert weight(client, answer) < 100_000


def test_a_step_already_left_offers_no_second_exit(sqlite_town: Town) -> None:
    _, step = left(sqlite_town)
    page = valid(signed_in(sqlite_town, "bruno").get(f"/etapes/{step}/sortie"))
    assert "La sortie de cette étape est déjà enregistrée." in page
    assert "Enregistrer la sortie" not in page
