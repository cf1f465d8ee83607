import pytest

from pathway.demo.town import Town
from tests.casework.enrolments.steps import rows
from tests.casework.resets.letters import last_link, letters
from tests.town import signed_in, web
from tests.web.operator.keeping import refused_to_others, said

FORM = {"first_name": "Claire", "last_name": "Nguyen", "email": "Claire@Exemple.fr", "until_on": "20/11/2027"}


def sent(town: Town, code: str = "passerelle", **typed: str) -> tuple[int, str]:
    answer = signed_in(town, "root").post(f"/structures/{town.structures[code]}/inviter", data={**FORM, **typed})
    return answer.status_code, answer.get_data(as_text=True)


def test_the_letter_leaves_the_link_opens_and_no_name_is_shown(town: Town) -> None:
    assert sent(town)[0] == 303
    (letter,) = letters(town, "invitation")
    assert letter.to == "claire@exemple.fr"
    page = said(signed_in(town, "root"), f"/structures/{town.structures['passerelle']}")
    assert "en attente" in page and "Claire" not in page and "exemple.fr" not in page
    assert "Association Passerelle" in web(town).get(last_link(town, "invitation")).get_data(as_text=True)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"email": "claire"}, "Cette adresse e-mail n’est pas complète"),
        ({"until_on": "19/11/2026"}, "Cette date est passée"),
        ({"until_on": "21/11/2029"}, "trois ans au plus"),
        ({"first_name": "x" * 81}, "Écrivez 80 caractères au plus."),
    ],
)
def test_a_refused_invitation_is_explained_and_keeps_what_was_typed(
    sqlite_town: Town, typed: dict[str, str], sentence: str
) -> None:
    status, page = sent(sqlite_town, **typed)
    assert status == 422 and sentence in page and 'value="Nguyen"' in page
    assert rows(sqlite_town.store, "invitation") == []


def test_where_a_responsable_works_she_invites(sqlite_town: Town) -> None:
    status, page = sent(sqlite_town, "pae-centre")
    assert status == 422 and "déjà un·e responsable" in page
    assert letters(sqlite_town, "invitation") == []


def test_the_role_cannot_be_chosen(sqlite_town: Town) -> None:
    assert sent(sqlite_town, role="operator")[0] == 303
    assert [one["role"] for one in rows(sqlite_town.store, "invitation")] == ["supervisor"]


def test_nobody_else_invites_there(sqlite_town: Town) -> None:
    refused_to_others(sqlite_town, f"/structures/{sqlite_town.structures['passerelle']}/inviter", "GET", "POST")
