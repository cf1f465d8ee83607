from datetime import timedelta

import pytest

from pathway.casework.policies.rules import DEFAULT_POLICY
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from tests.casework.enrolments.steps import rows
from tests.casework.policies.test_versions import held, published
from tests.town import signed_in
from tests.web.counsellor.scenes import said, valid
from tests.web.supervisor.drafts import drafted


def path_of(town: Town) -> str:
    return f"/regles-de-suivi/publication/{drafted(town)}"


def test_what_changes_is_shown_before_one_says_yes(town: Town) -> None:
    page = valid(signed_in(town, "denis").get(path_of(town)))
    assert "Ce qui change" in page
    assert "Publier la version pae-centre-2026-1" in page
    assert "Appeler une dernière fois : 7 jours après" in page and "Appeler une dernière fois : 14 jours après" in page
    assert 'value="20/11/2026"' in page
    assert "Les points déjà ouverts gardent leurs dates." in page


def test_a_draft_that_changes_nothing_says_so(sqlite_town: Town) -> None:
    ref = drafted(sqlite_town, DEFAULT_POLICY)
    page = valid(signed_in(sqlite_town, "denis").get(f"/regles-de-suivi/publication/{ref}"))
    assert "dit la même chose que les règles en vigueur" in page


def test_published_rules_hold_from_their_day(town: Town) -> None:
    client, path = signed_in(town, "denis"), path_of(town)
    assert client.post(path, data={"seq": "1", "from_on": "23/11/2026"}).location == "/regles-de-suivi"
    assert held(town, in_days=2) is DEFAULT_POLICY
    assert held(town, in_days=3).version == "pae-centre-2026-1"
    assert "à partir du 23 novembre 2026" in said(client.get("/regles-de-suivi"))
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Écrivez le premier jour de ces règles."),
        ("32/11/2026", "date"),
        ("19/11/2026", "Choisissez aujourd’hui ou un jour à venir"),
        ("20/11/2028", "dans l’année qui vient"),
        ("21/11/2026", "Une autre version commence déjà le 21 novembre 2026"),
    ],
)
def test_a_day_that_cannot_be_is_refused_with_what_was_typed(sqlite_town: Town, typed: str, sentence: str) -> None:
    published(sqlite_town, DEFAULT_POLICY, in_days=1)
    answer = signed_in(sqlite_town, "denis").post(path_of(sqlite_town), data={"seq": "1", "from_on": typed})
    assert answer.status_code == 422
    page = valid(answer)
    assert sentence in page and f'value="{typed}"' in page
    assert [row["state"] for row in rows(sqlite_town.store, "policy_version", "ORDER BY version")] == [
        "published",
        "draft",
    ]


def test_a_draft_changed_since_it_was_read_is_not_published(sqlite_town: Town) -> None:
    answer = signed_in(sqlite_town, "denis").post(path_of(sqlite_town), data={"seq": "3", "from_on": "20/11/2026"})
    assert answer.status_code == 422
    assert "vient d’être modifié" in valid(answer)


def test_publishing_asks_again_who_she_is_after_ten_minutes(sqlite_town: Town, clock: FixedClock) -> None:
    client, path = signed_in(sqlite_town, "denis"), path_of(sqlite_town)
    clock.move(timedelta(minutes=11))
    for answer in (client.get(path), client.post(path, data={"seq": "1", "from_on": "20/11/2026"})):
        assert answer.status_code == 303 and "/mon-compte/confirmer" in answer.location
    assert rows(sqlite_town.store, "policy_version")[0]["state"] == "draft"
