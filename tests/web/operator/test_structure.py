from pathway.demo.town import Town
from tests.town import signed_in
from tests.web.operator.keeping import refused_to_others, said


def test_a_structure_is_renamed_and_everybody_reads_it(town: Town) -> None:
    client = signed_in(town, "root")
    path = f"/structures/{town.structures['pae-centre']}"
    assert "un·e responsable y travaille" in said(client, path)
    answer = client.post(f"{path}/modification", data={"name": "PAE du Centre", "kind": "association"})
    assert answer.location == path and "Structure modifiée." in client.get(path).get_data(as_text=True)
    assert "PAE du Centre" in signed_in(town, "bruno").get("/aujourd-hui").get_data(as_text=True)


def test_a_sensitive_one_is_renamed_blind(town: Town) -> None:
    client = signed_in(town, "root")
    path = f"/structures/{town.structures['quai-neuf']}"
    page = said(client, path)
    assert "Le nom actuel est scellé" in page and "CSAPA" not in page
    assert client.post(f"{path}/modification", data={"name": "CSAPA du Quai"}).status_code == 303
    assert "CSAPA du Quai" in signed_in(town, "solene").get("/aujourd-hui").get_data(as_text=True)
    assert "CSAPA" not in said(client, path)


def test_a_wrong_name_or_kind_is_explained_and_kept(sqlite_town: Town) -> None:
    client = signed_in(sqlite_town, "root")
    path = f"/structures/{sqlite_town.structures['ccas']}/modification"
    for typed, sentence in (
        ({"name": "", "kind": "ccas"}, "Écrivez le nom de la structure."),
        ({"name": "Nom gardé", "kind": "banque"}, "Choisissez le genre dans la liste."),
        ({"name": "Nom gardé", "kind": "territory"}, "La coordination du territoire garde son genre"),
        ({"name": "x" * 121, "kind": "ccas"}, "de 1 à 120 caractères"),
    ):
        answer = client.post(path, data=typed)
        page = answer.get_data(as_text=True)
        assert answer.status_code == 422 and sentence in page and typed["name"] in page


def test_an_unknown_structure_is_nowhere(sqlite_town: Town) -> None:
    client = signed_in(sqlite_town, "root")
    for end in ("", "/fermeture", "/inviter", "/invitations/" + "a" * 26):
        assert client.get(f"/structures/{'a' * 26}{end}").status_code == 404
    assert client.post(f"/structures/{'a' * 26}/modification", data={"name": "x"}).status_code == 404


def test_nobody_else_reads_or_changes_it(sqlite_town: Town) -> None:
    path = f"/structures/{sqlite_town.structures['ccas']}"
    refused_to_others(sqlite_town, path)
    refused_to_others(sqlite_town, f"{path}/modification", "POST")
