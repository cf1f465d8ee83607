from pathway.demo.town import Town
from tests.town import signed_in, welcome
from tests.web.counsellor.scenes import points, said, valid


def test_her_day_and_her_rhythm_are_noted_on_her_word(town: Town) -> None:
    ref = welcome(town)
    client = signed_in(town, "bruno")
    assert "Rappelez-moi le" in valid(client.get(f"/dossiers/{ref}/rappel"))
    answer = client.post(f"/dossiers/{ref}/rappel", data={"do": "call", "on": "07/12/2026"})
    assert (answer.status_code, answer.location) == (303, f"/dossiers/{ref}")
    assert "Rappel noté : lundi 7 décembre." in said(client.get(f"/dossiers/{ref}"))
    assert "Un appel est déjà demandé" in said(client.get(f"/dossiers/{ref}/rappel"))
    client.post(f"/dossiers/{ref}/rappel", data={"do": "rhythm", "rhythm": "monthly"})
    assert "Rythme noté." in said(client.get(f"/dossiers/{ref}"))
    assert [one.due_on.isoformat() for one in points(town, ref)] == ["2026-12-07"]


def test_bad_input_is_explained(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    client = signed_in(sqlite_town, "bruno")
    for typed, sentence in (
        ({"do": "call", "on": "07/12/2027"}, "entre demain et le "),
        ({"do": "call", "on": ""}, "Écrivez le jour de l’appel."),
        ({"do": "rhythm", "rhythm": "daily"}, "Ce choix n’existe pas."),
    ):
        answer = client.post(f"/dossiers/{ref}/rappel", data=typed)
        assert answer.status_code == 422
        assert sentence in valid(answer)
    assert points(sqlite_town, ref) == []
