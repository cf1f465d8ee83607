import pytest

from pathway.casework.policies.queries import versions_of
from pathway.casework.policies.rules import DEFAULT_POLICY, Case, Policy, PolicyState
from pathway.demo.town import Town
from pathway.kernel.calendar import Holidays
from tests.casework.enrolments.steps import rows
from tests.casework.policies.policies import CUSTOM
from tests.casework.policies.test_versions import published
from tests.town import signed_in
from tests.web.counsellor.scenes import UNKNOWN, said, valid
from tests.web.supervisor.drafts import HERE, drafted, sent_by, shown


def kept(town: Town) -> Policy:
    """The one draft of Denis."""
    with town.acting("denis", write=False) as tx:
        return next(one.policy for one in versions_of(tx) if one.state is PolicyState.DRAFT)


def test_the_form_starts_from_what_is_in_force_and_keeps_it_unchanged(town: Town) -> None:
    client = signed_in(town, "denis")
    assert "Vous partez des règles en vigueur (2026-1)." in valid(client.get(HERE))
    assert client.post(HERE, data=shown(client)).location == "/regles-de-suivi"
    assert [kept(town).steps_of(case) for case in Case] == [DEFAULT_POLICY.steps_of(case) for case in Case]
    assert "Rien ne change tant qu’il n’est pas publié." in said(client.get("/regles-de-suivi"))


def test_a_draft_for_one_scheme_starts_from_the_rules_of_that_scheme(town: Town) -> None:
    published(town, CUSTOM, scheme="pae")
    client = signed_in(town, "denis")
    path = f"/regles-de-suivi/dispositifs/{town.schemes['pae']}"
    assert shown(client, path)["review"] == "60"
    assert client.post(path, data=shown(client, path)).status_code == 303
    assert rows(town.store, "policy_version", "WHERE state = 'draft'")[0]["scheme_id"] == town.schemes["pae"]


def test_a_changed_delay_and_the_holidays_are_kept(town: Town) -> None:
    client = signed_in(town, "denis")
    changed = {"training-0-count": "10", "training-0-unit": "working_days", "holidays": "alsace_moselle", "try": "yes"}
    answer = client.post(HERE, data={**shown(client), **changed})
    assert answer.location.startswith("/regles-de-suivi/essai/")
    assert kept(town).steps_of(Case.TRAINING)[0][1].said == "10 jours ouvrés"
    assert kept(town).holidays is Holidays.ALSACE_MOSELLE


def test_a_line_is_added_then_filled_and_another_taken_away_without_script(town: Town) -> None:
    client = signed_in(town, "denis")
    grown = client.post(HERE, data={**shown(client), "add": "training", "review": "80"})
    assert grown.status_code == 200 and "Formation, ligne 4" in valid(grown)
    typed = sent_by(grown.get_data(as_text=True))
    assert typed["training-3-count"] == "" and typed["review"] == "80"
    typed["training-3-count"] = "365"
    shrunk = client.post(HERE, data={**typed, "remove": "training-0"})
    assert "Formation, ligne 4" not in valid(shrunk)
    assert rows(town.store, "policy_version") == []
    assert client.post(HERE, data=sent_by(shrunk.get_data(as_text=True))).status_code == 303
    assert [delay.said for _kind, delay in kept(town).steps_of(Case.TRAINING)] == ["91 jours", "6 mois", "365 jours"]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"training-0-count": ""}, "Délai – Formation, ligne 1 : Écrivez un nombre."),
        ({"training-0-count": "sept"}, "Écrivez un nombre."),
        ({"training-0-count": "731"}, "Délai – Formation, ligne 1 : Écrivez un délai de 1 à 730 jours."),
        ({"training-0-count": "9" * 30}, "Délai – Formation, ligne 1 : Écrivez un délai de 1 à 730 jours."),
        (
            {"training-0-count": "37", "training-0-unit": "months"},
            "Délai – Formation, ligne 1 : Écrivez un délai de 1 à 36 mois.",
        ),
        (
            {"training-1-count": "30", "training-2-count": "2"},
            "« Formation » : le dernier point est à 91 jours ou plus",
        ),
        ({"training_before_end": "400"}, "le point avant la fin est de 1 à 180 jours avant"),
        ({"review": "120"}, "la date du point est au plus tard entre 7 et 91 jours"),
        ({"catch_up": ""}, "Écrivez un nombre."),
        ({"catch_up": "30"}, "repris en 1 à 10 jours ouvrés"),
        ({"training-0-unit": "years"}, "Ce choix n’existe pas. Choisissez dans la liste."),
        ({"training-0-do": "review"}, "Formation, ligne 1 : « Faire le point à la date convenue » n’est pas prévu"),
        ({"holidays": "mars"}, "Ce choix n’existe pas. Choisissez dans la liste."),
    ],
)
def test_what_would_leave_a_hole_is_refused_with_what_was_typed(
    sqlite_town: Town, typed: dict[str, str], sentence: str
) -> None:
    client = signed_in(sqlite_town, "denis")
    answer = client.post(HERE, data={**shown(client), **typed})
    page = valid(answer)
    assert answer.status_code == 422
    assert sentence in page and "À corriger avant de continuer" in page
    texts = [value for name, value in typed.items() if name.endswith(("count", "review", "catch_up", "_end"))]
    assert all(f'value="{value}"' in page for value in texts)
    assert rows(sqlite_town.store, "policy_version") == []


def test_a_kind_of_exit_without_any_line_is_refused(sqlite_town: Town) -> None:
    client = signed_in(sqlite_town, "denis")
    typed = {name: value for name, value in shown(client).items() if not name.startswith("retirement-")}
    answer = client.post(HERE, data=typed)
    assert answer.status_code == 422
    assert "« Départ à la retraite » : gardez au moins une ligne" in valid(answer)


def test_ten_lines_are_the_most(sqlite_town: Town) -> None:
    client = signed_in(sqlite_town, "denis")
    typed = shown(client)
    for _ in range(12):
        typed = sent_by(client.post(HERE, data={**typed, "add": "retirement"}).get_data(as_text=True))
    assert "retirement-9-count" in typed and "retirement-10-count" not in typed


def test_a_draft_written_by_somebody_else_meanwhile_is_not_covered(town: Town) -> None:
    client = signed_in(town, "denis")
    typed = shown(client)
    drafted(town)
    answer = client.post(HERE, data=typed)
    assert answer.status_code == 422 and "vient d’être modifié" in valid(answer)
    assert kept(town).review_within_days == 60


@pytest.mark.parametrize("scheme", ["cej", ""])
def test_no_draft_for_a_scheme_one_may_not_enter_people_in(sqlite_town: Town, scheme: str) -> None:
    ref = sqlite_town.schemes[scheme] if scheme else UNKNOWN
    client = signed_in(sqlite_town, "denis")
    path = f"/regles-de-suivi/dispositifs/{ref}"
    assert client.get(path).status_code == client.post(path, data=shown(client)).status_code == 404
    assert rows(sqlite_town.store, "policy_version") == []
