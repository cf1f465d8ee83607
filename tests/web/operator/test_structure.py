from pathway.casework.lifecycle.changes import open_structure
from pathway.casework.partners.rules import StructureKind
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


def test_where_a_structure_receives_is_changed_and_a_form_without_it_keeps_it(town: Town) -> None:
    client, path = signed_in(town, "root"), f"/structures/{town.structures['ccas']}"
    form = {"name": "CCAS", "kind": "ccas"}
    for more, shown in (
        ({"address": "4 quai des Brumes\r\nValmer"}, "Adresse 4 quai des Brumes, Valmer"),
        ({}, "Adresse 4 quai des Brumes, Valmer"),
        ({"address": ""}, "Adresse non renseignée"),
    ):
        assert client.post(f"{path}/modification", data={**form, **more}).status_code == 303
        assert shown in said(client, path)
    answer = client.post(f"{path}/modification", data={**form, "address": "a\nb\nc"})
    assert answer.status_code == 422 and "Écrivez une ou deux lignes" in answer.get_data(as_text=True)


def test_a_sensitive_structure_shows_no_address_and_takes_none(town: Town) -> None:
    client, path = signed_in(town, "root"), f"/structures/{town.structures['quai-neuf']}"
    assert "Adresse" not in said(client, path)
    answer = client.post(f"{path}/modification", data={"name": "CSAPA", "address": "4 quai des Brumes"})
    assert answer.status_code == 422 and "n’a pas d’adresse ici" in answer.get_data(as_text=True)


def test_an_address_is_taken_away_before_a_structure_becomes_sensitive(town: Town) -> None:
    with town.acting("root") as tx:
        opened = open_structure(tx, code="erreur", name="Foyer", kind=StructureKind.ASSOCIATION, address="Valmer")
    client, path = signed_in(town, "root"), f"/structures/{opened}"
    form = {"name": "Foyer du Lac", "kind": "shelter"}
    answer = client.post(f"{path}/modification", data={**form, "address": "Valmer"})
    assert answer.status_code == 422 and "Laissez-la vide." in answer.get_data(as_text=True)
    assert client.post(f"{path}/modification", data={**form, "address": ""}).status_code == 303
    client.post(f"{path}/modification", data={"name": "Foyer", "kind": "association"})
    assert "Adresse non renseignée" in said(client, path)


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


def test_an_unused_structure_becomes_sensitive_and_ordinary_again(town: Town) -> None:
    with town.acting("root") as tx:
        opened = open_structure(tx, code="erreur", name="Foyer du Lac", kind=StructureKind.ASSOCIATION)
    client, path = signed_in(town, "root"), f"/structures/{opened}"
    assert "elle peut encore devenir sensible" in said(client, path)
    for kind, is_secret in (("shelter", True), ("violence_support", True), ("ccas", False), ("shelter", True)):
        answer = client.post(f"{path}/modification", data={"name": "Foyer du Lac", "kind": kind})
        assert answer.status_code == 303
        page = said(client, path)
        assert ("sensible, scellé" in page, "Foyer du Lac" not in page) == (is_secret, is_secret)


def test_a_structure_that_has_served_keeps_its_side(sqlite_town: Town) -> None:
    client = signed_in(sqlite_town, "root")
    for code, kind in (("ccas", "shelter"), ("quai-neuf", "shelter"), ("quai-neuf", "ccas")):
        path = f"/structures/{sqlite_town.structures[code]}"
        assert "elle peut encore devenir" not in said(client, path)
        answer = client.post(f"{path}/modification", data={"name": "Maison", "kind": kind})
        assert answer.status_code == 422 and "a déjà servi" in answer.get_data(as_text=True)


def test_a_name_another_structure_has_is_asked_about_once(sqlite_town: Town) -> None:
    client, path = signed_in(sqlite_town, "root"), f"/structures/{sqlite_town.structures['ccas']}/modification"
    form = {"name": "PLIE du bassin", "kind": "ccas"}
    answer = client.post(path, data=form)
    assert answer.status_code == 422 and "C’est bien une autre structure" in answer.get_data(as_text=True)
    assert client.post(path, data={**form, "is_another": "y"}).status_code == 303
    assert client.post(path, data={**form, "name": "PLIE DU BASSIN"}).status_code == 422
    assert client.post(path, data={**form, "name": "CCAS"}).status_code == 303


def test_an_unknown_structure_is_nowhere(sqlite_town: Town) -> None:
    client = signed_in(sqlite_town, "root")
    for end in ("", "/fermeture", "/inviter", "/invitations/" + "a" * 26):
        assert client.get(f"/structures/{'a' * 26}{end}").status_code == 404
    assert client.post(f"/structures/{'a' * 26}/modification", data={"name": "x"}).status_code == 404


def test_nobody_else_reads_or_changes_it(sqlite_town: Town) -> None:
    path = f"/structures/{sqlite_town.structures['ccas']}"
    refused_to_others(sqlite_town, path)
    refused_to_others(sqlite_town, f"{path}/modification", "POST")
