from pathway.demo.town import Town
from tests.town import signed_in
from tests.web.counsellor.scenes import entered, left, points, said, valid


def test_an_exit_entered_by_mistake_goes_with_its_points(town: Town) -> None:
    ref, step = left(town)
    client = signed_in(town, "bruno")
    path = f"/etapes/{step}/sortie-annulee"
    assert "5 points de suivi seront annulés" in valid(client.get(path))
    answer = client.post(path, data={"reason": "wrong_person"})
    assert (answer.status_code, answer.location) == (303, f"/dossiers/{ref}")
    assert points(town, ref) == []
    page = said(client.get(answer.location))
    assert "Sortie annulée. L’étape est de nouveau en cours." in page
    assert f"/etapes/{step}/sortie" in page


def test_a_reason_is_needed(sqlite_town: Town) -> None:
    ref, step = left(sqlite_town)
    answer = signed_in(sqlite_town, "bruno").post(f"/etapes/{step}/sortie-annulee")
    assert answer.status_code == 422
    assert "Choisissez une raison." in valid(answer)
    assert len(points(sqlite_town, ref)) == 5


def test_a_step_under_way_has_nothing_to_cancel(sqlite_town: Town) -> None:
    _, step = entered(sqlite_town)
    client = signed_in(sqlite_town, "bruno")
    path = f"/etapes/{step}/sortie-annulee"
    assert "il n’y a pas de sortie à annuler" in valid(client.get(path))
    assert client.post(path, data={"reason": "not_left"}).status_code == 422


def test_another_structure_cannot_cancel_it(sqlite_town: Town) -> None:
    _, step = left(sqlite_town)
    client = signed_in(sqlite_town, "chloe")
    assert client.post(f"/etapes/{step}/sortie-annulee", data={"reason": "not_left"}).status_code == 404
