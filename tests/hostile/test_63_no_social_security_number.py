"""Check 63: a social security number gets in by no form, no free text and no file; there is no field for one."""

from io import BytesIO

import pytest

from pathway.casework.records.catalogue import CATALOGUE
from pathway.demo.town import Town
from tests.casework.enrolments.steps import rows
from tests.casework.notes.scenes import texts
from tests.hostile.walk import Form, browsers, known_ids, lively, send, snapshot, walk
from tests.town import signed_in, welcome
from tests.web.operator.importing import CHOICES, PEOPLE, brought, given, workbook
from tests.web.operator.test_scheme_draft import FORM

NIR = "2910475112345"
WRITTEN = (NIR, "291047511234512", "2 91 04 75 112 345 12", "vu : 2-91-04-2A-112-345, à noter")
SAID = "sécurité sociale"
# A telephone from abroad, an establishment and a card look like one from afar.
OTHERS = (
    "rappeler au +4915123456789",
    "SIRET 13038836859574",
    "carte 18410512300015",
    "le 22/04/1991 puis le 23/05/1992",
)
# What passes there is a secret, never kept readable.
SECRETS = frozenset({"password", "again", "current", "login", "code"})


def test_no_item_of_the_dictionary_is_meant_for_one() -> None:
    assert not [key for key, one in CATALOGUE.items() if "nir" in key.split("_") or SAID in one.label.lower()]


def in_free_text(form: Form) -> bool:
    """Whether something that is no secret can be typed in that form."""
    return bool(set(form.typed) - SECRETS)


@pytest.mark.parametrize("persona", ["denis", "amina", "root", "theo"])
def test_no_form_writes_one_wherever_it_is_typed(sqlite_town: Town, persona: str) -> None:
    known = lively(sqlite_town)
    ((_, client),) = browsers(sqlite_town, known, [persona])
    forms = [one for one in walk(client, ids=known_ids(sqlite_town)).forms if in_free_text(one)]
    before = snapshot(sqlite_town)
    answers = [send(client, form, {**form.sent, **{name: [NIR] for name in form.typed}}) for form in forms]
    told = [(one.request.path, one.status_code) for one in answers]
    assert snapshot(sqlite_town) == before, told
    assert forms and not [one for one in told if one[1] >= 500]
    assert persona == "theo" or any(SAID in one.get_data(as_text=True) for one in answers)


@pytest.mark.parametrize("text", WRITTEN)
def test_a_note_that_holds_one_is_given_back_with_the_reason(town: Town, text: str) -> None:
    ref = welcome(town)
    answer = signed_in(town, "bruno").post(f"/dossiers/{ref}/note", data={"text": text, "audience": "own"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and SAID in page and text in page
    assert texts(town, ref) == []


@pytest.mark.parametrize("text", OTHERS)
def test_what_only_looks_like_one_is_kept(sqlite_town: Town, text: str) -> None:
    ref = welcome(sqlite_town)
    client = signed_in(sqlite_town, "bruno")
    assert client.post(f"/dossiers/{ref}/note", data={"text": text, "audience": "own"}).status_code == 303
    assert texts(sqlite_town, ref) == [text]


@pytest.mark.parametrize("line", ["requirements-0-why", "questions-0-label", "stages-0-name"])
@pytest.mark.parametrize("button", [{}, {"publish": "yes"}], ids=["shown", "published"])
def test_no_line_of_a_list_holds_one(sqlite_town: Town, line: str, button: dict[str, str]) -> None:
    before = rows(sqlite_town.store, "scheme")
    sent = {**FORM, "stages-0-key": "s_a", "stages-0-name": "Projet", line: "suite 2 91 04 75 112 345 12", **button}
    answer = signed_in(sqlite_town, "root").post("/dispositifs/nouveau", data=sent)
    assert answer.status_code == 422 and SAID in answer.get_data(as_text=True)
    assert rows(sqlite_town.store, "scheme") == before


def test_no_answer_to_a_question_of_ones_own_holds_one(sqlite_town: Town) -> None:
    ref, client = welcome(sqlite_town, by="chloe"), signed_in(sqlite_town, "chloe")
    page = f"/dossiers/{ref}/entree/{sqlite_town.schemes['creation']}"
    assert 'name="idea"' in client.get(page).get_data(as_text=True)
    answer = client.post(page, data={"idea": NIR})
    assert SAID in answer.get_data(as_text=True) and answer.status_code == 422
    assert rows(sqlite_town.store, "enrolment") == []


def test_none_is_looked_for_either(sqlite_town: Town) -> None:
    answer = signed_in(sqlite_town, "bruno").post("/recherche", data={"last_name": NIR})
    assert SAID in answer.get_data(as_text=True)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_file_brings_its_people_without_theirs(town: Town, form: str) -> None:
    client = signed_in(town, "root")
    lines = [line.split(";") for line in PEOPLE.splitlines()]
    content = PEOPLE if form == "csv" else workbook(Personnes=[list[object](line) for line in lines])
    page = client.get(given(client, town, content, f"personnes.{form}")).get_data(as_text=True)
    assert SAID in page and "colonne-6" not in page  # said, and never offered
    before = len(rows(town.store, "record"))
    done = client.get(brought(client, town, content)).get_data(as_text=True)
    assert len(rows(town.store, "record")) == before + 2
    refused = client.get("/imports").get_data(as_text=True) + done
    assert "291047511212345" not in refused and "191047511212345" not in refused


def test_a_column_of_them_cannot_be_chosen_by_hand(sqlite_town: Town) -> None:
    client = signed_in(sqlite_town, "root")
    client.post(given(client, sqlite_town, PEOPLE), data={**CHOICES, "colonne-6": "address"})
    assert "1910475" not in str([rows(sqlite_town.store, one) for one in ("import_row", "import_batch")])
    with client.post("/imports/nouveau", data={"file": (BytesIO(b""), "x.csv")}) as answer:
        assert answer.status_code == 422
