from dataclasses import replace

from pathway.casework.policies.actions import write_draft
from pathway.casework.policies.queries import in_force
from pathway.casework.policies.rules import DEFAULT_POLICY
from pathway.demo.town import Town
from tests.casework.enrolments.steps import rows
from tests.casework.policies.policies import ALSACE, CUSTOM
from tests.casework.policies.test_versions import published
from tests.town import signed_in
from tests.web.counsellor.scenes import UNKNOWN, said, valid
from tests.web.supervisor.drafts import drafted

HERE = "/regles-de-suivi"


def test_a_responsable_reads_what_every_exit_opens(sqlite_town: Town) -> None:
    page = valid(signed_in(sqlite_town, "denis").get(HERE))
    assert "Tous vos dispositifs" in page
    assert "Règles fournies avec la carte : 2026-1." in page
    assert (
        "Prendre des nouvelles : 7 jours, 28 jours, 91 jours et 6 mois après ; un point 30 jours avant la fin" in page
    )
    assert "Aucun brouillon." in page


def test_schemes_that_follow_other_rules_are_told_apart_and_since_when(town: Town) -> None:
    published(town, CUSTOM, scheme="pae")
    page = valid(signed_in(town, "denis").get(HERE))
    assert "Règles de votre structure : pae-centre-2026-1, depuis le" in page
    assert "Règles fournies avec la carte : 2026-1." in page
    assert "Vérifier la réception du relais : 3 jours ouvrés après ; prendre des nouvelles : 91 jours après" in page


def test_what_begins_later_is_told_apart(town: Town) -> None:
    published(town, ALSACE, in_days=12)
    page = valid(signed_in(town, "denis").get(HERE))
    assert "À venir" in page
    assert "Tous vos dispositifs : pae-centre-2026-1, à partir du" in page
    assert "Denis Carpentier" in page
    assert "Règles fournies avec la carte" in page


def test_a_draft_waits_with_its_gestures_and_can_be_abandoned(town: Town) -> None:
    ref = drafted(town)
    client = signed_in(town, "denis")
    page = valid(client.get(HERE))
    assert f"{HERE}/essai/{ref}" in page and f"{HERE}/publication/{ref}" in page
    assert client.post(f"{HERE}/abandon/{ref}", data={"seq": "1"}).location == HERE
    page = said(client.get(HERE))
    assert "Brouillon abandonné." in page and "Aucun brouillon." in page
    assert rows(town.store, "policy_version")[0]["state"] == "withdrawn"


def test_a_draft_changed_meanwhile_is_not_abandoned(sqlite_town: Town) -> None:
    ref = drafted(sqlite_town)
    answer = signed_in(sqlite_town, "denis").post(f"{HERE}/abandon/{ref}", data={"seq": "7"})
    assert answer.status_code == 422
    assert "vient d’être modifié" in valid(answer)
    assert rows(sqlite_town.store, "policy_version")[0]["state"] == "draft"


def test_the_rules_of_a_structure_are_for_its_responsable_alone(sqlite_town: Town) -> None:
    ref = drafted(sqlite_town)
    paths = [f"{HERE}/essai/{ref}", f"{HERE}/publication/{ref}"]
    sylvie, bruno = signed_in(sqlite_town, "sylvie"), signed_in(sqlite_town, "bruno")
    assert "pae-centre" not in said(sylvie.get(HERE))
    for path in paths:
        nobody = path.replace(ref, UNKNOWN)
        assert sylvie.get(path).status_code == sylvie.get(nobody).status_code == 404
        assert bruno.get(path).status_code == 403
    assert sylvie.post(f"{HERE}/abandon/{ref}", data={"seq": "1"}).status_code == 404
    assert bruno.get(HERE).status_code == 403


def test_the_operator_writes_those_of_the_territory_and_a_structure_without_its_own_follows_them(town: Town) -> None:
    root = signed_in(town, "root")
    with town.acting("root") as tx:
        policy = replace(DEFAULT_POLICY, review_within_days=60)
        draft = write_draft(tx, policy=policy, scheme_id=None)
    page = root.get("/regles-de-suivi").get_data(as_text=True)
    assert "/regles-de-suivi/publication/" in page and "/regles-de-suivi/essai/" not in page
    assert root.get(f"/regles-de-suivi/essai/{draft}").status_code == 404
    assert signed_in(town, "denis").get(f"/regles-de-suivi/publication/{draft}").status_code == 404
    sent = {"seq": "1", "from_on": "20/11/2026"}
    assert root.post(f"/regles-de-suivi/publication/{draft}", data=sent).status_code == 303
    with town.acting("denis", write=False) as tx:
        found = in_force(tx, structure_id=tx.actor.structure_id, scheme_id="", on=tx.today)
    assert (found.policy.review_within_days, found.is_own) == (60, False)
