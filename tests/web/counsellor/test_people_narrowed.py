"""A caseload is narrowed by what waits and by scheme, and a list one comes back to is kept under a name."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathway.casework.accounts.kept_lists import MOST
from pathway.casework.followup.queries import FollowedRow
from pathway.demo.town import Town
from pathway.web.counsellor.people_narrowed import Narrowed, Waiting, kept, read
from tests.casework.enrolments.steps import rows
from tests.town import signed_in, welcome
from tests.web.counsellor.scenes import ZOE, entered, left, said, valid

TODAY = date(2026, 11, 20)
_DAYS = st.none() | st.integers(-400, 400).map(lambda days: TODAY + timedelta(days=days))
_ROWS = st.lists(
    st.builds(FollowedRow, record_id=st.uuids().map(str), referent_id=st.none(), next_due_on=_DAYS), max_size=12
)


@given(_ROWS)
def test_late_soon_later_and_nothing_are_everybody(people: list[FollowedRow]) -> None:
    def shown(waiting: Waiting) -> set[str]:
        found = kept(people, Narrowed(waiting=waiting), today=TODAY, in_scheme=(), lost=())
        return {row.record_id for row in found}

    late, soon, nothing = shown(Waiting.LATE), shown(Waiting.SOON), shown(Waiting.NOTHING)
    assert not late & soon and not late & nothing and not soon & nothing
    later = {row.record_id for row in people if row.next_due_on and row.next_due_on > TODAY + timedelta(days=7)}
    assert late | soon | nothing | later == shown(Waiting.ANYBODY) == {row.record_id for row in people}


@given(_ROWS)
def test_the_next_due_comes_first_and_nothing_last(people: list[FollowedRow]) -> None:
    days = [row.next_due_on or date.max for row in kept(people, Narrowed(), today=TODAY, in_scheme=(), lost=())]
    assert days == sorted(days)


@given(st.sampled_from(Waiting), st.booleans(), st.sampled_from(["", "s1", "s2"]))
def test_a_list_says_itself_in_its_address(waiting: Waiting, only_mine: bool, scheme: str) -> None:
    chosen = Narrowed(only_mine=only_mine, waiting=waiting, scheme_id=scheme)
    assert read(chosen.asked(), ["s1", "s2"]) == chosen


def test_what_the_address_does_not_know_is_left_out() -> None:
    assert read({"attente": "demain", "dispositif": "ailleurs", "filtre": "moi"}, ["s1"]) == Narrowed()


def test_only_those_with_a_late_point_are_shown(town: Town) -> None:
    left(town, days_ago=8)
    welcome(town, identity=ZOE)
    client = signed_in(town, "bruno")
    page = valid(client.get("/dossiers?attente=retard"))
    assert "Amina Benkacem" in page and "Zoé Martin" not in page
    assert "1 personne dans cette liste." in page
    assert "Zoé Martin" in said(client.get("/dossiers?attente=sans-point"))


def test_only_those_in_a_scheme_are_shown(town: Town) -> None:
    entered(town)
    welcome(town, identity=ZOE)
    page = valid(signed_in(town, "bruno").get(f"/dossiers?dispositif={town.schemes['pae']}"))
    assert "Amina Benkacem" in page and "Zoé Martin" not in page


def test_the_scheme_of_another_structure_is_not_a_choice(sqlite_town: Town) -> None:
    entered(sqlite_town)
    page = valid(signed_in(sqlite_town, "elise").get(f"/dossiers?dispositif={sqlite_town.schemes['pae']}"))
    assert "Amina Benkacem" not in page
    assert sqlite_town.schemes["pae"] not in page


def test_a_list_kept_is_found_again_and_forgotten(town: Town) -> None:
    left(town, days_ago=8)
    client = signed_in(town, "bruno")
    answer = client.post("/dossiers/listes", data={"name": "À rappeler", "attente": "retard"}, follow_redirects=True)
    assert "À rappeler" in valid(answer)
    assert "attente=retard" in client.get("/dossiers").get_data(as_text=True)
    ref = rows(town.store, "kept_list")[0]["id"]
    assert b"rappeler" not in rows(town.store, "kept_list")[0]["name"]
    answer = client.post(f"/dossiers/listes/{ref}/oubli", follow_redirects=True)
    assert "À rappeler" not in said(answer)
    assert "Amina Benkacem" in said(answer)
    assert rows(town.store, "kept_list") == []


def test_a_list_without_a_name_is_asked_one_and_keeps_its_filters(sqlite_town: Town) -> None:
    client = signed_in(sqlite_town, "bruno")
    answer = client.post("/dossiers/listes", data={"name": " ", "attente": "retard"})
    assert answer.status_code == 422
    assert "Donnez un nom à cette liste." in valid(answer)
    assert '<option selected value="retard">' in answer.get_data(as_text=True)


def test_the_same_name_takes_the_place_and_ten_are_enough(sqlite_town: Town) -> None:
    client = signed_in(sqlite_town, "bruno")
    for number in [*range(MOST), 0]:
        sent = {"name": f"Liste {number}", "attente": "retard"}
        assert client.post("/dossiers/listes", data=sent).status_code == 303
    answer = client.post("/dossiers/listes", data={"name": "Une de trop", "attente": "retard"})
    assert answer.status_code == 422
    assert "Oubliez-en une" in said(answer)
    assert len(rows(sqlite_town.store, "kept_list")) == MOST


@pytest.mark.parametrize("other", ["fatou", "elise"])
def test_a_list_is_its_owners_alone(sqlite_town: Town, other: str) -> None:
    signed_in(sqlite_town, "bruno").post("/dossiers/listes", data={"name": "À rappeler", "attente": "retard"})
    ref = rows(sqlite_town.store, "kept_list")[0]["id"]
    client = signed_in(sqlite_town, other)
    assert "À rappeler" not in said(client.get("/dossiers"))
    assert client.post(f"/dossiers/listes/{ref}/oubli").status_code == 404
    assert len(rows(sqlite_town.store, "kept_list")) == 1
