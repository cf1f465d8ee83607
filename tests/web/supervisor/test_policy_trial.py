from datetime import date

from pathway.casework.policies.rules import DEFAULT_POLICY, Policy
from pathway.casework.records.rules import Identity
from pathway.demo.town import Town
from pathway.store.tables import JournalEntry
from tests.casework.enrolments.steps import enter, leave
from tests.casework.policies.policies import CUSTOM
from tests.town import signed_in, welcome
from tests.web.counsellor.scenes import left, move, said, valid
from tests.web.supervisor.drafts import drafted


def path_of(town: Town, policy: Policy = CUSTOM) -> str:
    return f"/regles-de-suivi/essai/{drafted(town, policy)}"


def test_a_draft_is_tried_week_by_week_beside_what_is_in_force(town: Town) -> None:
    left(town, days_ago=30)
    page = valid(signed_in(town, "denis").get(path_of(town)))
    assert "les points ouverts aujourd’hui (5) et les sorties des 26 dernières semaines" in page
    assert page.count('<svg class="chart-drawing"') == 2
    assert "Points de suivi par semaine : Bruno Lemaire" in page
    assert page.count('<th scope="row">') == 26
    assert "Personne n’aurait plus de 8 points dans une semaine." in page


def test_nobody_followed_is_named_nor_counted_as_read(sqlite_town: Town) -> None:
    left(sqlite_town, days_ago=30)
    page = said(signed_in(sqlite_town, "denis").get(path_of(sqlite_town)))
    assert "Amina" not in page and "Benkacem" not in page


def test_above_eight_points_a_week_a_person_is_warned_of(town: Town) -> None:
    move(town, -20)
    for number in range(9):
        record_id = welcome(town, identity=_other(number))
        leave(town, enter(town, record_id).enrolment_id)
    move(town, 20)
    page = valid(signed_in(town, "denis").get(path_of(town, policy=DEFAULT_POLICY)))
    assert "Plus de 8 points par semaine" in page
    assert "Bruno Lemaire : 5 semaines à plus de 8 points, jusqu’à 9 la semaine du 20 novembre." in page
    assert "Les règles en vigueur en demandent autant ou davantage." in page


def _other(number: int) -> Identity:
    return Identity(first_name="Zoé", last_name=f"Martin{'abcdefghi'[number]}", birth_date=date(1980 + number, 3, 2))


def test_without_any_work_there_is_nothing_to_try(sqlite_town: Town) -> None:
    page = valid(signed_in(sqlite_town, "denis").get(path_of(sqlite_town)))
    assert "Rien à essayer pour l’instant." in page
    assert "Publier ces règles" in page


def test_a_trial_is_told_in_the_journal(sqlite_town: Town) -> None:
    path = path_of(sqlite_town)
    signed_in(sqlite_town, "denis").get(path)
    table = JournalEntry.__table__  # type: ignore[attr-defined]  # SQLModel gives it at run time
    with sqlite_town.store.engine.connect() as connection:
        told = [str(row) for row in connection.execute(table.select())]
    assert any("try_policy" in one and path.rpartition("/")[2] in one for one in told)
