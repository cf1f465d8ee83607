from datetime import timedelta

from pathway.casework.team.actions import prolong
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from tests.casework.team.scenes import ADDRESS, invited, member_of
from tests.town import signed_in
from tests.web.account.doors import unprotected
from tests.web.supervisor.test_alerts import words


def read(town: Town, persona: str = "denis") -> str:
    return words(signed_in(town, persona).get("/equipe").get_data(as_text=True))


def test_the_responsable_reads_who_works_here_until_when_and_how_well_protected(town: Town) -> None:
    fatou = member_of(town, "fatou")
    with town.acting("denis") as tx:
        prolong(tx, fatou.membership_id, until_on=tx.today + timedelta(days=18))
    unprotected(town, "bruno")
    page = read(town)
    assert "3 personnes sont habilitées dans votre structure. 1 habilitation se termine bientôt." in page
    assert "Fatou Diallo Conseiller·ère Depuis le 1er janvier 2024 Jusqu’au 8 décembre 2026 bientôt" in page
    assert "Bruno Lemaire Conseiller·ère Depuis le 1er janvier 2024 Sans date de fin" in page
    assert page.count("Double vérification absente") == 1
    assert "Dernière connexion : 20 novembre 2026" in page  # her own, a moment ago


def test_one_may_change_nothing_of_oneself(sqlite_town: Town) -> None:
    client = signed_in(sqlite_town, "denis")
    page = client.get("/equipe").get_data(as_text=True)
    hers = member_of(sqlite_town, "denis").membership_id
    assert "Denis Carpentier" in page and hers not in page and page.count("/equipe/") >= 2


def test_an_invitation_waits_in_the_list_and_says_when_its_link_expired(sqlite_town: Town, clock: FixedClock) -> None:
    assert "Aucune invitation en attente." in read(sqlite_town)
    invited(sqlite_town)
    assert f"Claire Nguyen Conseiller·ère {ADDRESS} Envoyée le 20 novembre 2026" in read(sqlite_town)
    clock.move(timedelta(days=7))
    assert "lien expiré" in read(sqlite_town)


def test_another_structure_is_not_shown(sqlite_town: Town) -> None:
    invited(sqlite_town)
    page = read(sqlite_town, "sylvie")
    assert "Élise Moreau" in page and "Bruno" not in page and "Claire" not in page


def test_only_a_responsable_has_a_team(sqlite_town: Town) -> None:
    for persona in ("bruno", "ines", "theo", "root"):
        assert signed_in(sqlite_town, persona).get("/equipe").status_code == 403
